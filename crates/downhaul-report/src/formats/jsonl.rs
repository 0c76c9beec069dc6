//! `jsonl`: one object a line. The first holds what the document of `json` says about the run as a whole; each of the
//! others bears a `type` that says what it is.

use std::io::{self, Write};

use serde::Serialize;

use crate::json::{v1, write_compact};
use crate::report::{CheckReport, ScanReport};

/// An entry of one of the document's lists.
#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    entry: &'a T,
}

/// Writes the head, then what was skipped, the findings and the rules.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = v1::Check::from(report);
    head("check", &document.head, out)?;
    lines("skipped", &document.skipped, out)?;
    lines("finding", &document.findings, out)?;
    lines("rule", &document.rules, out)
}

/// Writes the head, then what was skipped and the references.
pub(crate) fn scan(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = v1::Scan::from(report);
    head("scan", &document.head, out)?;
    lines("skipped", &document.skipped, out)?;
    lines("reference", &document.references, out)?;
    lines("removed", document.removed.as_deref().unwrap_or_default(), out)
}

/// The first line: like every document it begins with version and tool, so its type comes last.
fn head(kind: &'static str, head: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Head<'a, T> {
        #[serde(flatten)]
        head: &'a T,
        #[serde(rename = "type")]
        kind: &'static str,
    }
    write_compact(&Head { head, kind }, out)?;
    writeln!(out)
}

fn lines(kind: &'static str, entries: &[impl Serialize], out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        write_compact(&Line { kind, entry }, out)?;
        writeln!(out)?;
    }
    Ok(())
}
