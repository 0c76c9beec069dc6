//! Places in source text: byte spans inside, lines and columns at the edge.

use std::ops::Range;
use std::sync::Arc;

/// A range of bytes in one file.
pub type Span = Range<usize>;

/// Line and column as people and formats count them.
///
/// Both count from 1. Columns are in UTF-16 code units, the unit of SARIF, of editors and of code hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 units, from 1.
    pub column: u32,
}

/// A place in a file of the repository.
///
/// The positions are computed once, while the text is at hand: the text of most files is dropped after the scan, so
/// that memory grows with the references and not with the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Relative to the root, with forward slashes.
    pub path: Arc<str>,
    /// Byte offset where it starts (in the text as decoded to UTF-8, without a byte order mark).
    pub start_byte: usize,
    /// Byte offset where it ends, exclusive.
    pub end_byte: usize,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
}

impl Location {
    /// The byte range.
    pub fn span(&self) -> Span {
        self.start_byte..self.end_byte
    }

    /// The first column of the first line of a file, for what concerns a file as a whole.
    pub fn file_start(path: impl Into<Arc<str>>) -> Self {
        let origin = Position { line: 1, column: 1 };
        Location { path: path.into(), start_byte: 0, end_byte: 0, start: origin, end: origin }
    }
}

/// The table that turns byte offsets of one text into positions.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Byte offset of the first byte of each line.
    starts: Vec<usize>,
    /// UTF-16 units before every [`STRIDE`]th byte; empty for a text that is all ASCII, where they are the bytes.
    /// Without it a column in a line of megabytes would cost a look at the whole line.
    units: Vec<usize>,
}

/// How many bytes lie between two entries of [`LineIndex::units`].
const STRIDE: usize = 512;

impl LineIndex {
    /// Reads `text` once. A line ends with `\n`, `\r\n` or a lone `\r`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
        starts.extend(ends.filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n')).map(|at| at + 1));
        LineIndex { starts, units: if text.is_ascii() { Vec::new() } else { units(text) } }
    }

    /// The position of a byte offset; one past the end of the text is allowed.
    ///
    /// `text` must be the text that the index was made from, and `offset` a character boundary of it.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts[line];
        let column = if self.units.is_empty() {
            offset - start
        } else if offset - start <= STRIDE {
            text[start..offset].encode_utf16().count()
        } else {
            self.units_before(text, offset) - self.units_before(text, start)
        };
        Position { line: to_u32(line) + 1, column: to_u32(column) + 1 }
    }

    fn units_before(&self, text: &str, offset: usize) -> usize {
        let entry = offset / STRIDE;
        let from = boundary(text, entry * STRIDE);
        self.units[entry] + text[from..offset].encode_utf16().count()
    }

    /// The location of a byte range in the file `path`.
    pub fn location(&self, path: Arc<str>, text: &str, span: Span) -> Location {
        Location {
            path,
            start: self.position(text, span.start),
            end: self.position(text, span.end),
            start_byte: span.start,
            end_byte: span.end,
        }
    }

    /// The byte range of a line counted from 1, without its line break; `None` past the last line.
    pub fn line_span(&self, text: &str, line: u32) -> Option<Span> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).copied().unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\n', '\r']);
        Some(start..start + content.len())
    }
}

/// UTF-16 units before every [`STRIDE`]th byte, or before the character that it is a part of.
fn units(text: &str) -> Vec<usize> {
    let mut units = vec![0];
    let (mut from, mut before) = (0, 0);
    for entry in 1..=text.len() / STRIDE {
        let to = boundary(text, entry * STRIDE);
        before += text[from..to].encode_utf16().count();
        units.push(before);
        from = to;
    }
    units
}

/// The character boundary at or before an offset.
fn boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units() {
        let text = "a😀b\r\nü\tc\rd";
        let index = LineIndex::new(text);
        let at = |needle: char| {
            let p = index.position(text, text.find(needle).unwrap());
            (p.line, p.column)
        };
        assert_eq!(at('a'), (1, 1));
        assert_eq!(at('b'), (1, 4));
        assert_eq!(at('ü'), (2, 1));
        assert_eq!(at('c'), (2, 3));
        assert_eq!(at('d'), (3, 1));
        assert_eq!(index.position(text, text.len()), Position { line: 3, column: 2 });
    }

    #[test]
    fn columns_of_long_lines_are_counted_too() {
        let text = format!("x\n{}😀é;{}", "aé😀".repeat(900), "b".repeat(700));
        let index = LineIndex::new(&text);
        for (offset, _) in text.char_indices() {
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let column = u32::try_from(text[start..offset].encode_utf16().count()).unwrap() + 1;
            assert_eq!(index.position(&text, offset).column, column, "at {offset}");
        }
    }

    #[test]
    fn line_spans_leave_out_the_break() {
        let text = "one\r\ntwo\n";
        let index = LineIndex::new(text);
        assert_eq!(&text[index.line_span(text, 1).unwrap()], "one");
        assert_eq!(&text[index.line_span(text, 2).unwrap()], "two");
        assert_eq!(&text[index.line_span(text, 3).unwrap()], "");
        assert_eq!(index.line_span(text, 4), None);
    }
}
