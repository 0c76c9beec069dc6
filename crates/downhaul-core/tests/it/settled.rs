//! Since when an environment has served what it serves.

use downhaul_core::settled::settled_since;
use downhaul_core::{Event, EventKind, GapReason, SegmentId, Settled, Snapshot, Source, StrategyKind};

use crate::build::*;

fn with(events: Vec<Event>) -> Snapshot {
    let mut snapshot = snapshot(vec![flag_in("f", on(vec![percent(100)]))]);
    snapshot.events = log(events);
    snapshot
}

fn settled(snapshot: &Snapshot) -> Settled {
    settled_since(&evidence(snapshot), &key("f"), ENV)
}

fn since(day: &str, source: &str) -> Settled {
    Settled::Since { at: time(day), source: source.to_owned() }
}

fn is_unknown(settled: &Settled) -> bool {
    matches!(settled, Settled::Unknown { .. })
}

#[test]
fn the_last_change_counts() {
    let snapshot = with(vec![
        event("2026-01-01", None, EventKind::FlagCreated),
        event("2026-02-01", Some(ENV), EventKind::StrategyAdded(Box::new(percent(100)))),
        event("2026-03-01", Some(ENV), EventKind::Enabled),
    ]);
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 3"));
}

#[test]
fn every_kind_of_change_counts_and_nothing_else() {
    let strategy = || Box::new(percent(100));
    let changes = [
        EventKind::FlagCreated,
        EventKind::FlagRevived,
        EventKind::Enabled,
        EventKind::Disabled,
        EventKind::StrategyAdded(strategy()),
        EventKind::StrategyUpdated { before: None, after: strategy() },
        EventKind::StrategyRemoved { id: None },
        EventKind::StrategiesReordered,
        EventKind::VariantsUpdated,
        EventKind::DependencyAdded,
        EventKind::DependencyRemoved,
        EventKind::RolloutProgressed,
    ];
    let others = [
        EventKind::FlagArchived,
        EventKind::FlagCompleted { kept: Some(true), variant: None },
        EventKind::FlagUncompleted,
        EventKind::MarkedStale,
        EventKind::UnmarkedStale,
        EventKind::FlagMoved,
        EventKind::Other("feature-metadata-updated".to_owned()),
    ];
    let after = |kind: &EventKind| {
        let first = event("2026-01-01", None, EventKind::FlagCreated);
        settled(&with(vec![first, event("2026-05-01", Some(ENV), kind.clone())]))
    };
    for kind in changes {
        assert_eq!(after(&kind), since("2026-05-01", "event 2"), "{kind:?}");
    }
    for kind in others {
        assert_eq!(after(&kind), since("2026-01-01", "event 1"), "{kind:?}");
    }
}

#[test]
fn other_environments_other_flags_and_the_future_do_not_count() {
    let mut of_other_flag = event("2026-05-01", Some(ENV), EventKind::Enabled);
    of_other_flag.flag = Some(key("g"));
    let snapshot = with(vec![
        event("2026-01-01", Some(ENV), EventKind::Enabled),
        event("2026-05-01", Some("development"), EventKind::Disabled),
        of_other_flag,
        event("2026-06-02", Some(ENV), EventKind::Disabled),
    ]);
    assert_eq!(settled(&snapshot), since("2026-01-01", "event 1"));
}

#[test]
fn order_of_the_log_does_not_matter_and_equal_times_go_by_id() {
    let mut snapshot = with(vec![
        event("2026-03-01", Some(ENV), EventKind::Enabled),
        event("2026-03-01", Some(ENV), EventKind::StrategiesReordered),
        event("2026-01-01", None, EventKind::FlagCreated),
    ]);
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 2"));
    snapshot.events.reverse();
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 2"));
}

#[test]
fn a_change_of_a_parent_counts() {
    let mut snapshot = with(vec![event("2026-01-01", Some(ENV), EventKind::Enabled)]);
    snapshot.flags.get_mut("f").expect("the flag").parents.push(needs("p", true, &[]));
    snapshot.flags.insert(key("p"), flag_in("p", on(vec![percent(100)])));
    let mut of_parent = event("2026-04-01", Some(ENV), EventKind::Enabled);
    (of_parent.flag, of_parent.id) = (Some(key("p")), 9);
    snapshot.events.push(of_parent);
    assert_eq!(settled(&snapshot), since("2026-04-01", "event 9"));
}

#[test]
fn a_change_of_a_segment_counts_where_it_is_used() {
    let mut snapshot = with(vec![event("2026-01-01", Some(ENV), EventKind::Enabled)]);
    let mut of_segment = event("2026-04-01", None, EventKind::SegmentUpdated(SegmentId("5".to_owned())));
    (of_segment.flag, of_segment.id) = (None, 9);
    snapshot.events.push(of_segment);
    assert_eq!(settled(&snapshot), since("2026-01-01", "event 1"));
    let using = on(vec![percent(100).segment("5")]);
    snapshot.flags.get_mut("f").expect("the flag").environments.insert(ENV.to_owned(), using);
    assert_eq!(settled(&snapshot), since("2026-04-01", "event 9"));
}

#[test]
fn a_date_that_went_by_is_a_change_without_an_event() {
    let dated = |day| {
        let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
        let state = on(vec![percent(100).when(after(day), false)]);
        snapshot.flags.get_mut("f").expect("the flag").environments.insert(ENV.to_owned(), state);
        settled(&snapshot)
    };
    assert_eq!(dated("2026-05-01"), since("2026-05-01", "date constraint"));
    assert_eq!(dated("2026-02-01"), since("2026-03-01", "event 1"));
    assert_eq!(dated("2026-07-01"), since("2026-03-01", "event 1"));
}

#[test]
fn a_date_of_a_segment_counts_too() {
    let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
    segment(&mut snapshot, "5", vec![constraint(after("2026-05-01"), false)]);
    let state = on(vec![percent(100).segment("5")]);
    snapshot.flags.get_mut("f").expect("the flag").environments.insert(ENV.to_owned(), state);
    assert_eq!(settled(&snapshot), since("2026-05-01", "date constraint"));
}

#[test]
fn a_log_without_an_entry_gives_a_lower_bound_for_flags_that_are_older() {
    let mut snapshot = with(vec![]);
    snapshot.events_since = Some(time("2026-02-01"));
    assert_eq!(settled(&snapshot), Settled::AtLeastSince(time("2026-02-01")));
    snapshot.flags.get_mut("f").expect("the flag").created_at = None;
    assert_eq!(settled(&snapshot), Settled::AtLeastSince(time("2026-02-01")));
}

#[test]
fn a_log_that_should_have_an_entry_and_has_none_tells_nothing() {
    let mut snapshot = with(vec![]);
    assert!(is_unknown(&settled(&snapshot)), "the log goes back to its beginning");
    snapshot.events_since = Some(time("2025-12-01"));
    assert!(is_unknown(&settled(&snapshot)), "the log goes back to before the flag was made");
}

#[test]
fn a_log_that_was_not_read_tells_nothing() {
    for reason in [GapReason::Forbidden, GapReason::Failed, GapReason::Absent, GapReason::Truncated] {
        let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
        snapshot.gaps.push(gap(Source::Events, reason));
        assert!(is_unknown(&settled(&snapshot)), "{reason:?}");
    }
}

#[test]
fn a_log_that_was_cut_is_good_for_what_it_holds() {
    let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
    snapshot.gaps.push(gap(Source::Events, GapReason::Truncated));
    snapshot.events_since = Some(time("2026-02-01"));
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 1"));
    snapshot.events.clear();
    assert_eq!(settled(&snapshot), Settled::AtLeastSince(time("2026-02-01")));
}

#[test]
fn a_gap_of_another_flag_does_not_matter() {
    let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
    let mut of_other = gap(Source::Events, GapReason::Failed);
    of_other.flag = Some(key("g"));
    snapshot.gaps.push(of_other);
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 1"));
}

#[test]
fn a_disabled_strategy_has_no_dates() {
    let mut snapshot = with(vec![event("2026-03-01", Some(ENV), EventKind::Enabled)]);
    let dated = percent(100).when(after("2026-05-01"), false).disabled();
    let other = of_kind(StrategyKind::Targeted { by: "userId".to_owned(), values: Vec::new() });
    snapshot.flags.get_mut("f").expect("the flag").environments.insert(ENV.to_owned(), on(vec![dated, other]));
    assert_eq!(settled(&snapshot), since("2026-03-01", "event 1"));
}

#[test]
fn an_unknown_flag_is_not_settled() {
    assert!(is_unknown(&settled_since(&evidence(&with(vec![])), &key("nobody"), ENV)));
}
