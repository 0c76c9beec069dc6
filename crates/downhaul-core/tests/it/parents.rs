//! What parents leave of a flag's exposure.

use downhaul_core::exposure::exposure;
use downhaul_core::{Dependency, Exposure, Flag, FlagEnvironment, GapReason, Source};

use crate::build::*;

fn full() -> Exposure {
    Exposure::Full { variant: None, until: None }
}

/// What a child in `child` serves that depends on `parent` so.
fn child_of(child: FlagEnvironment, parent: Option<Flag>, dependency: Dependency) -> Exposure {
    let mut flag = flag_in("f", child);
    flag.parents.push(dependency);
    let flags = std::iter::once(flag).chain(parent).collect();
    exposure(&snapshot(flags), &key("f"), ENV, time(NOW))
}

fn parent(state: FlagEnvironment) -> Option<Flag> {
    Some(flag_in("p", state))
}

/// A child for everyone.
fn everyone() -> FlagEnvironment {
    on(vec![percent(100)])
}

#[test]
fn needed_on() {
    let ends = vec![percent(100).when(before("2026-07-01"), false)];
    let starts = vec![percent(100).when(after("2026-07-01"), false)];
    for (of_parent, expected) in [
        (off(), Exposure::Off),
        (everyone(), full()),
        (on(vec![percent(25)]), Exposure::Partial { low: 0, high: 25 }),
        (on(vec![targeted()]), Exposure::Targeted),
        (on(vec![sticky(100, "tenantId")]), Exposure::FullWithHole { field: "tenantId".to_owned() }),
        (on(vec![percent(100).variants(&[("a", 500), ("b", 500)])]), full()),
        (on(ends), Exposure::Full { variant: None, until: Some(time("2026-07-01")) }),
        (on(starts), Exposure::Scheduled { from: time("2026-07-01") }),
    ] {
        let got = child_of(everyone(), parent(of_parent.clone()), needs("p", true, &[]));
        assert_eq!(got, expected, "{of_parent:?}");
    }
}

#[test]
fn needed_off() {
    let starts = vec![percent(100).when(after("2026-07-01"), false)];
    for (of_parent, expected) in [
        (off(), full()),
        (everyone(), Exposure::Off),
        (on(vec![percent(25)]), Exposure::Partial { low: 0, high: 75 }),
        (on(vec![percent(100).variants(&[("a", 500), ("b", 500)])]), Exposure::Off),
        (on(starts), Exposure::Full { variant: None, until: Some(time("2026-07-01")) }),
    ] {
        let got = child_of(everyone(), parent(of_parent.clone()), needs("p", false, &[]));
        assert_eq!(got, expected, "{of_parent:?}");
    }
}

#[test]
fn needed_with_a_variant() {
    let serving = |list: &[(&str, u32)]| parent(on(vec![percent(100).variants(list)]));
    assert_eq!(child_of(everyone(), serving(&[("a", 1000)]), needs("p", true, &["a", "b"])), full());
    assert_eq!(child_of(everyone(), serving(&[("c", 1000)]), needs("p", true, &["a", "b"])), Exposure::Off);
    assert_eq!(child_of(everyone(), serving(&[]), needs("p", true, &["a"])), Exposure::Off);
    let mixed = child_of(everyone(), serving(&[("a", 500), ("c", 500)]), needs("p", true, &["a"]));
    assert_eq!(mixed, Exposure::Partial { low: 0, high: 100 });
}

#[test]
fn a_parent_that_is_missing_or_archived_or_has_a_parent_leaves_nobody() {
    let archived = Flag { archived_at: Some(time("2026-01-01")), ..flag_in("p", everyone()) };
    let with_parent = Flag { parents: vec![needs("q", true, &[])], ..flag_in("p", everyone()) };
    for (what, of_parent) in [("missing", None), ("archived", Some(archived)), ("with a parent", Some(with_parent))] {
        for required_on in [true, false] {
            let got = child_of(everyone(), of_parent.clone(), needs("p", required_on, &[]));
            assert_eq!(got, Exposure::Off, "{what}, needed on: {required_on}");
        }
    }
}

#[test]
fn a_parent_that_was_not_read_is_unknown_unless_the_child_is_off() {
    let mut flag = flag_in("f", everyone());
    flag.parents.push(needs("p", true, &[]));
    let mut snapshot = snapshot(vec![flag]);
    snapshot.gaps.push(gap(Source::Flags, GapReason::Truncated));
    assert!(matches!(exposure(&snapshot, &key("f"), ENV, time(NOW)), Exposure::Unknown { .. }));
    let child = snapshot.flags.get_mut("f").expect("the child");
    child.environments.insert(ENV.to_owned(), off());
    assert_eq!(exposure(&snapshot, &key("f"), ENV, time(NOW)), Exposure::Off);
}

#[test]
fn a_parent_whose_strategies_were_not_read_is_unknown() {
    let unread = FlagEnvironment { enabled: true, ..FlagEnvironment::default() };
    let got = child_of(everyone(), parent(unread), needs("p", true, &[]));
    assert!(matches!(got, Exposure::Unknown { .. }), "{got:?}");
}

#[test]
fn a_parent_without_the_environment_counts_as_off() {
    assert_eq!(child_of(everyone(), Some(flag("p")), needs("p", true, &[])), Exposure::Off);
    assert_eq!(child_of(everyone(), Some(flag("p")), needs("p", false, &[])), full());
}

#[test]
fn a_share_of_a_share_can_be_nobody() {
    let got = child_of(on(vec![percent(50)]), parent(on(vec![percent(25)])), needs("p", true, &[]));
    assert_eq!(got, Exposure::Partial { low: 0, high: 25 });
}

#[test]
fn the_strictest_of_several_parents_counts() {
    let mut flag = flag_in("f", everyone());
    flag.parents = vec![needs("p", true, &[]), needs("q", true, &[])];
    let flags = vec![flag, flag_in("p", everyone()), flag_in("q", off())];
    assert_eq!(exposure(&snapshot(flags), &key("f"), ENV, time(NOW)), Exposure::Off);
}
