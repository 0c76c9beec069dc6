//! Comments, exemptions and the baseline: what is accepted, what is not, and what is wrong with a mark.

use downhaul_core::mark::{self, Mark};
use downhaul_core::{AddedLines, Finding, Location, Position, Verdicts};
use downhaul_policy::{Baseline, Marks, Policy, PolicyConfig, check, check_marked};

use crate::case::Case;

/// Two flags whose fallbacks disagree.
const EVIDENCE: &str = r#"
shows = "marks"
now = "2026-06-01"
no_server = "none is needed"

[[ref]]
flag = "a"
at = "src/a.ts:1:1"
fallback = true
[[ref]]
flag = "a"
at = "src/a.ts:2:1"
fallback = false
[[ref]]
flag = "b"
at = "lib/b.ts:3:1"
fallback = true
[[ref]]
flag = "b"
at = "lib/b.ts:4:1"
fallback = false
"#;

fn case(policy: &str) -> Case {
    toml::from_str(&format!("{EVIDENCE}{policy}")).unwrap_or_else(|error| panic!("{error}\n{policy}"))
}

fn mark(path: &str, line: u32, text: &str) -> Mark {
    let at = Position { line: line.saturating_sub(1).max(1), column: 1 };
    mark::read(text, Location { start: at, ..Location::file_start(path) }, line).expect("a mark")
}

fn with_inline(policy: &str, inline: &[Mark]) -> Verdicts {
    let case = case(policy);
    let marks = Marks { inline, whole: true, ..Marks::default() };
    check_marked(&case.evidence(), &case.policy(), &AddedLines::default(), &marks)
}

/// `rule/reason` of the findings about marks.
fn diagnostics(verdicts: &Verdicts) -> Vec<String> {
    let of_marks = |finding: &&Finding| downhaul_policy::diagnostics().any(|rule| rule.info.id == finding.rule);
    verdicts.findings.iter().filter(of_marks).map(|finding| format!("{}/{}", finding.rule, finding.reason)).collect()
}

/// `flag kind` of the accepted findings.
fn accepted(verdicts: &Verdicts) -> Vec<String> {
    let accepted = verdicts
        .findings
        .iter()
        .filter_map(|finding| Some(format!("{} {}", finding.flag.as_ref()?, finding.suppressed.as_ref()?.kind)));
    accepted.collect()
}

#[test]
fn a_comment_accepts_what_it_names_on_its_line_and_nothing_else() {
    let place = check(&case("").evidence(), &case("").policy()).findings[0].anchor.clone();
    let line = place.location().expect("a place").start.line;
    let path = place.location().expect("a place").path.to_string();
    let good = mark(&path, line, " ignore conflicting-defaults reason=\"known\" until=2026-06-01");
    let verdicts = with_inline("", std::slice::from_ref(&good));
    assert_eq!(accepted(&verdicts).len(), 1);
    assert_eq!(diagnostics(&verdicts), [""; 0]);
    let justification =
        &verdicts.findings.iter().find_map(|finding| finding.suppressed.clone()).expect("one").justification;
    assert_eq!(justification, "known, until 2026-06-01");
    for (wrong, why) in [
        (mark(&path, line + 5, " ignore conflicting-defaults reason=\"known\""), "exempt-unused/nothing-found"),
        (mark("other.ts", line, " ignore conflicting-defaults reason=\"known\""), "exempt-unused/nothing-found"),
        (mark(&path, line, " ignore evaluated-at-load reason=\"known\""), "exempt-unused/nothing-found"),
        (mark(&path, line, " ignore conflicting-defaults"), "exempt-incomplete/no-reason"),
        (mark(&path, line, " ignore conflicting-default reason='x'"), "exempt-incomplete/unknown-rule"),
        (mark(&path, line, " ignore conflicting-defaults reason='x' until=then"), "exempt-incomplete/unreadable"),
        (mark(&path, line, " ignore conflicting-defaults reason='x' until=2026-05-31"), "exempt-expired/expired"),
    ] {
        let verdicts = with_inline("", std::slice::from_ref(&wrong));
        assert_eq!(accepted(&verdicts), [""; 0], "{wrong:?}");
        assert_eq!(diagnostics(&verdicts), [why], "{wrong:?}");
    }
}

#[test]
fn under_the_regulated_preset_a_comment_needs_an_end() {
    let open = mark("src/a.ts", 1, " ignore conflicting-defaults reason='x'");
    let verdicts = with_inline("[policy]\npreset = 'regulated'\n", &[open]);
    assert_eq!(diagnostics(&verdicts), ["exempt-incomplete/no-end"]);
    assert_eq!(accepted(&verdicts), [""; 0]);
}

#[test]
fn an_unused_mark_is_not_told_where_its_rule_could_not_be_evaluated() {
    let idle = mark("src/a.ts", 1, " ignore never-live-flag reason='x'");
    assert_eq!(diagnostics(&with_inline("", &[idle])), [""; 0]);
}

const EXEMPT: &str = "[[policy.exempt]]\nrule = 'conflicting-defaults'\nreason = 'two services'\n";

#[test]
fn an_exemption_touches_exactly_what_it_names() {
    let signed = "approved_by = '@acme/release'\nexpires = 2026-06-30\n";
    for (selector, flags) in [
        ("flag = 'a'", &["a exemption"][..]),
        ("flag = '*'", &["b exemption", "a exemption"][..]),
        ("path = 'lib/**'", &["b exemption"][..]),
        ("path = '**/a.ts'", &["a exemption"][..]),
        ("flag = 'b'\npath = 'src/**'", &[][..]),
        ("language = 'typescript'", &["b exemption", "a exemption"][..]),
    ] {
        let verdicts = with_inline(&format!("{EXEMPT}{signed}{selector}\n"), &[]);
        assert_eq!(accepted(&verdicts), flags, "{selector}");
        let idle = if flags.is_empty() { vec!["exempt-unused/nothing-found"] } else { vec![] };
        assert_eq!(diagnostics(&verdicts), idle, "{selector}");
    }
}

#[test]
fn an_exemption_that_does_not_hold_accepts_nothing_and_says_why() {
    let gate = "[policy.gate]\nmax_exemption_days = 60\nexemption_approvers = ['@acme/release']\n";
    for (fields, why) in [
        ("approved_by = '@acme/release'\nexpires = 2026-05-31", "exempt-expired/expired"),
        ("approved_by = '@acme/release'\nexpires = 2026-08-01", "exempt-too-long/too-long"),
        ("approved_by = '@acme/checkout'\nexpires = 2026-06-30", "exempt-without-approver/not-an-approver"),
    ] {
        let verdicts = with_inline(&format!("{gate}{EXEMPT}flag = 'a'\n{fields}\n"), &[]);
        assert_eq!(accepted(&verdicts), [""; 0], "{fields}");
        assert_eq!(diagnostics(&verdicts), [why], "{fields}");
    }
    let just = format!("{gate}{EXEMPT}flag = 'a'\napproved_by = '@acme/release'\nexpires = 2026-07-31\n");
    assert_eq!(accepted(&with_inline(&just, &[])), ["a exemption"]);
}

#[test]
fn a_day_lasts_until_its_end_where_the_policy_is_at_home() {
    let until = |zone: &str, now: &str| {
        let policy =
            format!("[policy]\ntimezone = '{zone}'\n{EXEMPT}flag = 'a'\napproved_by = 'x'\nexpires = 2026-05-31\n");
        let case: Case = toml::from_str(&format!("{}{policy}", EVIDENCE.replace("2026-06-01", now))).expect("a case");
        !accepted(&check(&case.evidence(), &case.policy())).is_empty()
    };
    assert!(until("UTC", "2026-05-31T23:59:59Z"));
    assert!(!until("UTC", "2026-06-01T00:00:00Z"));
    assert!(!until("Europe/Oslo", "2026-05-31T22:00:00Z"));
    assert!(until("America/New_York", "2026-06-01T03:59:59Z"));
}

#[test]
fn all_five_fields_are_compulsory() {
    let whole = [
        ("rule", "rule = 'conflicting-defaults'"),
        ("flag", "flag = 'a'"),
        ("reason", "reason = 'x'"),
        ("expires", "expires = 2026-06-30"),
        ("approved_by", "approved_by = 'x'"),
    ];
    for (left_out, _) in whole {
        let rest: Vec<&str> = whole.iter().filter(|(name, _)| *name != left_out).map(|(_, line)| *line).collect();
        let config: PolicyConfig = toml::from_str(&format!("[[exempt]]\n{}", rest.join("\n"))).expect("TOML");
        let error = Policy::new(config).expect_err("refused").to_string();
        assert!(error.starts_with(&format!("exempt[0]: an exemption needs `{left_out}`; ")), "{error}");
    }
}

fn judged(case: &Case, baseline: Option<&Baseline>) -> Verdicts {
    let marks = Marks {
        baseline: baseline.map(|baseline| (baseline, "downhaul.baseline.json")),
        whole: true,
        ..Marks::default()
    };
    check_marked(&case.evidence(), &case.policy(), &AddedLines::default(), &marks)
}

fn baseline_of(case: &Case) -> Baseline {
    let policy = case.policy();
    let verdicts = judged(case, None);
    let may_hold = |finding: &Finding| policy.baseline_may_hold(finding.rule);
    let day = policy.day(case.evidence().now());
    Baseline::default().renewed(&case.evidence(), &verdicts, may_hold, day, None).0
}

#[test]
fn a_baseline_accepts_the_present_and_nothing_that_comes_later() {
    let today = case("");
    let baseline = baseline_of(&today);
    assert_eq!(accepted(&judged(&today, Some(&baseline))), ["b baseline", "a baseline"]);
    // Another flag, and another use of a flag that is in the baseline.
    let more = "[[ref]]\nflag = 'c'\nat = 'src/c.ts:1:1'\nfallback = true\n[[ref]]\nflag = 'c'\nat = 'src/c.ts:2:1'\n\
                [[ref]]\nflag = 'a'\nat = 'src/late.ts:9:1'\nfallback = true\n";
    assert_eq!(accepted(&judged(&case(more), Some(&baseline))), ["b baseline"]);
}

#[test]
fn a_baseline_is_read_as_it_was_written() {
    let baseline = baseline_of(&case(""));
    let text = baseline.write("0.1.0");
    assert_eq!(Baseline::read("b.json", &text).expect("its own file"), baseline);
    assert_eq!(Baseline::read("b.json", &Baseline::default().write("0.1.0")).expect("empty"), Baseline::default());
    let error = Baseline::read("b.json", "{\n\"version\": 1,\n\"finding\": []}").expect_err("a slip").to_string();
    assert!(error.starts_with("b.json:3: this is no baseline: "), "{error}");
    let newer = Baseline::read("b.json", "{\"version\": 2, \"findings\": []}").expect_err("newer").to_string();
    assert_eq!(newer, "b.json:1: the baseline has version 2, this downhaul knows version 1");
}

#[test]
fn a_baseline_comes_due() {
    let baseline = baseline_of(&case(""));
    let later = |days: &str, day: &str| {
        let text = format!("{}[policy.baseline]\nmax_age_days = {days}\n", EVIDENCE.replace("2026-06-01", day));
        let case: Case = toml::from_str(&text).expect("a case");
        accepted(&judged(&case, Some(&baseline))).len()
    };
    assert_eq!(later("30", "2026-07-01"), 2);
    assert_eq!(later("30", "2026-07-02"), 0);
}

#[test]
fn pruning_only_shrinks() {
    let baseline = baseline_of(&case(""));
    let repaired =
        EVIDENCE.replace("at = \"lib/b.ts:4:1\"\nfallback = false", "at = \"lib/b.ts:4:1\"\nfallback = true");
    let case: Case = toml::from_str(&repaired).expect("a case");
    let (pruned, changes) = baseline.pruned(&case.evidence(), &judged(&case, Some(&baseline)));
    assert_eq!((pruned.entries.len(), changes.added, changes.gone), (1, 0, 1));
    let (again, unchanged) = pruned.pruned(&case.evidence(), &judged(&case, Some(&pruned)));
    assert_eq!((again, unchanged), (pruned, Default::default()));
}

#[test]
fn a_baseline_that_grew_is_a_finding() {
    let case = case("");
    let now = baseline_of(&case);
    let mut before = now.clone();
    let first = before.entries.keys().next().expect("an entry").clone();
    before.entries.remove(&first);
    let marks =
        Marks { baseline: Some((&now, "b.json")), baseline_before: Some(&before), whole: true, ..Marks::default() };
    let verdicts = check_marked(&case.evidence(), &case.policy(), &AddedLines::default(), &marks);
    assert_eq!(diagnostics(&verdicts), ["baseline-grown/added"]);
    assert!(verdicts.findings.iter().any(|finding| finding.rule == "baseline-grown" && finding.new));
}
