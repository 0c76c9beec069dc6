//! The manifest files of a repository: which they are, and what they say together.

use std::path::{Path, PathBuf};

use downhaul_core::Manifest;
use downhaul_policy::{join_manifests, read_manifest, read_openfeature};
use globset::{GlobBuilder, GlobSetBuilder};
use ignore::WalkBuilder;
use serde::Deserialize;

use crate::errors::CliError;
use crate::settings::Settings;

/// Name of the manifest.
pub(crate) const MANIFEST_FILE: &str = "flags.toml";

/// `[manifest]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ManifestConfig {
    /// Paths and globs relative to the root. `.toml` is ours, `.json` is read as an OpenFeature flag manifest.
    pub(crate) files: Vec<String>,
}

impl Default for ManifestConfig {
    fn default() -> Self {
        ManifestConfig { files: vec![MANIFEST_FILE.to_owned()] }
    }
}

/// Reads all manifest files. That the usual one does not exist is fine; one that the policy names has to.
pub(crate) fn read(settings: &Settings) -> Result<Manifest, CliError> {
    let paths = paths(&settings.root, &settings.config.manifest)?;
    let read = paths.iter().map(|path| file(settings, path)).collect::<Result<Vec<_>, _>>()?;
    join_manifests(read).map_err(|error| CliError::usage(error.to_string()))
}

/// Text of a manifest file in, what it declares out; the name decides how it is read.
fn file(settings: &Settings, path: &Path) -> Result<Manifest, CliError> {
    let shown = settings.relative(path).unwrap_or_else(|| path.display().to_string());
    let bytes = std::fs::read(path)
        .map_err(|error| CliError::usage(format!("the manifest {shown} cannot be read: {error}")))?;
    let text =
        String::from_utf8(bytes).map_err(|_| CliError::usage(format!("the manifest {shown} is not UTF-8 text")))?;
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let read = if is_json { read_openfeature(&shown, &text) } else { read_manifest(&shown, &text) };
    read.map_err(|error| CliError::usage(error.to_string()))
}

fn paths(root: &Path, config: &ManifestConfig) -> Result<Vec<PathBuf>, CliError> {
    let mut paths = Vec::new();
    let mut globs = GlobSetBuilder::new();
    let mut has_globs = false;
    for name in &config.files {
        if name.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(name).literal_separator(true).build();
            globs.add(glob.map_err(|error| CliError::usage(format!("manifest.files: {error}")))?);
            has_globs = true;
        } else if root.join(name).is_file() {
            paths.push(root.join(name));
        } else if *config != ManifestConfig::default() {
            return Err(CliError::usage(format!("manifest.files: {name} does not exist")));
        }
    }
    if has_globs {
        let globs = globs.build().map_err(|error| CliError::usage(format!("manifest.files: {error}")))?;
        let files = WalkBuilder::new(root).hidden(false).build().filter_map(Result::ok);
        let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let is_meant = |path: &PathBuf| path.strip_prefix(root).is_ok_and(|relative| globs.is_match(relative));
        paths.extend(files.map(ignore::DirEntry::into_path).filter(is_meant));
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}
