//! A clean-up as SARIF: what it leaves for a person is a result; what it refuses, and has no place, a notification.

use std::collections::BTreeMap;
use std::io::{self, Write};

use downhaul_core::{CleanedFlag, Left};
use serde_json::json;
use serde_sarif::sarif;

use super::results::{SHOWN, physical, plain};
use super::{SCHEMA, root};
use crate::json::write_compact;
use crate::line_hash::LineHashes;
use crate::report::CleanReport;

/// The only rule.
const RULE: &str = "flag-left-in-place";

/// Writes the log of a clean-up.
pub(crate) fn clean(report: &CleanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let log = sarif::Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run(report)]).build();
    write_compact(&log, out)?;
    writeln!(out)
}

fn run(report: &CleanReport<'_>) -> sarif::Run {
    let driver = sarif::ToolComponent::builder()
        .name("downhaul")
        .version(report.run.tool_version)
        .semantic_version(report.run.tool_version)
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(vec![rule()])
        .build();
    sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver).build())
        .automation_details(sarif::RunAutomationDetails::builder().id("downhaul-clean/").build())
        .column_kind(json!("utf16CodeUnits"))
        .newline_sequences(["\r\n", "\n", "\r"].map(str::to_owned))
        .original_uri_base_ids(BTreeMap::from([(super::ROOT.to_owned(), root())]))
        .invocations(vec![invocation(report)])
        .results(results(report))
        .build()
}

fn rule() -> sarif::ReportingDescriptor {
    let text = |text: &str| sarif::MultiformatMessageString::builder().text(text).build();
    sarif::ReportingDescriptor::builder()
        .id(RULE)
        .name("FlagLeftInPlace")
        .short_description(text("A flag was taken out, and this place of it stays for a person."))
        .full_description(text(
            "The clean-up changes only what it can show to be right. What it leaves, it lists with the reason.",
        ))
        .help(text("Look at the place, and take the flag out of it by hand, or leave it on purpose."))
        .default_configuration(sarif::ReportingConfiguration::builder().level(json!("note")).build())
        .build()
}

fn results(report: &CleanReport<'_>) -> Vec<sarif::Result> {
    let mut left: Vec<(&CleanedFlag, &Left)> =
        report.cleaned.flags.iter().flat_map(|flag| flag.left.iter().map(move |left| (flag, left))).collect();
    left.sort_by_key(|(flag, left)| (*left, &flag.removal.flag));
    let sources = report.run.sources;
    let mut hashes: BTreeMap<&str, Option<LineHashes>> = BTreeMap::new();
    let mut results = Vec::new();
    for (flag, left) in left.into_iter().take(SHOWN) {
        let path: &str = &left.location.path;
        let lines =
            hashes.entry(path).or_insert_with(|| sources.text_as_uploaded(path).map(|text| LineHashes::new(&text)));
        let hash = lines.as_ref().and_then(|lines| lines.line(left.location.start.line)).map(str::to_owned);
        let location = sarif::Location::builder().physical_location(physical(&left.location, sources)).build();
        let message = format!("`{}` stays here: {}", flag.removal.flag, left.why);
        let mut result = sarif::Result::builder()
            .rule_id(RULE)
            .rule_index(0)
            .level(sarif::ResultLevel::Note)
            .message(sarif::Message::builder().text(plain(&message)).build())
            .locations(vec![location])
            .build();
        result.partial_fingerprints = hash.map(|hash| BTreeMap::from([("primaryLocationLineHash".to_owned(), hash)]));
        results.push(result);
    }
    results
}

fn invocation(report: &CleanReport<'_>) -> sarif::Invocation {
    let refused = report.cleaned.flags.iter().filter_map(|flag| Some((&flag.removal.flag, flag.refused.as_ref()?)));
    let undecided = report.undecided.iter().map(|(flag, why)| (flag, why));
    let told = refused.chain(undecided).map(|(flag, why)| {
        sarif::Notification::builder()
            .level(json!("warning"))
            .message(sarif::Message::builder().text(plain(&format!("`{flag}` is refused: {why}"))).build())
            .build()
    });
    sarif::Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(told.collect::<Vec<_>>())
        .build()
}
