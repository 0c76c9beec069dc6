//! Changes of a text as values: sorted, disjoint, applied in one place.

use crate::source::Span;

/// A range of a text and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Takes a range out.
    pub fn delete(span: Span) -> Self {
        Edit { start: span.start, end: span.end, text: String::new() }
    }

    /// Puts a text in place of a range.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Edit { start: span.start, end: span.end, text: text.into() }
    }

    /// The text with the edits made.
    ///
    /// # Panics
    /// Where the edits are not sorted or overlap.
    pub fn apply(text: &str, edits: &[Edit]) -> String {
        let mut result = String::with_capacity(text.len());
        let mut at = 0;
        for edit in edits {
            assert!(at <= edit.start && edit.start <= edit.end, "edits are sorted and disjoint");
            result.push_str(&text[at..edit.start]);
            result.push_str(&edit.text);
            at = edit.end;
        }
        result.push_str(&text[at..]);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_change_their_ranges_alone() {
        let edits = [Edit::delete(0..2), Edit::replace(3..4, "x"), Edit::replace(5..5, "!")];
        assert_eq!(Edit::apply("abcdef", &edits), "cxe!f");
    }
}
