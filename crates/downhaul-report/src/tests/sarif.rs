//! What GitHub and the standard ask of SARIF, checked on the sample's log as read back through the model.

use std::sync::Arc;

use downhaul_core::{Anchor, Fingerprint, Label, LineIndex, Severity};
use serde_sarif::sarif::{Location, Replacement, Run, Sarif};

use super::sample::{CHECKOUT, FLAGS, Sample, finding};
use super::snapshots::checked;
use crate::Format;
use crate::report::SourceText;

fn log(sample: &Sample) -> String {
    checked(&sample.check(), Format::Sarif)
}

fn run(sample: &Sample) -> Run {
    let mut sarif: Sarif = serde_json::from_str(&log(sample)).expect("the log is SARIF");
    assert_eq!(sarif.runs.len(), 1);
    sarif.runs.remove(0)
}

#[test]
fn reading_and_writing_it_again_changes_nothing() {
    let text = log(&Sample::new());
    let sarif: Sarif = serde_json::from_str(&text).unwrap();
    let again: serde_json::Value = serde_json::to_value(&sarif).unwrap();
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(&text).unwrap());
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn rule_ids_and_indices_agree() {
    let run = run(&Sample::new());
    let rules = run.tool.driver.rules.unwrap();
    let results = run.results.unwrap();
    assert_eq!(results.len(), 6);
    for result in results {
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
    }
}

#[test]
fn every_link_resolves_and_every_related_place_is_linked() {
    let mut links = 0;
    for result in run(&Sample::new()).results.unwrap() {
        let text = result.message.text.unwrap();
        let linked: Vec<i64> = text
            .split("](")
            .skip(1)
            .map(|rest| rest.split_once(')').unwrap().0.parse().expect("links lead to places of the result"))
            .collect();
        let ids: Vec<i64> =
            result.related_locations.unwrap_or_default().iter().map(|place| place.id.unwrap()).collect();
        assert_eq!(linked, ids, "{text}");
        links += ids.len();
    }
    assert_eq!(links, 2);
}

#[test]
fn regions_hold_the_code_they_are_about() {
    let sample = Sample::new();
    let mut compared = 0;
    for result in run(&sample).results.unwrap() {
        let related = result.related_locations.unwrap_or_default();
        for location in result.locations.unwrap().iter().chain(&related) {
            compared += usize::from(region_holds_its_snippet(&sample, location));
        }
    }
    assert_eq!(compared, 6);
}

/// Cuts the text by line and UTF-16 column, as a reader of SARIF does, and compares it with the snippet.
fn region_holds_its_snippet(sample: &Sample, location: &Location) -> bool {
    let place = location.physical_location.as_ref().unwrap();
    let artifact = place.artifact_location.as_ref().unwrap();
    assert_eq!(artifact.uri_base_id.as_deref(), Some("%SRCROOT%"));
    let path = decoded(artifact.uri.as_ref().unwrap());
    let region = place.region.as_ref().unwrap();
    let Some(snippet) = region.snippet.as_ref().and_then(|snippet| snippet.text.as_ref()) else { return false };
    let text: Arc<str> = sample.sources.text(&path).unwrap();
    let offset = |line: i64, column: i64| {
        let line = LineIndex::new(&text).line_span(&text, u32::try_from(line).unwrap()).unwrap();
        let before: Vec<u16> = text[line.start..].encode_utf16().take(usize::try_from(column).unwrap() - 1).collect();
        line.start + String::from_utf16(&before).unwrap().len()
    };
    let first = region.start_line.unwrap();
    let start = offset(first, region.start_column.unwrap_or(1));
    let end = match region.end_column {
        Some(column) => offset(region.end_line.unwrap(), column),
        None => LineIndex::new(&text).line_span(&text, u32::try_from(first).unwrap()).unwrap().end,
    };
    assert_eq!(&text[start..end], snippet);
    true
}

fn decoded(uri: &str) -> String {
    assert!(uri.is_ascii() && !uri.contains(['\\', ' ', ':']) && !uri.starts_with('/'), "{uri}");
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_flag_with_many_places_links_some_and_counts_the_rest() {
    let mut sample = Sample::clean();
    let place = sample.sources.find(CHECKOUT, "ctx");
    let mut one = finding("unknown-flag", Severity::Note, Anchor::Code(place.clone()), "Many.");
    one.related = vec![Label { location: place, message: "there".to_owned() }; 25];
    sample.verdicts.findings.push(one);
    let result = run(&sample).results.unwrap().remove(0);
    assert_eq!(result.related_locations.unwrap().len(), 20);
    assert!(result.message.text.unwrap().ends_with(", [there](20), and 5 more."));
}

#[test]
fn the_commit_is_named_without_the_password_of_the_clone_address() {
    let text = log(&Sample::new());
    assert!(!text.contains("secret"));
    let provenance = run(&Sample::new()).version_control_provenance.unwrap().remove(0);
    assert_eq!(provenance.repository_uri, "https://git.example.com/acme/shop");
    assert_eq!(provenance.branch.as_deref(), Some("main"));
}

/// The lines of `src/checkout.ts` as Microsoft's SARIF multitool hashes them.
#[test]
fn fingerprints_are_ours_and_those_of_github() {
    let sample = Sample::new();
    let results = run(&sample).results.unwrap();
    let hash = |index: usize| results[index].partial_fingerprints.as_ref().unwrap().get("primaryLocationLineHash");
    assert_eq!(hash(0).map(String::as_str), Some("33fc4302c9c0803d:1"));
    assert_eq!(hash(1).map(String::as_str), Some("805c52a69f73a271:1"));
    let ours = results[0].partial_fingerprints.as_ref().unwrap().get(Fingerprint::SCHEME).unwrap();
    assert!(sample.verdicts.findings.iter().any(|finding| finding.fingerprint.as_str() == ours));
}

#[test]
fn results_come_worst_first() {
    let results = run(&Sample::new()).results.unwrap();
    let levels: Vec<String> = results.iter().map(|result| result.level.unwrap().to_string()).collect();
    assert_eq!(levels, ["error", "error", "warning", "warning", "note", "note"]);
}

#[test]
fn what_is_no_result_is_counted() {
    let run = run(&Sample::new());
    let notifications = run.invocations.unwrap().remove(0).tool_execution_notifications.unwrap();
    let of_kind = |kind: &str| {
        let of_kind =
            |n: &&serde_sarif::sarif::Notification| n.descriptor.as_ref().unwrap().id.as_deref() == Some(kind);
        notifications.iter().filter(of_kind).map(|n| n.message.text.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of_kind("accepted"), ["Accepted and therefore left out: 1 finding."]);
    assert_eq!(of_kind("no-place"), ["zombie-flag: Nothing evaluates `light-mode`."]);
    assert_eq!(of_kind("skipped").len(), 2);
    assert_eq!(of_kind("not-evaluated").len(), 1);
    assert!(of_kind("limit").is_empty());
}

#[test]
fn what_github_does_not_show_is_cut_off_and_counted() {
    let mut sample = Sample::clean();
    let anchor = Anchor::Code(sample.sources.find(CHECKOUT, "ctx"));
    for n in 0..5_003 {
        let mut one = finding("unknown-flag", Severity::Note, anchor.clone(), "again");
        one.fingerprint = Fingerprint::of(&[&n.to_string()]);
        sample.verdicts.findings.push(one);
    }
    let worst = finding("unknown-flag", Severity::Error, anchor, "the worst");
    sample.verdicts.findings.push(worst);
    let run = run(&sample);
    let results = run.results.unwrap();
    assert_eq!(results.len(), 5_000);
    assert!(results[0].message.text.as_ref().unwrap().starts_with("the worst"));
    let notifications = run.invocations.unwrap().remove(0).tool_execution_notifications.unwrap();
    let texts: Vec<&str> = notifications.iter().filter_map(|n| n.message.text.as_deref()).collect();
    assert_eq!(texts, ["4 findings beyond the 5000 that are shown."]);
}

fn full_run(sample: &Sample) -> Run {
    let mut sarif: Sarif =
        serde_json::from_str(&checked(&sample.check(), Format::SarifFull)).expect("the log is SARIF");
    sarif.runs.remove(0)
}

#[test]
fn a_viewer_gets_what_is_accepted_and_all_there_is() {
    let mut sample = Sample::new();
    let accepted = |run: &Run| {
        let results = run.results.as_ref().expect("results");
        results.iter().filter(|result| result.suppressions.as_ref().is_some_and(|all| !all.is_empty())).count()
    };
    assert_eq!((accepted(&run(&sample)), accepted(&full_run(&sample))), (0, 1));
    let one = sample.verdicts.findings[3].clone();
    sample.verdicts.findings.extend(std::iter::repeat_n(one, 6_000));
    let run = full_run(&sample);
    assert_eq!(run.results.map(|results| results.len()), Some(6_007));
    let notifications = run.invocations.unwrap().remove(0).tool_execution_notifications.unwrap();
    assert!(!notifications.iter().any(|n| n.descriptor.as_ref().unwrap().id.as_deref() == Some("limit")));
}

/// The change, made by a reader that knows lines and UTF-16 columns only, is the one that the clean-up means.
#[test]
fn a_fix_read_by_line_and_column_is_the_clean_up() {
    let sample = Sample::new();
    let results = full_run(&sample).results.unwrap();
    let fixes: Vec<_> = results.iter().filter_map(|result| result.fixes.as_ref()).collect();
    assert_eq!(fixes.len(), 1, "only one finding proposes a removal");
    let fix = &fixes[0][0];
    let words = fix.description.as_ref().and_then(|message| message.text.clone());
    assert_eq!(words.as_deref(), Some("Take `new-checkout` out and keep the on side; 1 left for a person."));
    let [changed, gone] = &fix.artifact_changes[..] else { panic!("two files change") };
    let text = sample.sources.text(CHECKOUT).unwrap();
    let after = replaced(&text, &changed.replacements[0]);
    assert_eq!(
        after,
        text.replace(
            "if (client.isEnabled(\"new-checkout\", ctx, false)) {\n\t\treturn fast();\n\t}",
            "return fast();"
        )
    );
    let flags = sample.sources.text(FLAGS).unwrap();
    assert_eq!(replaced(&flags, &gone.replacements[0]), "");
}

fn replaced(text: &str, replacement: &Replacement) -> String {
    let region = &replacement.deleted_region;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let offset = |line: Option<i64>, column: Option<i64>| {
        let line = usize::try_from(line.unwrap()).unwrap() - 1;
        let before: Vec<u16> = lines.get(line).unwrap_or(&"").encode_utf16().collect();
        let units = usize::try_from(column.unwrap()).unwrap() - 1;
        lines[..line].concat().len() + String::from_utf16(&before[..units]).unwrap().len()
    };
    let inserted = replacement.inserted_content.as_ref().and_then(|content| content.text.as_deref()).unwrap_or("");
    let (start, end) = (offset(region.start_line, region.start_column), offset(region.end_line, region.end_column));
    format!("{}{inserted}{}", &text[..start], &text[end..])
}

#[test]
fn a_code_flow_leads_from_the_key_to_the_check() {
    let results = full_run(&Sample::new()).results.unwrap();
    let flows: Vec<_> = results.iter().filter_map(|result| result.code_flows.as_ref()).collect();
    assert_eq!(flows.len(), 1);
    let steps = &flows[0][0].thread_flows[0].locations;
    let uri = |n: usize| {
        let place = steps[n].location.as_ref().unwrap().physical_location.as_ref().unwrap();
        place.artifact_location.as_ref().unwrap().uri.clone().unwrap()
    };
    assert_eq!((uri(0).as_str(), uri(1).as_str(), steps.len()), (FLAGS, CHECKOUT, 2));
}

#[test]
fn nothing_found_still_has_results_and_says_nothing_more() {
    let run = run(&Sample::clean());
    assert_eq!(run.results.map(|results| results.len()), Some(0));
    let notifications = run.invocations.unwrap().remove(0).tool_execution_notifications.unwrap();
    assert!(notifications.is_empty());
}
