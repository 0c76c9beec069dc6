//! `stalled-rollout`: a release is half way in production, and nobody has touched it for long.

use downhaul_core::settled::settled_since;
use downhaul_core::{
    Evidence, Exposure, Flag, FlagType, GapReason, ReleasePlan, RuleInfo, RuleScope, SafeguardAction, Settled,
    Severity, Snapshot, Source, Stage, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::options::FlagTypes;
use crate::production::Production;
use crate::sites::each_concerned_flag;
use crate::words::{date, days, days_between, hours_between};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StalledRollout {
    /// Days after which a share that does not change has stalled.
    after_days: u32,
    /// The same for experiments.
    experiment_days: u32,
    /// Days that a release plan may be paused.
    paused_days: u32,
    /// Types of flags that are on their way to everyone.
    types: FlagTypes,
}

impl Default for StalledRollout {
    fn default() -> Self {
        let types = FlagTypes::of(&[FlagType::Release, FlagType::Experiment, FlagType::Sunset]);
        Self { after_days: 30, experiment_days: 60, paused_days: 3, types }
    }
}

impl Define for StalledRollout {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "stalled-rollout",
        summary: "rollout has stopped half way",
        docs: include_str!("stalled_rollout.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "rollout",
        reasons: &["milestone-overdue", "paused", "paused-by-safeguard", "unchanged"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for StalledRollout {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| self.judge(evidence, snapshot, flag));
    }
}

impl StalledRollout {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        self.types.admit(flag)?;
        if flag.stale || flag.lifecycle.current().is_some_and(|entry| entry.stage == Stage::Completed) {
            return Err(Outcome::exempt("declared done: another question"));
        }
        let production = Production::of(evidence, snapshot, flag)?;
        let mut unknown = production.unknown();
        for (name, exposure) in &production.exposures {
            if let Some(draft) = self.plan(evidence, flag, name) {
                return Ok(draft.on_server(snapshot, flag, Some(name)).into());
            }
            if !is_half_way(exposure) {
                continue;
            }
            match self.unchanged(evidence, flag, name, exposure) {
                Ok(Some(draft)) => return Ok(draft.on_server(snapshot, flag, Some(name)).into()),
                Ok(None) => {}
                Err(why) => unknown = Some(why),
            }
        }
        // That an open-source server has no plans is no news.
        let plans = snapshot.gap(Source::ReleasePlans, Some(&flag.key));
        let unread = plans.filter(|gap| gap.reason != GapReason::Unsupported).map(|gap| gap.detail.clone());
        Err(unknown.or(unread).map_or(Outcome::Pass, Outcome::NotEvaluated))
    }

    fn unchanged(
        &self,
        evidence: &Evidence,
        flag: &Flag,
        environment: &str,
        exposure: &Exposure,
    ) -> Result<Option<Draft>, String> {
        let allowed = if flag.flag_type == FlagType::Experiment { self.experiment_days } else { self.after_days };
        let settled = settled_since(evidence, &flag.key, environment);
        let Some(since) = settled.at() else { return Err(settled.source().to_owned()) };
        let age = days_between(since, evidence.now());
        if age < allowed {
            let is_exact = matches!(settled, Settled::Since { .. });
            return if is_exact {
                Ok(None)
            } else {
                Err(format!("the event log reaches back less than {}", days(allowed)))
            };
        }
        let mut draft = Draft::of_flag(evidence, &flag.key, "unchanged");
        let when = match settled {
            Settled::AtLeastSince(_) => format!("for at least {}", days(age)),
            _ => format!("since {} ({})", date(since), days(age)),
        };
        draft.message = format!("`{}` has been {exposure} in `{environment}` {when}.", flag.key);
        draft.remediation = "Go on with the rollout, finish it, or roll it back and remove the flag.".to_owned();
        draft.evidence.push(fact(format!("`{environment}` settled"), Some(since), settled.source()));
        Ok(Some(draft))
    }

    /// What is wrong with the release plan of an environment, if there is one.
    fn plan(&self, evidence: &Evidence, flag: &Flag, environment: &str) -> Option<Draft> {
        let plans = flag.environments.get(environment).into_iter().flat_map(|state| &state.release_plans);
        plans.into_iter().find_map(|plan| self.of_plan(evidence, flag, environment, plan))
    }

    fn of_plan(&self, evidence: &Evidence, flag: &Flag, environment: &str, plan: &ReleasePlan) -> Option<Draft> {
        let now = evidence.now();
        let at = plan.milestones.iter().position(|step| Some(&step.id) == plan.active_milestone.as_ref())?;
        let (step, total) = (&plan.milestones[at], plan.milestones.len());
        let place = format!("milestone {} of {total} (`{}`)", at + 1, step.name);
        if let Some(paused) = step.paused_at {
            let age = days_between(paused, now);
            if age < self.paused_days {
                return None;
            }
            let guard = plan.safeguards.iter().find(|one| one.action == SafeguardAction::PausePlan);
            let by = guard.filter(|_| was_triggered(evidence, flag, environment, paused));
            let reason = if by.is_some() { "paused-by-safeguard" } else { "paused" };
            let mut draft = Draft::of_flag(evidence, &flag.key, reason);
            draft.level = if by.is_some() { Level::AtLeast(Severity::Error) } else { Level::Usual };
            let whom = by.map(|guard| format!(" by the safeguard on `{}`", guard.metric)).unwrap_or_default();
            draft.message = format!(
                "The rollout of `{}` in `{environment}` stands at {place}, paused{whom} since {} ({}).",
                flag.key,
                date(paused),
                days(age),
            );
            draft.remediation = "Find out why it was paused; then go on, or roll it back.".to_owned();
            draft.evidence.push(fact(format!("{place} paused"), Some(paused), "release plan"));
            return Some(draft);
        }
        let started = step.started_at.filter(|_| at + 1 < total)?;
        // A day on top: the server moves on when it gets to it.
        let is_overdue = match step.minutes_to_next {
            Some(minutes) => u64::from(hours_between(started, now)) >= minutes / 60 + 24,
            None => days_between(started, now) >= self.after_days,
        };
        is_overdue.then(|| overdue(evidence, flag, environment, &place, started))
    }
}

fn overdue(evidence: &Evidence, flag: &Flag, environment: &str, place: &str, started: Timestamp) -> Draft {
    let mut draft = Draft::of_flag(evidence, &flag.key, "milestone-overdue");
    draft.message = format!(
        "The rollout of `{}` in `{environment}` has stood at {place} since {} ({}).",
        flag.key,
        date(started),
        days(days_between(started, evidence.now())),
    );
    draft.remediation = "Start the next milestone, finish the plan, or roll it back.".to_owned();
    draft.evidence.push(fact(format!("{place} started"), Some(started), "release plan"));
    draft
}

/// Whether a safeguard acted at the time of the pause.
fn was_triggered(evidence: &Evidence, flag: &Flag, environment: &str, paused: Timestamp) -> bool {
    evidence.events_of(&flag.key).any(|event| {
        event.kind == downhaul_core::EventKind::SafeguardTriggered
            && event.environment.as_deref().is_none_or(|name| name == environment)
            && event.at.duration_since(paused).abs() <= jiff::SignedDuration::from_mins(5)
    })
}

fn is_half_way(exposure: &Exposure) -> bool {
    matches!(exposure, Exposure::Partial { .. } | Exposure::Targeted)
}
