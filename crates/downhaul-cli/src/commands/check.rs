//! `downhaul check`: the gate for one repository; code, server or snapshot, policy; the exit code is the verdict.

use std::io::Write;
use std::path::PathBuf;

use downhaul_core::{RuleInfo, Tally};
use downhaul_policy::{FailOn, GateVerdict};
use downhaul_report::{CheckReport, Details, Format, Run, Style};

use crate::args::{CheckArgs, FailLevel, Global};
use crate::baseline;
use crate::commands::judge::{self, Judged, Look};
use crate::commands::removals;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::revision::GitRevision;
use crate::settings::Settings;
use crate::sources::Sources;

pub(crate) fn run(global: &Global, args: &CheckArgs) -> Result<Exit, CliError> {
    run_with(global, args, Look::Repository)
}

/// The same for whatever is to be looked at.
pub(crate) fn run_with(global: &Global, args: &CheckArgs, look: Look) -> Result<Exit, CliError> {
    let settings = Settings::new(global, args.scan.paths.first().map(PathBuf::as_path))?;
    let baseline = baseline::read(&settings, &args.scan, args.baseline.as_deref())?;
    let Judged { policy, scanned, evidence, verdicts, older } =
        judge::judge(&settings, &args.scan, args.on_server_error, baseline.as_ref(), look)?;
    let gate = policy.gate(&verdicts, args.fail_on.map(fail_on));
    let exit = exit(&gate, args.scan.strict && !scanned.skipped.is_empty());
    let sources = Sources::new(settings.root.clone());
    let has_spoken = |info: &&RuleInfo| verdicts.tally.iter().any(|tally| tally.rule == info.id);
    let about_marks = policy.running_diagnostics().filter(has_spoken);
    let rules: Vec<&RuleInfo> = policy.running().map(|(info, _, _)| info).chain(about_marks).collect();
    let formats = [Format::Markdown, Format::Sarif, Format::SarifFull];
    let names_the_commit = settings.ci.is_some() || formats.iter().any(|format| settings.writes(*format));
    let revision = if names_the_commit { GitRevision::of(&settings.root) } else { GitRevision::default() };
    let fixes = settings.writes(Format::SarifFull).then(|| removals::fixes(&verdicts, &scanned, &settings.root));
    let report = CheckReport {
        run: super::report_run(&settings, &scanned, &sources, &revision),
        as_of: evidence.now(),
        server: evidence.snapshot().ok().map(|snapshot| &snapshot.server),
        verdict: verdict(&gate),
        verdicts: &verdicts,
        rules: &rules,
        details: fixes.as_ref().map(|fixes| Details { references: &scanned.references, fixes }),
    };
    let render = |format: Format, style: Style, out: &mut dyn Write| {
        let report = CheckReport { run: Run { style, ..report.run }, ..report };
        Ok(downhaul_report::render_check(&report, format, out)?)
    };
    output::deliver(&settings, render)?;
    if let Some(ci) = &settings.ci {
        ci.deliver(render)?;
    }
    if args.stats {
        output::tell(&stats(&verdicts.tally));
    }
    if older > 0 && !settings.quiet {
        output::note(&format!("{older} older findings are not shown: the change under review did not bring them"));
    }
    for missing in &gate.missing_required {
        let why = missing.why.join("; ");
        output::complain(&format!("the policy requires `{}`, and it could not be evaluated: {why}", missing.rule));
    }
    Ok(exit)
}

/// What each rule made of what it looked at, a line a rule.
fn stats(tally: &[Tally]) -> String {
    let width = tally.iter().map(|tally| tally.rule.len()).max().unwrap_or(0).max(4);
    let mut text = format!("{:width$}  found  passed  exempt  unsupported  not evaluated", "rule");
    for Tally { rule, findings, passed, exempt, unsupported, not_evaluated, .. } in tally {
        text.push_str(&format!(
            "\n{rule:width$}  {findings:>5}  {passed:>6}  {exempt:>6}  {unsupported:>11}  {not_evaluated:>13}"
        ));
    }
    text
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
