//! `downhaul snapshot`: what the flag server says now, as a file.

use std::path::Path;

use downhaul_core::Snapshot;
use downhaul_server::providers::file;

use crate::args::{Global, SnapshotArgs};
use crate::commands::capture;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global, args: &SnapshotArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let Some(snapshot) = capture::live(&settings)? else {
        return Err(CliError::evidence("no flag server is known").hint(capture::HOW_TO_NAME_A_SERVER));
    };
    let to_stdout = args.file == Path::new("-");
    let gz = args.file.extension().is_some_and(|extension| extension == "gz");
    let bytes = file::write(&snapshot, env!("CARGO_PKG_VERSION"), gz);
    if to_stdout {
        output::print(&bytes)?;
    } else {
        output::write_file(&args.file, &bytes)?;
    }
    if !settings.quiet {
        let place = if to_stdout { "standard output".to_owned() } else { args.file.display().to_string() };
        output::note(&format!("{} written to {place}", summary(&snapshot)));
        capture::tell_gaps(&snapshot);
    }
    Ok(Exit::Clean)
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

fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
