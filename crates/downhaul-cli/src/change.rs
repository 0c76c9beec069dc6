//! The change under review: what a branch adds and takes away, seen from the commit it is compared with.

use std::collections::BTreeSet;

use downhaul_core::{Change, FlagKey, Reference};
use downhaul_lang::Catalog;
use downhaul_scanner::ScanRequest;

use crate::args::ScanArgs;
use crate::errors::CliError;
use crate::git::{Base, Changes, Git};
use crate::settings::Settings;

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
    Ok(Some(Change { base: name, added: changes.added, removed_at: changes.removed_at, before }))
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
    let request = ScanRequest {
        keys: keys.clone(),
        threads: settings.threads,
        config: settings.config.scan.clone(),
        ..ScanRequest::new(folder.path())
    };
    let scan = downhaul_scanner::scan(&request, Catalog::load(), &());
    Ok(scan.map_err(|error| CliError::usage(error.to_string()))?.references)
}
