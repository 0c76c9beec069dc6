//! The policy file `downhaul.toml`: where it is found, and its tables side by side.
//!
//! Each table belongs to the crate that acts on it; here they only meet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downhaul_policy::{
    BaselineConfig, ExemptConfig, FreezeConfig, GateConfig, Layer, OverrideConfig, PolicyConfig, WindowConfig,
    did_you_mean, merge,
};
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
    /// Files that hold where this one says nothing else, relative to it.
    #[serde(default)]
    extends: Vec<PathBuf>,
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
    // The tables of the policy, one by one: serde cannot flatten and refuse unknown keys at once.
    preset: Option<String>,
    timezone: Option<String>,
    #[serde(default)]
    gate: GateConfig,
    #[serde(default)]
    baseline: BaselineConfig,
    #[serde(default)]
    lifetimes: BTreeMap<String, u32>,
    #[serde(default)]
    rules: BTreeMap<String, toml::Table>,
    #[serde(default, rename = "override")]
    overrides: Vec<OverrideConfig>,
    #[serde(default, rename = "exempt")]
    exemptions: Vec<ExemptConfig>,
    #[serde(default)]
    windows: Vec<WindowConfig>,
    #[serde(default, rename = "freeze")]
    freezes: Vec<FreezeConfig>,
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
    /// The files that were read, the most general first, as they are shown.
    pub(crate) layers: Vec<String>,
    /// `None` when the file names no server.
    pub(crate) server: Option<ServerConfig>,
    pub(crate) scan: ScanConfig,
    pub(crate) manifest: ManifestConfig,
    pub(crate) repos: ReposConfig,
    pub(crate) policy: PolicyConfig,
}

impl Config {
    /// Reads the named file, or the one found from `start` upwards to `top`, and those that it extends; no file is fine,
    /// a wrong one is not. Places in it are shown relative to `root`.
    pub(crate) fn find(named: Option<&Path>, start: &Path, top: &Path, root: &Path) -> Result<Config, CliError> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match search(start, top) {
                Some(path) => path,
                None => return Ok(Config::default()),
            },
        };
        let mut layers = Vec::new();
        gather(&path, root, &mut Vec::new(), &mut layers)?;
        let (table, places) = merge(&layers).map_err(|error| CliError::usage(error.to_string()))?;
        let file: ConfigFile = table.try_into().map_err(|error| bad_toml(&path, &error))?;
        let policy = PolicyConfig {
            preset: file.preset,
            timezone: file.timezone,
            gate: file.gate,
            baseline: file.baseline,
            lifetimes: file.lifetimes,
            rules: file.rules,
            overrides: file.overrides,
            exemptions: file.exemptions,
            windows: file.windows,
            freezes: file.freezes,
            places,
        };
        Ok(Config {
            path: Some(path),
            layers: layers.into_iter().map(|layer| layer.path).collect(),
            server: file.server,
            scan: ScanConfig { wrappers: file.wrappers, sdks: file.sdks, ..file.scan },
            manifest: file.manifest,
            repos: file.repos,
            policy,
        })
    }
}

/// Reads a file and, before it, those that it extends.
fn gather(path: &Path, root: &Path, above: &mut Vec<PathBuf>, layers: &mut Vec<Layer>) -> Result<(), CliError> {
    let shown = shown(path, root);
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("the policy file {} cannot be read: {error}", path.display())))?;
    let file: ConfigFile = toml::from_str(&text).map_err(|error| bad_toml(path, &error))?;
    check_version(file.version, path)?;
    let itself = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if above.contains(&itself) {
        return Err(CliError::usage(format!("{}: the files extend each other in a circle", path.display())));
    }
    above.push(itself);
    for parent in &file.extends {
        if parent.to_string_lossy().contains("://") {
            let what = format!("{}: extends: {} is no local file", path.display(), parent.display());
            return Err(CliError::usage(what).hint("a policy is read without a network; keep a copy in the repository"));
        }
        gather(&path.parent().unwrap_or(Path::new("")).join(parent), root, above, layers)?;
    }
    above.pop();
    layers.push(Layer { path: shown, text });
    Ok(())
}

/// A path relative to the root where it lies below it.
fn shown(path: &Path, root: &Path) -> String {
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match absolute.strip_prefix(root) {
        Ok(relative) => {
            relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        }
        Err(_) => path.display().to_string(),
    }
}

fn check_version(version: Option<i64>, path: &Path) -> Result<(), CliError> {
    match version {
        Some(VERSION) => Ok(()),
        Some(other) if other > VERSION => Err(CliError::usage(format!(
            "{} has version {other}, this downhaul knows version {VERSION}",
            path.display()
        ))
        .hint("a newer downhaul reads it")),
        Some(other) => {
            Err(CliError::usage(format!("{} has version {other}; there is no such version", path.display()))
                .hint(format!("write `version = {VERSION}`")))
        }
        None => Err(CliError::usage(format!("{} does not say its version", path.display()))
            .hint(format!("begin the file with `version = {VERSION}`"))),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::ConfigFile;
    use crate::commands::schema::POLICY;

    /// The keys that a table of the file may have, as the error about another one lists them.
    fn read(table: &str) -> BTreeSet<String> {
        let error = toml::from_str::<ConfigFile>(&format!("{table}\nzzz = 1\n")).expect_err("there is no such key");
        assert!(error.message().starts_with("unknown field `zzz`"), "{table}: {}", error.message());
        error.message().split('`').skip(3).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn the_schema_knows_the_keys_that_are_read() {
        let schema: Value = serde_json::from_str(POLICY).expect("JSON");
        let properties = &schema["properties"];
        for (table, described) in [
            ("", properties),
            ("[server]", &properties["server"]["properties"]),
            ("[scan]", &properties["scan"]["properties"]),
            ("[manifest]", &properties["manifest"]["properties"]),
            ("[repos]", &properties["repos"]["properties"]),
            ("[baseline]", &properties["baseline"]["properties"]),
            ("[[override]]", &properties["override"]["items"]["properties"]),
            ("[[exempt]]", &properties["exempt"]["items"]["properties"]),
        ] {
            let described: BTreeSet<String> = described.as_object().expect("properties").keys().cloned().collect();
            assert_eq!(described, read(table), "{table}");
        }
    }
}
