//! `concise`: one line for each finding or reference, as editors and `grep` read them. What has no place bears `-`.

use std::io::{self, Write};

use downhaul_core::{Finding, Reference};

use crate::printable::printable;
use crate::report::{CheckReport, ScanReport};
use crate::wording;

/// Writes the findings that nobody has accepted, and what is missing.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.open_findings() {
        writeln!(out, "{}", finding_line(finding))?;
    }
    let evidence = wording::missing_evidence_by_reason(&report.verdicts.tally);
    missing(evidence.into_iter().chain(wording::missing_files(&report.run)), out)
}

/// Writes the references, and what is missing.
pub(crate) fn scan(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let line = |reference: &Reference| {
        let place = wording::place(&reference.location);
        format!("{place}: {} {}", wording::key(reference), wording::description(reference))
    };
    for reference in report.references {
        writeln!(out, "{}", line(reference))?;
    }
    for reference in report.since.map(|since| since.removed).unwrap_or_default() {
        writeln!(out, "{} (removed)", line(reference))?;
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
