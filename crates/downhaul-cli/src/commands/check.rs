//! `downhaul check`: the gate for one repository; code, server or snapshot, policy; the exit code is the verdict.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use downhaul_core::{Evidence, EvidenceBuilder, FlagKey, Location, RuleInfo, Snapshot, Timestamp};
use downhaul_policy::{FailOn, GateVerdict, Policy};
use downhaul_report::{CheckReport, Format, Run, Style};
use downhaul_scanner::Scan;

use crate::args::{CheckArgs, FailLevel, Global};
use crate::commands::{capture, scan};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::revision::GitRevision;
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
    let gate = policy.gate(&verdicts, args.fail_on.map(fail_on));
    let exit = exit(&gate, args.scan.strict && !scanned.skipped.is_empty());
    let sources = Sources::new(settings.root.clone());
    let rules: Vec<&RuleInfo> = policy.running().map(|(info, _, _)| info).collect();
    let revision =
        if settings.writes(Format::Sarif) { GitRevision::of(&settings.root) } else { GitRevision::default() };
    let report = CheckReport {
        run: super::report_run(&settings, &scanned, &sources, &revision),
        as_of: evidence.now(),
        server: evidence.snapshot().ok().map(|snapshot| &snapshot.server),
        verdict: verdict(&gate),
        verdicts: &verdicts,
        rules: &rules,
    };
    let render = |format: Format, style: Style, out: &mut dyn Write| {
        let report = CheckReport { run: Run { style, ..report.run }, ..report };
        Ok(downhaul_report::render_check(&report, format, out)?)
    };
    output::deliver(&settings, render)?;
    if let Some(ci) = &settings.ci {
        ci.deliver(render)?;
    }
    for missing in &gate.missing_required {
        let why = missing.why.join("; ");
        output::complain(&format!("the policy requires `{}`, and it could not be evaluated: {why}", missing.rule));
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

fn fail_on(level: FailLevel) -> FailOn {
    match level {
        FailLevel::Never => FailOn::Never,
        FailLevel::Note => FailOn::Note,
        FailLevel::Warning => FailOn::Warning,
        FailLevel::Error => FailOn::Error,
    }
}

fn exit(gate: &GateVerdict, skipped_under_strict: bool) -> Exit {
    let findings = if gate.failing > 0 { Exit::Findings } else { Exit::Clean };
    let evidence = if gate.missing_required.is_empty() { Exit::Clean } else { Exit::EvidenceMissing };
    let skipped = if skipped_under_strict { Exit::Skipped } else { Exit::Clean };
    findings.worst(evidence).worst(skipped)
}

fn verdict(gate: &GateVerdict) -> downhaul_report::GateVerdict {
    if !gate.missing_required.is_empty() {
        downhaul_report::GateVerdict::Incomplete
    } else if gate.passed() {
        downhaul_report::GateVerdict::Passed
    } else {
        downhaul_report::GateVerdict::Failed
    }
}
