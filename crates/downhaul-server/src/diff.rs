//! What changed between two snapshots, in words, and by whom where the event log says so.

mod environment;
mod governance;

use std::fmt;

use downhaul_core::{Event, EventKind, Flag, FlagKey, Gap, Snapshot, Source};

use crate::ServerError;

/// The differences between two snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// What changed: flags by name, then the rest.
    pub differences: Vec<Difference>,
    /// What could not be compared, one sentence each.
    pub not_compared: Vec<String>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// Where, if not everywhere.
    pub environment: Option<String>,
    /// What changed, in words.
    pub change: String,
    /// Who did it, as far as the event log says.
    pub by: Vec<String>,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A flag.
    Flag(FlagKey),
    /// Something else: its kind in words and its name.
    Other(&'static str, String),
}

impl fmt::Display for Difference {
    /// "`new-checkout` production 25 % → 100 % by bob".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Subject::Flag(key) => write!(f, "`{key}`")?,
            Subject::Other(kind, name) => write!(f, "{kind} `{name}`")?,
        }
        if let Some(environment) = &self.environment {
            write!(f, " {environment}")?;
        }
        write!(f, " {}", self.change)?;
        if self.by.is_empty() { Ok(()) } else { write!(f, " by {}", self.by.join(", ")) }
    }
}

/// Compares an older snapshot with a newer one of the same server.
///
/// # Errors
/// [`ServerError::Setting`] when only one of them is redacted: everything would seem to have changed.
pub fn diff(older: &Snapshot, newer: &Snapshot) -> Result<Diff, ServerError> {
    if older.provenance.redacted != newer.provenance.redacted {
        let why = "only one of the two snapshots is redacted; redact both with the same key";
        return Err(ServerError::Setting(why.to_owned()));
    }
    let mut found = Found::new(older, newer);
    flags(&mut found);
    governance::compare(&mut found);
    let not_compared = not_compared(older, newer);
    Ok(Diff { differences: found.differences, not_compared })
}

/// The two snapshots and what was found so far.
struct Found<'a> {
    older: &'a Snapshot,
    newer: &'a Snapshot,
    /// Entries of the log that the older snapshot cannot have.
    news: Vec<&'a Event>,
    differences: Vec<Difference>,
}

impl<'a> Found<'a> {
    fn new(older: &'a Snapshot, newer: &'a Snapshot) -> Self {
        let last = older.events.iter().map(|event| event.id).max();
        let is_new = |event: &&Event| last.map_or(event.at >= older.captured_at, |last| event.id > last);
        Found { older, newer, news: newer.events.iter().filter(is_new).collect(), differences: Vec::new() }
    }

    /// Whether both snapshots have all of `source`.
    fn both_have(&self, source: Source, flag: Option<&FlagKey>) -> bool {
        self.older.gap(source, flag).is_none() && self.newer.gap(source, flag).is_none()
    }

    fn add(&mut self, subject: Subject, change: impl Into<String>) {
        self.differences.push(Difference { subject, environment: None, change: change.into(), by: Vec::new() });
    }

    /// A difference of a flag, done by those whose events of the kind `is_it` are new.
    fn add_flag(
        &mut self,
        key: &FlagKey,
        environment: Option<&str>,
        change: impl Into<String>,
        is_it: impl Fn(&EventKind) -> bool,
    ) {
        let mut by: Vec<String> = Vec::new();
        for event in &self.news {
            let here = environment.is_none_or(|name| event.environment.as_deref().is_none_or(|other| other == name));
            let concerns = event.flag.as_ref() == Some(key) && here && is_it(&event.kind);
            if concerns && !event.actor.name.is_empty() && !by.contains(&event.actor.name) {
                by.push(event.actor.name.clone());
            }
        }
        let environment = environment.map(str::to_owned);
        self.differences.push(Difference {
            subject: Subject::Flag(key.clone()),
            environment,
            change: change.into(),
            by,
        });
    }
}

fn flags(found: &mut Found<'_>) {
    let (older, newer) = (found.older, found.newer);
    let keys: std::collections::BTreeSet<&FlagKey> = older.flags.keys().chain(newer.flags.keys()).collect();
    for key in keys {
        match (older.flags.get(key), newer.flags.get(key)) {
            (None, Some(flag)) if all_flags(older) => {
                let kind = flag.flag_type.as_str();
                found.add_flag(key, None, format!("is new ({kind}, in {})", flag.project), |kind| {
                    matches!(kind, EventKind::FlagCreated)
                });
            }
            (Some(_), None) if all_flags(newer) => {
                found.add_flag(key, None, "is gone", |kind| matches!(kind, EventKind::FlagDeleted));
            }
            (Some(was), Some(is)) => same_flag(found, was, is),
            _ => {}
        }
    }
}

/// Whether a flag that is not in the snapshot is not on the server.
fn all_flags(snapshot: &Snapshot) -> bool {
    snapshot.gap(Source::Flags, None).is_none() && snapshot.gap(Source::ArchivedFlags, None).is_none()
}

fn same_flag(found: &mut Found<'_>, was: &Flag, is: &Flag) {
    let key = &is.key;
    if was.project != is.project {
        let change = format!("moved from {} to {}", was.project, is.project);
        found.add_flag(key, None, change, |kind| matches!(kind, EventKind::FlagMoved));
    }
    if was.flag_type != is.flag_type {
        let change = format!("type {} → {}", was.flag_type.as_str(), is.flag_type.as_str());
        let is_it = |kind: &EventKind| match kind {
            // One entry of the log tells of both.
            EventKind::Described { .. } => true,
            EventKind::Other(name) => name == "feature-metadata-updated",
            _ => false,
        };
        found.add_flag(key, None, change, is_it);
    }
    match (was.archived_at, is.archived_at) {
        (None, Some(_)) => found.add_flag(key, None, "archived", |kind| matches!(kind, EventKind::FlagArchived)),
        (Some(_), None) => found.add_flag(key, None, "revived", |kind| matches!(kind, EventKind::FlagRevived)),
        _ => {}
    }
    if was.stale != is.stale {
        let change = if is.stale { "marked stale" } else { "not marked stale any more" };
        found.add_flag(key, None, change, |kind| matches!(kind, EventKind::MarkedStale | EventKind::UnmarkedStale));
    }
    stage(found, was, is);
    if found.both_have(Source::Details, Some(key)) {
        parents(found, was, is);
    }
    environment::compare(found, was, is);
}

fn stage(found: &mut Found<'_>, was: &Flag, is: &Flag) {
    let name = |flag: &Flag| flag.lifecycle.current().map(|entry| entry.stage.as_str());
    let is_it = |kind: &EventKind| matches!(kind, EventKind::FlagCompleted { .. } | EventKind::FlagUncompleted);
    if let (Some(before), Some(after)) = (name(was), name(is)) {
        // Being archived is told already.
        if before != after && after != "archived" {
            found.add_flag(&is.key, None, format!("stage {before} → {after}"), is_it);
        }
    }
}

fn parents(found: &mut Found<'_>, was: &Flag, is: &Flag) {
    for dependency in is.parents.iter().filter(|dependency| !was.parents.contains(dependency)) {
        let change = format!("depends on `{}`", dependency.parent);
        found.add_flag(&is.key, None, change, |kind| matches!(kind, EventKind::DependencyAdded));
    }
    for dependency in was.parents.iter().filter(|dependency| !is.parents.contains(dependency)) {
        let change = format!("does not depend on `{}` any more", dependency.parent);
        found.add_flag(&is.key, None, change, |kind| matches!(kind, EventKind::DependencyRemoved));
    }
}

/// What is missing in either of them.
fn not_compared(older: &Snapshot, newer: &Snapshot) -> Vec<String> {
    let tell = |which: &str, gap: &Gap| {
        let of = gap.flag.as_ref().map(|flag| format!(" of `{flag}`")).unwrap_or_default();
        format!("{}{of} ({} in the {which} snapshot): {}", gap.source.as_str(), gap.reason.as_str(), gap.detail)
    };
    let mut all: Vec<String> = older.gaps.iter().map(|gap| tell("older", gap)).collect();
    all.extend(newer.gaps.iter().map(|gap| tell("newer", gap)));
    all
}
