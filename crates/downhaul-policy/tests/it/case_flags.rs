//! Flags and events of a case, with strategies in a line each.

use std::collections::BTreeMap;

use downhaul_core::{
    Actor, ActorKind, Completion, Constraint, Dependency, Event, EventKind, Flag, FlagEnvironment, FlagType,
    ImpactMetric, Lifecycle, Link, Milestone, Operator, Person, ReleasePlan, RequestStep, Safeguard, SafeguardAction,
    SegmentId, Side, Stage, StageEntry, Strategy, StrategyKind, Tag, Usage, Variant,
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
    description: Option<String>,
    created: Option<String>,
    by: Option<String>,
    archived: Option<String>,
    #[serde(default)]
    stale: bool,
    /// `expires:2026-05-01`.
    #[serde(default)]
    tags: Vec<String>,
    /// Title and address.
    #[serde(default)]
    links: Vec<(String, String)>,
    /// Names of impact metrics.
    #[serde(default)]
    impact_metrics: Vec<String>,
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
    /// Applications that asked.
    #[serde(default)]
    applications: Vec<String>,
    /// A release plan.
    plan: Option<PlanCase>,
    /// Metrics of safeguards of the environment.
    #[serde(default)]
    safeguards: Vec<String>,
}

/// A release plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanCase {
    /// `name`, `name started` or `name started minutes-to-next`, in order.
    milestones: Vec<String>,
    /// Name of the milestone that holds.
    active: String,
    paused: Option<String>,
    /// Metric of a safeguard that pauses it.
    safeguard: Option<String>,
}

impl PlanCase {
    fn build(&self) -> ReleasePlan {
        let milestone = |text: &String| {
            let mut words = text.split(' ');
            let name = words.next().unwrap_or_default().to_owned();
            Milestone {
                paused_at: self.paused.as_deref().filter(|_| name == self.active).map(time),
                id: name.clone(),
                name,
                started_at: words.next().map(time),
                minutes_to_next: words.next().map(|minutes| minutes.parse().expect("minutes")),
                strategies: Vec::new(),
            }
        };
        ReleasePlan {
            id: "plan".to_owned(),
            name: "plan".to_owned(),
            template: None,
            created_at: None,
            active_milestone: Some(self.active.clone()),
            milestones: self.milestones.iter().map(milestone).collect(),
            safeguards: self.safeguard.iter().map(|metric| safeguard(metric, SafeguardAction::PausePlan)).collect(),
        }
    }
}

fn safeguard(metric: &str, action: SafeguardAction) -> Safeguard {
    let (metric, threshold) = (metric.to_owned(), "1".to_owned());
    Safeguard { id: metric.clone(), action, metric, acts: Side::Above, threshold }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventCase {
    at: String,
    kind: String,
    /// Who did it: a name, `token:name`, `system` or `nobody`.
    #[serde(default = "ana")]
    by: String,
    /// Kind and id of the transaction.
    group: Option<(String, String)>,
    project: Option<String>,
    flag: Option<String>,
    env: Option<String>,
    /// The strategy as it is after the event.
    strategy: Option<String>,
    /// Id of the strategy or segment concerned.
    id: Option<String>,
    /// The variant that a completion kept.
    variant: Option<String>,
    kept: Option<bool>,
    /// A description, `kind:value` of a tag, or title and address of a link with a blank between.
    text: Option<String>,
    /// Id of a change request.
    request: Option<i64>,
}

fn ana() -> String {
    "ana".to_owned()
}

/// Ids of people in cases: the same name has the same id.
pub(crate) fn person(name: &str) -> Person {
    let id = name.bytes().fold(7i64, |id, byte| (id * 31 + i64::from(byte)) % 9973);
    Person { id: Some(id), name: name.to_owned() }
}

fn actor_of(by: &str) -> Actor {
    match by.split_once(':') {
        Some(("token", name)) => Actor { name: name.to_owned(), id: Some(-42), kind: ActorKind::SharedToken },
        _ if by == "system" => Actor { name: "system".to_owned(), id: Some(-1337), kind: ActorKind::System },
        _ if by == "nobody" => Actor { name: String::new(), id: None, kind: ActorKind::Unknown },
        _ => Actor { name: by.to_owned(), id: person(by).id, kind: ActorKind::Account },
    }
}

fn link(title: &str, url: &str) -> Link {
    Link { title: Some(title.to_owned()), url: url.to_owned() }
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
            description: self.description.clone(),
            created_at: self.created.as_deref().map(time),
            created_by: self.by.clone(),
            archived_at: self.archived.as_deref().map(time),
            stale: self.stale,
            impression_data: false,
            tags: self.tags.iter().map(|tag| split_tag(tag)).collect(),
            links: self.links.iter().map(|(title, url)| link(title, url)).collect(),
            collaborators: Vec::new(),
            impact_metrics: self
                .impact_metrics
                .iter()
                .map(|name| ImpactMetric { metric: name.clone(), title: None })
                .collect(),
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
            usage: self.usage.map(|(yes, no)| Usage {
                hours: 48,
                yes,
                no,
                applications: self.applications.clone(),
                ..Usage::default()
            }),
            release_plans: self.plan.iter().map(PlanCase::build).collect(),
            safeguards: self.safeguards.iter().map(|metric| safeguard(metric, SafeguardAction::SwitchOff)).collect(),
        }
    }
}

impl EventCase {
    pub(crate) fn build(&self, index: usize) -> Event {
        Event {
            id: i64::try_from(index).expect("a case has few events") + 101,
            at: time(&self.at),
            actor: actor_of(&self.by),
            kind: self.kind(),
            flag: self.flag.as_deref().map(key),
            project: self.project.clone(),
            environment: self.env.clone(),
            group: self.group.clone(),
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
            "rollout-progressed" => EventKind::RolloutProgressed,
            "safeguard-triggered" => EventKind::SafeguardTriggered,
            "described" => EventKind::Described { description: self.text.clone() },
            "tagged" => EventKind::Tagged(split_tag(self.text.as_deref().expect("a tag"))),
            "link-added" => {
                let (title, url) = self.text.as_deref().and_then(|text| text.split_once(' ')).expect("a link");
                EventKind::LinkAdded(link(title, url))
            }
            other if other.starts_with("request-") => EventKind::RequestMoved {
                id: self.request,
                step: match other {
                    "request-created" => RequestStep::Created,
                    "request-edited" => RequestStep::Edited,
                    "request-approved" => RequestStep::Approved,
                    "request-approval-added" => RequestStep::ApprovalAdded,
                    "request-applied" => RequestStep::Applied,
                    _ => panic!("no step `{other}`"),
                },
            },
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
