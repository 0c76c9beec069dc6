//! SARIF from the binary: what identifies a finding survives moved lines, and tells equals apart.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::harness::{downhaul, project, run, tree, write};

const FROZEN: &str = "import { initialize } from 'unleash-client';\n\
                      const unleash = initialize({ url: 'u', appName: 'a' });\n\
                      const first = unleash.isEnabled('new-checkout');\n\
                      const second = unleash.isEnabled('new-checkout');\n\
                      export { first, second };\n";

fn sarif(folder: &Path) -> Value {
    run(downhaul(folder).args(["check", "--offline", "--format", "sarif", "--fail-on", "never"])).exits(0).json()
}

/// Line → (our fingerprint, GitHub's).
fn fingerprints(sarif: &Value) -> BTreeMap<u64, (String, String)> {
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| {
            let line = result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().expect("a line");
            let prints = &result["partialFingerprints"];
            let print = |key: &str| prints[key].as_str().expect("a fingerprint").to_owned();
            (line, (print("downhaulFinding/v1"), print("primaryLocationLineHash")))
        })
        .collect()
}

#[test]
fn fifty_lines_above_change_no_fingerprint() {
    let repo = tree(&[("src/a.ts", FROZEN)]);
    let before = fingerprints(&sarif(repo.path()));
    assert_eq!(before.len(), 2, "{before:?}");
    write(repo.path(), "src/a.ts", format!("{}{FROZEN}", "// another line\n".repeat(50)).as_bytes());
    let after = fingerprints(&sarif(repo.path()));
    let moved: BTreeMap<u64, (String, String)> = before.into_iter().map(|(line, prints)| (line + 50, prints)).collect();
    assert_eq!(moved, after);
}

#[test]
fn two_equal_calls_in_one_file_differ() {
    let twice =
        FROZEN.replace("second = unleash.isEnabled('new-checkout')", "second  =  unleash.isEnabled('new-checkout')");
    let repo = tree(&[("src/a.ts", &twice)]);
    let prints = fingerprints(&sarif(repo.path()));
    let ours: Vec<&String> = prints.values().map(|(ours, _)| ours).collect();
    assert_eq!(ours.len(), 2);
    assert_ne!(ours[0], ours[1]);
}

/// Every region of the demo's SARIF holds the text that it is about, by an independent count of lines and columns.
#[test]
fn regions_point_at_their_text() {
    let demo = project().join("fixtures/demo");
    let log = run(downhaul(&demo).args(["check", "--offline", "--root", ".", "--format", "sarif"])).exits(1).json();
    let results = log["runs"][0]["results"].as_array().expect("results");
    let mut seen = 0;
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a uri");
        let text = std::fs::read_to_string(demo.join(uri)).expect("the uri names a file");
        if uri.ends_with("downhaul.toml") {
            continue;
        }
        let number = |name: &str| usize::try_from(place["region"][name].as_u64().expect("a number")).expect("fits");
        let line: Vec<u16> = text.lines().nth(number("startLine") - 1).expect("a line").encode_utf16().collect();
        let end = if number("endLine") == number("startLine") { number("endColumn") - 1 } else { line.len() };
        let shown = String::from_utf16(&line[number("startColumn") - 1..end]).expect("whole characters");
        assert!(!shown.trim().is_empty() && shown.trim() == shown, "{uri}: `{shown}`");
        seen += 1;
    }
    assert!(seen >= 7, "{seen} results with code");
}
