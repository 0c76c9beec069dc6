//! `missing-success-criteria`: users have a feature, and nobody said how one will know that it is a success.

use downhaul_core::replay::history;
use downhaul_core::{
    EventKind, Evidence, Exposure, Flag, FlagType, GapReason, Link, RuleInfo, RuleScope, Severity, Snapshot, Source,
    Stage, Tag, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::options::{FlagTypes, OptionalDate};
use crate::production::Production;
use crate::sites::{each_concerned_flag, gap};
use crate::words::{date, list};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MissingSuccessCriteria {
    /// What counts as a statement of success.
    accept: Vec<Accepted>,
    /// Hosts of dashboards: a link to one counts whatever its title.
    dashboard_hosts: Vec<String>,
    /// Flags made before are left alone.
    only_created_after: OptionalDate,
    /// Types of flags that are released for a purpose.
    types: FlagTypes,
}

/// A place where a statement of success can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Accepted {
    Manifest,
    Link,
    Tag,
    Description,
    ImpactMetric,
    Safeguard,
}

impl Default for MissingSuccessCriteria {
    fn default() -> Self {
        use Accepted::{Description, ImpactMetric, Link, Manifest, Safeguard, Tag};
        Self {
            accept: vec![Manifest, Link, Tag, Description, ImpactMetric, Safeguard],
            dashboard_hosts: Vec::new(),
            only_created_after: OptionalDate::default(),
            types: FlagTypes::of(&[FlagType::Release, FlagType::Experiment]),
        }
    }
}

impl Define for MissingSuccessCriteria {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "missing-success-criteria",
        summary: "feature is live without a statement of success",
        docs: include_str!("missing_success_criteria.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "monitoring",
        reasons: &["defined-late", "missing"],
        scope: RuleScope::Flag,
        controls: &[controls::EU_DORA_CHANGE],
    };
}

impl Rule for MissingSuccessCriteria {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| self.judge(evidence, snapshot, flag));
    }
}

/// A sentence needs so many characters to say something.
const LEAST_TEXT: usize = 20;

impl MissingSuccessCriteria {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        self.types.admit(flag)?;
        if flag.stale || flag.lifecycle.current().is_some_and(|entry| entry.stage == Stage::Completed) {
            return Err(Outcome::exempt("declared done: another question"));
        }
        if flag.created_at.is_some_and(|at| self.only_created_after.is_after(at)) {
            return Err(Outcome::exempt("made before the day from which on the policy asks for it"));
        }
        let production = Production::of(evidence, snapshot, flag)?;
        if !production.exposures.iter().any(|(_, exposure)| exposure.is_exposed()) {
            return Err(production.unless_unknown(|exposure| !exposure.is_exposed(), Outcome::Pass));
        }
        let stated = self.stated(evidence, flag);
        let Some(first) = stated.first() else {
            if let Some(why) = self.unread(snapshot, flag) {
                return Err(Outcome::NotEvaluated(why));
            }
            return Ok(self.missing(evidence, snapshot, flag, &production).into());
        };
        if let Some(why) = gap(snapshot, Source::Events, &flag.key).filter(|_| snapshot.events_since.is_none()) {
            return Err(Outcome::NotEvaluated(format!("since when it was said is not known: {why}")));
        }
        // What the log does not date is taken to have been there in time.
        let since = stated.iter().map(|one| one.since).min().flatten().filter(|_| first.since.is_some());
        let exposed = production.names().into_iter().filter_map(|name| first_exposure(evidence, flag, name)).min();
        match (since, exposed) {
            (Some(since), Some(exposed)) if since > exposed && stated.iter().all(|one| one.since.is_some()) => {
                Ok(late(evidence, snapshot, flag, exposed, since, first.what).into())
            }
            _ => Err(Outcome::Pass),
        }
    }

    /// Every accepted statement, with when it was made where the log says so.
    fn stated(&self, evidence: &Evidence, flag: &Flag) -> Vec<Stated> {
        let accepts = |what| self.accept.contains(&what);
        let mut stated = Vec::new();
        let mut add = |what, since| stated.push(Stated { what, since });
        let declared = evidence.declared(&flag.key);
        if accepts(Accepted::Manifest) && declared.is_some_and(|declared| !declared.success.is_empty()) {
            add("the manifest", None);
        }
        if accepts(Accepted::Link) {
            let links = flag.links.iter().filter(|link| self.is_about_success(link));
            links.for_each(|link| {
                add("a link", added(evidence, flag, |kind| *kind == EventKind::LinkAdded(link.clone())))
            });
        }
        if accepts(Accepted::Tag) {
            let tags = flag.tags.iter().filter(|tag: &&Tag| tag.kind == "success");
            tags.for_each(|tag| add("a tag", added(evidence, flag, |kind| *kind == EventKind::Tagged(tag.clone()))));
        }
        if accepts(Accepted::Description) && flag.description.as_deref().is_some_and(says_success) {
            let described = |kind: &EventKind| matches!(kind, EventKind::Described { description } if description.as_deref().is_some_and(says_success));
            add("its description", added(evidence, flag, described));
        }
        if accepts(Accepted::ImpactMetric) && !flag.impact_metrics.is_empty() {
            add("a metric", None);
        }
        let mut states = flag.environments.values();
        let guarded = states.any(|state| {
            !state.safeguards.is_empty() || state.release_plans.iter().any(|plan| !plan.safeguards.is_empty())
        });
        if accepts(Accepted::Safeguard) && guarded {
            add("a safeguard", None);
        }
        stated
    }

    fn is_about_success(&self, link: &Link) -> bool {
        let titled = link.title.as_deref().is_some_and(|title| title.to_lowercase().contains("success"));
        let host = link.url.split_once("://").map_or(link.url.as_str(), |(_, rest)| rest);
        let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
        titled || self.dashboard_hosts.iter().any(|known| known == host)
    }

    /// What could not be read and might hold a statement.
    fn unread(&self, snapshot: &Snapshot, flag: &Flag) -> Option<String> {
        let of = |what, source| self.accept.contains(&what).then_some(source);
        let sources = [
            of(Accepted::Link, Source::Details),
            of(Accepted::Link, Source::Labels),
            of(Accepted::Tag, Source::Labels),
            of(Accepted::ImpactMetric, Source::ImpactMetrics),
            of(Accepted::Safeguard, Source::ReleasePlans),
        ];
        let unread = |source: Source| {
            // That a server lacks a place for it is no reason not to ask for it elsewhere.
            let gap = snapshot.gap(source, Some(&flag.key));
            gap.filter(|gap| gap.reason != GapReason::Unsupported).and_then(|_| gap_of(snapshot, source, flag))
        };
        sources.into_iter().flatten().find_map(unread)
    }

    fn missing(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, production: &Production) -> Draft {
        let mut draft = Draft::of_flag(evidence, &flag.key, "missing");
        let places: Vec<&str> = self.accept.iter().map(|place| place.describe()).collect();
        let exposed: Vec<(&str, &Exposure)> = production
            .exposures
            .iter()
            .filter(|(_, exposure)| exposure.is_exposed())
            .map(|(name, exposure)| (*name, exposure))
            .collect();
        let live: Vec<String> = exposed.iter().map(|(name, exposure)| format!("{exposure} in `{name}`")).collect();
        draft.message = format!("`{}` is {}, and nothing says what it is to achieve.", flag.key, list(&live));
        draft.remediation = format!("Say what is measured and what it should come to, in one of: {}.", list(&places));
        for (name, exposure) in exposed {
            draft.evidence.push(fact(
                format!("`{name}` is {exposure}"),
                first_exposure(evidence, flag, name),
                "flags of the server",
            ));
        }
        draft.on_server(snapshot, flag, production.only())
    }
}

fn gap_of(snapshot: &Snapshot, source: Source, flag: &Flag) -> Option<String> {
    gap(snapshot, source, &flag.key)
}

impl Accepted {
    fn describe(self) -> &'static str {
        match self {
            Accepted::Manifest => "`success` in the manifest",
            Accepted::Link => "a link titled success",
            Accepted::Tag => "a tag `success:…`",
            Accepted::Description => "a line `Success: …` in the description",
            Accepted::ImpactMetric => "an impact metric",
            Accepted::Safeguard => "a safeguard",
        }
    }
}

/// Something that says what success is.
struct Stated {
    what: &'static str,
    since: Option<Timestamp>,
}

fn says_success(text: &str) -> bool {
    let lines = text.lines().map(str::trim);
    lines.filter_map(|line| line.strip_prefix("Success:")).any(|rest| rest.trim().chars().count() >= LEAST_TEXT)
}

/// When it came, by the log.
fn added(evidence: &Evidence, flag: &Flag, wanted: impl Fn(&EventKind) -> bool) -> Option<Timestamp> {
    evidence.events_of(&flag.key).find(|event| wanted(&event.kind)).map(|event| event.at)
}

/// When users of an environment first had it.
fn first_exposure(evidence: &Evidence, flag: &Flag, environment: &str) -> Option<Timestamp> {
    let changes = history(evidence, &flag.key, environment).ok()?;
    changes.iter().find(|change| change.exposure.is_exposed()).map(|change| change.at)
}

fn late(
    evidence: &Evidence,
    snapshot: &Snapshot,
    flag: &Flag,
    exposed: Timestamp,
    since: Timestamp,
    what: &str,
) -> Draft {
    let mut draft = Draft::of_flag(evidence, &flag.key, "defined-late");
    draft.message = format!(
        "What `{}` is to achieve was said on {} only, by {what}; users had it from {} on.",
        flag.key,
        date(since),
        date(exposed),
    );
    draft.remediation =
        "Nothing is left to be done for this release. Say it before the first users have it, the next time.".to_owned();
    draft.evidence.push(fact("first served in production", Some(exposed), "event log"));
    draft.evidence.push(fact("success stated", Some(since), "event log"));
    draft.on_server(snapshot, flag, None)
}
