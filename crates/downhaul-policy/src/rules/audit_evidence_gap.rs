//! `audit-evidence-gap`: the evidence has holes, so something cannot be claimed.

use downhaul_core::{
    Evidence, GapReason, RuleInfo, RuleScope, RunScope, Severity, Snapshot, Source, Subject, Timestamp,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::options::OptionalDate;
use crate::words::{count, date, days, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AuditEvidenceGap {
    /// Seconds that the clock of the server may be off.
    max_skew_seconds: i64,
    /// Days that the event log has to hold.
    period_days: u32,
    /// Projects that have to be seen.
    projects: Vec<String>,
    /// The server holds nothing before this day, and need not.
    since: OptionalDate,
}

impl Default for AuditEvidenceGap {
    fn default() -> Self {
        Self { max_skew_seconds: 300, period_days: 365, projects: Vec::new(), since: OptionalDate::default() }
    }
}

impl Define for AuditEvidenceGap {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "audit-evidence-gap",
        summary: "evidence has holes",
        docs: include_str!("audit_evidence_gap.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "audit",
        reasons: &["anonymised", "blind", "retention", "skew", "truncated", "unread"],
        scope: RuleScope::Server,
        controls: &[controls::SOC2_DETECTION, controls::ISO_LOGGING, controls::SOX_CHANGE],
    };
}

impl Rule for AuditEvidenceGap {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let checks = [
            ("event log", self.log(evidence, snapshot)),
            ("names in the event log", anonymised(evidence, snapshot)),
            ("projects", self.blind(evidence, snapshot)),
            ("clock of the server", self.skew(evidence, snapshot)),
        ];
        for (name, outcome) in checks {
            outcomes.put(Subject::Named(name.to_owned()), outcome);
        }
    }
}

impl AuditEvidenceGap {
    /// Whether the log holds the whole period.
    fn log(&self, evidence: &Evidence, snapshot: &Snapshot) -> Outcome {
        let gap = snapshot.gap(Source::Events, None);
        if let Some(gap) = gap {
            let reason = if gap.reason == GapReason::Truncated { "truncated" } else { "unread" };
            return finding(
                evidence,
                "event log",
                reason,
                format!("The event log is not all there: {}", gap.detail),
                "Capture it again with a token that may read all of it, before something is claimed about changes.",
            );
        }
        let from = evidence.now() - SignedDuration::from_hours(24 * i64::from(self.period_days));
        let begins = snapshot.events_since.or_else(|| evidence.events().next().map(|event| event.at));
        // What is younger than the period need not be older than itself.
        let older =
            snapshot.flags.values().filter_map(|flag| flag.created_at).filter(|at| !self.since.is_after(*at)).min();
        let Some(begins) = begins else { return Outcome::Pass };
        let slack = SignedDuration::from_hours(1);
        // A flag and the entry of its making are not written in the same moment.
        let reaches_back = |needed: Timestamp| begins <= needed + slack;
        if reaches_back(from) {
            return Outcome::Pass;
        }
        if older.is_none_or(|older| reaches_back(from.max(older))) {
            let mut sources = [Source::Flags, Source::ArchivedFlags, Source::Labels].into_iter();
            let unread = sources.find_map(|source| snapshot.gap(source, None));
            return unread.map_or(Outcome::Pass, |gap| {
                Outcome::NotEvaluated(format!("{}: {}", gap.source.as_str(), gap.detail))
            });
        }
        let why = match snapshot.events_since {
            Some(_) => "it was captured from then on only",
            None => "what was before has been deleted",
        };
        finding(
            evidence,
            "event log",
            "retention",
            format!(
                "The event log begins on {}, and {why}: of the last {} it tells less than was asked for, though there are \
                 older flags.",
                date(begins),
                days(self.period_days),
            ),
            "Capture the whole log, and keep snapshots, since evidence cannot be gathered afterwards; or name the day \
             on which the server began under `since`.",
        )
    }

    fn blind(&self, evidence: &Evidence, snapshot: &Snapshot) -> Outcome {
        if self.projects.is_empty() {
            return Outcome::exempt("the policy does not say which projects there are");
        }
        if let Some(gap) = snapshot.gap(Source::Projects, None) {
            return Outcome::NotEvaluated(format!("projects: {}", gap.detail));
        }
        let seen = |name: &&String| snapshot.projects.iter().any(|project| project.id == **name);
        let missing: Vec<&String> = self.projects.iter().filter(|name| !seen(name)).collect();
        if missing.is_empty() {
            return Outcome::Pass;
        }
        finding(
            evidence,
            "projects",
            "blind",
            format!(
                "The token does not see {} that the policy names: {}.",
                count(missing.len(), "project"),
                quoted(&missing)
            ),
            "Give the token's owner a role in these projects, or take them out of the policy.",
        )
    }

    fn skew(&self, evidence: &Evidence, snapshot: &Snapshot) -> Outcome {
        match snapshot.server.clock_ahead {
            Some(ahead) if ahead.abs() > self.max_skew_seconds => finding(
                evidence,
                "clock of the server",
                "skew",
                format!(
                    "The clock of the server is {} {} that of the machine that asked.",
                    count(usize::try_from(ahead.unsigned_abs()).unwrap_or(usize::MAX), "second"),
                    if ahead > 0 { "ahead of" } else { "behind" },
                ),
                "Let both keep time by the network; until then the times of events prove little.",
            ),
            _ => Outcome::Pass,
        }
    }
}

fn anonymised(evidence: &Evidence, snapshot: &Snapshot) -> Outcome {
    if snapshot.server.anonymises_events != Some(true) {
        return Outcome::Pass;
    }
    finding(
        evidence,
        "names in the event log",
        "anonymised",
        "The server hides from its event log who did something: no change can be attributed to a person.".to_owned(),
        "Switch the anonymising of the event log off on the server.",
    )
}

fn finding(evidence: &Evidence, name: &str, reason: &'static str, message: String, remediation: &str) -> Outcome {
    let mut draft = Draft::named(evidence, name, reason);
    draft.record = Some(name.to_owned());
    // An audit stands on what is missing here.
    draft.level = match evidence.scope() {
        RunScope::Server => Level::AtLeast(Severity::Error),
        RunScope::Repository => Level::Usual,
    };
    draft.message = message;
    draft.remediation = remediation.to_owned();
    draft.evidence.push(fact(format!("{name}: {reason}"), None, "snapshot"));
    draft.into()
}
