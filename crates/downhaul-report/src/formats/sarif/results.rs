//! Findings as results, worst first, as many as GitHub shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use downhaul_core::finding::Suppression;
use downhaul_core::{Finding, Fingerprint, Label, LineIndex, Location};
use serde_json::json;
use serde_sarif::sarif;

use super::{ROOT, Reader, details, rules};
use crate::line_hash::LineHashes;
use crate::printable::printable;
use crate::report::{CheckReport, Details, SourceText};
use crate::uri;

/// GitHub shows this many results of a run.
pub(super) const SHOWN: usize = 5_000;

/// Of the related places this many are linked: GitHub shows what the message links to, and a message has to be read.
const RELATED: usize = 20;

/// The results, and how many findings are none.
pub(super) struct Results {
    /// Sorted by level, path and line.
    pub(super) shown: Vec<sarif::Result>,
    /// Findings beyond [`SHOWN`].
    pub(super) beyond: usize,
    /// Findings that are left out because somebody has accepted them.
    pub(super) accepted: usize,
    /// Findings that have no place in the repository, as they are to be told.
    pub(super) nowhere: Vec<String>,
}

impl Results {
    /// Takes the findings that are to be told: all, or those that nobody has accepted and that are shown.
    pub(super) fn new(report: &CheckReport<'_>, reader: Reader) -> Self {
        let mut nowhere = Vec::new();
        let mut located: Vec<(&Finding, &Location)> = Vec::new();
        let told = |finding: &&Finding| reader == Reader::Viewer || finding.suppressed.is_none();
        for finding in report.verdicts.findings.iter().filter(told) {
            match finding.anchor.location() {
                Some(location) => located.push((finding, location)),
                None => nowhere.push(format!("{}: {}", finding.rule, printable(&finding.message))),
            }
        }
        // Every rule has the same precision, so it does not stand between level and path.
        located.sort_by(|(a, at_a), (b, at_b)| {
            let worst = Reverse(a.severity).cmp(&Reverse(b.severity));
            let place = || at_a.cmp(at_b);
            worst.then_with(place).then_with(|| (a.rule, &a.fingerprint).cmp(&(b.rule, &b.fingerprint)))
        });
        let shown = if reader == Reader::Viewer { located.len() } else { SHOWN };
        let beyond = located.len().saturating_sub(shown);
        located.truncate(shown);
        let details = report.details.filter(|_| reader == Reader::Viewer);
        let mut writer = Writer { report, details, hashes: BTreeMap::new() };
        let shown = located.iter().map(|(finding, at)| writer.result(finding, at)).collect();
        let accepted = if reader == Reader::Viewer { 0 } else { report.suppressed_count() };
        Results { shown, beyond, accepted, nowhere }
    }
}

/// Keeps the hashes of files that have more than one result.
struct Writer<'r, 'a> {
    report: &'r CheckReport<'a>,
    details: Option<Details<'a>>,
    hashes: BTreeMap<String, Option<LineHashes>>,
}

impl Writer<'_, '_> {
    fn result(&mut self, finding: &Finding, location: &Location) -> sarif::Result {
        let related = &finding.related[..finding.related.len().min(RELATED)];
        let mut result = sarif::Result::builder()
            .rule_id(finding.rule)
            .level(rules::level(finding.severity))
            .message(sarif::Message::builder().text(message(finding, related)).build())
            .locations(vec![self.primary(finding, location)])
            .partial_fingerprints(self.fingerprints(finding, location))
            .properties(properties(finding))
            .build();
        let index = self.report.rules.iter().position(|info| info.id == finding.rule);
        result.rule_index = index.and_then(|index| i64::try_from(index).ok());
        result.suppressions = finding.suppressed.as_ref().map(|accepted| vec![suppression(accepted)]);
        let sources = self.report.run.sources;
        if let Some(details) = self.details {
            result.code_flows = details::code_flow(finding, details.references, sources).map(|flow| vec![flow]);
            result.fixes = details::fix(finding, details.fixes).map(|fix| vec![fix]);
        }
        if !related.is_empty() {
            result.related_locations =
                Some((1..).zip(related).map(|(id, label)| secondary(id, label, sources)).collect());
        }
        result
    }

    fn primary(&self, finding: &Finding, location: &Location) -> sarif::Location {
        let mut primary =
            sarif::Location::builder().physical_location(physical(location, self.report.run.sources)).build();
        primary.logical_locations = finding
            .logical
            .as_ref()
            .map(|logical| vec![sarif::LogicalLocation::builder().fully_qualified_name(logical.name.as_str()).build()]);
        primary
    }

    fn fingerprints(&mut self, finding: &Finding, location: &Location) -> BTreeMap<String, String> {
        let mut fingerprints =
            BTreeMap::from([(Fingerprint::SCHEME.to_owned(), finding.fingerprint.as_str().to_owned())]);
        let sources = self.report.run.sources;
        let hashes = self
            .hashes
            .entry(location.path.to_string())
            .or_insert_with(|| sources.text_as_uploaded(&location.path).map(|text| LineHashes::new(&text)));
        if let Some(hash) = hashes.as_ref().and_then(|hashes| hashes.line(location.start.line)) {
            fingerprints.insert("primaryLocationLineHash".to_owned(), hash.to_owned());
        }
        fingerprints
    }
}

/// What is wrong, what to do, and links to the related places.
fn message(finding: &Finding, related: &[Label]) -> String {
    let mut text = format!("{} {}", plain(&finding.message), plain(&finding.remediation));
    if !related.is_empty() {
        let links = (1..).zip(related).map(|(id, label)| format!("[{}]({id})", link_text(&label.message)));
        text.push_str(&format!(" See also: {}", links.collect::<Vec<String>>().join(", ")));
        match finding.related.len() - related.len() {
            0 => text.push('.'),
            more => text.push_str(&format!(", and {more} more.")),
        }
    }
    text
}

/// Text in which no reader sees a link: SARIF makes one of `[…](…)`, and how it is escaped differs between readers.
pub(super) fn plain(text: &str) -> String {
    printable(text).replace("](", "] (")
}

/// A comment stands in the source; the policy and the baseline stand elsewhere.
fn suppression(accepted: &Suppression) -> sarif::Suppression {
    let kind = if accepted.kind == "inline" { "inSource" } else { "external" };
    sarif::Suppression::builder().kind(json!(kind)).justification(plain(&accepted.justification)).build()
}

fn link_text(text: &str) -> String {
    let text = printable(text).replace('[', "(").replace(']', ")");
    if text.is_empty() { "here".to_owned() } else { text }
}

fn secondary(id: i64, label: &Label, sources: &dyn SourceText) -> sarif::Location {
    sarif::Location::builder()
        .id(id)
        .message(sarif::Message::builder().text(plain(&label.message)).build())
        .physical_location(physical(&label.location, sources))
        .build()
}

pub(super) fn physical(location: &Location, sources: &dyn SourceText) -> sarif::PhysicalLocation {
    let artifact = sarif::ArtifactLocation::builder().uri(uri::of_path(&location.path)).uri_base_id(ROOT).build();
    sarif::PhysicalLocation::builder().artifact_location(artifact).region(region(location, sources)).build()
}

/// The span; the whole line for what concerns a file as a whole.
fn region(location: &Location, sources: &dyn SourceText) -> sarif::Region {
    let text = sources.text(&location.path);
    let mut region = sarif::Region::builder().start_line(location.start.line).build();
    let span = if location.span().is_empty() {
        text.as_deref().and_then(|text| LineIndex::new(text).line_span(text, location.start.line))
    } else {
        region.start_column = Some(location.start.column.into());
        region.end_line = Some(location.end.line.into());
        region.end_column = Some(location.end.column.into());
        Some(location.span())
    };
    let snippet = text.as_deref().zip(span).and_then(|(text, span)| text.get(span));
    region.snippet = snippet
        .filter(|snippet| !snippet.is_empty() && snippet.len() <= SNIPPET)
        .map(|snippet| sarif::ArtifactContent::builder().text(snippet).build());
    region
}

/// Bytes of code that a result repeats at most.
const SNIPPET: usize = 1_000;

fn properties(finding: &Finding) -> sarif::PropertyBag {
    let mut properties = BTreeMap::from([("reason".to_owned(), json!(finding.reason))]);
    let optional = [
        ("flag", finding.flag.as_ref().map(|flag| flag.as_str())),
        ("project", finding.project.as_deref()),
        ("environment", finding.environment.as_deref()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            properties.insert(name.to_owned(), json!(value));
        }
    }
    sarif::PropertyBag::builder().additional_properties(properties).build()
}
