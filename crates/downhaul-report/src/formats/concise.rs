//! `concise`: one line for each finding or reference, as editors and `grep` read them. What has no place bears `-`.

use std::io::{self, Write};

use downhaul_core::Finding;

use crate::printable::printable;
use crate::report::{CheckReport, ScanReport};
use crate::wording;

/// Writes the findings that nobody has accepted, and what is missing.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.open_findings() {
        writeln!(out, "{}", finding_line(finding))?;
    }
    missing(wording::incomplete(report).map(|(_, sentence)| sentence), out)
}

/// Writes the references, and what is missing.
pub(crate) fn scan(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for reference in report.references {
        let place = wording::place(&reference.location);
        writeln!(out, "{place}: {} {}", wording::key(reference), wording::description(reference))?;
    }
    missing(wording::missing_files(&report.run).into_iter(), out)
}

fn finding_line(finding: &Finding) -> String {
    let place = finding.anchor.location().map_or_else(|| "-".to_owned(), wording::place);
    format!("{place}: {}[{}] {}", finding.severity.as_str(), finding.rule, printable(&finding.message))
}

fn missing(sentences: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for sentence in sentences {
        writeln!(out, "-: incomplete: {sentence}")?;
    }
    Ok(())
}
