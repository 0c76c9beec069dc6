//! `fully-rolled-out-flag`: the flag has been on for everyone in production for longer than allowed.

use downhaul_core::settled::settled_since;
use downhaul_core::{
    Evidence, Exposure, Flag, FlagKey, FlagType, Keep, Reference, Removal, RuleInfo, RuleScope, Settled, Severity,
    Snapshot, Source, Stage, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::by_type::DaysByType;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{each_live_flag, gap, places};
use crate::words::{count, date, days, days_between, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FullyRolledOutFlag {
    /// Days that a flag may serve the same to everyone.
    after_days: u32,
    /// The same for types that need another number.
    after_days_by_type: DaysByType,
}

impl Default for FullyRolledOutFlag {
    fn default() -> Self {
        Self {
            after_days: 30,
            after_days_by_type: DaysByType::new(&[(FlagType::Experiment, 14), (FlagType::Operational, 7)]),
        }
    }
}

impl Define for FullyRolledOutFlag {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "fully-rolled-out-flag",
        summary: "flag has been on for everyone for long",
        docs: include_str!("fully_rolled_out_flag.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Error,
        group: "cleanup",
        reasons: &["blocked-by-children", "rolled-out"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for FullyRolledOutFlag {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_live_flag(evidence, outcomes, |snapshot, flag, sites| self.judge(evidence, snapshot, flag, sites));
    }
}

impl FullyRolledOutFlag {
    fn judge(
        &self,
        evidence: &Evidence,
        snapshot: &Snapshot,
        flag: &Flag,
        sites: &[&Reference],
    ) -> Result<Outcome, Outcome> {
        if !flag.flag_type.is_removable() {
            return Err(Outcome::Exempt(format!("flags of type {} stay", flag.flag_type.as_str())));
        }
        if flag.stale || flag.lifecycle.current().is_some_and(|entry| entry.stage == Stage::Completed) {
            return Err(Outcome::exempt("declared done: another question"));
        }
        let production = Production::of(evidence, snapshot, flag)?;
        let Some(variant) = production.constant_on() else {
            return Err(production.unless_unknown(Exposure::is_constant_on, Outcome::Pass));
        };
        let allowed = self.after_days_by_type.get(&flag.flag_type).unwrap_or(self.after_days);
        let since = settled_for(evidence, &flag.key, &production, allowed)?;
        let rollout =
            Rollout { variant, since, denials: denials(flag, &production), children: live_children(snapshot, flag) };
        let mut draft = rollout.draft(flag, sites, evidence.now());
        if let Some(why) = gap(snapshot, Source::Usage, &flag.key) {
            draft.evidence.push(fact("whether evaluations agree is not known", None, why));
        }
        Ok(draft.on_server(snapshot, flag, production.only()).into())
    }
}

/// Since when each production environment has served the same, if that is long enough everywhere.
fn settled_for<'a>(
    evidence: &Evidence,
    key: &FlagKey,
    production: &Production<'a>,
    allowed: u32,
) -> Result<Vec<(&'a str, Settled)>, Outcome> {
    let settled: Vec<(&str, Settled)> =
        production.names().into_iter().map(|name| (name, settled_since(evidence, key, name))).collect();
    let is_long = |since: &Settled| since.at().is_some_and(|at| days_between(at, evidence.now()) >= allowed);
    let short: Vec<&Settled> = settled.iter().map(|(_, since)| since).filter(|since| !is_long(since)).collect();
    if short.iter().any(|since| matches!(since, Settled::Since { .. })) {
        return Err(Outcome::Pass);
    }
    match short.first() {
        None => Ok(settled),
        Some(Settled::Unknown { why }) => Err(Outcome::NotEvaluated(why.clone())),
        Some(_) => Err(Outcome::NotEvaluated(format!("the event log reaches back less than {}", days(allowed)))),
    }
}

/// Answers "off" that production gave lately: how many, and in how many hours.
fn denials(flag: &Flag, production: &Production) -> Option<(u64, u32)> {
    let usages = production.names().into_iter().filter_map(|name| flag.environments.get(name)?.usage.as_ref());
    let denied: Vec<_> = usages.filter(|usage| usage.no > 0).collect();
    let hours = denied.iter().map(|usage| usage.hours).max()?;
    Some((denied.iter().map(|usage| usage.no).sum(), hours))
}

/// Flags that need this one. A child that the token cannot see counts as live.
fn live_children<'a>(snapshot: &Snapshot, flag: &'a Flag) -> Vec<&'a str> {
    let is_live = |key: &&FlagKey| snapshot.flags.get(*key).is_none_or(|child| child.archived_at.is_none());
    flag.children.iter().filter(is_live).map(FlagKey::as_str).collect()
}

/// What is known of a flag that is on for everyone.
struct Rollout<'a> {
    variant: Option<&'a str>,
    since: Vec<(&'a str, Settled)>,
    denials: Option<(u64, u32)>,
    children: Vec<&'a str>,
}

impl Rollout<'_> {
    fn draft(&self, flag: &Flag, sites: &[&Reference], now: Timestamp) -> Draft {
        let reason = if self.children.is_empty() { "rolled-out" } else { "blocked-by-children" };
        let is_clear = self.children.is_empty() && self.denials.is_none();
        let keep = self.variant.map_or(Keep::On, |name| Keep::Variant(name.to_owned()));
        let mut draft = Draft::about(&flag.key, reason, sites);
        draft.message = self.message(flag, sites, now);
        draft.remediation = self.remediation(&keep);
        draft.evidence.extend(
            self.since
                .iter()
                .map(|(environment, since)| fact(format!("`{environment}` settled"), since.at(), since.source())),
        );
        if let Some((number, hours)) = self.denials {
            draft.evidence.push(fact(format!("{number} evaluations said no in {hours} hours"), None, "usage"));
        }
        draft.removal = is_clear.then(|| Removal { flag: flag.key.clone(), keep });
        draft
    }

    fn message(&self, flag: &Flag, sites: &[&Reference], now: Timestamp) -> String {
        let environments: Vec<&str> = self.since.iter().map(|(name, _)| *name).collect();
        let variant = self.variant.map(|name| format!(" with variant `{name}`")).unwrap_or_default();
        let mut text = format!(
            "`{}` has been on for everyone{variant} in {} {}; {}.",
            flag.key,
            quoted(&environments),
            self.since_when(now),
            places(sites),
        );
        if let Some((number, hours)) = self.denials {
            let many = count(usize::try_from(number).unwrap_or(usize::MAX), "evaluation");
            text.push_str(&format!(" The configuration says everybody, but {many} said no in the last {hours} hours."));
        }
        if !self.children.is_empty() {
            text.push_str(&format!(" It cannot go yet: live flags depend on it ({}).", quoted(&self.children)));
        }
        text
    }

    /// The environment that settled last decides.
    fn since_when(&self, now: Timestamp) -> String {
        let last = self.since.iter().filter_map(|(_, since)| Some((since.at()?, since))).max_by_key(|(at, _)| *at);
        match last {
            Some((at, Settled::AtLeastSince(_))) => format!("for at least {}", days(days_between(at, now))),
            Some((at, _)) => format!("since {} ({})", date(at), days(days_between(at, now))),
            None => String::new(),
        }
    }

    fn remediation(&self, keep: &Keep) -> String {
        if !self.children.is_empty() {
            return format!("Take the dependency off {} on the server, then remove the flag.", quoted(&self.children));
        }
        if self.denials.is_some() {
            return "Find out who is told no (an old SDK, a context without the needed field) before removing it."
                .to_owned();
        }
        format!("Take the checks out and keep {}, then mark the flag completed (kept) on the server.", keep.describe())
    }
}
