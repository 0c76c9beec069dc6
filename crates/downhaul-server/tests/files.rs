//! Providers that read files of other programs: a folder is a case, the expected snapshot is a snapshot file.

use std::path::{Path, PathBuf};

use downhaul_core::{GapReason, Source, StrategyKind, Timestamp};
use downhaul_server::bootstrap::BootstrapFile;
use downhaul_server::flagd::FlagdFile;
use downhaul_server::{FlagServer, file};

fn time() -> Timestamp {
    "2026-11-22T18:00:00Z".parse().expect("a time")
}

fn cases(provider: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/servers").join(provider);
    let entries = std::fs::read_dir(folder).expect("the provider has cases");
    let cases: Vec<PathBuf> = entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    assert!(!cases.is_empty());
    cases
}

fn provider(name: &str, bytes: Vec<u8>) -> Box<dyn FlagServer> {
    match name {
        "bootstrap" => Box::new(BootstrapFile::new("input.json", bytes, None, time())),
        _ => Box::new(FlagdFile::new("input.json", bytes, "production", time())),
    }
}

#[test]
fn every_case_gives_its_snapshot() {
    for name in ["bootstrap", "flagd"] {
        for case in cases(name) {
            let bytes = std::fs::read(case.join("input.json")).expect("the case has an input");
            let snapshot = provider(name, bytes).capture(&()).expect("it can be read");
            assert!(!snapshot.flags.is_empty());
            let absent = |gap: &downhaul_core::Gap| gap.reason == GapReason::Absent;
            assert!(snapshot.gaps.iter().all(absent) && snapshot.gap(Source::Events, None).is_some());
            let actual = file::write(&snapshot, "0.0.0", false);
            assert_eq!(file::read(&actual, "a.json").expect("our own file can be read"), snapshot);
            let expected = case.join("snapshot.json");
            if std::fs::read(&expected).ok().as_deref() != Some(actual.as_slice()) {
                let new = case.join("snapshot.json.new");
                std::fs::write(&new, &actual).expect("the case can be written");
                panic!("{} differs from what came out; read {} and rename it", expected.display(), new.display());
            }
        }
    }
}

#[test]
fn flagd_is_understood_as_far_as_it_can_be() {
    let bytes = std::fs::read(cases("flagd")[0].join("input.json")).expect("the case has an input");
    let snapshot = provider("flagd", bytes).capture(&()).expect("it can be read");
    let kind = |name: &str| {
        let state = &snapshot.flags[name].environments["production"];
        let strategies = state.strategies.as_ref().expect("they were read");
        (state.enabled, strategies.first().map(|strategy| strategy.kind.clone()))
    };
    let percent = |name: &str| match kind(name) {
        (true, Some(StrategyKind::Rollout { percent, stickiness, .. })) => (percent, stickiness),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(percent("on-for-all"), (100, "default".to_owned()));
    assert_eq!(percent("a-quarter"), (25, "email".to_owned()));
    assert_eq!(percent("colour").0, 100);
    assert_eq!(kind("off-for-all"), (false, None));
    for name in ["a-third", "rules", "not-evaluated", "no-default"] {
        assert!(matches!(kind(name), (true, Some(StrategyKind::Unreadable(_)))), "{name}: {:?}", kind(name));
    }
    let colours =
        snapshot.flags["colour"].environments["production"].strategies.as_ref().expect("read")[0].variants.iter();
    let colours: Vec<_> = colours.map(|variant| (variant.name.as_str(), variant.weight)).collect();
    assert_eq!(colours, [("red", 1000), ("blue", 0)]);
}

#[test]
fn what_an_export_lacks_is_a_gap() {
    let case = cases("bootstrap").into_iter().find(|case| case.ends_with("export")).expect("it is there");
    let bytes = std::fs::read(case.join("input.json")).expect("the case has an input");
    let snapshot = provider("bootstrap", bytes).capture(&()).expect("it can be read");
    assert!(snapshot.segments.is_empty(), "a segment of which only the name is known says nothing about who is in");
    assert!(snapshot.gap(Source::Segments, None).is_some());
    let parents = &snapshot.flags["account-sso-beta"].parents;
    assert_eq!(parents[0].parent.as_str(), "account-new-profile");
}

#[test]
fn files_that_cannot_be_used_are_the_users() {
    let cases = [
        ("bootstrap", "{", "input.json is not JSON"),
        ("bootstrap", "{}", "input.json is no bootstrap or export file: missing field `features`"),
        ("bootstrap", r#"{"features": []}"#, "input.json does not say which environment it tells of"),
        ("flagd", "[]", "input.json is no flag-definition file of flagd"),
        (
            "flagd",
            r#"{"flags": {"f": {"state": "ENABLED", "variants": {"on": true}, "defaultVariant": "off"}}}"#,
            "input.json is no flag-definition file of flagd: `f`: its default variant `off` is none of its variants",
        ),
        ("flagd", r#"{"flags": {"f": {"state": "SLEEPING", "variants": {}}}}"#, "input.json is no flag-definition"),
    ];
    for (name, text, expected) in cases {
        let error = provider(name, text.as_bytes().to_vec()).capture(&()).expect_err(text);
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(error.is_users_input());
    }
}
