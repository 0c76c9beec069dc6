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

#[cfg(test)]
mod tests {
    use downhaul_core::{ActorKind, EventKind, FlagKey, SegmentId, StrategyKind};
    use serde_json::{Value, json};

    use super::{event, kept_variants};

    fn read(value: Value) -> downhaul_core::Event {
        let mut whole = json!({"id": 1, "createdAt": "2026-01-01T00:00:00Z", "createdBy": "a", "featureName": "f"});
        let (whole_map, extra) = (whole.as_object_mut().expect("an object"), value);
        whole_map.extend(extra.as_object().expect("an object").clone());
        event(serde_json::from_value(whole).expect("an event"))
    }

    fn kind(name: &str, data: Value, pre_data: Value) -> EventKind {
        read(json!({"type": name, "data": data, "preData": pre_data})).kind
    }

    #[test]
    fn types_get_neutral_words() {
        let cases = [
            ("feature-created", EventKind::FlagCreated),
            ("feature-revived", EventKind::FlagRevived),
            ("feature-archived", EventKind::FlagArchived),
            ("feature-deleted", EventKind::FlagDeleted),
            ("feature-uncompleted", EventKind::FlagUncompleted),
            ("feature-stale-on", EventKind::MarkedStale),
            ("feature-stale-off", EventKind::UnmarkedStale),
            ("feature-project-change", EventKind::FlagMoved),
            ("feature-environment-enabled", EventKind::Enabled),
            ("feature-environment-disabled", EventKind::Disabled),
            ("strategy-order-changed", EventKind::StrategiesReordered),
            ("feature-environment-variants-updated", EventKind::VariantsUpdated),
            ("feature-dependency-added", EventKind::DependencyAdded),
            ("feature-dependencies-removed", EventKind::DependencyRemoved),
            ("release-plan-milestone-started", EventKind::RolloutProgressed),
            ("safeguard-triggered", EventKind::RolloutProgressed),
            ("release-plan-template-updated", EventKind::Other("release-plan-template-updated".to_owned())),
            ("feature-potentially-stale-on", EventKind::Other("feature-potentially-stale-on".to_owned())),
            ("no-such-event", EventKind::Other("no-such-event".to_owned())),
        ];
        for (name, expected) in cases {
            assert_eq!(kind(name, Value::Null, Value::Null), expected, "{name}");
        }
    }

    #[test]
    fn strategies_are_read_before_and_after() {
        let strategy = |share: &str| json!({"id": "s", "name": "flexibleRollout", "parameters": {"rollout": share}});
        let EventKind::StrategyUpdated { before: Some(before), after } =
            kind("feature-strategy-update", strategy("50"), strategy("5"))
        else {
            panic!("both were there")
        };
        let percent = |kind: &StrategyKind| match kind {
            StrategyKind::Rollout { percent, group, .. } => (*percent, group.clone()),
            other => panic!("{other:?}"),
        };
        assert_eq!((percent(&before.kind), percent(&after.kind)), ((5, "f".to_owned()), (50, "f".to_owned())));
        let removed = kind("feature-strategy-remove", Value::Null, strategy("5"));
        assert_eq!(removed, EventKind::StrategyRemoved { id: Some("s".to_owned()) });
        assert_eq!(kind("feature-strategy-remove", Value::Null, Value::Null), EventKind::StrategyRemoved { id: None });
        let EventKind::StrategyAdded(added) = kind("feature-strategy-add", Value::Null, Value::Null) else {
            panic!("a strategy was added")
        };
        assert!(matches!(added.kind, StrategyKind::Unreadable(_)), "an empty event is not a strategy");
    }

    #[test]
    fn segments_are_named_by_id() {
        let expected = EventKind::SegmentUpdated(SegmentId("7".to_owned()));
        assert_eq!(kind("segment-updated", json!({"id": 7}), Value::Null), expected);
        assert_eq!(kind("segment-updated", Value::Null, json!({"id": "7"})), expected);
        assert_eq!(
            kind("segment-updated", json!({}), Value::Null),
            EventKind::Other("segment-updated".to_owned()),
            "an update of nobody knows what"
        );
    }

    #[test]
    fn actors_are_told_by_their_id() {
        let cases = [
            (json!(-1337), ActorKind::System),
            (json!(-42), ActorKind::SharedToken),
            (json!(3), ActorKind::Account),
            (json!(0), ActorKind::Unknown),
            (Value::Null, ActorKind::Unknown),
        ];
        for (id, expected) in cases {
            assert_eq!(read(json!({"type": "x", "createdByUserId": id})).actor.kind, expected, "{id}");
        }
    }

    #[test]
    fn last_completion_decides_which_variant_was_kept() {
        let completed = |data: Value| read(json!({"type": "feature-completed", "data": data}));
        let key = FlagKey::new("f").expect("a key");
        let a = completed(json!({"status": "kept", "kept": true, "statusValue": "a"}));
        let b = completed(json!({"status": "kept", "kept": true, "statusValue": "b"}));
        let none = completed(json!({"status": "kept", "kept": true}));
        let back = read(json!({"type": "feature-uncompleted"}));
        assert_eq!(a.kind, EventKind::FlagCompleted { kept: Some(true), variant: Some("a".to_owned()) });
        assert_eq!(
            completed(json!({"status": "discarded"})).kind,
            EventKind::FlagCompleted { kept: Some(false), variant: None }
        );
        assert_eq!(kept_variants(&[a.clone(), b.clone()]).get(&key).map(String::as_str), Some("b"));
        assert_eq!(kept_variants(&[a.clone(), none]).get(&key), None);
        assert_eq!(kept_variants(&[a, back]).get(&key), None);
    }
}
