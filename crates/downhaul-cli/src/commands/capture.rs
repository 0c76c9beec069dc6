//! Where the state of the flags comes from: a snapshot file, the server, or nowhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downhaul_core::{Gap, GapReason, Snapshot, Source, Timestamp};
use downhaul_server::providers::{self, file};
use downhaul_server::{ServerConfig, ServerError, Trust};

use crate::args::OnServerError;
use crate::commands::snapshot::partial::PartialFile;
use crate::errors::CliError;
use crate::output;
use crate::progress::Progress;
use crate::settings::Settings;

pub(crate) const HOW_TO_NAME_A_SERVER: &str =
    "set UNLEASH_URL and UNLEASH_TOKEN (a Viewer's personal access token is enough), or give --snapshot FILE";

/// A snapshot, or the reason for people why there is none.
pub(crate) type Captured = Result<Snapshot, String>;

/// The named file; else the server, unless offline; else the usual file; else nothing, with the reason.
pub(crate) fn capture(settings: &Settings, on_server_error: OnServerError) -> Result<Captured, CliError> {
    if let Some(path) = &settings.snapshot {
        return read(path).map(Ok);
    }
    match live(settings, None, Depth::Whole) {
        Ok(Some(snapshot)) => {
            // A rule that needed what is missing says so itself; the rest is for those who ask.
            if settings.style.verbose {
                tell_gaps(&snapshot);
            }
            return Ok(Ok(snapshot));
        }
        Ok(None) => {}
        Err(error) if on_server_error == OnServerError::Warn => {
            output::warn(&error.to_string());
            return Ok(Err("the flag server could not be read".to_owned()));
        }
        Err(error) => return Err(error),
    }
    if let Some(path) = settings.usual_snapshot() {
        let snapshot = read(&path)?;
        if !settings.quiet {
            let place = settings.relative(&path).unwrap_or_else(|| path.display().to_string());
            output::note(&format!("flags as of {} from {place}", snapshot.captured_at));
        }
        return Ok(Ok(snapshot));
    }
    absent(settings, on_server_error)
}

/// A policy that names a server promises more than the code alone can give.
fn absent(settings: &Settings, on_server_error: OnServerError) -> Result<Captured, CliError> {
    let promised = settings.config.server.is_some() && !settings.offline;
    if promised && on_server_error == OnServerError::Fail {
        return Err(CliError::evidence("the policy names a flag server, and this run has neither server nor snapshot")
            .hint(format!("{HOW_TO_NAME_A_SERVER}; --offline runs the rules that need neither")));
    }
    if !settings.quiet {
        output::note("no flag server and no snapshot: only the rules about code alone are evaluated");
    }
    Ok(Err("no flag server and no snapshot was given".to_owned()))
}

pub(crate) fn read(path: &Path) -> Result<Snapshot, CliError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path)
        .map_err(|error| CliError::usage(format!("the snapshot {shown} cannot be read: {error}")))?;
    file::read(&bytes, &shown).map_err(to_cli)
}

/// How much of a server is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Depth<'a> {
    /// Everything.
    Whole,
    /// Everything, going on from where an earlier run was cut short.
    Resumable(&'a PartialFile),
    /// A little of everything, to tell what can be read.
    Sample,
}

/// The snapshot that a capture continues, with the digest of its file.
pub(crate) struct Previous {
    pub(crate) snapshot: Snapshot,
    pub(crate) digest: String,
}

/// The server that environment and policy name; `None` when they name none, or offline.
pub(crate) fn live(
    settings: &Settings,
    previous: Option<Previous>,
    depth: Depth<'_>,
) -> Result<Option<Snapshot>, CliError> {
    if settings.offline {
        return Ok(None);
    }
    let config = settings.config.server.clone().unwrap_or_default();
    providers::check_kind(&config.kind).map_err(to_cli)?;
    if providers::is_file(&config.kind) {
        return from_file(settings, &config, previous.is_some()).map(Some);
    }
    let Some(url) = variable(&config.url_env) else { return Ok(None) };
    let Some(token) = variable(&config.token_env) else {
        return Err(CliError::evidence(format!("{} is set, {} is not", config.url_env, config.token_env)).hint(
            "a Viewer's personal access token is enough; in pull requests from forks use --on-server-error warn",
        ));
    };
    ask(settings, &config, &url, &token, previous, depth).map(Some)
}

/// A file of another program in the place of a server.
fn from_file(settings: &Settings, config: &ServerConfig, continues: bool) -> Result<Snapshot, CliError> {
    let kind = &config.kind;
    if continues {
        return Err(CliError::usage(format!(
            "`kind = \"{kind}\"` is a file without an event log: there is nothing to continue"
        )));
    }
    let Some(file) = &config.file else {
        return Err(CliError::usage(format!("`kind = \"{kind}\"` needs `file` in `[server]`: which file it is")));
    };
    let path = policy_folder(settings).join(file);
    let shown = path.display().to_string();
    let wrong =
        |error: std::io::Error| CliError::usage(format!("`file` in `[server]`: {shown} cannot be read: {error}"));
    let bytes = std::fs::read(&path).map_err(wrong)?;
    // Such a file holds no time: it is as old as it is.
    let made = std::fs::metadata(&path).and_then(|about| about.modified()).map_err(wrong)?;
    let made = Timestamp::try_from(made).unwrap_or_else(|_| Timestamp::now());
    providers::open_file(config, &shown, bytes, made).and_then(|file| file.capture(&())).map_err(to_cli)
}

/// What paths in the policy are relative to.
fn policy_folder(settings: &Settings) -> &Path {
    settings.config.path.as_deref().and_then(Path::parent).unwrap_or(&settings.root)
}

fn ask(
    settings: &Settings,
    config: &ServerConfig,
    url: &str,
    token: &str,
    previous: Option<Previous>,
    depth: Depth<'_>,
) -> Result<Snapshot, CliError> {
    let previous = previous.map(|previous| (previous.snapshot, previous.digest));
    let trust = trust(settings, config).map_err(to_cli)?;
    let server = providers::connect(config, url, token, &trust, previous, Timestamp::now()).map_err(to_cli)?;
    let progress = Progress::new(settings.progress);
    let snapshot = match depth {
        Depth::Whole => server.capture(&progress).map_err(to_cli)?,
        Depth::Resumable(partial) => partial.capture(server.as_ref(), &progress)?,
        Depth::Sample => server.probe(&progress).map_err(to_cli)?,
    };
    if settings.style.verbose {
        let (requests, time) = progress.requests();
        output::note(&format!("{requests} requests in {:.1} s", time.as_secs_f32()));
    }
    Ok(snapshot)
}

/// The certificates that the policy asks to trust; trusting all of them is never silent.
fn trust(settings: &Settings, config: &ServerConfig) -> Result<Trust, ServerError> {
    if config.accept_any_certificate {
        output::warn("`accept_any_certificate` is set: whoever sits between can read the token and forge the answers");
    }
    let folder = policy_folder(settings);
    let read = |file: &PathBuf| {
        let path = folder.join(file);
        let why = |error| ServerError::Setting(format!("`ca_file` {} cannot be read: {error}", path.display()));
        std::fs::read(&path).map_err(why)
    };
    let authorities = config.ca_file.as_ref().map(read).transpose()?;
    Ok(Trust { authorities, anything: config.accept_any_certificate })
}

/// A variable that is set and not blank: CI systems set missing secrets to nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

pub(crate) fn to_cli(error: ServerError) -> CliError {
    if error.is_users_input() { CliError::usage(error.to_string()) } else { CliError::evidence(error.to_string()) }
}

/// What could not be read, one line for all that has the same reason. What this edition does not have is no news.
pub(crate) fn tell_gaps(snapshot: &Snapshot) {
    let mut gaps: BTreeMap<(Source, GapReason), (usize, &str)> = BTreeMap::new();
    let is_news = |gap: &&Gap| gap.reason != GapReason::Unsupported || !gap.source.is_of_paid_editions();
    for gap in snapshot.gaps.iter().filter(is_news) {
        gaps.entry((gap.source, gap.reason)).or_insert((0, &gap.detail)).0 += 1;
    }
    let mut lines: Vec<(Vec<&str>, GapReason, usize, &str)> = Vec::new();
    for ((source, reason), (count, detail)) in gaps {
        let same = lines.iter_mut().find(|(_, one, times, why)| (*one, *times, *why) == (reason, count, detail));
        match same {
            Some((sources, ..)) => sources.push(source.as_str()),
            None => lines.push((vec![source.as_str()], reason, count, detail)),
        }
    }
    for (sources, reason, count, detail) in lines {
        let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
        output::warn(&format!("not read ({}): {}{times}: {detail}", reason.as_str(), sources.join(", ")));
    }
}
