//! `never-live-flag`: a flag was made long ago and has never been on in production.

use downhaul_core::{
    EventKind, Evidence, Exposure, Flag, GapReason, Reference, RuleInfo, RuleScope, Severity, Snapshot, Source, Stage,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{each_flag_with_sites, gap, places};
use crate::words::{date, days, days_between, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NeverLiveFlag {
    /// Days after its making in which a flag should have been on.
    after_days: u32,
    /// Days after its making in which some SDK should have asked for it.
    initial_days: u32,
}

impl Default for NeverLiveFlag {
    fn default() -> Self {
        Self { after_days: 60, initial_days: 14 }
    }
}

impl Define for NeverLiveFlag {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "never-live-flag",
        summary: "flag has never been on in production",
        docs: include_str!("never_live_flag.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "cleanup",
        reasons: &["never-evaluated", "never-released"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for NeverLiveFlag {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_flag_with_sites(evidence, outcomes, |snapshot, flag, sites| self.judge(evidence, snapshot, flag, sites));
    }
}

impl NeverLiveFlag {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        sites: &[&Reference],
    ) -> Result<Outcome, Outcome> {
        if !flag.flag_type.is_removable() {
            return Err(Outcome::Exempt(format!("flags of type {} may be off for ever", flag.flag_type.as_str())));
        }
        if flag.stale || flag.lifecycle.entered(Stage::Completed).is_some() {
            return Err(Outcome::exempt("declared done: another question"));
        }
        let production = Production::of(evidence, snapshot, flag)?;
        if !production.all_off() {
            return Err(production.unless_unknown(|exposure| *exposure == Exposure::Off, Outcome::Pass));
        }
        if flag.lifecycle.entered(Stage::Live).is_some() || was_on(evidence, flag, &production) {
            return Err(Outcome::Pass);
        }
        let created = created(snapshot, flag)?;
        let reason = self.reason(evidence, snapshot, flag, created)?;
        Ok(draft(evidence, flag, sites, &production, reason, created)
            .on_server(snapshot, flag, production.only())
            .into())
    }

    /// Why the flag is late, if it is.
    fn reason(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        created: Timestamp,
    ) -> Result<&'static str, Outcome> {
        let now = evidence.now();
        let age = days_between(created, now);
        if age < self.after_days.min(self.initial_days) {
            return Err(Outcome::Pass);
        }
        if let Some(why) = gap(snapshot, Source::Lifecycle, &flag.key) {
            return Err(Outcome::NotEvaluated(why));
        }
        let stage = flag.lifecycle.current();
        // Reviving a flag starts its stages anew, so an initial one then says nothing about the time before.
        let is_revived = evidence.events_of(&flag.key).any(|event| event.kind == EventKind::FlagRevived);
        let is_initial = |at: Timestamp| !is_revived && days_between(at, now) >= self.initial_days;
        match stage {
            None => Err(Outcome::not_evaluated("the server does not say in which stage the flag is")),
            Some(entry) if entry.stage == Stage::Initial && is_initial(entry.entered_at) => Ok("never-evaluated"),
            Some(_) if age >= self.after_days => Ok("never-released"),
            Some(_) => Err(Outcome::Pass),
        }
    }
}

/// When the flag was made, if the event log reaches back to it.
fn created(snapshot: &Snapshot, flag: &Flag) -> Result<Timestamp, Outcome> {
    let cut = |reason| reason == GapReason::Truncated && snapshot.events_since.is_some();
    let unread = snapshot.gap(Source::Events, Some(&flag.key)).filter(|gap| !cut(gap.reason));
    if let Some(gap) = unread {
        return Err(Outcome::NotEvaluated(format!("events: {}", gap.detail)));
    }
    let Some(created) = flag.created_at else {
        return Err(Outcome::not_evaluated("the server does not say when the flag was created"));
    };
    match snapshot.events_since {
        Some(since) if since > created => {
            Err(Outcome::not_evaluated("the event log does not reach back to the making of the flag"))
        }
        _ => Ok(created),
    }
}

/// Whether the log says that production was switched on, or off, which it can only be after having been on.
fn was_on(evidence: &Evidence, flag: &Flag, production: &Production) -> bool {
    let names = production.names();
    evidence.events_of(&flag.key).any(|event| {
        matches!(event.kind, EventKind::Enabled | EventKind::Disabled)
            && event.environment.as_deref().is_none_or(|name| names.contains(&name))
    })
}

fn draft(
    evidence: &Evidence,
    flag: &Flag,
    sites: &[&Reference],
    production: &Production,
    reason: &'static str,
    created: Timestamp,
) -> Draft {
    let (key, now) = (&flag.key, evidence.now());
    let is_unasked = reason == "never-evaluated";
    let mut draft = Draft::of_flag(evidence, key, reason);
    draft.level = if is_unasked { Level::AtMost(Severity::Note) } else { Level::Usual };
    let since = format!("created {} ({} ago)", date(created), days(days_between(created, now)));
    let never = if is_unasked {
        "and no application has ever asked for it".to_owned()
    } else {
        format!("and has never been on in {}", quoted(&production.names()))
    };
    let here = if sites.is_empty() { "nothing here evaluates it".to_owned() } else { places(sites) };
    draft.message = format!("`{key}` was {since} {never}; {here}.");
    draft.remediation = if is_unasked {
        "Deploy the code that evaluates it, or archive the flag and remove the checks.".to_owned()
    } else {
        "Release it; or complete it as discarded, take the checks out and keep the off side.".to_owned()
    };
    draft.evidence.push(fact("created", Some(created), "flags of the server"));
    for (name, exposure) in &production.exposures {
        draft.evidence.push(fact(format!("`{name}` is {exposure}, and was never switched"), None, "event log"));
    }
    if let Some(entry) = flag.lifecycle.current() {
        draft.evidence.push(fact(format!("stage {}", entry.stage.as_str()), Some(entry.entered_at), "lifecycle"));
    }
    draft
}
