//! The providers: one folder each, one line each.

pub mod bootstrap;
pub mod file;
pub mod flagd;
pub mod gitlab;
pub mod unleash;

/// Every provider by the name of its folder, in alphabetical order.
pub const NAMES: [&str; 5] = ["bootstrap", "file", "flagd", "gitlab", "unleash"];

use downhaul_core::{Gap, GapReason, Snapshot, Source, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{FlagServer, ServerConfig, ServerError, Trust};

/// The server that `config` names by its `kind`, at this address. `previous` is the snapshot that the next one is to
/// continue, with the digest of its file.
///
/// # Errors
/// [`ServerError::Setting`] for a `kind` that is no server, and for settings that cannot be used. Nothing is sent yet.
pub fn connect(
    config: &ServerConfig,
    url: &str,
    token: &str,
    trust: &Trust,
    previous: Option<(Snapshot, String)>,
    now: Timestamp,
) -> Result<Box<dyn FlagServer>, ServerError> {
    match (config.kind.as_str(), previous) {
        ("unleash", None) => Ok(Box::new(unleash::Unleash::new(url, token, config, now)?.trusting(trust)?)),
        ("unleash", Some((previous, digest))) => {
            let server = unleash::Unleash::new(url, token, config, now)?.trusting(trust)?;
            Ok(Box::new(server.since(previous, digest)?))
        }
        ("gitlab", None) => Ok(Box::new(gitlab::Gitlab::new(url, token, config, trust, now)?)),
        ("gitlab", Some(_)) => {
            let why = "GitLab keeps no event log of flags that a snapshot could continue; capture it anew";
            Err(ServerError::Setting(why.to_owned()))
        }
        (other, _) => Err(unknown_kind(other)),
    }
}

/// The file that `config` names by its `kind`, if that is a file of another program.
///
/// # Errors
/// [`ServerError::Setting`] for a `kind` that nobody knows.
pub fn open_file(
    config: &ServerConfig,
    name: &str,
    bytes: Vec<u8>,
    now: Timestamp,
) -> Result<Box<dyn FlagServer>, ServerError> {
    let environment = config.environment.clone();
    match config.kind.as_str() {
        "bootstrap" => Ok(Box::new(bootstrap::BootstrapFile::new(name, bytes, environment, now))),
        "flagd" => {
            let environment = environment.unwrap_or_else(|| "production".to_owned());
            Ok(Box::new(flagd::FlagdFile::new(name, bytes, environment, now)))
        }
        "file" => Ok(Box::new(file::SnapshotFile::new(name, bytes))),
        other => Err(unknown_kind(other)),
    }
}

/// Refuses a `kind` that nobody knows, before anything is asked for.
///
/// # Errors
/// [`ServerError::Setting`] with the kinds that are known.
pub fn check_kind(kind: &str) -> Result<(), ServerError> {
    if NAMES.contains(&kind) { Ok(()) } else { Err(unknown_kind(kind)) }
}

/// Whether a `kind` is a file, and not a server.
pub fn is_file(kind: &str) -> bool {
    ["bootstrap", "file", "flagd"].contains(&kind)
}

fn unknown_kind(kind: &str) -> ServerError {
    let names = NAMES.join("`, `");
    ServerError::Setting(format!("`kind = \"{kind}\"` is no flag server that downhaul knows; it knows `{names}`"))
}

/// Reads a JSON file of another program; `what` says what it should be.
fn parse_file<T: DeserializeOwned>(bytes: &[u8], name: &str, what: &str) -> Result<T, ServerError> {
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => ServerError::Setting(format!("{name} is no {what}: {error}")),
        Category::Eof | Category::Syntax | Category::Io => {
            ServerError::SnapshotNotJson { name: name.to_owned(), detail: error.to_string() }
        }
    })
}

/// A gap for each source but those that a `what` has: a new source is lacking until somebody reads it.
fn absent_but(has: &[Source], what: &str) -> Vec<Gap> {
    let detail = format!("a {what} does not have it; ask the server itself, if there is one");
    let gap = |source| Gap { source, flag: None, reason: GapReason::Absent, detail: detail.clone() };
    Source::ALL.into_iter().filter(|source| !has.contains(source)).map(gap).collect()
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
