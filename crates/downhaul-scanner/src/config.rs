//! The `[scan]` table of `downhaul.toml`.

use serde::Deserialize;

use crate::resolve::{SdkConfig, WrapperConfig};

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
    /// `[[wrapper]]`, beside this table.
    #[serde(skip)]
    pub wrappers: Vec<WrapperConfig>,
    /// `[[sdk]]`, beside this table.
    #[serde(skip)]
    pub sdks: Vec<SdkConfig>,
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
            wrappers: Vec::new(),
            sdks: Vec::new(),
        }
    }
}

impl ScanConfig {
    /// Names of the functions and methods that the configuration tells of.
    pub(crate) fn call_names(&self) -> impl Iterator<Item = &str> {
        let wrappers = self.wrappers.iter().map(|wrapper| wrapper.name.rsplit('.').next().unwrap_or_default());
        wrappers.chain(self.sdks.iter().map(|sdk| sdk.call.as_str()))
    }
}
