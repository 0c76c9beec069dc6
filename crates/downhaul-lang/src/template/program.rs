//! The program that a template stands for, and where its pieces came from.

use std::ops::Range;

/// A program made of pieces of a file and of what had to be put between them.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// Its text.
    pub(crate) text: String,
    pieces: Vec<Piece>,
}

/// A piece that stands in the file too.
#[derive(Debug)]
struct Piece {
    /// Where it begins in the program.
    at: usize,
    /// Where it begins in the file.
    from: usize,
    length: usize,
}

impl Program {
    /// Adds text that the file does not have.
    pub(super) fn glue(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a piece of the file.
    pub(super) fn copy(&mut self, source: &str, range: Range<usize>) {
        let Some(text) = source.get(range.clone()).filter(|text| !text.is_empty()) else { return };
        self.pieces.push(Piece { at: self.text.len(), from: range.start, length: text.len() });
        self.text.push_str(text);
    }

    /// The place in the file of a range of the program. What begins or ends between pieces is drawn to the piece
    /// inside of it.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        let after = self.pieces.partition_point(|piece| piece.at + piece.length <= range.start);
        let start = match self.pieces.get(after) {
            Some(piece) => piece.from + range.start.saturating_sub(piece.at),
            None => self.pieces.last().map_or(0, |last| last.from + last.length),
        };
        let before = self.pieces.partition_point(|piece| piece.at < range.end);
        let end = before.checked_sub(1).map(|index| &self.pieces[index]);
        let end = end.map_or(start, |piece| piece.from + (range.end - piece.at).min(piece.length));
        start..end.max(start)
    }
}
