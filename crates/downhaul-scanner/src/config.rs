//! The `[scan]` table of `downhaul.toml`.

use serde::Deserialize;

/// The `[scan]` table. Globs are relative to the root.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScanConfig {
    /// Files to leave out, besides those that git ignores.
    pub exclude: Vec<String>,
    /// Files larger than this many bytes are skipped, and said to be.
    pub max_file_size: u64,
    /// More files that are tests.
    pub tests: Vec<String>,
    /// More files that are documents.
    pub docs: Vec<String>,
    /// More files that a program writes.
    pub generated: Vec<String>,
    /// More files that are somebody else's.
    pub vendored: Vec<String>,
}

impl Default for ScanConfig {
    fn default() -> Self {
        ScanConfig {
            exclude: Vec::new(),
            max_file_size: 8 << 20,
            tests: Vec::new(),
            docs: Vec::new(),
            generated: Vec::new(),
            vendored: Vec::new(),
        }
    }
}
