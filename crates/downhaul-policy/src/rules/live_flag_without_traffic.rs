//! `live-flag-without-traffic`: production serves a flag, and nothing there has asked for it.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::replay::history;
use downhaul_core::settled::settled_since;
use downhaul_core::{
    Evidence, Flag, FlagEnvironment, RuleInfo, RuleScope, Settled, Severity, Snapshot, Source, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::production::{self, Production};
use crate::sites::{Sites, concerned, gap, live_flag, places, put_unlisted};
use crate::words::{date, hours_between, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LiveFlagWithoutTraffic {
    /// Hours without an evaluation; servers count the last two days.
    min_hours: u32,
}

impl Default for LiveFlagWithoutTraffic {
    fn default() -> Self {
        Self { min_hours: 48 }
    }
}

impl Define for LiveFlagWithoutTraffic {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "live-flag-without-traffic",
        summary: "flag is on in production, and nothing there asks for it",
        docs: include_str!("live_flag_without_traffic.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "monitoring",
        reasons: &["metrics-silent", "no-traffic"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

/// Evaluations are counted for so long before the capture; later nothing is known.
const COUNTED_HOURS: u32 = 48;

impl Rule for LiveFlagWithoutTraffic {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        put_unlisted(evidence, snapshot, outcomes);
        let busy = self.busy(evidence, snapshot);
        let mut silent: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for key in concerned(evidence) {
            let outcome = live_flag(snapshot, key).and_then(|flag| match self.unasked(evidence, snapshot, flag)? {
                None => Err(Outcome::Pass),
                Some(unasked) if busy.contains(&(flag.project.as_str(), unasked.environment)) => {
                    Ok(unasked.draft(evidence, snapshot, flag).into())
                }
                Some(unasked) => {
                    silent.entry((&flag.project, unasked.environment)).or_default().push(flag.key.as_str());
                    Err(Outcome::exempt("no live flag of its environment has traffic: said once for the environment"))
                }
            });
            outcomes.put(Subject::Flag(key.clone()), outcome.unwrap_or_else(|outcome| outcome));
        }
        for ((project, environment), flags) in silent {
            let draft = silence(evidence, snapshot, project, environment, &flags);
            outcomes.put(draft.subject.clone(), draft.into());
        }
    }
}

/// A flag that is on and that nothing asked for.
struct Unasked<'a> {
    environment: &'a str,
    since: Timestamp,
    source: String,
    last_seen: Option<Timestamp>,
}

impl LiveFlagWithoutTraffic {
    /// Projects and environments in which a live flag is asked for.
    fn busy<'a>(&self, evidence: &'a Evidence, snapshot: &'a Snapshot) -> BTreeSet<(&'a str, &'a str)> {
        let names = production::names(evidence, snapshot).unwrap_or_default();
        let live = snapshot.flags.values().filter(|flag| flag.archived_at.is_none());
        let states = live.flat_map(|flag| {
            flag.environments.iter().map(move |(name, state)| (flag.project.as_str(), name.as_str(), state))
        });
        states
            .filter(|(_, name, state)| names.contains(name) && self.is_asked(state, evidence.now()))
            .map(|(project, name, _)| (project, name))
            .collect()
    }

    fn is_asked(&self, state: &FlagEnvironment, now: Timestamp) -> bool {
        let counted = state.usage.as_ref().is_some_and(|usage| usage.yes + usage.no > 0);
        let seen = state.last_seen_at.is_some_and(|at| hours_between(at, now) < self.min_hours);
        counted || seen
    }

    fn unasked<'a>(
        &self,
        evidence: &'a Evidence,
        snapshot: &Snapshot,
        flag: &'a Flag,
    ) -> Result<Option<Unasked<'a>>, Outcome> {
        let production = Production::of(evidence, snapshot, flag)?;
        let mut unknown = production.unknown();
        for (name, _) in production.exposures.iter().filter(|(_, exposure)| exposure.is_exposed()) {
            let Some(state) = flag.environments.get(*name) else { continue };
            if self.is_asked(state, evidence.now()) {
                continue;
            }
            if let Some(why) = gap(snapshot, Source::Usage, &flag.key) {
                return Err(Outcome::NotEvaluated(why));
            }
            if hours_between(snapshot.captured_at, evidence.now()) > COUNTED_HOURS {
                return Err(Outcome::not_evaluated("the snapshot is more than two days old; capture a new one"));
            }
            match exposed_since(evidence, flag, name) {
                Ok((since, source)) if hours_between(since, evidence.now()) >= self.min_hours => {
                    return Ok(Some(Unasked { environment: name, since, source, last_seen: state.last_seen_at }));
                }
                Ok(_) => {}
                Err(why) => unknown = Some(why),
            }
        }
        unknown.map_or(Ok(None), |why| Err(Outcome::NotEvaluated(why)))
    }
}

/// Since when somebody has been served, without a break; the exposure itself may have changed in the meantime.
fn exposed_since(evidence: &Evidence, flag: &Flag, environment: &str) -> Result<(Timestamp, String), String> {
    if let Ok(changes) = history(evidence, &flag.key, environment) {
        let first = changes.iter().rev().take_while(|change| change.exposure.is_exposed()).last();
        if let Some(change) = first {
            let source = change.cause.map_or("date constraint".to_owned(), |event| format!("event {}", event.id));
            return Ok((change.at, source));
        }
    }
    match settled_since(evidence, &flag.key, environment) {
        Settled::Unknown { why } => Err(why),
        settled => settled.at().map(|at| (at, settled.source().to_owned())).ok_or_else(String::new),
    }
}

impl Unasked<'_> {
    fn draft(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Draft {
        let mut draft = Draft::of_flag(evidence, &flag.key, "no-traffic");
        let never = match self.last_seen {
            Some(at) => format!("nothing there has asked for it since {}", date(at)),
            None => "nothing there has ever asked for it".to_owned(),
        };
        let elsewhere: Vec<&str> = flag
            .environments
            .iter()
            .filter(|(name, state)| {
                let lately = |at: Timestamp| hours_between(at, evidence.now()) < COUNTED_HOURS;
                name.as_str() != self.environment && state.last_seen_at.is_some_and(lately)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        let seen =
            if elsewhere.is_empty() { String::new() } else { format!(" It is asked for in {}.", quoted(&elsewhere)) };
        let sites = Sites::of(evidence, &flag.key).production().map(|sites| places(&sites)).unwrap_or_default();
        let here = if sites.is_empty() { String::new() } else { format!(" This repository has {sites}.") };
        draft.message = format!(
            "`{}` has been on in `{}` since {}, and {never}.{seen}{here}",
            flag.key,
            self.environment,
            date(self.since),
        );
        draft.remediation = "Find out whether the code that asks for it is deployed, with the token of this \
                             environment, and whether its SDK sends metrics."
            .to_owned();
        draft.evidence.push(fact(format!("`{}` serves it", self.environment), Some(self.since), &self.source));
        draft.evidence.push(fact("last asked for", self.last_seen, "usage"));
        draft.on_server(snapshot, flag, Some(self.environment))
    }
}

/// Nothing at all is heard of an environment: one finding, not one for each flag.
fn silence(evidence: &Evidence, snapshot: &Snapshot, project: &str, environment: &str, flags: &[&str]) -> Draft {
    let mut draft = Draft::named(evidence, format!("{project}/{environment}"), "metrics-silent");
    draft.message = format!(
        "No live flag of project `{project}` is asked for in `{environment}`, though {} {} on there.",
        quoted(flags),
        if flags.len() == 1 { "is" } else { "are" },
    );
    draft.remediation = "Find out whether the SDKs in this environment send metrics, and to this server.".to_owned();
    draft.evidence.push(fact("evaluations: none", None, "usage"));
    draft.in_project(snapshot, project, Some(environment))
}
