//! One file for each subcommand.

pub(crate) mod audit;
pub(crate) mod baseline;
pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod clean;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod judge;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod merge;
pub(crate) mod pr;
pub(crate) mod removals;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod snapshot;

use std::collections::BTreeSet;

use downhaul_report::{Run, SourceText, Stats};
use downhaul_scanner::Scan;

use crate::revision::GitRevision;
use crate::settings::Settings;

/// What every report says of the run.
fn report_run<'a>(
    settings: &'a Settings,
    scan: &'a Scan,
    sources: &'a dyn SourceText,
    revision: &'a GitRevision,
) -> Run<'a> {
    let flags: BTreeSet<_> = scan.references.iter().filter_map(|reference| reference.flag()).collect();
    Run {
        tool_version: env!("CARGO_PKG_VERSION"),
        root: &settings.shown_root,
        complete: scan.skipped.is_empty(),
        skipped: &scan.skipped,
        stats: Stats { files: scan.stats.files, references: scan.references.len(), flags: flags.len() },
        sources,
        revision: revision.as_report(),
        style: settings.style,
    }
}
