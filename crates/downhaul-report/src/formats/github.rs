//! `github`: workflow commands that GitHub Actions shows as annotations.
//!
//! A step may show ten of each kind; what comes after is only in the log. So the worst come first, and the last of the
//! ten says how many more there are.

use std::io::{self, Write};

use downhaul_core::{Finding, Location, Severity};

use crate::printable::printable;
use crate::report::CheckReport;
use crate::wording::{self, count, cut};

/// Annotations of one kind that a step shows.
const SHOWN: usize = 10;

/// UTF-16 units of a message that are shown.
const MESSAGE: usize = 4_096;

/// Writes errors, warnings, and notices; what is missing stands among the notices.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_some("error", &annotations(report, "error"), out)?;
    write_some("warning", &annotations(report, "warning"), out)?;
    let mut notices: Vec<String> = missing(report).into_iter().collect();
    notices.extend(annotations(report, "notice"));
    write_some("notice", &notices, out)
}

/// The annotations of one kind. Findings on lines that the change adds come first: a reviewer can still act on them.
fn annotations(report: &CheckReport<'_>, kind: &str) -> Vec<String> {
    let mut findings: Vec<&Finding> =
        report.open_findings().filter(|finding| kind_of(finding.severity) == kind).collect();
    findings.sort_by_key(|finding| (!finding.new, finding.anchor.location().is_none()));
    findings.into_iter().map(|finding| annotation(kind, finding)).collect()
}

fn kind_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Off => "notice",
    }
}

fn write_some(kind: &str, commands: &[String], out: &mut dyn Write) -> io::Result<()> {
    let one_by_one = if commands.len() > SHOWN { SHOWN - 1 } else { commands.len() };
    for command in &commands[..one_by_one] {
        writeln!(out, "{command}")?;
    }
    match commands.len() - one_by_one {
        0 => Ok(()),
        more => {
            let text = format!("{}; a report in another format holds them all.", count(more, &format!("more {kind}")));
            writeln!(out, "{}", command(kind, &[("title", "downhaul".to_owned())], &text))
        }
    }
}

fn annotation(kind: &str, finding: &Finding) -> String {
    let mut properties = finding.anchor.location().map(place).unwrap_or_default();
    properties.push(("title", finding.rule.to_owned()));
    command(kind, &properties, &format!("{}\n{}", printable(&finding.message), printable(&finding.remediation)))
}

/// Columns are only understood where the place is on one line.
fn place(location: &Location) -> Vec<(&'static str, String)> {
    let mut place = vec![
        ("file", printable(&location.path).into_owned()),
        ("line", location.start.line.to_string()),
        ("endLine", location.end.line.to_string()),
    ];
    if location.start.line == location.end.line && !location.span().is_empty() {
        place.push(("col", location.start.column.to_string()));
        place.push(("endColumn", location.end.column.to_string()));
    }
    place
}

/// One notice about everything that was not seen or could not be told.
fn missing(report: &CheckReport<'_>) -> Option<String> {
    let evidence = wording::missing_evidence_by_reason(&report.verdicts.tally);
    let sentences: Vec<String> = wording::missing_files(&report.run).into_iter().chain(evidence).collect();
    let title = [("title", "downhaul: incomplete".to_owned())];
    (!sentences.is_empty()).then(|| command("notice", &title, &sentences.join("\n")))
}

/// `::kind key=value,…::message`, escaped as the runner unescapes it.
fn command(kind: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect::<Vec<_>>().join(",");
    format!("::{kind} {properties}::{}", data(&cut(message, MESSAGE)))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
