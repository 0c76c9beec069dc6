//! `completed-flag-in-code`: a flag was declared done, and the code still evaluates it.

use downhaul_core::{
    Completion, Event, EventKind, Evidence, Flag, Keep, Reference, Removal, RuleInfo, RuleScope, Severity, Snapshot,
    Source, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::completion::{Contradiction, agreed_side, completed, describe, served};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{each_live_flag, gap, places};
use crate::words::{date, days, days_between};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CompletedFlagInCode {
    /// Days in which the code may follow.
    grace_days: u32,
    /// Days after which it is an error.
    error_after_days: u32,
}

impl Default for CompletedFlagInCode {
    fn default() -> Self {
        Self { grace_days: 3, error_after_days: 30 }
    }
}

impl Define for CompletedFlagInCode {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "completed-flag-in-code",
        summary: "code evaluates a flag that was declared done",
        docs: include_str!("completed_flag_in_code.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Error,
        group: "cleanup",
        reasons: &["discarded", "kept", "stale", "unspecified"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for CompletedFlagInCode {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_live_flag(evidence, outcomes, |snapshot, flag, sites| self.judge(evidence, snapshot, flag, sites));
    }
}

impl CompletedFlagInCode {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        sites: &[&Reference],
    ) -> Result<Outcome, Outcome> {
        let declared = declared(evidence, snapshot, flag)?;
        let age = days_between(declared.since, evidence.now());
        if age < self.grace_days {
            return Err(match declared.is_lower_bound {
                true => Outcome::not_evaluated("the event log does not reach back to when the flag was marked stale"),
                false => Outcome::Pass,
            });
        }
        let production = Production::of(evidence, snapshot, flag).ok();
        let done = Done { flag, declared, age, production };
        let mut draft = done.draft(sites);
        if age >= self.error_after_days {
            draft.level = Level::AtLeast(Severity::Error);
        }
        let environment = done.production.as_ref().and_then(Production::only);
        Ok(draft.on_server(snapshot, flag, environment).into())
    }
}

/// How somebody said that the flag is done, and when.
struct Declared {
    how: How,
    since: Timestamp,
    /// It was said earlier, perhaps.
    is_lower_bound: bool,
    source: String,
}

enum How {
    Completed(Completion),
    Stale,
}

/// What was declared, if anything was.
fn declared(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Declared, Outcome> {
    if let Some(done) = completed(evidence, flag) {
        let how = How::Completed(done.how);
        return Ok(Declared { how, since: done.since, is_lower_bound: false, source: done.source });
    }
    if flag.stale {
        return marked_stale(evidence, snapshot, flag);
    }
    match (flag.lifecycle.current(), gap(snapshot, Source::Lifecycle, &flag.key)) {
        (_, Some(why)) => Err(Outcome::NotEvaluated(why)),
        (None, None) => Err(Outcome::not_evaluated("the server does not say in which stage the flag is")),
        (Some(_), None) => Err(Outcome::Pass),
    }
}

fn marked_stale(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Declared, Outcome> {
    let declared = |since, is_lower_bound, source: String| Declared { how: How::Stale, since, is_lower_bound, source };
    if let Some(event) = last_event(evidence, flag, |kind| *kind == EventKind::MarkedStale) {
        return Ok(declared(event.at, false, format!("event {}", event.id)));
    }
    match (snapshot.events_since, gap(snapshot, Source::Events, &flag.key), flag.created_at) {
        (Some(since), _, created) if created.is_none_or(|at| at < since) => {
            Ok(declared(since, true, "start of the event log".to_owned()))
        }
        (None, Some(why), _) => Err(Outcome::NotEvaluated(why)),
        // The whole life is in the log without such an event: the flag came with the mark.
        (_, _, Some(created)) => Ok(declared(created, false, "making of the flag".to_owned())),
        (_, _, None) => Err(Outcome::not_evaluated("when the flag was marked stale is not known")),
    }
}

fn last_event<'a>(evidence: &'a Evidence, flag: &Flag, wanted: impl Fn(&EventKind) -> bool) -> Option<&'a Event> {
    evidence.events_of(&flag.key).rev().find(|event| wanted(&event.kind))
}

/// A flag that was declared done some days ago.
struct Done<'a> {
    flag: &'a Flag,
    declared: Declared,
    age: u32,
    /// `None` when there is nothing to look at.
    production: Option<Production<'a>>,
}

impl Done<'_> {
    fn draft(&self, sites: &[&Reference]) -> Draft {
        let key = &self.flag.key;
        let keep = self.keep();
        let mut draft = Draft::about(key, self.reason(), sites);
        draft.message = format!("`{key}` was {} {}; {} left.", self.declaration(), self.when(), remaining(sites),);
        if let Err(Doubt::Contradiction(what)) = &keep {
            draft.message.push_str(&format!(" Production contradicts it: {what}."));
        }
        draft.remediation = match &keep {
            Ok(side) => format!("Take the checks out and keep {}, then archive the flag.", side.describe()),
            Err(Doubt::Contradiction(_)) => {
                "Correct the completion or the environment first: removing the checks now would change what users get."
                    .to_owned()
            }
            Err(Doubt::Open(why)) => format!("Decide which side stays ({why}) and take the checks out."),
        };
        draft.evidence.push(fact(self.declaration(), Some(self.declared.since), &self.declared.source));
        for (name, exposure) in self.production.iter().flat_map(|production| &production.exposures) {
            draft.evidence.push(fact(format!("`{name}` is {exposure}"), None, "flags of the server"));
        }
        draft.removal = keep.ok().map(|keep| Removal { flag: key.clone(), keep });
        draft
    }

    fn reason(&self) -> &'static str {
        match self.declared.how {
            How::Completed(Completion::Kept { .. }) => "kept",
            How::Completed(Completion::Discarded) => "discarded",
            How::Completed(Completion::Unspecified) => "unspecified",
            How::Stale => "stale",
        }
    }

    fn declaration(&self) -> String {
        match &self.declared.how {
            How::Completed(how) => describe(how),
            How::Stale => "marked stale".to_owned(),
        }
    }

    fn when(&self) -> String {
        let (date, days) = (date(self.declared.since), days(self.age));
        match self.declared.is_lower_bound {
            true => format!("on {date} or earlier (at least {days} ago)"),
            false => format!("on {date} ({days} ago)"),
        }
    }

    /// The side that stays: what was declared, as long as production serves just that.
    fn keep(&self) -> Result<Keep, Doubt> {
        let Some(production) = &self.production else {
            return Err(Doubt::Open("what production serves is not known".to_owned()));
        };
        if let Some(why) = production.unknown() {
            return Err(Doubt::Open(why));
        }
        let declared = match &self.declared.how {
            How::Completed(how) => agreed_side(how, production),
            How::Stale => Ok(None),
        };
        match declared.map(|side| side.or_else(|| served(production))) {
            Ok(Some(side)) => Ok(side),
            Ok(None) => {
                Err(Doubt::Open(format!("production does not serve the same to everyone: {}", production.describe())))
            }
            Err(Contradiction) => Err(Doubt::Contradiction(production.describe())),
        }
    }
}

/// Why no side can be named.
enum Doubt {
    /// Production serves something else than what was declared.
    Contradiction(String),
    /// Nothing says which side stays.
    Open(String),
}

fn remaining(sites: &[&Reference]) -> String {
    let verb = if sites.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", places(sites))
}
