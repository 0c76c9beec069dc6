//! The change under review: which lines it added, and which evaluations it took away.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::finding::Keep;
use crate::flag::FlagKey;
use crate::reference::{Reference, Resolution};
use crate::source::Location;

/// What a branch changes, seen from where it began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What it is compared with, as the user named it: `origin/main`.
    pub base: String,
    /// Lines that are there now and were not.
    pub added: AddedLines,
    /// Where something was taken away, by path: the line, counted from 1, before which it stood in the file as it is
    /// now. A file that is gone has none.
    pub removed_at: BTreeMap<String, Vec<u32>>,
    /// Every reference at the base, `None` when no line was taken away; the error says why they are not known.
    pub before: Option<Result<Vec<Reference>, String>>,
    /// The side that is left of a flag whose last evaluation was taken away, where it can be told.
    pub kept: BTreeMap<FlagKey, Keep>,
}

impl Change {
    /// Flags whose last evaluation in code that ships is gone, with where it was; `now` is what there is. Moves and
    /// renames leave one behind.
    pub fn removed(&self, now: &[Reference]) -> BTreeMap<&FlagKey, Vec<&Reference>> {
        let resolved = |site: &&Reference| site.is_production_evaluation() && site.resolution <= Resolution::Set;
        let left: BTreeSet<&FlagKey> =
            now.iter().filter(|site| site.is_production_evaluation()).filter_map(Reference::flag).collect();
        let mut removed: BTreeMap<&FlagKey, Vec<&Reference>> = BTreeMap::new();
        for site in self.before.iter().flatten().flatten().filter(resolved) {
            if let Some(key) = site.flag().filter(|key| !left.contains(key)) {
                removed.entry(key).or_default().push(site);
            }
        }
        removed
    }
}

/// Added lines by file. Findings on them are new: they have a severity and a fail level of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedLines {
    files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

impl AddedLines {
    /// Notes lines of a file: its path relative to the root with forward slashes, lines counted from 1.
    pub fn add(&mut self, path: impl Into<String>, lines: RangeInclusive<u32>) {
        self.files.entry(path.into()).or_default().push(lines);
    }

    /// Whether the line where `location` starts was added.
    pub fn contains(&self, location: &Location) -> bool {
        let lines = self.files.get(&*location.path);
        lines.into_iter().flatten().any(|lines| lines.contains(&location.start.line))
    }

    /// The files that have added lines, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}
