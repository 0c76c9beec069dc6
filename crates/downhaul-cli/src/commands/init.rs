//! `downhaul init`: a policy, a manifest and a workflow to begin with. What exists stays as it is.

mod ci;
mod manifest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downhaul_core::{Reference, Snapshot};
use downhaul_scanner::Scan;

use crate::args::{Global, InitArgs, ScanArgs};
use crate::commands::capture::{self, Depth};
use crate::commands::scan;
use crate::config::CONFIG_FILE;
use crate::errors::{CliError, Exit};
use crate::manifest::MANIFEST_FILE;
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global, args: &InitArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let snapshot = snapshot(&settings)?;
    let keys = snapshot.iter().flat_map(|snapshot| snapshot.flags.keys().cloned()).collect();
    let scanned = scan::scan(&settings, &ScanArgs::default(), keys)?;
    let mut files = vec![
        (CONFIG_FILE.to_owned(), policy(&settings, snapshot.as_ref(), &scanned)),
        (MANIFEST_FILE.to_owned(), manifest::skeleton(snapshot.as_ref(), &scanned.references)),
    ];
    files.extend(ci::file(&settings.root, args.ci));
    let mut written = 0;
    for (name, text) in files {
        let path = settings.root.join(&name);
        if existing(&settings, &path, &name) {
            output::note(&format!("{name} exists already and stays as it is"));
        } else if args.dry_run {
            output::print(format!("# {name}\n{text}\n").as_bytes())?;
        } else {
            write_new(&path, &text)?;
            written += 1;
            output::note(&format!("{name} written"));
        }
    }
    if !args.dry_run && written > 0 && !settings.quiet {
        output::note("read what was written, then try `downhaul doctor` and `downhaul check`");
    }
    Ok(Exit::Clean)
}

/// A policy anywhere above counts: a second one would hide it.
fn existing(settings: &Settings, path: &Path, name: &str) -> bool {
    path.symlink_metadata().is_ok() || (name == CONFIG_FILE && settings.config.path.is_some())
}

/// Never over a file that somebody made in the meantime.
fn write_new(path: &Path, text: &str) -> Result<(), CliError> {
    let folder = path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let cannot = |error: std::io::Error| CliError::usage(format!("{} cannot be written: {error}", path.display()));
    std::fs::create_dir_all(&folder).map_err(cannot)?;
    output::write_new_file(path, text.as_bytes())
}

/// The named snapshot, a sample of the server is not enough: the manifest lists all flags. Without either there is none.
fn snapshot(settings: &Settings) -> Result<Option<Snapshot>, CliError> {
    if let Some(path) = settings.snapshot.clone() {
        return capture::read(&path).map(Some);
    }
    match capture::live(settings, None, Depth::Whole) {
        Ok(Some(snapshot)) => Ok(Some(snapshot)),
        Ok(None) => settings.usual_snapshot().map(|path| capture::read(&path)).transpose(),
        Err(error) => {
            output::warn(&error.to_string());
            output::note("going on without the server: the manifest will name only what the code refers to");
            Ok(None)
        }
    }
}

fn policy(settings: &Settings, snapshot: Option<&Snapshot>, scanned: &Scan) -> String {
    let mut text = String::from(
        "# The release policy: what is allowed. Every key has a default; `downhaul rules` lists the rules.\n",
    );
    text.push_str(&sdks(&scanned.references));
    text.push_str("\nversion = 1\n\n[server]\nkind = \"unleash\"          # address and token come from UNLEASH_URL and UNLEASH_TOKEN, never from a file\n");
    if let Some(snapshot) = snapshot {
        let projects: Vec<&str> = snapshot.projects.iter().map(|project| project.id.as_str()).collect();
        if !projects.is_empty() {
            text.push_str(&format!(
                "projects = {}   # one that the token does not see any more is told\n",
                list(&projects)
            ));
        }
        let production: Vec<&str> = snapshot.production_environments().collect();
        if !production.is_empty() {
            text.push_str(&format!("production = {}\n", list(&production)));
        }
    }
    text.push_str("\n[gate]\nfail_on = \"error\"         # never, note, warning or error\n");
    if settings.root.join("vendor").is_dir() {
        text.push_str(
            "\n# Folders that are not yours belong into .downhaulignore, which is written like .gitignore.\n",
        );
    }
    text
}

/// `# SDKs in the code: node (12 references in 4 files)`.
fn sdks(references: &[Reference]) -> String {
    let mut found: BTreeMap<&str, (usize, std::collections::BTreeSet<&str>)> = BTreeMap::new();
    for reference in references {
        if let Some(sdk) = reference.sdk.as_deref() {
            let (count, files) = found.entry(sdk).or_default();
            *count += 1;
            files.insert(&reference.location.path);
        }
    }
    if found.is_empty() {
        return "# No SDK call was found in the code; `downhaul scan -v` says what was skipped.\n".to_owned();
    }
    let words = found.into_iter().map(|(sdk, (count, files))| {
        let plural = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
        format!("{sdk} ({} in {})", plural(count, "call"), plural(files.len(), "file"))
    });
    format!("# SDKs in the code: {}.\n", words.collect::<Vec<_>>().join(", "))
}

fn list(names: &[&str]) -> String {
    toml::Value::Array(names.iter().map(|name| toml::Value::String((*name).to_owned())).collect()).to_string()
}
