//! Runs one rule, with other options for what overrides match.
//!
//! A rule knows nothing of overrides: it is run once with each set of options that can concern a subject, and every
//! subject keeps the outcome of the run that was made for it.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Evidence, Subject};

use crate::draft::{Draft, Outcome, Outcomes};
use crate::policy::{Active, Policy};
use crate::selector::Traits;

/// Positions in the rule's adjustments, ascending.
type Set = Vec<usize>;

/// What the rule says of the evidence.
pub(crate) fn run(policy: &Policy, active: &Active, evidence: &Evidence) -> Outcomes {
    let mut base = Outcomes::default();
    active.rule.check(evidence, &mut base);
    if active.adjustments.iter().all(|adjustment| adjustment.options.is_empty()) {
        return base;
    }
    let mut runs = Runs { policy, active, evidence, made: BTreeMap::new(), raised: Vec::new() };
    runs.take(Vec::new(), base);
    let mut outcomes = Outcomes::default();
    let mut done = BTreeSet::new();
    // A run can bring up subjects that the others do not have.
    while let Some(subject) = runs.raised.pop() {
        if !done.insert(subject.clone()) {
            continue;
        }
        if let Some(outcome) = runs.outcome(&subject) {
            outcomes.put(subject, outcome);
        }
    }
    outcomes
}

struct Runs<'a> {
    policy: &'a Policy,
    active: &'a Active,
    evidence: &'a Evidence,
    made: BTreeMap<Set, BTreeMap<Subject, Outcome>>,
    /// Subjects that a run has brought up and that have not been looked at.
    raised: Vec<Subject>,
}

impl Runs<'_> {
    fn take(&mut self, set: Set, outcomes: Outcomes) {
        let outcomes = by_subject(outcomes);
        self.raised.extend(outcomes.keys().cloned());
        self.made.insert(set, outcomes);
    }

    fn with(&mut self, set: &Set) -> &BTreeMap<Subject, Outcome> {
        if !self.made.contains_key(set) {
            let mut outcomes = Outcomes::default();
            self.active.with(set).check(self.evidence, &mut outcomes);
            self.take(set.clone(), outcomes);
        }
        &self.made[set]
    }

    /// The outcome that a subject keeps: a finding in whose run the overrides are exactly those that match it, else
    /// what the run says of it that was made for what is known of the subject alone.
    fn outcome(&mut self, subject: &Subject) -> Option<Outcome> {
        let (sure, possible) = self.overrides_of(subject);
        let mut starts = vec![joined(&sure, &possible)];
        starts.extend(possible.iter().map(|one| joined(&sure, std::slice::from_ref(one))));
        starts.push(sure.clone());
        let mut last = None;
        for start in starts {
            let mut set = start;
            let mut seen = BTreeSet::new();
            while seen.insert(set.clone()) {
                let Some(outcome) = self.with(&set).get(subject).cloned() else { break };
                let Outcome::Finding(draft) = &outcome else {
                    last = Some(outcome);
                    break;
                };
                let matching = self.overrides_of_draft(draft);
                if matching == set {
                    return Some(outcome);
                }
                set = matching;
            }
        }
        last
    }

    /// The adjustments of options that concern a subject for sure, and those of which that is not known.
    fn overrides_of(&self, subject: &Subject) -> (Set, Set) {
        let traits = match subject {
            Subject::Flag(key) => Traits::of_flag(self.evidence, key),
            _ => Traits::default(),
        };
        let (mut sure, mut possible) = (Vec::new(), Vec::new());
        for (position, adjustment) in self.options() {
            match self.policy.overrides()[adjustment].selector.matches(&traits) {
                Some(true) => sure.push(position),
                None => possible.push(position),
                Some(false) => {}
            }
        }
        (sure, possible)
    }

    fn overrides_of_draft(&self, draft: &Draft) -> Set {
        let traits = Traits::of_draft(self.evidence, draft);
        let matches = |index: usize| self.policy.overrides()[index].selector.matches(&traits) == Some(true);
        self.options().filter(|(_, index)| matches(*index)).map(|(position, _)| position).collect()
    }

    /// Adjustments that change options: position, and index of the override.
    fn options(&self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.active.adjustments.iter().enumerate();
        all.filter(|(_, adjustment)| !adjustment.options.is_empty())
            .map(|(position, adjustment)| (position, adjustment.index))
    }
}

fn joined(a: &[usize], b: &[usize]) -> Set {
    let mut set: Set = a.iter().chain(b).copied().collect();
    set.sort_unstable();
    set
}

fn by_subject(outcomes: Outcomes) -> BTreeMap<Subject, Outcome> {
    let findings = outcomes.findings.into_iter().map(|draft| (draft.subject.clone(), Outcome::from(draft)));
    let passed = outcomes.passed.into_iter().map(|subject| (subject, Outcome::Pass));
    let exempt = outcomes.exempt.into_iter().map(|(subject, why)| (subject, Outcome::Exempt(why)));
    let unsupported = outcomes.unsupported.into_iter().map(|(subject, why)| (subject, Outcome::Unsupported(why)));
    let untold = outcomes.not_evaluated.into_iter().map(|(subject, why)| (subject, Outcome::NotEvaluated(why)));
    findings.chain(passed).chain(exempt).chain(unsupported).chain(untold).collect()
}
