//! `downhaul scan`: the inventory, no server needed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use downhaul_core::FlagKey;
use downhaul_lang::Catalog;
use downhaul_report::{Format, Run, ScanReport, Since};
use downhaul_scanner::{Scan, ScanRequest};

use crate::args::{Global, ScanArgs};
use crate::change;
use crate::compare::compare;
use crate::config::CONFIG_FILE;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::progress::Progress;
use crate::revision::GitRevision;
use crate::settings::{self, Settings};
use crate::sources::Sources;

pub(crate) fn run(global: &Global, args: &ScanArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, args.paths.first().map(PathBuf::as_path))?;
    settings.refuse_formats(|format| format.is_for_scan(), "a scan has no findings")?;
    let mut keys = settings::keys(args)?;
    if let Some(path) = &settings.snapshot {
        keys.extend(super::capture::read(path)?.flags.into_keys());
    }
    let then = change::then(&settings, args, &keys)?;
    let mut scan = scan(&settings, args, keys)?;
    let mut removed = Vec::new();
    if let Some(then) = &then {
        let (added, gone) = compare(&then.references, &scan.references);
        scan.references = added;
        removed = gone;
        let paths: Vec<String> = args.paths.iter().filter_map(|path| settings.relative(path)).collect();
        removed.retain(|reference| is_below(&reference.location.path, &paths));
    }
    let sources = Sources::new(settings.root.clone());
    // An inventory is of a repository at a commit; other formats do not say so.
    let is_inventory = settings.writes(Format::Json) || settings.writes(Format::Jsonl);
    let revision = if is_inventory { GitRevision::of(&settings.root) } else { GitRevision::default() };
    let committed = || if is_inventory { GitRevision::committed_at(&settings.root) } else { None };
    let as_of = settings.as_of.or_else(committed);
    let run = super::report_run(&settings, &scan, &sources, &revision);
    let since = then.as_ref().map(|then| Since { base: &then.base, commit: &then.commit, removed: &removed });
    let report = ScanReport { run, references: &scan.references, as_of, since };
    output::deliver(&settings, |format, style, out| {
        downhaul_report::render_scan(&ScanReport { run: Run { style, ..report.run }, ..report }, format, out)
    })?;
    Ok(if args.strict && !scan.skipped.is_empty() { Exit::Skipped } else { Exit::Clean })
}

/// Whether a path is one of those that were asked for, or stands below one; all are if none were.
fn is_below(path: &str, asked: &[String]) -> bool {
    let below = |folder: &String| {
        path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    asked.is_empty() || asked.iter().any(|folder| folder.is_empty() || below(folder))
}

/// Scans what the arguments name with the keys that are known.
pub(crate) fn scan(settings: &Settings, args: &ScanArgs, keys: BTreeSet<FlagKey>) -> Result<Scan, CliError> {
    let request = ScanRequest {
        root: settings.root.clone(),
        paths: args.paths.iter().map(|path| settings::existing(path)).collect::<Result<_, _>>()?,
        keys,
        mentions: args.mentions,
        threads: settings.threads,
        config: settings.config.scan.clone(),
    };
    let progress = Progress::new(settings.progress);
    let scan = downhaul_scanner::scan(&request, Catalog::load(), &progress)
        .map_err(|error| CliError::usage(error.to_string()))?;
    for entry in &scan.unused_entries {
        output::warn(&format!("{CONFIG_FILE}: `{entry}` matches no call in the files that were scanned"));
    }
    Ok(scan)
}
