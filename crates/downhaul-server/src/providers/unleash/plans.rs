//! Release plans with their milestones and safeguards, of paid editions.

use downhaul_core::{Milestone, ReleasePlan, ReleaseTemplate, Safeguard, SafeguardAction, Side, Source};

use super::gaps::Gaps;
use super::strategies::strategy;
use super::wire;
use crate::http::client::Session;

/// The templates. The plans themselves come with the flags; that there are none of them says nothing on a server
/// without this route.
pub(super) fn templates(session: &Session<'_>, gaps: &mut Gaps) -> Vec<ReleaseTemplate> {
    let read = session.get::<Vec<wire::ReleaseTemplate>>(&["release-plan-templates"], &[]);
    gaps.value(Source::ReleasePlans, read).into_iter().map(template).collect()
}

fn template(read: wire::ReleaseTemplate) -> ReleaseTemplate {
    ReleaseTemplate {
        id: read.id,
        name: read.name,
        archived_at: read.archived_at,
        // Groups are named after the flag once there is one.
        milestones: milestones(read.milestones, "{{featureName}}"),
    }
}

/// A plan of the flag `flag`.
pub(super) fn plan(read: wire::ReleasePlan, flag: &str) -> ReleasePlan {
    ReleasePlan {
        id: read.id,
        name: read.name,
        template: read.release_plan_template_id,
        created_at: read.created_at,
        active_milestone: read.active_milestone_id,
        milestones: milestones(read.milestones, flag),
        safeguards: read.safeguards.into_iter().map(safeguard).collect(),
    }
}

fn milestones(mut read: Vec<wire::Milestone>, flag: &str) -> Vec<Milestone> {
    read.sort_by_key(|milestone| milestone.sort_order);
    let milestone = |read: wire::Milestone| Milestone {
        id: read.id,
        name: read.name,
        started_at: read.started_at,
        paused_at: read.paused_at,
        minutes_to_next: read.transition_condition.and_then(|condition| condition.interval_minutes),
        strategies: read.strategies.into_iter().map(|read| strategy(read, flag)).collect(),
    };
    read.into_iter().map(milestone).collect()
}

pub(super) fn safeguard(read: wire::Safeguard) -> Safeguard {
    Safeguard {
        id: read.id,
        action: match read.action.kind.as_str() {
            "pause" => SafeguardAction::PausePlan,
            "disableFeatureEnvironment" => SafeguardAction::SwitchOff,
            other => SafeguardAction::Other(other.to_owned()),
        },
        metric: read.impact_metric.map(|metric| metric.metric_name).unwrap_or_default(),
        acts: match read.trigger_condition.operator.as_str() {
            ">" => Side::Above,
            "<" => Side::Below,
            other => Side::Other(other.to_owned()),
        },
        threshold: read.trigger_condition.threshold.to_string(),
    }
}
