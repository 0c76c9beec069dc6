//! The demo of the README: what a newcomer sees, and that each rule shows itself.

use std::collections::BTreeSet;

use crate::estate::{expected, found};
use crate::harness::{downhaul, project, run};

fn check(arguments: &[&str]) -> crate::harness::Run {
    run(downhaul(&project()).args(["check", "--root", "fixtures/demo", "--offline"]).args(arguments))
}

/// Rules that the demo cannot show, and why.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("audit-evidence-gap", "its evidence is all there"),
    ("change-outside-window", "its policy has no windows"),
    ("completion-contradicts-production", "what was completed agrees with production"),
    ("context-not-provided", "its calls send what is asked for"),
    ("fail-open-default", "what falls back to on is operational"),
    ("live-flag-without-traffic", "everything that is on is asked for"),
    ("missing-owner", "every flag has one"),
    ("premature-flag-removal", "it is about a change"),
    ("production-change-without-approval", "its server has no change requests"),
    ("secret-in-code", "its tokens come from the environment"),
    ("self-approved-change", "its server has no change requests"),
    ("unattributable-change", "people did it all"),
    ("unhandled-variant", "its only choice by a variant has an `else`"),
    ("unprotected-production-environment", "its server has no change requests"),
    ("zombie-flag", "it is about several repositories"),
];

#[test]
fn every_rule_has_a_finding() {
    let found = check(&["--format", "json"]).exits(1).json();
    let fired: BTreeSet<&str> =
        found["findings"].as_array().expect("findings").iter().filter_map(|f| f["rule"].as_str()).collect();
    let mut rules: BTreeSet<&str> =
        found["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    for (rule, why) in NOT_SHOWN {
        assert!(rules.remove(rule), "there is no rule {rule}, of which it is said: {why}");
    }
    assert_eq!(fired, rules);
    assert_eq!(found["complete"], true);
    assert_eq!(found["skipped"], serde_json::json!([]));
}

#[test]
fn it_finds_what_its_estate_says() {
    let check = check(&["--format", "json"]).exits(1).json();
    assert_eq!(found(&check), expected("fixtures/demo/estate.toml"));
}

#[test]
fn what_a_newcomer_reads() {
    let run = check(&[]).exits(1);
    insta::assert_snapshot!("demo_text", run.stdout);
    insta::assert_snapshot!("demo_stderr", run.stderr);
}

#[test]
fn annotations_of_the_demo() {
    insta::assert_snapshot!("demo_github", check(&["--format", "github"]).exits(1).stdout);
}

#[test]
fn the_same_bytes_whatever_the_threads() {
    let one = check(&["--format", "json", "--threads", "1"]).exits(1).stdout;
    let four = check(&["--format", "json", "--threads", "4"]).exits(1).stdout;
    assert_eq!(one, four);
}

#[test]
fn the_fail_level_decides() {
    check(&["--fail-on", "never"]).exits(0);
    check(&["--fail-on", "note"]).exits(1);
}
