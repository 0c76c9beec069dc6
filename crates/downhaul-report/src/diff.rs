//! Changes of a file as a unified diff.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Ansi};
use downhaul_core::CleanedFile;
use similar::TextDiff;

use crate::printable::printable_source;
use crate::report::Style;

const HEAD: Ansi = Ansi::new().bold();
const PLACE: Ansi = AnsiColor::Cyan.on_default();
const GONE: Ansi = AnsiColor::Red.on_default();
const COME: Ansi = AnsiColor::Green.on_default();

/// Writes what changes in a file, with three lines around it.
pub(crate) fn unified(file: &CleanedFile, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let after = file.after();
    let diff = TextDiff::from_lines(&*file.before, &after);
    let path = printable_source(&file.path);
    let (old, new) = (format!("a/{path}"), if file.deleted { "/dev/null".to_owned() } else { format!("b/{path}") });
    let text = diff.unified_diff().context_radius(3).header(&old, &new).to_string();
    for (index, line) in text.lines().enumerate() {
        let ansi = match line.as_bytes().first() {
            _ if index < 2 => HEAD,
            Some(b'@') => PLACE,
            Some(b'-') => GONE,
            Some(b'+') => COME,
            _ => Ansi::new(),
        };
        let line = printable_source(line);
        if style.color { writeln!(out, "{ansi}{line}{ansi:#}")? } else { writeln!(out, "{line}")? }
    }
    Ok(())
}
