//! Who gets a flag in one environment, without regard to parents.

use downhaul_core::exposure::exposure;
use downhaul_core::{Exposure, FlagEnvironment, GapReason, Source, Strategy, StrategyKind};

use crate::build::*;

fn full() -> Exposure {
    Exposure::Full { variant: None, until: None }
}

fn full_with(variant: &str) -> Exposure {
    Exposure::Full { variant: Some(variant.to_owned()), until: None }
}

fn partial(low: u8, high: u8) -> Exposure {
    Exposure::Partial { low, high }
}

/// What an environment serves at [`NOW`].
fn serves(state: FlagEnvironment) -> Exposure {
    exposure(&snapshot(vec![flag_in("f", state)]), &key("f"), ENV, time(NOW))
}

/// What an enabled environment with these strategies serves.
fn strategies(strategies: Vec<Strategy>) -> Exposure {
    serves(on(strategies))
}

#[test]
fn off_wins_over_every_strategy() {
    assert_eq!(serves(off()), Exposure::Off);
}

#[test]
fn off_is_known_without_strategies() {
    assert_eq!(serves(FlagEnvironment::default()), Exposure::Off);
}

#[test]
fn a_flag_that_the_sdk_does_not_have_is_decided_at_the_call() {
    let mut archived = flag_in("archived", on(vec![percent(100)]));
    archived.archived_at = Some(time("2026-03-01"));
    let snapshot = snapshot(vec![archived, flag("without-environment")]);
    for name in ["archived", "unknown", "without-environment"] {
        assert_eq!(exposure(&snapshot, &key(name), ENV, time(NOW)), Exposure::CallSite, "{name}");
    }
}

#[test]
fn no_active_strategy_means_everyone() {
    assert_eq!(strategies(vec![]), full());
    assert_eq!(strategies(vec![percent(10).disabled()]), full());
}

#[test]
fn unread_strategies_are_unknown() {
    let state = FlagEnvironment { enabled: true, ..FlagEnvironment::default() };
    assert!(matches!(serves(state), Exposure::Unknown { .. }));
}

#[test]
fn a_disabled_strategy_does_not_count() {
    assert_eq!(strategies(vec![percent(100).disabled(), percent(25)]), partial(25, 25));
}

#[test]
fn percentages() {
    for (shares, expected) in [
        (vec![100], full()),
        (vec![0], Exposure::Off),
        (vec![0, 0], Exposure::Off),
        (vec![25], partial(25, 25)),
        (vec![99], partial(99, 99)),
        (vec![0, 25], partial(25, 25)),
        (vec![25, 50], partial(50, 75)),
        (vec![60, 70], partial(70, 100)),
        (vec![25, 100], full()),
        (vec![255], full()),
    ] {
        assert_eq!(strategies(shares.iter().map(|share| percent(*share)).collect()), expected, "{shares:?}");
    }
}

#[test]
fn named_contexts() {
    assert_eq!(strategies(vec![targeted()]), Exposure::Targeted);
    assert_eq!(strategies(vec![percent(100).when(of_context(), false)]), Exposure::Targeted);
    assert_eq!(strategies(vec![percent(40).when(of_context(), false)]), Exposure::Targeted);
    assert_eq!(strategies(vec![percent(0).when(of_context(), false)]), Exposure::Off);
    assert_eq!(strategies(vec![targeted(), percent(100)]), full());
}

#[test]
fn names_beside_a_share_leave_the_upper_bound_open() {
    assert_eq!(strategies(vec![targeted(), percent(25)]), partial(25, 100));
}

#[test]
fn a_field_to_stick_to_can_be_missing() {
    let hole = Exposure::FullWithHole { field: "tenantId".to_owned() };
    assert_eq!(strategies(vec![sticky(100, "tenantId")]), hole);
    assert_eq!(strategies(vec![percent(50), sticky(100, "tenantId")]), hole);
    assert_eq!(strategies(vec![sticky(100, "tenantId"), percent(100)]), full());
    assert_eq!(strategies(vec![sticky(50, "tenantId")]), partial(50, 50));
    for built_in in ["", "default", "random"] {
        assert_eq!(strategies(vec![sticky(100, built_in)]), full(), "{built_in:?}");
    }
}

#[test]
fn an_unreadable_strategy_hides_what_the_others_do_unless_one_is_for_everyone() {
    let unreadable = || of_kind(StrategyKind::Unreadable("rollout is `ten`".to_owned()));
    let unknown = Exposure::Unknown { why: "rollout is `ten`".to_owned() };
    assert_eq!(strategies(vec![unreadable()]), unknown);
    assert_eq!(strategies(vec![unreadable(), percent(25)]), unknown);
    assert_eq!(strategies(vec![unreadable(), percent(100)]), full());
}

#[test]
fn dates() {
    let until = |day| Exposure::Full { variant: None, until: Some(time(day)) };
    let scheduled = |day| Exposure::Scheduled { from: time(day) };
    for (operator, inverted, expected) in [
        (after("2026-05-01"), false, full()),
        (after("2026-07-01"), false, scheduled("2026-07-01")),
        (before("2026-07-01"), false, until("2026-07-01")),
        (before("2026-05-01"), false, Exposure::Off),
        (after("2026-05-01"), true, Exposure::Off),
        (after("2026-07-01"), true, until("2026-07-01")),
        (before("2026-07-01"), true, scheduled("2026-07-01")),
        (before("2026-05-01"), true, full()),
    ] {
        let strategy = percent(100).when(operator.clone(), inverted);
        assert_eq!(strategies(vec![strategy]), expected, "{operator:?} inverted: {inverted}");
    }
}

#[test]
fn at_the_moment_itself_neither_after_nor_before_holds() {
    let after_now = percent(100).when(after(NOW), false);
    assert_eq!(strategies(vec![after_now]), Exposure::Scheduled { from: time(NOW) });
    assert_eq!(strategies(vec![percent(100).when(before(NOW), false)]), Exposure::Off);
    assert_eq!(strategies(vec![percent(100).when(before(NOW), true)]), full());
}

#[test]
fn several_dates() {
    let between = percent(100).when(after("2026-05-01"), false).when(before("2026-07-01"), false);
    assert_eq!(strategies(vec![between]), Exposure::Full { variant: None, until: Some(time("2026-07-01")) });
    let later = percent(100).when(after("2026-07-01"), false).when(after("2026-08-01"), false);
    assert_eq!(strategies(vec![later]), Exposure::Scheduled { from: time("2026-08-01") });
    let never = percent(100).when(after("2026-08-01"), false).when(before("2026-07-01"), false);
    assert_eq!(strategies(vec![never]), Exposure::Off);
}

#[test]
fn dates_of_several_strategies() {
    let ends = |day| percent(100).when(before(day), false);
    let starts = |day| percent(100).when(after(day), false);
    let until = |day| Exposure::Full { variant: None, until: Some(time(day)) };
    assert_eq!(strategies(vec![ends("2026-07-01"), ends("2026-08-01")]), until("2026-08-01"));
    assert_eq!(strategies(vec![ends("2026-07-01"), percent(100)]), full());
    assert_eq!(
        strategies(vec![starts("2026-08-01"), starts("2026-07-01")]),
        Exposure::Scheduled { from: time("2026-07-01") }
    );
    assert_eq!(strategies(vec![starts("2026-08-01"), percent(25)]), partial(25, 25));
    assert_eq!(strategies(vec![starts("2026-08-01"), percent(0)]), Exposure::Scheduled { from: time("2026-08-01") });
}

#[test]
fn segments() {
    let in_segment = |constraints: Option<Vec<_>>| {
        let mut snapshot = snapshot(vec![flag_in("f", on(vec![percent(100).segment("5")]))]);
        if let Some(constraints) = constraints {
            segment(&mut snapshot, "5", constraints);
        }
        exposure(&snapshot, &key("f"), ENV, time(NOW))
    };
    assert_eq!(in_segment(Some(vec![])), full());
    assert_eq!(in_segment(Some(vec![constraint(of_context(), false)])), Exposure::Targeted);
    assert_eq!(in_segment(Some(vec![constraint(before("2026-05-01"), false)])), Exposure::Off);
    assert_eq!(in_segment(None), Exposure::Off);
}

#[test]
fn a_segment_that_was_not_read_is_unknown() {
    let mut snapshot = snapshot(vec![flag_in("f", on(vec![percent(100).segment("5")]))]);
    snapshot.gaps.push(gap(Source::Segments, GapReason::Forbidden));
    assert!(matches!(exposure(&snapshot, &key("f"), ENV, time(NOW)), Exposure::Unknown { .. }));
}

#[test]
fn variants_of_one_strategy() {
    assert_eq!(strategies(vec![percent(100).variants(&[("blue", 1000)])]), full_with("blue"));
    assert_eq!(strategies(vec![percent(100).variants(&[("blue", 1000), ("green", 0)])]), full_with("blue"));
    assert_eq!(strategies(vec![percent(100).variants(&[("blue", 500), ("green", 500)])]), Exposure::FullMulti);
    assert_eq!(strategies(vec![percent(100).variants(&[("blue", 0)])]), full());
    assert_eq!(strategies(vec![percent(50).variants(&[("blue", 500), ("green", 500)])]), partial(50, 50));
}

#[test]
fn variants_of_the_environment_serve_strategies_that_have_none() {
    let state = |strategies, list: &[(&str, u32)]| FlagEnvironment { variants: variants(list), ..on(strategies) };
    assert_eq!(serves(state(vec![percent(100)], &[("blue", 1000)])), full_with("blue"));
    assert_eq!(serves(state(vec![], &[("blue", 1000)])), full_with("blue"));
    assert_eq!(serves(state(vec![percent(100)], &[("blue", 1), ("green", 999)])), Exposure::FullMulti);
    let own = percent(100).variants(&[("red", 1000)]);
    assert_eq!(serves(state(vec![own], &[("blue", 1), ("green", 999)])), full_with("red"));
}

#[test]
fn strategies_before_the_one_for_everyone_serve_their_variants_first() {
    let blue = |strategy: Strategy| strategy.variants(&[("blue", 1000)]);
    assert_eq!(strategies(vec![blue(percent(25)), percent(100)]), Exposure::FullMulti);
    assert_eq!(strategies(vec![blue(percent(25)), blue(percent(100))]), full_with("blue"));
    assert_eq!(strategies(vec![percent(100), blue(percent(25))]), full());
    assert_eq!(strategies(vec![blue(percent(0)), percent(100)]), full());
    assert_eq!(strategies(vec![blue(percent(25)).disabled(), percent(100)]), full());
}
