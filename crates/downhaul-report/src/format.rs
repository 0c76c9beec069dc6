//! The list of formats, and what each can render.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::formats::{concise, github, json, jsonl, sarif, text};
use crate::report::{CheckReport, ScanReport};

/// A way to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One line for each finding or reference.
    Concise,
    /// Workflow commands that GitHub shows as annotations.
    Github,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// For people at a terminal, with the code.
    Text,
}

impl Format {
    /// Every format, by name.
    pub const ALL: [Format; 6] =
        [Format::Concise, Format::Github, Format::Json, Format::Jsonl, Format::Sarif, Format::Text];

    /// The name as options write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Concise => "concise",
            Format::Github => "github",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Sarif => "sarif",
            Format::Text => "text",
        }
    }

    /// Whether `scan` can be written so; every format can hold what `check` says.
    pub fn is_for_scan(self) -> bool {
        match self {
            Format::Concise | Format::Json | Format::Jsonl | Format::Text => true,
            Format::Github | Format::Sarif => false,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = ReportError;

    fn from_str(name: &str) -> Result<Self, ReportError> {
        Format::ALL
            .into_iter()
            .find(|format| format.as_str() == name)
            .ok_or_else(|| ReportError::UnknownFormat(name.to_owned()))
    }
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The user's move: no format has this name.
    #[error("there is no format `{0}`; the formats are {list}", list = names(&Format::ALL))]
    UnknownFormat(String),
    /// The user's move: the format holds findings, and a scan has none.
    #[error("format {0} is for check; scan can be written as {list}", list = names(&scan_formats()))]
    NotForScan(Format),
    /// The move of whoever owns the output: it could not be written to.
    #[error("the report could not be written: {0}")]
    Write(#[from] io::Error),
}

fn scan_formats() -> Vec<Format> {
    Format::ALL.into_iter().filter(|format| format.is_for_scan()).collect()
}

fn names(formats: &[Format]) -> String {
    formats.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ")
}

/// Writes what `check` has to say.
///
/// # Errors
/// Those of `out`.
pub fn render_check(report: &CheckReport<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Concise => concise::check(report, out),
        Format::Github => github::check(report, out),
        Format::Json => json::check(report, out),
        Format::Jsonl => jsonl::check(report, out),
        Format::Sarif => sarif::check(report, out),
        Format::Text => text::check(report, out),
    }
}

/// Writes what `scan` has to say.
///
/// # Errors
/// [`ReportError::NotForScan`] for a format that holds findings only, [`ReportError::Write`] for what `out` says.
pub fn render_scan(report: &ScanReport<'_>, format: Format, out: &mut dyn Write) -> Result<(), ReportError> {
    match format {
        Format::Concise => concise::scan(report, out)?,
        Format::Json => json::scan(report, out)?,
        Format::Jsonl => jsonl::scan(report, out)?,
        Format::Text => text::scan(report, out)?,
        Format::Github | Format::Sarif => return Err(ReportError::NotForScan(format)),
    }
    Ok(())
}
