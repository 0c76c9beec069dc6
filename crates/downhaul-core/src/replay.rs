//! What an environment held at an earlier moment, from the event log.

use jiff::Timestamp;

use crate::event::{Event, EventKind};
use crate::evidence::Evidence;
use crate::flag::{FlagEnvironment, FlagKey, Strategy};

/// The state of `key` in `environment` just before `at`.
///
/// `None` when the log cannot tell: it does not reach back to the making of the flag, a release plan changed the
/// strategies, or the flag was on without any strategy that the log knows of (an import leaves such a state). The log
/// does not hold the variants of an environment, so the state never has any.
pub fn state_before(evidence: &Evidence, key: &FlagKey, environment: &str, at: Timestamp) -> Option<FlagEnvironment> {
    let log: Vec<&Event> = evidence
        .events_of(key)
        .filter(|event| event.at < at)
        .filter(|event| event.environment.as_deref().is_none_or(|name| name == environment))
        .collect();
    let start = log.iter().rposition(|event| event.kind == EventKind::FlagCreated)?;
    let mut enabled = false;
    let mut strategies: Vec<Strategy> = Vec::new();
    for event in &log[start..] {
        match &event.kind {
            EventKind::Enabled => enabled = true,
            // Reviving a flag leaves it switched off everywhere.
            EventKind::Disabled | EventKind::FlagRevived => enabled = false,
            EventKind::StrategyAdded(strategy) => strategies.push((**strategy).clone()),
            EventKind::StrategyUpdated { after, .. } => {
                let known = strategies.iter_mut().find(|strategy| strategy.id == after.id)?;
                *known = (**after).clone();
            }
            EventKind::StrategyRemoved { id } => {
                let id = id.as_ref()?;
                strategies.retain(|strategy| strategy.id != *id);
            }
            // A release plan changes strategies without an event for each.
            EventKind::RolloutProgressed => return None,
            _ => {}
        }
    }
    if enabled && strategies.is_empty() {
        return None;
    }
    Some(FlagEnvironment { enabled, strategies: Some(strategies), ..FlagEnvironment::default() })
}
