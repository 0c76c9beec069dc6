//! A flag with its labels, dependencies and stages.

use downhaul_core as core;

use super::super::wire::{self, To};
use super::{all, values};

impl From<core::Flag> for wire::Flag {
    fn from(value: core::Flag) -> Self {
        let core::Flag {
            key,
            project,
            flag_type,
            description,
            created_at,
            created_by,
            archived_at,
            stale,
            impression_data,
            tags,
            links,
            collaborators,
            impact_metrics,
            parents,
            children,
            lifecycle,
            environments,
        } = value;
        let core::Lifecycle { stages, completion } = lifecycle;
        wire::Flag {
            key: key.into(),
            project,
            flag_type: flag_type.as_str().to_owned(),
            description,
            created_at,
            created_by,
            archived_at,
            stale,
            impression_data,
            tags: all(tags),
            links: all(links),
            collaborators,
            impact_metrics: impact_metrics.to(),
            parents: all(parents),
            children: all(children),
            stages: all(stages),
            completion: completion.map(Into::into),
            environments: values(environments),
        }
    }
}

impl From<wire::Flag> for core::Flag {
    fn from(value: wire::Flag) -> Self {
        let wire::Flag {
            key,
            project,
            flag_type,
            description,
            created_at,
            created_by,
            archived_at,
            stale,
            impression_data,
            tags,
            links,
            collaborators,
            impact_metrics,
            parents,
            children,
            stages,
            completion,
            environments,
        } = value;
        let lifecycle = core::Lifecycle { stages: all(stages), completion: completion.map(Into::into) };
        core::Flag {
            key: key.into(),
            project,
            flag_type: core::FlagType::from_name(&flag_type),
            description,
            created_at,
            created_by,
            archived_at,
            stale,
            impression_data,
            tags: all(tags),
            links: all(links),
            collaborators,
            impact_metrics: impact_metrics.to(),
            parents: all(parents),
            children: all(children),
            lifecycle,
            environments: values(environments),
        }
    }
}

impl From<core::FlagKey> for wire::Key {
    fn from(key: core::FlagKey) -> Self {
        wire::Key(key)
    }
}

impl From<wire::Key> for core::FlagKey {
    fn from(key: wire::Key) -> Self {
        key.0
    }
}

impl From<core::Tag> for wire::Tag {
    fn from(value: core::Tag) -> Self {
        let core::Tag { kind, value } = value;
        wire::Tag { kind, value }
    }
}

impl From<wire::Tag> for core::Tag {
    fn from(value: wire::Tag) -> Self {
        let wire::Tag { kind, value } = value;
        core::Tag { kind, value }
    }
}

impl From<core::Link> for wire::Link {
    fn from(value: core::Link) -> Self {
        let core::Link { title, url } = value;
        wire::Link { title, url }
    }
}

impl From<wire::Link> for core::Link {
    fn from(value: wire::Link) -> Self {
        let wire::Link { title, url } = value;
        core::Link { title, url }
    }
}

impl From<core::Dependency> for wire::Dependency {
    fn from(value: core::Dependency) -> Self {
        let core::Dependency { parent, required_on, variants } = value;
        wire::Dependency { parent: parent.into(), required_on, variants }
    }
}

impl From<wire::Dependency> for core::Dependency {
    fn from(value: wire::Dependency) -> Self {
        let wire::Dependency { parent, required_on, variants } = value;
        core::Dependency { parent: parent.into(), required_on, variants }
    }
}

impl From<core::StageEntry> for wire::StageEntry {
    fn from(value: core::StageEntry) -> Self {
        let core::StageEntry { stage, entered_at } = value;
        wire::StageEntry { stage: stage.into(), entered_at }
    }
}

impl From<wire::StageEntry> for core::StageEntry {
    fn from(value: wire::StageEntry) -> Self {
        let wire::StageEntry { stage, entered_at } = value;
        core::StageEntry { stage: stage.into(), entered_at }
    }
}

impl From<core::Stage> for wire::Stage {
    fn from(value: core::Stage) -> Self {
        match value {
            core::Stage::Initial => wire::Stage::Initial,
            core::Stage::PreLive => wire::Stage::PreLive,
            core::Stage::Live => wire::Stage::Live,
            core::Stage::Completed => wire::Stage::Completed,
            core::Stage::Archived => wire::Stage::Archived,
        }
    }
}

impl From<wire::Stage> for core::Stage {
    fn from(value: wire::Stage) -> Self {
        match value {
            wire::Stage::Initial => core::Stage::Initial,
            wire::Stage::PreLive => core::Stage::PreLive,
            wire::Stage::Live => core::Stage::Live,
            wire::Stage::Completed => core::Stage::Completed,
            wire::Stage::Archived => core::Stage::Archived,
        }
    }
}

impl From<core::Completion> for wire::Completion {
    fn from(value: core::Completion) -> Self {
        match value {
            core::Completion::Kept { variant } => wire::Completion::Kept { variant },
            core::Completion::Discarded => wire::Completion::Discarded,
            core::Completion::Unspecified => wire::Completion::Unspecified,
        }
    }
}

impl From<wire::Completion> for core::Completion {
    fn from(value: wire::Completion) -> Self {
        match value {
            wire::Completion::Kept { variant } => core::Completion::Kept { variant },
            wire::Completion::Discarded => core::Completion::Discarded,
            wire::Completion::Unspecified => core::Completion::Unspecified,
        }
    }
}
