//! The demo of the README: what a newcomer sees, and that each rule shows itself.

use std::collections::BTreeSet;

use crate::harness::{downhaul, project, run};

fn check(arguments: &[&str]) -> crate::harness::Run {
    run(downhaul(&project()).args(["check", "--root", "fixtures/demo", "--offline"]).args(arguments))
}

#[test]
fn every_rule_has_a_finding() {
    let found = check(&["--format", "json"]).exits(1).json();
    let fired: BTreeSet<&str> =
        found["findings"].as_array().expect("findings").iter().filter_map(|f| f["rule"].as_str()).collect();
    let rules: BTreeSet<&str> =
        found["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(fired, rules);
    assert_eq!(found["complete"], true);
    assert_eq!(found["skipped"], serde_json::json!([]));
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
