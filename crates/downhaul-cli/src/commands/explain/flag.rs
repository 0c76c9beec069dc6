//! All that is known of a flag: where the code has to do with it, and what the snapshot says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use downhaul_core::{Flag, Reference, ReferenceKind, ReferencedKey};
use downhaul_report::{Format, Run, ScanReport, describe, printable};

use super::Known;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::revision::GitRevision;
use crate::settings::Settings;
use crate::sources::Sources;

/// `None` if nothing is known of a flag with this name.
pub(super) fn explain(settings: &Settings, known: &Known, subject: &str) -> Result<Option<Exit>, CliError> {
    settings.refuse_formats(|format| matches!(format, Format::Text | Format::Json), "it explains")?;
    let mut scan = known.scan(settings)?;
    let is_known = known.request.keys.contains(subject);
    scan.references.retain(|reference| match &reference.key {
        ReferencedKey::Known(key) => key.as_str() == subject,
        ReferencedKey::Pattern(pattern) => is_known && !pattern.is_any() && pattern.matches(subject),
    });
    if scan.references.is_empty() && !is_known {
        return Ok(None);
    }
    let sources = Sources::new(settings.root.clone());
    let revision = GitRevision::default();
    let run = crate::commands::report_run(settings, &scan, &sources, &revision);
    output::deliver(settings, |format, style, out| match format {
        Format::Text => out.write_all(text(known, &scan, subject).as_bytes()).map_err(Into::into),
        _ => {
            let run = Run { style, ..run };
            downhaul_report::render_scan(
                &ScanReport { run, references: &scan.references, as_of: None, since: None },
                format,
                out,
            )
        }
    })?;
    Ok(Some(Exit::Clean))
}

fn text(known: &Known, scan: &downhaul_scanner::Scan, subject: &str) -> String {
    let mut text = format!("`{}`\n", printable(subject));
    match known.snapshot.as_ref().map(|snapshot| snapshot.flags.get(subject)) {
        Some(Some(flag)) => server(flag, &mut text),
        Some(None) => text.push_str("  the snapshot knows no such flag\n"),
        None => text.extend(known.no_snapshot_because.iter().map(|why| format!("  {why}\n"))),
    }
    let mut groups: BTreeMap<ReferenceKind, Vec<&Reference>> = BTreeMap::new();
    for reference in &scan.references {
        groups.entry(reference.kind).or_default().push(reference);
    }
    for (kind, references) in groups {
        let _ = writeln!(text, "\n{} ({})", kind.as_str(), references.len());
        for reference in references {
            let start = reference.location.start;
            let path = printable(&reference.location.path);
            let _ = writeln!(text, "  {path}:{}:{} {}", start.line, start.column, describe(reference));
        }
    }
    match (scan.references.is_empty(), scan.skipped.len()) {
        (true, 0) => text.push_str("\nnothing in the code has to do with it\n"),
        (true, skipped) => {
            let _ = writeln!(text, "\nnothing was found in what could be read ({skipped} places could not)");
        }
        (false, 0) => {}
        (false, skipped) => {
            let _ = writeln!(text, "\nthere may be more: {skipped} places in the tree were not read as intended");
        }
    }
    text
}

fn server(flag: &Flag, text: &mut String) {
    let stage = flag.lifecycle.current();
    let stage = stage.map_or(String::new(), |entry| format!(", {} since {}", entry.stage.as_str(), entry.entered_at));
    let (kind, project) = (printable(flag.flag_type.as_str()).into_owned(), printable(&flag.project));
    let _ = writeln!(text, "  {kind} flag of project {project}{stage}");
    if let Some(description) = &flag.description {
        let _ = writeln!(text, "  {}", printable(description));
    }
    if let Some(created) = flag.created_at {
        let by = flag.created_by.as_deref().map_or(String::new(), |by| format!(" by {}", printable(by)));
        let _ = writeln!(text, "  made {created}{by}");
    }
    if let Some(archived) = flag.archived_at {
        let _ = writeln!(text, "  archived {archived}");
    }
    for (name, environment) in &flag.environments {
        let switch = if environment.enabled { "on" } else { "off" };
        let seen = environment.last_seen_at.map_or(String::new(), |seen| format!(", last asked for {seen}"));
        let strategies =
            environment.strategies.as_ref().map_or(String::new(), |all| format!(", strategies: {}", all.len()));
        let _ = writeln!(text, "  {}: {switch}{strategies}{seen}", printable(name));
    }
}
