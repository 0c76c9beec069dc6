//! Which flags and which places a rule may speak about.

use std::collections::BTreeSet;

use downhaul_core::{
    Confidence, Evidence, Flag, FlagKey, GapReason, PathClass, Reference, ReferenceKind, Resolution, RunScope,
    Snapshot, Source, Subject, Timestamp,
};

use crate::draft::{Outcome, Outcomes};
use crate::words::{count, date};

/// The evaluations of one flag in this repository, as far as rules may complain about them.
pub(crate) enum Sites<'a> {
    /// In code that ships. Never empty.
    Production(Vec<&'a Reference>),
    /// In tests and nowhere else. Never empty.
    TestsOnly(Vec<&'a Reference>),
    /// The only traces stand in files that did not parse.
    Unclear,
    /// None that is sure.
    Nowhere,
}

impl<'a> Sites<'a> {
    pub(crate) fn of(evidence: &'a Evidence, key: &FlagKey) -> Self {
        let production: Vec<&Reference> = evidence.evaluations_of(key).filter(|site| is_resolved(site)).collect();
        if !production.is_empty() {
            return Sites::Production(production);
        }
        let unclear = evidence.references_to(key).any(|reference| {
            reference.kind == ReferenceKind::Evaluation
                && reference.class == PathClass::Production
                && reference.resolution == Resolution::Lexical
        });
        if unclear {
            return Sites::Unclear;
        }
        let tests: Vec<&Reference> = evidence
            .references_to(key)
            .filter(|reference| reference.class == PathClass::Test && reference.kind == ReferenceKind::Evaluation)
            .filter(|reference| reference.confidence == Confidence::High && is_resolved(reference))
            .collect();
        if tests.is_empty() { Sites::Nowhere } else { Sites::TestsOnly(tests) }
    }

    /// The production evaluations, or what to say of the flag without them.
    pub(crate) fn production(self) -> Result<Vec<&'a Reference>, Outcome> {
        match self {
            Sites::Production(sites) => Ok(sites),
            Sites::TestsOnly(_) => Err(Outcome::exempt("evaluated in tests only")),
            Sites::Unclear => Err(unclear()),
            Sites::Nowhere => Err(Outcome::exempt("no sure evaluation in production code")),
        }
    }
}

/// What to say of a flag whose only traces stand in files that did not parse.
pub(crate) fn unclear() -> Outcome {
    Outcome::not_evaluated("evaluated only in files that did not parse; correct their syntax")
}

/// Rules complain about keys that were resolved to literals, not about patterns and plain words.
pub(crate) fn is_resolved(site: &Reference) -> bool {
    site.resolution <= Resolution::Set
}

/// Asks `judge` about every live flag of the server that production code evaluates.
///
/// `judge` may end early with `Err`; both sides are outcomes.
pub(crate) fn each_live_flag<'a>(
    evidence: &'a Evidence,
    outcomes: &mut Outcomes,
    judge: impl Fn(&'a Snapshot, &'a Flag, &[&'a Reference]) -> Result<Outcome, Outcome>,
) {
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
    };
    for key in evidence.referenced_flags() {
        let outcome = Sites::of(evidence, key).production().and_then(|sites| {
            let flag = live_flag(snapshot, key)?;
            judge(snapshot, flag, &sites)
        });
        outcomes.put(Subject::Flag(key.clone()), outcome.unwrap_or_else(|reason| reason));
    }
}

/// The flags that a run has to do with, sorted: those that this repository refers to or declares; for a run over the
/// server as a whole, all of its live flags too.
pub(crate) fn concerned(evidence: &Evidence) -> BTreeSet<&FlagKey> {
    let here = evidence.referenced_flags().chain(evidence.manifest().flags.keys());
    let there = evidence.snapshot().ok().filter(|_| evidence.scope() == RunScope::Server);
    let live = there.into_iter().flat_map(|snapshot| snapshot.flags.values()).filter(|flag| flag.archived_at.is_none());
    here.chain(live.map(|flag| &flag.key)).collect()
}

/// Asks `judge` about every live flag of the server that is evaluated here, declared here, or looked at by a run over
/// the server as a whole; with the evaluations in code that ships, of which there may be none.
///
/// `judge` may end early with `Err`; both sides are outcomes.
pub(crate) fn each_flag_with_sites<'a>(
    evidence: &'a Evidence,
    outcomes: &mut Outcomes,
    judge: impl Fn(&'a Snapshot, &'a Flag, &[&'a Reference]) -> Result<Outcome, Outcome>,
) {
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
    };
    put_unlisted(evidence, snapshot, outcomes);
    for key in concerned(evidence) {
        let is_asked = evidence.scope() == RunScope::Server || evidence.declared(key).is_some();
        let sites = match Sites::of(evidence, key).production() {
            Err(_) if is_asked => Ok(Vec::new()),
            sites => sites,
        };
        let outcome = sites.and_then(|sites| judge(snapshot, live_flag(snapshot, key)?, &sites));
        outcomes.put(Subject::Flag(key.clone()), outcome.unwrap_or_else(|outcome| outcome));
    }
}

/// Asks `judge` about every live flag of the server that the run has to do with, evaluated here or not.
///
/// `judge` may end early with `Err`; both sides are outcomes.
pub(crate) fn each_concerned_flag<'a>(
    evidence: &'a Evidence,
    outcomes: &mut Outcomes,
    judge: impl Fn(&'a Snapshot, &'a Flag) -> Result<Outcome, Outcome>,
) {
    let snapshot = match evidence.snapshot() {
        Ok(snapshot) => snapshot,
        Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
    };
    put_unlisted(evidence, snapshot, outcomes);
    for key in concerned(evidence) {
        let outcome = live_flag(snapshot, key).and_then(|flag| judge(snapshot, flag));
        outcomes.put(Subject::Flag(key.clone()), outcome.unwrap_or_else(|reason| reason));
    }
}

pub(crate) fn live_flag<'a>(snapshot: &'a Snapshot, key: &FlagKey) -> Result<&'a Flag, Outcome> {
    match snapshot.flags.get(key) {
        Some(flag) if flag.archived_at.is_some() => Err(Outcome::exempt("archived")),
        Some(flag) => Ok(flag),
        None => Err(match gap(snapshot, Source::Flags, key) {
            Some(why) => Outcome::NotEvaluated(why),
            None => Outcome::exempt("no live flag of the server"),
        }),
    }
}

/// Why `source` cannot be relied upon for this flag.
pub(crate) fn gap(snapshot: &Snapshot, source: Source, key: &FlagKey) -> Option<String> {
    snapshot.gap(source, Some(key)).map(|gap| format!("{}: {}", source.as_str(), gap.detail))
}

/// Says where a run over the server as a whole does not know all of its flags.
pub(crate) fn put_unlisted(evidence: &Evidence, snapshot: &Snapshot, outcomes: &mut Outcomes) {
    let gap = snapshot.gap(Source::Flags, None).filter(|_| evidence.scope() == RunScope::Server);
    if let Some(gap) = gap {
        outcomes.put(Subject::Named("flags".to_owned()), Outcome::NotEvaluated(format!("flags: {}", gap.detail)));
    }
}

/// Says where the event log does not hold everything from `from` on.
pub(crate) fn put_holes_in_log(snapshot: &Snapshot, from: Timestamp, outcomes: &mut Outcomes) {
    if let Some(since) = snapshot.events_since.filter(|since| *since > from) {
        let why = format!("the event log was read from {} on only", date(since));
        outcomes.put(Subject::Named("beginning of the event log".to_owned()), Outcome::NotEvaluated(why));
    }
    if let Some(gap) = snapshot.gap(Source::Events, None) {
        outcomes.put(Subject::Named("event log".to_owned()), Outcome::NotEvaluated(format!("events: {}", gap.detail)));
    }
}

/// Why the event log does not hold everything from `from` on.
pub(crate) fn hole_in_log(snapshot: &Snapshot, from: Timestamp) -> Option<String> {
    if let Some(since) = snapshot.events_since.filter(|since| *since > from) {
        return Some(format!("the event log was read from {} on only", date(since)));
    }
    let cut = |reason| reason == GapReason::Truncated && snapshot.events_since.is_some();
    let gap = snapshot.gap(Source::Events, None).filter(|gap| !cut(gap.reason))?;
    Some(format!("events: {}", gap.detail))
}

/// `6 checks in 4 files`.
pub(crate) fn places(sites: &[&Reference]) -> String {
    let files: BTreeSet<&str> = sites.iter().map(|site| &*site.location.path).collect();
    format!("{} in {}", count(sites.len(), "check"), count(files.len(), "file"))
}
