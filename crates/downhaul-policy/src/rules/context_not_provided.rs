//! `context-not-provided`: production asks for a field of the context that a call does not send.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Context, Evidence, Flag, Operator, Reference, Resolution, RuleInfo, RuleScope, Severity, Snapshot, Strategy,
    StrategyKind, Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{Sites, live_flag};
use crate::words::quoted;

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ContextNotProvided {
    /// Fields that the SDK or a provider of contexts fills in.
    auto_fields: Vec<String>,
}

impl Default for ContextNotProvided {
    fn default() -> Self {
        Self { auto_fields: ["appName", "currentTime", "environment"].map(str::to_owned).to_vec() }
    }
}

impl Define for ContextNotProvided {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "context-not-provided",
        summary: "call does not send what the strategies ask for",
        docs: include_str!("context_not_provided.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "code",
        reasons: &["missing-field", "no-context"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for ContextNotProvided {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for key in evidence.referenced_flags() {
            let about = Sites::of(evidence, key).production().and_then(|sites| Ok((live_flag(snapshot, key)?, sites)));
            let judged = about.and_then(|(flag, sites)| Ok((flag, self.needed(evidence, snapshot, flag)?, sites)));
            let (flag, needed, sites) = match judged {
                Ok(judged) => judged,
                Err(outcome) => {
                    outcomes.put(Subject::Flag(key.clone()), outcome);
                    continue;
                }
            };
            let mut seen = BTreeSet::new();
            for site in sites {
                let at = site.location.start;
                let subject = Subject::Place(format!("{}:{}:{} {key}", site.location.path, at.line, at.column));
                if seen.insert(subject.clone()) {
                    let outcome = judge(snapshot, flag, site, &needed, &subject);
                    outcomes.put(subject, outcome);
                }
            }
        }
    }
}

/// Fields by what asks for them.
type Needed = BTreeMap<String, String>;

impl ContextNotProvided {
    /// What the active strategies of production ask of the context.
    fn needed(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Needed, Outcome> {
        let production = Production::of(evidence, snapshot, flag)?;
        if let Some(why) = production.unknown() {
            return Err(Outcome::NotEvaluated(why));
        }
        let mut needed = Needed::new();
        for name in production.names() {
            let Some(state) = flag.environments.get(name).filter(|state| state.enabled) else { continue };
            for strategy in state.strategies.iter().flatten().filter(|strategy| !strategy.disabled) {
                for (field, by) in asked(snapshot, strategy) {
                    needed.entry(field.to_owned()).or_insert_with(|| format!("{by} in `{name}`"));
                }
            }
        }
        needed.retain(|field, _| !self.auto_fields.contains(field));
        Ok(needed)
    }
}

/// The fields that a strategy cannot do without, each with what asks for it.
fn asked<'a>(snapshot: &'a Snapshot, strategy: &'a Strategy) -> Vec<(&'a str, &'static str)> {
    let segments = strategy.segments.iter().filter_map(|id| snapshot.segments.get(id));
    let of_segments = segments.flat_map(|segment| &segment.constraints).map(|constraint| (constraint, "a segment"));
    let own = strategy.constraints.iter().map(|constraint| (constraint, "a constraint"));
    let mut asked: Vec<(&str, &str)> = own
        .chain(of_segments)
        // Without the field an inverted constraint is true.
        .filter(|(constraint, _)| matches!(constraint.operator, Operator::Other { .. }) && !constraint.inverted)
        .map(|(constraint, by)| (constraint.field.as_str(), by))
        .collect();
    // `default` makes do with what there is, `random` needs nothing.
    if let StrategyKind::Rollout { stickiness, percent: 1.., .. } = &strategy.kind
        && !matches!(stickiness.as_str(), "" | "default" | "random")
    {
        asked.push((stickiness, "the rollout"));
    }
    asked
}

/// Languages write `userId` in ways of their own: `user_id`, `UserId`.
fn is_same(given: &str, field: &str) -> bool {
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    plain(given) == plain(field)
}

fn judge(snapshot: &Snapshot, flag: &Flag, site: &Reference, needed: &Needed, subject: &Subject) -> Outcome {
    if needed.is_empty() {
        return Outcome::Pass;
    }
    let missing: Vec<&str> = match &site.context {
        // The wrapper may add one.
        _ if site.resolution == Resolution::Wrapper => {
            return Outcome::not_evaluated("what a wrapper passes on is not known");
        }
        Context::Opaque => return Outcome::not_evaluated("what the context holds is known only at run time"),
        Context::Absent => needed.keys().map(String::as_str).collect(),
        Context::Fields(fields) => needed
            .keys()
            .map(String::as_str)
            .filter(|field| !fields.iter().any(|given| is_same(given, field)))
            .collect(),
    };
    if missing.is_empty() {
        return Outcome::Pass;
    }
    let reason = if site.context == Context::Absent { "no-context" } else { "missing-field" };
    let mut draft = Draft::about(&flag.key, reason, &[site]);
    draft.subject = subject.clone();
    draft.identity = Identity::Line;
    let sends = match (reason, needed.len()) {
        ("no-context", _) => "sends no context",
        (_, 1) => "does not send it",
        _ => "does not send it all",
    };
    draft.message = format!(
        "Production decides on `{}` by {}, and this call {sends}: it is off here whatever the rollout says.",
        flag.key,
        quoted(&missing),
    );
    draft.remediation =
        format!("Pass a context with {}, or choose on the server what the call can send.", quoted(&missing));
    for field in missing {
        draft.evidence.push(fact(format!("`{field}` is asked for by {}", needed[field]), None, "flags of the server"));
    }
    draft.on_server(snapshot, flag, None).into()
}
