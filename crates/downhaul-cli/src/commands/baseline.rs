//! `downhaul baseline`: the list of accepted findings is written, or shrinks.

use std::path::PathBuf;

use downhaul_core::Finding;
use downhaul_policy::{Baseline, BaselineChanges};

use crate::args::{BaselineArgs, BaselineCommand, Global, ScanArgs};
use crate::baseline::{self, BaselineFile};
use crate::commands::judge::{self, Judged};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::{BASELINE_FILE, Settings};

pub(crate) fn run(global: &Global, command: &BaselineCommand) -> Result<Exit, CliError> {
    match command {
        BaselineCommand::Write { baseline, reason } => write(global, baseline, reason.as_deref()),
        BaselineCommand::Prune { baseline } => prune(global, baseline),
    }
}

fn write(global: &Global, args: &BaselineArgs, reason: Option<&str>) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    // A list that does not exist yet is what is to be written.
    let named = args.file.as_deref().filter(|path| path.exists());
    let read =
        baseline::read(&settings, &ScanArgs::default(), named)?.filter(|_| named.is_some() || args.file.is_none());
    let judged = judge(&settings, args, read.as_ref())?;
    let Judged { policy, evidence, verdicts, .. } = &judged;
    let before = read.as_ref().map(|file| file.now.clone()).unwrap_or_default();
    let may_hold = |finding: &Finding| policy.baseline_may_hold(finding.rule);
    let (after, changes) = before.renewed(evidence, verdicts, may_hold, policy.day(evidence.now()), reason);
    if read.is_some() && changes.added > 0 && reason.is_none() {
        let what =
            format!("{} not on the list yet, and a list that exists grows with a reason only", are(changes.added));
        return Err(CliError::usage(what).hint("put them right, or say why not: --reason \"…\"; nothing was written"));
    }
    save(&settings, args, &after, changes)
}

fn prune(global: &Global, args: &BaselineArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let Some(read) = baseline::read(&settings, &ScanArgs::default(), args.file.as_deref())? else {
        return Err(CliError::usage("there is no baseline to prune").hint("`downhaul baseline write` makes one"));
    };
    let judged = judge(&settings, args, Some(&read))?;
    let (after, changes) = read.now.pruned(&judged.evidence, &judged.verdicts);
    save(&settings, args, &after, changes)
}

fn judge(settings: &Settings, args: &BaselineArgs, read: Option<&BaselineFile>) -> Result<Judged, CliError> {
    let scan = ScanArgs { keys: args.keys.clone(), ..ScanArgs::default() };
    judge::judge(settings, &scan, args.on_server_error, read, judge::Look::Repository)
}

fn save(
    settings: &Settings,
    args: &BaselineArgs,
    after: &Baseline,
    changes: BaselineChanges,
) -> Result<Exit, CliError> {
    let path = args.file.clone().or_else(|| settings.usual_baseline()).unwrap_or_else(|| usual_place(settings));
    output::write_file(&path, after.write(env!("CARGO_PKG_VERSION")).as_bytes())?;
    if !settings.quiet {
        let BaselineChanges { added, gone, untold } = changes;
        let kept =
            if untold == 0 { String::new() } else { format!(", {untold} kept: their rules could not be evaluated") };
        let shown = settings.relative(&path).unwrap_or_else(|| path.display().to_string());
        output::note(&format!("{shown}: {} accepted ({added} new, {gone} gone{kept})", are(after.entries.len())));
    }
    Ok(Exit::Clean)
}

/// Beside the policy, else in the root.
fn usual_place(settings: &Settings) -> PathBuf {
    let folder = settings.config.path.as_deref().and_then(std::path::Path::parent).unwrap_or(&settings.root);
    folder.join(BASELINE_FILE)
}

fn are(count: usize) -> String {
    if count == 1 { "1 finding is".to_owned() } else { format!("{count} findings are") }
}
