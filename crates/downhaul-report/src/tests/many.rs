//! What the formats with a limit do with more than it allows.

use std::collections::BTreeSet;

use downhaul_core::FlagKey;
use serde_json::Value;

use super::sample::Sample;
use super::snapshots::checked;
use crate::Format;

/// More findings than any reader takes.
fn many() -> Sample {
    let mut sample = Sample::new();
    let finding = sample.verdicts.findings[3].clone();
    sample.verdicts.findings.extend((0..25_000).map(|number| {
        let mut finding = finding.clone();
        finding.flag = Some(FlagKey::new(&format!("flag-{number}")).expect("a key"));
        finding.message = format!("`flag-{number}` `{}`", "long ".repeat(number % 40));
        finding
    }));
    sample
}

#[test]
fn a_comment_holds_the_markdown_and_what_does_not_fit_is_counted() {
    let sample = many();
    let text = checked(&sample.check(), Format::Markdown);
    assert!(text.len() < 65_536, "{} bytes", text.len());
    let shown = text.lines().filter(|line| line.starts_with("- `")).count();
    let open = sample.check().open_findings().count();
    assert!(text.contains(&format!("And {} more findings, which do not fit here.", open - shown)), "{shown} of {open}");
    assert!(text.contains("### Not seen, not told"));
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

/// GitLab drops what bears a fingerprint that it has seen.
#[test]
fn gitlab_gets_every_finding_under_a_fingerprint_of_its_own() {
    let sample = many();
    let issues: Vec<Value> = serde_json::from_str(&checked(&sample.check(), Format::Gitlab)).expect("JSON");
    let fingerprints: BTreeSet<&str> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(fingerprints.len(), issues.len());
    assert!(issues.len() > sample.check().open_findings().count());
}
