//! A fixture's `case.toml`: evidence and policy in a few lines, turned into core values.

use std::collections::BTreeMap;
use std::path::Path;

use downhaul_core::{
    Edition, Environment, EnvironmentKind, Evidence, EvidenceBuilder, FlagKey, FlagType, FlagTypeInfo, Gap, GapReason,
    Location, Project, Segment, SegmentId, ServerInfo, Snapshot, Source, Timestamp, UnknownName,
};
use downhaul_policy::{AddedLines, Policy, PolicyConfig};
use serde::Deserialize;

use crate::case_flags::{EventCase, FlagCase, constraint};
use crate::case_refs::ReferenceCase;

/// One case as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) struct Case {
    /// What the case shows, for people.
    pub(crate) shows: String,
    now: String,
    /// Why there is no server; a server is there when this is not.
    no_server: Option<String>,
    /// Environments that the policy names as production.
    #[serde(default)]
    production: Vec<String>,
    /// Where the event log begins.
    events_since: Option<String>,
    #[serde(default = "default_projects")]
    projects: Vec<String>,
    /// Name and kind.
    #[serde(default = "default_environments")]
    environments: Vec<(String, String)>,
    /// Lifetimes that the server states; a negative number means for ever.
    #[serde(default = "default_types")]
    types: BTreeMap<String, i64>,
    /// Segment id to its constraints, each in a word.
    #[serde(default)]
    segments: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "flag")]
    flags: Vec<FlagCase>,
    #[serde(default, rename = "event")]
    events: Vec<EventCase>,
    #[serde(default, rename = "unknown")]
    unknown: Vec<UnknownCase>,
    #[serde(default, rename = "ref")]
    references: Vec<ReferenceCase>,
    #[serde(default, rename = "gap")]
    gaps: Vec<GapCase>,
    /// Added lines by path: first and last.
    #[serde(default)]
    added: BTreeMap<String, (u32, u32)>,
    #[serde(default)]
    policy: PolicyConfig,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnknownCase {
    key: String,
    seen: Option<String>,
    #[serde(default)]
    reports: Vec<(String, String)>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct GapCase {
    source: String,
    flag: Option<String>,
    reason: String,
    detail: String,
}

fn default_projects() -> Vec<String> {
    vec!["payments".to_owned()]
}

fn default_environments() -> Vec<(String, String)> {
    vec![("development".to_owned(), "development".to_owned()), ("production".to_owned(), "production".to_owned())]
}

fn default_types() -> BTreeMap<String, i64> {
    let days = [
        ("release", 40),
        ("experiment", 40),
        ("operational", 7),
        ("kill-switch", -1),
        ("permission", -1),
        ("sunset", 90),
    ];
    days.into_iter().map(|(name, days)| (name.to_owned(), days)).collect()
}

impl Case {
    /// Reads a case; a case that cannot be read fails its test with the reason.
    pub(crate) fn read(path: &Path) -> Case {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy::new(self.policy.clone()).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn added(&self) -> AddedLines {
        let mut added = AddedLines::default();
        for (path, (first, last)) in &self.added {
            added.add(path, *first..=*last);
        }
        added
    }

    pub(crate) fn evidence(&self) -> Evidence {
        Evidence::new(self.parts())
    }

    /// The parts that evidence is made of, for tests that change them first.
    pub(crate) fn parts(&self) -> EvidenceBuilder {
        EvidenceBuilder {
            snapshot: self.no_server.is_none().then(|| self.snapshot()),
            no_snapshot_because: self.no_server.clone(),
            references: self.references.iter().map(ReferenceCase::build).collect(),
            now: time(&self.now),
            production: self.production.clone(),
            policy_anchor: Some(Location::file_start("downhaul.toml")),
        }
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            captured_at: time(&self.now),
            server: ServerInfo {
                kind: "unleash".to_owned(),
                url: Some("https://unleash.example".to_owned()),
                version: Some("8.1.0".to_owned()),
                edition: Edition::OpenSource,
                ..ServerInfo::default()
            },
            projects: self
                .projects
                .iter()
                .map(|id| Project { id: id.clone(), name: id.clone(), ..Project::default() })
                .collect(),
            environments: self.environments.iter().map(|(name, kind)| environment(name, kind)).collect(),
            flag_types: self.types.iter().map(|(name, days)| flag_type(name, *days)).collect(),
            segments: self.segments.iter().map(|(id, words)| segment(id, words)).collect(),
            flags: self.flags.iter().map(|flag| (key(&flag.key), flag.build())).collect(),
            events: self.events.iter().enumerate().map(|(index, event)| event.build(index)).collect(),
            events_since: self.events_since.as_deref().map(time),
            unknown_names: self.unknown.iter().map(UnknownCase::build).collect(),
            applications: Vec::new(),
            integrations: Vec::new(),
            access: Default::default(),
            approvals: Default::default(),
            release_templates: Vec::new(),
            provenance: Default::default(),
            gaps: self.gaps.iter().map(GapCase::build).collect(),
        }
    }
}

impl UnknownCase {
    fn build(&self) -> UnknownName {
        UnknownName { key: key(&self.key), last_seen_at: self.seen.as_deref().map(time), reports: self.reports.clone() }
    }
}

impl GapCase {
    fn build(&self) -> Gap {
        let source = Source::ALL.into_iter().find(|source| source.as_str() == self.source);
        let reason = GapReason::ALL.into_iter().find(|reason| reason.as_str() == self.reason);
        Gap {
            source: source.unwrap_or_else(|| panic!("no source `{}`", self.source)),
            flag: self.flag.as_deref().map(key),
            reason: reason.unwrap_or_else(|| panic!("no reason `{}`", self.reason)),
            detail: self.detail.clone(),
        }
    }
}

fn environment(name: &str, kind: &str) -> Environment {
    let kind = match kind {
        "production" => EnvironmentKind::Production,
        "pre-production" => EnvironmentKind::PreProduction,
        "development" => EnvironmentKind::Development,
        "test" => EnvironmentKind::Test,
        other => EnvironmentKind::Other(other.to_owned()),
    };
    Environment { name: name.to_owned(), kind, enabled: true }
}

fn flag_type(name: &str, days: i64) -> FlagTypeInfo {
    FlagTypeInfo { flag_type: FlagType::from_name(name), lifetime_days: u32::try_from(days).ok() }
}

fn segment(id: &str, words: &[String]) -> (SegmentId, Segment) {
    let id = SegmentId(id.to_owned());
    let constraints = words.iter().map(|word| constraint(word)).collect();
    (id.clone(), Segment { id, name: "segment".to_owned(), constraints, ..Segment::default() })
}

/// A key that the case spells; an impossible one fails the test.
pub(crate) fn key(text: &str) -> FlagKey {
    FlagKey::new(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// `2026-03-01` is midnight UTC; anything longer is a full timestamp.
pub(crate) fn time(text: &str) -> Timestamp {
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    full.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}
