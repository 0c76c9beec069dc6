//! JSON as the contract has it, one module for each version of the shapes, and how text is made safe in it.

pub(crate) mod v1;

use std::io::{self, Write};

use serde::Serialize;

use crate::printable::steers;

/// Writes a value on one line, without a line break.
pub(crate) fn write_compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&serde_json::to_string(value)?, out)
}

/// Writes a value over many lines.
pub(crate) fn write_pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_escaped(&serde_json::to_string_pretty(value)?, out)
}

/// Escapes what JSON allows and terminals act upon. None of it can stand outside a string, so the value stays the same.
fn write_escaped(json: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut written = 0;
    for (at, c) in json.char_indices() {
        let hostile = c != '\n' && steers(c);
        let old_command = c == '#' && json[at + 1..].starts_with("#[");
        if hostile || old_command {
            out.write_all(&json.as_bytes()[written..at])?;
            // All of these lie in the basic plane: four digits are enough.
            write!(out, "\\u{:04x}", u32::from(c))?;
            written = at + c.len_utf8();
        }
    }
    out.write_all(&json.as_bytes()[written..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_upon_is_escaped_and_reads_the_same() {
        let text = "\u{1b}[31m \u{7f}\u{9b}\u{202e}\u{2028} ##[error] \"é😀\"\n";
        let mut out = Vec::new();
        write_compact(&text, &mut out).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, r#""\u001b[31m \u007f\u009b\u202e\u2028 \u0023#[error] \"é😀\"\n""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
