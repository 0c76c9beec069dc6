//! Every folder under `fixtures/rules/<rule-id>/` is a case: `case.toml` in, `expected.json` out.
//!
//! With `BLESS=1` in the environment, expectations are written anew instead of compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use downhaul_policy::{check_change, rules};
use serde_json::Value;

use crate::case::Case;
use crate::outcome::render;

/// A case and what came of it.
struct Ran {
    name: String,
    expected_file: PathBuf,
    outcome: Value,
}

#[test]
fn cases_come_out_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for ran in run_all().into_values().flatten() {
        let text = serde_json::to_string_pretty(&ran.outcome).expect("plain JSON") + "\n";
        if bless {
            std::fs::write(&ran.expected_file, &text).expect("the expectation can be written");
        }
        let expected = std::fs::read_to_string(&ran.expected_file).unwrap_or_default();
        if expected != text {
            wrong.push(format!("--- {}\nexpected:\n{expected}\ngot:\n{text}", ran.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_cases_that_find_that_stay_silent_and_that_cannot_be_evaluated() {
    let mut ran = run_all();
    for listing in rules() {
        let id = listing.info.id;
        let cases = ran.remove(id).unwrap_or_default();
        let counts = |ran: &Ran, what: &str| ran.outcome["tally"][what].as_u64().unwrap_or(0);
        assert!(cases.iter().any(|case| counts(case, "findings") > 0), "{id}: no case finds");
        let silent = |case: &Ran| counts(case, "findings") == 0 && counts(case, "passed") > 0;
        assert!(cases.iter().any(silent), "{id}: no case stays silent");
        assert!(cases.iter().any(|case| counts(case, "not_evaluated") > 0), "{id}: no case lacks data");
    }
    assert!(ran.is_empty(), "fixtures of rules that do not exist: {:?}", ran.keys().collect::<Vec<_>>());
}

#[test]
fn every_reason_of_a_rule_has_a_case() {
    let ran = run_all();
    for listing in rules() {
        let cases = ran.get(listing.info.id).map(Vec::as_slice).unwrap_or_default();
        let findings = cases.iter().flat_map(|case| case.outcome["findings"].as_array().expect("a list"));
        let mut shown: Vec<&str> = findings.filter_map(|finding| finding["reason"].as_str()).collect();
        shown.sort_unstable();
        shown.dedup();
        let mut listed = listing.info.reasons.to_vec();
        listed.sort_unstable();
        assert_eq!(shown, listed, "{}", listing.info.id);
    }
}

#[test]
fn fingerprints_tell_findings_apart() {
    for ran in run_all().into_values().flatten() {
        let findings = ran.outcome["findings"].as_array().expect("a list");
        let fingerprints: BTreeSet<&str> =
            findings.iter().filter_map(|finding| finding["fingerprint"].as_str()).collect();
        assert_eq!(fingerprints.len(), findings.len(), "{}", ran.name);
    }
}

/// Every case of every rule, by the rule's id.
pub(crate) fn cases() -> Vec<(String, PathBuf)> {
    let mut cases = Vec::new();
    for rule in folders(&root()) {
        let id = file_name(&rule);
        let of_rule = folders(&rule);
        assert!(!of_rule.is_empty(), "{id} has no case");
        cases.extend(of_rule.into_iter().map(|folder| (id.clone(), folder)));
    }
    cases
}

fn run_all() -> BTreeMap<String, Vec<Ran>> {
    let mut ran: BTreeMap<String, Vec<Ran>> = BTreeMap::new();
    for (id, folder) in cases() {
        let case = Case::read(&folder.join("case.toml"));
        assert!(!case.shows.is_empty());
        let verdicts = check_change(&case.evidence(), &case.policy(), &case.added());
        ran.entry(id.clone()).or_default().push(Ran {
            name: format!("{id}/{}", file_name(&folder)),
            expected_file: folder.join("expected.json"),
            outcome: render(&verdicts, &id),
        });
    }
    ran
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/rules")
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    folders.sort();
    folders
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a folder has a name").to_string_lossy().into_owned()
}
