//! Which files are worth parsing: a search for words in raw bytes, with all words at once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

/// Words to look for.
pub(crate) struct Needles {
    automaton: Option<AhoCorasick>,
    /// For each word: whether it must stand alone to count, and the groups it belongs to.
    words: Vec<(bool, Vec<usize>)>,
    /// How many words each group has.
    groups: Vec<usize>,
}

impl Needles {
    /// Words that must stand alone, and fragments that may stand anywhere.
    pub(crate) fn new<'w>(words: impl Iterator<Item = &'w str>, fragments: impl Iterator<Item = &'w str>) -> Self {
        let words = words.map(|word| (vec![word], true)).chain(fragments.map(|fragment| (vec![fragment], false)));
        Needles::build(words.collect())
    }

    /// Groups of words that must stand alone; a group counts if all of it is there.
    pub(crate) fn groups(groups: &[Vec<String>]) -> Self {
        Needles::build(groups.iter().map(|group| (group.iter().map(String::as_str).collect(), true)).collect())
    }

    fn build(groups: Vec<(Vec<&str>, bool)>) -> Self {
        let mut ids: FxHashMap<(&str, bool), usize> = FxHashMap::default();
        let mut texts: Vec<&str> = Vec::new();
        let mut words: Vec<(bool, Vec<usize>)> = Vec::new();
        for (index, (group, alone)) in groups.iter().enumerate() {
            for word in group.iter().filter(|word| !word.is_empty()) {
                let id = *ids.entry((*word, *alone)).or_insert_with(|| {
                    texts.push(word);
                    words.push((*alone, Vec::new()));
                    texts.len() - 1
                });
                words[id].1.push(index);
            }
        }
        // Building fails only for sets of words that would not fit into memory.
        let automaton = (!texts.is_empty())
            .then(|| {
                let kind = if texts.len() < 2_000 { Some(AhoCorasickKind::DFA) } else { None };
                AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(&texts).ok()
            })
            .flatten();
        Needles { automaton, words, groups: groups.iter().map(|(group, _)| group.len()).collect() }
    }

    /// Whether any group is in there as a whole.
    pub(crate) fn any(&self, bytes: &[u8]) -> bool {
        let Some(automaton) = &self.automaton else { return false };
        let mut seen: Vec<usize> = Vec::new();
        for found in automaton.find_overlapping_iter(bytes) {
            let word = found.pattern().as_usize();
            let (alone, groups) = &self.words[word];
            if (*alone && !stands_alone(bytes, found.start(), found.end())) || seen.contains(&word) {
                continue;
            }
            if groups.iter().any(|group| self.groups[*group] == 1) {
                return true;
            }
            seen.push(word);
            let is_whole = |group: &usize| {
                let there = seen.iter().filter(|word| self.words[**word].1.contains(group)).count();
                there == self.groups[*group]
            };
            if groups.iter().any(is_whole) {
                return true;
            }
        }
        false
    }

    /// Where the words stand: start and end.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut found: Vec<(usize, usize)> = automaton
            .find_overlapping_iter(bytes)
            .filter(|found| {
                !self.words[found.pattern().as_usize()].0 || stands_alone(bytes, found.start(), found.end())
            })
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
