//! `premature-flag-removal`: the change under review takes a flag out of the code before production is done with it.

use downhaul_core::settled::settled_since;
use downhaul_core::{
    Anchor, Change, Evidence, Exposure, Flag, Keep, Location, Position, Reference, RuleInfo, RuleScope, Settled,
    Severity, Snapshot, Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Level, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{live_flag, places};
use crate::words::{date, days, days_between, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PrematureFlagRemoval {
    /// Days for which production has to have served the same.
    min_settled_days: u32,
}

impl Default for PrematureFlagRemoval {
    fn default() -> Self {
        Self { min_settled_days: 7 }
    }
}

impl Define for PrematureFlagRemoval {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "premature-flag-removal",
        summary: "change removes a flag that production is not done with",
        docs: include_str!("premature_flag_removal.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "lifecycle",
        reasons: &["kept-wrong-branch", "settled-briefly", "still-rolling-out", "used-elsewhere"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for PrematureFlagRemoval {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let Some(change) = evidence.change() else {
            return outcomes.put(Subject::All, Outcome::exempt("no change is under review"));
        };
        if let Some(Err(why)) = &change.before {
            return outcomes.put(Subject::All, Outcome::not_evaluated(why));
        }
        let removed = change.removed(evidence.references());
        if removed.is_empty() {
            return outcomes.put(Subject::All, Outcome::Pass);
        }
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for (key, sites) in removed {
            let judged = live_flag(snapshot, key).and_then(|flag| self.judge(evidence, snapshot, flag, change, &sites));
            outcomes.put(Subject::Flag(key.clone()), judged.unwrap_or_else(|outcome| outcome));
        }
    }
}

impl PrematureFlagRemoval {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        change: &Change,
        sites: &[&Reference],
    ) -> Result<Outcome, Outcome> {
        let production = Production::of(evidence, snapshot, flag)?;
        let draft = |reason| Removed { evidence, snapshot, flag, change, sites, production: &production }.draft(reason);
        if production.constant_on().is_none() && !production.all_off() {
            let is_constant = |exposure: &Exposure| exposure.is_constant_on() || *exposure == Exposure::Off;
            return Ok(production.unless_unknown(is_constant, draft("still-rolling-out").into()));
        }
        let serves = if production.all_off() { Keep::Off } else { Keep::On };
        if change.kept.get(&flag.key).is_some_and(|kept| *kept != serves) {
            return Ok(draft("kept-wrong-branch").into());
        }
        let mut briefly = false;
        for name in production.names() {
            let settled = settled_since(evidence, &flag.key, name);
            let is_long = settled.at().is_some_and(|at| days_between(at, evidence.now()) >= self.min_settled_days);
            match settled {
                _ if is_long => {}
                Settled::Since { .. } => briefly = true,
                // A log that begins later tells nothing of how long it was so.
                Settled::AtLeastSince(_) => {
                    let why = format!("the event log reaches back less than {}", days(self.min_settled_days));
                    return Err(Outcome::NotEvaluated(why));
                }
                Settled::Unknown { why } => return Err(Outcome::NotEvaluated(why)),
            }
        }
        if briefly {
            return Ok(draft("settled-briefly").into());
        }
        let is_used = evidence.repositories().uses_of(&flag.key).next().is_some();
        if is_used { Ok(draft("used-elsewhere").into()) } else { Err(Outcome::Pass) }
    }
}

/// A flag that the change takes out.
struct Removed<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    flag: &'a Flag,
    change: &'a Change,
    sites: &'a [&'a Reference],
    production: &'a Production<'a>,
}

impl Removed<'_> {
    fn draft(&self, reason: &'static str) -> Draft {
        let key = &self.flag.key;
        let mut draft = Draft::of_flag(self.evidence, key, reason);
        draft.of_change = true;
        draft.identity = Identity::OnServer;
        if let Some(at) = self.place() {
            draft.anchor = Anchor::Code(at);
            draft.related.clear();
        }
        let what = format!("This change removes the last evaluation of `{key}` ({})", places(self.sites));
        let serves = self.production.describe();
        match reason {
            "still-rolling-out" => {
                draft.message = format!("{what}, and {serves}: merging it decides for everyone, without a way back.");
                draft.remediation = "Finish the rollout or roll it back first; then remove the flag.".to_owned();
            }
            "kept-wrong-branch" => {
                let kept = if self.production.all_off() { "on" } else { "off" };
                draft.message =
                    format!("{what} and keeps the {kept} side, but {serves}: merging it changes what users get.");
                draft.remediation = match kept {
                    "on" => format!(
                        "Keep the off side: `downhaul clean {key} --keep off` writes it. Or release the flag first."
                    ),
                    _ => format!(
                        "Keep the on side: `downhaul clean {key} --keep on` writes it. Or switch the flag off first."
                    ),
                };
            }
            "settled-briefly" => {
                draft.level = Level::AtMost(Severity::Warning);
                draft.message = format!("{what}; {serves}, but only since {}.", self.since());
                draft.remediation = "Wait a few days: while the flag is there, it can be switched back.".to_owned();
            }
            _ => {
                draft.level = Level::AtMost(Severity::Note);
                let mut repositories: Vec<&str> =
                    self.evidence.repositories().uses_of(key).map(|(repository, _)| repository).collect();
                repositories.dedup();
                draft.message = format!("{what}, and {} still refers to it.", quoted(&repositories));
                draft.remediation = "Leave the flag on the server until it is gone there too.".to_owned();
            }
        }
        for (name, exposure) in &self.production.exposures {
            draft.evidence.push(fact(format!("`{name}` is {exposure}"), None, "flags of the server"));
        }
        for site in self.sites {
            let at = format!("{}:{} at {}", site.location.path, site.location.start.line, self.change.base);
            draft.evidence.push(fact("evaluated before", None, at));
        }
        draft.on_server(self.snapshot, self.flag, self.production.only())
    }

    /// Since when all production environments have served the same.
    fn since(&self) -> String {
        let settled = self
            .production
            .names()
            .into_iter()
            .filter_map(|name| settled_since(self.evidence, &self.flag.key, name).at());
        match settled.max() {
            Some(at) => format!("{} ({})", date(at), days(days_between(at, self.evidence.now()))),
            None => "a short time".to_owned(),
        }
    }

    /// Where something was taken away in a file that held an evaluation and is still there.
    fn place(&self) -> Option<Location> {
        self.sites.iter().find_map(|site| {
            let lines = self.change.removed_at.get(&*site.location.path)?;
            let nearest = lines.iter().min_by_key(|line| line.abs_diff(site.location.start.line))?;
            let start = Position { line: *nearest, column: 1 };
            Some(Location { start, end: start, ..Location::file_start(site.location.path.clone()) })
        })
    }
}
