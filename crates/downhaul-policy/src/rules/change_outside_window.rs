//! `change-outside-window`: production was opened further outside of the agreed hours, or in a freeze.

use downhaul_core::replay::{Change, history};
use downhaul_core::{Anchor, Evidence, Exposure, Flag, Location, RuleInfo, RuleScope, Severity, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Define, Rule, Shared};
use crate::calendar::Calendar;
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::each_concerned_flag;
use crate::words::{actor, count, days_between, instant, quoted};

/// Changes that are listed one by one.
const LISTED: usize = 5;

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ChangeOutsideWindow {
    /// Days back for which changes are looked at.
    lookback_days: u32,
    /// `[[windows]]` and `[[freeze]]` of the policy.
    #[serde(skip)]
    calendar: Calendar,
}

impl Default for ChangeOutsideWindow {
    fn default() -> Self {
        Self { lookback_days: 30, calendar: Calendar::default() }
    }
}

impl Define for ChangeOutsideWindow {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "change-outside-window",
        summary: "production was changed outside of the agreed hours",
        docs: include_str!("change_outside_window.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "approval",
        reasons: &["in-freeze", "outside-window"],
        scope: RuleScope::Flag,
        controls: &[controls::ISO_CHANGE, controls::EU_DORA_CHANGE],
    };

    fn adopt(&mut self, shared: &Shared) {
        self.calendar = shared.calendar.clone();
    }
}

impl Rule for ChangeOutsideWindow {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| self.judge(evidence, snapshot, flag));
    }
}

/// A change that let more people in, at a wrong moment.
struct Found<'a> {
    environment: &'a str,
    change: Change<'a>,
    reason: &'static str,
    /// What was broken, as a message says it.
    what: String,
    /// In the zone of what was broken.
    at: String,
    place: Option<Location>,
}

impl ChangeOutsideWindow {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        if self.calendar.windows.is_empty() && self.calendar.freezes.is_empty() {
            return Err(Outcome::exempt("the policy has no `[[windows]]` and no `[[freeze]]`"));
        }
        let production = Production::of(evidence, snapshot, flag)?;
        let (mut found, mut unknown, mut spoken) = (Vec::new(), None, false);
        for environment in production.names() {
            if !self.calendar.speaks_of(&flag.project, environment) {
                continue;
            }
            spoken = true;
            match history(evidence, &flag.key, environment) {
                Ok(changes) => found.extend(
                    raising(changes)
                        .into_iter()
                        .filter(|change| days_between(change.at, evidence.now()) < self.lookback_days)
                        .filter_map(|change| self.wrong(&flag.project, environment, change)),
                ),
                Err(why) => unknown = Some(why),
            }
        }
        if !spoken {
            return Err(Outcome::exempt("no window and no freeze is about its project"));
        }
        found.sort_by_key(|found: &Found| found.change.at);
        match found.last() {
            Some(_) => Ok(draft(evidence, snapshot, flag, &found).into()),
            None => Err(unknown.map_or(Outcome::Pass, Outcome::NotEvaluated)),
        }
    }

    /// What a change breaks by its moment. A freeze goes before the windows.
    fn wrong<'a>(&self, project: &str, environment: &'a str, change: Change<'a>) -> Option<Found<'a>> {
        if let Some(freeze) = self.calendar.freeze_at(change.at, project, environment) {
            let what = format!("in the freeze `{}` ({} to {})", freeze.name, freeze.from, freeze.to);
            let (at, place) = (freeze.zone.describe(change.at), freeze.place.clone());
            return Some(Found { environment, change, reason: "in-freeze", what, at, place });
        }
        let windows = self.calendar.windows_of(project, environment);
        let first = windows.first()?;
        if windows.iter().any(|window| window.holds(change.at)) {
            return None;
        }
        let names: Vec<&str> = windows.iter().map(|window| window.name.as_str()).collect();
        let what = format!("outside of {}", quoted(&names));
        let (at, place) = (first.zone.describe(change.at), first.place.clone());
        Some(Found { environment, change, reason: "outside-window", what, at, place })
    }
}

/// The changes that let more people in than before.
fn raising(changes: Vec<Change<'_>>) -> Vec<Change<'_>> {
    let mut before = 0;
    let mut raising = Vec::new();
    for change in changes {
        let now = reach(&change.exposure);
        if now > before {
            raising.push(change);
        }
        before = now;
    }
    raising
}

/// How far an exposure goes, to be compared with others.
fn reach(exposure: &Exposure) -> u32 {
    match exposure {
        Exposure::CallSite | Exposure::Off | Exposure::Scheduled { .. } | Exposure::Unknown { .. } => 0,
        Exposure::Targeted => 1,
        Exposure::Partial { high, .. } => 1 + u32::from(*high),
        Exposure::FullWithHole { .. } => 102,
        Exposure::Full { .. } | Exposure::FullMulti => 103,
    }
}

fn draft(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, found: &[Found<'_>]) -> Draft {
    let last = &found[found.len() - 1];
    let mut draft = Draft::of_flag(evidence, &flag.key, last.reason);
    // The line of the policy that is broken says more than a line of code.
    if let Some(place) = &last.place {
        draft.anchor = Anchor::Policy(place.clone());
        draft.related.clear();
    }
    let by = |change: &Change| match change.cause {
        Some(event) => format!(" by {}", actor(&event.actor)),
        None => " by a date in its constraints".to_owned(),
    };
    let earlier = match found.len() - 1 {
        0 => String::new(),
        many => format!(
            " So {} before.",
            if many == 1 { "was one".to_owned() } else { format!("were {}", count(many, "change")) }
        ),
    };
    draft.message = format!(
        "`{}` was opened further in `{}` on {}{}, {}: {}.{earlier}",
        flag.key,
        last.environment,
        last.at,
        by(&last.change),
        last.what,
        last.change.exposure,
    );
    draft.remediation =
        "Nothing is left to be done for this change but to look after it. Let the next one wait for the \
                         agreed hours; an incident is a reason for an exemption."
            .to_owned();
    draft.record = Some(record(&last.change));
    for Found { environment, change, .. } in found.iter().rev().take(LISTED) {
        let what = format!("`{environment}` {}{}", change.exposure, by(change));
        let source = change.cause.map_or("date constraint".to_owned(), |event| format!("event {}", event.id));
        draft.evidence.push(fact(what, Some(change.at), source));
    }
    draft.on_server(snapshot, flag, Some(last.environment))
}

fn record(change: &Change<'_>) -> String {
    change.cause.map_or_else(|| instant(change.at), |event| event.id.to_string())
}
