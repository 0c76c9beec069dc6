//! What an environment held at an earlier moment.

use downhaul_core::replay::state_before;
use downhaul_core::{Event, EventKind, FlagEnvironment, Snapshot, Strategy};

use crate::build::*;

fn with(events: Vec<Event>) -> Snapshot {
    let mut snapshot = snapshot(vec![flag("f")]);
    snapshot.events = log(events);
    snapshot
}

/// The state before [`NOW`].
fn state(events: Vec<Event>) -> Option<FlagEnvironment> {
    state_before(&evidence(&with(events)), &key("f"), ENV, time(NOW))
}

fn created() -> Event {
    event("2026-01-01", None, EventKind::FlagCreated)
}

fn in_production(at: &str, kind: EventKind) -> Event {
    event(at, Some(ENV), kind)
}

fn added(strategy: Strategy) -> EventKind {
    EventKind::StrategyAdded(Box::new(strategy))
}

fn updated(strategy: Strategy) -> EventKind {
    EventKind::StrategyUpdated { before: None, after: Box::new(strategy) }
}

fn removed(id: Option<&str>) -> EventKind {
    EventKind::StrategyRemoved { id: id.map(str::to_owned) }
}

#[test]
fn a_flag_begins_switched_off() {
    let expected = FlagEnvironment { strategies: Some(vec![]), ..FlagEnvironment::default() };
    assert_eq!(state(vec![created()]), Some(expected));
}

#[test]
fn strategies_come_change_and_go() {
    let events = vec![
        created(),
        in_production("2026-02-01", added(percent(10).id("a"))),
        in_production("2026-02-02", added(percent(100).id("b"))),
        in_production("2026-02-03", EventKind::Enabled),
        in_production("2026-02-04", updated(percent(50).id("a"))),
        in_production("2026-02-05", removed(Some("b"))),
    ];
    assert_eq!(state(events), Some(on(vec![percent(50).id("a")])));
}

#[test]
fn only_what_was_before_counts() {
    let snapshot = with(vec![
        created(),
        in_production("2026-02-01", added(percent(100))),
        in_production("2026-02-02", EventKind::Enabled),
        in_production("2026-02-03", EventKind::Disabled),
    ]);
    let enabled = |at| state_before(&evidence(&snapshot), &key("f"), ENV, time(at)).map(|state| state.enabled);
    assert_eq!(enabled("2026-01-01"), None);
    assert_eq!(enabled("2026-02-02"), Some(false));
    assert_eq!(enabled("2026-02-03"), Some(true));
    assert_eq!(enabled("2026-02-04"), Some(false));
}

#[test]
fn other_environments_and_flags_do_not_count() {
    let mut of_other = in_production("2026-02-02", EventKind::Enabled);
    of_other.flag = Some(key("g"));
    let events = vec![created(), event("2026-02-01", Some("development"), EventKind::Enabled), of_other];
    assert_eq!(state(events).map(|state| state.enabled), Some(false));
}

#[test]
fn order_of_the_log_does_not_matter() {
    let mut snapshot = with(vec![
        created(),
        in_production("2026-02-01", added(percent(100))),
        in_production("2026-02-01", EventKind::Enabled),
    ]);
    let expected = state_before(&evidence(&snapshot), &key("f"), ENV, time(NOW));
    assert_eq!(expected, Some(on(vec![percent(100)])));
    snapshot.events.reverse();
    assert_eq!(state_before(&evidence(&snapshot), &key("f"), ENV, time(NOW)), expected);
}

#[test]
fn a_revived_flag_is_off_and_keeps_its_strategies() {
    let events = vec![
        created(),
        in_production("2026-02-01", added(percent(100))),
        in_production("2026-02-02", EventKind::Enabled),
        event("2026-02-03", None, EventKind::FlagArchived),
        event("2026-02-04", None, EventKind::FlagRevived),
    ];
    assert_eq!(state(events), Some(off()));
}

#[test]
fn a_name_that_was_made_again_starts_anew() {
    let events = vec![
        created(),
        in_production("2026-02-01", added(percent(100))),
        in_production("2026-02-02", EventKind::Enabled),
        event("2026-02-03", None, EventKind::FlagDeleted),
        event("2026-02-04", None, EventKind::FlagCreated),
    ];
    let expected = FlagEnvironment { strategies: Some(vec![]), ..FlagEnvironment::default() };
    assert_eq!(state(events), Some(expected));
}

#[test]
fn a_log_with_a_hole_tells_nothing() {
    let on_since = |kind| {
        let on = [in_production("2026-02-01", added(percent(100))), in_production("2026-02-02", EventKind::Enabled)];
        let events = std::iter::once(created()).chain(on).chain([in_production("2026-02-03", kind)]);
        state(events.collect())
    };
    assert_eq!(on_since(updated(percent(50).id("never-added"))), None);
    assert_eq!(on_since(removed(None)), None);
    assert_eq!(on_since(EventKind::RolloutProgressed), None, "a plan changes strategies without a strategy event");
    assert_eq!(state(vec![created(), in_production("2026-02-01", EventKind::Enabled)]), None);
    assert_eq!(state(vec![in_production("2026-02-01", EventKind::Enabled)]), None);
}

/// What the flag served over time, as dates and words.
fn served(snapshot: &Snapshot) -> Result<Vec<(String, String)>, String> {
    let evidence = evidence(snapshot);
    let changes = downhaul_core::replay::history(&evidence, &key("f"), ENV)?;
    Ok(changes.iter().map(|one| (one.at.strftime("%m-%d").to_string(), one.exposure.to_string())).collect())
}

fn steps(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(at, what)| ((*at).to_owned(), (*what).to_owned())).collect()
}

#[test]
fn a_history_has_what_was_served_and_nothing_twice() {
    let history = served(&with(vec![
        created(),
        in_production("2026-02-01", added(percent(10).id("a"))),
        in_production("2026-02-01T00:00:01Z", EventKind::Enabled),
        in_production("2026-02-05", updated(percent(10).id("a"))),
        in_production("2026-02-09", updated(percent(100).id("a"))),
        in_production("2026-03-01", EventKind::Disabled),
    ]));
    let expected = [("01-01", "off"), ("02-01", "on for 10 %"), ("02-09", "on for everyone"), ("03-01", "off")];
    assert_eq!(history, Ok(steps(&expected)));
}

#[test]
fn dates_of_constraints_change_what_is_served() {
    let history = served(&with(vec![
        created(),
        in_production("2026-02-01", added(percent(100).when(after("2026-03-01"), false).id("a"))),
        in_production("2026-02-01T00:00:01Z", EventKind::Enabled),
    ]));
    let expected = [("01-01", "off"), ("02-01", "off until 2026-03-01"), ("03-01", "on for everyone")];
    assert_eq!(history, Ok(steps(&expected)));
}

#[test]
fn a_history_without_its_beginning_is_none() {
    assert!(served(&with(vec![in_production("2026-02-01", EventKind::Enabled)])).is_err());
    assert!(served(&with(vec![created(), in_production("2026-02-01", EventKind::Enabled)])).is_err());
}
