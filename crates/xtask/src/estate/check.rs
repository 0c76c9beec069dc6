//! What an estate must not say: two things that cannot both be, or a name that stands for nothing.

use std::collections::BTreeSet;

use super::{Environment, Estate, Flag};

/// One sentence for each contradiction.
pub(super) fn contradictions(estate: &Estate) -> Vec<String> {
    let mut wrong = duplicates(estate);
    for unknown in &estate.unknown {
        let name = &unknown.name;
        if unknown.meant.as_ref().is_some_and(|meant| !has_flag(estate, meant)) {
            wrong.push(format!("{name}: the flag that was meant is not there"));
        }
        check_application(estate, name, unknown.seen_by.as_deref(), &mut wrong);
    }
    for flag in &estate.flags {
        check_flag(estate, flag, &mut wrong);
        for (environment, state) in flag.environments() {
            check_environment(estate, flag, &format!("{} in {environment}", flag.name), state, &mut wrong);
        }
    }
    wrong
}

fn duplicates(estate: &Estate) -> Vec<String> {
    let names = estate.expectations().map(|(name, _)| ("flag", name));
    let users = estate.users.iter().map(|user| ("user", user.name.as_str()));
    let segments = estate.segments.iter().map(|segment| ("segment", segment.name.as_str()));
    let applications = estate.applications.iter().map(|application| ("application", application.name.as_str()));
    let mut seen = BTreeSet::new();
    let all = names.chain(users).chain(segments).chain(applications);
    all.filter(|entry| !seen.insert(*entry)).map(|(kind, name)| format!("{kind} `{name}` stands here twice")).collect()
}

fn has_flag(estate: &Estate, name: &str) -> bool {
    estate.flags.iter().any(|flag| flag.name == name)
}

fn check_application(estate: &Estate, what: &str, application: Option<&str>, wrong: &mut Vec<String>) {
    if let Some(name) = application.filter(|name| estate.applications.iter().all(|known| known.name != *name)) {
        wrong.push(format!("{what}: no application `{name}`"));
    }
}

fn check_flag(estate: &Estate, flag: &Flag, wrong: &mut Vec<String>) {
    let name = &flag.name;
    if estate.users.iter().all(|user| user.name != flag.by) {
        wrong.push(format!("{name}: no user `{}`", flag.by));
    }
    for tag in &flag.tags {
        let kind = tag.split_once(':').map(|(kind, _)| kind);
        if !kind.is_some_and(|kind| kind == "simple" || estate.tag_types.iter().any(|known| known.name == kind)) {
            wrong.push(format!("{name}: tag `{tag}` has no known kind"));
        }
    }
    if flag.expires_days.is_some() && estate.tag_types.iter().all(|known| known.name != "expires") {
        wrong.push(format!("{name}: an expiry needs the tag type `expires`"));
    }
    if let Some(parent) = &flag.parent {
        match estate.flags.iter().find(|other| other.name == parent.flag) {
            Some(found) if found.age_days > flag.age_days => {}
            _ => wrong.push(format!("{name}: its parent `{}` must be an older flag", parent.flag)),
        }
    }
    let completed = flag.completed.as_ref().map(|completed| completed.days);
    let moments = [flag.stale_days, completed, flag.archived_days, flag.pre_live_days, flag.live_days];
    check_moments(name, flag, &moments.into_iter().flatten().collect::<Vec<_>>(), wrong);
    if flag.live_days.is_some() && flag.pre_live_days.is_none() {
        wrong.push(format!("{name}: live without pre-live"));
    }
}

fn check_environment(estate: &Estate, flag: &Flag, what: &str, state: &Environment, wrong: &mut Vec<String>) {
    let steps = state.strategies.iter().flat_map(|strategy| strategy.rollout.iter().map(|(days, _)| *days));
    let moments: Vec<f64> = state.on_days.iter().chain(&state.off_days).copied().chain(steps).collect();
    check_moments(what, flag, &moments, wrong);
    for strategy in &state.strategies {
        if strategy.rollout.is_empty() || !strategy.rollout.is_sorted_by(|a, b| a.0 > b.0) {
            wrong.push(format!("{what}: the steps of a rollout go from the oldest to the youngest"));
        }
        if strategy.rollout.iter().any(|(_, percent)| *percent > 100) {
            wrong.push(format!("{what}: more than 100 %"));
        }
        if !strategy.variants.is_empty() && strategy.variants.iter().map(|variant| variant.weight).sum::<u32>() != 1000
        {
            wrong.push(format!("{what}: the weights of variants must add up to 1000"));
        }
        for segment in strategy.segments.iter().filter(|name| estate.segments.iter().all(|known| known.name != **name))
        {
            wrong.push(format!("{what}: no segment `{segment}`"));
        }
    }
    let first_step = state.strategies.iter().filter_map(|strategy| strategy.rollout.first()).map(|(days, _)| *days);
    let first_step = first_step.fold(f64::NEG_INFINITY, f64::max);
    if state.on_days.iter().any(|on| *on > first_step) {
        // The server would add a strategy of its own.
        wrong.push(format!("{what}: it cannot be switched on before it has a strategy"));
    }
    check_application(estate, what, state.metrics.as_ref().map(|metrics| metrics.application.as_str()), wrong);
    if state.metrics.is_some() && state.last_seen_days.is_some() {
        wrong.push(format!("{what}: with metrics it was seen just now, so last_seen_days cannot stand"));
    }
}

/// Nothing happens before a flag is made, or in the last quarter of an hour: that is when the seeding happens.
fn check_moments(what: &str, flag: &Flag, moments: &[f64], wrong: &mut Vec<String>) {
    if moments.iter().chain([&flag.age_days]).any(|days| *days > flag.age_days || *days < 0.01) {
        wrong.push(format!("{what}: something happens before the flag is made, or less than 0.01 days ago"));
    }
}
