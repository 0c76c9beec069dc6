//! The flag server: whether it answers, what the token may read, and which rules that leaves without evidence.

use std::collections::BTreeMap;

use downhaul_core::{
    Confidence, Context, Edition, Enclosing, Evidence, EvidenceBuilder, Fallback, FlagKey, Gap, GapReason, Location,
    PathClass, Reference, ReferenceKind, ReferencedKey, Resolution, Returns, Snapshot, Source, Timing,
};
use downhaul_policy::Policy;

use super::report::{Mark, Report};
use crate::commands::capture::{self, Depth};
use crate::errors::{CliError, Exit};
use crate::manifest;
use crate::settings::Settings;

pub(crate) fn look(settings: &Settings, policy: Option<&Policy>, report: &mut Report) -> Exit {
    let snapshot = match capture::live(settings, None, Depth::Sample) {
        Ok(Some(snapshot)) => snapshot,
        Ok(None) => return instead(settings, policy, report),
        Err(error) => {
            let exit = error.exit();
            tell_error(&error, report);
            return exit;
        }
    };
    tell_server(&snapshot, report);
    tell_sources(&snapshot, report);
    tell_rules(settings, policy, snapshot, report);
    Exit::Clean
}

fn tell_error(error: &CliError, report: &mut Report) {
    let line = report.add("server", Mark::Fail, error.message());
    if let Some(hint) = error.hint_text() {
        line.todo(hint);
    }
}

/// No server: perhaps a snapshot file.
fn instead(settings: &Settings, policy: Option<&Policy>, report: &mut Report) -> Exit {
    let Some(path) = settings.snapshot.clone().or_else(|| settings.usual_snapshot()) else {
        report
            .add("server", Mark::Warn, "no flag server and no snapshot: only the rules about code alone are evaluated")
            .todo(capture::HOW_TO_NAME_A_SERVER);
        return Exit::Clean;
    };
    match capture::read(&path) {
        Ok(snapshot) => {
            let shown = settings.relative(&path).unwrap_or_else(|| path.display().to_string());
            let taken = snapshot.captured_at;
            report.add("snapshot", Mark::Ok, format!("{shown} tells how the server was at {taken}"));
            tell_sources(&snapshot, report);
            tell_rules(settings, policy, snapshot, report);
            Exit::Clean
        }
        Err(error) => {
            report.add("snapshot", Mark::Fail, error.to_string());
            error.exit()
        }
    }
}

fn tell_server(snapshot: &Snapshot, report: &mut Report) {
    let server = &snapshot.server;
    let version = server.version.as_deref().unwrap_or("of unknown version");
    let edition = match server.edition {
        Edition::OpenSource => " (open source)",
        Edition::Enterprise => " (paid edition)",
        Edition::Unknown => "",
    };
    let place = server.url.as_deref().map(|url| format!(" at {url}")).unwrap_or_default();
    report.add("server", Mark::Ok, format!("{} {version}{edition}{place}", server.kind));
    match server.clock_ahead {
        Some(0) => drop(report.add("clock", Mark::Ok, "the clocks of the server and of this machine agree")),
        Some(seconds) => {
            let word = if seconds > 0 { "ahead" } else { "behind" };
            let text = format!("the server's clock is {} seconds {word} of this machine's", seconds.unsigned_abs());
            report
                .add("clock", Mark::Warn, text)
                .todo("set the one that is wrong; ages are told by the server's clock");
        }
        None => {}
    }
    let projects: Vec<&str> = snapshot.projects.iter().map(|project| project.id.as_str()).collect();
    report.add(
        "projects",
        Mark::Ok,
        format!("the token sees {}", if projects.is_empty() { "none".to_owned() } else { projects.join(", ") }),
    );
    let production: Vec<&str> = snapshot.production_environments().collect();
    if production.is_empty() {
        report
            .add("production", Mark::Warn, "no environment is of type production")
            .todo("name those that count in `production` of `[server]`");
    } else {
        report.add("production", Mark::Ok, format!("production is {}", production.join(", ")));
    }
    if server.anonymises_events == Some(true) {
        report
            .add("events", Mark::Warn, "the server hides from its event log who did something")
            .todo("who changed what cannot be told while the event log is anonymised on the server");
    }
}

/// What can be read in one line, and what cannot in one line for each source.
fn tell_sources(snapshot: &Snapshot, report: &mut Report) {
    let mut gaps: BTreeMap<Source, &Gap> = BTreeMap::new();
    for gap in &snapshot.gaps {
        gaps.entry(gap.source).or_insert(gap);
    }
    let read = Source::ALL.into_iter().filter(|source| !gaps.contains_key(source)).map(Source::as_str);
    report.add("token", Mark::Ok, format!("can be read: {}", read.collect::<Vec<_>>().join(", ")));
    let lacks: Vec<&str> = gaps.values().filter(|gap| is_lacking(gap)).map(|gap| gap.source.as_str()).collect();
    if !lacks.is_empty() {
        report
            .add("token", Mark::Note, format!("this server does not have: {}", lacks.join(", ")))
            .todo("rules about these are `n/a` or not evaluated here; no other token would help");
    }
    for gap in gaps.values().filter(|gap| !is_lacking(gap)) {
        let line = report.add("token", Mark::Warn, format!("{} is not read: {}", gap.source.as_str(), gap.detail));
        if gap.reason == GapReason::Forbidden {
            line.todo("a token with more rights reads it; nothing else is lost without it");
        }
    }
}

fn is_lacking(gap: &Gap) -> bool {
    matches!(gap.reason, GapReason::Unsupported | GapReason::Absent)
}

/// The rules are asked about a few flags of the server, as if the code evaluated them.
fn tell_rules(settings: &Settings, policy: Option<&Policy>, snapshot: Snapshot, report: &mut Report) {
    let Some(policy) = policy else { return };
    let now = settings.as_of.unwrap_or(snapshot.captured_at);
    let evidence = Evidence::new(EvidenceBuilder {
        references: snapshot.flags.keys().take(50).map(evaluation).collect(),
        production: settings.config.server.as_ref().map(|server| server.production.clone()).unwrap_or_default(),
        manifest: manifest::read(settings).unwrap_or_default(),
        snapshot: Some(snapshot),
        ..EvidenceBuilder::at(now)
    });
    let verdicts = downhaul_policy::check(&evidence, policy);
    let (blind, seeing): (Vec<_>, Vec<_>) =
        verdicts.tally.iter().partition(|tally| tally.not_evaluated + tally.unsupported > 0);
    report.add(
        "rules",
        Mark::Ok,
        format!("{} of {} rules have the evidence they need", seeing.len(), verdicts.tally.len()),
    );
    for tally in blind {
        let why = tally.why.iter().next().map_or("", String::as_str);
        report.add("rules", Mark::Warn, format!("{} lacks evidence: {why}", tally.rule));
    }
}

fn evaluation(key: &FlagKey) -> Reference {
    Reference {
        key: ReferencedKey::Known(key.clone()),
        kind: ReferenceKind::Evaluation,
        resolution: Resolution::Literal,
        confidence: Confidence::High,
        sdk: None,
        call: None,
        returns: Some(Returns::Bool),
        negated: false,
        fallback: Some(Fallback::Bool(false)),
        context: Context::Opaque,
        location: Location::file_start("doctor"),
        via: Vec::new(),
        enclosing: Enclosing { function: None, timing: Timing::PerCall, stored: false, in_loop: false },
        expression: String::new(),
        class: PathClass::Production,
    }
}
