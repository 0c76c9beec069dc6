//! Looking through text: to a word, to the bracket that closes, past quotes.

use std::ops::Range;

/// Where `word` stands at or after `at`; the end of the text if it does not.
pub(super) fn find(source: &str, at: usize, word: &str) -> usize {
    source.get(at..).and_then(|rest| rest.find(word)).map_or(source.len(), |offset| at + offset)
}

/// Whether `word` stands at `at`.
pub(super) fn is_at(source: &str, at: usize, word: &str) -> bool {
    source.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
}

/// What stands between the bracket at `at` and the one that closes it, brackets in quotes left out.
pub(super) fn inside(source: &str, at: usize) -> Option<Range<usize>> {
    let bytes = source.as_bytes();
    let (open, close) = match bytes.get(at)? {
        b'(' => (b'(', b')'),
        b'[' => (b'[', b']'),
        b'{' => (b'{', b'}'),
        _ => return None,
    };
    let mut depth = 0usize;
    let mut next = at;
    while let Some(byte) = bytes.get(next) {
        match byte {
            b'"' | b'\'' | b'`' => {
                next = past_quote(bytes, next);
                continue;
            }
            byte if *byte == open => depth += 1,
            byte if *byte == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1..next);
                }
            }
            _ => {}
        }
        next += 1;
    }
    None
}

/// Behind the quote that begins at `at`; where none closes it on its line, behind its mark alone: an apostrophe.
pub(super) fn past_quote(bytes: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while let Some(byte) = bytes.get(next) {
        match byte {
            b'\\' => next += 1,
            b'\n' if bytes[at] != b'`' => return at + 1,
            byte if *byte == bytes[at] => return next + 1,
            _ => {}
        }
        next += 1;
    }
    at + 1
}

/// Cuts a range at each `mark` that stands outside of quotes and brackets; doubled marks are none.
pub(super) fn split(source: &str, range: Range<usize>, mark: u8) -> Vec<Range<usize>> {
    let bytes = source.as_bytes();
    let mut parts = Vec::new();
    let (mut from, mut at, mut depth) = (range.start, range.start, 0usize);
    while at < range.end {
        match bytes[at] {
            b'"' | b'\'' | b'`' => {
                at = past_quote(bytes, at);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            byte if byte == mark && depth == 0 => {
                if bytes.get(at + 1) == Some(&mark) {
                    at += 2;
                    continue;
                }
                parts.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(from..range.end.max(from));
    parts
}

/// The range without white space at its ends.
pub(super) fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let text = source.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_start().len());
    start..(start + text.trim().len())
}

/// The name that begins at `at`: letters, digits and what else a name may have.
pub(super) fn name(source: &str, at: usize, more: &str) -> Range<usize> {
    let rest = source.get(at..).unwrap_or_default();
    let length = rest.find(|char: char| !char.is_alphanumeric() && char != '_' && !more.contains(char));
    at..at + length.unwrap_or(rest.len())
}
