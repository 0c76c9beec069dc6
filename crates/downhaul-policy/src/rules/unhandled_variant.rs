//! `unhandled-variant`: code chooses by the name of a variant, and not for every name that it can get.

use std::collections::BTreeSet;

use downhaul_core::{
    Anchor, Evidence, Flag, FlagEnvironment, FlagKey, Label, Location, Reference, Returns, RuleInfo, RuleScope,
    Severity, Snapshot, Source, Subject, Variant, VariantChoice, VariantUse,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Identity, Outcome, Outcomes, fact};
use crate::sites::{Sites, gap, live_flag};
use crate::suggest::did_you_mean;
use crate::words::quoted;

/// The name that an SDK gives when no variant is served.
const DISABLED: &str = "disabled";

/// The options of the rule.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UnhandledVariant {
    /// Reasons that are not looked at.
    ignore_reasons: Vec<String>,
}

impl Define for UnhandledVariant {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "unhandled-variant",
        summary: "code does not handle every variant that it can get",
        docs: include_str!("unhandled_variant.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "code",
        reasons: &["misses-disabled", "misses-variant", "unknown-name"],
        scope: RuleScope::Code,
        controls: &[],
    };
}

impl Rule for UnhandledVariant {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        for key in evidence.referenced_flags() {
            let Ok(sites) = Sites::of(evidence, key).production() else { continue };
            let uses: Vec<(&Reference, &VariantUse)> =
                sites.into_iter().filter_map(|site| Some((site, site.variant.as_ref()?))).collect();
            if uses.is_empty() {
                continue;
            }
            let served = live_flag(snapshot, key).and_then(|flag| Served::of(evidence, snapshot, flag));
            match served {
                Ok(served) => self.judge_uses(evidence, &served, &uses, outcomes),
                Err(outcome) => outcomes.put(Subject::Flag(key.clone()), outcome),
            }
        }
    }
}

/// The variants of a flag.
struct Served<'a> {
    snapshot: &'a Snapshot,
    flag: &'a Flag,
    /// Those that some environment has.
    defined: BTreeSet<&'a str>,
    /// Those that somebody gets in production.
    in_production: BTreeSet<&'a str>,
}

impl<'a> Served<'a> {
    fn of(evidence: &'a Evidence, snapshot: &'a Snapshot, flag: &'a Flag) -> Result<Self, Outcome> {
        if let Some(why) = gap(snapshot, Source::Details, &flag.key) {
            return Err(Outcome::NotEvaluated(why));
        }
        if flag.environments.values().any(|state| state.strategies.is_none()) {
            return Err(Outcome::not_evaluated("the strategies were not read"));
        }
        let defined = flag.environments.values().flat_map(variants).map(|variant| variant.name.as_str()).collect();
        let of_production = evidence.production().filter_map(|name| flag.environments.get(name));
        let in_production = of_production
            .flat_map(variants)
            .filter(|variant| variant.weight > 0)
            .map(|variant| variant.name.as_str())
            .collect();
        Ok(Served { snapshot, flag, defined, in_production })
    }
}

/// All variants of an environment; the own ones of a strategy take the place of the common ones where it is served.
fn variants(state: &FlagEnvironment) -> impl Iterator<Item = &Variant> {
    let of_strategies = state.strategies.iter().flatten().filter(|strategy| !strategy.disabled);
    state.variants.iter().chain(of_strategies.flat_map(|strategy| &strategy.variants))
}

/// A place that chooses, with the call that it got the variant from.
#[derive(Clone, Copy)]
struct Place<'a> {
    site: &'a Reference,
    choice: &'a VariantChoice,
    handles_off: bool,
}

impl UnhandledVariant {
    fn judge_uses(
        &self,
        evidence: &Evidence,
        served: &Served<'_>,
        uses: &[(&Reference, &VariantUse)],
        outcomes: &mut Outcomes,
    ) {
        let mut seen = BTreeSet::new();
        for (site, used) in uses {
            let handles_off = used.asks_if_served || asks_if_on(evidence, &served.flag.key, site);
            for choice in &used.choices {
                let place = Place { site, choice, handles_off };
                let named = choice
                    .names
                    .iter()
                    .map(|(name, at)| (subject(served, at, name), self.unknown(served, place, name, at)));
                let whole = (subject(served, &choice.location, ""), self.missing(served, place));
                for (subject, outcome) in named.chain([whole]) {
                    if seen.insert(subject.clone()) {
                        outcomes.put(subject, outcome);
                    }
                }
            }
        }
    }

    /// Whether the server has no variant of this name.
    fn unknown(&self, served: &Served<'_>, place: Place<'_>, name: &str, at: &Location) -> Outcome {
        if name == DISABLED || served.defined.contains(name) || self.ignores("unknown-name") {
            return Outcome::Pass;
        }
        let key = &served.flag.key;
        let mut draft = draft(served, place, "unknown-name", at, name.to_owned());
        let meant = did_you_mean(name, served.defined.iter().copied());
        let hint = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or(".".to_owned());
        draft.message = format!("`{key}` has no variant `{name}`, so nobody ever gets here{hint}");
        draft.remediation = match meant {
            Some(meant) => format!("Write `{meant}`, or create the variant `{name}`."),
            None => format!("Take the branch out, or create the variant `{name}`."),
        };
        draft.into()
    }

    /// Which names nothing is done for.
    fn missing(&self, served: &Served<'_>, place: Place<'_>) -> Outcome {
        if place.choice.has_default {
            return Outcome::Pass;
        }
        let handled: BTreeSet<&str> = place.choice.names.iter().map(|(name, _)| name.as_str()).collect();
        let variants: Vec<&str> = if self.ignores("misses-variant") {
            Vec::new()
        } else {
            served.in_production.difference(&handled).copied().collect()
        };
        let misses_off = !place.handles_off && !handled.contains(DISABLED) && !self.ignores("misses-disabled");
        let reason = match (variants.is_empty(), misses_off) {
            (true, false) => return Outcome::Pass,
            (true, true) => "misses-disabled",
            (false, _) => "misses-variant",
        };
        let key = &served.flag.key;
        let names: Vec<&str> = place.choice.names.iter().map(|(name, _)| name.as_str()).collect();
        let mut draft = draft(served, place, reason, &place.choice.location, names.join(" "));
        let served = format!("for {} of `{key}`, which production serves", quoted(&variants));
        draft.message = match (reason, misses_off) {
            ("misses-disabled", _) => format!("No branch is taken when `{key}` is off, and there is no default."),
            (_, true) => format!("No branch is taken {served}, nor when it is off, and there is no default."),
            (_, false) => format!("No branch is taken {served}, and there is no default."),
        };
        draft.remediation =
            "Add a default that does what is done without the flag, or the cases that are missing.".to_owned();
        draft.into()
    }

    fn ignores(&self, reason: &str) -> bool {
        self.ignore_reasons.iter().any(|ignored| ignored == reason)
    }
}

/// Whether the function that chooses also asks if the flag is on.
fn asks_if_on(evidence: &Evidence, key: &FlagKey, site: &Reference) -> bool {
    evidence.references_to(key).any(|other| {
        other.returns == Some(Returns::Bool)
            && other.location.path == site.location.path
            && other.enclosing.function == site.enclosing.function
    })
}

/// One place can be about several flags and several names.
fn subject(served: &Served<'_>, at: &Location, name: &str) -> Subject {
    let place = format!("{}:{}:{} {} {name}", at.path, at.start.line, at.start.column, served.flag.key);
    Subject::Place(place.trim_end().to_owned())
}

fn draft(served: &Served<'_>, place: Place<'_>, reason: &'static str, at: &Location, names: String) -> Draft {
    let Place { site, .. } = place;
    let mut draft = Draft::about(&served.flag.key, reason, &[site]);
    draft.identity = Identity::Line;
    draft.expression = Some((format!("{} {names}", site.expression), site.enclosing.function.clone()));
    draft.anchor = Anchor::Code(at.clone());
    draft.related = vec![Label { location: site.location.clone(), message: "the variant comes from here".to_owned() }];
    let defined: Vec<&str> = served.defined.iter().copied().collect();
    let has = if defined.is_empty() { "no variant".to_owned() } else { quoted(&defined) };
    draft.evidence.push(fact(format!("the server has {has}"), None, "flags of the server"));
    draft.on_server(served.snapshot, served.flag, None)
}
