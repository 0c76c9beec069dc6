//! `unapproved-state-drift`: the server serves something that the reviewed manifest does not allow.

use std::collections::BTreeSet;

use downhaul_core::settled::settled_since;
use downhaul_core::{
    Anchor, Event, Evidence, Exposure, Flag, FlagEnvironment, FlagKey, Intent, RuleInfo, RuleScope, Severity, Snapshot,
    Source, Stated, Subject, exposure,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::options::Duration;
use crate::production;
use crate::sites::{gap, live_flag};
use crate::words::{actor, instant, quoted, what_happened};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnapprovedStateDrift {
    /// Whether production may be switched off without asking anybody.
    allow_off: bool,
    /// Whether every flag that is on in production has to be declared.
    every_flag: bool,
    /// What is compared.
    fields: Vec<Field>,
    /// How long manifest and server may differ after a change.
    tolerance: Duration,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Field {
    Enabled,
    Rollout,
    Segments,
    Variants,
}

impl Default for UnapprovedStateDrift {
    fn default() -> Self {
        Self {
            allow_off: true,
            every_flag: false,
            fields: vec![Field::Enabled, Field::Rollout, Field::Segments, Field::Variants],
            tolerance: Duration::hours(1),
        }
    }
}

impl Define for UnapprovedStateDrift {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "unapproved-state-drift",
        summary: "server serves what the manifest does not allow",
        docs: include_str!("unapproved_state_drift.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "approval",
        reasons: &["enabled", "rollout", "segments", "undeclared", "variants"],
        scope: RuleScope::Flag,
        controls: &[
            controls::SOC2_DETECTION,
            controls::ISO_CONFIGURATION,
            controls::ISO_CHANGE,
            controls::EU_DORA_CHANGE,
            controls::NIST_CHANGE,
        ],
    };
}

impl Rule for UnapprovedStateDrift {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        if evidence.manifest().is_absent() && !self.every_flag {
            return outcomes.put(Subject::All, Outcome::exempt("the repository has no manifest"));
        }
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let mut keys: BTreeSet<&FlagKey> = evidence.manifest().flags.keys().collect();
        if self.every_flag {
            keys.extend(snapshot.flags.keys());
        }
        for key in keys {
            let judged = live_flag(snapshot, key).and_then(|flag| self.judge(evidence, snapshot, flag));
            outcomes.put(Subject::Flag(key.clone()), judged.unwrap_or_else(|outcome| outcome));
        }
    }
}

/// What the server serves and the manifest does not allow.
struct Drift<'a> {
    reason: &'static str,
    environment: &'a str,
    /// `at most 25 %`.
    stated: String,
    /// `on for everyone`.
    served: String,
    anchor: Option<Anchor>,
}

impl UnapprovedStateDrift {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        let intents = evidence.declared(&flag.key).map(|declared| &declared.environments);
        let is_declared = |name: &str| intents.is_some_and(|intents| intents.contains_key(name));
        let mut unknown = None;
        for (name, intent) in intents.into_iter().flatten() {
            match self.drift(evidence, snapshot, flag, name, intent) {
                Ok(Some(drift)) if !self.is_young(evidence, flag, name) => {
                    return Ok(draft(evidence, snapshot, flag, &drift).into());
                }
                Ok(_) => {}
                Err(why) => unknown = Some(why),
            }
        }
        if self.every_flag {
            let production = production::names(evidence, snapshot).map_err(Outcome::NotEvaluated)?;
            let states = production.into_iter().filter_map(|name| Some((name, flag.environments.get(name)?)));
            let mut undeclared = states.filter(|(name, state)| state.enabled && !is_declared(name));
            if let Some((environment, _)) = undeclared.find(|(name, _)| !self.is_young(evidence, flag, name)) {
                let (stated, served) = ("nothing".to_owned(), "on".to_owned());
                let drift = Drift { reason: "undeclared", environment, stated, served, anchor: None };
                return Ok(draft(evidence, snapshot, flag, &drift).into());
            }
        }
        Err(match unknown {
            Some(why) => Outcome::NotEvaluated(why),
            None if intents.is_none_or(|intents| intents.is_empty()) && !self.every_flag => {
                Outcome::exempt("the manifest does not say what it is to serve")
            }
            None => Outcome::Pass,
        })
    }

    fn drift<'a>(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        environment: &'a str,
        intent: &Stated<Intent>,
    ) -> Result<Option<Drift<'a>>, String> {
        let Some(state) = flag.environments.get(environment) else {
            return match gap(snapshot, Source::Details, &flag.key)
                .or_else(|| gap(snapshot, Source::Environments, &flag.key))
            {
                Some(why) => Err(why),
                None => Ok(None),
            };
        };
        let anchor = Some(Anchor::Code(intent.location.clone()));
        let drift = |reason, stated: String, served: String| Drift { reason, environment, stated, served, anchor };
        let intent = &intent.value;
        if !state.enabled {
            let is_wrong = intent.enabled == Some(true) && !self.allow_off && self.fields.contains(&Field::Enabled);
            return Ok(is_wrong.then(|| drift("enabled", "on".to_owned(), "off".to_owned())));
        }
        if intent.enabled == Some(false) && self.fields.contains(&Field::Enabled) {
            return Ok(Some(drift("enabled", "off".to_owned(), "on".to_owned())));
        }
        if let Some(why) = gap(snapshot, Source::Details, &flag.key) {
            return Err(why);
        }
        if self.fields.contains(&Field::Rollout)
            && let Some((stated, served)) = self.rollout(evidence, snapshot, flag, environment, intent)?
        {
            return Ok(Some(drift("rollout", stated, served)));
        }
        if self.fields.contains(&Field::Variants)
            && let Some(allowed) = &intent.variants
            && let Some(served) = beyond(served_variants(state), allowed)
        {
            return Ok(Some(drift("variants", format!("the variants {}", quoted(allowed)), served)));
        }
        if self.fields.contains(&Field::Segments)
            && let Some(allowed) = &intent.segments
            && snapshot.gap(Source::Segments, None).is_none()
            && let Some(served) = beyond(used_segments(snapshot, state), allowed)
        {
            return Ok(Some(drift("segments", format!("the segments {}", quoted(allowed)), served)));
        }
        let of_segments = intent.segments.is_some() && self.fields.contains(&Field::Segments);
        match snapshot.gap(Source::Segments, None).filter(|_| of_segments) {
            Some(gap) => Err(format!("segments: {}", gap.detail)),
            None => Ok(None),
        }
    }

    /// The share that is stated and the one that is served, if the one is not within the other.
    fn rollout(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        environment: &str,
        intent: &Intent,
    ) -> Result<Option<(String, String)>, String> {
        let exposure = exposure::exposure(snapshot, &flag.key, environment, evidence.now());
        let (low, high) = match &exposure {
            Exposure::Unknown { why } => return Err(why.clone()),
            Exposure::Partial { low, high } => (*low, *high),
            Exposure::Full { .. } | Exposure::FullMulti | Exposure::FullWithHole { .. } => (100, 100),
            // Named contexts are no share, and neither is what has not begun.
            Exposure::Targeted => (0, 0),
            Exposure::CallSite | Exposure::Off | Exposure::Scheduled { .. } => (0, 0),
        };
        if let Some(max) = intent.rollout_max.filter(|max| high > *max) {
            return Ok(Some((format!("at most {max} %"), exposure.to_string())));
        }
        let is_off = matches!(exposure, Exposure::CallSite | Exposure::Off | Exposure::Scheduled { .. });
        let min = intent.rollout_min.filter(|min| low < *min && !(is_off && self.allow_off));
        Ok(min.map(|min| (format!("at least {min} %"), exposure.to_string())))
    }

    /// A change that has just been made; the pull request that states it may be on its way.
    fn is_young(&self, evidence: &Evidence, flag: &Flag, environment: &str) -> bool {
        let since = settled_since(evidence, &flag.key, environment).at();
        since.is_some_and(|at| evidence.now().duration_since(at) < self.tolerance.0)
    }
}

/// Those that are not allowed, as a message says them.
fn beyond(served: BTreeSet<String>, allowed: &[String]) -> Option<String> {
    let others: Vec<String> = served.into_iter().filter(|name| !allowed.contains(name)).collect();
    (!others.is_empty()).then(|| quoted(&others))
}

fn served_variants(state: &FlagEnvironment) -> BTreeSet<String> {
    let own = state.strategies.iter().flatten().filter(|strategy| !strategy.disabled).flat_map(|one| &one.variants);
    own.chain(&state.variants).filter(|variant| variant.weight > 0).map(|variant| variant.name.clone()).collect()
}

fn used_segments(snapshot: &Snapshot, state: &FlagEnvironment) -> BTreeSet<String> {
    let used = state.strategies.iter().flatten().filter(|strategy| !strategy.disabled).flat_map(|one| &one.segments);
    used.map(|id| snapshot.segments.get(id).map_or_else(|| id.0.clone(), |segment| segment.name.clone())).collect()
}

fn draft(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, drift: &Drift) -> Draft {
    let (key, environment) = (&flag.key, drift.environment);
    let mut draft = Draft::of_flag(evidence, key, drift.reason);
    if let Some(anchor) = &drift.anchor {
        draft.anchor = anchor.clone();
        draft.related.clear();
    }
    let last = last_change(evidence, key, environment);
    let who = last.map(|event| format!(" since {} ({})", instant(event.at), actor(&event.actor))).unwrap_or_default();
    draft.message = format!(
        "For `{key}` in `{environment}` the manifest says {}, and the server says {}{who}.",
        drift.stated, drift.served,
    );
    draft.remediation = "Put the server back to what was reviewed; or have the new state reviewed: \
                         `downhaul manifest pull` writes it down for a pull request."
        .to_owned();
    draft.evidence.push(fact(format!("stated: {}", drift.stated), None, stated_at(drift)));
    draft.evidence.push(match last {
        Some(event) => fact(
            format!("{} by {}", what_happened(event), actor(&event.actor)),
            Some(event.at),
            format!("event {}", event.id),
        ),
        None => fact(format!("served: {}", drift.served), None, "flags of the server"),
    });
    draft.on_server(snapshot, flag, Some(environment))
}

fn stated_at(drift: &Drift) -> String {
    let location = drift.anchor.as_ref().and_then(Anchor::location);
    location.map_or("manifest".to_owned(), |at| format!("{}:{}", at.path, at.start.line))
}

fn last_change<'a>(evidence: &'a Evidence, key: &FlagKey, environment: &str) -> Option<&'a Event> {
    evidence.events_of(key).rev().find(|event| {
        event.at <= evidence.now()
            && event.kind.may_change_exposure()
            && event.environment.as_deref().is_none_or(|name| name == environment)
    })
}
