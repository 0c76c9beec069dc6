//! A fixture's `case.toml`: evidence and policy in a few lines, turned into core values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use downhaul_core::{
    AddedLines, Approvals, Change, CodeOwners, Confidence, Environment, EnvironmentKind, Evidence, EvidenceBuilder,
    FlagKey, FlagType, FlagTypeInfo, Gap, GapReason, Inventory, Keep, KeyPattern, Location, Manifest, Owner, Project,
    ReferenceKind, Repositories, RunScope, Segment, SegmentId, SkipReason, Skipped, Snapshot, Source, Timestamp,
    UnknownName, Use,
};
use downhaul_policy::{Policy, PolicyConfig, read_manifest};
use serde::Deserialize;

use crate::case_flags::{EventCase, FlagCase, constraint};
use crate::case_refs::{ReferenceCase, SecretCase};
use crate::case_server::{RequestCase, ServerCase, TokenCase, UserCase, access, owner, protection};

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
    /// When the snapshot was taken, where that is not now.
    captured: Option<String>,
    /// What the server is like.
    #[serde(default)]
    server: ServerCase,
    #[serde(default, rename = "token")]
    tokens: Vec<TokenCase>,
    #[serde(default, rename = "user")]
    users: Vec<UserCase>,
    /// `project/environment` to the approvals that are needed; a negative number means none at all.
    #[serde(default)]
    protections: BTreeMap<String, i64>,
    #[serde(default, rename = "request")]
    requests: Vec<RequestCase>,
    /// Names of service accounts.
    #[serde(default)]
    service_accounts: Vec<String>,
    /// Groups of project `payments`, with their members.
    #[serde(default)]
    groups: BTreeMap<String, Vec<String>>,
    /// Owners of project `payments`: a person, or `group:name`.
    #[serde(default)]
    project_owners: Vec<String>,
    /// Segments of no project, with a name: id to name.
    #[serde(default)]
    global_segments: BTreeMap<String, String>,
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
    #[serde(default, rename = "secret")]
    secrets: Vec<SecretCase>,
    /// Files that the scan could not read.
    #[serde(default)]
    unread: Vec<String>,
    /// The run looks at the server as a whole.
    #[serde(default)]
    whole_server: bool,
    #[serde(default, rename = "gap")]
    gaps: Vec<GapCase>,
    /// Added lines by path: first and last.
    #[serde(default)]
    added: BTreeMap<String, (u32, u32)>,
    /// References at the base of the change under review; the case is about a change when they or added lines are there.
    #[serde(default, rename = "before")]
    before: Option<Vec<ReferenceCase>>,
    /// Why the references at the base are not known.
    before_unknown: Option<String>,
    /// Lines before which something was taken away, by path.
    #[serde(default)]
    removed_at: BTreeMap<String, Vec<u32>>,
    /// The side that the change leaves of a flag: `on` or `off`.
    #[serde(default)]
    kept: BTreeMap<String, String>,
    /// A manifest, as it stands in `flags.toml`.
    manifest: Option<String>,
    /// Repositories that have to be looked at.
    #[serde(default)]
    expected_repositories: Vec<String>,
    #[serde(default, rename = "inventory")]
    inventories: Vec<InventoryCase>,
    /// Owners by path, as CODEOWNERS would say.
    code_owners: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    policy: PolicyConfig,
}

/// What another repository refers to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct InventoryCase {
    repository: String,
    as_of: Option<String>,
    #[serde(default = "complete")]
    complete: bool,
    /// Flag to places: `src/a.ts:3`.
    #[serde(default)]
    uses: BTreeMap<String, Vec<String>>,
    /// Prefixes of keys that are made at run time.
    #[serde(default)]
    prefixes: Vec<String>,
}

fn complete() -> bool {
    true
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

    pub(crate) fn policy_config(&self) -> PolicyConfig {
        self.policy.clone()
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
            scope: if self.whole_server { RunScope::Server } else { RunScope::Repository },
            unread: self.unread.iter().map(|path| unread(path)).collect(),
            secrets: self.secrets.iter().map(SecretCase::build).collect(),
            now: time(&self.now),
            production: self.production.clone(),
            policy_anchor: Some(Location::file_start("downhaul.toml")),
            manifest: self.manifest(),
            change: self.change(),
            repositories: Repositories {
                expected: self.expected_repositories.clone(),
                inventories: self.inventories.iter().map(InventoryCase::build).collect(),
                ..Repositories::default()
            },
            code_owners: self.code_owners.clone().map(|by_path| CodeOwners {
                file: "CODEOWNERS".to_owned(),
                names: by_path.values().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
                by_path,
            }),
            languages: [("ts", &["typescript"][..]), ("tsx", &["tsx", "typescript"]), ("py", &["python"])]
                .map(|(extension, names)| (extension.to_owned(), names.iter().map(ToString::to_string).collect()))
                .into(),
        }
    }

    fn manifest(&self) -> Manifest {
        let Some(text) = &self.manifest else { return Manifest::default() };
        read_manifest("flags.toml", text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn change(&self) -> Option<Change> {
        let before = match (&self.before, &self.before_unknown) {
            (Some(references), _) => Some(Ok(references.iter().map(ReferenceCase::build).collect())),
            (None, Some(why)) => Some(Err(why.clone())),
            (None, None) if self.added.is_empty() => return None,
            (None, None) => None,
        };
        let (base, removed_at) = ("main".to_owned(), self.removed_at.clone());
        let side = |side: &String| if side == "on" { Keep::On } else { Keep::Off };
        let kept = self.kept.iter().map(|(flag, kept)| (key(flag), side(kept))).collect();
        Some(Change { base, added: self.added(), removed_at, before, kept })
    }

    fn project(&self, id: &str) -> Project {
        let owners: Vec<Owner> = self.project_owners.iter().map(|text| owner(text)).collect();
        let owners = (id == "payments" && !owners.is_empty()).then_some(owners);
        Project { id: id.to_owned(), name: id.to_owned(), owners, ..Project::default() }
    }

    /// Segments belong to a project unless the case says that they are global.
    fn segments(&self) -> BTreeMap<SegmentId, Segment> {
        let bound = self.segments.iter().map(|(id, words)| segment(id, words));
        let global = self.global_segments.iter().map(|(id, name)| {
            let id = SegmentId(id.clone());
            (id.clone(), Segment { id, name: name.clone(), ..Segment::default() })
        });
        bound.chain(global).collect()
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            captured_at: time(self.captured.as_deref().unwrap_or(&self.now)),
            server: self.server.build(),
            projects: self.projects.iter().map(|id| self.project(id)).collect(),
            environments: self.environments.iter().map(|(name, kind)| environment(name, kind)).collect(),
            flag_types: self.types.iter().map(|(name, days)| flag_type(name, *days)).collect(),
            segments: self.segments(),
            flags: self.flags.iter().map(|flag| (key(&flag.key), flag.build())).collect(),
            events: self.events.iter().enumerate().map(|(index, event)| event.build(index)).collect(),
            events_since: self.events_since.as_deref().map(time),
            unknown_names: self.unknown.iter().map(UnknownCase::build).collect(),
            applications: Vec::new(),
            integrations: Vec::new(),
            access: access(&self.server, &self.tokens, &self.users, &self.service_accounts, &self.groups),
            approvals: Approvals {
                protections: self.protections.iter().map(|(place, many)| protection(place, *many)).collect(),
                requests: self.requests.iter().map(RequestCase::build).collect(),
            },
            release_templates: Vec::new(),
            provenance: Default::default(),
            gaps: self.gaps.iter().map(GapCase::build).collect(),
        }
    }
}

impl InventoryCase {
    fn build(&self) -> Inventory {
        let used = |place: &String| {
            let (path, line) = place.rsplit_once(':').unwrap_or_else(|| panic!("{place:?} has no line"));
            Use {
                path: path.to_owned(),
                line: line.parse().unwrap_or_else(|error| panic!("{place:?}: {error}")),
                kind: ReferenceKind::Evaluation,
                confidence: Confidence::High,
                class: None,
            }
        };
        let uses = self.uses.iter().map(|(flag, places)| (key(flag), places.iter().map(used).collect()));
        let pattern = |prefix: &String| KeyPattern { parts: vec![prefix.clone(), String::new()] };
        Inventory {
            repository: self.repository.clone(),
            commit: None,
            as_of: self.as_of.as_deref().map(time),
            complete: self.complete,
            uses: uses.collect(),
            patterns: self.prefixes.iter().map(pattern).collect(),
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

fn unread(path: &str) -> Skipped {
    Skipped { path: path.to_owned(), reason: SkipReason::TooLarge, detail: "104857601 bytes".to_owned() }
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
    let project = Some("payments".to_owned());
    (id.clone(), Segment { id, name: "segment".to_owned(), project, constraints, ..Segment::default() })
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
