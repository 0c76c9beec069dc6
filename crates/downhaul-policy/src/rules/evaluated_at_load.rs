//! `evaluated-at-load`: a flag is evaluated once and its value kept, so switching it later does nothing.

use std::collections::BTreeSet;

use downhaul_core::{
    Evidence, Flag, FlagKey, FlagType, PathClass, Reference, ReferenceKind, Resolution, RuleInfo, RuleScope, Severity,
    Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Level, Outcome, Outcomes, fact};
use crate::globs::PathGlobs;
use crate::sites::{is_resolved, unclear};

/// The options of the rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EvaluatedAtLoad {
    /// Files of programs that run once and end.
    allow_paths: PathGlobs,
}

impl Define for EvaluatedAtLoad {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "evaluated-at-load",
        summary: "flag is evaluated once and its value kept",
        docs: include_str!("evaluated_at_load.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "code",
        reasons: &["frozen"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for EvaluatedAtLoad {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let mut seen = BTreeSet::new();
        for (key, site) in evaluations(evidence) {
            let subject = subject(key, site);
            if seen.insert(subject.clone()) {
                outcomes.put(subject, self.judge(evidence, key, site));
            }
        }
    }
}

/// Evaluations in code that ships, of a key that is known.
fn evaluations(evidence: &Evidence) -> impl Iterator<Item = (&FlagKey, &Reference)> {
    let known = evidence.references().iter().filter_map(|reference| Some((reference.flag()?, reference)));
    known.filter(|(_, site)| {
        let is_broken = site.kind == ReferenceKind::Evaluation
            && site.class == PathClass::Production
            && site.resolution == Resolution::Lexical;
        is_broken || (site.is_production_evaluation() && is_resolved(site))
    })
}

/// One call can stand for several keys.
fn subject(key: &FlagKey, site: &Reference) -> Subject {
    let at = site.location.start;
    Subject::Place(format!("{}:{}:{} {key}", site.location.path, at.line, at.column))
}

impl EvaluatedAtLoad {
    fn judge(&self, evidence: &Evidence, key: &FlagKey, site: &Reference) -> Outcome {
        if site.resolution == Resolution::Lexical {
            return unclear();
        }
        if !(site.enclosing.timing.is_once() && site.enclosing.stored) {
            return Outcome::Pass;
        }
        if self.allow_paths.matches(&site.location.path) {
            return Outcome::exempt("the policy allows it here (`allow_paths`)");
        }
        draft(evidence, key, site).into()
    }
}

fn draft(evidence: &Evidence, key: &FlagKey, site: &Reference) -> Draft {
    let flag = evidence.flag(key);
    let is_switch = flag.is_some_and(is_kill_switch);
    let what = if is_switch { "kill switch" } else { "flag" };
    let timing = site.enclosing.timing.describe();
    let mut draft = Draft::about(key, "frozen", &[site]);
    draft.subject = subject(key, site);
    draft.identity = Identity::Line;
    draft.level = if is_switch { Level::AtLeast(Severity::Error) } else { Level::Usual };
    draft.message = format!(
        "The {what} `{key}` is evaluated {timing}, and the value is kept: switching it does nothing until a restart."
    );
    draft.remediation = "Evaluate it where it is needed, each time, or keep a function that evaluates it.".to_owned();
    let at = format!("{}:{}", site.location.path, site.location.start.line);
    draft.evidence.push(fact(format!("evaluated {timing}"), None, at));
    match (evidence.snapshot(), flag) {
        (Ok(snapshot), Some(flag)) => draft.on_server(snapshot, flag, None),
        _ => draft,
    }
}

fn is_kill_switch(flag: &Flag) -> bool {
    flag.flag_type == FlagType::KillSwitch
}
