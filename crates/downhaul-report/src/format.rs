//! The list of formats, and what each can render.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::formats::{concise, github, gitlab, json, jsonl, junit, markdown, rdjson, sarif, sarif_full, text};
use crate::report::{CheckReport, CleanReport, ScanReport};

/// A way to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One line for each finding or reference.
    Concise,
    /// Workflow commands that GitHub shows as annotations.
    Github,
    /// A Code Quality report, which GitLab shows in merge requests.
    Gitlab,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// JUnit's XML, which most CI servers show as test results.
    Junit,
    /// Markdown, for step summaries and comments.
    Markdown,
    /// Reviewdog's diagnostics.
    Rdjson,
    /// SARIF 2.1.0 as code scanning takes it.
    Sarif,
    /// SARIF 2.1.0 with all there is to know, for viewers.
    SarifFull,
    /// For people at a terminal, with the code.
    Text,
}

type RenderCheck = for<'a> fn(&CheckReport<'a>, &mut dyn Write) -> io::Result<()>;
type RenderScan = for<'a> fn(&ScanReport<'a>, &mut dyn Write) -> io::Result<()>;

/// What writes a format.
struct Renderer {
    format: Format,
    name: &'static str,
    check: RenderCheck,
    /// `None` for a format that holds findings only.
    scan: Option<RenderScan>,
}

/// In the order of the variants, which is that of the names.
const RENDERERS: [Renderer; 11] = [
    Renderer { format: Format::Concise, name: "concise", check: concise::check, scan: Some(concise::scan) },
    Renderer { format: Format::Github, name: "github", check: github::check, scan: None },
    Renderer { format: Format::Gitlab, name: "gitlab", check: gitlab::check, scan: None },
    Renderer { format: Format::Json, name: "json", check: json::check, scan: Some(json::scan) },
    Renderer { format: Format::Jsonl, name: "jsonl", check: jsonl::check, scan: Some(jsonl::scan) },
    Renderer { format: Format::Junit, name: "junit", check: junit::check, scan: None },
    Renderer { format: Format::Markdown, name: "markdown", check: markdown::check, scan: None },
    Renderer { format: Format::Rdjson, name: "rdjson", check: rdjson::check, scan: None },
    Renderer { format: Format::Sarif, name: "sarif", check: sarif::check, scan: None },
    Renderer { format: Format::SarifFull, name: "sarif-full", check: sarif_full::check, scan: None },
    Renderer { format: Format::Text, name: "text", check: text::check, scan: Some(text::scan) },
];

impl Format {
    /// Every format, by name.
    pub fn all() -> impl Iterator<Item = Format> {
        RENDERERS.iter().map(|renderer| renderer.format)
    }

    /// The name as options write it.
    pub fn as_str(self) -> &'static str {
        self.renderer().name
    }

    /// Whether `scan` can be written so; every format can hold what `check` says.
    pub fn is_for_scan(self) -> bool {
        self.renderer().scan.is_some()
    }

    fn renderer(self) -> &'static Renderer {
        &RENDERERS[self as usize]
    }
}

impl Format {
    /// Whether `clean` can be written so.
    pub fn is_for_clean(self) -> bool {
        matches!(self, Format::Json | Format::Sarif | Format::Text)
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
        Format::all().find(|format| format.as_str() == name).ok_or_else(|| ReportError::UnknownFormat(name.to_owned()))
    }
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The user's move: no format has this name.
    #[error("there is no format `{0}`; the formats are {list}", list = names(Format::all()))]
    UnknownFormat(String),
    /// The user's move: the format holds findings, and a scan has none.
    #[error(
        "format {0} is for check; scan can be written as {list}",
        list = names(Format::all().filter(|format| format.is_for_scan()))
    )]
    NotForScan(Format),
    /// The user's move: the format cannot hold a clean-up.
    #[error("format {0} is not for clean; it can be written as json, text")]
    NotForClean(Format),
    /// The move of whoever owns the output: it could not be written to.
    #[error("the report could not be written: {0}")]
    Write(#[from] io::Error),
}

fn names(formats: impl Iterator<Item = Format>) -> String {
    formats.map(Format::as_str).collect::<Vec<_>>().join(", ")
}

/// Writes what `check` has to say.
///
/// # Errors
/// Those of `out`.
pub fn render_check(report: &CheckReport<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
    (format.renderer().check)(report, out)
}

/// Writes what `scan` has to say.
///
/// # Errors
/// [`ReportError::NotForScan`] for a format that holds findings only, [`ReportError::Write`] for what `out` says.
pub fn render_scan(report: &ScanReport<'_>, format: Format, out: &mut dyn Write) -> Result<(), ReportError> {
    let scan = format.renderer().scan.ok_or(ReportError::NotForScan(format))?;
    Ok(scan(report, out)?)
}

/// Writes what `clean` has to say.
///
/// # Errors
/// [`ReportError::NotForClean`] for a format that cannot hold it, [`ReportError::Write`] for what `out` says.
pub fn render_clean(report: &CleanReport<'_>, format: Format, out: &mut dyn Write) -> Result<(), ReportError> {
    match format {
        Format::Json => json::clean(report, out)?,
        Format::Sarif => sarif::clean(report, out)?,
        Format::Text => text::clean(report, out)?,
        _ => return Err(ReportError::NotForClean(format)),
    }
    Ok(())
}
