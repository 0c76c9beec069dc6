//! The lines that the change under review added.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use downhaul_core::Location;

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
}
