//! Change requests and release plans, of paid editions.

use std::collections::BTreeMap;

use downhaul_core::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Strategy, or_default};

/// An element of `GET projects/{project}/change-requests/config`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Protection {
    pub(in super::super) environment: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) change_request_enabled: bool,
    pub(in super::super) required_approvals: Option<u32>,
}

/// An element of `GET projects/{project}/change-requests`; alone it says more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ChangeRequest {
    pub(in super::super) id: i64,
    pub(in super::super) title: Option<String>,
    pub(in super::super) environment: String,
    pub(in super::super) state: String,
    pub(in super::super) created_by: Author,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) min_approvals: Option<u32>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) approvals: Vec<Review>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) rejections: Vec<Review>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) comments: Vec<Comment>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) state_timestamps: BTreeMap<String, Option<Timestamp>>,
    pub(in super::super) schedule: Option<Schedule>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) features: Vec<FeatureChanges>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) segments: Vec<SegmentChange>,
}

/// Where it stands beside a comment, it has no id.
#[derive(Deserialize)]
pub(in super::super) struct Author {
    pub(in super::super) id: Option<i64>,
    pub(in super::super) username: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Review {
    pub(in super::super) created_by: Author,
    pub(in super::super) created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Comment {
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) text: String,
    pub(in super::super) created_by: Author,
    pub(in super::super) created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Schedule {
    pub(in super::super) status: String,
    pub(in super::super) scheduled_at: Option<Timestamp>,
    pub(in super::super) reason: Option<String>,
    /// The older word for it.
    pub(in super::super) failure_reason: Option<String>,
}

#[derive(Deserialize)]
pub(in super::super) struct FeatureChanges {
    pub(in super::super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) changes: Vec<Change>,
}

/// The shape of the payload depends on the action.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Change {
    pub(in super::super) action: String,
    #[serde(default)]
    pub(in super::super) payload: Value,
    pub(in super::super) created_by: Option<Author>,
    pub(in super::super) created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct SegmentChange {
    pub(in super::super) action: String,
    #[serde(default)]
    pub(in super::super) payload: Value,
    pub(in super::super) created_by: Option<Author>,
    pub(in super::super) created_at: Option<Timestamp>,
}

/// An element of `GET release-plan-templates`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ReleaseTemplate {
    pub(in super::super) id: String,
    pub(in super::super) name: String,
    pub(in super::super) archived_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) milestones: Vec<Milestone>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ReleasePlan {
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) name: String,
    pub(in super::super) release_plan_template_id: Option<String>,
    pub(in super::super) created_at: Option<Timestamp>,
    pub(in super::super) active_milestone_id: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) milestones: Vec<Milestone>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) safeguards: Vec<Safeguard>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Milestone {
    pub(in super::super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) name: String,
    #[serde(default)]
    pub(in super::super) sort_order: i64,
    pub(in super::super) started_at: Option<Timestamp>,
    pub(in super::super) paused_at: Option<Timestamp>,
    pub(in super::super) transition_condition: Option<TransitionCondition>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) strategies: Vec<Strategy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct TransitionCondition {
    pub(in super::super) interval_minutes: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Safeguard {
    pub(in super::super) id: String,
    pub(in super::super) action: SafeguardAction,
    pub(in super::super) trigger_condition: TriggerCondition,
    pub(in super::super) impact_metric: Option<ImpactMetric>,
}

#[derive(Deserialize)]
pub(in super::super) struct SafeguardAction {
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
}

#[derive(Deserialize)]
pub(in super::super) struct TriggerCondition {
    pub(in super::super) operator: String,
    pub(in super::super) threshold: serde_json::Number,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ImpactMetric {
    pub(in super::super) metric_name: String,
}
