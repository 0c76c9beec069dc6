//! `production-change-without-approval`: production was changed, and not enough people agreed to it.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::reconcile::{is_same_person, production_acts};
use downhaul_core::{
    Act, ActorKind, Agreed, Agreements, Event, Evidence, MatchedBy, Person, RuleInfo, RuleScope, Severity, Snapshot,
    Source, Subject,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::paid::paid_gap;
use crate::production;
use crate::sites::put_holes_in_log;
use crate::words::{actor, count, instant, list, people, what_happened};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProductionChangeWithoutApproval {
    /// Names of the people and groups whose approval counts; empty means everybody's.
    approvers: Vec<String>,
    /// Days that are looked back on.
    lookback_days: u32,
    /// Approvals that a change of production has to have.
    min_approvals: usize,
}

impl Default for ProductionChangeWithoutApproval {
    fn default() -> Self {
        Self { approvers: Vec::new(), lookback_days: 90, min_approvals: 1 }
    }
}

impl Define for ProductionChangeWithoutApproval {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "production-change-without-approval",
        summary: "production was changed without approval",
        docs: include_str!("production_change_without_approval.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "approval",
        reasons: &["no-request", "too-few", "unprotected", "unqualified"],
        scope: RuleScope::Server,
        controls: &[
            controls::SOC2_CHANGE,
            controls::ISO_CHANGE,
            controls::PCI_CHANGE,
            controls::SOX_CHANGE,
            controls::EU_DORA_CHANGE,
        ],
    };
}

impl Rule for ProductionChangeWithoutApproval {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let from = evidence.now() - SignedDuration::from_hours(24 * i64::from(self.lookback_days));
        put_holes_in_log(snapshot, from, outcomes);
        let gap =
            [Source::Protections, Source::ChangeRequests].into_iter().find_map(|source| paid_gap(snapshot, source));
        let nowhere = || production::names(evidence, snapshot).err().map(Outcome::NotEvaluated);
        if let Some(outcome) = gap.or_else(nowhere) {
            return outcomes.put(Subject::All, outcome);
        }
        let agreements = Agreements::of(evidence);
        let mut unprotected: BTreeMap<(String, String), Vec<Act>> = BTreeMap::new();
        for act in production_acts(evidence, from) {
            let Some(event) = act.last() else { continue };
            let project = project(snapshot, event);
            let environment = event.environment.clone().unwrap_or_default();
            let subject = Subject::Named(format!("event {}", event.id));
            match is_protected(snapshot, &project, &environment) {
                _ if act.only_switches_off() => {
                    outcomes.put(subject, Outcome::exempt("switching off is always allowed"))
                }
                None => outcomes.put(
                    subject,
                    Outcome::not_evaluated("the server does not say whether the environment needs approvals"),
                ),
                Some(false) => unprotected.entry((project, environment)).or_default().push(act),
                Some(true) => {
                    let outcome = self.judge(evidence, snapshot, &agreements, &act, event, &project);
                    outcomes.put(subject, outcome);
                }
            }
        }
        for ((project, environment), acts) in unprotected {
            let draft = summary(evidence, snapshot, &project, &environment, &acts);
            outcomes.put(draft.subject.clone(), draft.into());
        }
    }
}

/// The project that an event belongs to.
fn project(snapshot: &Snapshot, event: &Event) -> String {
    let of_flag = || event.flag.as_ref().and_then(|key| snapshot.flags.get(key)).map(|flag| flag.project.clone());
    event.project.clone().or_else(of_flag).unwrap_or_default()
}

fn is_protected(snapshot: &Snapshot, project: &str, environment: &str) -> Option<bool> {
    let mut all = snapshot.approvals.protections.iter();
    let protection = all.find(|one| one.project == project && one.environment == environment)?;
    Some(protection.required.is_some())
}

impl ProductionChangeWithoutApproval {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        agreements: &Agreements,
        act: &Act,
        event: &Event,
        project: &str,
    ) -> Outcome {
        let request = act.events.iter().find_map(|event| agreements.behind(event, project));
        let Some((agreed, matched)) = request else {
            let by_plan = event.actor.kind == ActorKind::System
                && event
                    .flag
                    .as_ref()
                    .is_some_and(|key| agreements.has_earlier(key, event.environment.as_deref(), event.at));
            if by_plan {
                return Outcome::Pass;
            }
            return self.draft(evidence, snapshot, act, event, "no-request", None).into();
        };
        let qualified = agreed.approvals.iter().filter(|person| self.is_qualified(snapshot, person)).count();
        let reason = if agreed.approvals.len() < self.min_approvals {
            "too-few"
        } else if qualified < self.min_approvals {
            "unqualified"
        } else {
            return Outcome::Pass;
        };
        self.draft(evidence, snapshot, act, event, reason, Some((agreed, matched))).into()
    }

    /// Whether the approval of `person` counts: named themselves, or a member of a group that is.
    fn is_qualified(&self, snapshot: &Snapshot, person: &Person) -> bool {
        let in_group = |group: &String| {
            let grants = snapshot.access.grants.iter().filter(|grant| grant.group.as_ref() == Some(group));
            grants.flat_map(|grant| &grant.people).any(|member| is_same_person(member, person))
        };
        self.approvers.is_empty() || self.approvers.iter().any(|name| *name == person.name || in_group(name))
    }

    fn draft(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        act: &Act,
        event: &Event,
        reason: &'static str,
        request: Option<(&Agreed, MatchedBy)>,
    ) -> Draft {
        let mut draft = match &event.flag {
            Some(key) => Draft::of_flag(evidence, key, reason),
            None => Draft::named(evidence, "", reason),
        };
        let what = event.flag.as_ref().map_or("A segment".to_owned(), |key| format!("`{key}`"));
        let needed = count(self.min_approvals, "approval");
        let fault = match (reason, request) {
            ("too-few", Some((agreed, _))) => {
                format!("change request {} had {} of the {needed} it needs", agreed.id, agreed.approvals.len())
            }
            (_, Some((agreed, _))) => {
                let who: BTreeSet<&Person> = agreed.approvals.iter().collect();
                format!(
                    "change request {} was approved by {} only, whose approval does not count",
                    agreed.id,
                    people(who)
                )
            }
            (_, None) => "no change request is behind it".to_owned(),
        };
        draft.message = format!(
            "{what} was {} on {} by {}, and {fault}.",
            what_happened(event),
            instant(event.at),
            actor(&event.actor)
        );
        draft.remediation =
            "Have a second person look at the change now and write that down; or take it back.".to_owned();
        for event in &act.events {
            let what = format!("{} by {}", what_happened(event), actor(&event.actor));
            draft.evidence.push(fact(what, Some(event.at), format!("event {}", event.id)));
        }
        if let Some((agreed, matched)) = request {
            let how = match matched {
                MatchedBy::Group => "belongs to the same group",
                MatchedBy::Time => "was applied at the same moment",
            };
            draft.evidence.push(fact(
                format!("change request {} {how}; approved by {}", agreed.id, people(&agreed.approvals)),
                agreed.applied_at,
                "change requests",
            ));
        }
        draft.record = Some(format!("event {}", event.id));
        match event.flag.as_ref().and_then(|key| snapshot.flags.get(key)) {
            Some(flag) => draft.on_server(snapshot, flag, event.environment.as_deref()),
            None => draft,
        }
    }
}

/// Where nobody has to agree, it is said once, not for each change.
fn summary(evidence: &Evidence, snapshot: &Snapshot, project: &str, environment: &str, acts: &[Act]) -> Draft {
    let mut draft = Draft::named(evidence, format!("{project}/{environment}"), "unprotected");
    let who: BTreeSet<String> = acts.iter().filter_map(|act| act.last()).map(|event| actor(&event.actor)).collect();
    let who: Vec<String> = who.into_iter().collect();
    draft.message = format!(
        "`{environment}` of project `{project}` was changed {} without approval, by {}: the environment asks for none.",
        if acts.len() == 1 { "once".to_owned() } else { format!("{} times", acts.len()) },
        list(&who),
    );
    draft.remediation = format!("Switch on change requests for `{environment}` on the server.");
    draft.in_project(snapshot, project, Some(environment))
}
