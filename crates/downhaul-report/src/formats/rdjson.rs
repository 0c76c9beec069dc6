//! `rdjson`: reviewdog's diagnostics, from which it makes review comments on many code hosts.
//!
//! Columns count bytes of UTF-8 there. What has no place stands where a policy would, since a place is compulsory.

use std::io::{self, Write};

use downhaul_core::{Finding, LineIndex, Location, Position, Severity};
use serde::Serialize;

use crate::printable::printable;
use crate::report::{CheckReport, SourceText};
use crate::wording::{self, PLACELESS};

#[derive(Serialize)]
struct DiagnosticResult {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Place,
    severity: &'static str,
    code: Code,
    #[serde(rename = "relatedLocations", skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// Writes the findings that nobody has accepted, and what is missing.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sources = report.run.sources;
    let findings = report.open_findings().map(|finding| diagnostic(finding, sources));
    let missing = wording::incomplete(report).map(|(_, sentence)| incomplete(&sentence));
    let result = DiagnosticResult {
        source: Source { name: "downhaul", url: "https://github.com/downhaul/downhaul" },
        severity: "WARNING",
        diagnostics: findings.chain(missing).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)
}

fn diagnostic(finding: &Finding, sources: &dyn SourceText) -> Diagnostic {
    let related = finding.related.iter().map(|label| Related {
        message: printable(&label.message).into_owned(),
        location: place(&label.location, sources),
    });
    Diagnostic {
        message: format!("{}\n{}", printable(&finding.message), printable(&finding.remediation)).trim_end().to_owned(),
        location: finding.anchor.location().map_or_else(placeless, |location| place(location, sources)),
        severity: severity(finding.severity),
        code: Code { value: finding.rule.to_owned() },
        related: related.collect(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note | Severity::Off => "INFO",
    }
}

fn incomplete(sentence: &str) -> Diagnostic {
    Diagnostic {
        message: sentence.to_owned(),
        location: placeless(),
        severity: "INFO",
        code: Code { value: "incomplete".to_owned() },
        related: Vec::new(),
    }
}

fn placeless() -> Place {
    Place { path: PLACELESS.to_owned(), range: None }
}

fn place(location: &Location, sources: &dyn SourceText) -> Place {
    let text = sources.text(&location.path);
    let index = text.as_deref().map(LineIndex::new);
    let column = |at: Position, byte: usize| {
        let line = index.as_ref()?.line_span(text.as_deref()?, at.line)?;
        Some(byte.checked_sub(line.start)? + 1)
    };
    let whole_file = location.span().is_empty();
    let point = |at: Position, byte| Point { line: at.line, column: column(at, byte).filter(|_| !whole_file) };
    Place {
        path: printable(&location.path).into_owned(),
        range: Some(Range {
            start: point(location.start, location.start_byte),
            end: point(location.end, location.end_byte),
        }),
    }
}
