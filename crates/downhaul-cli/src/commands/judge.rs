//! From settings to verdicts: the evidence is gathered, and the policy is asked. What `check` and its kin share.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Evidence, EvidenceBuilder, FlagKey, Inventory, Location, Repositories, RunScope, Snapshot, Timestamp, Verdicts,
};
use downhaul_lang::Catalog;
use downhaul_policy::{Marks, Policy, PolicyError, did_you_mean};
use downhaul_scanner::Scan;

use crate::args::{OnServerError, ScanArgs};
use crate::baseline::BaselineFile;
use crate::commands::{capture, scan};
use crate::errors::CliError;
use crate::revision::GitRevision;
use crate::settings::{self, Settings};
use crate::{change, inventory, manifest, owners};

/// Everything that a verdict rests on, and the verdicts.
pub(crate) struct Judged {
    pub(crate) policy: Policy,
    pub(crate) scanned: Scan,
    pub(crate) evidence: Evidence,
    pub(crate) verdicts: Verdicts,
    /// Findings that the change under review did not bring.
    pub(crate) older: usize,
}

/// What a run looks at.
pub(crate) enum Look {
    /// What concerns this repository.
    Repository,
    /// The whole flag server, with what other repositories refer to.
    Server(Vec<Inventory>),
}

/// Gathers the evidence and asks the policy.
pub(crate) fn judge(
    settings: &Settings,
    args: &ScanArgs,
    on_server_error: OnServerError,
    baseline: Option<&BaselineFile>,
    look: Look,
) -> Result<Judged, CliError> {
    // What the user wrote is read first: a slip in it should not cost a round of the server.
    let policy = policy(settings)?;
    let manifest = manifest::read(settings)?;
    let captured = capture::capture(settings, on_server_error)?;
    let mut keys = known_keys(settings::keys(args)?, captured.as_ref().ok());
    keys.extend(manifest.flags.keys().cloned());
    let change = change::change(settings, args, &keys)?;
    let scanned = scan::scan(settings, args, keys)?;
    let change = change.map(|change| {
        let kept = change::kept(settings, args, &change, &scanned.references);
        downhaul_core::Change { kept, ..change }
    });
    let evidence =
        Evidence::new(EvidenceBuilder { manifest, change, ..gather(settings, args, captured, &scanned, look) });
    let added = evidence.change().map(|change| change.added.clone());
    let marks = Marks {
        inline: &scanned.marks,
        baseline: baseline.as_ref().map(|file| (&file.now, file.shown.as_str())),
        baseline_before: baseline.as_ref().and_then(|file| file.before.as_ref()),
        whole: args.paths.is_empty(),
    };
    let mut verdicts = downhaul_policy::check_marked(&evidence, &policy, &added.unwrap_or_default(), &marks);
    let older = if evidence.change().is_some() { downhaul_policy::keep_new(&mut verdicts) } else { 0 };
    Ok(Judged { policy, scanned, evidence, verdicts, older })
}

fn gather(
    settings: &Settings,
    args: &ScanArgs,
    captured: capture::Captured,
    scanned: &Scan,
    look: Look,
) -> EvidenceBuilder {
    let (scope, inventories) = match look {
        Look::Repository => (RunScope::Repository, Vec::new()),
        Look::Server(inventories) => (RunScope::Server, inventories),
    };
    let (snapshot, no_snapshot_because) = match captured {
        Ok(snapshot) => (Some(snapshot), None),
        Err(why) => (None, Some(why)),
    };
    let taken = snapshot.as_ref().map(|snapshot| snapshot.captured_at);
    let policy_path = settings.config.path.as_deref().and_then(|path| settings.relative(path));
    let now = settings.as_of.or(taken).unwrap_or_else(Timestamp::now);
    EvidenceBuilder {
        production: settings.config.server.as_ref().map(|server| server.production.clone()).unwrap_or_default(),
        policy_anchor: policy_path.map(Location::file_start),
        code_owners: owners::read(&settings.root, &scanned.references),
        references: scanned.references.clone(),
        secrets: scanned.secrets.clone(),
        unread: scanned.skipped.iter().filter(|skipped| skipped.reason.is_unread()).cloned().collect(),
        repositories: repositories(settings, args, scanned, inventories, now),
        languages: languages(),
        scope,
        snapshot,
        no_snapshot_because,
        ..EvidenceBuilder::at(now)
    }
}

/// The inventories at hand; this repository's own is what was scanned just now.
fn repositories(
    settings: &Settings,
    args: &ScanArgs,
    scanned: &Scan,
    mut inventories: Vec<Inventory>,
    now: Timestamp,
) -> Repositories {
    let config = &settings.config.repos;
    if !config.expected.is_empty()
        && let Some(own) = GitRevision::of(&settings.root).repository()
    {
        let complete = scanned.skipped.is_empty() && args.paths.is_empty();
        let own = inventory::of_run(own, now, complete, &scanned.references);
        inventories.retain(|other| other.repository != own.repository);
        inventories.push(own);
    }
    inventories.sort_by(|a, b| a.repository.cmp(&b.repository));
    let expected = config.expected.iter().map(|name| inventory::canonical(name)).collect();
    Repositories { expected, inventories, max_age_days: config.max_age_days }
}

/// Names that running applications ask for in vain count too: code that names one is about a flag.
fn known_keys(mut keys: BTreeSet<FlagKey>, snapshot: Option<&Snapshot>) -> BTreeSet<FlagKey> {
    if let Some(snapshot) = snapshot {
        keys.extend(snapshot.flags.keys().cloned());
        keys.extend(snapshot.unknown_names.iter().map(|name| name.key.clone()));
    }
    keys
}

/// The policy, validated.
pub(crate) fn policy(settings: &Settings) -> Result<Policy, CliError> {
    let config = &settings.config.policy;
    let policy = Policy::new(config.clone()).map_err(|error| policy_error(settings, &error))?;
    let of_overrides =
        config.overrides.iter().enumerate().map(|(n, block)| (format!("override[{n}]"), &block.about.language));
    let of_exemptions =
        config.exemptions.iter().enumerate().map(|(n, block)| (format!("exempt[{n}]"), &block.about.language));
    for (block, language) in of_overrides.chain(of_exemptions) {
        known_language(language.as_deref(), &format!("{block}.language"))
            .map_err(|error| policy_error(settings, &error))?;
    }
    Ok(policy)
}

/// The policy does not know the languages; the catalog does.
fn known_language(language: Option<&str>, key: &str) -> Result<(), PolicyError> {
    let ids = || Catalog::load().languages().map(|(_, language)| language.id);
    match language.filter(|language| ids().all(|id| id != *language)) {
        None => Ok(()),
        Some(language) => {
            let hint = did_you_mean(language, ids()).map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            Err(PolicyError::BadValue {
                path: key.to_owned(),
                problem: format!("there is no language `{language}`{hint}"),
            })
        }
    }
}

/// The file and line of the key that is wrong stand before what is wrong.
fn policy_error(settings: &Settings, error: &PolicyError) -> CliError {
    let places = &settings.config.policy.places;
    // What is missing has no place; what it is missing in has.
    let mut key = error.path();
    let place = loop {
        match (places.get(key), key.rsplit_once(['.', '['])) {
            (Some(place), _) => break Some(place),
            (None, Some((around, _))) => key = around,
            (None, None) => break None,
        }
    };
    match (place, &settings.config.path) {
        (Some(place), _) => CliError::usage(format!("{}:{}: {error}", place.path, place.start.line)),
        (None, Some(path)) => CliError::usage(format!("{}: {error}", path.display())),
        (None, None) => CliError::usage(error.to_string()),
    }
}

/// Extension of a file to the id of its language, and to that of the one it is a dialect of.
fn languages() -> BTreeMap<String, Vec<String>> {
    let of = |language: &downhaul_lang::Language| {
        let names: Vec<String> =
            [language.id.to_owned()].into_iter().chain(language.facts.dialect_of.clone()).collect();
        let extensions = language.facts.extensions.iter();
        extensions.map(move |extension| (extension.clone(), names.clone())).collect::<Vec<_>>()
    };
    Catalog::load().languages().flat_map(|(_, language)| of(language)).collect()
}
