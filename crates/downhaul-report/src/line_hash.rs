//! `primaryLocationLineHash`: the identity of a line as GitHub's upload of SARIF computes it.
//!
//! GitHub tracks an alert by this value while lines move. Its upload action fills it in where it is missing; whoever
//! uploads through the API has to bring it along, and a value that differs leads to duplicate alerts. Hence no better
//! recipe can be chosen here: the units of the file in UTF-16 without spaces and tabs, every line break as one line
//! feed, a polynomial hash over the 100 units that begin with the line, and a count of equal hashes so far.

/// How many units a hash covers. It reaches into the lines that follow.
const WINDOW: usize = 100;

/// The base of the polynomial.
const BASE: u64 = 37;

/// What is fed after the last unit of the file; zeros follow until every window is full.
const END: u16 = u16::MAX;

/// The hashes of all lines of one file.
pub(crate) struct LineHashes {
    /// The first line stands at 0.
    lines: Vec<String>,
}

impl LineHashes {
    /// Hashes every line of `text`.
    pub(crate) fn new(text: &str) -> Self {
        let units = kept_units(text);
        let mut seen = std::collections::HashMap::<u64, usize>::new();
        let lines = line_starts(&units).map(|start| {
            let hash = window_hash(&units[start..]);
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        });
        LineHashes { lines: lines.collect() }
    }

    /// The hash of a line, counted from 1.
    pub(crate) fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.lines.get(index).map(String::as_str)
    }
}

/// The units that count, with the end at the end.
fn kept_units(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let is = |c: char| u32::from(unit) == u32::from(c);
        let second_half_of_break = after_return && is('\n');
        after_return = is('\r');
        if is(' ') || is('\t') || second_half_of_break {
            continue;
        }
        units.push(if after_return { LINE_FEED } else { unit });
    }
    units.push(END);
    units
}

const LINE_FEED: u16 = 10;

/// The first kept unit of each line. The end of the file makes a line of its own where the last one is closed.
fn line_starts(units: &[u16]) -> impl Iterator<Item = usize> {
    (0..units.len()).filter(|at| *at == 0 || units[at - 1] == LINE_FEED)
}

fn window_hash(units: &[u16]) -> u64 {
    let padded = units.iter().copied().chain(std::iter::repeat(0)).take(WINDOW);
    padded.fold(0, |hash: u64, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        LineHashes::new(text).lines
    }

    /// The value that GitHub's own tests state.
    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(lines(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(lines(" \t "), ["c129715d7a2bc9a3:1"]);
    }

    /// The values that Microsoft's SARIF multitool computes for these files.
    #[test]
    fn another_implementation_agrees() {
        assert_eq!(
            lines("x\ry\r\rz\r\n\tq"),
            [
                "453a33f382e1a37b:1",
                "e45db8ca6d04ba81:1",
                "b9a4f3cb1f7f2242:1",
                "dcb716558e3f6120:1",
                "9fe00a866ef87334:1"
            ]
        );
        assert_eq!(lines("one\r \ntwo\n\n\n  \n\nthree")[6..], ["5ff58b2f1ce0cba9:1", "e65cf7c92d5cdd03:1"]);
        assert_eq!(
            lines("roses are red\nviolets are blue\n"),
            ["68b038050db1c90:1", "9210c421f5cd6047:1", "c129715d7a2bc9a3:1"]
        );
    }

    #[test]
    fn blanks_and_the_kind_of_line_break_do_not_count() {
        let plain = lines("a(b)\nc\n");
        assert_eq!(lines("\ta( b )\r\n  c\r\n"), plain);
        assert_eq!(lines("a(b)\rc\r"), plain);
        assert_eq!(plain.len(), 3);
    }

    #[test]
    fn a_line_that_moves_keeps_its_hash_and_equal_ones_are_counted() {
        let rest = "x".repeat(WINDOW);
        let before = lines(&format!("f();\n{rest}\nf();\n{rest}\n"));
        let moved = lines(&format!("\n\nf();\n{rest}\nf();\n{rest}\n"));
        assert_eq!(before[0], moved[2]);
        let (hash, count) = before[2].split_once(':').unwrap();
        assert_eq!(before[0].split_once(':').unwrap(), (hash, "1"));
        assert_eq!(count, "2");
    }

    #[test]
    fn lines_outside_the_file_have_none() {
        let hashes = LineHashes::new("a");
        assert_eq!(hashes.line(0), None);
        assert_eq!(hashes.line(2), None);
        assert!(hashes.line(1).is_some());
    }
}
