//! The estates in `fixtures/` fit the code beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use xtask::estate::{Estate, Expectation, RULES, plan};

/// An estate and the text of the code that belongs to it.
struct Case {
    estate: Estate,
    code: String,
}

impl Case {
    fn load(estate: &str, code: &str) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        let estate = Estate::read(&fixtures.join(estate)).expect("a usable estate");
        let mut files = Vec::new();
        source_files(&fixtures.join(code), &mut files);
        files.sort();
        assert!(!files.is_empty(), "no code in {code}");
        let texts = files.iter().map(|file| fs::read_to_string(file).expect("readable"));
        Case { estate, code: texts.collect::<Vec<_>>().join("\n") }
    }

    fn names_in_code(&self, name: &str) -> bool {
        ["\"", "'", "`"].iter().any(|quote| self.code.contains(&format!("{quote}{name}{quote}")))
    }
}

fn cases() -> [Case; 2] {
    [Case::load("estate/estate.toml", "estate/code"), Case::load("demo/estate.toml", "demo")]
}

fn source_files(dir: &Path, files: &mut Vec<PathBuf>) {
    const EXTENSIONS: [&str; 9] = ["go", "java", "js", "kt", "kts", "py", "rs", "ts", "tsx"];
    for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            source_files(&entry, files);
        } else if entry.extension().is_some_and(|end| EXTENSIONS.iter().any(|one| end == *one)) {
            files.push(entry);
        }
    }
}

#[test]
fn what_is_expected_stands_in_the_code() {
    for case in cases() {
        let seen_only = |expect: &[Expectation]| expect.iter().all(|one| one.reason() == "seen-at-runtime");
        for (name, expect) in case.estate.expectations().filter(|(_, expect)| !expect.is_empty()) {
            assert_eq!(case.names_in_code(name), !seen_only(expect), "{name}: {expect:?}");
        }
        for unknown in &case.estate.unknown {
            assert_eq!(case.names_in_code(&unknown.name), unknown.in_code, "{}", unknown.name);
        }
    }
}

#[test]
fn every_rule_and_reason_is_expected_somewhere() {
    let [estate, demo] = cases();
    let all: BTreeSet<&str> = RULES.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(estate.estate.expected_rules(), all);
    assert!(demo.estate.expected_rules().is_subset(&all));
    assert!(demo.estate.expected_rules().len() * 3 > all.len() * 2, "the demo shows most rules");

    let mut reasons: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for expectation in estate.estate.all_expected() {
        reasons.entry(expectation.rule()).or_default().insert(expectation.reason());
    }
    for (rule, known) in RULES {
        assert_eq!(reasons[rule], known.iter().copied().collect(), "{rule}");
    }
}

#[test]
fn much_of_the_demonstration_is_healthy() {
    let [_, demo] = cases();
    let healthy = demo.estate.flags.iter().filter(|flag| flag.expect.is_empty()).count();
    assert!(healthy * 3 > demo.estate.flags.len(), "{healthy} of {}", demo.estate.flags.len());
}

#[test]
fn a_flag_is_expected_to_break_a_rule_once() {
    for case in cases() {
        for (name, expect) in case.estate.expectations() {
            let rules: BTreeSet<&str> = expect.iter().map(Expectation::rule).collect();
            assert_eq!(rules.len(), expect.len(), "{name}");
        }
    }
}

#[test]
fn lifetimes_of_the_server_agree_with_what_is_expected() {
    // The defaults of Unleash 8: a check of the data, not of the rule.
    let lifetime = |flag_type: &str| match flag_type {
        "release" | "experiment" => Some(40.0),
        "operational" => Some(7.0),
        "sunset" => Some(90.0),
        _ => None,
    };
    for case in cases() {
        for flag in &case.estate.flags {
            let open = flag.archived_days.is_none() && flag.completed.is_none() && flag.stale_days.is_none();
            let too_old = open && lifetime(&flag.flag_type).is_some_and(|days| flag.age_days >= days);
            let said = flag.expect.iter().any(|one| one.reason() == "type-lifetime");
            let in_code = case.names_in_code(&flag.name);
            assert_eq!(said, too_old && in_code, "{}", flag.name);
        }
        let steps = plan(&case.estate, lifetime);
        assert!(steps.is_sorted_by(|a, b| a.days >= b.days));
    }
}
