//! Which files are worth parsing: a search for words in raw bytes, with all words at once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Words to look for.
pub(crate) struct Needles {
    automaton: Option<AhoCorasick>,
    /// Whether each word must stand alone to count.
    whole: Vec<bool>,
}

impl Needles {
    /// Words that must stand alone, and fragments that may stand anywhere.
    pub(crate) fn new<'w>(words: impl Iterator<Item = &'w str>, fragments: impl Iterator<Item = &'w str>) -> Self {
        let (mut all, mut whole) = (Vec::new(), Vec::new());
        for (text, alone) in words.map(|word| (word, true)).chain(fragments.map(|fragment| (fragment, false))) {
            if !text.is_empty() {
                all.push(text);
                whole.push(alone);
            }
        }
        // Building fails only for sets of words that would not fit into memory.
        let automaton = (!all.is_empty())
            .then(|| {
                let kind = if all.len() < 2_000 { Some(AhoCorasickKind::DFA) } else { None };
                AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(&all).ok()
            })
            .flatten();
        Needles { automaton, whole }
    }

    /// Whether any of the words is in there.
    pub(crate) fn any(&self, bytes: &[u8]) -> bool {
        let Some(automaton) = &self.automaton else { return false };
        automaton.find_overlapping_iter(bytes).any(|found| {
            let index = found.pattern().as_usize();
            !self.whole[index] || stands_alone(bytes, found.start(), found.end())
        })
    }

    /// Where the words stand: start and end.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<(usize, usize)> = automaton
            .find_overlapping_iter(bytes)
            .filter(|found| !self.whole[found.pattern().as_usize()] || stands_alone(bytes, found.start(), found.end()))
            .map(|found| (found.start(), found.end()))
            .collect();
        found.sort_unstable();
        found
    }
}

/// Whether what stands at `start..end` is not a part of a longer name.
pub(crate) fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    !part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(end))
}

/// As [`stands_alone`], for keys: a hyphen or dot joins names too, unless a dot ends a sentence.
pub(crate) fn stands_alone_as_key(bytes: &[u8], start: usize, end: usize) -> bool {
    let joins = |byte: Option<&u8>| matches!(byte, Some(b'-' | b'.' | b'/' | b':'));
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = start.checked_sub(1);
    let joined_before = joins(before.and_then(|at| bytes.get(at)))
        && word(before.and_then(|at| at.checked_sub(1)).and_then(|at| bytes.get(at)));
    let joined_after = joins(bytes.get(end)) && word(bytes.get(end + 1));
    stands_alone(bytes, start, end) && !joined_before && !joined_after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone() {
        let needles = Needles::new(["beta"].into_iter(), std::iter::empty());
        assert!(needles.any(b"x.beta("));
        assert!(!needles.any(b"alphabeta"));
        assert!(!needles.any(b"beta2"));
        assert!(!Needles::new(std::iter::empty(), std::iter::empty()).any(b"x"));
    }

    #[test]
    fn keys_are_not_parts_of_keys() {
        let text = b"new-checkout checkout.v2 (checkout). checkout:";
        let alone: Vec<usize> = Needles::new(["checkout"].into_iter(), std::iter::empty())
            .find(text)
            .into_iter()
            .filter(|(start, end)| stands_alone_as_key(text, *start, *end))
            .map(|(start, _)| start)
            .collect();
        assert_eq!(alone, [26, 37]);
    }
}
