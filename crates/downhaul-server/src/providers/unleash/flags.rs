//! A flag of Unleash: the row of the search, completed by the answers about this one flag.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Completion, Dependency, Flag, FlagEnvironment, FlagKey, FlagType, InvalidFlagKey, Lifecycle, Link, ReleasePlan,
    Stage, StageEntry, Strategy, Tag, Timestamp, Usage,
};

use super::events::is_account;
use super::strategies::{strategy, variant};
use super::{plans, wire};

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
        impact_metrics: Vec::new(),
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

/// Adds what an earlier answer about this flag had, if it was about this very flag in the state that the search shows.
pub(super) fn add_kept_details(flag: &mut Flag, kept: &Flag) -> bool {
    let is_same = |(name, state): (&String, &FlagEnvironment)| {
        kept.environments.get(name).is_some_and(|kept| kept.enabled == state.enabled && kept.strategies.is_some())
    };
    let fits = (&flag.project, flag.created_at, flag.archived_at) == (&kept.project, kept.created_at, kept.archived_at)
        && flag.environments.len() == kept.environments.len()
        && flag.environments.iter().all(is_same);
    if !fits {
        return false;
    }
    flag.parents.clone_from(&kept.parents);
    flag.children.clone_from(&kept.children);
    flag.links.clone_from(&kept.links);
    flag.collaborators.clone_from(&kept.collaborators);
    for (name, state) in &mut flag.environments {
        if let Some(kept) = kept.environments.get(name) {
            // When it was seen last, and what is counted, is fresh in the search.
            *state = FlagEnvironment { last_seen_at: state.last_seen_at, usage: None, ..kept.clone() };
        }
    }
    true
}

/// Adds the stages that were read earlier, if the last of them still is the last.
pub(super) fn add_kept_stages(flag: &mut Flag, kept: &Lifecycle) -> bool {
    let fits = flag.lifecycle.current() == kept.current();
    if fits {
        flag.lifecycle.clone_from(kept);
    }
    fits
}

fn add_environment(state: &mut FlagEnvironment, environment: wire::FeatureEnvironment, flag: &str) {
    let mut strategies: Vec<Strategy> = environment.strategies.into_iter().map(|read| strategy(read, flag)).collect();
    state.release_plans = environment.release_plans.into_iter().map(|read| plans::plan(read, flag)).collect();
    state.safeguards = environment.safeguards.into_iter().map(plans::safeguard).collect();
    for planned in state.release_plans.iter().flat_map(active_strategies) {
        // NOTE: the open-source server has no release plans, and what a paid one lists twice is not documented.
        if !strategies.iter().any(|known| serves_the_same(known, planned)) {
            strategies.push(planned.clone());
        }
    }
    state.enabled = environment.enabled;
    state.last_seen_at = environment.last_seen_at;
    state.strategies = Some(strategies);
    state.variants = environment.variants.into_iter().map(variant).collect();
}

/// The strategies of the milestone that a release plan has reached.
fn active_strategies(plan: &ReleasePlan) -> &[Strategy] {
    let active = plan.active_milestone.as_ref();
    let milestone = plan.milestones.iter().find(|milestone| Some(&milestone.id) == active);
    milestone.map(|milestone| milestone.strategies.as_slice()).unwrap_or_default()
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
            usage.last_at = usage.last_at.max(row.timestamp);
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

#[cfg(test)]
mod tests {
    use downhaul_core::{Completion, Flag, Stage, StrategyKind};
    use serde_json::{Value, json};

    use super::{add_details, add_usage, flag, lifecycle, unknown_stages, usage};

    fn bare(archived_at: Value) -> Flag {
        let environments = json!([{"name": "production", "enabled": true, "type": "production", "lastSeenAt": null}]);
        let row = json!({"name": "f", "project": "p", "archivedAt": archived_at, "environments": environments});
        flag(serde_json::from_value(row).expect("a row")).expect("a flag")
    }

    fn with_details(details: Value) -> Flag {
        let mut flag = bare(Value::Null);
        add_details(&mut flag, serde_json::from_value(details).expect("details"));
        flag
    }

    #[test]
    fn strategies_are_unknown_until_the_details_are_there() {
        assert_eq!(bare(Value::Null).environments["production"].strategies, None);
        let flag = with_details(json!({"environments": [{"name": "production", "enabled": false, "strategies": []}]}));
        let state = &flag.environments["production"];
        assert_eq!((state.enabled, state.strategies.as_deref()), (false, Some(&[][..])));
    }

    #[test]
    fn links_people_and_dependencies_are_kept() {
        let flag = with_details(json!({
            "links": [{"id": "1", "url": "https://a", "title": "A"}, {"id": "2", "url": "https://b", "title": null}],
            "collaborators": {"users": [
                {"id": 2, "name": "Bob"}, {"id": -42, "name": "Token"}, {"id": -1337, "name": "System"},
                {"id": 1, "name": "Alice"},
            ]},
            "dependencies": [
                {"feature": "on"}, {"feature": "off", "enabled": false},
                {"feature": "variants", "enabled": true, "variants": ["a"]},
            ],
            "children": ["c"],
        }));
        let links: Vec<_> = flag.links.iter().map(|link| (link.title.as_deref(), link.url.as_str())).collect();
        assert_eq!(links, [(Some("A"), "https://a"), (None, "https://b")]);
        assert_eq!(flag.collaborators, ["Alice", "Bob"]);
        let parent =
            |read: &downhaul_core::Dependency| (read.parent.to_string(), read.required_on, read.variants.len());
        let parents: Vec<_> = flag.parents.iter().map(parent).collect();
        assert_eq!(
            parents,
            [("on".to_owned(), true, 0), ("off".to_owned(), false, 0), ("variants".to_owned(), true, 1)]
        );
        assert_eq!(flag.children[0].as_str(), "c");
    }

    #[test]
    fn reached_milestone_of_a_release_plan_counts_once() {
        let strategy = |name_key: &str, id: &str, share: &str| json!({"id": id, name_key: "flexibleRollout", "parameters": {"rollout": share}});
        let plan = json!({
            "activeMilestoneId": "m2",
            "milestones": [
                {"id": "m1", "strategies": [strategy("strategyName", "1", "10")]},
                {"id": "m2", "strategies": [strategy("strategyName", "2", "50"), strategy("strategyName", "3", "100")]},
            ],
        });
        let environment = |strategies: Value| json!({"name": "production", "enabled": true, "strategies": strategies, "releasePlans": [plan]});
        let shares = |strategies: Value| -> Vec<u8> {
            let flag = with_details(json!({"environments": [environment(strategies)]}));
            let read = flag.environments["production"].strategies.clone().expect("they were read");
            let share = |kind: &StrategyKind| match kind {
                StrategyKind::Rollout { percent, .. } => *percent,
                other => panic!("{other:?}"),
            };
            read.iter().map(|strategy| share(&strategy.kind)).collect()
        };
        assert_eq!(shares(json!([])), [50, 100]);
        assert_eq!(shares(json!([strategy("name", "other-id", "50")])), [50, 100], "listed by the server as well");
    }

    #[test]
    fn stages_are_sorted_and_unknown_ones_told() {
        let rows = json!([
            {"stage": "completed", "status": "discarded", "enteredStageAt": "2026-01-03T00:00:00Z"},
            {"stage": "initial", "enteredStageAt": "2026-01-01T00:00:00Z"},
            {"stage": "dreaming", "enteredStageAt": "2026-01-02T00:00:00Z"},
        ]);
        let rows = || serde_json::from_value::<Vec<super::wire::StageRow>>(rows.clone()).expect("stages");
        assert_eq!(unknown_stages(&rows()), ["dreaming"]);
        let archived_at = "2026-01-04T00:00:00Z".parse().expect("a time");
        let read = lifecycle(rows(), Some(archived_at));
        let stages: Vec<Stage> = read.stages.iter().map(|entry| entry.stage).collect();
        assert_eq!(stages, [Stage::Initial, Stage::Completed, Stage::Archived]);
        assert_eq!(read.completion, Some(Completion::Discarded));
        assert_eq!(read.entered(Stage::Archived), Some(archived_at));
    }

    #[test]
    fn flag_archived_before_there_were_stages_is_archived() {
        let read = bare(json!("2026-01-04T00:00:00Z"));
        assert_eq!(read.lifecycle.current().map(|entry| entry.stage), Some(Stage::Archived));
    }

    #[test]
    fn evaluations_are_summed_and_idle_applications_left_out() {
        let row = |app: &str, environment: &str, yes: u64, variants: Value| json!({"appName": app, "environment": environment, "yes": yes, "no": 1, "variants": variants});
        let rows = json!([
            row("b", "production", 2, json!({"x": 2})),
            row("a", "production", 3, json!({"x": 1, "y": 2})),
            {"appName": "idle", "environment": "production", "yes": 0, "no": 0},
            row("c", "elsewhere", 9, Value::Null),
        ]);
        let mut flag = bare(Value::Null);
        add_usage(&mut flag, usage(serde_json::from_value(rows).expect("rows"), 48), 48);
        let read = flag.environments["production"].usage.clone().expect("it was read");
        assert_eq!((read.hours, read.yes, read.no), (48, 5, 2));
        assert_eq!(read.applications, ["a", "b"]);
        assert_eq!(read.variants.into_iter().collect::<Vec<_>>(), [("x".to_owned(), 3), ("y".to_owned(), 2)]);
        add_usage(&mut flag, usage(Vec::new(), 48), 48);
        assert_eq!(flag.environments["production"].usage.as_ref().map(|usage| usage.yes), Some(0));
    }
}
