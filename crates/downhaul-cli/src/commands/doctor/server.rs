//! The flag server: whether it answers, what the token may read, and which rules that leaves without evidence.

use std::collections::{BTreeMap, BTreeSet};

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
    tell_evidence(settings, policy, snapshot, report);
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
            tell_evidence(settings, policy, snapshot, report);
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

/// What can be read in one line; what cannot in a line for each source, with the rules that miss it.
fn tell_evidence(settings: &Settings, policy: Option<&Policy>, snapshot: Snapshot, report: &mut Report) {
    let mut by_source: BTreeMap<Source, Vec<Gap>> = BTreeMap::new();
    for gap in &snapshot.gaps {
        by_source.entry(gap.source).or_default().push(gap.clone());
    }
    let read = Source::ALL.into_iter().filter(|source| !by_source.contains_key(source)).map(Source::as_str);
    report.add("token", Mark::Ok, format!("can be read: {}", read.collect::<Vec<_>>().join(", ")));
    let rules = policy.map(|policy| Rules::new(settings, policy, snapshot));
    let missed = |gaps: &[Gap]| rules.as_ref().map(|rules| rules.missing(gaps)).unwrap_or_default();

    let (lacking, refused): (Vec<_>, Vec<_>) = by_source.into_values().partition(|gaps| is_lacking(&gaps[0]));
    if !lacking.is_empty() {
        let names: Vec<&str> = lacking.iter().map(|gaps| gaps[0].source.as_str()).collect();
        let missed = missed(&lacking.concat());
        report.add("token", Mark::Note, format!("this server does not have: {}", names.join(", "))).todo(
            match &*missed {
                "" => "no other token would help; no rule that is on asks for them".to_owned(),
                rules => format!("no other token would help; these rules say nothing here: {rules}"),
            },
        );
    }
    for gaps in refused {
        let gap = &gaps[0];
        let flags = if gap.flag.is_some() { format!(" of {} flags", gaps.len()) } else { String::new() };
        let missed = match missed(&gaps) {
            none if none.is_empty() => "no rule that is on asks for it".to_owned(),
            rules => format!("these rules lack evidence without it: {rules}"),
        };
        let what = match gap.reason {
            GapReason::Forbidden => "a token with that right reads it",
            _ => "try again; if it stays so, ask whoever runs the server",
        };
        report
            .add("token", Mark::Warn, format!("{}{flags} is not read: {}", gap.source.as_str(), gap.detail))
            .todo(format!("{what}; {missed}"));
    }
    if let Some(rules) = rules {
        rules.tell(report);
    }
}

fn is_lacking(gap: &Gap) -> bool {
    matches!(gap.reason, GapReason::Unsupported | GapReason::Absent)
}

/// The rules, asked about a few flags of the server as if the code evaluated them.
struct Rules<'a> {
    settings: &'a Settings,
    policy: &'a Policy,
    snapshot: Snapshot,
}

impl<'a> Rules<'a> {
    fn new(settings: &'a Settings, policy: &'a Policy, snapshot: Snapshot) -> Self {
        Rules { settings, policy, snapshot }
    }

    /// What each rule could not say, and why, by its id, if these were all the gaps.
    fn blind(&self, gaps: &[Gap]) -> BTreeMap<String, (usize, BTreeSet<String>)> {
        let snapshot = Snapshot { gaps: gaps.to_vec(), ..self.snapshot.clone() };
        let server = self.settings.config.server.as_ref();
        let evidence = Evidence::new(EvidenceBuilder {
            references: snapshot.flags.keys().take(50).map(evaluation).collect(),
            production: server.map(|server| server.production.clone()).unwrap_or_default(),
            manifest: manifest::read(self.settings).unwrap_or_default(),
            snapshot: Some(snapshot),
            ..EvidenceBuilder::at(self.settings.as_of.unwrap_or(self.snapshot.captured_at))
        });
        let tally = downhaul_policy::check(&evidence, self.policy).tally.into_iter();
        tally.map(|one| (one.rule.to_string(), (one.not_evaluated + one.unsupported, one.why))).collect()
    }

    /// The rules that say less with these gaps than without any, or name them as what they lack.
    fn missing(&self, gaps: &[Gap]) -> String {
        let (with, without) = (self.blind(gaps), self.blind(&[]));
        let is_missing = |(rule, (count, why)): &(String, (usize, BTreeSet<String>))| {
            *count > without.get(rule).map_or(0, |one| one.0) || *count > 0 && gaps.iter().any(|gap| names(why, gap))
        };
        with.into_iter().filter(is_missing).map(|(rule, _)| rule).collect::<Vec<_>>().join(", ")
    }

    fn tell(&self, report: &mut Report) {
        let all = self.blind(&self.snapshot.gaps);
        let seeing = all.values().filter(|(count, _)| *count == 0).count();
        report.add("rules", Mark::Ok, format!("{seeing} of {} rules have the evidence they need", all.len()));
        for (rule, (_, why)) in all.iter().filter(|(_, (count, _))| *count > 0) {
            let about_a_gap = self.snapshot.gaps.iter().any(|gap| names(why, gap));
            let what = if about_a_gap { "what to do stands above, with the token; " } else { "" };
            let why = why.iter().next().map_or("", String::as_str);
            report
                .add("rules", Mark::Warn, format!("{rule} lacks evidence: {why}"))
                .todo(format!("{what}`downhaul explain {rule}` says what it needs and what it is for"));
        }
    }
}

/// Whether a rule says that this is what it lacks: by the name of the source, or in the words of the gap.
fn names(why: &BTreeSet<String>, gap: &Gap) -> bool {
    let by_name = |why: &String| why.strip_prefix(gap.source.as_str()).is_some_and(|rest| rest.starts_with(':'));
    let is_events = |why: &String| gap.source == Source::Events && why.ends_with(&gap.detail);
    why.iter().any(|why| by_name(why) || is_events(why))
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
        variant: None,
        location: Location::file_start("doctor"),
        via: Vec::new(),
        enclosing: Enclosing { function: None, timing: Timing::PerCall, stored: false, in_loop: false },
        expression: String::new(),
        class: PathClass::Production,
    }
}
