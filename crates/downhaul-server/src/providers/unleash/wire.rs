//! The answers of the admin API of Unleash, as far as they are read. Lists that older servers leave out, or give as
//! `null`, are read as empty; fields not named here are ignored.

mod access;
mod approvals;

use downhaul_core::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(super) use access::*;
pub(super) use approvals::*;

/// `GET ui-config`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UiConfig {
    pub(super) version: Option<String>,
    pub(super) version_info: Option<VersionInfo>,
    pub(super) flags: Option<UiFlags>,
    pub(super) resource_limits: Option<ResourceLimits>,
}

/// Switches of the server itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UiFlags {
    /// `true`, or a variant of a switch.
    pub(super) anonymise_event_log: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceLimits {
    pub(super) segment_values: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct VersionInfo {
    pub(super) current: Option<CurrentVersion>,
}

/// An edition that is not there has an empty version.
#[derive(Deserialize)]
pub(super) struct CurrentVersion {
    pub(super) oss: Option<String>,
    pub(super) enterprise: Option<String>,
}

/// `GET projects`
#[derive(Deserialize)]
pub(super) struct Projects {
    pub(super) projects: Vec<Project>,
}

#[derive(Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
    /// Older servers do not say.
    pub(super) owners: Option<Vec<ProjectOwner>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectOwner {
    /// `user`, `group`, or `system` where nobody is.
    pub(super) owner_type: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// `GET projects/{project}/overview`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectOverview {
    pub(super) feature_naming: Option<FeatureNaming>,
}

#[derive(Deserialize)]
pub(super) struct FeatureNaming {
    pub(super) pattern: Option<String>,
    pub(super) example: Option<String>,
    pub(super) description: Option<String>,
}

/// `GET projects/{project}/features/{name}/impact-metrics/config`, of paid editions.
#[derive(Deserialize)]
pub(super) struct ImpactMetrics {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) configs: Vec<ImpactMetric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImpactMetric {
    pub(super) metric_name: String,
    #[serde(alias = "displayName")]
    pub(super) title: Option<String>,
}

/// `GET environments`
#[derive(Deserialize)]
pub(super) struct Environments {
    pub(super) environments: Vec<Environment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Environment {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) sort_order: i64,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
}

/// `GET feature-types`
#[derive(Deserialize)]
pub(super) struct FeatureTypes {
    pub(super) types: Vec<FeatureType>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeatureType {
    pub(super) id: String,
    pub(super) lifetime_days: Option<u32>,
}

/// `GET segments`
#[derive(Deserialize)]
pub(super) struct Segments {
    pub(super) segments: Vec<Segment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) project: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) constraints: Vec<Constraint>,
    /// Older servers do not count.
    pub(super) used_in_features: Option<u32>,
    pub(super) used_in_projects: Option<u32>,
}

/// `GET search/features`: one page.
#[derive(Deserialize)]
pub(super) struct FeaturePage {
    pub(super) features: Vec<FeatureRow>,
    pub(super) total: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeatureRow {
    pub(super) name: String,
    pub(super) project: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) description: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) created_by: Option<Person>,
    pub(super) archived_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) stale: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) impression_data: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) tags: Vec<Tag>,
    pub(super) lifecycle: Option<StageRow>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) environments: Vec<EnvironmentRow>,
}

#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) id: Option<i64>,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) value: String,
}

/// One stage; also an element of `GET projects/{project}/features/{name}/lifecycle`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StageRow {
    pub(super) stage: String,
    pub(super) status: Option<String>,
    pub(super) entered_stage_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnvironmentRow {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) sort_order: i64,
    pub(super) enabled: bool,
    pub(super) last_seen_at: Option<Timestamp>,
    /// Evaluations of the last hour; older servers do not say.
    pub(super) yes: Option<u64>,
    pub(super) no: Option<u64>,
}

/// `GET projects/{project}/features/{name}?variantEnvironments=true`
#[derive(Deserialize)]
pub(super) struct Feature {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) environments: Vec<FeatureEnvironment>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) dependencies: Vec<Dependency>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) children: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) links: Vec<Link>,
    pub(super) collaborators: Option<Collaborators>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeatureEnvironment {
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) last_seen_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) strategies: Vec<Strategy>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<Variant>,
    /// On paid editions only.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) release_plans: Vec<ReleasePlan>,
    /// On paid editions only.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) safeguards: Vec<Safeguard>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) feature: String,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) title: Option<String>,
    pub(super) url: String,
}

#[derive(Deserialize)]
pub(super) struct Collaborators {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) users: Vec<Person>,
}

/// A strategy in a feature, a milestone or an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Strategy {
    pub(super) id: Option<String>,
    /// What a milestone calls the name, which it may give as well.
    pub(super) strategy_name: Option<String>,
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) disabled: bool,
    /// Mostly texts, whatever they mean.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) parameters: serde_json::Map<String, Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) constraints: Vec<Constraint>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) segments: Vec<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<Variant>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Constraint {
    pub(super) context_name: String,
    pub(super) operator: String,
    /// For operators that take one value; the others use `values`.
    pub(super) value: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) values: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) inverted: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) case_insensitive: bool,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    pub(super) name: String,
    /// Out of 1000; the schema says "number".
    #[serde(default)]
    pub(super) weight: f64,
    pub(super) payload: Option<Payload>,
}

#[derive(Deserialize)]
pub(super) struct Payload {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) value: String,
}

/// `GET client-metrics/features/{name}/raw`
#[derive(Deserialize)]
pub(super) struct RawMetrics {
    pub(super) data: Vec<MetricRow>,
}

/// One hour, application and environment. Hours without evaluations are filled with zeros by the server.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetricRow {
    pub(super) timestamp: Option<Timestamp>,
    pub(super) app_name: String,
    pub(super) environment: String,
    #[serde(default)]
    pub(super) yes: u64,
    #[serde(default)]
    pub(super) no: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: std::collections::BTreeMap<String, u64>,
}

/// `GET metrics/unknown-flags`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnknownFlags {
    pub(super) unknown_flags: Vec<UnknownFlag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnknownFlag {
    pub(super) name: String,
    pub(super) last_seen_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) reports: Vec<UnknownFlagReport>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UnknownFlagReport {
    pub(super) app_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) environments: Vec<SeenEnvironment>,
}

#[derive(Deserialize)]
pub(super) struct SeenEnvironment {
    pub(super) environment: String,
}

/// `GET search/events`: one page, newest first.
#[derive(Deserialize)]
pub(super) struct EventPage {
    pub(super) events: Vec<Event>,
    pub(super) total: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) created_at: Timestamp,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) created_by: String,
    pub(super) created_by_user_id: Option<i64>,
    pub(super) project: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) feature_name: Option<String>,
    pub(super) group_type: Option<String>,
    pub(super) group_id: Option<String>,
    /// Its shape depends on the type of the event.
    #[serde(default)]
    pub(super) data: Value,
    #[serde(default)]
    pub(super) pre_data: Value,
}

fn yes() -> bool {
    true
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
