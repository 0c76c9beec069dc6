//! `fail-open-default`: when the server is silent, a call falls back on the side that was not released.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Evidence, Flag, FlagType, Reference, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Outcome, Outcomes, fact};
use crate::policy::flag_type;
use crate::sites::{Sites, gap, live_flag};
use crate::value::{Value, fallback_value};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FailOpenDefault {
    /// Beginnings of names that say the opposite of what the flag brings.
    inverted_prefixes: Vec<String>,
    /// The side on which nothing breaks, by type.
    safe_value: SafeValues,
}

impl Default for FailOpenDefault {
    fn default() -> Self {
        let off = |flag_type| (flag_type, false);
        Self {
            inverted_prefixes: ["disable-", "hide-", "no-"].map(str::to_owned).to_vec(),
            safe_value: SafeValues([FlagType::Release, FlagType::Experiment, FlagType::Sunset].map(off).into()),
        }
    }
}

/// `{ release = false }`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, bool>", into = "BTreeMap<String, bool>")]
struct SafeValues(BTreeMap<FlagType, bool>);

impl Clone for SafeValues {
    fn clone(&self) -> Self {
        SafeValues(self.0.clone())
    }
}

impl TryFrom<BTreeMap<String, bool>> for SafeValues {
    type Error = String;

    fn try_from(names: BTreeMap<String, bool>) -> Result<Self, Self::Error> {
        let entries = names.into_iter().map(|(name, safe)| flag_type(&name).map(|flag_type| (flag_type, safe)));
        entries.collect::<Result<_, _>>().map(SafeValues)
    }
}

impl From<SafeValues> for BTreeMap<String, bool> {
    fn from(values: SafeValues) -> Self {
        values.0.into_iter().map(|(flag_type, safe)| (flag_type.as_str().to_owned(), safe)).collect()
    }
}

impl Define for FailOpenDefault {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "fail-open-default",
        summary: "fallback is the side that was not released",
        docs: include_str!("fail_open_default.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Error,
        group: "code",
        reasons: &["unsafe-fallback"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for FailOpenDefault {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for key in evidence.referenced_flags() {
            let about = Sites::of(evidence, key).production().and_then(|sites| Ok((live_flag(snapshot, key)?, sites)));
            let judged = about.and_then(|(flag, sites)| Ok((flag, self.safe_value(snapshot, flag)?, sites)));
            let (flag, safe, sites) = match judged {
                Ok(judged) => judged,
                Err(outcome) => {
                    outcomes.put(Subject::Flag(key.clone()), outcome);
                    continue;
                }
            };
            // One call can be found in more than one way.
            let mut seen = BTreeSet::new();
            for site in sites {
                let draft = draft(snapshot, flag, site, safe);
                if seen.insert(draft.subject.clone()) {
                    let outcome = judge(site, safe).unwrap_or_else(|()| draft.clone().into());
                    outcomes.put(draft.subject, outcome);
                }
            }
        }
    }
}

impl FailOpenDefault {
    /// The side on which nothing breaks, if anything says so: the flag's own tag, its name, its type.
    fn safe_value(&self, snapshot: &Snapshot, flag: &Flag) -> Result<bool, Outcome> {
        let tag = flag.tags.iter().find(|tag| tag.kind == "safe");
        match tag.map(|tag| tag.value.as_str()) {
            Some("on" | "true") => return Ok(true),
            Some("off" | "false") => return Ok(false),
            _ => {}
        }
        if self.inverted_prefixes.iter().any(|prefix| flag.key.as_str().starts_with(prefix.as_str())) {
            return Err(Outcome::exempt("its name says the opposite of what it brings"));
        }
        let of_type = self.safe_value.0.get(&flag.flag_type).copied();
        of_type.ok_or_else(|| match gap(snapshot, Source::Labels, &flag.key) {
            Some(why) => Outcome::NotEvaluated(why),
            None => Outcome::exempt("nothing says which side is safe"),
        })
    }
}

/// `Err` is a finding.
fn judge(site: &Reference, safe: bool) -> Result<Outcome, ()> {
    match fallback_value(site) {
        None if site.fallback.is_some() => Ok(Outcome::not_evaluated("the fallback is known only at run time")),
        None => Ok(Outcome::Pass),
        Some(Value::Variant(_)) => Ok(Outcome::exempt("falls back on a variant")),
        Some(value) if (value == Value::On) == safe => Ok(Outcome::Pass),
        Some(_) => Err(()),
    }
}

fn draft(snapshot: &Snapshot, flag: &Flag, site: &Reference, safe: bool) -> Draft {
    let (key, at) = (&flag.key, site.location.start);
    let mut draft = Draft::about(key, "unsafe-fallback", &[site]);
    draft.subject = Subject::Place(format!("{}:{}:{} {key}", site.location.path, at.line, at.column));
    draft.identity = Identity::Line;
    let (side, other) = if safe { ("off", "on") } else { ("on", "off") };
    let given = if site.fallback.is_some() { "falls back to" } else { "gives no fallback, which means" };
    draft.message = format!(
        "This call of the {} flag `{key}` {given} {side}: while the server cannot be reached, and once the flag is \
         archived, users get the side that was not released to them.",
        flag.flag_type.as_str(),
    );
    draft.remediation =
        format!("Let it fall back to {other}; or say with the tag `safe:{side}` that this side is safe.");
    let place = format!("{}:{}", site.location.path, at.line);
    draft.evidence.push(fact(format!("falls back to {side}"), None, place));
    draft.evidence.push(fact(format!("type {}", flag.flag_type.as_str()), None, "flags of the server"));
    draft.on_server(snapshot, flag, None)
}
