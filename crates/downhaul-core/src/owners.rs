//! Who answers for which file, as the repository's CODEOWNERS says.

use std::collections::BTreeMap;

/// CODEOWNERS, resolved for the files that matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeOwners {
    /// The file, relative to the root.
    pub file: String,
    /// Owners of each path that a reference stands in; a path without owners has an empty list.
    pub by_path: BTreeMap<String, Vec<String>>,
    /// Every owner that the file names, sorted, each once.
    pub names: Vec<String>,
}

impl CodeOwners {
    /// Owners of a path.
    pub fn of(&self, path: &str) -> &[String] {
        self.by_path.get(path).map(Vec::as_slice).unwrap_or_default()
    }
}
