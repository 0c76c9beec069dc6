//! `unprotected-production-environment`: production can be changed without anybody else agreeing.

use std::collections::BTreeSet;

use downhaul_core::{
    Evidence, Protection, RequestState, RuleInfo, RuleScope, Segment, Severity, Snapshot, Source, Strategy, Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::paid::paid_gap;
use crate::production;
use crate::words::{count, list, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnprotectedProductionEnvironment {
    /// Approvals that a change of production has to need.
    min_approvals: u32,
}

impl Default for UnprotectedProductionEnvironment {
    fn default() -> Self {
        Self { min_approvals: 1 }
    }
}

impl Define for UnprotectedProductionEnvironment {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "unprotected-production-environment",
        summary: "production can be changed without approval",
        docs: include_str!("unprotected_production_environment.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "approval",
        reasons: &["global-segment", "still-scheduled", "too-few-approvals", "unprotected"],
        scope: RuleScope::Server,
        controls: &[controls::SOC2_CHANGE, controls::ISO_CHANGE, controls::NIST_CHANGE, controls::NIST_ACCESS],
    };
}

impl Rule for UnprotectedProductionEnvironment {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        if let Some(outcome) = paid_gap(snapshot, Source::Protections) {
            return outcomes.put(Subject::All, outcome);
        }
        let in_use = match in_use(evidence, snapshot) {
            Ok(in_use) => in_use,
            Err(why) => return outcomes.put(Subject::All, Outcome::NotEvaluated(why)),
        };
        for (project, environment) in &in_use {
            let subject = Subject::Named(format!("{project}/{environment}"));
            outcomes.put(subject, self.judge(evidence, snapshot, project, environment));
        }
        let unread = [Source::Segments, Source::Details, Source::Flags];
        for gap in unread.into_iter().filter_map(|source| snapshot.gaps.iter().find(|gap| gap.source == source)) {
            let why = format!("{}: {}", gap.source.as_str(), gap.detail);
            outcomes.put(Subject::Named(gap.source.as_str().to_owned()), Outcome::NotEvaluated(why));
        }
        for (segment, users) in global_segments(snapshot, &in_use) {
            outcomes.put(Subject::Named(format!("segment {}", segment.id.0)), global(evidence, segment, &users).into());
        }
    }
}

impl UnprotectedProductionEnvironment {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, project: &str, environment: &str) -> Outcome {
        let is_it = |one: &&Protection| one.project == project && one.environment == environment;
        let Some(protection) = snapshot.approvals.protections.iter().find(is_it) else {
            return Outcome::not_evaluated("the server does not say whether the environment needs approvals");
        };
        let subject = format!("{project}/{environment}");
        let required = match protection.required {
            Some(required) if required >= self.min_approvals => return Outcome::Pass,
            required => required,
        };
        let pending = pending(snapshot, project, environment);
        let reason = match required {
            Some(_) => "too-few-approvals",
            None if pending.is_empty() => "unprotected",
            None => "still-scheduled",
        };
        let mut draft = Draft::named(evidence, subject, reason);
        draft.message = match required {
            Some(required) => format!(
                "Changes of `{environment}` in project `{project}` need {} only; the policy asks for {}.",
                count(usize::try_from(required).unwrap_or(usize::MAX), "approval"),
                self.min_approvals,
            ),
            None => format!("Project `{project}` accepts changes of `{environment}` without any approval."),
        };
        if reason == "still-scheduled" {
            let waiting = format!(" Still to be applied at their time: change requests {}.", list(&pending));
            draft.message.push_str(&waiting);
        }
        draft.remediation = format!(
            "Switch on change requests for `{environment}` with at least {} on the server.",
            approvals(self.min_approvals)
        );
        let needed = required.map_or("none".to_owned(), |required| required.to_string());
        draft.evidence.push(fact(format!("approvals needed: {needed}"), None, "change request settings"));
        draft.in_project(snapshot, project, Some(environment)).into()
    }
}

fn approvals(number: u32) -> String {
    count(usize::try_from(number.max(1)).unwrap_or(usize::MAX), "required approval")
}

/// Ids of the requests that will be applied at a set time.
fn pending(snapshot: &Snapshot, project: &str, environment: &str) -> Vec<String> {
    let requests = snapshot.approvals.requests.iter().filter(|request| {
        request.project == project && request.environment == environment && request.state == RequestState::Scheduled
    });
    requests.map(|request| request.id.to_string()).collect()
}

/// Projects and production environments in which a flag is on.
fn in_use<'a>(evidence: &'a Evidence, snapshot: &'a Snapshot) -> Result<BTreeSet<(&'a str, &'a str)>, String> {
    let names = production::names(evidence, snapshot)?;
    let live = snapshot.flags.values().filter(|flag| flag.archived_at.is_none());
    let states = live.flat_map(|flag| flag.environments.iter().map(move |(name, state)| (flag, name, state)));
    let on = states.filter(|(_, name, state)| state.enabled && names.contains(&name.as_str()));
    Ok(on.map(|(flag, name, _)| (flag.project.as_str(), name.as_str())).collect())
}

/// Segments of no project that production uses, with the flags that do: changing them asks nobody.
fn global_segments<'a>(snapshot: &'a Snapshot, in_use: &BTreeSet<(&str, &str)>) -> Vec<(&'a Segment, Vec<&'a str>)> {
    let protected = |project: &str, environment: &str| {
        let is_it = |one: &Protection| one.project == project && one.environment == environment;
        snapshot.approvals.protections.iter().any(|one| is_it(one) && one.required.is_some())
    };
    let uses = |strategies: &[Strategy], segment: &Segment| {
        strategies.iter().any(|strategy| !strategy.disabled && strategy.segments.contains(&segment.id))
    };
    let of = |segment: &'a Segment| {
        let live = snapshot.flags.values().filter(|flag| flag.archived_at.is_none());
        let users = live.filter(|flag| {
            flag.environments.iter().any(|(name, state)| {
                in_use.contains(&(flag.project.as_str(), name.as_str()))
                    && protected(&flag.project, name)
                    && state.enabled
                    && uses(state.strategies.as_deref().unwrap_or_default(), segment)
            })
        });
        (segment, users.map(|flag| flag.key.as_str()).collect::<Vec<_>>())
    };
    let global = snapshot.segments.values().filter(|segment| segment.project.is_none());
    global.map(of).filter(|(_, users)| !users.is_empty()).collect()
}

fn global(evidence: &Evidence, segment: &Segment, users: &[&str]) -> Draft {
    let mut draft = Draft::named(evidence, format!("segment {}", segment.id.0), "global-segment");
    draft.record = Some(format!("segment {}", segment.id.0));
    draft.message = format!(
        "The segment `{}` belongs to no project, so changing it needs no approval; it decides who gets {} in production.",
        segment.name,
        quoted(users),
    );
    draft.remediation =
        "Bind the segment to its project; then its changes need approval as those of flags do.".to_owned();
    draft.evidence.push(fact(format!("segment {} has no project", segment.id.0), None, "segments of the server"));
    draft
}
