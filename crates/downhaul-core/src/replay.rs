//! What an environment held at earlier moments, from the event log.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Event, EventKind};
use crate::evidence::Evidence;
use crate::exposure::{Exposure, exposure_of};
use crate::flag::{Flag, FlagEnvironment, FlagKey, Operator};
use crate::snapshot::{GapReason, Snapshot, Source};

/// The state of `key` in `environment` just before `at`.
///
/// `None` when the log cannot tell: it does not reach back to the making of the flag, a release plan changed the
/// strategies, or the flag was on without any strategy that the log knows of (an import leaves such a state). The log
/// does not hold the variants of an environment, so the state never has any.
pub fn state_before(evidence: &Evidence, key: &FlagKey, environment: &str, at: Timestamp) -> Option<FlagEnvironment> {
    let log: Vec<&Event> = log_of(evidence, key, environment).filter(|event| event.at < at).collect();
    let start = log.iter().rposition(|event| event.kind == EventKind::FlagCreated)?;
    let mut replay = Replay::default();
    for event in &log[start..] {
        replay.apply(event).ok()?;
    }
    replay.state().ok().cloned()
}

/// Changes so close to each other are one act: switching on a flag without strategies makes one first.
const ONE_ACT: SignedDuration = SignedDuration::from_secs(10);

/// A moment from which on an environment served something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// When.
    pub at: Timestamp,
    /// What it served from then on, without regard to the flag's parents.
    pub exposure: Exposure,
    /// What changed it; `None` for a date of a constraint that went by.
    pub cause: Option<&'a Event>,
}

/// What `key` has served in `environment` since it was made: the changes, oldest first. The first is its making.
///
/// Parents are left out: this is about what people did to the flag itself.
///
/// # Errors
/// Why the log cannot tell, for people.
pub fn history<'a>(evidence: &'a Evidence, key: &FlagKey, environment: &str) -> Result<Vec<Change<'a>>, String> {
    let snapshot = evidence.snapshot().map_err(str::to_owned)?;
    let flag = snapshot.flags.get(key).ok_or("the server does not have the flag")?;
    let flag = &without_parents(flag);
    if let Some(gap) = unusable_log(snapshot, key) {
        return Err(gap);
    }
    let log: Vec<&Event> = log_of(evidence, key, environment).filter(|event| event.at <= evidence.now()).collect();
    let start = log.iter().rposition(|event| event.kind == EventKind::FlagCreated);
    let start = start.ok_or("the event log does not reach back to the making of the flag")?;
    let mut replay = Replay::default();
    let mut changes: Vec<Change> = Vec::new();
    for (index, event) in log[start..].iter().enumerate() {
        replay.apply(event)?;
        let next = log.get(start + index + 1).map_or(evidence.now(), |event| event.at);
        // Between an act and the next of its parts nothing was meant to hold.
        if next.duration_since(event.at) < ONE_ACT && start + index + 1 < log.len() {
            continue;
        }
        let state = replay.state()?;
        let dates = dates_between(snapshot, state, event.at, next).into_iter().map(|at| (at, None));
        for (at, cause) in std::iter::once((event.at, Some(*event))).chain(dates) {
            let exposure = exposure_then(snapshot, flag, environment, state, at)?;
            if changes.last().is_none_or(|last| last.exposure != exposure) {
                changes.push(Change { at, exposure, cause });
            }
        }
    }
    Ok(changes)
}

fn without_parents(flag: &Flag) -> Cow<'_, Flag> {
    if flag.parents.is_empty() {
        return Cow::Borrowed(flag);
    }
    Cow::Owned(Flag { parents: Vec::new(), ..flag.clone() })
}

/// The events that concern a flag in an environment, oldest first.
fn log_of<'a>(evidence: &'a Evidence, key: &FlagKey, environment: &str) -> impl Iterator<Item = &'a Event> {
    let concerns = move |event: &&Event| event.environment.as_deref().is_none_or(|name| name == environment);
    evidence.events_of(key).filter(concerns)
}

/// A log that was cut short is still good for what it holds, as long as it says where it begins.
fn unusable_log(snapshot: &Snapshot, key: &FlagKey) -> Option<String> {
    let is_unusable = |reason| reason != GapReason::Truncated || snapshot.events_since.is_none();
    let mut gaps = snapshot.gaps.iter().filter(|gap| gap.source == Source::Events);
    let gap = gaps.find(|gap| gap.flag.as_ref().is_none_or(|flag| flag == key) && is_unusable(gap.reason))?;
    Some(format!("the event log was not read: {}", gap.detail))
}

/// A date decides from the moment after it.
fn exposure_then(
    snapshot: &Snapshot,
    flag: &Flag,
    environment: &str,
    state: &FlagEnvironment,
    at: Timestamp,
) -> Result<Exposure, String> {
    let mut segments = state.strategies.iter().flatten().flat_map(|strategy| &strategy.segments);
    if state.enabled && segments.any(|id| !snapshot.segments.contains_key(id)) {
        return Err(format!("a segment that `{environment}` used is not known any more"));
    }
    let just_after = at.checked_add(SignedDuration::from_millis(1)).unwrap_or(at);
    match exposure_of(snapshot, flag, environment, state, just_after) {
        Exposure::Unknown { why } => Err(why),
        exposure => Ok(exposure),
    }
}

/// Dates of constraints that went by between two events.
fn dates_between(snapshot: &Snapshot, state: &FlagEnvironment, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let strategies = state.strategies.iter().flatten().filter(|strategy| !strategy.disabled);
    let constraints = strategies.flat_map(|strategy| {
        let segments = strategy.segments.iter().filter_map(|id| snapshot.segments.get(id));
        strategy.constraints.iter().chain(segments.flat_map(|segment| &segment.constraints))
    });
    let dates = constraints.filter_map(|constraint| match constraint.operator {
        Operator::After(at) | Operator::Before(at) => Some(at),
        Operator::Other { .. } => None,
    });
    let mut dates: Vec<Timestamp> = dates.filter(|at| from < *at && *at < to).collect();
    dates.sort_unstable();
    dates
}

/// An environment while its log is read.
#[derive(Debug, Default)]
struct Replay {
    state: FlagEnvironment,
}

impl Replay {
    fn apply(&mut self, event: &Event) -> Result<(), String> {
        let strategies = self.state.strategies.get_or_insert_default();
        match &event.kind {
            EventKind::Enabled => self.state.enabled = true,
            // Reviving a flag leaves it switched off everywhere.
            EventKind::Disabled | EventKind::FlagRevived => self.state.enabled = false,
            EventKind::StrategyAdded(strategy) => strategies.push((**strategy).clone()),
            EventKind::StrategyUpdated { after, .. } => {
                let known = strategies.iter_mut().find(|strategy| strategy.id == after.id);
                *known.ok_or("the event log changes a strategy that it does not know")? = (**after).clone();
            }
            EventKind::StrategyRemoved { id } => {
                let id = id.as_ref().ok_or("the event log does not say which strategy was removed")?;
                strategies.retain(|strategy| strategy.id != *id);
            }
            // A release plan changes strategies without an event for each.
            EventKind::RolloutProgressed => {
                return Err("a release plan changed the strategies, of which the event log has no details".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    fn state(&self) -> Result<&FlagEnvironment, String> {
        if self.state.enabled && self.state.strategies.iter().flatten().next().is_none() {
            return Err("the flag was on without a strategy that the event log knows of".to_owned());
        }
        Ok(&self.state)
    }
}
