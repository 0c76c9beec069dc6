//! The event log of Unleash in neutral words.

use std::collections::BTreeMap;

use downhaul_core::{Actor, ActorKind, Event, EventKind, FlagKey, SegmentId};
use serde_json::Value;

use super::strategies::strategy_of_event;
use super::wire;

/// The id under which the server itself acts.
const SYSTEM: i64 = -1337;
/// The id that all admin API tokens share.
const ADMIN_TOKEN: i64 = -42;

/// One entry of the log.
pub(super) fn event(event: wire::Event) -> Event {
    Event {
        kind: kind(&event),
        id: event.id,
        at: event.created_at,
        actor: actor(event.created_by, event.created_by_user_id),
        flag: event.feature_name.as_deref().and_then(|name| FlagKey::new(name).ok()),
        project: event.project,
        environment: event.environment,
        group: event.group_type.zip(event.group_id),
    }
}

/// The variant that was kept at the last completion of each flag: the log is the only place that knows it.
pub(super) fn kept_variants(events: &[Event]) -> BTreeMap<FlagKey, String> {
    let mut kept = BTreeMap::new();
    for event in events {
        match (&event.flag, &event.kind) {
            (Some(flag), EventKind::FlagCompleted { variant: Some(variant), .. }) => {
                kept.insert(flag.clone(), variant.clone());
            }
            (Some(flag), EventKind::FlagCompleted { variant: None, .. } | EventKind::FlagUncompleted) => {
                kept.remove(flag);
            }
            _ => {}
        }
    }
    kept
}

/// Whether the people behind an id can be held to account; also for those named by a flag.
pub(super) fn is_account(id: i64) -> bool {
    id > 0
}

fn actor(name: String, id: Option<i64>) -> Actor {
    let kind = match id {
        Some(SYSTEM) => ActorKind::System,
        Some(ADMIN_TOKEN) => ActorKind::SharedToken,
        Some(id) if is_account(id) => ActorKind::Account,
        _ => ActorKind::Unknown,
    };
    Actor { name, id, kind }
}

fn kind(event: &wire::Event) -> EventKind {
    let flag = event.feature_name.as_deref().unwrap_or_default();
    match event.kind.as_str() {
        "feature-created" => EventKind::FlagCreated,
        "feature-revived" => EventKind::FlagRevived,
        "feature-archived" => EventKind::FlagArchived,
        "feature-deleted" => EventKind::FlagDeleted,
        "feature-completed" => completed(&event.data),
        "feature-uncompleted" => EventKind::FlagUncompleted,
        "feature-stale-on" => EventKind::MarkedStale,
        "feature-stale-off" => EventKind::UnmarkedStale,
        "feature-project-change" => EventKind::FlagMoved,
        "feature-environment-enabled" => EventKind::Enabled,
        "feature-environment-disabled" => EventKind::Disabled,
        "feature-strategy-add" => EventKind::StrategyAdded(Box::new(strategy_of_event(&event.data, flag))),
        "feature-strategy-update" => EventKind::StrategyUpdated {
            before: (!event.pre_data.is_null()).then(|| Box::new(strategy_of_event(&event.pre_data, flag))),
            after: Box::new(strategy_of_event(&event.data, flag)),
        },
        "feature-strategy-remove" => EventKind::StrategyRemoved { id: text(&event.pre_data, "id") },
        "strategy-order-changed" => EventKind::StrategiesReordered,
        "feature-variants-updated" | "feature-environment-variants-updated" => EventKind::VariantsUpdated,
        "feature-dependency-added" => EventKind::DependencyAdded,
        "feature-dependency-removed" | "feature-dependencies-removed" => EventKind::DependencyRemoved,
        "segment-updated" => segment_updated(event),
        other if moves_rollout(other) => EventKind::RolloutProgressed,
        other => EventKind::Other(other.to_owned()),
    }
}

fn completed(data: &Value) -> EventKind {
    let kept = data.get("kept").and_then(Value::as_bool).or(match text(data, "status").as_deref() {
        Some("kept") => Some(true),
        Some("discarded") => Some(false),
        _ => None,
    });
    EventKind::FlagCompleted { kept, variant: text(data, "statusValue") }
}

fn segment_updated(event: &wire::Event) -> EventKind {
    match event.data.get("id").or_else(|| event.pre_data.get("id")) {
        Some(Value::Number(id)) => EventKind::SegmentUpdated(SegmentId(id.to_string())),
        Some(Value::String(id)) => EventKind::SegmentUpdated(SegmentId(id.clone())),
        _ => EventKind::Other(event.kind.clone()),
    }
}

/// Events about the plan of one flag; those about templates change no flag.
fn moves_rollout(kind: &str) -> bool {
    let of_plan = kind.starts_with("release-plan-") && !kind.starts_with("release-plan-template-");
    of_plan || kind.starts_with("milestone-progression-") || kind == "safeguard-triggered"
}

fn text(data: &Value, key: &str) -> Option<String> {
    data.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
