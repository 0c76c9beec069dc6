//! Who takes the flag out: downhaul, or one of two stand-ins that show what the proof itself is worth.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The flag that is taken out of every program.
pub(super) const FLAG: &str = "new-checkout";

/// Takes the flag out of all programs below a folder.
#[derive(Debug, Clone)]
pub(super) enum Cleaner {
    /// The program at this path.
    Downhaul(PathBuf),
    /// Changes nothing: no difference may be found.
    Identity,
    /// Puts the other side in where the flag is asked for: the proof must find that.
    Wrong,
}

/// What a clean-up told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Programs in which something was left, with the reason given first.
    pub(super) left: Vec<(String, String)>,
    /// Programs with changed files.
    pub(super) changed: BTreeSet<String>,
    /// The program that made the flag be refused, and why; nothing is changed then.
    pub(super) refused: Option<(String, String)>,
}

impl Cleaner {
    /// Takes the flag out of everything below `root`.
    pub(super) fn clean(&self, root: &Path, keep: &str) -> Result<Told> {
        match self {
            Cleaner::Downhaul(bin) => downhaul(bin, root, keep, true),
            Cleaner::Identity => Ok(Told::default()),
            Cleaner::Wrong => wrong(root, keep),
        }
    }

    /// What a second run would still change; it must be nothing.
    pub(super) fn again(&self, root: &Path, keep: &str) -> Result<Told> {
        match self {
            Cleaner::Downhaul(bin) => downhaul(bin, root, keep, false),
            Cleaner::Identity | Cleaner::Wrong => Ok(Told::default()),
        }
    }

    /// Whether programs may still ask for the flag afterwards.
    pub(super) fn removes(&self) -> bool {
        !matches!(self, Cleaner::Identity)
    }
}

/// What of the JSON of `downhaul clean` is read.
#[derive(Deserialize)]
struct Document {
    flags: Vec<Flag>,
}

#[derive(Deserialize)]
struct Flag {
    outcome: String,
    reason: Option<String>,
    files: Vec<File>,
    left: Vec<Left>,
}

#[derive(Deserialize)]
struct File {
    path: String,
}

#[derive(Deserialize)]
struct Left {
    location: Place,
    why: String,
}

#[derive(Deserialize)]
struct Place {
    path: String,
}

fn downhaul(bin: &Path, root: &Path, keep: &str, apply: bool) -> Result<Told> {
    let mut command = Command::new(bin);
    command.args(["clean", FLAG, "--keep", keep, "--format", "json", "--no-progress", "--offline", "--root"]).arg(root);
    if apply {
        command.arg("--apply");
    }
    for name in ["UNLEASH_URL", "UNLEASH_TOKEN", "DOWNHAUL_CONFIG", "DOWNHAUL_FORMAT"] {
        command.env_remove(name);
    }
    let output = command.current_dir(root).output().context("cannot start the clean-up")?;
    if !matches!(output.status.code(), Some(0 | 1 | 6)) {
        bail!("the clean-up ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    let document: Document = serde_json::from_slice(&output.stdout).context("what the clean-up printed")?;
    let mut told = Told::default();
    for flag in document.flags {
        if flag.outcome == "refused" {
            let why = flag.reason.unwrap_or_default();
            let program = program_of(&why);
            if !root.join(&program).is_dir() || program.is_empty() {
                bail!("the clean-up refused the flag: {why}");
            }
            told.refused = Some((program, why));
        }
        told.changed.extend(flag.files.iter().map(|file| program_of(&file.path)));
        told.left.extend(flag.left.iter().map(|left| (program_of(&left.location.path), left.why.clone())));
    }
    Ok(told)
}

fn program_of(path: &str) -> String {
    path.split('/').next().unwrap_or_default().to_owned()
}

/// Replaces the plainest call by the side that is not kept.
fn wrong(root: &Path, keep: &str) -> Result<Told> {
    let calls = [
        "unleash.isEnabled('new-checkout')",
        "unleash.is_enabled('new-checkout')",
        "unleash.isEnabled(\"new-checkout\")",
    ];
    for program in fs::read_dir(root)? {
        for file in fs::read_dir(program?.path())? {
            let path = file?.path();
            let (on, off) =
                if path.extension().is_some_and(|end| end == "py") { ("True", "False") } else { ("true", "false") };
            let mut text = fs::read_to_string(&path)?;
            for call in calls {
                text = text.replace(call, if keep == "off" { on } else { off });
            }
            fs::write(&path, text)?;
        }
    }
    Ok(Told::default())
}
