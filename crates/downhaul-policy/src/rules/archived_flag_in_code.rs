//! `archived-flag-in-code`: code still evaluates a flag that was archived, and gets its fallback.

use downhaul_core::exposure::exposure_of;
use downhaul_core::replay::state_before;
use downhaul_core::{
    Completion, Evidence, Exposure, Fallback, Flag, FlagEnvironment, FlagKey, GapReason, Keep, Label, Reference,
    Removal, Returns, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::production;
use crate::sites::{Sites, gap, places, unclear};
use crate::value::{Value, fallback_value};
use crate::words::{date, days, days_between, hours_between, list, quoted};

/// The options of the rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ArchivedFlagInCode {
    /// Hours after archiving in which the code may follow.
    grace_hours: u32,
}

impl Define for ArchivedFlagInCode {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "archived-flag-in-code",
        summary: "code evaluates an archived flag",
        docs: include_str!("archived_flag_in_code.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "cleanup",
        reasons: &["behaviour-flipped", "leftover"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for ArchivedFlagInCode {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for key in evidence.referenced_flags() {
            let outcome = match Sites::of(evidence, key) {
                Sites::Production(sites) => self.judge(evidence, snapshot, key, sites, Level::Usual),
                Sites::TestsOnly(sites) => self.judge(evidence, snapshot, key, sites, Level::AtMost(Severity::Note)),
                Sites::Unclear => unclear(),
                Sites::Nowhere => Outcome::exempt("no sure evaluation"),
            };
            outcomes.put(Subject::Flag(key.clone()), outcome);
        }
    }
}

impl ArchivedFlagInCode {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        key: &FlagKey,
        sites: Vec<&Reference>,
        level: Level,
    ) -> Outcome {
        let Some(flag) = snapshot.flags.get(key) else {
            let why = gap(snapshot, Source::ArchivedFlags, key);
            return why.map_or(Outcome::Pass, Outcome::NotEvaluated);
        };
        let Some(archived_at) = flag.archived_at else { return Outcome::Pass };
        if hours_between(archived_at, evidence.now()) < self.grace_hours {
            return Outcome::Pass;
        }
        let before = served_before(evidence, snapshot, flag, archived_at);
        let calls = sites.into_iter().map(|site| Call::new(site, &before)).collect();
        let archived = Archived { flag, archived_at, before, calls, is_tests: level != Level::Usual };
        let mut draft = archived.draft(evidence.now());
        draft.level = level;
        draft.on_server(snapshot, flag, None).into()
    }
}

/// What production served just before the flag was archived; the error says for people why it is not known.
type Before<'a> = Result<Vec<(&'a str, Exposure)>, String>;

fn served_before<'a>(evidence: &'a Evidence, snapshot: &Snapshot, flag: &Flag, at: Timestamp) -> Before<'a> {
    if !flag.parents.is_empty() {
        return Err("it depended on other flags, whose state at that time is not known".to_owned());
    }
    let unread = snapshot.gap(Source::Events, Some(&flag.key)).filter(|gap| gap.reason != GapReason::Truncated);
    if let Some(gap) = unread {
        return Err(format!("the event log was not read: {}", gap.detail));
    }
    let environments = touched(evidence, &flag.key, production::names(evidence, snapshot)?);
    environments.into_iter().map(|name| Ok((name, exposure_before(evidence, snapshot, flag, name, at)?))).collect()
}

/// The environments that the log has something to say about; all of them if it never does.
fn touched<'a>(evidence: &Evidence, key: &FlagKey, names: Vec<&'a str>) -> Vec<&'a str> {
    let is_touched = |name: &&str| evidence.events_of(key).any(|event| event.environment.as_deref() == Some(*name));
    let touched: Vec<&str> = names.iter().copied().filter(is_touched).collect();
    if touched.is_empty() { names } else { touched }
}

fn exposure_before(
    evidence: &Evidence,
    snapshot: &Snapshot,
    flag: &Flag,
    environment: &str,
    at: Timestamp,
) -> Result<Exposure, String> {
    let state = state_before(evidence, &flag.key, environment, at)
        .ok_or_else(|| format!("the event log does not tell what `{environment}` held"))?;
    let mut segments = state.strategies.iter().flatten().flat_map(|strategy| &strategy.segments);
    if state.enabled && segments.any(|id| !snapshot.segments.contains_key(id)) {
        return Err(format!("a segment that `{environment}` used is not known any more"));
    }
    match exposure_of(snapshot, flag, environment, &state, at) {
        Exposure::Unknown { why } => Err(why),
        exposure => Ok(exposure),
    }
}

/// One evaluation, with what it gives today and what it gave before.
struct Call<'a> {
    site: &'a Reference,
    /// `None` when it is known only at run time.
    now: Option<Value>,
    /// `None` when it is not known; several when not everybody got the same.
    before: Option<Vec<Value>>,
}

impl<'a> Call<'a> {
    fn new(site: &'a Reference, before: &Before) -> Self {
        let before = before.as_ref().ok().and_then(|exposures| values_before(site, exposures));
        Call { site, now: fallback_value(site), before }
    }

    fn is_flipped(&self) -> bool {
        match (&self.now, &self.before) {
            (Some(now), Some(before)) => before.iter().any(|value| value != now),
            _ => false,
        }
    }

    /// What the flag comes to here: `on because of the fallback`.
    fn describe(&self) -> String {
        match (&self.now, &self.site.fallback) {
            (Some(value), Some(_)) => format!("{value} because of the fallback"),
            (Some(value), None) => format!("{value}, as no fallback is given"),
            (None, Some(Fallback::Literal(text))) => format!("`{text}`, the fallback"),
            (None, _) => "what the fallback comes to at run time".to_owned(),
        }
    }
}

/// What the call gave, over all environments, each value once.
fn values_before(site: &Reference, exposures: &[(&str, Exposure)]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    for (_, exposure) in exposures {
        let of_environment = match exposure {
            Exposure::Off | Exposure::Scheduled { .. } => vec![Value::Off],
            Exposure::Partial { .. } | Exposure::Targeted | Exposure::FullWithHole { .. } => {
                vec![Value::Off, Value::On]
            }
            Exposure::Full { .. } | Exposure::FullMulti if site.returns != Some(Returns::Variant) => vec![Value::On],
            Exposure::Full { variant: Some(name), .. } => vec![Value::Variant(name.clone())],
            // Several variants: none of them is what everybody got.
            Exposure::FullMulti => vec![Value::Off, Value::On],
            // The log does not hold the variants of an environment.
            Exposure::Full { variant: None, .. } | Exposure::CallSite | Exposure::Unknown { .. } => return None,
        };
        values.extend(of_environment);
    }
    values.sort();
    values.dedup();
    Some(values)
}

/// An archived flag and the calls that are left of it.
struct Archived<'a> {
    flag: &'a Flag,
    archived_at: Timestamp,
    before: Before<'a>,
    calls: Vec<Call<'a>>,
    is_tests: bool,
}

impl Archived<'_> {
    fn draft(&self, now: Timestamp) -> Draft {
        let is_flipped = self.calls.iter().any(Call::is_flipped);
        let reason = if is_flipped { "behaviour-flipped" } else { "leftover" };
        // What changed is shown first.
        let mut calls: Vec<&Call> = self.calls.iter().collect();
        calls.sort_by_key(|call| !call.is_flipped());
        let sites: Vec<&Reference> = calls.iter().map(|call| call.site).collect();
        let mut draft = Draft::about(&self.flag.key, reason, &sites);
        let label = |call: &&Call| Label {
            location: call.site.location.clone(),
            message: format!("here it is {}", call.describe()),
        };
        draft.related = calls.iter().skip(1).map(label).collect();
        draft.removal = self.removal(is_flipped);
        draft.message = self.message(&sites, calls.first().map(|call| call.describe()), now);
        draft.remediation = self.remediation(is_flipped, draft.removal.as_ref());
        draft.evidence.push(fact("archived", Some(self.archived_at), "archived flags of the server"));
        for (name, exposure) in self.before.iter().flatten() {
            draft.evidence.push(fact(format!("`{name}` was {exposure} before"), None, "event log"));
        }
        for (name, seen) in self.asking(now) {
            draft.evidence.push(fact(format!("still asked for in `{name}`"), seen, "usage"));
        }
        draft
    }

    fn message(&self, sites: &[&Reference], here: Option<String>, now: Timestamp) -> String {
        let before = match &self.before {
            Ok(exposures) => {
                let each: Vec<String> = exposures.iter().map(|(name, was)| format!("`{name}` was {was}")).collect();
                format!("before archiving, {}", list(&each))
            }
            Err(why) => format!("what it was before archiving is not known: {why}"),
        };
        let mut text = format!(
            "`{}` was archived on {} ({} ago); {}{}. Here it is {}; {before}.",
            self.flag.key,
            date(self.archived_at),
            days(days_between(self.archived_at, now)),
            places(sites),
            if self.is_tests { ", in tests only" } else { "" },
            here.unwrap_or_default(),
        );
        let asking: Vec<&str> = self.asking(now).into_iter().map(|(name, _)| name).collect();
        if !asking.is_empty() {
            text.push_str(&format!(" Applications still ask for it in {}.", quoted(&asking)));
        }
        text
    }

    /// Environments in which an SDK has asked for the flag since it was archived, with the last time where it is known.
    fn asking(&self, now: Timestamp) -> Vec<(&str, Option<Timestamp>)> {
        let is_since = |state: &FlagEnvironment| {
            let seen = state.last_seen_at.is_some_and(|at| at > self.archived_at);
            // Evaluations are counted by the hour, so the archiving has to be earlier than all of the hours.
            let counted = state
                .usage
                .as_ref()
                .is_some_and(|usage| usage.yes + usage.no > 0 && hours_between(self.archived_at, now) > usage.hours);
            seen || counted
        };
        let asking = self.flag.environments.iter().filter(|(_, state)| is_since(state));
        asking.map(|(name, state)| (name.as_str(), state.last_seen_at.filter(|at| *at > self.archived_at))).collect()
    }

    /// What the code does today stays, where it is known, the same everywhere, and what it did before.
    fn removal(&self, is_flipped: bool) -> Option<Removal> {
        let first = self.calls.first()?.now.as_ref()?;
        let is_sure = |call: &Call| call.before.is_some() && call.now.as_ref() == Some(first);
        if is_flipped || self.is_tests || !self.calls.iter().all(is_sure) {
            return None;
        }
        let keep = Keep::from(first.clone());
        if self.contradicts(&keep) {
            return None;
        }
        Some(Removal { flag: self.flag.key.clone(), keep })
    }

    fn is_against(&self, call: &Call) -> bool {
        call.now.as_ref().is_some_and(|now| self.contradicts(&Keep::from(now.clone())))
    }

    /// Whether the flag was completed with another side than the one the code takes today.
    fn contradicts(&self, keep: &Keep) -> bool {
        match &self.flag.lifecycle.completion {
            Some(Completion::Discarded) => *keep != Keep::Off,
            Some(Completion::Kept { variant: Some(name) }) => *keep != Keep::Variant(name.clone()),
            Some(Completion::Kept { variant: None }) => *keep == Keep::Off,
            Some(Completion::Unspecified) | None => false,
        }
    }

    fn remediation(&self, is_flipped: bool, removal: Option<&Removal>) -> String {
        match removal {
            Some(removal) => format!(
                "Take the checks out and keep {}, which is what the code does today; or revive the flag.",
                removal.keep.describe()
            ),
            None if is_flipped => "Archiving changed what this code does. Revive the flag, or decide which side stays \
                                   and take the checks out."
                .to_owned(),
            None if self.calls.iter().any(|call| self.is_against(call)) => {
                "The flag was completed with the other side. Decide which one stays and take the checks out.".to_owned()
            }
            None if self.is_tests => "Delete the tests of the flag, or let them test the side that stayed.".to_owned(),
            None => "Decide which side stays and take the checks out.".to_owned(),
        }
    }
}
