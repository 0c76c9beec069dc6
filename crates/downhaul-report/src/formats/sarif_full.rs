//! `sarif-full`: SARIF 2.1.0 with all there is to know, for viewers in editors and browsers.

use std::io::{self, Write};

use super::sarif::{Reader, write_log};
use crate::report::CheckReport;

/// Writes the log of a check.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_log(report, Reader::Viewer, out)
}
