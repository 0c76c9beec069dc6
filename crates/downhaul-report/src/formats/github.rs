//! github
use std::io::{self, Write};
use crate::report::CheckReport;
pub(crate) fn check(_report: &CheckReport<'_>, _out: &mut dyn Write) -> io::Result<()> { Ok(()) }
