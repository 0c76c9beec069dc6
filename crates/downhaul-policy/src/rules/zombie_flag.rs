//! `zombie-flag`: the server has a flag that no code refers to and nothing asks for.

use std::collections::BTreeSet;

use downhaul_core::{
    Evidence, Flag, FlagKey, ReferencedKey, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::sites::gap;
use crate::words::{count, date, days, days_between, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ZombieFlag {
    /// Days after its making in which a flag may be without code.
    min_age_days: u32,
    /// Days without an evaluation.
    quiet_days: u32,
}

impl Default for ZombieFlag {
    fn default() -> Self {
        Self { min_age_days: 14, quiet_days: 14 }
    }
}

impl Define for ZombieFlag {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "zombie-flag",
        summary: "no code refers to the flag",
        docs: include_str!("zombie_flag.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "cleanup",
        reasons: &["seen-elsewhere", "unused"],
        scope: RuleScope::Server,
        controls: &[],
    };
}

impl Rule for ZombieFlag {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        let absence = evidence.repositories().can_tell_absence(evidence.now());
        let mut is_untold = false;
        for flag in snapshot.flags.values().filter(|flag| flag.archived_at.is_none()) {
            let subject = Subject::Flag(flag.key.clone());
            if is_referred_to(evidence, &flag.key) {
                outcomes.put(subject, Outcome::Pass);
            } else if absence.is_err() {
                is_untold = true;
            } else {
                outcomes.put(subject, self.judge(evidence, snapshot, flag).unwrap_or_else(|outcome| outcome));
            }
        }
        // Said once, not for each flag of the server.
        if let Err(why) = absence
            && is_untold
        {
            outcomes.put(Subject::All, Outcome::NotEvaluated(why));
        }
        if let Some(gap) = snapshot.gap(Source::Flags, None) {
            outcomes.put(Subject::Named("flags".to_owned()), Outcome::NotEvaluated(format!("flags: {}", gap.detail)));
        }
    }
}

/// Whether any repository refers to it, in whatever way.
fn is_referred_to(evidence: &Evidence, key: &FlagKey) -> bool {
    let built = |reference: &&downhaul_core::Reference| match &reference.key {
        ReferencedKey::Pattern(pattern) => !pattern.is_any() && pattern.matches(key.as_str()),
        ReferencedKey::Known(_) => false,
    };
    let others = evidence.repositories();
    evidence.references_to(key).next().is_some()
        || evidence.built_keys().any(|reference| built(&reference))
        || others.uses_of(key).next().is_some()
        || others.may_build(key).next().is_some()
}

impl ZombieFlag {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        let now = evidence.now();
        let Some(created) = flag.created_at else {
            return Err(match gap(snapshot, Source::Labels, &flag.key) {
                Some(why) => Outcome::NotEvaluated(why),
                None => Outcome::not_evaluated("the server does not say when the flag was created"),
            });
        };
        if days_between(created, now) < self.min_age_days {
            return Err(Outcome::Pass);
        }
        let counted: u64 = usages(flag).map(|usage| usage.yes + usage.no).sum();
        let seen = flag.environments.values().filter_map(|state| state.last_seen_at).max();
        if counted > 0 || seen.is_some_and(|at| days_between(at, now) < self.quiet_days) {
            return Ok(elsewhere(evidence, snapshot, flag, seen).into());
        }
        if let Some(why) = gap(snapshot, Source::Usage, &flag.key) {
            return Err(Outcome::NotEvaluated(why));
        }
        Ok(unused(evidence, snapshot, flag, seen).into())
    }
}

fn usages(flag: &Flag) -> impl Iterator<Item = &downhaul_core::Usage> {
    flag.environments.values().filter_map(|state| state.usage.as_ref())
}

fn unused(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, seen: Option<Timestamp>) -> Draft {
    let mut draft = Draft::of_flag(evidence, &flag.key, "unused");
    let last = match seen {
        Some(at) => format!("was last asked for on {} ({} ago)", date(at), days(days_between(at, evidence.now()))),
        None => "was never asked for".to_owned(),
    };
    let many = evidence.repositories().inventories.len();
    let where_ = count(many, "repository").replace("repositorys", "repositories");
    draft.message = format!("No code in {where_} refers to `{}`, which {last}.", flag.key);
    let children: Vec<&str> = flag.children.iter().map(FlagKey::as_str).collect();
    draft.remediation = if children.is_empty() {
        "Archive the flag on the server.".to_owned()
    } else {
        format!("Take the dependency off {} on the server, then archive the flag.", quoted(&children))
    };
    draft.evidence.push(fact("last asked for", seen, "usage"));
    let inventories = &evidence.repositories().inventories;
    draft.evidence.extend(
        inventories.iter().map(|one| fact(format!("no reference in `{}`", one.repository), one.as_of, "inventory")),
    );
    draft.on_server(snapshot, flag, None)
}

fn elsewhere(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, seen: Option<Timestamp>) -> Draft {
    let mut draft = Draft::of_flag(evidence, &flag.key, "seen-elsewhere");
    draft.level = Level::AtMost(Severity::Note);
    let applications: BTreeSet<&str> =
        usages(flag).flat_map(|usage| usage.applications.iter().map(String::as_str)).collect();
    let applications: Vec<&str> = applications.into_iter().collect();
    let who = if applications.is_empty() { "something".to_owned() } else { quoted(&applications) };
    draft.message = format!("No code that was looked at refers to `{}`, but {who} still asks for it.", flag.key);
    draft.remediation = "Find the repository of what asks for it, and name it under `repos.expected`.".to_owned();
    draft.evidence.push(fact("last asked for", seen, "usage"));
    draft.on_server(snapshot, flag, None)
}
