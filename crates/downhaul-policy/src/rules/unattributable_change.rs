//! `unattributable-change`: somebody changed a flag, and the log cannot say who.

use std::collections::BTreeMap;

use downhaul_core::{
    Actor, ActorKind, Event, EventKind, Evidence, FlagKey, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject,
    Timestamp,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::options::OptionalDate;
use crate::sites::put_holes_in_log;
use crate::words::{actor, count, instant, what_happened};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnattributableChange {
    /// Accounts of programs that somebody answers for; when there are any, all others are findings.
    accounts: Vec<String>,
    /// Days that are looked back on.
    lookback_days: u32,
    /// Nothing before this day is looked at.
    since: OptionalDate,
}

impl Default for UnattributableChange {
    fn default() -> Self {
        Self { accounts: Vec::new(), lookback_days: 90, since: OptionalDate::default() }
    }
}

impl Define for UnattributableChange {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "unattributable-change",
        summary: "change that nobody can be held to account for",
        docs: include_str!("unattributable_change.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "audit",
        reasons: &["admin-token", "nobody", "system", "unregistered-account"],
        scope: RuleScope::Server,
        controls: &[controls::SOC2_DETECTION, controls::SOX_CHANGE],
    };
}

impl Rule for UnattributableChange {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let from = evidence.now() - SignedDuration::from_hours(24 * i64::from(self.lookback_days));
        let mut of_subject: BTreeMap<Subject, (Option<&FlagKey>, Vec<&Event>)> = BTreeMap::new();
        for event in evidence.events().filter(|event| self.is_looked_at(event, from, evidence.now())) {
            let subject = match (&event.flag, &event.kind) {
                (Some(key), _) => Subject::Flag(key.clone()),
                (None, EventKind::SegmentUpdated(id)) => Subject::Named(format!("segment {}", id.0)),
                (None, _) => continue,
            };
            of_subject.entry(subject).or_insert_with(|| (event.flag.as_ref(), Vec::new())).1.push(event);
        }
        for (subject, (key, events)) in of_subject {
            let outcome = match self.worst(evidence, snapshot, &events) {
                Some(found) => found.draft(evidence, snapshot, &subject, key).into(),
                None => self.pass(snapshot, &events),
            };
            outcomes.put(subject, outcome);
        }
        put_holes_in_log(snapshot, from, outcomes);
    }
}

/// Changes of one flag that nobody answers for.
struct Found<'a> {
    reason: &'static str,
    in_production: bool,
    /// Oldest first.
    events: Vec<&'a Event>,
}

impl UnattributableChange {
    fn is_looked_at(&self, event: &Event, from: Timestamp, now: Timestamp) -> bool {
        is_configuration(&event.kind) && from <= event.at && event.at <= now && !self.since.is_after(event.at)
    }

    /// Those in production first; among them the last decides.
    fn worst<'a>(&self, evidence: &Evidence, snapshot: &Snapshot, events: &[&'a Event]) -> Option<Found<'a>> {
        let found: Vec<(bool, &'static str, &Event)> = events
            .iter()
            .filter_map(|event| Some((in_production(evidence, event), self.reason(snapshot, event)?, *event)))
            .collect();
        let in_production = found.iter().any(|(in_production, ..)| *in_production);
        let worst: Vec<_> = found.into_iter().filter(|(is, ..)| *is == in_production).collect();
        let (_, reason, _) = worst.last()?;
        Some(Found { reason, in_production, events: worst.iter().map(|(.., event)| *event).collect() })
    }

    fn reason(&self, snapshot: &Snapshot, event: &Event) -> Option<&'static str> {
        match event.actor.kind {
            ActorKind::SharedToken => Some("admin-token"),
            ActorKind::Unknown => Some("nobody"),
            ActorKind::Account if event.actor.name.is_empty() => Some("nobody"),
            ActorKind::Account if self.is_unregistered(snapshot, &event.actor) => Some("unregistered-account"),
            ActorKind::Account => None,
            // A plan or a request that waited acts as the server; nothing else of a flag does.
            ActorKind::System => (event.group.is_none() && is_done_by_people(&event.kind)).then_some("system"),
        }
    }

    /// Nothing is wrong; whether the actors are people may not be known.
    fn pass(&self, snapshot: &Snapshot, events: &[&Event]) -> Outcome {
        let is_listed = |event: &&Event| self.accounts.contains(&event.actor.name);
        let gap = snapshot.gap(Source::ServiceAccounts, None);
        match gap.filter(|_| !self.accounts.is_empty() && !events.iter().all(is_listed)) {
            Some(gap) => Outcome::NotEvaluated(format!("which actors are programs is not known: {}", gap.detail)),
            None => Outcome::Pass,
        }
    }

    fn is_unregistered(&self, snapshot: &Snapshot, actor: &Actor) -> bool {
        let mut programs = snapshot.access.service_accounts.iter().map(|account| &account.person);
        let is_program = programs.any(|program| match (program.id, actor.id) {
            (Some(one), Some(other)) => one == other,
            _ => program.name == actor.name,
        });
        is_program && !self.accounts.is_empty() && !self.accounts.contains(&actor.name)
    }
}

/// What people configure; evaluations, sign-ins and the sweeps of the server are none of it.
fn is_configuration(kind: &EventKind) -> bool {
    kind.may_change_exposure()
        || matches!(
            kind,
            EventKind::FlagArchived
                | EventKind::FlagDeleted
                | EventKind::FlagCompleted { .. }
                | EventKind::FlagUncompleted
                | EventKind::MarkedStale
                | EventKind::UnmarkedStale
                | EventKind::FlagMoved
        )
}

fn is_done_by_people(kind: &EventKind) -> bool {
    !matches!(kind, EventKind::RolloutProgressed | EventKind::Disabled)
}

/// Whether the change reaches users of production.
fn in_production(evidence: &Evidence, event: &Event) -> bool {
    match (&event.environment, &event.kind) {
        (Some(name), _) => evidence.production().any(|known| known == name),
        // Made, it is off everywhere; declared done, it serves what it did.
        (None, EventKind::FlagCreated) => false,
        (None, EventKind::SegmentUpdated(id)) => serves_segment(evidence, id),
        (None, EventKind::FlagArchived | EventKind::FlagDeleted) => true,
        (None, kind) => kind.may_change_exposure(),
    }
}

fn serves_segment(evidence: &Evidence, id: &downhaul_core::SegmentId) -> bool {
    let Ok(snapshot) = evidence.snapshot() else { return false };
    let production: Vec<&str> = evidence.production().collect();
    snapshot.flags.values().filter(|flag| flag.archived_at.is_none()).any(|flag| {
        flag.environments.iter().any(|(name, state)| {
            let strategies = state.strategies.iter().flatten();
            production.contains(&name.as_str())
                && state.enabled
                && strategies.filter(|strategy| !strategy.disabled).any(|strategy| strategy.segments.contains(id))
        })
    })
}

/// So many events are told one by one.
const SHOWN: usize = 5;

impl Found<'_> {
    fn draft(&self, evidence: &Evidence, snapshot: &Snapshot, subject: &Subject, key: Option<&FlagKey>) -> Draft {
        let mut draft = match (key, subject) {
            (Some(key), _) => Draft::of_flag(evidence, key, self.reason),
            (None, Subject::Named(name)) => Draft::named(evidence, name, self.reason),
            (None, _) => Draft::named(evidence, "", self.reason),
        };
        draft.level = if self.in_production { Level::Usual } else { Level::AtMost(Severity::Note) };
        let Some(last) = self.events.last() else { return draft };
        let name = match (key, subject) {
            (Some(key), _) => key.to_string(),
            (None, Subject::Named(name)) => name.clone(),
            (None, _) => String::new(),
        };
        let others = match self.events.len() - 1 {
            0 => String::new(),
            more => format!(", and {} before it", count(more, "change")),
        };
        draft.message = format!(
            "`{name}` was {} on {} by {}{others}: no person can be named.",
            what_happened(last),
            instant(last.at),
            actor(&last.actor),
        );
        draft.remediation = match self.reason {
            "unregistered-account" => {
                "Name the account under `accounts` with somebody who answers for it, or take its rights away."
            }
            "system" => "Find out which job of the server did it.",
            _ => "Let programs use a service account, or a personal access token of somebody who answers for them.",
        }
        .to_owned();
        for event in self.events.iter().rev().take(SHOWN) {
            draft.evidence.push(fact(
                format!("{} by {}", what_happened(event), actor(&event.actor)),
                Some(event.at),
                format!("event {}", event.id),
            ));
        }
        draft.record = Some(last.id.to_string());
        match key.and_then(|key| snapshot.flags.get(key)) {
            Some(flag) => draft.on_server(snapshot, flag, last.environment.as_deref()),
            None => draft,
        }
    }
}
