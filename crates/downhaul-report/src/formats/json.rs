//! `json`: one document, over many lines.

use std::io::{self, Write};

use crate::json::{v1, write_pretty};
use crate::report::{CheckReport, CleanReport, ScanReport};

/// Writes the document of a check.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&v1::Check::from(report), out)?;
    writeln!(out)
}

/// Writes the document of a scan.
pub(crate) fn scan(report: &ScanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&v1::Scan::from(report), out)?;
    writeln!(out)
}

/// Writes the document of a clean-up.
pub(crate) fn clean(report: &CleanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(&v1::Clean::from(report), out)?;
    writeln!(out)
}
