//! Which flags go, and which side of each stays: as told, as the rules propose, or as the snapshot says.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_cleanup::Payload;
use downhaul_core::exposure::{Exposure, exposure};
use downhaul_core::{Completion, Evidence, Flag, FlagKey, Keep, Reference, Removal, Snapshot, Variant};
use downhaul_policy::did_you_mean;
use downhaul_scanner::Scan;

use super::Undecided;
use crate::args::{CleanArgs, OnServerError, ScanArgs};
use crate::commands::judge::{self, Judged};
use crate::commands::removals::Proposals;
use crate::commands::{capture, scan};
use crate::errors::CliError;
use crate::settings::Settings;
use crate::{baseline, output};

/// Rules whose finding means that a flag is not to be touched yet.
const FORBIDDING: &[&str] = &["completion-contradicts-production"];

/// What is to be taken out.
pub(super) struct Sides {
    pub(super) removals: Vec<Removal>,
    /// Why this side of a flag stays, where nobody told.
    pub(super) because: BTreeMap<FlagKey, String>,
    pub(super) undecided: Vec<Undecided>,
    /// What comes with the variants that stay.
    pub(super) payloads: BTreeMap<FlagKey, Payload>,
    pub(super) scan: Scan,
}

/// Works out the flags and their sides from what was asked for.
pub(super) fn sides(settings: &Settings, args: &CleanArgs) -> Result<Sides, CliError> {
    let sides = match args.keep.as_deref() {
        Some(side) if args.stale && side != "auto" => {
            return Err(CliError::usage("--stale takes the sides that the rules propose")
                .hint("leave --keep out, or name the flags"));
        }
        Some(side) if side != "auto" => told(settings, &args.flags, side)?,
        _ => judged(settings, args)?,
    };
    for (flag, why) in &sides.because {
        if !settings.quiet {
            output::note(&format!("`{flag}`: {why}"));
        }
    }
    Ok(sides)
}

pub(super) fn keys(flags: &[String]) -> Result<BTreeSet<FlagKey>, CliError> {
    flags.iter().map(|flag| FlagKey::new(flag).map_err(|error| CliError::usage(error.to_string()))).collect()
}

/// The side is told; a snapshot, if there is one, says whether it can be.
fn told(settings: &Settings, flags: &[String], side: &str) -> Result<Sides, CliError> {
    let removals = super::removals(flags, side)?;
    let is_variant = removals.iter().any(|removal| matches!(removal.keep, Keep::Variant(_)));
    let snapshot = known(settings, is_variant)?;
    if let Some(snapshot) = &snapshot {
        removals.iter().try_for_each(|removal| has_variant(snapshot, removal))?;
    }
    let keys = removals.iter().map(|removal| removal.flag.clone()).collect();
    let arguments = ScanArgs { mentions: true, ..ScanArgs::default() };
    let scan = scan::scan(settings, &arguments, keys)?;
    for removal in &removals {
        is_known(&removal.flag, &scan.references, snapshot.as_ref())?;
    }
    let payloads = snapshot.as_ref().map(|snapshot| payloads(snapshot, &removals)).unwrap_or_default();
    Ok(Sides { removals, because: BTreeMap::new(), undecided: Vec::new(), payloads, scan })
}

/// The snapshot: a file at hand; the server only for a variant, of which it knows more than its name.
fn known(settings: &Settings, is_variant: bool) -> Result<Option<Snapshot>, CliError> {
    if let Some(path) = settings.snapshot.clone().or_else(|| settings.usual_snapshot()) {
        return capture::read(&path).map(Some);
    }
    let has_server = std::env::var_os("UNLEASH_URL").is_some() && !settings.offline;
    if !is_variant || !has_server {
        return Ok(None);
    }
    Ok(capture::capture(settings, OnServerError::Warn)?.ok())
}

/// As the rules propose, or as the snapshot says.
fn judged(settings: &Settings, args: &CleanArgs) -> Result<Sides, CliError> {
    let arguments = ScanArgs { mentions: true, ..ScanArgs::default() };
    let wanted = keys(&args.flags)?;
    let baseline = baseline::read(settings, &arguments, None)?;
    let judged = judge::judge(settings, &arguments, OnServerError::Fail, baseline.as_ref(), judge::Look::Repository)?;
    let snapshot = judged.evidence.snapshot().map_err(|why| {
        CliError::usage(format!("which side stays is not told, and {why}"))
            .hint("give --keep on, off or a variant; or --snapshot FILE, or UNLEASH_URL and UNLEASH_TOKEN")
    })?;
    let proposals = Proposals::of(&judged.verdicts);
    let mut sides = (Vec::new(), BTreeMap::new(), Vec::new());
    let proposed: BTreeSet<FlagKey> = proposals.removals.iter().map(|proposed| proposed.removal.flag.clone()).collect();
    let all = if args.stale { proposed.into_iter().chain(proposals.contradictory.clone()).collect() } else { wanted };
    for key in all {
        let proposed = proposals.removals.iter().find(|proposed| proposed.removal.flag == key);
        let side = match proposed {
            _ if proposals.contradictory.contains(&key) => Err("two rules propose two sides".to_owned()),
            Some(proposed) => {
                let why = proposed.finding.map_or("", |finding| finding.message.as_str());
                agreed(&judged, snapshot, &key, &proposed.removal.keep).map(|keep| (keep, why.to_owned()))
            }
            None => {
                is_known(&key, &judged.scanned.references, Some(snapshot))?;
                served(&judged, snapshot, &key)
            }
        };
        match side {
            Ok((keep, why)) => {
                sides.1.insert(key.clone(), format!("keeping {keep}: {why}"));
                sides.0.push(Removal { flag: key, keep });
            }
            Err(why) => sides.2.push((key, why)),
        }
    }
    let payloads = payloads(snapshot, &sides.0);
    if args.stale && sides.0.is_empty() && sides.2.is_empty() && !settings.quiet {
        output::note("no rule proposes to take out a flag");
    }
    Ok(Sides { removals: sides.0, because: sides.1, undecided: sides.2, payloads, scan: judged.scanned })
}

/// A proposed side, unless production says that it is too early.
fn agreed(judged: &Judged, snapshot: &Snapshot, key: &FlagKey, keep: &Keep) -> Result<Keep, String> {
    let findings = &judged.verdicts.findings;
    let forbids = findings.iter().find(|finding| {
        FORBIDDING.contains(&finding.rule) && finding.flag.as_ref() == Some(key) && finding.suppressed.is_none()
    });
    if let Some(finding) = forbids {
        return Err(finding.message.clone());
    }
    let Some(flag) = snapshot.flags.get(key).filter(|flag| flag.archived_at.is_none()) else { return Ok(keep.clone()) };
    for (environment, exposure) in production(&judged.evidence, snapshot, flag) {
        if matches!(exposure, Exposure::Partial { .. } | Exposure::Targeted | Exposure::Scheduled { .. }) {
            return Err(format!("a rollout is in progress: `{environment}` is {exposure}"));
        }
    }
    Ok(keep.clone())
}

/// The side that production serves to everyone, and what shows that.
fn served(judged: &Judged, snapshot: &Snapshot, key: &FlagKey) -> Result<(Keep, String), String> {
    let flag = snapshot.flags.get(key).ok_or("the server does not have it, so no side can be told; give --keep")?;
    let exposures = production(&judged.evidence, snapshot, flag);
    let described: Vec<String> = exposures.iter().map(|(name, exposure)| format!("`{name}` is {exposure}")).collect();
    let described = described.join(", ");
    let Some((_, first)) = exposures.first() else {
        return Err("the server names no production environment of it, so no side can be told; give --keep".to_owned());
    };
    let is_same = exposures.iter().all(|(_, exposure)| exposure == first);
    let keep = match first {
        Exposure::Full { variant, until: None } if is_same => {
            variant.as_ref().map_or(Keep::On, |name| Keep::Variant(name.clone()))
        }
        Exposure::Off if is_same => Keep::Off,
        _ => return Err(format!("production does not serve everyone the same: {described}; give --keep")),
    };
    match (&flag.lifecycle.completion, &keep) {
        (Some(Completion::Kept { .. }), Keep::Off) => Err(format!("it was completed as kept, but {described}")),
        (Some(Completion::Discarded), Keep::On | Keep::Variant(_)) => {
            Err(format!("it was completed as discarded, but {described}"))
        }
        (Some(Completion::Kept { variant: Some(won) }), keep) if *keep != Keep::Variant(won.clone()) => {
            Err(format!("it was completed with the variant `{won}`, but {described}"))
        }
        // Off for everyone is also what a flag looks like whose feature has not been released yet.
        (None, Keep::Off) if !flag.stale => {
            Err(format!("{described}, and nobody has said that the feature is given up; give --keep off if it is"))
        }
        _ => Ok((keep, format!("{described} in {}", snapshot_name(snapshot)))),
    }
}

fn snapshot_name(snapshot: &Snapshot) -> String {
    format!("the state of {}", snapshot.captured_at.strftime("%Y-%m-%d %H:%M"))
}

/// Who gets a flag in each production environment that it has.
fn production<'a>(evidence: &'a Evidence, snapshot: &Snapshot, flag: &Flag) -> Vec<(&'a str, Exposure)> {
    let names = evidence.production().filter(|name| flag.environments.contains_key(*name));
    names.map(|name| (name, exposure(snapshot, &flag.key, name, evidence.now()))).collect()
}

/// A key that neither the code nor the server knows, but one much like it, is a slip.
fn is_known(key: &FlagKey, references: &[Reference], snapshot: Option<&Snapshot>) -> Result<(), CliError> {
    let in_code = || references.iter().filter_map(Reference::flag);
    let on_server = || snapshot.into_iter().flat_map(|snapshot| snapshot.flags.keys());
    if in_code().chain(on_server()).any(|known| known == key) {
        return Ok(());
    }
    let others: BTreeSet<&str> = in_code().chain(on_server()).map(FlagKey::as_str).collect();
    match did_you_mean(key.as_str(), others) {
        Some(other) => Err(CliError::usage(format!("no code names `{key}`")).hint(format!("did you mean `{other}`?"))),
        None => {
            output::note(&format!("no code names `{key}`"));
            Ok(())
        }
    }
}

fn variants(flag: &Flag) -> impl Iterator<Item = &Variant> {
    flag.environments.values().flat_map(|environment| {
        let strategies = environment.strategies.iter().flatten();
        environment.variants.iter().chain(strategies.flat_map(|strategy| &strategy.variants))
    })
}

/// A variant that the server does not know of a flag that it knows is a slip.
fn has_variant(snapshot: &Snapshot, removal: &Removal) -> Result<(), CliError> {
    let (Keep::Variant(name), Some(flag)) = (&removal.keep, snapshot.flags.get(&removal.flag)) else { return Ok(()) };
    let names: BTreeSet<&str> = variants(flag).map(|variant| variant.name.as_str()).collect();
    if names.contains(name.as_str()) {
        return Ok(());
    }
    let error = CliError::usage(format!("`{}` has no variant `{name}`", removal.flag));
    Err(match did_you_mean(name, names.iter().copied()) {
        Some(other) => error.hint(format!("did you mean `{other}`?")),
        None if names.is_empty() => error.hint("it has no variants: --keep on or --keep off"),
        None => error.hint(format!("it has {}", names.into_iter().collect::<Vec<_>>().join(", "))),
    })
}

/// What comes with the variants that stay, where it is the same everywhere.
fn payloads(snapshot: &Snapshot, removals: &[Removal]) -> BTreeMap<FlagKey, Payload> {
    let payload = |removal: &Removal| {
        let Keep::Variant(name) = &removal.keep else { return None };
        let flag = snapshot.flags.get(&removal.flag)?;
        let all: BTreeSet<_> = variants(flag).filter(|variant| variant.name == *name).map(|it| &it.payload).collect();
        let [Some((kind, value))] = all.into_iter().collect::<Vec<_>>()[..] else { return None };
        Some((removal.flag.clone(), Payload { kind: kind.clone(), value: value.clone() }))
    };
    removals.iter().filter_map(payload).collect()
}
