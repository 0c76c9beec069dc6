//! What became of each pull request, for people and for programs.

use downhaul_core::{Cleaned, FlagKey};
use downhaul_host::{Base, Outcome, Proposed};
use downhaul_report::{DashboardLine, Format};
use serde::Serialize;

use super::grouping::Group;
use super::names;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

/// The version of the JSON document.
const VERSION: u32 = 1;

/// One subject and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// `null` for a pull request whose subject is no longer known.
    subject: Option<String>,
    #[serde(serialize_with = "keys")]
    pub(super) flags: Vec<FlagKey>,
    pub(super) branch: String,
    outcome: &'static str,
    url: Option<String>,
    notes: Vec<String>,
    #[serde(skip)]
    exit: Exit,
}

impl Row {
    pub(super) fn proposed(group: &Group<'_>, proposed: Proposed) -> Self {
        let mut row = Row::closed(proposed);
        row.subject = Some(group.subject.name.clone());
        row.flags = names(group);
        row
    }

    pub(super) fn closed(proposed: Proposed) -> Self {
        let mut notes = proposed.notes;
        let mut exit = Exit::Clean;
        if let Outcome::Failed(error) = &proposed.outcome {
            notes.push(error.to_string());
            exit = super::hosts::error(error.clone()).exit();
        }
        Row {
            subject: proposed.subject.map(|subject| subject.name),
            flags: Vec::new(),
            branch: proposed.branch,
            outcome: proposed.outcome.as_str(),
            url: proposed.url,
            notes,
            exit,
        }
    }

    pub(super) fn refused(group: &Group<'_>, cleaned: &Cleaned) -> Self {
        let refused = cleaned.flags.iter().filter_map(|flag| flag.refused.clone());
        let left = cleaned.flags.iter().flat_map(|flag| &flag.left);
        let left = left.map(|left| format!("{}:{}: {}", left.location.path, left.location.start.line, left.why));
        let mut notes: Vec<String> = refused.chain(left).collect();
        if notes.is_empty() {
            notes.push("nothing in the code has to change for it".to_owned());
        }
        Row {
            subject: Some(group.subject.name.clone()),
            flags: names(group),
            branch: downhaul_host::branch(&group.subject, 1),
            outcome: "refused",
            url: None,
            notes,
            exit: Exit::Refused,
        }
    }

    pub(super) fn patched(group: &Group<'_>, branch: String, path: String) -> Self {
        Row {
            subject: Some(group.subject.name.clone()),
            flags: names(group),
            branch,
            outcome: "written",
            url: Some(path),
            notes: Vec::new(),
            exit: Exit::Clean,
        }
    }

    pub(super) fn line(&self) -> DashboardLine<'_> {
        DashboardLine {
            flags: self.flags.iter().map(FlagKey::as_str).collect(),
            outcome: self.outcome,
            url: self.url.as_deref(),
            notes: &self.notes,
        }
    }
}

fn keys<S: serde::Serializer>(keys: &[FlagKey], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(keys.iter().map(FlagKey::as_str))
}

pub(super) fn can_be_written(format: Format) -> bool {
    matches!(format, Format::Text | Format::Json)
}

/// Writes the rows to standard output, and to each file that was asked for.
pub(super) fn deliver(settings: &Settings, base: &Base, dry_run: bool, rows: &[Row]) -> Result<(), CliError> {
    output::deliver(settings, |format, _, out| {
        match format {
            Format::Json => writeln!(out, "{}", json(base, dry_run, rows))?,
            _ => out.write_all(text(dry_run, rows).as_bytes())?,
        }
        Ok(())
    })
}

fn json(base: &Base, dry_run: bool, rows: &[Row]) -> String {
    let document = serde_json::json!({
        "version": VERSION,
        "tool": { "name": "downhaul", "version": env!("CARGO_PKG_VERSION") },
        "base": { "branch": base.branch, "commit": base.commit },
        "dry_run": dry_run,
        "pull_requests": rows,
    });
    format!("{document:#}")
}

fn text(dry_run: bool, rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no flag is to go\n".to_owned();
    }
    let mut text = String::new();
    for row in rows {
        let names: Vec<&str> = row.flags.iter().map(FlagKey::as_str).collect();
        let subject = if names.is_empty() { row.branch.clone() } else { names.join(", ") };
        let would = if dry_run && matches!(row.outcome, "created" | "updated" | "closed") { "would be " } else { "" };
        let url = row.url.as_deref().map(|url| format!(" {url}")).unwrap_or_default();
        text.push_str(&printable(&format!("{would}{}: {subject}{url}", row.outcome)));
        text.push('\n');
        for note in &row.notes {
            text.push_str(&printable(&format!("  {note}")));
            text.push('\n');
        }
    }
    text
}

/// Names are other people's words.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The least trustworthy of them.
pub(super) fn exit(rows: &[Row]) -> Exit {
    rows.iter().map(|row| row.exit).fold(Exit::Clean, Exit::worst)
}
