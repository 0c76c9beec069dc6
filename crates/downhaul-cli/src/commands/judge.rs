//! From settings to verdicts: the evidence is gathered, and the policy is asked. What `check` and its kin share.

use std::collections::BTreeSet;

use downhaul_core::{
    Change, Evidence, EvidenceBuilder, FlagKey, Location, Repositories, Snapshot, Timestamp, Verdicts,
};
use downhaul_policy::Policy;
use downhaul_scanner::Scan;

use crate::args::{OnServerError, ScanArgs};
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
pub(crate) fn judge(settings: &Settings, args: &ScanArgs, on_server_error: OnServerError) -> Result<Judged, CliError> {
    // What the user wrote is read first: a slip in it should not cost a round of the server.
    let policy = Policy::new(settings.config.policy.clone()).map_err(|error| policy_error(settings, &error))?;
    let manifest = manifest::read(settings)?;
    let captured = capture::capture(settings, on_server_error)?;
    let mut keys = known_keys(settings::keys(args)?, captured.as_ref().ok());
    keys.extend(manifest.flags.keys().cloned());
    let change = change::change(settings, args, &keys)?;
    let scanned = scan::scan(settings, args, keys)?;
    let evidence = Evidence::new(EvidenceBuilder { manifest, change, ..gather(settings, captured, &scanned) });
    let mut older = 0;
    let verdicts = match evidence.change() {
        Some(Change { added, .. }) => {
            let mut verdicts = downhaul_policy::check_change(&evidence, &policy, added);
            older = downhaul_policy::keep_new(&mut verdicts);
            verdicts
        }
        None => downhaul_policy::check(&evidence, &policy),
    };
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

fn policy_error(settings: &Settings, error: &dyn std::fmt::Display) -> CliError {
    match &settings.config.path {
        Some(path) => CliError::usage(format!("{}: {error}", path.display())),
        None => CliError::usage(error.to_string()),
    }
}
