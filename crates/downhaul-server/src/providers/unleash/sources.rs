//! The routes that are read, one function each: pages are put together, and what is missing is said.

use std::collections::BTreeMap;

use super::gaps::Gaps;
use super::{strategies, wire};
use crate::ServerError;
use crate::http::client::Session;
use downhaul_core::{
    Edition, Environment, EnvironmentKind, FlagKey, FlagType, FlagTypeInfo, GapReason, ImpactMetric, NamingPattern,
    Owner, Project, Segment, SegmentId, SegmentUse, ServerInfo, Source, UnknownName,
};
use serde_json::Value;

/// More a page is not had from the search: the server would silently give 50.
const FLAGS_A_PAGE: usize = 100;
/// The server keeps no more unknown names than this.
const MAX_UNKNOWN_NAMES: usize = 1000;

/// Version, edition and the server's own settings.
pub(super) fn server_info(session: &Session<'_>) -> Result<ServerInfo, ServerError> {
    let config: wire::UiConfig = session.get(&["ui-config"], &[])?;
    let set = |version: Option<String>| version.filter(|version| !version.is_empty());
    let current = config.version_info.and_then(|info| info.current);
    let (oss, enterprise) = current.map(|current| (set(current.oss), set(current.enterprise))).unwrap_or_default();
    let edition = match (&oss, &enterprise) {
        (_, Some(_)) => Edition::Enterprise,
        (Some(_), None) => Edition::OpenSource,
        (None, None) => Edition::Unknown,
    };
    let anonymises = config.flags.map(|flags| flags.anonymise_event_log.is_some_and(|value| is_on(&value)));
    Ok(ServerInfo {
        version: enterprise.or(oss).or(set(config.version)),
        edition,
        anonymises_events: anonymises,
        segment_values: config.resource_limits.and_then(|limits| limits.segment_values),
        ..ServerInfo::default()
    })
}

/// A switch of the server is `true`, or a variant that is enabled.
fn is_on(value: &Value) -> bool {
    value.as_bool().or_else(|| value.get("enabled").and_then(Value::as_bool)).unwrap_or_default()
}

/// All rows of a search, by name, and how many the server said there are.
pub(super) struct Rows {
    pub(super) rows: BTreeMap<String, wire::FeatureRow>,
    pub(super) total: usize,
}

impl Rows {
    /// Notes rows that the server counted and did not give.
    pub(super) fn check(&self, source: Source, gaps: &mut Gaps) {
        if self.rows.len() < self.total {
            let detail = format!(
                "the server counts {} flags and gave {}; try again when nobody is changing flags",
                self.total,
                self.rows.len()
            );
            gaps.add(source, GapReason::Truncated, detail);
        }
    }
}

/// A list that no server has empty. What comes empty all the same was lost on the way, or is hidden from the token.
pub(super) fn some<T>(list: Vec<T>, path: &str) -> Result<Vec<T>, ServerError> {
    if list.is_empty() {
        let detail = "the list is empty, and every server has something there".to_owned();
        return Err(ServerError::BadAnswer { path: path.to_owned(), detail });
    }
    Ok(list)
}

/// The flags that live.
pub(super) fn live_flags(session: &Session<'_>) -> Result<Rows, ServerError> {
    let mut rows = search(session, &[], "flags")?;
    rows.rows.retain(|_, row| row.archived_at.is_none());
    Ok(rows)
}

/// The flags in the archive.
pub(super) fn archived_flags(session: &Session<'_>) -> Result<Rows, ServerError> {
    // Servers ignore a filter that they do not know; they then answer with flags that live. A server of version 7 knows
    // the first and finds nothing by it, ever: only the second answer can say that there are none.
    let mut found = None;
    for filter in [("lifecycle", "IS:archived"), ("archived", "IS:true")] {
        let rows = search(session, &[filter], "archived flags")?;
        let understood = rows.rows.values().all(|row| row.archived_at.is_some());
        if understood && !rows.rows.is_empty() {
            return Ok(rows);
        }
        found = understood.then_some(rows);
    }
    found.ok_or_else(|| ServerError::Unsupported { path: "/api/admin/search/features for archived flags".to_owned() })
}

fn search(session: &Session<'_>, filter: &[(&str, &str)], what: &str) -> Result<Rows, ServerError> {
    let limit = FLAGS_A_PAGE.to_string();
    let mut all = Rows { rows: BTreeMap::new(), total: 0 };
    let mut offset = 0;
    loop {
        let start = offset.to_string();
        let mut query = vec![("limit", limit.as_str()), ("offset", &start), ("sortBy", "name"), ("sortOrder", "asc")];
        query.extend(filter);
        let page: wire::FeaturePage = session.get(&["search", "features"], &query)?;
        // Past the end the server says 0, so a later total never lowers the first.
        all.total = all.total.max(page.total);
        offset += page.features.len();
        let is_last = page.features.is_empty() || offset >= all.total;
        all.rows.extend(page.features.into_iter().map(|row| (row.name.clone(), row)));
        session.progress().step(what, all.rows.len(), Some(all.total));
        if is_last || session.is_sample() {
            return Ok(all);
        }
    }
}

/// Everything about one flag.
pub(super) fn details(session: &Session<'_>, project: &str, name: &str) -> Result<wire::Feature, ServerError> {
    session.get(&["projects", project, "features", name], &[("variantEnvironments", "true")])
}

/// The stages of one flag.
pub(super) fn stages(session: &Session<'_>, project: &str, name: &str) -> Result<Vec<wire::StageRow>, ServerError> {
    session.get(&["projects", project, "features", name, "lifecycle"], &[])
}

/// The evaluations of one flag.
pub(super) fn metrics(session: &Session<'_>, name: &str, hours: u32) -> Result<Vec<wire::MetricRow>, ServerError> {
    let route = ["client-metrics", "features", name, "raw"];
    let raw: wire::RawMetrics = session.get(&route, &[("hoursBack", &hours.to_string())])?;
    Ok(raw.data)
}

/// The projects that the server lists, by id.
pub(super) fn projects(session: &Session<'_>) -> Result<BTreeMap<String, Project>, ServerError> {
    let listed: wire::Projects = session.get(&["projects"], &[])?;
    let project = |read: wire::Project| {
        let owners = read.owners.map(|owners| owners.into_iter().filter_map(owner).collect());
        (read.id.clone(), Project { id: read.id, name: read.name, owners, naming: None })
    };
    Ok(some(listed.projects, "/api/admin/projects")?.into_iter().map(project).collect())
}

/// Somebody or a group; what the server calls its system is nobody.
fn owner(read: wire::ProjectOwner) -> Option<Owner> {
    let name = read.email.or(read.name).filter(|name| !name.is_empty())?;
    match read.owner_type.as_str() {
        "user" => Some(Owner::Person(name)),
        "group" => Some(Owner::Group(name)),
        _ => None,
    }
}

/// What names of flags in a project must look like.
pub(super) fn naming(session: &Session<'_>, project: &str) -> Result<Option<NamingPattern>, ServerError> {
    let read: wire::ProjectOverview = session.get(&["projects", project, "overview"], &[])?;
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(read.feature_naming.and_then(|naming| {
        let (example, description) = (set(naming.example), set(naming.description));
        Some(NamingPattern { pattern: set(naming.pattern)?, example, description })
    }))
}

/// The measures of success that are watched for one flag.
pub(super) fn impact_metrics(
    session: &Session<'_>,
    project: &str,
    name: &str,
) -> Result<Vec<ImpactMetric>, ServerError> {
    let route = ["projects", project, "features", name, "impact-metrics", "config"];
    let read: wire::ImpactMetrics = session.get(&route, &[])?;
    let metric = |read: wire::ImpactMetric| ImpactMetric {
        metric: read.metric_name,
        title: read.title.filter(|title| !title.is_empty()),
    };
    let mut all: Vec<ImpactMetric> = read.configs.into_iter().map(metric).collect();
    all.sort();
    Ok(all)
}

/// The environments that the server lists, with their place in its order.
pub(super) fn environments(session: &Session<'_>) -> Result<Vec<(i64, Environment)>, ServerError> {
    let listed: wire::Environments = session.get(&["environments"], &[])?;
    let environment = |read: wire::Environment| {
        let kind = environment_kind(&read.kind);
        (read.sort_order, Environment { name: read.name, kind, enabled: read.enabled })
    };
    Ok(some(listed.environments, "/api/admin/environments")?.into_iter().map(environment).collect())
}

pub(super) fn environment_kind(name: &str) -> EnvironmentKind {
    match name {
        "production" => EnvironmentKind::Production,
        "preproduction" => EnvironmentKind::PreProduction,
        "development" => EnvironmentKind::Development,
        "test" => EnvironmentKind::Test,
        other => EnvironmentKind::Other(other.to_owned()),
    }
}

/// How long flags of a type are expected to live; admins change it. Zero and nothing both mean for ever.
pub(super) fn flag_types(session: &Session<'_>) -> Result<Vec<FlagTypeInfo>, ServerError> {
    let listed: wire::FeatureTypes = session.get(&["feature-types"], &[])?;
    let info = |read: wire::FeatureType| FlagTypeInfo {
        flag_type: FlagType::from_name(&read.id),
        lifetime_days: read.lifetime_days.filter(|days| *days > 0),
    };
    Ok(some(listed.types, "/api/admin/feature-types")?.into_iter().map(info).collect())
}

/// Segments by id.
pub(super) fn segments(session: &Session<'_>) -> Result<BTreeMap<SegmentId, Segment>, ServerError> {
    let listed: wire::Segments = session.get(&["segments"], &[])?;
    let segment = |read: wire::Segment| {
        let id = strategies::segment_id(read.id);
        let constraints = read.constraints.into_iter().map(strategies::constraint).collect();
        let used_in = read.used_in_features.zip(read.used_in_projects);
        let used_in = used_in.map(|(flags, projects)| SegmentUse { flags, projects });
        (
            id.clone(),
            Segment { id, name: read.name, project: read.project, created_at: read.created_at, constraints, used_in },
        )
    };
    Ok(listed.segments.into_iter().map(segment).collect())
}

/// Names that applications asked for in vain during the last day.
pub(super) fn unknown_names(session: &Session<'_>, gaps: &mut Gaps) -> Vec<UnknownName> {
    let read = session.get::<wire::UnknownFlags>(&["metrics", "unknown-flags"], &[]).map(|read| read.unknown_flags);
    let rows = gaps.value(Source::UnknownNames, read);
    if rows.len() >= MAX_UNKNOWN_NAMES {
        let detail = format!("the server keeps {MAX_UNKNOWN_NAMES} unknown names at most, and there are as many");
        gaps.add(Source::UnknownNames, GapReason::Truncated, detail);
    }
    let mut names: Vec<UnknownName> = rows.into_iter().filter_map(unknown_name).collect();
    names.sort_by(|a, b| a.key.cmp(&b.key));
    names
}

/// Applications can ask for anything; a text that no flag could be named is not of interest.
fn unknown_name(read: wire::UnknownFlag) -> Option<UnknownName> {
    let pairs = |report: wire::UnknownFlagReport| {
        let name = report.app_name;
        report.environments.into_iter().map(move |seen| (name.clone(), seen.environment))
    };
    let mut reports: Vec<(String, String)> = read.reports.into_iter().flat_map(pairs).collect();
    reports.sort();
    reports.dedup();
    Some(UnknownName { key: FlagKey::new(&read.name).ok()?, last_seen_at: read.last_seen_at, reports })
}

/// Whether the token sees changes of segments that belong to no project: the log hides them from all but admins, and
/// does not count them either.
pub(super) fn sees_global_segments(session: &Session<'_>) -> Result<bool, ServerError> {
    let query = [("type", "IS_ANY_OF:segment-created,segment-updated"), ("limit", "1000")];
    let page: wire::EventPage = session.get(&["search", "events"], &query)?;
    Ok(page.events.iter().any(|event| event.project.is_none()))
}
