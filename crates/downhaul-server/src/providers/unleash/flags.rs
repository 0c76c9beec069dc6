//! A flag of Unleash: the row of the search, completed by the answers about this one flag.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Completion, Dependency, Flag, FlagEnvironment, FlagKey, FlagType, InvalidFlagKey, Lifecycle, Link, Stage,
    StageEntry, Strategy, Tag, Timestamp, Usage,
};

use super::events::is_account;
use super::strategies::{strategy, variant};
use super::wire;

/// A flag as the search shows it: without strategies, stages but the last, and usage.
pub(super) fn flag(row: wire::FeatureRow) -> Result<Flag, InvalidFlagKey> {
    let archived_at = row.archived_at;
    let environments = row.environments.into_iter().map(|row| {
        let state = FlagEnvironment { enabled: row.enabled, last_seen_at: row.last_seen_at, ..Default::default() };
        (row.name, state)
    });
    Ok(Flag {
        key: FlagKey::new(&row.name)?,
        project: row.project,
        flag_type: FlagType::from_name(row.kind.as_deref().unwrap_or("release")),
        description: row.description.filter(|text| !text.is_empty()),
        created_at: row.created_at,
        created_by: row.created_by.and_then(|person| person.name),
        archived_at,
        stale: row.stale,
        impression_data: row.impression_data,
        tags: row.tags.into_iter().map(|tag| Tag { kind: tag.kind, value: tag.value }).collect(),
        links: Vec::new(),
        collaborators: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        lifecycle: lifecycle(row.lifecycle.into_iter().collect(), archived_at),
        environments: environments.collect(),
    })
}

/// Adds what only the answer about this flag has.
pub(super) fn add_details(flag: &mut Flag, details: wire::Feature) {
    let key = |name: &String| FlagKey::new(name).ok();
    flag.children = details.children.iter().filter_map(key).collect();
    flag.parents = details.dependencies.into_iter().filter_map(dependency).collect();
    flag.links = details.links.into_iter().map(link).collect();
    // The server counts itself and shared tokens among the collaborators.
    let people = details.collaborators.map(|collaborators| collaborators.users).unwrap_or_default();
    let people = people.into_iter().filter(|person| person.id.is_none_or(is_account));
    flag.collaborators = people.filter_map(|person| person.name).collect();
    flag.collaborators.sort();
    for environment in details.environments {
        let state = flag.environments.entry(environment.name.clone()).or_default();
        add_environment(state, environment, flag.key.as_str());
    }
}

fn add_environment(state: &mut FlagEnvironment, environment: wire::FeatureEnvironment, flag: &str) {
    let mut strategies: Vec<Strategy> = environment.strategies.into_iter().map(|read| strategy(read, flag)).collect();
    for planned in environment.release_plans.into_iter().flat_map(active_strategies) {
        let planned = strategy(planned, flag);
        // NOTE: the open-source server has no release plans, and what a paid one lists twice is not documented.
        if !strategies.iter().any(|known| serves_the_same(known, &planned)) {
            strategies.push(planned);
        }
    }
    state.enabled = environment.enabled;
    state.last_seen_at = environment.last_seen_at;
    state.strategies = Some(strategies);
    state.variants = environment.variants.into_iter().map(variant).collect();
}

/// The strategies of the milestone that a release plan has reached.
fn active_strategies(plan: wire::ReleasePlan) -> Vec<wire::Strategy> {
    let active = plan.active_milestone_id;
    let milestone = plan.milestones.into_iter().find(|milestone| Some(&milestone.id) == active.as_ref());
    milestone.map(|milestone| milestone.strategies).unwrap_or_default()
}

fn serves_the_same(one: &Strategy, other: &Strategy) -> bool {
    one.id == other.id
        || (&one.kind, &one.constraints, &one.segments, &one.variants, one.disabled)
            == (&other.kind, &other.constraints, &other.segments, &other.variants, other.disabled)
}

fn dependency(dependency: wire::Dependency) -> Option<Dependency> {
    let parent = FlagKey::new(&dependency.feature).ok()?;
    Some(Dependency { parent, required_on: dependency.enabled, variants: dependency.variants })
}

fn link(link: wire::Link) -> Link {
    Link { title: link.title.filter(|title| !title.is_empty()), url: link.url }
}

/// The stages, oldest first. A stage that this version does not know is left out; [`unknown_stages`] tells it.
pub(super) fn lifecycle(rows: Vec<wire::StageRow>, archived_at: Option<Timestamp>) -> Lifecycle {
    let mut stages: Vec<StageEntry> = Vec::new();
    let mut completion = None;
    for row in rows {
        let Some(stage) = Stage::from_name(&row.stage) else { continue };
        if stage == Stage::Completed {
            completion = Some(completed_as(row.status.as_deref()));
        }
        stages.push(StageEntry { stage, entered_at: row.entered_stage_at });
    }
    // Flags that were archived before the server had stages have none of this name.
    if let (Some(at), false) = (archived_at, stages.iter().any(|entry| entry.stage == Stage::Archived)) {
        stages.push(StageEntry { stage: Stage::Archived, entered_at: at });
    }
    stages.sort_by_key(|entry| (entry.entered_at, entry.stage));
    Lifecycle { stages, completion }
}

/// Names of stages that this version does not know.
pub(super) fn unknown_stages(rows: &[wire::StageRow]) -> Vec<&str> {
    rows.iter().map(|row| row.stage.as_str()).filter(|name| Stage::from_name(name).is_none()).collect()
}

fn completed_as(status: Option<&str>) -> Completion {
    match status {
        Some("kept") => Completion::Kept { variant: None },
        Some("discarded") => Completion::Discarded,
        _ => Completion::Unspecified,
    }
}

/// Evaluations by environment, summed over applications and hours.
pub(super) fn usage(rows: Vec<wire::MetricRow>, hours: u32) -> BTreeMap<String, Usage> {
    let mut by_environment: BTreeMap<String, (Usage, BTreeSet<String>)> = BTreeMap::new();
    for row in rows {
        let (usage, applications) = by_environment.entry(row.environment).or_default();
        usage.yes += row.yes;
        usage.no += row.no;
        if row.yes + row.no > 0 {
            applications.insert(row.app_name);
        }
        for (name, count) in row.variants {
            *usage.variants.entry(name).or_default() += count;
        }
    }
    let finish = |(environment, (usage, applications)): (String, (Usage, BTreeSet<String>))| {
        (environment, Usage { hours, applications: applications.into_iter().collect(), ..usage })
    };
    by_environment.into_iter().map(finish).collect()
}

/// Adds evaluations. Once they were read, an environment without any was evaluated zero times.
pub(super) fn add_usage(flag: &mut Flag, mut usage: BTreeMap<String, Usage>, hours: u32) {
    for (environment, state) in &mut flag.environments {
        let none = || Usage { hours, ..Usage::default() };
        state.usage = Some(usage.remove(environment).unwrap_or_else(none));
    }
}
