//! Presets and overrides: what a policy says of some flags, environments and places, and of nothing else.

use downhaul_core::Severity;
use downhaul_policy::{Policy, PolicyConfig, check, check_change, rules};

use crate::case::Case;

/// Two flags that have been on for everyone for 20 days, in two projects, and a third for 50.
const EVIDENCE: &str = r#"
shows = "overrides"
now = "2026-06-01"
events_since = "2026-01-01"
projects = ["payments", "search"]
manifest = """
[flags.early]
owner = "@acme/checkout"
"""

[[flag]]
key = "early"
type = "release"
tags = ["team:checkout"]
env.production = { on = true, strategies = [] }
[[flag]]
key = "other"
project = "search"
type = "experiment"
env.production = { on = true, strategies = [] }
[[flag]]
key = "old"
type = "release"
env.production = { on = true, strategies = [] }

[[event]]
at = "2026-05-12"
flag = "early"
kind = "enabled"
env = "production"
[[event]]
at = "2026-05-22"
flag = "other"
kind = "enabled"
env = "production"
[[event]]
at = "2026-04-12"
flag = "old"
kind = "enabled"
env = "production"

[[ref]]
flag = "early"
at = "src/a.ts:1:1"
[[ref]]
flag = "other"
at = "tools/b.py:1:1"
[[ref]]
flag = "old"
at = "src/a.ts:2:1"
"#;

fn case(policy: &str) -> Case {
    toml::from_str(&format!("{EVIDENCE}{policy}")).unwrap_or_else(|error| panic!("{error}\n{policy}"))
}

/// `flag severity` of the findings of `fully-rolled-out-flag` under a policy.
#[track_caller]
fn found(policy: &str) -> Vec<String> {
    let case = case(policy);
    let verdicts = check(&case.evidence(), &case.policy());
    let findings = verdicts.findings.iter().filter(|finding| finding.rule == "fully-rolled-out-flag");
    let mut found: Vec<String> = findings
        .map(|finding| format!("{} {}", finding.flag.as_ref().expect("a flag"), finding.severity.as_str()))
        .collect();
    found.sort();
    found
}

fn block(selector: &str, settings: &str) -> String {
    format!("[[policy.override]]\n{selector}\n[policy.override.rules.fully-rolled-out-flag]\n{settings}\n")
}

#[test]
fn without_overrides_the_rule_stands_alone() {
    assert_eq!(found(""), ["old warning"]);
}

#[test]
fn every_selector_narrows() {
    let strict = "after_days = 15";
    for selector in [
        "flag = 'ear*'",
        "tag = 'team:checkout'",
        "tag = 'checkout'",
        "owner = '@acme/*'",
        "project = 'payments'\nflag_type = 'release'",
        "environment = 'production'\nflag = 'e*'",
        "environment_type = 'production'\nproject = 'pay*'",
        "path = 'src/**'",
        "language = 'typescript'",
    ] {
        assert_eq!(found(&block(selector, strict)), ["early warning", "old warning"], "{selector}");
    }
    for selector in [
        "flag = 'x*'",
        "project = 'search'",
        "environment = 'development'",
        "environment_type = 'test'",
        "path = 'src/*/**'",
        "language = 'python'",
        "tag = 'team:search'",
        "owner = '@acme/search'",
        "flag_type = 'kill-switch'",
        "project = 'payments'\nenvironment = 'development'",
    ] {
        assert_eq!(found(&block(selector, strict)), ["old warning"], "{selector}");
    }
}

#[test]
fn options_and_severities_can_be_loosened_too() {
    assert_eq!(found(&block("flag = 'old'", "after_days = 90")), [""; 0]);
    assert_eq!(found(&block("flag = 'old'", "severity = 'note'")), ["old note"]);
    assert_eq!(found(&block("path = 'src/**'", "severity = 'off'")), [""; 0]);
    assert_eq!(found(&block("environment = 'production'", "after_days = 90")), [""; 0]);
}

#[test]
fn later_blocks_win_and_options_are_laid_over_each_other() {
    let two = block("project = 'payments'", "after_days = 15\nseverity = 'note'")
        + &block("flag = 'old'", "severity = 'error'");
    assert_eq!(found(&two), ["early note", "old error"]);
}

#[test]
fn a_rule_that_is_off_can_be_on_somewhere() {
    let off = "[policy.rules.fully-rolled-out-flag]\nseverity = 'off'\n";
    assert_eq!(found(off), [""; 0]);
    assert_eq!(found(&format!("{off}{}", block("flag = 'old'", "severity = 'error'"))), ["old error"]);
}

#[test]
fn what_an_override_switches_off_is_counted_as_exempt() {
    let case = case(&block("flag = 'old'", "severity = 'off'"));
    let verdicts = check(&case.evidence(), &case.policy());
    let tally = verdicts.tally.iter().find(|tally| tally.rule == "fully-rolled-out-flag").expect("it runs");
    assert_eq!((tally.findings, tally.exempt), (0, 1));
}

#[test]
fn an_override_can_name_a_preset() {
    assert_eq!(found("[[policy.override]]\nflag = 'old'\npreset = 'starter'\n"), ["old warning"]);
    let case = case(
        "[[policy.override]]\nproject = 'payments'\npreset = 'starter'\n[policy.rules.archived-flag-in-code]\nseverity = 'error'\n",
    );
    assert!(
        check(&case.evidence(), &case.policy()).findings.iter().all(|finding| finding.severity <= Severity::Warning)
    );
}

#[test]
fn the_starter_preset_is_mild_with_old_lines_and_strict_with_new_ones() {
    let case = case("[policy]\npreset = 'starter'\n[added]\n'src/a.ts' = [2, 2]\n");
    let policy = case.policy();
    assert!(policy.running().all(|(_, severity, on_new)| severity <= Severity::Warning && on_new == Severity::Error));
    let verdicts = check_change(&case.evidence(), &policy, &case.added());
    let of_rule = verdicts.findings.iter().filter(|finding| finding.rule == "fully-rolled-out-flag");
    assert_eq!(of_rule.map(|finding| finding.severity).collect::<Vec<_>>(), [Severity::Error]);
}

#[test]
fn a_preset_gives_way_to_what_the_policy_says_itself() {
    let policy =
        "[policy]\npreset = 'starter'\n[policy.rules.fully-rolled-out-flag]\nseverity = 'error'\nafter_days = 15\n";
    assert_eq!(found(policy), ["early error", "old error"]);
}

#[test]
fn what_cannot_be_is_refused_with_its_key() {
    let refused = |text: &str| {
        let config: PolicyConfig = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
        Policy::new(config).expect_err("the policy is refused").to_string()
    };
    let cases = [
        ("preset = 'startr'", "preset: `startr` is none of starter, standard, regulated; did you mean `starter`?"),
        ("timezone = 'Europe/Olso'", "timezone: there is no time zone `Europe/Olso`; write it as Europe/Oslo"),
        ("[[override]]\nflag = 'a'", "override[0]: an override names a preset, settings of rules, or both"),
        (
            "[[override]]\n[override.rules.never-live-flag]\nseverity = 'off'",
            "override[0]: an override without a selector matches everything; write it under [rules]",
        ),
        (
            "[[override]]\nflag = 'a'\n[override.rules.never-live-flags]",
            "override[0].rules.never-live-flags: there is no rule `never-live-flags`; did you mean `never-live-flag`?",
        ),
        (
            "[[override]]\nflag = 'a'\n[override.rules.never-live-flag]\nafter_day = 3",
            "override[0].rules.never-live-flag.after_day: there is no such option; did you mean `after_days`?",
        ),
        (
            "[[override]]\nenvironment_type = 'prod'\npreset = 'starter'",
            "override[0].environment_type: `prod` is none of production, pre-production, development, test",
        ),
        (
            "[[override]]\nflag_type = 'relase'\npreset = 'starter'",
            "override[0].flag_type: there is no flag type `relase`; did you mean `release`?",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn every_rule_can_be_overridden_with_its_own_options() {
    for listing in rules() {
        let mut config = PolicyConfig::default();
        let mut block = downhaul_policy::OverrideConfig {
            about: downhaul_policy::SelectorConfig { flag: Some("*".to_owned()), ..Default::default() },
            ..Default::default()
        };
        block.rules.insert(listing.info.id.to_owned(), listing.options);
        config.overrides.push(block);
        assert!(Policy::new(config).is_ok(), "{}", listing.info.id);
    }
}
