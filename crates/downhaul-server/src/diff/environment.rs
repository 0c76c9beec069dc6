//! What changed for a flag in an environment: the switch, strategies, variants, release plans.

use downhaul_core::{EventKind, Flag, FlagEnvironment, Source, Strategy, StrategyKind};

use super::Found;

pub(super) fn compare(found: &mut Found<'_>, was: &Flag, is: &Flag) {
    for (name, after) in &is.environments {
        let Some(before) = was.environments.get(name) else {
            found.add_flag(&is.key, Some(name), "is a new environment of it", |_| false);
            continue;
        };
        one(found, is, name, before, after);
    }
    for name in was.environments.keys().filter(|name| !is.environments.contains_key(*name)) {
        found.add_flag(&is.key, Some(name), "is no environment of it any more", |_| false);
    }
}

fn one(found: &mut Found<'_>, flag: &Flag, name: &str, before: &FlagEnvironment, after: &FlagEnvironment) {
    if before.enabled != after.enabled {
        let change = if after.enabled { "off → on" } else { "on → off" };
        let is_it = |kind: &EventKind| matches!(kind, EventKind::Enabled | EventKind::Disabled);
        found.add_flag(&flag.key, Some(name), change, is_it);
    }
    if let (Some(before), Some(after)) = (&before.strategies, &after.strategies) {
        strategies(found, flag, name, before, after);
    }
    if before.variants != after.variants {
        let is_it = |kind: &EventKind| matches!(kind, EventKind::VariantsUpdated);
        found.add_flag(&flag.key, Some(name), "variants changed", is_it);
    }
    if found.both_have(Source::ReleasePlans, Some(&flag.key)) && before.release_plans != after.release_plans {
        let is_it = |kind: &EventKind| matches!(kind, EventKind::RolloutProgressed);
        found.add_flag(&flag.key, Some(name), "release plan changed", is_it);
    }
}

fn strategies(found: &mut Found<'_>, flag: &Flag, name: &str, before: &[Strategy], after: &[Strategy]) {
    for new in after {
        match before.iter().find(|old| old.id == new.id) {
            None => {
                let change = format!("strategy added ({})", words(new));
                found.add_flag(&flag.key, Some(name), change, |kind| matches!(kind, EventKind::StrategyAdded(_)));
            }
            Some(old) if old != new => {
                let is_it =
                    |kind: &EventKind| matches!(kind, EventKind::StrategyUpdated { after, .. } if after.id == new.id);
                found.add_flag(&flag.key, Some(name), changed(old, new), is_it);
            }
            Some(_) => {}
        }
    }
    for old in before.iter().filter(|old| !after.iter().any(|new| new.id == old.id)) {
        let change = format!("strategy removed ({})", words(old));
        found.add_flag(&flag.key, Some(name), change, |kind| matches!(kind, EventKind::StrategyRemoved { .. }));
    }
}

/// `25 % → 100 %` when the share is all that changed, else what else did.
fn changed(old: &Strategy, new: &Strategy) -> String {
    let mut parts = Vec::new();
    if words(old) != words(new) {
        parts.push(format!("{} → {}", words(old), words(new)));
    } else if old.kind != new.kind {
        let targets = matches!((&old.kind, &new.kind), (StrategyKind::Targeted { .. }, StrategyKind::Targeted { .. }));
        parts.push(if targets { "names changed" } else { "stickiness or group changed" }.to_owned());
    }
    let differs = [
        ("constraints changed", old.constraints != new.constraints),
        ("segments changed", old.segments != new.segments),
        ("variants of the strategy changed", old.variants != new.variants),
        ("title of the strategy changed", old.title != new.title),
        ("strategy switched off", !old.disabled && new.disabled),
        ("strategy switched on", old.disabled && !new.disabled),
    ];
    parts.extend(differs.iter().filter(|(_, differs)| *differs).map(|(words, _)| (*words).to_owned()));
    parts.join(", ")
}

fn words(strategy: &Strategy) -> String {
    match &strategy.kind {
        StrategyKind::Rollout { percent, .. } => format!("{percent} %"),
        StrategyKind::Targeted { by, .. } => format!("by {by}"),
        StrategyKind::Unreadable(why) => format!("unreadable: {why}"),
    }
}
