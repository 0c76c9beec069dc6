//! People and values are gone, and equal is still equal.

use downhaul_core::{ActorKind, EventKind, Operator, Snapshot};
use downhaul_server::redact::{Key, redact};

use crate::{captured, text};

fn key(last: u8) -> Key {
    let mut bytes = *b"a key of 16 byte";
    bytes[15] = last;
    Key::new(&bytes).expect("long enough")
}

fn redacted(case: &str, with: &Key) -> Snapshot {
    let mut snapshot = captured(case);
    redact(&mut snapshot, with);
    snapshot
}

/// Names of people and values of constraints in a snapshot.
fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<String> = snapshot.flags.values().filter_map(|flag| flag.created_by.clone()).collect();
    names.extend(snapshot.flags.values().flat_map(|flag| flag.collaborators.clone()));
    names.extend(snapshot.access.users.iter().map(|user| user.person.name.clone()));
    names.extend(snapshot.access.service_accounts.iter().map(|account| account.person.name.clone()));
    names.extend(snapshot.access.grants.iter().flat_map(|grant| &grant.people).map(|person| person.name.clone()));
    let actors = snapshot.events.iter().filter(|event| event.actor.kind != ActorKind::System);
    names.extend(actors.map(|event| event.actor.name.clone()));
    for request in &snapshot.approvals.requests {
        names.push(request.author.name.clone());
        names.extend(request.approvals.iter().map(|review| review.by.name.clone()));
    }
    let strategies = snapshot.flags.values().flat_map(|flag| flag.environments.values());
    let strategies = strategies.flat_map(|state| state.strategies.iter().flatten());
    let of_events = snapshot.events.iter().filter_map(|event| match &event.kind {
        EventKind::StrategyAdded(strategy) => Some(strategy.as_ref()),
        EventKind::StrategyUpdated { after, .. } => Some(after.as_ref()),
        _ => None,
    });
    let constraints = strategies.chain(of_events).flat_map(|strategy| &strategy.constraints);
    for constraint in constraints.chain(snapshot.segments.values().flat_map(|segment| &segment.constraints)) {
        if let Operator::Other { values, .. } = &constraint.operator {
            names.extend(values.iter().cloned());
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn nobody_and_no_value_is_left() {
    for case in ["8.2.0", "enterprise-double"] {
        let before = names(&captured(case));
        let after = redacted(case, &key(1));
        assert!(before.len() > 20 && after.provenance.redacted, "{case}");
        let left = names(&after);
        assert_eq!(left.len(), before.len());
        for name in &left {
            assert!(name.starts_with("person-") || name.starts_with("value-"), "{name}");
        }
        let text = text(&after);
        for name in before {
            // What is quoted as a whole: "admin" is the name of a token and a kind of token as well.
            let quoted = format!("\"name\": \"{name}\"");
            let is_token = after.access.tokens.iter().any(|token| token.name == name);
            assert!(is_token || !text.contains(&quoted), "{case}: {name}");
        }
        assert!(!text.contains("@example.com"), "{case}");
    }
}

#[test]
fn separation_of_duty_can_still_be_told() {
    let after = redacted("enterprise-double", &key(1));
    let request = |id| after.approvals.requests.iter().find(|request| request.id == id).expect("it is there");
    assert_eq!(request(4).approvals[0].by, request(4).author, "approved by its author, as before");
    assert!(request(1).approvals.iter().all(|review| review.by != request(1).author));
    let before = captured("enterprise-double");
    for (was, is) in before.events.iter().zip(&after.events) {
        assert_eq!(was.actor.id.is_some_and(|id| id < 1), is.actor.id.is_some_and(|id| id < 1));
        assert_eq!(was.actor.kind, is.actor.kind);
    }
}

#[test]
fn key_decides_and_twice_is_once() {
    let one = redacted("8.2.0", &key(1));
    assert_eq!(one, redacted("8.2.0", &key(1)), "the same key gives the same names");
    assert_ne!(names(&one), names(&redacted("8.2.0", &key(2))), "another key gives others");
    let mut twice = one.clone();
    redact(&mut twice, &key(2));
    assert_eq!(one, twice);
}

#[test]
fn key_that_can_be_guessed_is_refused_and_none_is_shown() {
    let error = Key::new(b"short").expect_err("too short");
    assert!(error.is_users_input() && error.to_string().contains("16 bytes"), "{error}");
    assert_eq!(format!("{:?}", key(1)), "[key]");
}
