//! `text`: for people at a terminal.

mod check;
mod clean;
mod finding;
mod scan;

pub(crate) use check::check;
pub(crate) use clean::clean;
pub(crate) use scan::scan;

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};

use crate::printable::{path_at_line_start, printable};
use crate::report::{Run, Style};
use crate::wording;

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();
const RED: Ansi = AnsiColor::BrightRed.on_default().bold();
const YELLOW: Ansi = AnsiColor::Yellow.on_default().bold();
const GREEN: Ansi = AnsiColor::Green.on_default().bold();

/// `text` in a style, or bare where colours are not wanted.
fn paint(style: &Style, ansi: Ansi, text: impl Display) -> String {
    if style.color { format!("{ansi}{text}{ansi:#}") } else { text.to_string() }
}

/// Says what of the files was not seen; lists it where much is wanted.
fn missing_files(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(sentence) = wording::missing_files(run) else { return Ok(()) };
    let hint = if run.skipped.is_empty() || run.style.verbose { "" } else { "; --verbose lists them" };
    writeln!(out, "{}: {sentence}{hint}", paint(&run.style, YELLOW, "incomplete"))?;
    if run.style.verbose {
        for entry in run.skipped {
            let path = path_at_line_start(&entry.path);
            writeln!(out, "  {path}: {} ({})", entry.reason.as_str(), printable(&entry.detail))?;
        }
    }
    Ok(())
}
