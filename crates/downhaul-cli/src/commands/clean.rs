//! `downhaul clean`: flags out of the code, as a diff or written.

use std::collections::BTreeSet;
use std::path::Path;

use downhaul_cleanup::CleanRequest;
use downhaul_core::{CleanOutcome, Cleaned, CleanedFile, FlagKey, Keep, Removal};
use downhaul_lang::Catalog;
use downhaul_report::{CleanReport, Run};
use downhaul_scanner::ScanRequest;

use crate::args::{CleanArgs, Global};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::progress::Progress;
use crate::revision::GitRevision;
use crate::settings::Settings;
use crate::sources::Sources;
use crate::texts::{BYTE_ORDER_MARK, Texts};

pub(crate) fn run(global: &Global, args: &CleanArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    settings.refuse_formats(|format| format.is_for_clean(), "it cannot hold a diff")?;
    let removals = removals(&args.flags, &args.keep)?;
    let scan_request = ScanRequest {
        keys: removals.iter().map(|removal| removal.flag.clone()).collect(),
        mentions: true,
        threads: settings.threads,
        config: settings.config.scan.clone(),
        ..ScanRequest::new(settings.root.clone())
    };
    let progress = Progress::new(settings.progress);
    let scan = downhaul_scanner::scan(&scan_request, Catalog::load(), &progress)
        .map_err(|error| CliError::usage(error.to_string()))?;
    let request = CleanRequest { removals: &removals, references: &scan.references };
    let cleaned = downhaul_cleanup::clean(&request, &Texts::new(&settings.root));
    if args.apply {
        apply(&settings.root, &cleaned)?;
    }
    let sources = Sources::new(settings.root.clone());
    let revision = GitRevision::default();
    let run = super::report_run(&settings, &scan, &sources, &revision);
    let report = CleanReport { run, cleaned: &cleaned, applied: args.apply };
    output::deliver(&settings, |format, style, out| {
        downhaul_report::render_clean(&CleanReport { run: Run { style, ..report.run }, ..report }, format, out)
    })?;
    Ok(verdict(&cleaned))
}

/// The flags and the sides that stay, each flag once.
pub(crate) fn removals(flags: &[String], keep: &str) -> Result<Vec<Removal>, CliError> {
    let keep = match keep {
        "on" => Keep::On,
        "off" => Keep::Off,
        "" => return Err(CliError::usage("--keep names no side").hint("write on, off, or the name of a variant")),
        variant => Keep::Variant(variant.to_owned()),
    };
    let keys: BTreeSet<FlagKey> = flags
        .iter()
        .map(|flag| FlagKey::new(flag).map_err(|error| CliError::usage(error.to_string())))
        .collect::<Result<_, _>>()?;
    Ok(keys.into_iter().map(|flag| Removal { flag, keep: keep.clone() }).collect())
}

fn verdict(cleaned: &Cleaned) -> Exit {
    let exit = |outcome| match outcome {
        CleanOutcome::Done => Exit::Clean,
        CleanOutcome::Leftovers => Exit::Findings,
        CleanOutcome::Refused => Exit::Refused,
    };
    cleaned.flags.iter().map(|flag| exit(flag.outcome())).fold(Exit::Clean, Exit::worst)
}

/// Writes each file whole or not at all.
fn apply(root: &Path, cleaned: &Cleaned) -> Result<(), CliError> {
    for file in &cleaned.files {
        let path = root.join(&file.path);
        let now = std::fs::read_to_string(&path)
            .map_err(|error| CliError::usage(format!("{} cannot be read: {error}", file.path)))?;
        let mark = if now.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { "" };
        if now[mark.len()..] != *file.before {
            return Err(CliError::usage(format!("{} has changed meanwhile", file.path)).hint("run it again"));
        }
        if file.deleted {
            std::fs::remove_file(&path)
                .map_err(|error| CliError::usage(format!("{} cannot be deleted: {error}", file.path)))?;
        } else {
            output::rewrite_file(&path, format!("{mark}{}", file.after()).as_bytes())?;
        }
    }
    Ok(())
}

/// The bytes of a changed file, with the byte order mark that it has.
pub(crate) fn written(path: &Path, file: &CleanedFile) -> Vec<u8> {
    let marked = std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(BYTE_ORDER_MARK.as_bytes()));
    let mark = if marked { BYTE_ORDER_MARK } else { "" };
    format!("{mark}{}", file.after()).into_bytes()
}
