//! Strategies of Unleash in neutral words.

use downhaul_core::{Constraint, Operator, SegmentId, Strategy, StrategyKind, Variant};
use serde_json::{Map, Value};

use super::wire;

/// A strategy of the flag `flag`, whose name is the group when none is set, as it is for the SDKs.
pub(super) fn strategy(strategy: wire::Strategy, flag: &str) -> Strategy {
    let kind = match strategy.strategy_name.or(strategy.name) {
        Some(name) => kind(&name, &strategy.parameters, flag),
        None => StrategyKind::Unreadable("it has no name".to_owned()),
    };
    Strategy {
        kind,
        id: strategy.id.unwrap_or_default(),
        title: strategy.title.filter(|title| !title.is_empty()),
        constraints: strategy.constraints.into_iter().map(constraint).collect(),
        segments: strategy.segments.into_iter().map(segment_id).collect(),
        variants: strategy.variants.into_iter().map(variant).collect(),
        disabled: strategy.disabled,
    }
}

/// A strategy in an event, whose shape is not promised.
pub(super) fn strategy_of_event(data: &Value, flag: &str) -> Strategy {
    match serde_json::from_value::<wire::Strategy>(data.clone()) {
        Ok(read) => strategy(read, flag),
        Err(error) => Strategy {
            id: data.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            title: None,
            kind: StrategyKind::Unreadable(format!("the event does not hold a strategy: {error}")),
            constraints: Vec::new(),
            segments: Vec::new(),
            variants: Vec::new(),
            disabled: false,
        },
    }
}

/// A strategy in a file that holds what the server gives to SDKs.
pub(in crate::providers) fn strategy_of_json(data: &Value, flag: &str) -> Strategy {
    strategy_of_event(data, flag)
}

/// A constraint in such a file.
pub(in crate::providers) fn constraint_of_json(data: Value) -> Result<Constraint, serde_json::Error> {
    serde_json::from_value(data).map(constraint)
}

/// A variant in such a file.
pub(in crate::providers) fn variant_of_json(data: Value) -> Result<Variant, serde_json::Error> {
    serde_json::from_value(data).map(variant)
}

/// The built-in strategies of all versions; any other name is a custom one, which only its own SDKs understand.
fn kind(name: &str, parameters: &Map<String, Value>, flag: &str) -> StrategyKind {
    match name {
        "default" => rollout("100", "default".to_owned(), flag.to_owned()),
        "flexibleRollout" => {
            let stickiness = text(parameters, "stickiness").unwrap_or_else(|| "default".to_owned());
            share(parameters, "rollout", stickiness, flag)
        }
        "gradualRolloutUserId" => share(parameters, "percentage", "userId".to_owned(), flag),
        "gradualRolloutSessionId" => share(parameters, "percentage", "sessionId".to_owned(), flag),
        "gradualRolloutRandom" => share(parameters, "percentage", "random".to_owned(), flag),
        "userWithId" => named("userId", parameters, "userIds"),
        "remoteAddress" => named("remoteAddress", parameters, "IPs"),
        "applicationHostname" => named("hostname", parameters, "hostNames"),
        custom => StrategyKind::Targeted { by: custom.to_owned(), values: Vec::new() },
    }
}

/// Contexts whose field is one of a list, which is written with commas.
fn named(by: &str, parameters: &Map<String, Value>, list: &str) -> StrategyKind {
    let list = text(parameters, list).unwrap_or_default();
    let values = list.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect();
    StrategyKind::Targeted { by: by.to_owned(), values }
}

fn share(parameters: &Map<String, Value>, name: &str, stickiness: String, flag: &str) -> StrategyKind {
    let group = text(parameters, "groupId").unwrap_or_else(|| flag.to_owned());
    match text(parameters, name) {
        Some(percent) => rollout(&percent, stickiness, group),
        None => StrategyKind::Unreadable(format!("it has no `{name}`")),
    }
}

fn rollout(percent: &str, stickiness: String, group: String) -> StrategyKind {
    match percent.trim().parse() {
        Ok(percent @ 0..=100) => StrategyKind::Rollout { percent, stickiness, group },
        _ => StrategyKind::Unreadable(format!("its share is `{percent}`, not a whole number from 0 to 100")),
    }
}

/// A parameter that is not empty, whether it was sent as text or as a number.
fn text(parameters: &Map<String, Value>, name: &str) -> Option<String> {
    match parameters.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

pub(super) fn constraint(constraint: wire::Constraint) -> Constraint {
    let wire::Constraint { context_name, operator, value, values, inverted, case_insensitive } = constraint;
    let date = value.as_deref().and_then(|value| value.parse().ok());
    let operator = match (operator.as_str(), date) {
        ("DATE_AFTER", Some(at)) => Operator::After(at),
        ("DATE_BEFORE", Some(at)) => Operator::Before(at),
        _ => {
            let values = if values.is_empty() { value.into_iter().collect() } else { values };
            Operator::Other { name: operator, values }
        }
    };
    Constraint { field: context_name, operator, inverted, case_insensitive }
}

pub(super) fn segment_id(id: i64) -> SegmentId {
    SegmentId(id.to_string())
}

pub(super) fn variant(variant: wire::Variant) -> Variant {
    Variant {
        name: variant.name,
        // The cast saturates: a negative or absurd weight becomes 0 or the greatest.
        weight: variant.weight.round() as u32,
        payload: variant.payload.map(|payload| (payload.value, payload.kind)),
    }
}

#[cfg(test)]
mod tests {
    use downhaul_core::{Operator, StrategyKind};
    use serde_json::json;

    use super::{constraint, strategy_of_event};

    fn kind(name: &str, parameters: serde_json::Value) -> StrategyKind {
        strategy_of_event(&json!({"id": "1", "name": name, "parameters": parameters}), "flag").kind
    }

    fn rollout(percent: u8, stickiness: &str, group: &str) -> StrategyKind {
        StrategyKind::Rollout { percent, stickiness: stickiness.to_owned(), group: group.to_owned() }
    }

    fn targeted(by: &str, values: &[&str]) -> StrategyKind {
        StrategyKind::Targeted { by: by.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[test]
    fn shares_are_read_from_every_strategy_that_has_one() {
        let cases = [
            ("default", json!({}), rollout(100, "default", "flag")),
            ("default", json!(null), rollout(100, "default", "flag")),
            (
                "flexibleRollout",
                json!({"rollout": "25", "stickiness": "userId", "groupId": "g"}),
                rollout(25, "userId", "g"),
            ),
            ("flexibleRollout", json!({"rollout": 0}), rollout(0, "default", "flag")),
            ("flexibleRollout", json!({"rollout": "100", "stickiness": ""}), rollout(100, "default", "flag")),
            ("gradualRolloutUserId", json!({"percentage": "10", "groupId": "x"}), rollout(10, "userId", "x")),
            ("gradualRolloutSessionId", json!({"percentage": "10"}), rollout(10, "sessionId", "flag")),
            ("gradualRolloutRandom", json!({"percentage": "10"}), rollout(10, "random", "flag")),
        ];
        for (name, parameters, expected) in cases {
            assert_eq!(kind(name, parameters.clone()), expected, "{name} {parameters}");
        }
    }

    #[test]
    fn named_contexts_are_targeted() {
        assert_eq!(kind("userWithId", json!({"userIds": "1, 2,"})), targeted("userId", &["1", "2"]));
        assert_eq!(kind("remoteAddress", json!({"IPs": "::1"})), targeted("remoteAddress", &["::1"]));
        assert_eq!(kind("applicationHostname", json!({"hostNames": "h"})), targeted("hostname", &["h"]));
        assert_eq!(kind("byMoon", json!({})), targeted("byMoon", &[]));
    }

    #[test]
    fn what_cannot_be_read_says_so_and_is_no_guess() {
        for parameters in [json!({"rollout": "many"}), json!({"rollout": "101"}), json!({"rollout": "33.3"}), json!({})]
        {
            let read = kind("flexibleRollout", parameters.clone());
            assert!(matches!(read, StrategyKind::Unreadable(_)), "{parameters}: {read:?}");
        }
        let read = strategy_of_event(&json!({"id": "7", "constraints": 3}), "flag");
        assert_eq!(read.id, "7");
        assert!(matches!(read.kind, StrategyKind::Unreadable(_)));
    }

    #[test]
    fn dates_are_understood_and_other_operators_kept() {
        let read = |value| constraint(serde_json::from_value(value).expect("a constraint"));
        let at = "2026-01-02T03:04:05Z".parse().expect("a time");
        let after =
            json!({"contextName": "currentTime", "operator": "DATE_AFTER", "value": "2026-01-02T04:04:05+01:00"});
        assert_eq!(read(after).operator, Operator::After(at));
        let before = json!({"contextName": "currentTime", "operator": "DATE_BEFORE", "value": "2026-01-02T03:04:05Z"});
        assert_eq!(read(before).operator, Operator::Before(at));
        let broken = json!({"contextName": "currentTime", "operator": "DATE_BEFORE", "value": "soon", "values": []});
        let other = |name: &str, value: &str| Operator::Other { name: name.to_owned(), values: vec![value.to_owned()] };
        assert_eq!(read(broken).operator, other("DATE_BEFORE", "soon"));
        let many = json!({"contextName": "plan", "operator": "IN", "values": ["a"], "inverted": true, "caseInsensitive": null});
        let many = read(many);
        assert_eq!((many.operator, many.inverted, many.case_insensitive), (other("IN", "a"), true, false));
    }
}
