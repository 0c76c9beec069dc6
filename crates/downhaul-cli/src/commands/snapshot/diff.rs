//! `downhaul snapshot diff`: what changed between two snapshots, in words or as JSON.

use downhaul_core::{Snapshot, Timestamp};
use downhaul_report::Format;
use downhaul_server::diff::{self, Diff, Difference, Subject};
use serde::Serialize;

use super::count;
use crate::args::{DiffArgs, Global};
use crate::commands::capture;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global, args: &DiffArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let can_write = |format| matches!(format, Format::Text | Format::Json);
    settings.refuse_formats(can_write, "it holds differences, not findings")?;
    let (older, newer) = (capture::read(&args.older)?, capture::read(&args.newer)?);
    let diff = diff::diff(&older, &newer).map_err(capture::to_cli)?;
    for hint in doubts(&older, &newer) {
        output::warn(&hint);
    }
    output::deliver(&settings, |format, _, out| {
        match format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &document(&older, &newer, &diff))
                    .map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            _ => {
                for difference in &diff.differences {
                    writeln!(out, "{difference}")?;
                }
            }
        }
        Ok(())
    })?;
    if !settings.quiet {
        let span = format!("from {} to {}", older.captured_at, newer.captured_at);
        output::note(&format!("{} {span}", count(diff.differences.len(), "difference")));
        tell_not_compared(&diff, settings.style.verbose);
    }
    Ok(Exit::Clean)
}

/// What makes a comparison odd without making it impossible.
fn doubts(older: &Snapshot, newer: &Snapshot) -> Vec<String> {
    let mut doubts = Vec::new();
    if older.captured_at > newer.captured_at {
        doubts.push("the first snapshot is the younger one: what follows is told backwards".to_owned());
    }
    if older.server.url != newer.server.url || older.server.kind != newer.server.kind {
        let name = |snapshot: &Snapshot| snapshot.server.url.clone().unwrap_or_else(|| snapshot.server.kind.clone());
        doubts.push(format!("the snapshots are of two servers: {} and {}", name(older), name(newer)));
    }
    doubts
}

/// One line for all, or one for each.
fn tell_not_compared(diff: &Diff, verbose: bool) {
    if verbose {
        diff.not_compared.iter().for_each(|what| output::warn(&format!("not compared: {what}")));
    } else if !diff.not_compared.is_empty() {
        let places = count(diff.not_compared.len(), "gap");
        output::note(&format!("{places} in the snapshots could not be compared; -v lists them"));
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    older: Side<'a>,
    newer: Side<'a>,
    differences: Vec<Entry<'a>>,
    not_compared: &'a [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Side<'a> {
    captured_at: Timestamp,
    server: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    /// `flag`, or the kind of thing in words.
    subject: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<&'a str>,
    change: &'a str,
    by: &'a [String],
    /// The whole as the text format has it.
    message: String,
}

fn document<'a>(older: &'a Snapshot, newer: &'a Snapshot, diff: &'a Diff) -> Document<'a> {
    Document {
        version: 1,
        tool: Tool { name: "downhaul", version: env!("CARGO_PKG_VERSION") },
        older: side(older),
        newer: side(newer),
        differences: diff.differences.iter().map(entry).collect(),
        not_compared: &diff.not_compared,
    }
}

fn side(snapshot: &Snapshot) -> Side<'_> {
    Side { captured_at: snapshot.captured_at, server: &snapshot.server.kind, url: snapshot.server.url.as_deref() }
}

fn entry(difference: &Difference) -> Entry<'_> {
    let (subject, name) = match &difference.subject {
        Subject::Flag(key) => ("flag", key.as_str()),
        Subject::Other(kind, name) => (*kind, name.as_str()),
    };
    Entry {
        subject,
        name,
        environment: difference.environment.as_deref(),
        change: &difference.change,
        by: &difference.by,
        message: difference.to_string(),
    }
}
