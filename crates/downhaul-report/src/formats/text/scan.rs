//! References, grouped by flag.

use std::collections::BTreeMap;
use std::io::{self, Write};

use downhaul_core::{Reference, ReferenceKind, ReferencedKey};

use super::{BOLD, DIM, missing_files, paint};
use crate::printable::printable;
use crate::report::ScanReport;
use crate::wording::{self, count};

/// Writes one group for each flag, those whose key is made at run time last, and a summary.
pub(crate) fn scan(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    groups(report, report.references, out)?;
    if let Some(since) = report.since.filter(|since| !since.removed.is_empty()) {
        writeln!(out, "no longer there, and where it was:\n")?;
        groups(report, since.removed, out)?;
    }
    if !report.run.style.quiet {
        summary(report, out)?;
    }
    missing_files(&report.run, out)
}

fn groups(report: &ScanReport<'_>, references: &[Reference], out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<&ReferencedKey, Vec<&Reference>> = BTreeMap::new();
    for reference in references {
        groups.entry(&reference.key).or_default().push(reference);
    }
    groups.values().try_for_each(|references| group(report, references, out))
}

fn group(report: &ScanReport<'_>, references: &[&Reference], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = references.first() else { return Ok(()) };
    let style = &report.run.style;
    let made = if first.flag().is_none() { " (made at run time)" } else { "" };
    let title = paint(style, BOLD, format_args!("`{}`", wording::key(first)));
    writeln!(out, "{title}{made}: {}", kinds(references))?;
    for reference in references {
        let place = wording::place(&reference.location);
        writeln!(out, "  {place} {}", paint(style, DIM, wording::description(reference)))?;
    }
    writeln!(out)
}

/// `2 evaluations, 1 definition`.
fn kinds(references: &[&Reference]) -> String {
    let mut counts: BTreeMap<ReferenceKind, usize> = BTreeMap::new();
    references.iter().for_each(|reference| *counts.entry(reference.kind).or_default() += 1);
    wording::list(counts.iter().map(|(kind, n)| count(*n, noun(*kind))))
}

/// How people call a reference of this kind.
fn noun(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Test => "test double",
        ReferenceKind::Config => "configuration key",
        other => other.as_str(),
    }
}

/// "0 references" is a statement about the whole tree: it is only made when all of it was read.
fn summary(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let stats = &report.run.stats;
    let files = count(stats.files, "file");
    if let Some(since) = &report.since {
        let doubt = if report.run.complete { "" } else { ", as far as could be read" };
        let (added, removed) = (count(report.references.len(), "reference"), since.removed.len());
        let base = printable(since.base);
        return writeln!(out, "{added} added and {removed} removed since `{base}` in {files}{doubt}");
    }
    if report.references.is_empty() && !report.run.complete {
        return writeln!(out, "nothing was found in what could be read of {files}");
    }
    let references = count(stats.references, "reference");
    writeln!(out, "{references} to {} in {files}", count(stats.flags, "flag"))
}
