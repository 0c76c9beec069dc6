//! From settings to verdicts: the evidence is gathered, and the policy is asked. What `check` and its kin share.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Evidence, EvidenceBuilder, FlagKey, Location, Repositories, Snapshot, Timestamp, Verdicts};
use downhaul_lang::Catalog;
use downhaul_policy::{Marks, Policy, PolicyError};
use downhaul_scanner::Scan;

use crate::args::{OnServerError, ScanArgs};
use crate::baseline::BaselineFile;
use crate::commands::{capture, scan};
use crate::errors::CliError;
use crate::settings::{self, Settings};
use crate::{change, manifest, owners};

/// Everything that a verdict rests on, and the verdicts.
pub(crate) struct Judged {
    pub(crate) policy: Policy,
    pub(crate) scanned: Scan,
    pub(crate) evidence: Evidence,
    pub(crate) verdicts: Verdicts,
    /// Findings that the change under review did not bring.
    pub(crate) older: usize,
}

/// Gathers the evidence and asks the policy.
pub(crate) fn judge(
    settings: &Settings,
    args: &ScanArgs,
    on_server_error: OnServerError,
    baseline: Option<&BaselineFile>,
) -> Result<Judged, CliError> {
    // What the user wrote is read first: a slip in it should not cost a round of the server.
    let policy = policy(settings)?;
    let manifest = manifest::read(settings)?;
    let captured = capture::capture(settings, on_server_error)?;
    let mut keys = known_keys(settings::keys(args)?, captured.as_ref().ok());
    keys.extend(manifest.flags.keys().cloned());
    let change = change::change(settings, args, &keys)?;
    let scanned = scan::scan(settings, args, keys)?;
    let evidence = Evidence::new(EvidenceBuilder { manifest, change, ..gather(settings, captured, &scanned) });
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

fn gather(settings: &Settings, captured: capture::Captured, scanned: &Scan) -> EvidenceBuilder {
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
        repositories: Repositories {
            expected: settings.config.repos.expected.clone(),
            inventories: Vec::new(),
            max_age_days: settings.config.repos.max_age_days,
        },
        languages: languages(),
        snapshot,
        no_snapshot_because,
        ..EvidenceBuilder::at(now)
    }
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
    Policy::new(settings.config.policy.clone()).map_err(|error| policy_error(settings, &error))
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

/// Extension of a file to the id of its language.
fn languages() -> BTreeMap<String, String> {
    let of = |language: &downhaul_lang::Language| {
        let id = language.id;
        language.facts.extensions.iter().map(move |extension| (extension.clone(), id.to_owned())).collect::<Vec<_>>()
    };
    Catalog::load().languages().flat_map(|(_, language)| of(language)).collect()
}
