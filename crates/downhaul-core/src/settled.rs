//! Since when an environment has served what it serves now.

use jiff::Timestamp;

use crate::event::{Event, EventKind};
use crate::evidence::Evidence;
use crate::flag::{Flag, FlagKey, Operator};
use crate::snapshot::{GapReason, Snapshot, Source};

/// Since when the exposure of a flag in an environment is what it is.
///
/// Never told from the flag's age, nor from one "updated at" for the whole flag: an edit in development would then
/// reset the clock of production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Since this change.
    Since {
        /// When.
        at: Timestamp,
        /// What changed it: `event 8812`, or the date of a constraint.
        source: String,
    },
    /// Longer than the event log goes back: a lower bound.
    AtLeastSince(Timestamp),
    /// It could not be told.
    Unknown {
        /// Why, for people.
        why: String,
    },
}

impl Settled {
    /// The moment, exact or a lower bound.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Settled::Since { at, .. } | Settled::AtLeastSince(at) => Some(*at),
            Settled::Unknown { .. } => None,
        }
    }

    /// Where the moment comes from, for the evidence of a finding.
    pub fn source(&self) -> &str {
        match self {
            Settled::Since { source, .. } => source,
            Settled::AtLeastSince(_) => "start of the event log",
            Settled::Unknown { why } => why,
        }
    }
}

/// Since when `key` has served in `environment` what it serves at the moment of the evidence.
pub fn settled_since(evidence: &Evidence, key: &FlagKey, environment: &str) -> Settled {
    let now = evidence.now();
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return Settled::Unknown { why: why.to_owned() },
    };
    let Some(flag) = snapshot.flags.get(key) else {
        return Settled::Unknown { why: "the server does not have the flag".to_owned() };
    };
    // A log that was cut short is still good for what it holds, as long as it says where it begins.
    let unusable = snapshot.gaps.iter().find(|gap| {
        let cut = gap.reason == GapReason::Truncated && snapshot.events_since.is_some();
        gap.source == Source::Events && gap.flag.as_ref().is_none_or(|flag| flag == key) && !cut
    });
    if let Some(gap) = unusable {
        return Settled::Unknown { why: format!("the event log was not read: {}", gap.detail) };
    }
    let family: Vec<&Flag> = std::iter::once(flag)
        .chain(flag.parents.iter().filter_map(|dependency| snapshot.flags.get(&dependency.parent)))
        .collect();
    let change = family
        .iter()
        .flat_map(|flag| evidence.events_of(&flag.key))
        .chain(evidence.segment_events())
        .filter(|event| event.at <= now && family.iter().any(|flag| concerns(event, flag, environment)))
        .max_by_key(|event| (event.at, event.id));
    let date = family.iter().flat_map(|flag| passed_dates(snapshot, flag, environment, now)).max();
    match (change, date) {
        (Some(event), Some(date)) if date > event.at => by_date(date),
        (Some(event), _) => Settled::Since { at: event.at, source: format!("event {}", event.id) },
        (None, Some(date)) if snapshot.events_since.is_some_and(|since| date > since) => by_date(date),
        (None, _) => match snapshot.events_since {
            Some(since) if flag.created_at.is_none_or(|created| created < since) => Settled::AtLeastSince(since),
            // The log holds the flag's whole life, and should have an entry at least of its making.
            _ => Settled::Unknown { why: "the event log has no entry for the flag".to_owned() },
        },
    }
}

fn by_date(at: Timestamp) -> Settled {
    Settled::Since { at, source: "date constraint".to_owned() }
}

/// Whether the event can have changed what `flag` serves in `environment`.
fn concerns(event: &Event, flag: &Flag, environment: &str) -> bool {
    if !event.kind.may_change_exposure() {
        return false;
    }
    if let EventKind::SegmentUpdated(id) = &event.kind {
        let state = flag.environments.get(environment);
        let strategies = state.and_then(|state| state.strategies.as_deref()).unwrap_or_default();
        return strategies.iter().any(|strategy| strategy.segments.contains(id));
    }
    event.flag.as_ref() == Some(&flag.key) && event.environment.as_deref().is_none_or(|name| name == environment)
}

/// Dates of constraints that have gone by: the exposure changed then, without any event.
fn passed_dates(snapshot: &Snapshot, flag: &Flag, environment: &str, now: Timestamp) -> Vec<Timestamp> {
    let state = flag.environments.get(environment);
    let strategies = state.and_then(|state| state.strategies.as_deref()).unwrap_or_default();
    strategies
        .iter()
        .filter(|strategy| !strategy.disabled)
        .flat_map(|strategy| {
            let segments = strategy.segments.iter().filter_map(|id| snapshot.segments.get(id));
            strategy.constraints.iter().chain(segments.flat_map(|segment| &segment.constraints))
        })
        .filter_map(|constraint| match constraint.operator {
            Operator::After(at) | Operator::Before(at) => Some(at),
            Operator::Other { .. } => None,
        })
        .filter(|at| *at <= now)
        .collect()
}
