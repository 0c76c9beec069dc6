//! `flag-debt-budget`: more flags than were agreed on are waiting to be removed.

use std::collections::BTreeMap;

use downhaul_core::{Evidence, Flag, FlagType, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::sites::Sites;
use crate::words::{count, days_between, quoted};

/// The options of the rule. For each number, 0 means that there is no limit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FlagDebtBudget {
    /// Percent of a project's flags that may be stale or past their lifetime, by the formula of the server.
    max_debt_percent: u32,
    /// Live flags of a project that are meant to be removed one day.
    max_flags: u32,
    /// Flags that a project may gain in 90 days: those made less those archived.
    max_growth: u32,
    /// Calls in this repository that removing all such flags would touch.
    max_sites: u32,
}

impl Default for FlagDebtBudget {
    fn default() -> Self {
        Self { max_debt_percent: 0, max_flags: 100, max_growth: 0, max_sites: 0 }
    }
}

impl Define for FlagDebtBudget {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "flag-debt-budget",
        summary: "more flags wait for their removal than were agreed on",
        docs: include_str!("flag_debt_budget.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "hygiene",
        reasons: &["debt-ratio", "flags", "growth", "sites"],
        scope: RuleScope::Server,
        controls: &[],
    };
}

/// Growth is counted over so many days.
const GROWTH_DAYS: i64 = 90;
/// So many flags are named that could go.
const NAMED: usize = 5;

impl Rule for FlagDebtBudget {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        if let Some(gap) = snapshot.gap(Source::Flags, None) {
            return outcomes.put(Subject::All, Outcome::NotEvaluated(format!("flags: {}", gap.detail)));
        }
        let mut projects: BTreeMap<&str, Vec<&Flag>> = BTreeMap::new();
        for flag in snapshot.flags.values() {
            projects.entry(&flag.project).or_default().push(flag);
        }
        for (name, flags) in &projects {
            let project = Project { evidence, snapshot, name, flags };
            let limits = [
                ("flags", self.max_flags, self.flags(&project)),
                ("debt-ratio", self.max_debt_percent, self.ratio(&project)),
                ("growth", self.max_growth, self.growth(&project)),
            ];
            for (reason, limit, outcome) in limits {
                let subject = Subject::Named(format!("{reason} of {name}"));
                outcomes.put(subject, if limit == 0 { no_limit() } else { outcome });
            }
        }
        let outcome = if self.max_sites == 0 { no_limit() } else { self.sites(evidence, snapshot) };
        outcomes.put(Subject::Named("sites".to_owned()), outcome);
    }
}

fn no_limit() -> Outcome {
    Outcome::exempt("the policy sets no limit")
}

/// A project with its flags, archived ones included.
struct Project<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    name: &'a str,
    flags: &'a [&'a Flag],
}

impl<'a> Project<'a> {
    fn live(&self) -> impl Iterator<Item = &'a Flag> {
        self.flags.iter().copied().filter(|flag| flag.archived_at.is_none())
    }

    fn draft(&self, reason: &'static str, message: String, figure: String) -> Draft {
        let mut draft = Draft::named(self.evidence, format!("{reason} of {}", self.name), reason);
        draft.message = message;
        draft.evidence.push(fact(figure, None, "flags of the server"));
        draft.remediation = format!("Remove flags before new ones are made; {}.", self.candidates());
        draft.in_project(self.snapshot, self.name, None)
    }

    /// The oldest flags that could go, those first that nobody expects to change.
    fn candidates(&self) -> String {
        let mut removable: Vec<&Flag> = self.live().filter(|flag| flag.flag_type.is_removable()).collect();
        removable.sort_by_key(|flag| (!flag.stale, flag.created_at.unwrap_or(Timestamp::MAX), flag.key.as_str()));
        let names: Vec<&str> = removable.iter().take(NAMED).map(|flag| flag.key.as_str()).collect();
        if names.is_empty() {
            "none of them is of a type that goes".to_owned()
        } else {
            format!("the oldest are {}", quoted(&names))
        }
    }
}

impl FlagDebtBudget {
    fn flags(&self, project: &Project) -> Outcome {
        let removable = project.live().filter(|flag| flag.flag_type.is_removable()).count();
        if removable <= to_size(self.max_flags) {
            return Outcome::Pass;
        }
        let name = project.name;
        let message = format!(
            "Project `{name}` has {removable} live flags that are meant to go; {} are allowed.",
            self.max_flags
        );
        project.draft("flags", message, count(removable, "removable flag")).into()
    }

    /// As the server counts: stale, or older than their type lives, of all that are live.
    fn ratio(&self, project: &Project) -> Outcome {
        let total = project.live().count();
        if total == 0 {
            return Outcome::Pass;
        }
        for source in [Source::FlagTypes, Source::Labels] {
            if let Some(gap) = project.snapshot.gap(source, None) {
                return Outcome::NotEvaluated(format!("{}: {}", source.as_str(), gap.detail));
            }
        }
        let is_debt = |flag: &&Flag| flag.stale || is_past_lifetime(project, flag);
        let debt = project.live().filter(is_debt).count();
        let percent = debt * 100 / total;
        if percent <= to_size(self.max_debt_percent) {
            return Outcome::Pass;
        }
        let name = project.name;
        let message = format!(
            "{percent} % of the flags of project `{name}` are stale or past their lifetime ({debt} of {total}); {} % are \
             allowed.",
            self.max_debt_percent,
        );
        project.draft("debt-ratio", message, format!("{debt} of {total} flags")).into()
    }

    fn growth(&self, project: &Project) -> Outcome {
        for source in [Source::ArchivedFlags, Source::Labels] {
            if let Some(gap) = project.snapshot.gap(source, None) {
                return Outcome::NotEvaluated(format!("{}: {}", source.as_str(), gap.detail));
            }
        }
        let from = project.evidence.now() - SignedDuration::from_hours(24 * GROWTH_DAYS);
        let within = |at: Option<Timestamp>| at.is_some_and(|at| at >= from);
        let made = project.flags.iter().filter(|flag| within(flag.created_at)).count();
        let archived = project.flags.iter().filter(|flag| within(flag.archived_at)).count();
        if made.saturating_sub(archived) <= to_size(self.max_growth) {
            return Outcome::Pass;
        }
        let name = project.name;
        let message = format!(
            "Project `{name}` gained {} in {GROWTH_DAYS} days ({made} made, {archived} archived); {} are allowed.",
            count(made.saturating_sub(archived), "flag"),
            self.max_growth,
        );
        project.draft("growth", message, format!("{made} made, {archived} archived")).into()
    }

    /// What removing every flag of a type that goes would cost this repository.
    fn sites(&self, evidence: &Evidence, snapshot: &Snapshot) -> Outcome {
        let removable = |flag: &&Flag| flag.archived_at.is_none() && flag.flag_type.is_removable();
        let mut sites: Vec<(usize, &str)> = Vec::new();
        for flag in snapshot.flags.values().filter(removable) {
            if let Sites::Production(places) = Sites::of(evidence, &flag.key) {
                sites.push((places.len(), flag.key.as_str()));
            }
        }
        let total: usize = sites.iter().map(|(many, _)| many).sum();
        if total <= to_size(self.max_sites) {
            return Outcome::Pass;
        }
        sites.sort_by_key(|(many, key)| (std::cmp::Reverse(*many), *key));
        let most: Vec<&str> = sites.iter().take(NAMED).map(|(_, key)| *key).collect();
        let mut draft = Draft::named(evidence, "sites", "sites");
        draft.message = format!(
            "Removing every flag that is meant to go would touch {} of this repository; {} are allowed.",
            count(total, "check"),
            self.max_sites,
        );
        draft.remediation = format!("Remove flags before new ones are added; most checks have {}.", quoted(&most));
        draft.evidence.push(fact(count(total, "check"), None, "this repository"));
        draft.into()
    }
}

fn is_past_lifetime(project: &Project, flag: &Flag) -> bool {
    let lifetime = lifetime(project.snapshot, &flag.flag_type);
    let age = flag.created_at.map(|at| days_between(at, project.evidence.now()));
    lifetime.zip(age).is_some_and(|(lifetime, age)| age >= lifetime)
}

fn lifetime(snapshot: &Snapshot, flag_type: &FlagType) -> Option<u32> {
    snapshot.lifetime_days(flag_type).filter(|days| *days > 0)
}

fn to_size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
