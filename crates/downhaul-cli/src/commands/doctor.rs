//! `downhaul doctor`: what works here, what does not, and what to do about it.

mod report;
mod server;

use std::path::Path;
use std::process::Command;

use downhaul_policy::Policy;
use downhaul_report::Format;

use crate::args::Global;
use crate::commands::snapshot;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;
use crate::{config, manifest};
use report::{Mark, Report};

pub(crate) fn run(global: &Global) -> Result<Exit, CliError> {
    let mut report = Report::default();
    let settings = match Settings::new(global, None) {
        Ok(settings) => settings,
        Err(error) => {
            // A policy that cannot be read is what the doctor is asked about, not a reason to say nothing.
            report.add("policy", Mark::Fail, error.to_string());
            output::print(report.text(false).as_bytes())?;
            return Ok(error.exit());
        }
    };
    let can_write = |format| matches!(format, Format::Text | Format::Json);
    settings.refuse_formats(can_write, "it tells of the set-up, not of findings")?;
    let policy = policy(&settings, &mut report);
    repository(&settings.root, &mut report);
    declared(&settings, &mut report);
    let exit = server::look(&settings, policy.as_ref(), &mut report);
    proxies(&mut report);
    output::deliver(&settings, |format, style, out| {
        match format {
            Format::Json => out.write_all(report.json().as_bytes())?,
            _ => out.write_all(report.text(style.color).as_bytes())?,
        }
        Ok(())
    })?;
    Ok(if policy.is_some() { exit } else { exit.worst(Exit::Usage) })
}

fn policy(settings: &Settings, report: &mut Report) -> Option<Policy> {
    match &settings.config.path {
        Some(path) => {
            let shown = settings.relative(path).unwrap_or_else(|| path.display().to_string());
            report.add("policy", Mark::Ok, format!("{shown} is read"))
        }
        None => report
            .add("policy", Mark::Note, format!("there is no {}: every rule runs as it comes", config::CONFIG_FILE))
            .todo("`downhaul init` writes one"),
    };
    match Policy::new(settings.config.policy.clone()) {
        Ok(policy) => Some(policy),
        Err(error) => {
            report.add("policy", Mark::Fail, error.to_string());
            None
        }
    }
}

/// What is told of added lines, ages and branches comes from the history.
fn repository(root: &Path, report: &mut Report) {
    if git(root, &["rev-parse", "--is-inside-work-tree"]).as_deref() != Some("true") {
        report
            .add("repository", Mark::Note, format!("{} is no git work tree, or there is no git", root.display()))
            .todo("without git nothing can be told of added lines (--since, --merge-base)");
        return;
    }
    let commits = git(root, &["rev-list", "--count", "HEAD"]).unwrap_or_else(|| "no".to_owned());
    if git(root, &["rev-parse", "--is-shallow-repository"]).as_deref() == Some("true") {
        report
            .add("repository", Mark::Warn, format!("the clone is shallow: it holds {commits} of its commits"))
            .todo("fetch the whole history: `git fetch --unshallow`; in a workflow `fetch-depth: 0`");
    } else {
        report.add("repository", Mark::Ok, format!("a git work tree with its whole history, commits: {commits}"));
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let answer = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    answer.status.success().then(|| text.trim().to_owned())
}

fn declared(settings: &Settings, report: &mut Report) {
    match manifest::read(settings) {
        Ok(manifest) if manifest.files.is_empty() => report
            .add("manifest", Mark::Note, "there is none: what flags are meant to be is not known".to_owned())
            .todo("`downhaul init` writes one with the flags of the server"),
        Ok(manifest) => {
            let files = manifest.files.join(", ");
            report.add(
                "manifest",
                Mark::Ok,
                format!("{files} declares {}", snapshot::count(manifest.flags.len(), "flag")),
            )
        }
        Err(error) => report.add("manifest", Mark::Fail, error.to_string()),
    };
}

/// Only that they are set: an address of a proxy may hold a password.
fn proxies(report: &mut Report) {
    let set = |name: &&str| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    let names =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];
    let names: Vec<&str> = names.into_iter().filter(set).collect();
    if !names.is_empty() {
        report.add("proxy", Mark::Note, format!("these variables lead requests: {}", names.join(", ")));
    }
}
