//! What a policy file may say, what is refused, and what the gate makes of a verdict.

use downhaul_core::{Finding, Severity, Tally, Verdicts};
use downhaul_policy::{FailOn, Policy, PolicyConfig, check, rules};

use crate::case::Case;

fn config(text: &str) -> PolicyConfig {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str) -> String {
    Policy::new(config(text)).expect_err("the policy is refused").to_string()
}

#[test]
fn an_empty_policy_runs_every_rule_at_its_defaults() {
    let policy = Policy::new(PolicyConfig::default()).expect("valid");
    let listed: Vec<_> = rules().map(|rule| (rule.info.id, rule.info.severity)).collect();
    let running: Vec<_> = policy.running().map(|(info, severity, _)| (info.id, severity)).collect();
    assert_eq!(running, listed);
}

#[test]
fn every_option_can_be_written_as_it_is_listed() {
    for listing in rules() {
        let mut config = PolicyConfig::default();
        config.rules.insert(listing.info.id.to_owned(), listing.options);
        assert!(Policy::new(config).is_ok(), "{}", listing.info.id);
    }
}

#[test]
fn errors_name_the_key_and_what_was_probably_meant() {
    let cases = [
        (
            "[rules.fully-roled-out-flag]",
            "rules.fully-roled-out-flag: there is no rule `fully-roled-out-flag`; did you mean `fully-rolled-out-flag`?",
        ),
        ("[rules.xyz]", "rules.xyz: there is no rule `xyz`"),
        (
            "[rules.fully-rolled-out-flag]\nafter_day = 3",
            "rules.fully-rolled-out-flag.after_day: there is no such option; did you mean `after_days`?",
        ),
        (
            "[rules.fully-rolled-out-flag]\nseverty = 'note'",
            "rules.fully-rolled-out-flag.severty: there is no such option; did you mean `severity`?",
        ),
        (
            "[rules.fully-rolled-out-flag]\nseverity = 'fatal'",
            "rules.fully-rolled-out-flag.severity: \"fatal\" is none of off, note, warning, error",
        ),
        (
            "[rules.fully-rolled-out-flag]\nafter_days_by_type = { experimnt = 3 }",
            "rules.fully-rolled-out-flag.after_days_by_type: there is no flag type `experimnt`; did you mean `experiment`?",
        ),
        ("[lifetimes]\nrelase = 3", "lifetimes.relase: there is no flag type `relase`; did you mean `release`?"),
        ("[gate]\nrequires = []", "gate.requires: there is no such option; did you mean `require`?"),
        ("[gate]\nfail_on = 'warn'", "gate.fail_on: `warn` is none of never, note, warning, error"),
        (
            "[gate]\nrequire = ['never-live-flags']",
            "gate.require: there is no rule `never-live-flags`; did you mean `never-live-flag`?",
        ),
        (
            "[gate]\nrequire = ['never-live-flag']\n[rules.never-live-flag]\nseverity = 'off'",
            "gate.require: `never-live-flag` is required and switched off under `rules.never-live-flag`",
        ),
        (
            "[rules.never-live-flag]\nseverity = 'off'\nseverity_on_new = 'error'",
            "rules.never-live-flag.severity_on_new: the rule does not run at all with `severity = \"off\"`",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(refused(text), message, "{text}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_its_key() {
    let negative = refused("[rules.fully-rolled-out-flag]\nafter_days = -1");
    assert!(negative.starts_with("rules.fully-rolled-out-flag.after_days: "), "{negative}");
    let glob = refused("[rules.evaluated-at-load]\nallow_paths = ['a[']");
    assert!(glob.starts_with("rules.evaluated-at-load.allow_paths: "), "{glob}");
}

#[test]
fn a_rule_that_is_off_leaves_no_tally() {
    let case: Case =
        toml::from_str("shows = 'x'\nnow = '2026-06-01'\n[policy.rules.never-live-flag]\nseverity = 'off'\n")
            .expect("a case");
    let verdicts = check(&case.evidence(), &case.policy());
    assert!(verdicts.tally.iter().all(|tally| tally.rule != "never-live-flag"));
    assert_eq!(verdicts.tally.len(), rules().count() - 1);
}

/// One finding of rule `conflicting-defaults`, to be changed by a test.
fn finding() -> Finding {
    let case: Case = toml::from_str(
        "shows = 'x'\nnow = '2026-06-01'\nno_server = 'none'\n\
         [[ref]]\nflag = 'a'\nat = 'a.ts:1:1'\nfallback = true\n[[ref]]\nflag = 'a'\nat = 'a.ts:2:1'\n",
    )
    .expect("a case");
    let verdicts = check(&case.evidence(), &case.policy());
    verdicts.findings.into_iter().next().expect("a finding")
}

fn verdicts(severity: Severity, new: bool) -> Verdicts {
    Verdicts { findings: vec![Finding { severity, new, ..finding() }], tally: Vec::new() }
}

#[test]
fn the_gate_fails_at_its_level_and_above() {
    let policy = Policy::new(config("[gate]\nfail_on = 'warning'")).expect("valid");
    assert_eq!(policy.gate(&verdicts(Severity::Error, false), None).failing, 1);
    assert_eq!(policy.gate(&verdicts(Severity::Warning, false), None).failing, 1);
    assert_eq!(policy.gate(&verdicts(Severity::Note, false), None).failing, 0);
    assert_eq!(policy.gate(&verdicts(Severity::Note, false), Some(FailOn::Note)).failing, 1);
    assert_eq!(policy.gate(&verdicts(Severity::Error, false), Some(FailOn::Never)).failing, 0);
}

#[test]
fn the_gate_may_be_stricter_with_added_lines() {
    let policy = Policy::new(config("[gate]\nfail_on_new = 'note'")).expect("valid");
    assert!(!policy.gate(&verdicts(Severity::Note, true), None).passed());
    assert!(policy.gate(&verdicts(Severity::Warning, false), None).passed());
    assert!(policy.gate(&verdicts(Severity::Error, true), Some(FailOn::Never)).passed());
}

#[test]
fn what_somebody_accepted_does_not_fail_the_gate() {
    let policy = Policy::new(PolicyConfig::default()).expect("valid");
    let mut accepted = verdicts(Severity::Error, false);
    accepted.findings[0].suppressed =
        Some(downhaul_core::finding::Suppression { kind: "inline", justification: "known".to_owned() });
    assert!(policy.gate(&accepted, None).passed());
}

#[test]
fn a_required_rule_has_to_be_evaluated() {
    let policy = Policy::new(config("[gate]\nrequire = ['never-live-flag']")).expect("valid");
    let tally = Tally {
        rule: "never-live-flag",
        findings: 0,
        passed: 3,
        exempt: 2,
        unsupported: 0,
        not_evaluated: 0,
        why: Default::default(),
    };
    let judge = |tally: Tally| policy.gate(&Verdicts { findings: Vec::new(), tally: vec![tally] }, None);
    assert!(judge(tally.clone()).passed());
    let why = ["the token may not read events".to_owned()];
    let untold = Tally { not_evaluated: 1, why: why.clone().into(), ..tally.clone() };
    let missing = judge(untold).missing_required;
    assert_eq!((missing[0].rule, missing[0].why.as_slice()), ("never-live-flag", &why[..]));
    assert!(!judge(Tally { unsupported: 1, ..tally }).passed());
}
