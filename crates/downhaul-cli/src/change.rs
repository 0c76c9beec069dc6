//! The change under review: what a branch adds and takes away, seen from the commit it is compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use downhaul_cleanup::{CleanRequest, Sources as _};
use downhaul_core::{Change, CleanedFile, FlagKey, Keep, Reference, Removal};
use downhaul_lang::Catalog;
use downhaul_scanner::ScanRequest;

use crate::args::ScanArgs;
use crate::errors::CliError;
use crate::git::{Base, Changes, Git};
use crate::settings::Settings;
use crate::texts::Texts;

/// The change that the arguments ask about, with every reference at its base; `None` if they ask about none.
pub(crate) fn change(
    settings: &Settings,
    args: &ScanArgs,
    keys: &BTreeSet<FlagKey>,
) -> Result<Option<Change>, CliError> {
    let Some(base) = args.base() else { return Ok(None) };
    let git = Git::open(&settings.root)?;
    let commit = git.resolve(&base)?;
    let changes = git.changes_since(&commit)?;
    let before = took_something_away(&changes)
        .then(|| references_at(settings, &git, &commit, keys).map_err(|error| error.to_string()));
    let (Base::Since(name) | Base::MergeBase(name)) = base;
    let kept = BTreeMap::new();
    Ok(Some(Change { base: name, added: changes.added, removed_at: changes.removed_at, before, kept }))
}

/// How many flags a change may take out for it to be asked which sides it kept: each costs two clean-ups.
const LOOKED_AT: usize = 20;

/// Which side is left of each flag that the change takes out of the code, where that can be told. Nothing can go wrong
/// here that is worth ending a run for: what cannot be told is not known.
pub(crate) fn kept(
    settings: &Settings,
    args: &ScanArgs,
    change: &Change,
    now: &[Reference],
) -> BTreeMap<FlagKey, Keep> {
    let flags: BTreeSet<FlagKey> = change.removed(now).into_keys().take(LOOKED_AT).cloned().collect();
    let Some(base) = args.base().filter(|_| !flags.is_empty()) else { return BTreeMap::new() };
    let at_base = || -> Result<BTreeMap<FlagKey, Keep>, CliError> {
        let git = Git::open(&settings.root)?;
        let commit = git.resolve(&base)?;
        let folder = tempfile::tempdir().map_err(|error| CliError::usage(format!("no temporary folder: {error}")))?;
        git.export(&commit, folder.path())?;
        let scan = scan_of(settings, folder.path(), &flags, true)?;
        let texts = Texts::new(folder.path());
        let sides = flags.into_iter().filter_map(|flag| {
            let kept = kept_side(&settings.root, &texts, &scan, &flag)?;
            Some((flag, kept))
        });
        Ok(sides.collect())
    };
    at_base().unwrap_or_default()
}

/// The side whose clean-up the tree as it is now is nearer to.
fn kept_side(root: &Path, texts: &Texts, before: &[Reference], flag: &FlagKey) -> Option<Keep> {
    let cleaned = |keep: Keep| {
        let removals = [Removal { flag: flag.clone(), keep }];
        let cleaned = downhaul_cleanup::clean(&CleanRequest::new(&removals, before), texts);
        let is_refused = cleaned.flags.iter().any(|flag| flag.refused.is_some());
        (!is_refused && !cleaned.files.is_empty()).then_some(cleaned.files)
    };
    let (on, off) = (cleaned(Keep::On)?, cleaned(Keep::Off)?);
    let paths: BTreeSet<&str> = on.iter().chain(&off).map(|file| file.path.as_str()).collect();
    let (mut from_on, mut from_off, mut from_before) = (0, 0, 0);
    for path in paths {
        let before = texts.text(path).unwrap_or_default();
        let now = std::fs::read(root.join(path)).ok().and_then(downhaul_scanner::decode_text).unwrap_or_default();
        let after = |files: &[CleanedFile]| {
            files.iter().find(|file| file.path == path).map_or_else(|| before.to_string(), CleanedFile::after)
        };
        from_on += distance(&after(&on), &now);
        from_off += distance(&after(&off), &now);
        from_before += distance(&before, &now);
    }
    // A change that is as it was, or that rewrote everything, tells nothing.
    match (from_on, from_off) {
        (on, off) if on < off && on < from_before => Some(Keep::On),
        (on, off) if off < on && off < from_before => Some(Keep::Off),
        _ => None,
    }
}

/// How many lines two texts do not share, whatever their order and indentation.
fn distance(a: &str, b: &str) -> i64 {
    let mut lines: BTreeMap<&str, i64> = BTreeMap::new();
    for (text, step) in [(a, 1), (b, -1)] {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            *lines.entry(line).or_default() += step;
        }
    }
    lines.values().map(|count| count.abs()).sum()
}

/// The state that the arguments compare the tree with.
pub(crate) struct Then {
    /// As the user named it.
    pub(crate) base: String,
    pub(crate) commit: String,
    /// All references that there were.
    pub(crate) references: Vec<Reference>,
}

/// The tree as it was; `None` if the arguments compare it with nothing.
pub(crate) fn then(settings: &Settings, args: &ScanArgs, keys: &BTreeSet<FlagKey>) -> Result<Option<Then>, CliError> {
    let Some(base) = args.base() else { return Ok(None) };
    let git = Git::open(&settings.root)?;
    let commit = git.resolve(&base)?;
    let references = references_at(settings, &git, &commit, keys)?;
    let (Base::Since(base) | Base::MergeBase(base)) = base;
    Ok(Some(Then { base, commit, references }))
}

fn took_something_away(changes: &Changes) -> bool {
    !changes.removed_at.is_empty() || !changes.deleted.is_empty()
}

/// Scans the tree as it was. All of it: a constant can stand in a file that nobody changed.
fn references_at(
    settings: &Settings,
    git: &Git,
    commit: &str,
    keys: &BTreeSet<FlagKey>,
) -> Result<Vec<Reference>, CliError> {
    let folder = tempfile::tempdir().map_err(|error| CliError::usage(format!("no temporary folder: {error}")))?;
    git.export(commit, folder.path())?;
    scan_of(settings, folder.path(), keys, false)
}

fn scan_of(
    settings: &Settings,
    folder: &Path,
    keys: &BTreeSet<FlagKey>,
    mentions: bool,
) -> Result<Vec<Reference>, CliError> {
    let request = ScanRequest {
        keys: keys.clone(),
        mentions,
        threads: settings.threads,
        config: settings.config.scan.clone(),
        ..ScanRequest::new(folder)
    };
    let scan = downhaul_scanner::scan(&request, Catalog::load(), &());
    Ok(scan.map_err(|error| CliError::usage(error.to_string()))?.references)
}
