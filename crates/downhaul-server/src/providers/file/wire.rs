//! The shapes of the snapshot file, format 1. Times are RFC 3339 in UTC; absent means "not known" or "none".

mod governance;
mod mirror;

use std::collections::BTreeMap;

use downhaul_core::{FlagKey, Timestamp};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) use governance::*;
pub(super) use mirror::To;

/// What tells a snapshot from other JSON, read before anything else.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) version: Option<serde_json::Value>,
    pub(super) tool: Option<serde_json::Value>,
    pub(super) captured_at: Option<IgnoredAny>,
    pub(super) flags: Option<IgnoredAny>,
    pub(super) references: Option<IgnoredAny>,
    pub(super) findings: Option<IgnoredAny>,
}

/// The whole file. The event log is written by hand, one event a line; flags are written one by one as well.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Document"))]
pub(super) struct Document<Flags = Vec<Flag>> {
    pub(super) version: u64,
    pub(super) tool: Tool,
    pub(super) captured_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) redacted: bool,
    pub(super) server: Server,
    pub(super) projects: Vec<Project>,
    pub(super) environments: Vec<Environment>,
    pub(super) flag_types: Vec<FlagType>,
    pub(super) segments: Vec<Segment>,
    pub(super) flags: Flags,
    pub(super) unknown_names: Vec<UnknownName>,
    /// Absent, as the four below: written before downhaul read it.
    pub(super) applications: Option<Vec<Application>>,
    pub(super) integrations: Option<Vec<Integration>>,
    pub(super) access: Option<Access>,
    pub(super) approvals: Option<Approvals>,
    pub(super) release_templates: Option<Vec<ReleaseTemplate>>,
    pub(super) gaps: Vec<Gap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) events_since: Option<Timestamp>,
    #[serde(skip_serializing)]
    #[cfg_attr(test, schemars(required))]
    pub(super) events: Vec<Event>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) version: String,
}

/// A flag key, checked while it is read so that the error tells the line.
#[derive(Clone)]
pub(super) struct Key(pub(super) FlagKey);

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Key {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FlagKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1})
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        FlagKey::new(&text).map(Key).map_err(serde::de::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Server {
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    pub(super) edition: Edition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clock_ahead: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) anonymises_events: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) segment_values: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Edition {
    OpenSource,
    Enterprise,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Environment {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) enabled: bool,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FlagType {
    #[serde(rename = "type")]
    pub(super) flag_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lifetime_days: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Segment {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) constraints: Vec<Constraint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) used_in: Option<SegmentUse>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Flag {
    pub(super) key: Key,
    pub(super) project: String,
    #[serde(rename = "type")]
    pub(super) flag_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) archived_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) stale: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) impression_data: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<Tag>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<Link>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) collaborators: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) impact_metrics: Vec<ImpactMetric>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) parents: Vec<Dependency>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) children: Vec<Key>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) stages: Vec<StageEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) completion: Option<Completion>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) environments: BTreeMap<String, FlagEnvironment>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Tag {
    pub(super) kind: String,
    pub(super) value: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Link {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    pub(super) url: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Dependency {
    pub(super) parent: Key,
    pub(super) required_on: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) variants: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StageEntry {
    pub(super) stage: Stage,
    pub(super) entered_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    Initial,
    PreLive,
    Live,
    Completed,
    Archived,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Completion {
    Kept {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
    },
    Discarded,
    Unspecified,
}

/// `strategies` absent: not read; empty: there are none.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FlagEnvironment {
    pub(super) enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) strategies: Option<Vec<Strategy>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) variants: Vec<Variant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_seen_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) release_plans: Vec<ReleasePlan>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) safeguards: Vec<Safeguard>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Strategy {
    pub(super) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    pub(super) kind: StrategyKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) constraints: Vec<Constraint>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) segments: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) variants: Vec<Variant>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) disabled: bool,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum StrategyKind {
    Rollout {
        #[serde(deserialize_with = "percent")]
        #[cfg_attr(test, schemars(range(min = 0, max = 100)))]
        percent: u8,
        stickiness: String,
        group: String,
    },
    Targeted {
        by: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
    },
    Unreadable {
        why: String,
    },
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Constraint {
    pub(super) field: String,
    pub(super) operator: Operator,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) inverted: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) case_insensitive: bool,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Operator {
    After(Timestamp),
    Before(Timestamp),
    Other {
        name: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
    },
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) weight: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) payload: Option<Payload>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Payload {
    pub(super) value: String,
    pub(super) kind: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Usage {
    pub(super) hours: u32,
    pub(super) yes: u64,
    pub(super) no: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) variants: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) applications: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct UnknownName {
    pub(super) key: Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_seen_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reports: Vec<Report>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Report {
    pub(super) application: String,
    pub(super) environment: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Gap {
    pub(super) source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) flag: Option<Key>,
    pub(super) reason: GapReason,
    pub(super) detail: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Event {
    pub(super) id: i64,
    pub(super) at: Timestamp,
    pub(super) actor: Actor,
    pub(super) kind: EventKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) flag: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) environment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<Group>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Group {
    pub(super) kind: String,
    pub(super) id: String,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Actor {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<i64>,
    pub(super) kind: ActorKind,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum ActorKind {
    Account,
    SharedToken,
    System,
    Unknown,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum EventKind {
    FlagCreated,
    FlagRevived,
    FlagArchived,
    FlagDeleted,
    FlagCompleted {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variant: Option<String>,
    },
    FlagUncompleted,
    MarkedStale,
    UnmarkedStale,
    FlagMoved,
    Enabled,
    Disabled,
    StrategyAdded(Box<Strategy>),
    StrategyUpdated {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Box<Strategy>>,
        after: Box<Strategy>,
    },
    StrategyRemoved {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    StrategiesReordered,
    VariantsUpdated,
    DependencyAdded,
    DependencyRemoved,
    RolloutProgressed,
    SafeguardTriggered,
    Described {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    LinkAdded(Link),
    Tagged(Tag),
    Untagged(Tag),
    RequestMoved {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<i64>,
        step: RequestStep,
    },
    SegmentUpdated(String),
    Other(String),
}

fn percent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let percent = u8::deserialize(deserializer)?;
    if percent > 100 {
        return Err(serde::de::Error::custom("a share is between 0 and 100 percent"));
    }
    Ok(percent)
}

fn is_false(value: &bool) -> bool {
    !*value
}
