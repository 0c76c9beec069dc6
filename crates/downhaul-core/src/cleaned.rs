//! What came of taking flags out: files with their edits, and what is left for a person.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::edit::Edit;
use crate::finding::Removal;
use crate::flag::FlagKey;
use crate::source::Location;

/// What came of a clean-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The files that change, by path.
    pub files: Vec<CleanedFile>,
    /// The flags, in the order in which they were asked for.
    pub flags: Vec<CleanedFlag>,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanedFile {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// As it was.
    pub before: Arc<str>,
    /// Sorted and disjoint.
    pub edits: Vec<Edit>,
    /// The file goes as a whole.
    pub deleted: bool,
    /// The flags that it changes for.
    pub flags: BTreeSet<FlagKey>,
}

impl CleanedFile {
    /// As it will be.
    pub fn after(&self) -> String {
        if self.deleted { String::new() } else { Edit::apply(&self.before, &self.edits) }
    }
}

/// A flag, and what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanedFlag {
    /// The flag and the side that stays.
    pub removal: Removal,
    /// Why nothing was changed for it at all.
    pub refused: Option<String>,
    /// What a person has to look at.
    pub left: Vec<Left>,
}

impl CleanedFlag {
    /// How it ended.
    pub fn outcome(&self) -> CleanOutcome {
        match (&self.refused, self.left.is_empty()) {
            (Some(_), _) => CleanOutcome::Refused,
            (None, true) => CleanOutcome::Done,
            (None, false) => CleanOutcome::Leftovers,
        }
    }
}

/// How the clean-up of a flag ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CleanOutcome {
    /// Nothing is left of it.
    Done,
    /// Something is left for a person.
    Leftovers,
    /// Nothing was changed for it.
    Refused,
}

impl CleanOutcome {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            CleanOutcome::Done => "done",
            CleanOutcome::Leftovers => "leftovers",
            CleanOutcome::Refused => "refused",
        }
    }
}

/// A place that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Where.
    pub location: Location,
    /// Why.
    pub why: String,
}
