//! `self-approved-change`: without those who made a change, not enough people agreed to it.

use downhaul_core::reconcile::is_same_person;
use downhaul_core::{Agreed, Agreements, Evidence, Person, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::paid::paid_gap;
use crate::production;
use crate::sites::{hole_in_log, put_holes_in_log};
use crate::words::{count, instant, list, people};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SelfApprovedChange {
    /// Days that are looked back on.
    lookback_days: u32,
    /// Approvals of others that a change has to have, where its request does not ask for more.
    min_approvals: usize,
    /// Whose approval does not count.
    separation: Separation,
}

impl Default for SelfApprovedChange {
    fn default() -> Self {
        Self { lookback_days: 90, min_approvals: 1, separation: Separation::AuthorAndEditors }
    }
}

/// Whose approval does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Separation {
    /// That of whoever asked.
    #[serde(rename = "author")]
    Author,
    /// And of those who put changes into the request.
    #[serde(rename = "author+editors")]
    AuthorAndEditors,
    /// And of whoever applied it.
    #[serde(rename = "strict")]
    Strict,
}

impl Define for SelfApprovedChange {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "self-approved-change",
        summary: "change was approved by those who made it",
        docs: include_str!("self_approved_change.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "approval",
        reasons: &["self-approved"],
        scope: RuleScope::Server,
        controls: &[
            controls::SOC2_CHANGE,
            controls::ISO_DUTIES,
            controls::ISO_CHANGE,
            controls::PCI_CHANGE,
            controls::PCI_ROLES,
            controls::SOX_CHANGE,
            controls::EU_DORA_CHANGE,
        ],
    };
}

impl Rule for SelfApprovedChange {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let from = evidence.now() - SignedDuration::from_hours(24 * i64::from(self.lookback_days));
        // Requests that are gone are known from the log only.
        put_holes_in_log(snapshot, from, outcomes);
        let names = production::names(evidence, snapshot).map_err(Outcome::NotEvaluated);
        let names = match paid_gap(snapshot, Source::ChangeRequests).map_or(names, Err) {
            Ok(names) => names,
            Err(outcome) => return outcomes.put(Subject::All, outcome),
        };
        let hole = hole_in_log(snapshot, from);
        for agreed in Agreements::of(evidence).iter() {
            let is_recent = agreed.applied_at.is_some_and(|at| from <= at && at <= evidence.now());
            let in_production = agreed.environment.as_deref().is_none_or(|name| names.contains(&name));
            if is_recent && in_production {
                let outcome = self.judge(evidence, snapshot, agreed, hole.as_deref());
                outcomes.put(Subject::Named(format!("change request {}", agreed.id)), outcome);
            }
        }
    }
}

impl SelfApprovedChange {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, agreed: &Agreed, hole: Option<&str>) -> Outcome {
        let Some(author) = &agreed.author else {
            return Outcome::not_evaluated("the request is gone, and the log does not say who made it");
        };
        let mut involved: Vec<(&Person, &str)> = vec![(author, "wrote")];
        if self.separation != Separation::Author {
            involved.extend(agreed.editors.iter().map(|editor| (editor, "changed")));
        }
        if self.separation == Separation::Strict {
            match (&agreed.applied_by, hole) {
                (Some(by), _) => involved.push((by, "applied")),
                (None, Some(why)) => return Outcome::not_evaluated(why),
                (None, None) => {}
            }
        }
        let is_involved = |person: &&Person| involved.iter().any(|(other, _)| is_same_person(other, person));
        let own: Vec<&Person> = agreed.approvals.iter().filter(is_involved).collect();
        let others = agreed.approvals.len() - own.len();
        let asked = agreed.required.map_or(0, |required| usize::try_from(required).unwrap_or(usize::MAX));
        if own.is_empty() || others >= asked.max(self.min_approvals) {
            return Outcome::Pass;
        }
        draft(evidence, snapshot, agreed, &involved, &own, others).into()
    }
}

fn draft(
    evidence: &Evidence,
    snapshot: &Snapshot,
    agreed: &Agreed,
    involved: &[(&Person, &str)],
    own: &[&Person],
    others: usize,
) -> Draft {
    let name = format!("change request {}", agreed.id);
    let mut draft = Draft::named(evidence, &name, "self-approved");
    let deeds: Vec<String> = own
        .iter()
        .map(|person| {
            let mut did: Vec<&str> =
                involved.iter().filter(|(other, _)| is_same_person(other, person)).map(|(_, did)| *did).collect();
            did.push("approved");
            format!("{} {}", person.name, list(&did))
        })
        .collect();
    let rest = match others {
        0 => "nobody else agreed to it".to_owned(),
        others => format!("{} of others {} left", count(others, "approval"), if others == 1 { "is" } else { "are" }),
    };
    let when = agreed.applied_at.map(|at| format!(", applied on {}", instant(at))).unwrap_or_default();
    draft.message = format!("{}{when}: {}; {rest}.", capitalised(&name), list(&deeds));
    draft.remediation = "Have somebody else review the change now and write that down; keep the group small that may \
                         approve its own changes."
        .to_owned();
    draft.evidence.push(fact(
        format!("approved by {}", people(&agreed.approvals)),
        agreed.applied_at,
        "change requests",
    ));
    if let Some(required) = agreed.required {
        draft.evidence.push(fact(format!("approvals needed: {required}"), None, "change requests"));
    }
    draft.record = Some(name);
    match &agreed.project {
        Some(project) => draft.in_project(snapshot, project, agreed.environment.as_deref()),
        None => draft,
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
