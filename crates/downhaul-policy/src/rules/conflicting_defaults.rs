//! `conflicting-defaults`: the fallbacks of one flag differ from call to call.

use std::collections::BTreeMap;

use downhaul_core::{Evidence, FlagKey, Label, Reference, Returns, RuleInfo, RuleScope, Severity, Subject};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Outcome, Outcomes, fact};
use crate::sites::Sites;
use crate::value::{Value, fallback_value};
use crate::words::{count, list};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConflictingDefaults {
    /// Whether a call without a fallback counts as one with `false`, which is what SDKs make of it.
    absent_is_false: bool,
}

impl Default for ConflictingDefaults {
    fn default() -> Self {
        Self { absent_is_false: true }
    }
}

impl Define for ConflictingDefaults {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "conflicting-defaults",
        summary: "fallbacks of one flag differ",
        docs: include_str!("conflicting_defaults.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "code",
        reasons: &["differing-fallbacks"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for ConflictingDefaults {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        for key in evidence.referenced_flags() {
            let sites = Sites::of(evidence, key).production();
            let outcome = sites.map_or_else(|outcome| outcome, |sites| self.judge(evidence, key, &sites));
            outcomes.put(Subject::Flag(key.clone()), outcome);
        }
    }
}

/// What calls can be compared with each other: those that ask the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    IsItOn,
    WhichVariant,
}

fn question(site: &Reference) -> Option<Question> {
    match site.returns? {
        Returns::Bool | Returns::Block | Returns::Gate => Some(Question::IsItOn),
        Returns::Variant => Some(Question::WhichVariant),
        _ => None,
    }
}

/// The calls that ask one question, by the value they fall back to.
type ByValue<'a> = BTreeMap<Value, Vec<&'a Reference>>;

impl ConflictingDefaults {
    fn judge(&self, evidence: &Evidence, key: &FlagKey, sites: &[&Reference]) -> Outcome {
        let mut questions: BTreeMap<Question, ByValue> = BTreeMap::new();
        for site in sites.iter().filter(|site| self.absent_is_false || site.fallback.is_some()) {
            if let (Some(question), Some(value)) = (question(site), fallback_value(site)) {
                questions.entry(question).or_default().entry(value).or_default().push(site);
            }
        }
        if let Some(by_value) = questions.values().find(|by_value| by_value.len() > 1) {
            return draft(evidence, key, by_value).into();
        }
        let is_blind = sites.len() > 1 && questions.is_empty();
        if is_blind { Outcome::not_evaluated("all fallbacks are known only at run time") } else { Outcome::Pass }
    }
}

fn draft(evidence: &Evidence, key: &FlagKey, by_value: &ByValue) -> Draft {
    // The minority is shown; in a tie it is the side that is on when the server is silent.
    let minority = by_value.iter().min_by_key(|(value, sites)| (sites.len(), **value == Value::Off));
    let shown = minority.map(|(value, _)| value.clone()).unwrap_or(Value::Off);
    let mut sites: Vec<(&Value, &Reference)> =
        by_value.iter().flat_map(|(value, sites)| sites.iter().map(move |site| (value, *site))).collect();
    sites.sort_by_key(|(value, site)| (**value != shown, &site.location));
    let places: Vec<&Reference> = sites.iter().map(|(_, site)| *site).collect();
    let tally: Vec<String> =
        by_value.iter().map(|(value, sites)| format!("{value} at {}", count(sites.len(), "place"))).collect();
    let mut draft = Draft::about(key, "differing-fallbacks", &places);
    draft.identity = Identity::InCode;
    draft.related = sites.iter().skip(1).map(|(value, site)| label(value, site)).collect();
    draft.message = format!(
        "The fallbacks of `{key}` differ: {}. This call falls back to {shown}. When the server is silent or the flag is \
         archived, a part of the code goes one way and a part the other.",
        list(&tally)
    );
    draft.remediation = format!("Decide on one fallback for `{key}` and hold it in one constant.");
    draft.evidence = sites.iter().map(|(value, site)| fact(format!("falls back to {value}"), None, at(site))).collect();
    match (evidence.snapshot(), evidence.flag(key)) {
        (Ok(snapshot), Some(flag)) => draft.on_server(snapshot, flag, None),
        _ => draft,
    }
}

fn label(value: &Value, site: &Reference) -> Label {
    let given = if site.fallback.is_some() { "" } else { " (none is given)" };
    Label { location: site.location.clone(), message: format!("falls back to {value}{given}") }
}

fn at(site: &Reference) -> String {
    format!("{}:{}", site.location.path, site.location.start.line)
}
