//! Which files are worth parsing: a search for words in raw bytes, with all words at once.
//!
//! Nearly no position of a text is the beginning of a word that is looked for. So the three bytes at every second
//! position are hashed and looked up in a table of bits, in which the first and the second three bytes of each word are
//! entered; only where the bit is set are words compared. The positions do not depend on each other, which keeps the
//! processor busy, and the cost hardly grows with the number of words. Words of fewer than four bytes are rare and go
//! to an automaton of their own.

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

/// How many bytes a word must have to be hashed: three, at the first or at the second.
const LEAST: usize = 4;

/// What may stand around a word for it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Edge {
    /// Anything.
    Any,
    /// No part of a longer name.
    Name,
    /// No part of a longer name or path: `demo` is not meant by `demo-app` and not by `lib/demo/a`.
    Key,
}

/// Words to look for.
pub(crate) struct Needles {
    words: Vec<Word>,
    /// How many words each group has.
    groups: Vec<usize>,
    /// Which hashes of three bytes there are; the length is a power of two.
    bits: Vec<u64>,
    /// Words by three of their bytes, and whether these are the second ones.
    by_gram: FxHashMap<u32, Vec<(u32, bool)>>,
    /// The words that are too short to be hashed, and what is looked for with them.
    short: Option<(AhoCorasick, Vec<u32>)>,
}

struct Word {
    text: Box<[u8]>,
    edge: Edge,
    /// The groups it belongs to.
    groups: Vec<usize>,
}

impl Needles {
    /// Words of which each counts by itself.
    pub(crate) fn new<'w>(words: impl IntoIterator<Item = (&'w str, Edge)>) -> Self {
        Needles::build(words.into_iter().map(|(word, edge)| (vec![word], edge)).collect())
    }

    /// Groups of names; a group counts if all of it is there.
    pub(crate) fn groups(groups: &[Vec<String>]) -> Self {
        Needles::build(groups.iter().map(|group| (group.iter().map(String::as_str).collect(), Edge::Name)).collect())
    }

    fn build(groups: Vec<(Vec<&str>, Edge)>) -> Self {
        let mut ids: FxHashMap<(&str, Edge), usize> = FxHashMap::default();
        let mut words: Vec<Word> = Vec::new();
        for (index, (group, edge)) in groups.iter().enumerate() {
            for word in group.iter().filter(|word| !word.is_empty()) {
                let id = *ids.entry((*word, *edge)).or_insert_with(|| {
                    words.push(Word { text: word.as_bytes().into(), edge: *edge, groups: Vec::new() });
                    words.len() - 1
                });
                words[id].groups.push(index);
            }
        }
        // At most one bit in thirty-two is set: a table of a few kilobytes for hundreds of words.
        let mut bits = vec![0u64; words.len().next_power_of_two().clamp(512, 1 << 16)];
        let mut by_gram: FxHashMap<u32, Vec<(u32, bool)>> = FxHashMap::default();
        let mut short = Vec::new();
        for (id, word) in (0..).zip(&words) {
            if word.text.len() < LEAST {
                short.push(id);
                continue;
            }
            for second in [false, true] {
                let gram = gram(&word.text[usize::from(second)..]);
                let (slot, bit) = place(gram, bits.len());
                bits[slot] |= bit;
                by_gram.entry(gram).or_default().push((id, second));
            }
        }
        let texts = short.iter().map(|id: &u32| &words[*id as usize].text);
        // Building fails only for sets of words that would not fit into memory.
        let automaton =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts).ok().filter(|_| !short.is_empty());
        Needles {
            groups: groups.iter().map(|(group, _)| group.len()).collect(),
            bits,
            by_gram,
            short: automaton.map(|automaton| (automaton, short)),
            words,
        }
    }

    /// Whether any group is in there as a whole.
    pub(crate) fn any(&self, bytes: &[u8]) -> bool {
        let mut seen: Vec<u32> = Vec::new();
        self.each(bytes, |id, _, _| {
            let groups = &self.words[id as usize].groups;
            if groups.iter().any(|group| self.groups[*group] == 1) {
                return true;
            }
            if seen.contains(&id) {
                return false;
            }
            seen.push(id);
            groups.iter().any(|group| {
                let there = seen.iter().filter(|word| self.words[**word as usize].groups.contains(group)).count();
                there == self.groups[*group]
            })
        })
    }

    /// Where the words stand: start and end.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        self.each(bytes, |_, start, end| {
            found.push((start, end));
            false
        });
        found.sort_unstable();
        found
    }

    /// Calls `stop` with each word that is there, and where, until it says so. Words may overlap.
    fn each(&self, bytes: &[u8], mut stop: impl FnMut(u32, usize, usize) -> bool) -> bool {
        if let Some((automaton, ids)) = &self.short {
            for found in automaton.find_overlapping_iter(bytes) {
                let id = ids[found.pattern().as_usize()];
                if self.words[id as usize].edge.holds(bytes, found.start(), found.end())
                    && stop(id, found.start(), found.end())
                {
                    return true;
                }
            }
        }
        if self.by_gram.is_empty() {
            return false;
        }
        let bits = &self.bits[..];
        let is_set = |gram: u32| {
            let (slot, bit) = place(gram, bits.len());
            bits[slot] & bit != 0
        };
        // Four positions at a time: the bytes of all of them are read at once.
        let mut at = 0;
        for window in bytes.windows(9).step_by(8) {
            let (Some(eight), Some(ninth)) = (window.first_chunk::<8>(), window.last()) else { break };
            let eight = u64::from_le_bytes(*eight);
            let last = low(eight >> 48) | u32::from(*ninth) << 16;
            let grams = [low(eight), low(eight >> 16), low(eight >> 32), last];
            if is_set(grams[0]) | is_set(grams[1]) | is_set(grams[2]) | is_set(grams[3]) {
                for (step, gram) in (0..).zip(grams) {
                    if is_set(gram) && self.at(bytes, at + 2 * step, gram, &mut stop) {
                        return true;
                    }
                }
            }
            at += 8;
        }
        while at + 3 <= bytes.len() {
            let gram = gram(&bytes[at..]);
            if is_set(gram) && self.at(bytes, at, gram, &mut stop) {
                return true;
            }
            at += 2;
        }
        false
    }

    /// Compares the words that have these three bytes with what is around `at`.
    #[cold]
    fn at(&self, bytes: &[u8], at: usize, gram: u32, stop: &mut impl FnMut(u32, usize, usize) -> bool) -> bool {
        let Some(candidates) = self.by_gram.get(&gram) else { return false };
        candidates.iter().any(|(id, second)| {
            let word = &self.words[*id as usize];
            let Some(start) = at.checked_sub(usize::from(*second)) else { return false };
            let end = start + word.text.len();
            bytes[start..].starts_with(&word.text) && word.edge.holds(bytes, start, end) && stop(*id, start, end)
        })
    }
}

/// The first three bytes; there must be as many.
#[inline]
fn gram(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

/// The lowest three bytes.
#[inline]
fn low(eight: u64) -> u32 {
    eight as u32 & 0xff_ffff
}

/// The place of a hash in a table of bits whose length is a power of two.
#[inline]
fn place(gram: u32, len: usize) -> (usize, u64) {
    let hash = gram.wrapping_mul(0x9e37_79b1);
    ((hash >> 8) as usize & (len - 1), 1 << (hash >> 26))
}

impl Edge {
    fn holds(self, bytes: &[u8], start: usize, end: usize) -> bool {
        match self {
            Edge::Any => true,
            Edge::Name => stands_alone(bytes, start, end),
            Edge::Key => stands_alone(bytes, start, end) && !is_joined(bytes, start, end, b"-/"),
        }
    }
}

/// Whether what stands at `start..end` is not a part of a longer name.
pub(crate) fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    !part(start.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(end))
}

/// As [`stands_alone`], for keys in prose: a hyphen or dot joins names too, unless a dot ends a sentence.
pub(crate) fn stands_alone_as_key(bytes: &[u8], start: usize, end: usize) -> bool {
    // What a slash leads in is a path.
    let is_path = start.checked_sub(1).is_some_and(|before| bytes[before] == b'/');
    stands_alone(bytes, start, end) && !is_path && !is_joined(bytes, start, end, b"-./:")
}

/// Whether one of `joints` ties what stands at `start..end` to another word.
fn is_joined(bytes: &[u8], start: usize, end: usize, joints: &[u8]) -> bool {
    let joins = |byte: Option<&u8>| byte.is_some_and(|byte| joints.contains(byte));
    let word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = |distance: usize| start.checked_sub(distance).and_then(|at| bytes.get(at));
    joins(before(1)) && word(before(2)) || joins(bytes.get(end)) && word(bytes.get(end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names<'w>(words: &[&'w str]) -> Needles {
        Needles::new(words.iter().map(|word| (*word, Edge::Name)).collect::<Vec<(&'w str, Edge)>>())
    }

    #[test]
    fn words_stand_alone() {
        let needles = names(&["beta"]);
        assert!(needles.any(b"x.beta("));
        assert!(!needles.any(b"alphabeta"));
        assert!(!needles.any(b"beta2"));
        assert!(!names(&[]).any(b"x"));
        assert!(names(&["ab", "longer"]).any(b"x.ab("), "short words are found too");
    }

    #[test]
    fn keys_are_no_parts_of_paths() {
        let needles = Needles::new([("demo", Edge::Key)]);
        for text in ["'demo'", "flags.demo", "{demo:true}", "x ? demo : 0", "(demo)"] {
            assert!(needles.any(text.as_bytes()), "{text}");
        }
        for text in ["'demo-app'", "'lib/demo/a'", "demos"] {
            assert!(!needles.any(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn groups_count_as_a_whole() {
        let needles = Needles::groups(&[vec!["Flags".to_owned(), "isOn".to_owned()]]);
        assert!(needles.any(b"flags: Flags; flags.isOn()"));
        assert!(!needles.any(b"x.isOn(); y.isOn()"));
    }

    #[test]
    fn keys_are_not_parts_of_keys() {
        let text = b"new-checkout checkout.v2 (checkout). checkout:";
        let alone: Vec<usize> = names(&["checkout"])
            .find(text)
            .into_iter()
            .filter(|(start, end)| stands_alone_as_key(text, *start, *end))
            .map(|(start, _)| start)
            .collect();
        assert_eq!(alone, [26, 37]);
    }

    proptest! {
        #[test]
        fn all_that_is_there_is_found(words in prop::collection::btree_set("[ab-]{1,6}", 1..8), text in "[ab-]{0,60}") {
            let needles = Needles::new(words.iter().map(|word| (word.as_str(), Edge::Any)));
            let mut there: Vec<(usize, usize)> = words
                .iter()
                .flat_map(|word| {
                    let starts = (0..text.len()).filter(|start| text[*start..].starts_with(word.as_str()));
                    starts.map(|start| (start, start + word.len()))
                })
                .collect();
            there.sort_unstable();
            prop_assert_eq!(needles.any(text.as_bytes()), !there.is_empty());
            prop_assert_eq!(needles.find(text.as_bytes()), there);
        }
    }
}
