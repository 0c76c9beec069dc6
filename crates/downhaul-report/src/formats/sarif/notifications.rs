//! What a run has to say beside its results: what was not seen, not told, or not shown.

use downhaul_core::{Skipped, Tally};
use serde_json::json;
use serde_sarif::sarif;

use super::ROOT;
use super::results::{Results, SHOWN};
use crate::printable::printable;
use crate::report::CheckReport;
use crate::uri;
use crate::wording::{count, missing_evidence};

/// How many notifications of one kind are written one by one; the rest are counted.
const LISTED: usize = 100;

/// Something in the tree was not read as intended.
const SKIPPED: &str = "skipped";
/// A rule could not be evaluated on some of its subjects.
const NOT_EVALUATED: &str = "not-evaluated";
/// A finding has no place in the repository, so it is not among the results.
const NO_PLACE: &str = "no-place";
/// There are more findings than results that are shown.
const LIMIT: &str = "limit";
/// Findings that somebody has accepted are not among the results.
const ACCEPTED: &str = "accepted";

/// Everything there is to say.
pub(super) fn all(report: &CheckReport<'_>, results: &Results) -> Vec<sarif::Notification> {
    let mut all = Vec::new();
    all.extend(report.run.skipped.iter().take(LISTED).map(skipped));
    all.extend(rest(report.run.skipped.len(), SKIPPED, "warning", "place", "in the tree"));
    if report.run.skipped.is_empty() && !report.run.complete {
        all.push(notification(SKIPPED, "warning", "The scan is not complete."));
    }
    all.extend(report.verdicts.tally.iter().filter_map(|tally| not_evaluated(tally, report)));
    all.extend(results.nowhere.iter().take(LISTED).map(|finding| notification(NO_PLACE, "note", finding)));
    all.extend(rest(results.nowhere.len(), NO_PLACE, "note", "finding", "without a place"));
    if results.beyond > 0 {
        let text = format!("{} beyond the {SHOWN} that are shown.", count(results.beyond, "finding"));
        all.push(notification(LIMIT, "warning", &text));
    }
    if results.accepted > 0 {
        let text = format!("Accepted and therefore left out: {}.", count(results.accepted, "finding"));
        all.push(notification(ACCEPTED, "note", &text));
    }
    all
}

fn notification(kind: &str, level: &str, text: &str) -> sarif::Notification {
    sarif::Notification::builder()
        .descriptor(sarif::ReportingDescriptorReference::builder().id(kind).build())
        .level(json!(level))
        .message(sarif::Message::builder().text(text).build())
        .build()
}

fn rest(all: usize, kind: &str, level: &str, noun: &str, which: &str) -> Option<sarif::Notification> {
    let rest = all.saturating_sub(LISTED);
    (rest > 0).then(|| notification(kind, level, &format!("And {} more {which}.", count(rest, noun))))
}

fn skipped(entry: &Skipped) -> sarif::Notification {
    let text = format!("{}: {}.", entry.reason.as_str(), printable(&entry.detail));
    let artifact = sarif::ArtifactLocation::builder().uri(uri::of_path(&entry.path)).uri_base_id(ROOT).build();
    let place = sarif::PhysicalLocation::builder().artifact_location(artifact).build();
    let mut notification = notification(SKIPPED, "warning", &text);
    notification.locations = Some(vec![sarif::Location::builder().physical_location(place).build()]);
    notification
}

fn not_evaluated(tally: &Tally, report: &CheckReport<'_>) -> Option<sarif::Notification> {
    let mut notification = notification(NOT_EVALUATED, "warning", &format!("{}.", missing_evidence(tally)?));
    let mut rule = sarif::ReportingDescriptorReference::builder().id(tally.rule).build();
    let index = report.rules.iter().position(|info| info.id == tally.rule);
    rule.index = index.and_then(|index| i64::try_from(index).ok());
    notification.associated_rule = Some(rule);
    Some(notification)
}
