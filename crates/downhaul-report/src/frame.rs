//! The piece of source that a code frame shows: few lines, cut around the span, harmless to print.

use std::ops::Range;

use downhaul_core::Location;

use crate::printable::printable_source;

/// How many characters of a line are kept on each side of the span. A terminal shows fewer; minified files have more.
const SIDE: usize = 120;

/// How many characters of the span itself are kept.
const INSIDE: usize = 1_000;

/// Some lines of source with a span in them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The lines, joined by `\n`.
    pub(crate) text: String,
    /// The bytes of `text` that are meant.
    pub(crate) span: Range<usize>,
}

impl Frame {
    /// The lines around `location`; `None` for a file as a whole, and where `text` is not what the location was made
    /// from.
    pub(crate) fn new(text: &str, location: &Location) -> Option<Self> {
        let inside = text.get(location.span()).filter(|inside| !inside.is_empty())?;
        let before = &text[..location.start_byte];
        let before = &before[before.rfind(BREAKS).map_or(0, |at| at + 1)..];
        let after = &text[location.end_byte..];
        let after = &after[..after.find(BREAKS).unwrap_or(after.len())];

        let mut shown = printable_source(&tail(before)).into_owned();
        let start = shown.len();
        let inside = head(inside, INSIDE).replace("\r\n", "\n").replace('\r', "\n");
        shown.push_str(&inside.split('\n').map(printable_source).collect::<Vec<_>>().join("\n"));
        let span = start..shown.len();
        shown.push_str(&printable_source(&head(after, SIDE)));
        Some(Frame { text: shown, span })
    }
}

const BREAKS: [char; 2] = ['\n', '\r'];

fn tail(text: &str) -> String {
    match text.char_indices().rev().nth(SIDE - 1) {
        Some((at, _)) if at > 0 => format!("…{}", &text[at..]),
        _ => text.to_owned(),
    }
}

fn head(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use downhaul_core::LineIndex;

    use super::*;

    fn frame(text: &str, span: Range<usize>) -> Option<Frame> {
        Frame::new(text, &LineIndex::new(text).location(Arc::from("a"), text, span))
    }

    #[test]
    fn the_line_of_the_span_is_taken() {
        let text = "one\r\n\tif (on) {}\r\nthree";
        let at = text.find("on)").unwrap();
        let frame = frame(text, at..at + 2).unwrap();
        assert_eq!(frame.text, "\tif (on) {}");
        assert_eq!(&frame.text[frame.span], "on");
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_around_the_span() {
        let text = format!("{}KEY{}", "é".repeat(500_000), "z".repeat(500_000));
        let frame = frame(&text, 1_000_000..1_000_003).unwrap();
        assert_eq!(frame.text, format!("…{}KEY{}…", "é".repeat(SIDE), "z".repeat(SIDE)));
        assert_eq!(&frame.text[frame.span], "KEY");
    }

    #[test]
    fn escapes_in_source_move_the_span_with_them() {
        let text = "\u{1b}[31m\u{9b} x('\u{7}')\rnext";
        let at = text.find("x(").unwrap();
        let frame = frame(text, at..at + 6).unwrap();
        assert_eq!(frame.text, "␛[31m\u{fffd} x('␇')");
        assert_eq!(&frame.text[frame.span], "x('␇')");
    }

    #[test]
    fn a_location_that_does_not_fit_the_text_gives_no_frame() {
        let location = LineIndex::new("some long text").location(Arc::from("a"), "some long text", 5..9);
        assert_eq!(Frame::new("short", &location), None);
        assert_eq!(Frame::new("some🦀🦀", &location), None);
        assert_eq!(frame("text", 0..0), None);
    }
}
