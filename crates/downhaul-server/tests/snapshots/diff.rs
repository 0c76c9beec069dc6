//! Two snapshots and what is said about them.

use downhaul_core::{
    Actor, ActorKind, Event, EventKind, FlagKey, Gap, GapReason, RequestState, Snapshot, Source, StrategyKind,
    Timestamp,
};
use downhaul_server::diff::diff;

use crate::captured;

const FLAG: &str = "checkout-express-pay";

fn key(name: &str) -> FlagKey {
    FlagKey::new(name).expect("a key")
}

fn said(older: &Snapshot, newer: &Snapshot) -> Vec<String> {
    let diff = diff(older, newer).expect("both are of a kind");
    diff.differences.iter().map(ToString::to_string).collect()
}

/// The double, and what it becomes.
fn change(what: impl FnOnce(&mut Snapshot)) -> Vec<String> {
    let older = captured("enterprise-double");
    let mut newer = older.clone();
    what(&mut newer);
    said(&older, &newer)
}

fn happened(snapshot: &mut Snapshot, name: &str, environment: Option<&str>, kind: EventKind) {
    let id = snapshot.events.iter().map(|event| event.id).max().unwrap_or_default() + 1;
    snapshot.events.push(Event {
        id,
        at: snapshot.captured_at,
        actor: Actor { name: name.to_owned(), id: Some(3), kind: ActorKind::Account },
        kind,
        flag: Some(key(FLAG)),
        project: None,
        environment: environment.map(str::to_owned),
        group: None,
    });
}

#[test]
fn same_snapshot_has_no_differences() {
    for case in ["8.2.0", "6.10.1", "5.12.8", "enterprise-double"] {
        assert_eq!(said(&captured(case), &captured(case)), Vec::<String>::new(), "{case}");
    }
}

#[test]
fn share_that_grew_is_told_with_who_did_it() {
    let said = change(|newer| {
        let flag = newer.flags.get_mut(FLAG).expect("it is there");
        let state = flag.environments.get_mut("production").expect("it is there");
        let strategy = &mut state.strategies.as_mut().expect("they were read")[0];
        let StrategyKind::Rollout { percent, .. } = &mut strategy.kind else { panic!("{strategy:?}") };
        assert_eq!(*percent, 5);
        *percent = 100;
        let strategy = strategy.clone();
        let updated = |after| EventKind::StrategyUpdated { before: None, after: Box::new(after) };
        happened(newer, "bob", Some("production"), updated(strategy.clone()));
        happened(newer, "bob", Some("production"), updated(strategy.clone()));
        happened(newer, "eve", Some("development"), updated(strategy));
    });
    assert_eq!(said, ["`checkout-express-pay` production 5 % → 100 % by bob"]);
}

#[test]
fn switch_stage_and_archive_are_told() {
    let said = change(|newer| {
        let at: Timestamp = newer.captured_at;
        let flag = newer.flags.get_mut(FLAG).expect("it is there");
        flag.environments.get_mut("production").expect("it is there").enabled = false;
        flag.archived_at = Some(at);
        flag.stale = true;
        happened(newer, "carol", Some("production"), EventKind::Disabled);
        happened(newer, "alice", None, EventKind::FlagArchived);
    });
    let expected = [
        "`checkout-express-pay` archived by alice",
        "`checkout-express-pay` marked stale",
        "`checkout-express-pay` production on → off by carol",
    ];
    assert_eq!(said, expected);
}

#[test]
fn strategies_that_come_and_go_are_told() {
    let said = change(|newer| {
        let flag = newer.flags.get_mut(FLAG).expect("it is there");
        let state = flag.environments.get_mut("production").expect("it is there");
        state.strategies.as_mut().expect("they were read")[0].id = "another".to_owned();
        state.release_plans.clear();
    });
    let expected = [
        "`checkout-express-pay` production strategy added (5 %)",
        "`checkout-express-pay` production strategy removed (5 %)",
        "`checkout-express-pay` production release plan changed",
    ];
    assert_eq!(said, expected);
}

#[test]
fn flags_that_come_and_go_are_told_only_if_all_were_read() {
    let gone = |newer: &mut Snapshot| drop(newer.flags.remove(FLAG));
    assert_eq!(change(gone), ["`checkout-express-pay` is gone"]);
    let cut_short = |newer: &mut Snapshot| {
        newer.flags.remove(FLAG);
        let detail = "one is missing".to_owned();
        newer.gaps.push(Gap { source: Source::Flags, flag: None, reason: GapReason::Truncated, detail });
    };
    assert_eq!(change(cut_short), Vec::<String>::new());
    let older = captured("enterprise-double");
    let mut newer = older.clone();
    cut_short(&mut newer);
    let not_compared = diff(&older, &newer).expect("both are of a kind").not_compared;
    assert_eq!(not_compared, ["flags (truncated in the newer snapshot): one is missing"]);
    let mut without = captured("enterprise-double");
    without.flags.remove(FLAG);
    assert_eq!(said(&without, &older), ["`checkout-express-pay` is new (release, in default)"]);
}

#[test]
fn governance_is_told() {
    let said = change(|newer| {
        newer.approvals.protections[1].required = None;
        newer.approvals.requests[1].state = RequestState::Applied;
        let token = newer.access.tokens.remove(0);
        newer.access.tokens[0].seen_at = Some(newer.captured_at);
        newer.access.tokens.push(downhaul_core::ApiToken { name: "new-token".to_owned(), ..token });
        newer.access.users[0].role = Some("Admin of all".to_owned());
    });
    let expected = [
        "token `new-token` is new",
        "token `admin` is gone",
        "user `admin` changed",
        "protection of `default/production` 2 approvals → no approval needed",
        "change request `default/2` in review → applied",
    ];
    assert_eq!(said, expected);
}

#[test]
fn what_was_not_read_is_not_a_difference() {
    let said = change(|newer| {
        newer.access.tokens.clear();
        let detail = "ask an admin".to_owned();
        newer.gaps.push(Gap { source: Source::Tokens, flag: None, reason: GapReason::Forbidden, detail });
    });
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn redacted_is_not_compared_with_what_is_not() {
    let older = captured("8.2.0");
    let mut newer = older.clone();
    newer.provenance.redacted = true;
    let error = diff(&older, &newer).expect_err("everybody would seem to be new");
    assert!(error.is_users_input(), "{error}");
}
