//! Who gets a flag in an environment: a third of the rules stand on this.
//!
//! The cases are those of the Unleash SDKs, which every mapped server has to fit: a switched-off environment wins over
//! everything, strategies are or-ed, an empty list of them means on, a flag that the SDK does not have answers with
//! the fallback given at the call.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::flag::{Constraint, Dependency, Flag, FlagEnvironment, FlagKey, Operator, Strategy, StrategyKind, Variant};
use crate::snapshot::{Snapshot, Source};

/// Who gets a flag in one environment, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// The SDK does not have the flag: the fallback given at the call decides.
    CallSite,
    /// Nobody.
    Off,
    /// A share of the contexts, between these bounds in percent.
    Partial {
        /// At least.
        low: u8,
        /// At most.
        high: u8,
    },
    /// Named contexts only.
    Targeted,
    /// Everybody, and all get the same.
    Full {
        /// The one variant that is served, if variants are.
        variant: Option<String>,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// Everybody, but not the same variant: no constant.
    FullMulti,
    /// Everybody whose context has the field that the rollout sticks to.
    FullWithHole {
        /// The field.
        field: String,
    },
    /// Nobody yet; begins by itself.
    Scheduled {
        /// When.
        from: Timestamp,
    },
    /// It could not be told.
    Unknown {
        /// Why, for people.
        why: String,
    },
}

impl Exposure {
    /// On for everybody, the same for all, and not about to end by itself.
    pub fn is_constant_on(&self) -> bool {
        matches!(self, Exposure::Full { until: None, .. })
    }

    /// Whether anybody gets it now.
    pub fn is_exposed(&self) -> bool {
        !matches!(self, Exposure::CallSite | Exposure::Off | Exposure::Scheduled { .. } | Exposure::Unknown { .. })
    }
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exposure::CallSite => f.write_str("not on the server, the fallback decides"),
            Exposure::Off => f.write_str("off"),
            Exposure::Partial { low, high } if low == high => write!(f, "on for {low} %"),
            Exposure::Partial { low, high } => write!(f, "on for {low} to {high} %"),
            Exposure::Targeted => f.write_str("on for named contexts"),
            Exposure::Full { variant: None, .. } => f.write_str("on for everyone"),
            Exposure::Full { variant: Some(name), .. } => write!(f, "on for everyone with variant `{name}`"),
            Exposure::FullMulti => f.write_str("on for everyone with different variants"),
            Exposure::FullWithHole { field } => write!(f, "on for everyone who has a `{field}`"),
            Exposure::Scheduled { from } => write!(f, "off until {}", from.strftime("%Y-%m-%d")),
            Exposure::Unknown { why } => write!(f, "unknown: {why}"),
        }
    }
}

/// Who gets `key` in `environment` at `now`.
pub fn exposure(snapshot: &Snapshot, key: &FlagKey, environment: &str, now: Timestamp) -> Exposure {
    let Some(flag) = snapshot.flags.get(key) else { return Exposure::CallSite };
    if flag.archived_at.is_some() {
        return Exposure::CallSite;
    }
    match flag.environments.get(environment) {
        Some(state) => exposure_of(snapshot, flag, environment, state, now),
        None => Exposure::CallSite,
    }
}

/// Who gets `flag` if `state` is what `environment` holds: also for a state that was replayed from the past.
pub fn exposure_of(
    snapshot: &Snapshot,
    flag: &Flag,
    environment: &str,
    state: &FlagEnvironment,
    now: Timestamp,
) -> Exposure {
    let own = own_exposure(snapshot, state, now);
    flag.parents.iter().fold(own, |exposure, dependency| limit(snapshot, exposure, dependency, environment, now))
}

/// Exposure without regard to parents.
fn own_exposure(snapshot: &Snapshot, state: &FlagEnvironment, now: Timestamp) -> Exposure {
    if !state.enabled {
        return Exposure::Off;
    }
    let Some(strategies) = &state.strategies else {
        return Exposure::Unknown { why: "the strategies were not read".to_owned() };
    };
    let active: Vec<&Strategy> = strategies.iter().filter(|strategy| !strategy.disabled).collect();
    if active.is_empty() {
        return full(&[], &state.variants, None);
    }
    let reaches: Vec<(&Strategy, Reach)> =
        active.into_iter().map(|strategy| (strategy, reach(snapshot, strategy, now))).collect();
    combine(&reaches, &state.variants)
}

/// What one strategy contributes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    Nobody,
    Later(Timestamp),
    Named,
    Percent(u8),
    Everyone { until: Option<Timestamp> },
    EveryoneWith(String),
    Unknown(String),
}

fn reach(snapshot: &Snapshot, strategy: &Strategy, now: Timestamp) -> Reach {
    let conditions = match conditions(snapshot, strategy, now) {
        Ok(conditions) => conditions,
        Err(reach) => return reach,
    };
    match &strategy.kind {
        StrategyKind::Unreadable(why) => Reach::Unknown(why.clone()),
        StrategyKind::Rollout { percent: 0, .. } => Reach::Nobody,
        _ if conditions.starts.is_some() => conditions.starts.map_or(Reach::Nobody, Reach::Later),
        StrategyKind::Targeted { .. } => Reach::Named,
        StrategyKind::Rollout { .. } if conditions.asks_context => Reach::Named,
        StrategyKind::Rollout { percent, .. } if *percent < 100 => Reach::Percent(*percent),
        StrategyKind::Rollout { stickiness, .. } if sticks_to_a_field(stickiness) => {
            Reach::EveryoneWith(stickiness.clone())
        }
        StrategyKind::Rollout { .. } => Reach::Everyone { until: conditions.ends },
    }
}

/// `default` falls back to other fields and `random` asks for none; any other field can be missing.
fn sticks_to_a_field(stickiness: &str) -> bool {
    !matches!(stickiness, "" | "default" | "random")
}

/// What the constraints of a strategy and of its segments come to at one moment.
#[derive(Default)]
struct Conditions {
    /// Something of the context decides.
    asks_context: bool,
    /// A date that is not reached yet.
    starts: Option<Timestamp>,
    /// A date that ends it.
    ends: Option<Timestamp>,
}

impl Conditions {
    fn later(&mut self, at: Timestamp) {
        self.starts = Some(self.starts.map_or(at, |seen| seen.max(at)));
    }

    fn until(&mut self, at: Timestamp) {
        self.ends = Some(self.ends.map_or(at, |seen| seen.min(at)));
    }
}

fn conditions(snapshot: &Snapshot, strategy: &Strategy, now: Timestamp) -> Result<Conditions, Reach> {
    let mut all: Vec<&Constraint> = strategy.constraints.iter().collect();
    for id in &strategy.segments {
        match snapshot.segments.get(id) {
            Some(segment) => all.extend(&segment.constraints),
            None => match snapshot.gap(Source::Segments, None) {
                Some(gap) => return Err(Reach::Unknown(format!("segments were not read: {}", gap.detail))),
                // An SDK that cannot find a segment takes the strategy for false.
                None => return Err(Reach::Nobody),
            },
        }
    }
    let mut conditions = Conditions::default();
    for constraint in all {
        match (&constraint.operator, constraint.inverted) {
            (Operator::After(at), false) if now > *at => {}
            (Operator::After(at), false) => conditions.later(*at),
            (Operator::Before(at), true) if now >= *at => {}
            (Operator::Before(at), true) => conditions.later(*at),
            (Operator::Before(at), false) if now < *at => conditions.until(*at),
            (Operator::After(at), true) if now <= *at => conditions.until(*at),
            (Operator::Before(_), false) | (Operator::After(_), true) => return Err(Reach::Nobody),
            (Operator::Other { .. }, _) => conditions.asks_context = true,
        }
    }
    match (conditions.starts, conditions.ends) {
        (Some(starts), Some(ends)) if starts >= ends => Err(Reach::Nobody),
        _ => Ok(conditions),
    }
}

fn combine(reaches: &[(&Strategy, Reach)], environment_variants: &[Variant]) -> Exposure {
    if let Some(exposure) = everyone(reaches, environment_variants) {
        return exposure;
    }
    let unknown = reaches.iter().find_map(|(_, reach)| match reach {
        Reach::Unknown(why) => Some(why.clone()),
        _ => None,
    });
    if let Some(why) = unknown {
        return Exposure::Unknown { why };
    }
    let hole = reaches.iter().find_map(|(_, reach)| match reach {
        Reach::EveryoneWith(field) => Some(field.clone()),
        _ => None,
    });
    if let Some(field) = hole {
        return Exposure::FullWithHole { field };
    }
    some(reaches)
}

/// One unconditional strategy makes every other irrelevant, except for the variants of those before it.
fn everyone(reaches: &[(&Strategy, Reach)], environment_variants: &[Variant]) -> Option<Exposure> {
    let ends = |reach: &Reach| match reach {
        Reach::Everyone { until } => Some(*until),
        _ => None,
    };
    let until =
        reaches.iter().filter_map(|(_, reach)| ends(reach)).max_by_key(|until| until.unwrap_or(Timestamp::MAX))?;
    let last = reaches.iter().position(|(_, reach)| ends(reach) == Some(None)).unwrap_or(reaches.len() - 1);
    let serving: Vec<&Strategy> = reaches[..=last]
        .iter()
        .filter(|(_, reach)| !matches!(reach, Reach::Nobody | Reach::Later(_)))
        .map(|(strategy, _)| *strategy)
        .collect();
    Some(full(&serving, environment_variants, until))
}

/// Everybody is served by one of `serving`; whether all get the same depends on the variants.
fn full(serving: &[&Strategy], environment_variants: &[Variant], until: Option<Timestamp>) -> Exposure {
    let mut served: BTreeSet<Option<&str>> = BTreeSet::new();
    let of_strategies = serving.iter().map(|strategy| strategy.variants.as_slice());
    let lists: Vec<&[Variant]> = if serving.is_empty() { vec![&[]] } else { of_strategies.collect() };
    for own in lists {
        let variants = if own.is_empty() { environment_variants } else { own };
        let names: Vec<&str> =
            variants.iter().filter(|variant| variant.weight > 0).map(|variant| variant.name.as_str()).collect();
        if names.is_empty() {
            served.insert(None);
        }
        served.extend(names.into_iter().map(Some));
    }
    match served.len() {
        0 | 1 => Exposure::Full { variant: served.into_iter().next().flatten().map(str::to_owned), until },
        _ => Exposure::FullMulti,
    }
}

/// Nobody is served unconditionally: bounds of the shares, named contexts, a date to come, or nobody.
fn some(reaches: &[(&Strategy, Reach)]) -> Exposure {
    let shares: Vec<u8> = reaches
        .iter()
        .filter_map(|(_, reach)| match reach {
            Reach::Percent(percent) => Some(*percent),
            _ => None,
        })
        .collect();
    let named = reaches.iter().any(|(_, reach)| *reach == Reach::Named);
    if let Some(low) = shares.iter().copied().max() {
        // Groups are hashed independently, so shares may overlap or not.
        let sum: u32 = shares.iter().map(|share| u32::from(*share)).sum();
        let high = if named { 100 } else { u8::try_from(sum.min(100)).unwrap_or(100) };
        return Exposure::Partial { low, high };
    }
    if named {
        return Exposure::Targeted;
    }
    let starts = reaches.iter().filter_map(|(_, reach)| match reach {
        Reach::Later(at) => Some(*at),
        _ => None,
    });
    starts.min().map_or(Exposure::Off, |from| Exposure::Scheduled { from })
}

/// What a parent leaves of its child's exposure.
fn limit(snapshot: &Snapshot, child: Exposure, dependency: &Dependency, environment: &str, now: Timestamp) -> Exposure {
    if child == Exposure::Off {
        return child;
    }
    let Some(parent) = snapshot.flags.get(&dependency.parent) else {
        return match snapshot.gap(Source::Flags, None) {
            Some(gap) => {
                Exposure::Unknown { why: format!("its parent `{}` was not read: {}", dependency.parent, gap.detail) }
            }
            None => Exposure::Off,
        };
    };
    // SDKs allow one level only: a parent that has a parent makes the child false, as does a missing one.
    if parent.archived_at.is_some() || !parent.parents.is_empty() {
        return Exposure::Off;
    }
    let of_parent = exposure(snapshot, &dependency.parent, environment, now);
    if dependency.required_on {
        limit_by_on(child, &of_parent, &dependency.variants)
    } else {
        limit_by_off(child, &of_parent)
    }
}

fn limit_by_on(child: Exposure, parent: &Exposure, variants: &[String]) -> Exposure {
    let any = variants.is_empty();
    match parent {
        Exposure::CallSite | Exposure::Off => Exposure::Off,
        Exposure::Full { variant, until } => match variant {
            _ if any => end_by(child, *until),
            Some(name) if variants.contains(name) => end_by(child, *until),
            _ => Exposure::Off,
        },
        Exposure::FullMulti if any => child,
        Exposure::FullMulti => share(child, 100),
        Exposure::FullWithHole { field } => match child {
            Exposure::Full { .. } | Exposure::FullMulti => Exposure::FullWithHole { field: field.clone() },
            other => other,
        },
        Exposure::Partial { high, .. } => share(child, *high),
        Exposure::Targeted => name(child),
        Exposure::Scheduled { from } => start_by(child, *from),
        Exposure::Unknown { why } => Exposure::Unknown { why: format!("its parent is unknown: {why}") },
    }
}

fn limit_by_off(child: Exposure, parent: &Exposure) -> Exposure {
    match parent {
        Exposure::CallSite | Exposure::Off => child,
        Exposure::Full { until: None, .. } | Exposure::FullMulti => Exposure::Off,
        Exposure::Full { until: Some(at), .. } => start_by(child, *at),
        Exposure::Partial { low, .. } => share(child, 100 - *low),
        Exposure::Targeted => share(child, 100),
        Exposure::FullWithHole { .. } => name(child),
        Exposure::Scheduled { from } => end_by(child, Some(*from)),
        Exposure::Unknown { why } => Exposure::Unknown { why: format!("its parent is unknown: {why}") },
    }
}

/// The child reaches at most this share, and perhaps nobody: parent and child are dealt independently.
fn share(child: Exposure, at_most: u8) -> Exposure {
    match child {
        Exposure::Partial { high, .. } => Exposure::Partial { low: 0, high: high.min(at_most) },
        Exposure::Full { .. } | Exposure::FullMulti | Exposure::FullWithHole { .. } => {
            Exposure::Partial { low: 0, high: at_most }
        }
        other => other,
    }
}

fn name(child: Exposure) -> Exposure {
    match child {
        Exposure::Scheduled { .. } | Exposure::Unknown { .. } | Exposure::CallSite | Exposure::Off => child,
        _ => Exposure::Targeted,
    }
}

fn end_by(child: Exposure, at: Option<Timestamp>) -> Exposure {
    match (child, at) {
        (Exposure::Full { variant, until }, Some(at)) => {
            Exposure::Full { variant, until: Some(until.map_or(at, |own| own.min(at))) }
        }
        (other, _) => other,
    }
}

fn start_by(child: Exposure, at: Timestamp) -> Exposure {
    match child {
        Exposure::Scheduled { from } => Exposure::Scheduled { from: from.max(at) },
        Exposure::Unknown { .. } | Exposure::CallSite | Exposure::Off => child,
        _ => Exposure::Scheduled { from: at },
    }
}

/// Whether `key` serves the same to everyone in each of `production`: the value, or `None`.
///
/// A flag without any production environment is no constant.
pub fn constant<'a>(
    snapshot: &Snapshot,
    key: &FlagKey,
    production: impl IntoIterator<Item = &'a str>,
    now: Timestamp,
) -> Option<Exposure> {
    let mut exposures = production.into_iter().map(|environment| exposure(snapshot, key, environment, now));
    let first = exposures.next()?;
    let is_constant = first.is_constant_on() || first == Exposure::Off;
    (is_constant && exposures.all(|other| other == first)).then_some(first)
}
