//! A clean-up: the diff, then what is left and how each flag ended.

use std::io::{self, Write};

use downhaul_core::{CleanOutcome, CleanedFlag};

use super::{BOLD, paint};
use crate::diff;
use crate::printable::printable;
use crate::report::CleanReport;
use crate::wording::{self, count};

/// Writes the diff and a summary; as a patch it can be applied by `git apply`, which skips what is around.
pub(crate) fn clean(report: &CleanReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    if !report.applied {
        for file in &report.cleaned.files {
            diff::unified(file, &report.run.style, out)?;
        }
    }
    for flag in &report.cleaned.flags {
        one(report, flag, out)?;
    }
    for (flag, why) in report.undecided {
        let title = paint(&report.run.style, BOLD, format_args!("`{}`", printable(flag.as_str())));
        writeln!(out, "{title}: refused, {}", printable(why))?;
    }
    Ok(())
}

fn one(report: &CleanReport<'_>, flag: &CleanedFlag, out: &mut dyn Write) -> io::Result<()> {
    let style = &report.run.style;
    let key = &flag.removal.flag;
    let title = paint(style, BOLD, format_args!("`{}`", printable(key.as_str())));
    let keep = printable(&flag.removal.keep.to_string()).into_owned();
    let files = report.cleaned.files.iter().filter(|file| file.flags.contains(key)).count();
    let done = if report.applied { "changed" } else { "to change" };
    match (&flag.refused, flag.outcome()) {
        (Some(why), _) => writeln!(out, "{title} ({keep}): refused, {}", printable(why))?,
        (None, CleanOutcome::Done) => {
            writeln!(out, "{title} ({keep}): {} {done}, nothing is left", count(files, "file"))?
        }
        _ => writeln!(
            out,
            "{title} ({keep}): {} {done}, {} left",
            count(files, "file"),
            count(flag.left.len(), "place")
        )?,
    }
    for left in &flag.left {
        writeln!(out, "  {} {}", wording::place(&left.location), printable(&left.why))?;
    }
    Ok(())
}
