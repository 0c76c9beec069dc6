//! Flags and events of a case, with strategies in a line each.

use std::collections::BTreeMap;

use downhaul_core::{
    Actor, ActorKind, Completion, Constraint, Dependency, Event, EventKind, Flag, FlagEnvironment, FlagType, Lifecycle,
    Operator, SegmentId, Stage, StageEntry, Strategy, StrategyKind, Tag, Usage, Variant,
};
use serde::Deserialize;

use crate::case::{key, time};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlagCase {
    pub(crate) key: String,
    #[serde(default = "payments")]
    project: String,
    #[serde(default = "release", rename = "type")]
    flag_type: String,
    created: Option<String>,
    archived: Option<String>,
    #[serde(default)]
    stale: bool,
    /// `expires:2026-05-01`.
    #[serde(default)]
    tags: Vec<String>,
    /// `a`, or `!a` when it is needed off.
    #[serde(default)]
    parents: Vec<String>,
    #[serde(default)]
    children: Vec<String>,
    /// `live 2026-02-01`.
    #[serde(default)]
    stages: Vec<String>,
    /// `kept`, `kept:blue`, `discarded` or `unspecified`.
    completed: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, EnvironmentCase>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvironmentCase {
    on: bool,
    /// `100%`, `25% sticky:tenantId`, `targeted:userId where:country variants:a=500,b=500`; absent: not read.
    strategies: Option<Vec<String>>,
    /// Variants of the environment: `a=1000`.
    #[serde(default)]
    variants: Vec<String>,
    seen: Option<String>,
    /// Answers yes and no in the last 48 hours.
    usage: Option<(u64, u64)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventCase {
    at: String,
    kind: String,
    flag: Option<String>,
    env: Option<String>,
    /// The strategy as it is after the event.
    strategy: Option<String>,
    /// Id of the strategy or segment concerned.
    id: Option<String>,
    /// The variant that a completion kept.
    variant: Option<String>,
    kept: Option<bool>,
}

fn payments() -> String {
    "payments".to_owned()
}

fn release() -> String {
    "release".to_owned()
}

impl FlagCase {
    pub(crate) fn build(&self) -> Flag {
        Flag {
            key: key(&self.key),
            project: self.project.clone(),
            flag_type: FlagType::from_name(&self.flag_type),
            description: None,
            created_at: self.created.as_deref().map(time),
            created_by: None,
            archived_at: self.archived.as_deref().map(time),
            stale: self.stale,
            impression_data: false,
            tags: self.tags.iter().map(|tag| split_tag(tag)).collect(),
            links: Vec::new(),
            collaborators: Vec::new(),
            impact_metrics: Vec::new(),
            parents: self.parents.iter().map(|parent| dependency(parent)).collect(),
            children: self.children.iter().map(|child| key(child)).collect(),
            lifecycle: Lifecycle {
                stages: self.stages.iter().map(|stage| stage_entry(stage)).collect(),
                completion: self.completed.as_deref().map(completion),
            },
            environments: self.env.iter().map(|(name, state)| (name.clone(), state.build())).collect(),
        }
    }
}

impl EnvironmentCase {
    fn build(&self) -> FlagEnvironment {
        let strategies =
            self.strategies.as_ref().map(|list| list.iter().enumerate().map(|(at, text)| strategy(at, text)).collect());
        FlagEnvironment {
            enabled: self.on,
            strategies,
            variants: self.variants.iter().map(|text| variant(text)).collect(),
            last_seen_at: self.seen.as_deref().map(time),
            usage: self.usage.map(|(yes, no)| Usage { hours: 48, yes, no, ..Usage::default() }),
            ..FlagEnvironment::default()
        }
    }
}

impl EventCase {
    pub(crate) fn build(&self, index: usize) -> Event {
        Event {
            id: i64::try_from(index).expect("a case has few events") + 101,
            at: time(&self.at),
            actor: Actor { name: "ana".to_owned(), id: Some(7), kind: ActorKind::Account },
            kind: self.kind(),
            flag: self.flag.as_deref().map(key),
            project: None,
            environment: self.env.clone(),
            group: None,
        }
    }

    fn kind(&self) -> EventKind {
        let after = || Box::new(strategy(0, self.strategy.as_deref().expect("the event needs a strategy")));
        match self.kind.as_str() {
            "flag-created" => EventKind::FlagCreated,
            "flag-revived" => EventKind::FlagRevived,
            "flag-archived" => EventKind::FlagArchived,
            "flag-completed" => EventKind::FlagCompleted { kept: self.kept, variant: self.variant.clone() },
            "marked-stale" => EventKind::MarkedStale,
            "unmarked-stale" => EventKind::UnmarkedStale,
            "enabled" => EventKind::Enabled,
            "disabled" => EventKind::Disabled,
            "strategy-added" => EventKind::StrategyAdded(after()),
            "strategy-updated" => EventKind::StrategyUpdated { before: None, after: after() },
            "strategy-removed" => EventKind::StrategyRemoved { id: self.id.clone() },
            "variants-updated" => EventKind::VariantsUpdated,
            "dependency-added" => EventKind::DependencyAdded,
            "segment-updated" => EventKind::SegmentUpdated(SegmentId(self.id.clone().expect("a segment has an id"))),
            other => panic!("no event kind `{other}`"),
        }
    }
}

fn split_tag(text: &str) -> Tag {
    let (kind, value) = text.split_once(':').unwrap_or_else(|| panic!("{text:?} is no tag"));
    Tag { kind: kind.to_owned(), value: value.to_owned() }
}

fn dependency(text: &str) -> Dependency {
    let needed_off = text.strip_prefix('!');
    Dependency { parent: key(needed_off.unwrap_or(text)), required_on: needed_off.is_none(), variants: Vec::new() }
}

fn stage_entry(text: &str) -> StageEntry {
    let (name, at) = text.split_once(' ').unwrap_or_else(|| panic!("{text:?} is no stage with a date"));
    StageEntry { stage: Stage::from_name(name).unwrap_or_else(|| panic!("no stage `{name}`")), entered_at: time(at) }
}

fn completion(text: &str) -> Completion {
    match text.split_once(':') {
        Some(("kept", variant)) => Completion::Kept { variant: Some(variant.to_owned()) },
        None if text == "kept" => Completion::Kept { variant: None },
        None if text == "discarded" => Completion::Discarded,
        None if text == "unspecified" => Completion::Unspecified,
        _ => panic!("no completion `{text}`"),
    }
}

/// The first word is the kind, the others are `name:value`.
pub(crate) fn strategy(index: usize, text: &str) -> Strategy {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or_default();
    let mut strategy = Strategy {
        id: format!("s{index}"),
        title: None,
        kind: strategy_kind(first),
        constraints: Vec::new(),
        segments: Vec::new(),
        variants: Vec::new(),
        disabled: false,
    };
    for word in words {
        match word.split_once(':') {
            None if word == "disabled" => strategy.disabled = true,
            Some(("id", id)) => strategy.id = id.to_owned(),
            Some(("segment", id)) => strategy.segments.push(SegmentId(id.to_owned())),
            Some(("variants", list)) => strategy.variants = list.split(',').map(variant).collect(),
            Some(("sticky", field)) => stick(&mut strategy, field),
            _ => strategy.constraints.push(constraint(word)),
        }
    }
    strategy
}

fn strategy_kind(word: &str) -> StrategyKind {
    if let Some(by) = word.strip_prefix("targeted:") {
        return StrategyKind::Targeted { by: by.to_owned(), values: Vec::new() };
    }
    let percent = word.strip_suffix('%').and_then(|number| number.parse().ok());
    StrategyKind::Rollout {
        percent: percent.unwrap_or_else(|| panic!("{word:?} is no strategy")),
        stickiness: "default".to_owned(),
        group: "group".to_owned(),
    }
}

fn stick(strategy: &mut Strategy, field: &str) {
    let StrategyKind::Rollout { stickiness, .. } = &mut strategy.kind else { panic!("only a rollout sticks") };
    *stickiness = field.to_owned();
}

fn variant(text: &str) -> Variant {
    let (name, weight) = text.split_once('=').unwrap_or_else(|| panic!("{text:?} is no variant"));
    Variant { name: name.to_owned(), weight: weight.parse().expect("a weight is a number"), payload: None }
}

/// `after:2026-01-01`, `before:2026-01-01`, `where:country`.
pub(crate) fn constraint(word: &str) -> Constraint {
    let (name, value) = word.split_once(':').unwrap_or_else(|| panic!("{word:?} is no constraint"));
    let (field, operator) = match name {
        "after" => ("currentTime", Operator::After(time(value))),
        "before" => ("currentTime", Operator::Before(time(value))),
        "where" => (value, Operator::Other { name: "IN".to_owned(), values: vec!["x".to_owned()] }),
        other => panic!("no constraint `{other}`"),
    };
    Constraint { field: field.to_owned(), operator, inverted: false, case_insensitive: false }
}
