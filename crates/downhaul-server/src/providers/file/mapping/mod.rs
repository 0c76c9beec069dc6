//! Snapshot file and vocabulary, both ways. Every field is named, so that a new one in core cannot be forgotten.

mod flag;
mod strategy;

use std::collections::BTreeMap;

use downhaul_core as core;
use serde::{Serialize, Serializer};

use super::wire::{self, To};

/// The file for a snapshot, but for its log, which [`event`] gives piece by piece.
pub(super) fn document<'a>(snapshot: &'a core::Snapshot, tool_version: &str) -> wire::Document<Flags<'a>> {
    let core::Snapshot {
        captured_at,
        server,
        projects,
        environments,
        flag_types,
        segments,
        flags,
        events: _,
        events_since,
        unknown_names,
        applications,
        integrations,
        access,
        approvals,
        release_templates,
        provenance: core::Provenance { previous, redacted },
        gaps,
    } = snapshot;
    wire::Document {
        version: super::VERSION,
        tool: wire::Tool { name: "downhaul".to_owned(), version: tool_version.to_owned() },
        captured_at: *captured_at,
        previous: previous.clone(),
        redacted: *redacted,
        server: server.clone().into(),
        projects: projects.clone().to(),
        environments: all(environments.iter().cloned()),
        flag_types: all(flag_types.iter().cloned()),
        segments: all(segments.values().cloned()),
        flags: Flags(flags),
        unknown_names: all(unknown_names.iter().cloned()),
        applications: Some(applications.clone().to()),
        integrations: Some(integrations.clone().to()),
        access: Some(access.clone().to()),
        approvals: Some(approvals.clone().to()),
        release_templates: Some(release_templates.clone().to()),
        gaps: all(gaps.iter().cloned()),
        events_since: *events_since,
        events: Vec::new(),
    }
}

/// Flags that become text one by one: all of them in the shape of the file would take their memory once more.
pub(super) struct Flags<'a>(&'a BTreeMap<core::FlagKey, core::Flag>);

impl Serialize for Flags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.values().map(|flag| wire::Flag::from(flag.clone())))
    }
}

/// An entry of the log.
pub(super) fn event(event: &core::Event) -> wire::Event {
    event.clone().into()
}

/// The snapshot in a file; the error says which name stands there twice.
pub(super) fn snapshot(document: wire::Document) -> Result<core::Snapshot, String> {
    let wire::Document {
        version: _,
        tool: _,
        captured_at,
        previous,
        redacted,
        server,
        projects,
        environments,
        flag_types,
        segments,
        flags,
        unknown_names,
        applications,
        integrations,
        access,
        approvals,
        release_templates,
        gaps,
        events_since,
        events,
    } = document;
    let mut gaps = all(gaps);
    let mut unread = Unread(&mut gaps);
    Ok(core::Snapshot {
        captured_at,
        server: server.into(),
        projects: projects.to(),
        environments: all(environments),
        flag_types: all(flag_types),
        segments: by_key(all(segments), "segment", |segment: &core::Segment| {
            (segment.id.clone(), segment.id.0.clone())
        })?,
        flags: by_key(all(flags), "flag", |flag: &core::Flag| (flag.key.clone(), flag.key.to_string()))?,
        events: all(events),
        events_since,
        unknown_names: all(unknown_names),
        applications: unread.or_gaps(applications, &[core::Source::Applications]),
        integrations: unread.or_gaps(integrations, &[core::Source::Integrations]),
        access: unread.or_gaps(access, &ACCESS),
        approvals: unread.or_gaps(approvals, &[core::Source::Protections, core::Source::ChangeRequests]),
        release_templates: unread
            .or_gaps(release_templates, &[core::Source::ReleasePlans, core::Source::ImpactMetrics]),
        provenance: core::Provenance { previous, redacted },
        gaps,
    })
}

/// What stands in the table `access`.
const ACCESS: [core::Source; 7] = [
    core::Source::Tokens,
    core::Source::Users,
    core::Source::Admins,
    core::Source::Headcount,
    core::Source::Roles,
    core::Source::Grants,
    core::Source::ServiceAccounts,
];

/// Makes gaps of what an earlier downhaul did not read yet.
struct Unread<'a>(&'a mut Vec<core::Gap>);

impl Unread<'_> {
    fn or_gaps<A: To<B>, B: Default>(&mut self, read: Option<A>, sources: &[core::Source]) -> B {
        let Some(read) = read else {
            self.0.extend(sources.iter().map(|source| core::Gap {
                source: *source,
                flag: None,
                reason: core::GapReason::Absent,
                detail: "the file was written by an earlier downhaul, which did not read it; capture again".to_owned(),
            }));
            return B::default();
        };
        read.to()
    }
}

fn all<A: Into<B>, B>(items: impl IntoIterator<Item = A>) -> Vec<B> {
    items.into_iter().map(Into::into).collect()
}

fn values<A: Into<B>, B>(map: BTreeMap<String, A>) -> BTreeMap<String, B> {
    map.into_iter().map(|(key, value)| (key, value.into())).collect()
}

fn boxed<A: Into<B>, B>(value: A) -> Box<B> {
    Box::new(value.into())
}

/// Two of one name would silently become one.
fn by_key<T, K: Ord>(items: Vec<T>, what: &str, key: impl Fn(&T) -> (K, String)) -> Result<BTreeMap<K, T>, String> {
    let mut map = BTreeMap::new();
    for item in items {
        let (key, name) = key(&item);
        if map.insert(key, item).is_some() {
            return Err(format!("the {what} `{name}` stands there twice"));
        }
    }
    Ok(map)
}

fn environment_kind_name(kind: core::EnvironmentKind) -> String {
    match kind {
        core::EnvironmentKind::Production => "production".to_owned(),
        core::EnvironmentKind::PreProduction => "pre-production".to_owned(),
        core::EnvironmentKind::Development => "development".to_owned(),
        core::EnvironmentKind::Test => "test".to_owned(),
        core::EnvironmentKind::Other(name) => name,
    }
}

fn environment_kind(name: String) -> core::EnvironmentKind {
    match name.as_str() {
        "production" => core::EnvironmentKind::Production,
        "pre-production" => core::EnvironmentKind::PreProduction,
        "development" => core::EnvironmentKind::Development,
        "test" => core::EnvironmentKind::Test,
        _ => core::EnvironmentKind::Other(name),
    }
}

impl From<core::ServerInfo> for wire::Server {
    fn from(value: core::ServerInfo) -> Self {
        let core::ServerInfo { kind, url, version, edition, clock_ahead, anonymises_events, segment_values } = value;
        let edition = edition.into();
        wire::Server { kind, url, version, edition, clock_ahead, anonymises_events, segment_values }
    }
}

impl From<wire::Server> for core::ServerInfo {
    fn from(value: wire::Server) -> Self {
        let wire::Server { kind, url, version, edition, clock_ahead, anonymises_events, segment_values } = value;
        let edition = edition.into();
        core::ServerInfo { kind, url, version, edition, clock_ahead, anonymises_events, segment_values }
    }
}

impl From<core::Edition> for wire::Edition {
    fn from(value: core::Edition) -> Self {
        match value {
            core::Edition::OpenSource => wire::Edition::OpenSource,
            core::Edition::Enterprise => wire::Edition::Enterprise,
            core::Edition::Unknown => wire::Edition::Unknown,
        }
    }
}

impl From<wire::Edition> for core::Edition {
    fn from(value: wire::Edition) -> Self {
        match value {
            wire::Edition::OpenSource => core::Edition::OpenSource,
            wire::Edition::Enterprise => core::Edition::Enterprise,
            wire::Edition::Unknown => core::Edition::Unknown,
        }
    }
}

impl From<core::Environment> for wire::Environment {
    fn from(value: core::Environment) -> Self {
        let core::Environment { name, kind, enabled } = value;
        wire::Environment { name, kind: environment_kind_name(kind), enabled }
    }
}

impl From<wire::Environment> for core::Environment {
    fn from(value: wire::Environment) -> Self {
        let wire::Environment { name, kind, enabled } = value;
        core::Environment { name, kind: environment_kind(kind), enabled }
    }
}

impl From<core::FlagTypeInfo> for wire::FlagType {
    fn from(value: core::FlagTypeInfo) -> Self {
        let core::FlagTypeInfo { flag_type, lifetime_days } = value;
        wire::FlagType { flag_type: flag_type.as_str().to_owned(), lifetime_days }
    }
}

impl From<wire::FlagType> for core::FlagTypeInfo {
    fn from(value: wire::FlagType) -> Self {
        let wire::FlagType { flag_type, lifetime_days } = value;
        core::FlagTypeInfo { flag_type: core::FlagType::from_name(&flag_type), lifetime_days }
    }
}

impl From<core::Segment> for wire::Segment {
    fn from(value: core::Segment) -> Self {
        let core::Segment { id, name, project, created_at, constraints, used_in } = value;
        wire::Segment { id: id.0, name, project, created_at, constraints: all(constraints), used_in: used_in.to() }
    }
}

impl From<wire::Segment> for core::Segment {
    fn from(value: wire::Segment) -> Self {
        let wire::Segment { id, name, project, created_at, constraints, used_in } = value;
        let (id, constraints) = (core::SegmentId(id), all(constraints));
        core::Segment { id, name, project, created_at, constraints, used_in: used_in.to() }
    }
}

impl From<core::UnknownName> for wire::UnknownName {
    fn from(value: core::UnknownName) -> Self {
        let core::UnknownName { key, last_seen_at, reports } = value;
        wire::UnknownName {
            key: key.into(),
            last_seen_at,
            reports: reports
                .into_iter()
                .map(|(application, environment)| wire::Report { application, environment })
                .collect(),
        }
    }
}

impl From<wire::UnknownName> for core::UnknownName {
    fn from(value: wire::UnknownName) -> Self {
        let wire::UnknownName { key, last_seen_at, reports } = value;
        core::UnknownName {
            key: key.into(),
            last_seen_at,
            reports: reports.into_iter().map(|report| (report.application, report.environment)).collect(),
        }
    }
}

impl From<core::Gap> for wire::Gap {
    fn from(value: core::Gap) -> Self {
        let core::Gap { source, flag, reason, detail } = value;
        wire::Gap { source: source.to(), flag: flag.map(Into::into), reason: reason.to(), detail }
    }
}

impl From<wire::Gap> for core::Gap {
    fn from(value: wire::Gap) -> Self {
        let wire::Gap { source, flag, reason, detail } = value;
        core::Gap { source: source.to(), flag: flag.map(Into::into), reason: reason.to(), detail }
    }
}

impl From<core::Event> for wire::Event {
    fn from(value: core::Event) -> Self {
        let core::Event { id, at, actor, kind, flag, project, environment, group } = value;
        wire::Event {
            id,
            at,
            actor: actor.into(),
            kind: kind.into(),
            flag: flag.map(Into::into),
            project,
            environment,
            group: group.map(|(kind, id)| wire::Group { kind, id }),
        }
    }
}

impl From<wire::Event> for core::Event {
    fn from(value: wire::Event) -> Self {
        let wire::Event { id, at, actor, kind, flag, project, environment, group } = value;
        core::Event {
            id,
            at,
            actor: actor.into(),
            kind: kind.into(),
            flag: flag.map(Into::into),
            project,
            environment,
            group: group.map(|wire::Group { kind, id }| (kind, id)),
        }
    }
}

impl From<core::Actor> for wire::Actor {
    fn from(value: core::Actor) -> Self {
        let core::Actor { name, id, kind } = value;
        wire::Actor { name, id, kind: kind.into() }
    }
}

impl From<wire::Actor> for core::Actor {
    fn from(value: wire::Actor) -> Self {
        let wire::Actor { name, id, kind } = value;
        core::Actor { name, id, kind: kind.into() }
    }
}

impl From<core::ActorKind> for wire::ActorKind {
    fn from(value: core::ActorKind) -> Self {
        match value {
            core::ActorKind::Account => wire::ActorKind::Account,
            core::ActorKind::SharedToken => wire::ActorKind::SharedToken,
            core::ActorKind::System => wire::ActorKind::System,
            core::ActorKind::Unknown => wire::ActorKind::Unknown,
        }
    }
}

impl From<wire::ActorKind> for core::ActorKind {
    fn from(value: wire::ActorKind) -> Self {
        match value {
            wire::ActorKind::Account => core::ActorKind::Account,
            wire::ActorKind::SharedToken => core::ActorKind::SharedToken,
            wire::ActorKind::System => core::ActorKind::System,
            wire::ActorKind::Unknown => core::ActorKind::Unknown,
        }
    }
}

impl From<core::EventKind> for wire::EventKind {
    fn from(value: core::EventKind) -> Self {
        match value {
            core::EventKind::FlagCreated => wire::EventKind::FlagCreated,
            core::EventKind::FlagRevived => wire::EventKind::FlagRevived,
            core::EventKind::FlagArchived => wire::EventKind::FlagArchived,
            core::EventKind::FlagDeleted => wire::EventKind::FlagDeleted,
            core::EventKind::FlagCompleted { kept, variant } => wire::EventKind::FlagCompleted { kept, variant },
            core::EventKind::FlagUncompleted => wire::EventKind::FlagUncompleted,
            core::EventKind::MarkedStale => wire::EventKind::MarkedStale,
            core::EventKind::UnmarkedStale => wire::EventKind::UnmarkedStale,
            core::EventKind::FlagMoved => wire::EventKind::FlagMoved,
            core::EventKind::Enabled => wire::EventKind::Enabled,
            core::EventKind::Disabled => wire::EventKind::Disabled,
            core::EventKind::StrategyAdded(strategy) => wire::EventKind::StrategyAdded(boxed(*strategy)),
            core::EventKind::StrategyUpdated { before, after } => {
                wire::EventKind::StrategyUpdated { before: before.map(|before| boxed(*before)), after: boxed(*after) }
            }
            core::EventKind::StrategyRemoved { id } => wire::EventKind::StrategyRemoved { id },
            core::EventKind::StrategiesReordered => wire::EventKind::StrategiesReordered,
            core::EventKind::VariantsUpdated => wire::EventKind::VariantsUpdated,
            core::EventKind::DependencyAdded => wire::EventKind::DependencyAdded,
            core::EventKind::DependencyRemoved => wire::EventKind::DependencyRemoved,
            core::EventKind::RolloutProgressed => wire::EventKind::RolloutProgressed,
            core::EventKind::SafeguardTriggered => wire::EventKind::SafeguardTriggered,
            core::EventKind::Described { description } => wire::EventKind::Described { description },
            core::EventKind::LinkAdded(link) => wire::EventKind::LinkAdded(link.into()),
            core::EventKind::Tagged(tag) => wire::EventKind::Tagged(tag.into()),
            core::EventKind::Untagged(tag) => wire::EventKind::Untagged(tag.into()),
            core::EventKind::RequestMoved { id, step } => wire::EventKind::RequestMoved { id, step: step.to() },
            core::EventKind::SegmentUpdated(id) => wire::EventKind::SegmentUpdated(id.0),
            core::EventKind::Other(name) => wire::EventKind::Other(name),
        }
    }
}

impl From<wire::EventKind> for core::EventKind {
    fn from(value: wire::EventKind) -> Self {
        match value {
            wire::EventKind::FlagCreated => core::EventKind::FlagCreated,
            wire::EventKind::FlagRevived => core::EventKind::FlagRevived,
            wire::EventKind::FlagArchived => core::EventKind::FlagArchived,
            wire::EventKind::FlagDeleted => core::EventKind::FlagDeleted,
            wire::EventKind::FlagCompleted { kept, variant } => core::EventKind::FlagCompleted { kept, variant },
            wire::EventKind::FlagUncompleted => core::EventKind::FlagUncompleted,
            wire::EventKind::MarkedStale => core::EventKind::MarkedStale,
            wire::EventKind::UnmarkedStale => core::EventKind::UnmarkedStale,
            wire::EventKind::FlagMoved => core::EventKind::FlagMoved,
            wire::EventKind::Enabled => core::EventKind::Enabled,
            wire::EventKind::Disabled => core::EventKind::Disabled,
            wire::EventKind::StrategyAdded(strategy) => core::EventKind::StrategyAdded(boxed(*strategy)),
            wire::EventKind::StrategyUpdated { before, after } => {
                core::EventKind::StrategyUpdated { before: before.map(|before| boxed(*before)), after: boxed(*after) }
            }
            wire::EventKind::StrategyRemoved { id } => core::EventKind::StrategyRemoved { id },
            wire::EventKind::StrategiesReordered => core::EventKind::StrategiesReordered,
            wire::EventKind::VariantsUpdated => core::EventKind::VariantsUpdated,
            wire::EventKind::DependencyAdded => core::EventKind::DependencyAdded,
            wire::EventKind::DependencyRemoved => core::EventKind::DependencyRemoved,
            wire::EventKind::RolloutProgressed => core::EventKind::RolloutProgressed,
            wire::EventKind::SafeguardTriggered => core::EventKind::SafeguardTriggered,
            wire::EventKind::Described { description } => core::EventKind::Described { description },
            wire::EventKind::LinkAdded(link) => core::EventKind::LinkAdded(link.into()),
            wire::EventKind::Tagged(tag) => core::EventKind::Tagged(tag.into()),
            wire::EventKind::Untagged(tag) => core::EventKind::Untagged(tag.into()),
            wire::EventKind::RequestMoved { id, step } => core::EventKind::RequestMoved { id, step: step.to() },
            wire::EventKind::SegmentUpdated(id) => core::EventKind::SegmentUpdated(core::SegmentId(id)),
            wire::EventKind::Other(name) => core::EventKind::Other(name),
        }
    }
}
