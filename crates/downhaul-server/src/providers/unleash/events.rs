//! The event log of Unleash in neutral words.

use std::collections::BTreeMap;

use downhaul_core::{Actor, ActorKind, Event, EventKind, FlagKey, Link, RequestStep, SegmentId, Tag};
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
        "feature-metadata-updated" if describes(event) => {
            EventKind::Described { description: text(&event.data, "description") }
        }
        "feature-link-added" => link_added(event),
        "feature-tagged" => tag(&event.data).map_or_else(|| other(event), EventKind::Tagged),
        "feature-untagged" => {
            tag(&event.pre_data).or_else(|| tag(&event.data)).map_or_else(|| other(event), EventKind::Untagged)
        }
        "segment-updated" => segment_updated(event),
        "safeguard-triggered" => EventKind::SafeguardTriggered,
        name if moves_rollout(name) => EventKind::RolloutProgressed,
        name => match request_step(name) {
            Some(step) => EventKind::RequestMoved { id: request_id(&event.data), step },
            None => other(event),
        },
    }
}

fn other(event: &wire::Event) -> EventKind {
    EventKind::Other(event.kind.clone())
}

/// Type, staleness and more change with an event of the same name.
fn describes(event: &wire::Event) -> bool {
    text(&event.data, "description") != text(&event.pre_data, "description")
}

fn link_added(event: &wire::Event) -> EventKind {
    match text(&event.data, "url") {
        Some(url) => EventKind::LinkAdded(Link { title: text(&event.data, "title"), url }),
        None => other(event),
    }
}

fn tag(data: &Value) -> Option<Tag> {
    Some(Tag { kind: text(data, "type")?, value: text(data, "value")? })
}

/// Events about one change request, but not those about where requests are asked for.
fn request_step(kind: &str) -> Option<RequestStep> {
    Some(match kind {
        "change-request-created" => RequestStep::Created,
        "change-added" | "change-edited" | "change-discarded" => RequestStep::Edited,
        "change-request-sent-to-review" => RequestStep::SentToReview,
        "change-request-approval-added" => RequestStep::ApprovalAdded,
        "change-request-approved" => RequestStep::Approved,
        "change-request-rejected" => RequestStep::Rejected,
        "change-request-scheduled" => RequestStep::Scheduled,
        "change-request-applied" | "change-request-scheduled-application-success" => RequestStep::Applied,
        "change-request-cancelled" | "change-request-discarded" => RequestStep::Cancelled,
        "change-request-configuration-updated" => return None,
        other => RequestStep::Other(other.strip_prefix("change-request-")?.to_owned()),
    })
}

/// NOTE: seen in the formatter of messages of the open-source server; no paid server was at hand.
fn request_id(data: &Value) -> Option<i64> {
    data.get("changeRequestId").or_else(|| data.get("id")).and_then(Value::as_i64)
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
    of_plan || kind.starts_with("milestone-progression-")
}

fn text(data: &Value, key: &str) -> Option<String> {
    data.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use downhaul_core::{ActorKind, EventKind, FlagKey, Link, RequestStep, SegmentId, StrategyKind, Tag};
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
            ("safeguard-triggered", EventKind::SafeguardTriggered),
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
    fn what_people_say_of_a_flag_is_kept() {
        let link = json!({"id": "1", "url": "https://a", "title": "Success"});
        let expected = Link { title: Some("Success".to_owned()), url: "https://a".to_owned() };
        assert_eq!(kind("feature-link-added", link, Value::Null), EventKind::LinkAdded(expected));
        let label = json!({"type": "owner", "value": "checkout"});
        let tag = || Tag { kind: "owner".to_owned(), value: "checkout".to_owned() };
        assert_eq!(kind("feature-tagged", label.clone(), Value::Null), EventKind::Tagged(tag()));
        assert_eq!(kind("feature-untagged", Value::Null, label), EventKind::Untagged(tag()));
        assert_eq!(kind("feature-tagged", json!(3), Value::Null), EventKind::Other("feature-tagged".to_owned()));
        let words = |text: &str| json!({"description": text, "type": "release"});
        let described = kind("feature-metadata-updated", words("Success: more"), words(""));
        assert_eq!(described, EventKind::Described { description: Some("Success: more".to_owned()) });
        let retyped = kind("feature-metadata-updated", words("same"), words("same"));
        assert_eq!(retyped, EventKind::Other("feature-metadata-updated".to_owned()));
    }

    #[test]
    fn change_requests_are_followed_by_id() {
        let moved = |id, step| EventKind::RequestMoved { id, step };
        let id = json!({"changeRequestId": 214});
        assert_eq!(kind("change-request-applied", id.clone(), Value::Null), moved(Some(214), RequestStep::Applied));
        assert_eq!(
            kind("change-request-approval-added", json!({"id": 7}), Value::Null),
            moved(Some(7), RequestStep::ApprovalAdded)
        );
        assert_eq!(kind("change-added", Value::Null, Value::Null), moved(None, RequestStep::Edited));
        let suspended = RequestStep::Other("schedule-suspended".to_owned());
        assert_eq!(kind("change-request-schedule-suspended", id, Value::Null), moved(Some(214), suspended));
        let setting = kind("change-request-configuration-updated", Value::Null, Value::Null);
        assert_eq!(setting, EventKind::Other("change-request-configuration-updated".to_owned()));
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
