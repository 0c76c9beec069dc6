//! The practices of release management, each with rules that show it on the demo: `docs/practices.md` is made from here.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::harness::{downhaul, project, run};

/// A practice, the rules that look after it, in the order of their catalogue.
type Practice = (&'static str, &'static [&'static str]);

const BEST_PRACTICES: &[Practice] = &[
    (
        "Design a repeatable, controlled release process",
        &["big-bang-release", "change-outside-window", "unapproved-state-drift", "unknown-flag-in-code"],
    ),
    ("Define what success looks like", &["missing-success-criteria", "unhandled-variant"]),
    (
        "Adopt progressive delivery",
        &["big-bang-release", "context-not-provided", "premature-flag-removal", "stalled-rollout", "unhandled-variant"],
    ),
    ("Monitor releases in real time", &["context-not-provided", "live-flag-without-traffic", "stalled-rollout"]),
    (
        "Enable instant rollback",
        &[
            "completion-contradicts-production",
            "conflicting-defaults",
            "evaluated-at-load",
            "fail-open-default",
            "premature-flag-removal",
        ],
    ),
    (
        "Secure and govern every release",
        &[
            "audit-evidence-gap",
            "change-outside-window",
            "production-change-without-approval",
            "risky-api-token",
            "secret-in-code",
            "self-approved-change",
            "unapproved-state-drift",
            "unattributable-change",
            "unprotected-production-environment",
        ],
    ),
    (
        "Clean up after launch",
        &[
            "archived-flag-in-code",
            "completed-flag-in-code",
            "flag-debt-budget",
            "flag-past-lifetime",
            "fully-rolled-out-flag",
            "never-live-flag",
            "zombie-flag",
        ],
    ),
];

const STEPS: &[Practice] = &[
    (
        "Define clear policies, roles, and success criteria",
        &[
            "flag-debt-budget",
            "flag-past-lifetime",
            "missing-owner",
            "missing-success-criteria",
            "production-change-without-approval",
            "risky-api-token",
            "unprotected-production-environment",
        ],
    ),
    (
        "Use feature flags to manage exposure separately from deployment",
        &[
            "context-not-provided",
            "evaluated-at-load",
            "fail-open-default",
            "unapproved-state-drift",
            "unknown-flag-in-code",
        ],
    ),
    (
        "Roll out features progressively and monitor them in real time",
        &["big-bang-release", "live-flag-without-traffic", "stalled-rollout"],
    ),
    ("Enable instant rollback using toggles, not redeployments", &["evaluated-at-load"]),
    (
        "Run post-release reviews and clean up feature flags",
        &["archived-flag-in-code", "completed-flag-in-code", "release-review-missing"],
    ),
];

const CATEGORIES: &[Practice] = &[
    (
        "Planning and preparation",
        &["change-outside-window", "missing-owner", "missing-success-criteria", "never-live-flag"],
    ),
    (
        "Execution and control",
        &[
            "big-bang-release",
            "evaluated-at-load",
            "production-change-without-approval",
            "self-approved-change",
            "unattributable-change",
            "unprotected-production-environment",
        ],
    ),
    (
        "Monitoring and improvement",
        &["audit-evidence-gap", "live-flag-without-traffic", "release-review-missing", "stalled-rollout"],
    ),
];

const HEAD: &str = "# Release practices and the rules behind them

How a team releases well is known; what is missing is somebody who looks. Each practice of good release management has
rules that look after it, and each has at least one that finds something in the demo shop (`fixtures/demo`). The last
column is what it says there. Rules in bold are those that fire.

This page is made from a check of the demo: `UPDATE_DOCS=1 cargo test --test it practices` writes it anew.
";

/// Where a rule fired first, and what it said.
fn findings() -> BTreeMap<String, (String, String)> {
    let mut command = downhaul(&project());
    let arguments = ["check", "--root", "fixtures/demo", "--offline", "--format", "json"];
    let check: Value = run(command.args(arguments)).exits(1).json();
    let mut first = BTreeMap::new();
    for finding in check["findings"].as_array().expect("findings") {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let at = &finding["location"];
        let place = format!("{}:{}", text(&at["path"]), at["line"]);
        first.entry(text(&finding["rule"])).or_insert((place, text(&finding["message"])));
    }
    first
}

fn table(title: &str, practices: &[Practice], fired: &BTreeMap<String, (String, String)>) -> String {
    let mut out = format!("\n## {title}\n\n| practice | rules | in the demo |\n|---|---|---|\n");
    for (practice, rules) in practices {
        let named: Vec<String> = rules
            .iter()
            .map(|rule| if fired.contains_key(*rule) { format!("**`{rule}`**") } else { format!("`{rule}`") })
            .collect();
        let shown = rules.iter().find_map(|rule| fired.get(*rule));
        let (place, message) = shown.unwrap_or_else(|| panic!("{practice}: no rule fires on the demo"));
        let message = message.replace('|', "\\|");
        writeln!(out, "| {practice} | {} | `{place}`: {message} |", named.join(", ")).expect("a text grows");
    }
    out
}

#[test]
fn every_practice_has_a_rule_that_fires_on_the_demo() {
    let fired = findings();
    let page = format!(
        "{HEAD}{}{}{}",
        table("Best practices", BEST_PRACTICES, &fired),
        table("The five steps", STEPS, &fired),
        table("The three categories", CATEGORIES, &fired),
    );
    let path = project().join("docs/practices.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/practices.md is stale: `UPDATE_DOCS=1 cargo test --test it practices` writes it anew"
    );
}

#[test]
fn every_rule_serves_a_practice() {
    let listed: Vec<&str> = [BEST_PRACTICES, STEPS, CATEGORIES]
        .into_iter()
        .flatten()
        .flat_map(|(_, rules)| rules.iter().copied())
        .collect();
    let mut command = downhaul(&project());
    let rules: Value = run(command.args(["rules", "--format", "json"])).exits(0).json();
    // Rules about marks keep the others honest; they serve no practice of their own.
    let all = rules["rules"].as_array().expect("rules").iter().filter(|rule| rule["group"] != "exemption");
    let known: Vec<&str> = all.filter_map(|rule| rule["id"].as_str()).collect();
    for rule in &known {
        assert!(listed.contains(rule), "{rule} serves no practice");
    }
    for rule in listed {
        assert!(known.contains(&rule), "there is no rule {rule}");
    }
}
