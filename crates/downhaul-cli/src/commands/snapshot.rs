//! `downhaul snapshot`: what the flag server says now, as a file.

pub(crate) mod diff;
pub(crate) mod partial;

use std::path::Path;

use downhaul_core::Snapshot;
use downhaul_server::providers::file;
use downhaul_server::redact;

use crate::args::{CaptureArgs, Global, SnapshotArgs, SnapshotCommand};
use crate::commands::capture::{self, Depth, Previous};
use crate::commands::snapshot::partial::PartialFile;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

/// The variable that holds what names are hashed with.
const REDACT_KEY: &str = "DOWNHAUL_REDACT_KEY";

pub(crate) fn run(global: &Global, args: &SnapshotArgs) -> Result<Exit, CliError> {
    match &args.command {
        Some(SnapshotCommand::Diff(args)) => diff::run(global, args),
        None => save(global, &args.capture),
    }
}

fn save(global: &Global, args: &CaptureArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    // Whatever can be wrong without a server is told before it is asked for minutes.
    let key = args.redact.then(redaction_key).transpose()?;
    let previous = args.since_snapshot.as_deref().map(previous).transpose()?;
    let to_stdout = args.file == Path::new("-");
    let partial = PartialFile::beside(&args.file, settings.quiet);
    // A redacted snapshot must not have its names beside it.
    let keeps = !to_stdout && !args.redact;
    let depth = if keeps { Depth::Resumable(&partial) } else { Depth::Whole };
    let Some(mut snapshot) = capture::live(&settings, previous, depth)? else {
        return Err(CliError::evidence("no flag server is known").hint(capture::HOW_TO_NAME_A_SERVER));
    };
    if let Some(key) = key {
        redact::redact(&mut snapshot, &key);
    }
    let gz = args.file.to_str().is_some_and(file::is_gzip_name);
    let version = env!("CARGO_PKG_VERSION");
    if to_stdout {
        output::print_with(|out| file::write_to(&snapshot, version, gz, out))?;
    } else {
        output::write_file_with(&args.file, |out| file::write_to(&snapshot, version, gz, out))?;
    }
    if !settings.quiet {
        let place = if to_stdout { "standard output".to_owned() } else { args.file.display().to_string() };
        output::note(&format!("{} written to {place}", summary(&snapshot)));
        capture::tell_gaps(&snapshot);
    }
    let was_cut_short = partial.settle();
    Ok(if was_cut_short { Exit::EvidenceMissing } else { Exit::Clean })
}

fn redaction_key() -> Result<redact::Key, CliError> {
    let key = std::env::var(REDACT_KEY).unwrap_or_default();
    redact::Key::new(key.trim().as_bytes()).map_err(|error| {
        CliError::usage(format!("--redact needs a key in {REDACT_KEY}: {error}"))
            .hint("`openssl rand -hex 32` makes one; those who compare redacted snapshots need the same")
    })
}

fn previous(path: &Path) -> Result<Previous, CliError> {
    let snapshot = capture::read(path)?;
    let shown = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| CliError::usage(format!("the snapshot {shown} cannot be read: {error}")))?;
    let digest = file::digest(&bytes, &shown).map_err(capture::to_cli)?;
    Ok(Previous { snapshot, digest })
}

fn summary(snapshot: &Snapshot) -> String {
    let archived = snapshot.flags.values().filter(|flag| flag.archived_at.is_some()).count();
    [
        format!("{} ({archived} archived)", count(snapshot.flags.len(), "flag")),
        count(snapshot.events.len(), "event"),
        count(snapshot.projects.len(), "project"),
        count(snapshot.environments.len(), "environment"),
    ]
    .join(", ")
}

pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
