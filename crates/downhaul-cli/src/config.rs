//! The policy file `downhaul.toml`: where it is found, and its tables side by side.
//!
//! Each table belongs to the crate that acts on it; here they only meet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downhaul_policy::{GateConfig, PolicyConfig, did_you_mean};
use downhaul_scanner::{ScanConfig, SdkConfig, WrapperConfig};
use downhaul_server::ServerConfig;
use serde::Deserialize;

use crate::errors::CliError;
use crate::manifest::ManifestConfig;

/// Name of the policy file.
pub(crate) const CONFIG_FILE: &str = "downhaul.toml";

/// The only version of the file's form so far.
const VERSION: i64 = 1;

/// The policy file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    version: Option<i64>,
    server: Option<ServerConfig>,
    #[serde(default)]
    scan: ScanConfig,
    #[serde(default, rename = "wrapper")]
    wrappers: Vec<WrapperConfig>,
    #[serde(default, rename = "sdk")]
    sdks: Vec<SdkConfig>,
    #[serde(default)]
    manifest: ManifestConfig,
    #[serde(default)]
    repos: ReposConfig,
    // The three tables of the policy, one by one: serde cannot flatten and refuse unknown keys at once.
    #[serde(default)]
    gate: GateConfig,
    #[serde(default)]
    lifetimes: BTreeMap<String, u32>,
    #[serde(default)]
    rules: BTreeMap<String, toml::Table>,
}

/// `[repos]`: the repositories that use the flags.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReposConfig {
    /// Names of those that have to be looked at before a flag can be called unused.
    pub(crate) expected: Vec<String>,
    /// Days after which an inventory no longer tells that something is absent.
    pub(crate) max_age_days: u32,
}

impl Default for ReposConfig {
    fn default() -> Self {
        ReposConfig { expected: Vec::new(), max_age_days: 7 }
    }
}

/// The policy file, read.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Where it was found; `None` when there is none.
    pub(crate) path: Option<PathBuf>,
    /// `None` when the file names no server.
    pub(crate) server: Option<ServerConfig>,
    pub(crate) scan: ScanConfig,
    pub(crate) manifest: ManifestConfig,
    pub(crate) repos: ReposConfig,
    pub(crate) policy: PolicyConfig,
}

impl Config {
    /// Reads the named file, or the one found from `start` upwards to `top`; no file is fine, a wrong one is not.
    pub(crate) fn find(named: Option<&Path>, start: &Path, top: &Path) -> Result<Config, CliError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match search(start, top) {
                Some(path) => path,
                None => return Ok(Config::default()),
            },
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| CliError::usage(format!("the policy file {} cannot be read: {error}", path.display())))?;
        Config::parse(&text, &path)
    }

    fn parse(text: &str, path: &Path) -> Result<Config, CliError> {
        let file: ConfigFile = toml::from_str(text).map_err(|error| bad_toml(path, &error))?;
        match file.version {
            Some(VERSION) => {}
            Some(other) if other > VERSION => {
                return Err(CliError::usage(format!(
                    "{} has version {other}, this downhaul knows version {VERSION}",
                    path.display()
                ))
                .hint("a newer downhaul reads it"));
            }
            Some(other) => {
                return Err(CliError::usage(format!(
                    "{} has version {other}; there is no such version",
                    path.display()
                ))
                .hint(format!("write `version = {VERSION}`")));
            }
            None => {
                return Err(CliError::usage(format!("{} does not say its version", path.display()))
                    .hint(format!("begin the file with `version = {VERSION}`")));
            }
        }
        let policy = PolicyConfig { gate: file.gate, lifetimes: file.lifetimes, rules: file.rules };
        Ok(Config {
            path: Some(path.to_owned()),
            server: file.server,
            scan: ScanConfig { wrappers: file.wrappers, sdks: file.sdks, ..file.scan },
            manifest: file.manifest,
            repos: file.repos,
            policy,
        })
    }
}

fn search(start: &Path, top: &Path) -> Option<PathBuf> {
    for folder in start.ancestors() {
        let candidate = folder.join(CONFIG_FILE);
        if candidate.is_file() {
            return Some(candidate);
        }
        if folder == top {
            return None;
        }
    }
    None
}

/// TOML's own message shows the line; an unknown key gets the nearest known one.
fn bad_toml(path: &Path, error: &toml::de::Error) -> CliError {
    let cli = CliError::usage(format!("{}: {}", path.display(), error.to_string().trim_end()));
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let unknown = error.message().starts_with("unknown").then(|| quoted.next()).flatten();
    match unknown.and_then(|word| did_you_mean(word, quoted)) {
        Some(near) => cli.hint(format!("did you mean `{near}`?")),
        None => cli,
    }
}
