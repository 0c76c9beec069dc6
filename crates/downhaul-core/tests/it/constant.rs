//! Whether a flag serves the same to everyone in every production environment.

use downhaul_core::exposure::constant;
use downhaul_core::{Exposure, FlagEnvironment, Snapshot};

use crate::build::*;

fn two(eu: FlagEnvironment, us: FlagEnvironment) -> Snapshot {
    let mut flag = flag("f");
    flag.environments.insert("eu".to_owned(), eu);
    flag.environments.insert("us".to_owned(), us);
    snapshot(vec![flag])
}

fn value(eu: FlagEnvironment, us: FlagEnvironment) -> Option<Exposure> {
    constant(&two(eu, us), &key("f"), ["eu", "us"], time(NOW))
}

#[test]
fn the_same_everywhere() {
    assert_eq!(value(off(), off()), Some(Exposure::Off));
    assert_eq!(value(on(vec![percent(100)]), on(vec![])), Some(Exposure::Full { variant: None, until: None }));
    let blue = || on(vec![percent(100).variants(&[("blue", 1000)])]);
    assert_eq!(value(blue(), blue()), Some(Exposure::Full { variant: Some("blue".to_owned()), until: None }));
}

#[test]
fn anything_else_is_no_constant() {
    let blue = || on(vec![percent(100).variants(&[("blue", 1000)])]);
    let ends = || on(vec![percent(100).when(before("2026-07-01"), false)]);
    let multi = || on(vec![percent(100).variants(&[("blue", 500), ("green", 500)])]);
    for (eu, us) in [
        (off(), on(vec![])),
        (blue(), on(vec![])),
        (on(vec![percent(50)]), on(vec![percent(50)])),
        (ends(), ends()),
        (multi(), multi()),
        (on(vec![sticky(100, "tenantId")]), on(vec![sticky(100, "tenantId")])),
    ] {
        assert_eq!(value(eu.clone(), us.clone()), None, "{eu:?} {us:?}");
    }
}

#[test]
fn nothing_is_constant_without_an_environment() {
    assert_eq!(constant(&two(off(), off()), &key("f"), [], time(NOW)), None);
    assert_eq!(constant(&two(off(), off()), &key("f"), ["nowhere"], time(NOW)), None);
}
