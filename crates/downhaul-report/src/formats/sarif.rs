//! `sarif`: SARIF 2.1.0, one run on one line.
//!
//! GitHub opens an alert for every result, accepted or not, and wants each to have a place. So in `sarif` what is
//! accepted, what has no place and what is too much is counted in a notification instead. Viewers know suppressions,
//! fixes and code flows: they get `sarif-full`. Columns are in UTF-16 units, paths relative to the root.

mod clean;
mod details;
mod notifications;
mod results;
mod rules;
mod taxonomies;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::json;
use serde_sarif::sarif;

use crate::json::write_compact;
use crate::report::{CheckReport, GateVerdict, Revision};
use crate::uri;
pub(crate) use clean::clean;
use results::Results;

/// The schema that the log states: the final one of OASIS.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What locations are relative to.
const ROOT: &str = "%SRCROOT%";

/// Who is going to read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// GitHub's code scanning.
    CodeScanning,
    /// A viewer of SARIF, in an editor or a browser.
    Viewer,
}

/// Writes the log of a check for code scanning.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_log(report, Reader::CodeScanning, out)
}

pub(super) fn write_log(report: &CheckReport<'_>, reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let run = run(report, reader);
    let log = sarif::Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build();
    write_compact(&log, out)?;
    writeln!(out)
}

fn run(report: &CheckReport<'_>, reader: Reader) -> sarif::Run {
    let results = Results::new(report, reader);
    let mut run = sarif::Run::builder()
        .tool(sarif::Tool::builder().driver(driver(report)).build())
        .automation_details(sarif::RunAutomationDetails::builder().id("downhaul/").build())
        .column_kind(json!("utf16CodeUnits"))
        .newline_sequences(["\r\n", "\n", "\r"].map(str::to_owned))
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root())]))
        .invocations(vec![invocation(report, &results)])
        .results(results.shown)
        .build();
    run.taxonomies = taxonomies::all(report.rules);
    run.version_control_provenance = report.run.revision.as_ref().and_then(provenance).map(|details| vec![details]);
    run
}

fn driver(report: &CheckReport<'_>) -> sarif::ToolComponent {
    let mut driver = sarif::ToolComponent::builder()
        .name("downhaul")
        .version(report.run.tool_version)
        .semantic_version(report.run.tool_version)
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(report.rules.iter().map(|info| rules::descriptor(info)).collect::<Vec<_>>())
        .build();
    driver.supported_taxonomies = taxonomies::references(report.rules);
    driver
}

/// Named without an address: where the tree lies on one machine is nobody else's business, and readers put their own
/// check-out in its place.
fn root() -> sarif::ArtifactLocation {
    sarif::ArtifactLocation::builder().description("The root of the scanned tree.").build()
}

fn invocation(report: &CheckReport<'_>, results: &Results) -> sarif::Invocation {
    sarif::Invocation::builder()
        .execution_successful(report.verdict != GateVerdict::Incomplete)
        .tool_execution_notifications(notifications::all(report, results))
        .build()
}

/// The commit, where the repository is known: SARIF has no commit without one.
fn provenance(revision: &Revision<'_>) -> Option<sarif::VersionControlDetails> {
    let repository = uri::without_credentials(revision.repository?)?;
    let mapped_to = sarif::ArtifactLocation::builder().uri_base_id(ROOT).build();
    let mut details = sarif::VersionControlDetails::builder().repository_uri(repository).mapped_to(mapped_to).build();
    details.revision_id = revision.commit.map(str::to_owned);
    details.branch = revision.branch.map(str::to_owned);
    Some(details)
}
