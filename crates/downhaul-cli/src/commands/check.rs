//! `downhaul check`: the gate for one repository; code, server or snapshot, policy; the exit code is the verdict.

use std::collections::BTreeSet;
use std::path::PathBuf;

use downhaul_core::{Evidence, EvidenceBuilder, FlagKey, Location, Severity, Snapshot, Timestamp};
use downhaul_policy::{Gate, Policy};
use downhaul_report::{CheckReport, GateVerdict, Run};
use downhaul_scanner::Scan;

use crate::args::{CheckArgs, FailOn, Global};
use crate::commands::{capture, scan};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::{self, Settings};
use crate::sources::Sources;

pub(crate) fn run(global: &Global, args: &CheckArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, args.scan.paths.first().map(PathBuf::as_path))?;
    let policy = Policy::new(settings.config.policy.clone()).map_err(|error| policy_error(&settings, &error))?;
    let captured = capture::capture(&settings, args.on_server_error)?;
    let keys = known_keys(settings::keys(&args.scan)?, captured.as_ref().ok());
    let scanned = scan::scan(&settings, &args.scan, keys)?;
    let evidence = evidence(&settings, captured, &scanned);
    let verdicts = downhaul_policy::check(&evidence, &policy);
    let gate = policy.gate(&verdicts, args.fail_on.map(severity));
    let exit = exit(&gate, args.scan.strict && !scanned.skipped.is_empty());
    let sources = Sources::new(settings.root.clone());
    let report = CheckReport {
        run: super::report_run(&settings, &scanned, &sources),
        as_of: evidence.now(),
        server: evidence.snapshot().ok().map(|snapshot| &snapshot.server),
        verdict: verdict(&gate),
        verdicts: &verdicts,
        rules: &downhaul_policy::rules(),
    };
    output::deliver(&settings, |format, style, out| {
        downhaul_report::render_check(&CheckReport { run: Run { style, ..report.run }, ..report }, format, out)
    })?;
    for (rule, why) in &gate.missing_required {
        output::complain(&format!("the policy requires `{rule}`, and it could not be evaluated: {why}"));
    }
    Ok(exit)
}

/// Names that running applications ask for in vain count too: code that names one is about a flag.
fn known_keys(mut keys: BTreeSet<FlagKey>, snapshot: Option<&Snapshot>) -> BTreeSet<FlagKey> {
    if let Some(snapshot) = snapshot {
        keys.extend(snapshot.flags.keys().cloned());
        keys.extend(snapshot.unknown_names.iter().map(|name| name.key.clone()));
    }
    keys
}

fn evidence(settings: &Settings, captured: capture::Captured, scanned: &Scan) -> Evidence {
    let (snapshot, no_snapshot_because) = match captured {
        Ok(snapshot) => (Some(snapshot), None),
        Err(why) => (None, Some(why)),
    };
    let taken = snapshot.as_ref().map(|snapshot| snapshot.captured_at);
    let policy_path = settings.config.path.as_deref().and_then(|path| settings.relative(path));
    Evidence::new(EvidenceBuilder {
        now: settings.as_of.or(taken).unwrap_or_else(Timestamp::now),
        production: settings.config.server.as_ref().map(|server| server.production.clone()).unwrap_or_default(),
        policy_anchor: policy_path.map(Location::file_start),
        references: scanned.references.clone(),
        snapshot,
        no_snapshot_because,
    })
}

fn policy_error(settings: &Settings, error: &dyn std::fmt::Display) -> CliError {
    match &settings.config.path {
        Some(path) => CliError::usage(format!("{}: {error}", path.display())),
        None => CliError::usage(error.to_string()),
    }
}

/// `never` is a level that nothing reaches.
fn severity(level: FailOn) -> Option<Severity> {
    match level {
        FailOn::Never => None,
        FailOn::Note => Some(Severity::Note),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Error => Some(Severity::Error),
    }
}

fn exit(gate: &Gate, skipped_under_strict: bool) -> Exit {
    let findings = if gate.failed { Exit::Findings } else { Exit::Clean };
    let evidence = if gate.missing_required.is_empty() { Exit::Clean } else { Exit::EvidenceMissing };
    let skipped = if skipped_under_strict { Exit::Skipped } else { Exit::Clean };
    findings.worst(evidence).worst(skipped)
}

fn verdict(gate: &Gate) -> GateVerdict {
    if !gate.missing_required.is_empty() {
        GateVerdict::Incomplete
    } else if gate.failed {
        GateVerdict::Failed
    } else {
        GateVerdict::Passed
    }
}
