//! The providers: one folder each, one line each.

pub mod bootstrap;
pub mod file;
pub mod flagd;
pub mod unleash;

/// Every provider by the name of its folder, in alphabetical order.
pub const NAMES: [&str; 4] = ["bootstrap", "file", "flagd", "unleash"];

use downhaul_core::{Gap, GapReason, Source};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::ServerError;

/// Reads a JSON file of another program; `what` says what it should be.
fn parse_file<T: DeserializeOwned>(bytes: &[u8], name: &str, what: &str) -> Result<T, ServerError> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => ServerError::Setting(format!("{name} is no {what}: {error}")),
        Category::Eof | Category::Syntax | Category::Io => {
            ServerError::SnapshotNotJson { name: name.to_owned(), detail: error.to_string() }
        }
    })
}

/// A gap for each source that a file does not have.
fn absent(sources: impl IntoIterator<Item = Source>, what: &str) -> Vec<Gap> {
    let detail = format!("a {what} does not have it; ask the server itself, if there is one");
    let gap = |source| Gap { source, flag: None, reason: GapReason::Absent, detail: detail.clone() };
    sources.into_iter().map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn list_equals_folder() {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers");
        let mut folders: Vec<String> = std::fs::read_dir(here)
            .expect("the folder of providers is there")
            .map(|entry| entry.expect("its entries can be read"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        assert_eq!(folders, NAMES);
        for name in NAMES {
            for file in ["mod.rs", "wire.rs"] {
                assert!(std::path::Path::new(here).join(name).join(file).is_file(), "{name}/{file} is missing");
            }
        }
    }
}
