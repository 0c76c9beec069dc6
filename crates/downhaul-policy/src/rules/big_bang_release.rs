//! `big-bang-release`: a flag went to everyone in production without steps on the way, or in steps too big or too short.

use downhaul_core::replay::{Change, history};
use downhaul_core::{Evidence, Exposure, Flag, FlagType, RuleInfo, RuleScope, Severity, Snapshot, Source, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::options::{Duration, FlagTypes};
use crate::production::Production;
use crate::sites::{each_concerned_flag, gap};
use crate::words::{actor, days_between, instant, span};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BigBangRelease {
    /// Days for which a release is remembered.
    lookback_days: u32,
    /// Points that one step below 50 % may add.
    max_step: u8,
    /// Evaluations a day under which a flag is too quiet to be judged.
    min_daily_evaluations: u64,
    /// How long a step has to hold.
    min_dwell: Duration,
    /// Steps on the way to everyone.
    min_plateaus: usize,
    /// Types of flags that are released.
    types: FlagTypes,
}

impl Default for BigBangRelease {
    fn default() -> Self {
        Self {
            lookback_days: 30,
            max_step: 50,
            min_daily_evaluations: 0,
            min_dwell: Duration::hours(1),
            min_plateaus: 1,
            types: FlagTypes::of(&[FlagType::Release, FlagType::Experiment, FlagType::Sunset]),
        }
    }
}

impl Define for BigBangRelease {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "big-bang-release",
        summary: "flag went to everyone at once",
        docs: include_str!("big_bang_release.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "rollout",
        reasons: &["jump", "no-steps", "short-dwell"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for BigBangRelease {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| self.judge(evidence, snapshot, flag));
    }
}

/// How a flag came to everyone, once.
struct Release<'a> {
    environment: &'a str,
    /// The steps on the way, with how long each held.
    plateaus: Vec<(Exposure, SignedDuration)>,
    /// When everyone had it.
    full: Change<'a>,
}

impl BigBangRelease {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        self.types.admit(flag)?;
        let production = Production::of(evidence, snapshot, flag)?;
        if self.min_daily_evaluations > 0
            && let Some(why) = gap(snapshot, Source::Usage, &flag.key)
        {
            return Err(Outcome::NotEvaluated(why));
        }
        if self.is_quiet(flag, &production) {
            return Err(Outcome::exempt("hardly evaluated"));
        }
        let mut unknown = None;
        for environment in production.names() {
            match history(evidence, &flag.key, environment) {
                Ok(changes) => {
                    let wrong = releases(environment, changes).into_iter().rev().find_map(|release| {
                        let is_recent = days_between(release.full.at, evidence.now()) < self.lookback_days;
                        self.reason(&release).filter(|_| is_recent).map(|reason| (reason, release))
                    });
                    if let Some((reason, release)) = wrong {
                        return Ok(self.draft(evidence, snapshot, flag, reason, &release).into());
                    }
                }
                Err(why) => unknown = Some(why),
            }
        }
        Err(unknown.map_or(Outcome::Pass, Outcome::NotEvaluated))
    }

    fn is_quiet(&self, flag: &Flag, production: &Production) -> bool {
        let usages = production.names().into_iter().filter_map(|name| flag.environments.get(name)?.usage.as_ref());
        let daily: u64 = usages.map(|usage| (usage.yes + usage.no) * 24 / u64::from(usage.hours.max(1))).sum();
        daily < self.min_daily_evaluations
    }

    fn reason(&self, release: &Release) -> Option<&'static str> {
        if release.plateaus.is_empty() && self.min_plateaus > 0 {
            return Some("no-steps");
        }
        if self.jumps(release) {
            return Some("jump");
        }
        let held = release.plateaus.iter().filter(|(_, held)| *held >= self.min_dwell.0).count();
        (held < self.min_plateaus).then_some("short-dwell")
    }

    /// Steps between named contexts and a share cannot be measured in points.
    fn jumps(&self, release: &Release) -> bool {
        let shares: Vec<u8> =
            release.plateaus.iter().filter_map(|(exposure, _)| share(exposure)).chain([100]).collect();
        shares.windows(2).any(|pair| pair[0] < 50 && pair[1].saturating_sub(pair[0]) > self.max_step)
    }

    fn draft(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        reason: &'static str,
        release: &Release,
    ) -> Draft {
        let (key, full) = (&flag.key, &release.full);
        let mut draft = Draft::of_flag(evidence, key, reason);
        let by = full.cause.map(|event| format!(" by {}", actor(&event.actor))).unwrap_or_default();
        let how = match reason {
            "no-steps" => "in one step".to_owned(),
            "jump" => format!("in steps of more than {} points", self.max_step),
            _ => format!("without a step that held for {}", self.min_dwell),
        };
        draft.message =
            format!("`{key}` went to everyone in `{}` {how} on {}{by}.", release.environment, instant(full.at));
        draft.remediation = "Nothing is left to be done for this release. Let the next one go up in steps that hold \
                             long enough to see what they do, or use a release plan."
            .to_owned();
        for (exposure, held) in &release.plateaus {
            draft.evidence.push(fact(format!("{exposure} for {}", span(*held)), None, "event log"));
        }
        let source = full.cause.map_or("date constraint".to_owned(), |event| format!("event {}", event.id));
        draft.evidence.push(fact(full.exposure.to_string(), Some(full.at), source));
        draft.record = full.cause.map(|event| event.id.to_string());
        draft.on_server(snapshot, flag, Some(release.environment))
    }
}

/// Every time the flag went from nobody to everyone.
fn releases<'a>(environment: &'a str, changes: Vec<Change<'a>>) -> Vec<Release<'a>> {
    let mut releases = Vec::new();
    let mut plateaus = Some(Vec::new());
    let ends: Vec<Option<Timestamp>> = changes.iter().skip(1).map(|next| Some(next.at)).chain([None]).collect();
    for (change, end) in changes.into_iter().zip(ends) {
        if !change.exposure.is_exposed() {
            plateaus = Some(Vec::new());
        } else if is_everyone(&change.exposure) {
            // Once there, what comes before the next switching off is another matter.
            releases.extend(plateaus.take().map(|plateaus| Release { environment, plateaus, full: change }));
        } else if let (Some(plateaus), Some(end)) = (&mut plateaus, end) {
            plateaus.push((change.exposure, end.duration_since(change.at)));
        }
    }
    releases
}

fn is_everyone(exposure: &Exposure) -> bool {
    matches!(exposure, Exposure::Full { .. } | Exposure::FullMulti | Exposure::FullWithHole { .. })
}

fn share(exposure: &Exposure) -> Option<u8> {
    match exposure {
        Exposure::Partial { high, .. } => Some(*high),
        _ => None,
    }
}
