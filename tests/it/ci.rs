//! What happens by itself inside a CI service, and what does not.

use std::process::Command;

use crate::harness::{downhaul, project, run, tree};

fn check_the_demo() -> Command {
    let mut command = downhaul(&project());
    command.args(["check", "--root", "fixtures/demo", "--offline"]);
    command
}

#[test]
fn github_actions_gets_annotations_and_a_summary_beside_the_text() {
    let folder = tree(&[("summary.md", "# Before\n")]);
    let summary = folder.path().join("summary.md");
    let run = run(check_the_demo().env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary)).exits(1);
    assert!(run.stderr.contains("::error file="), "{}", run.stderr);
    assert!(run.stdout.contains("check failed") && !run.stdout.contains("::error"), "{}", run.stdout);
    let summary = std::fs::read_to_string(summary).expect("the summary is there");
    assert!(summary.starts_with("# Before\n## downhaul: check failed"), "{summary}");
}

#[test]
fn a_summary_that_is_full_stays_as_it_is() {
    let full = "x".repeat(1024 * 1024);
    let folder = tree(&[("summary.md", full.as_str())]);
    let summary = folder.path().join("summary.md");
    let run = run(check_the_demo().env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary)).exits(1);
    assert!(run.stderr.contains("the summary of this step is full"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(summary).expect("the summary is there"), full);
}

#[test]
fn who_names_a_format_gets_that_alone() {
    let folder = tree(&[]);
    let summary = folder.path().join("summary.md");
    let in_actions = run(check_the_demo()
        .args(["--format", "concise"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary))
    .exits(1);
    let outside = run(check_the_demo().args(["--format", "concise"])).exits(1);
    assert_eq!(in_actions.stdout, outside.stdout);
    assert_eq!(in_actions.stderr, outside.stderr);
    assert!(!summary.exists());
}

#[test]
fn logs_of_ci_services_show_colours_unless_told_not_to() {
    for service in ["GITHUB_ACTIONS", "GITLAB_CI"] {
        let coloured = run(check_the_demo().env(service, "true")).exits(1);
        assert!(coloured.stdout.contains("\u{1b}["), "{service}");
        let plain = run(check_the_demo().env(service, "true").env("NO_COLOR", "1")).exits(1);
        assert!(!plain.stdout.contains("\u{1b}["), "{service}");
    }
}
