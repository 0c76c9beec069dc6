//! `unknown-flag-in-code`: code evaluates a key that the server does not have.

use downhaul_core::{
    Anchor, Evidence, FlagKey, GapReason, PathClass, Reference, ReferenceKind, Resolution, RuleInfo, RuleScope,
    Severity, Snapshot, Source, Subject, UnknownName,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::sites::{Sites, gap, places};
use crate::suggest::{MAX_DISTANCE, closest};
use crate::words::{count, list, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnknownFlagInCode {
    /// Edits up to which another key is suggested; at most 1 for keys under eight characters.
    max_distance: usize,
}

impl Default for UnknownFlagInCode {
    fn default() -> Self {
        Self { max_distance: MAX_DISTANCE }
    }
}

impl Define for UnknownFlagInCode {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "unknown-flag-in-code",
        summary: "code evaluates a flag that the server does not have",
        docs: include_str!("unknown_flag_in_code.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "cleanup",
        reasons: &["seen-at-runtime", "unknown"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for UnknownFlagInCode {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for key in evidence.referenced_flags() {
            outcomes.put(Subject::Flag(key.clone()), self.judge_referenced(evidence, snapshot, key));
        }
        let elsewhere = snapshot.unknown_names.iter().filter(|name| evidence.references_to(&name.key).next().is_none());
        for name in elsewhere {
            outcomes.put(Subject::Flag(name.key.clone()), self.judge_seen(evidence, snapshot, name));
        }
        if let Some(gap) = snapshot.gap(Source::UnknownNames, None) {
            let why = format!("names asked for at run time: {}", gap.detail);
            let outcome = if gap.reason == GapReason::Unsupported {
                Outcome::Unsupported(why)
            } else {
                Outcome::NotEvaluated(why)
            };
            outcomes.put(Subject::All, outcome);
        }
    }
}

impl UnknownFlagInCode {
    fn judge_referenced(&self, evidence: &Evidence, snapshot: &Snapshot, key: &FlagKey) -> Outcome {
        let seen = snapshot.unknown_names.iter().find(|name| name.key == *key);
        match (Sites::of(evidence, key).production(), seen) {
            (Ok(sites), seen) => match is_known(snapshot, key) {
                Err(why) => Outcome::NotEvaluated(why),
                Ok(true) => Outcome::Pass,
                Ok(false) => self.in_code(snapshot, key, &sites, seen).into(),
            },
            (Err(_), Some(name)) => self.judge_seen(evidence, snapshot, name),
            (Err(outcome), None) => outcome,
        }
    }

    /// A name that running applications asked for, without an evaluation here that is sure.
    fn judge_seen(&self, evidence: &Evidence, snapshot: &Snapshot, name: &UnknownName) -> Outcome {
        match is_known(snapshot, &name.key) {
            Err(why) => Outcome::NotEvaluated(why),
            Ok(true) => Outcome::Pass,
            Ok(false) => self.at_runtime(evidence, snapshot, name).into(),
        }
    }

    fn in_code(&self, snapshot: &Snapshot, key: &FlagKey, sites: &[&Reference], seen: Option<&UnknownName>) -> Draft {
        let suggestion = self.suggestion(snapshot, key);
        let mut draft = Draft::about(key, "unknown", sites);
        if sites.iter().all(|site| site.resolution == Resolution::Wrapper) {
            draft.level = Level::AtMost(Severity::Warning);
        }
        draft.message = format!(
            "The server has no flag `{key}`{} The call always gives its fallback ({}). {}",
            hint(suggestion.as_ref()),
            places(sites),
            visible_projects(snapshot),
        );
        draft.remediation = match suggestion {
            Some((other, _)) => format!("Rename the key to `{other}`, create the flag, or delete the branch."),
            None => "Create the flag, correct the key, or delete the branch.".to_owned(),
        };
        draft.evidence.push(fact("neither live nor archived", None, "flags of the server"));
        if let Some(name) = seen {
            draft.evidence.push(fact(asked_by(name), name.last_seen_at, "unknown names of the server"));
        }
        draft
    }

    fn at_runtime(&self, evidence: &Evidence, snapshot: &Snapshot, name: &UnknownName) -> Draft {
        let weak: Vec<&Reference> = evidence.references_to(&name.key).filter(|site| is_weak_evaluation(site)).collect();
        let suggestion = self.suggestion(snapshot, &name.key);
        let mut draft = Draft::about(&name.key, "seen-at-runtime", &weak);
        draft.level = Level::AtMost(Severity::Warning);
        if weak.is_empty() {
            draft.anchor = evidence.policy_anchor().map_or(Anchor::Nowhere, |anchor| Anchor::Policy(anchor.clone()));
        }
        draft.message = format!(
            "Running applications ask for `{}`, which the server does not have{} It was {}. {}",
            name.key,
            hint(suggestion.as_ref()),
            asked_by(name),
            visible_projects(snapshot),
        );
        draft.remediation = "Find the code that asks for it: create the flag, correct the key, or delete the branch; \
                             then deploy."
            .to_owned();
        draft.evidence.push(fact(asked_by(name), name.last_seen_at, "unknown names of the server"));
        draft
    }

    /// The live flag that was probably meant, with its project.
    fn suggestion(&self, snapshot: &Snapshot, key: &FlagKey) -> Option<(String, String)> {
        let live = snapshot.flags.values().filter(|flag| flag.archived_at.is_none());
        let best = closest(key.as_str(), live.map(|flag| flag.key.as_str()), self.max_distance)?;
        let project = snapshot.flags.get(best).map(|flag| flag.project.clone()).unwrap_or_default();
        Some((best.to_owned(), project))
    }
}

/// Whether the server has the flag, live or archived; the error says for people why that is not known.
fn is_known(snapshot: &Snapshot, key: &FlagKey) -> Result<bool, String> {
    if snapshot.flags.contains_key(key) {
        return Ok(true);
    }
    match [Source::Flags, Source::ArchivedFlags].into_iter().find_map(|source| gap(snapshot, source, key)) {
        Some(why) => Err(why),
        None => Ok(false),
    }
}

fn is_weak_evaluation(site: &Reference) -> bool {
    site.kind == ReferenceKind::Evaluation && site.class == PathClass::Production
}

/// The end of the sentence that says what is unknown.
fn hint(suggestion: Option<&(String, String)>) -> String {
    match suggestion {
        Some((key, project)) => format!("; did you mean `{key}` ({project})?"),
        None => ".".to_owned(),
    }
}

/// A flag in a project that the token cannot see looks like one that does not exist.
fn visible_projects(snapshot: &Snapshot) -> String {
    let names: Vec<&str> = snapshot.projects.iter().map(|project| project.id.as_str()).collect();
    match snapshot.gap(Source::Projects, None) {
        Some(gap) => format!("Which projects the token sees is not known: {}", gap.detail),
        None => format!("The token sees {}: {}.", count(names.len(), "project"), quoted(&names)),
    }
}

fn asked_by(name: &UnknownName) -> String {
    let reports: Vec<String> =
        name.reports.iter().map(|(application, environment)| format!("`{application}` in `{environment}`")).collect();
    if reports.is_empty() {
        "asked for by an application".to_owned()
    } else {
        format!("asked for by {}", list(&reports))
    }
}
