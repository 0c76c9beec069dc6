//! The state of a flag in an environment, with its strategies.

use downhaul_core as core;

use super::super::wire::{self, To};
use super::all;

impl From<core::FlagEnvironment> for wire::FlagEnvironment {
    fn from(value: core::FlagEnvironment) -> Self {
        let core::FlagEnvironment { enabled, strategies, variants, last_seen_at, usage, release_plans, safeguards } =
            value;
        wire::FlagEnvironment {
            enabled,
            strategies: strategies.map(all),
            variants: all(variants),
            last_seen_at,
            usage: usage.map(Into::into),
            release_plans: release_plans.to(),
            safeguards: safeguards.to(),
        }
    }
}

impl From<wire::FlagEnvironment> for core::FlagEnvironment {
    fn from(value: wire::FlagEnvironment) -> Self {
        let wire::FlagEnvironment { enabled, strategies, variants, last_seen_at, usage, release_plans, safeguards } =
            value;
        core::FlagEnvironment {
            enabled,
            strategies: strategies.map(all),
            variants: all(variants),
            last_seen_at,
            usage: usage.map(Into::into),
            release_plans: release_plans.to(),
            safeguards: safeguards.to(),
        }
    }
}

impl From<core::Strategy> for wire::Strategy {
    fn from(value: core::Strategy) -> Self {
        let core::Strategy { id, title, kind, constraints, segments, variants, disabled } = value;
        wire::Strategy {
            id,
            title,
            kind: kind.into(),
            constraints: all(constraints),
            segments: segments.into_iter().map(|id| id.0).collect(),
            variants: all(variants),
            disabled,
        }
    }
}

impl From<wire::Strategy> for core::Strategy {
    fn from(value: wire::Strategy) -> Self {
        let wire::Strategy { id, title, kind, constraints, segments, variants, disabled } = value;
        core::Strategy {
            id,
            title,
            kind: kind.into(),
            constraints: all(constraints),
            segments: segments.into_iter().map(core::SegmentId).collect(),
            variants: all(variants),
            disabled,
        }
    }
}

impl From<core::StrategyKind> for wire::StrategyKind {
    fn from(value: core::StrategyKind) -> Self {
        match value {
            core::StrategyKind::Rollout { percent, stickiness, group } => {
                wire::StrategyKind::Rollout { percent, stickiness, group }
            }
            core::StrategyKind::Targeted { by, values } => wire::StrategyKind::Targeted { by, values },
            core::StrategyKind::Unreadable(why) => wire::StrategyKind::Unreadable { why },
        }
    }
}

impl From<wire::StrategyKind> for core::StrategyKind {
    fn from(value: wire::StrategyKind) -> Self {
        match value {
            wire::StrategyKind::Rollout { percent, stickiness, group } => {
                core::StrategyKind::Rollout { percent, stickiness, group }
            }
            wire::StrategyKind::Targeted { by, values } => core::StrategyKind::Targeted { by, values },
            wire::StrategyKind::Unreadable { why } => core::StrategyKind::Unreadable(why),
        }
    }
}

impl From<core::Constraint> for wire::Constraint {
    fn from(value: core::Constraint) -> Self {
        let core::Constraint { field, operator, inverted, case_insensitive } = value;
        wire::Constraint { field, operator: operator.into(), inverted, case_insensitive }
    }
}

impl From<wire::Constraint> for core::Constraint {
    fn from(value: wire::Constraint) -> Self {
        let wire::Constraint { field, operator, inverted, case_insensitive } = value;
        core::Constraint { field, operator: operator.into(), inverted, case_insensitive }
    }
}

impl From<core::Operator> for wire::Operator {
    fn from(value: core::Operator) -> Self {
        match value {
            core::Operator::After(at) => wire::Operator::After(at),
            core::Operator::Before(at) => wire::Operator::Before(at),
            core::Operator::Other { name, values } => wire::Operator::Other { name, values },
        }
    }
}

impl From<wire::Operator> for core::Operator {
    fn from(value: wire::Operator) -> Self {
        match value {
            wire::Operator::After(at) => core::Operator::After(at),
            wire::Operator::Before(at) => core::Operator::Before(at),
            wire::Operator::Other { name, values } => core::Operator::Other { name, values },
        }
    }
}

impl From<core::Variant> for wire::Variant {
    fn from(value: core::Variant) -> Self {
        let core::Variant { name, weight, payload } = value;
        wire::Variant { name, weight, payload: payload.map(|(value, kind)| wire::Payload { value, kind }) }
    }
}

impl From<wire::Variant> for core::Variant {
    fn from(value: wire::Variant) -> Self {
        let wire::Variant { name, weight, payload } = value;
        core::Variant { name, weight, payload: payload.map(|wire::Payload { value, kind }| (value, kind)) }
    }
}

impl From<core::Usage> for wire::Usage {
    fn from(value: core::Usage) -> Self {
        let core::Usage { hours, yes, no, variants, applications, last_at } = value;
        wire::Usage { hours, yes, no, variants, applications, last_at }
    }
}

impl From<wire::Usage> for core::Usage {
    fn from(value: wire::Usage) -> Self {
        let wire::Usage { hours, yes, no, variants, applications, last_at } = value;
        core::Usage { hours, yes, no, variants, applications, last_at }
    }
}
