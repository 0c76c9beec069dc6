//! Where a flag stands in its life, and since when.

use jiff::Timestamp;

/// The stages, in order. A closed list: every server's own statuses are mapped onto it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Made, never asked for.
    Initial,
    /// Asked for, but not in production.
    PreLive,
    /// Asked for in production while enabled there.
    Live,
    /// Declared done by a person.
    Completed,
    /// Taken off the server.
    Archived,
}

impl Stage {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Initial => "initial",
            Stage::PreLive => "pre-live",
            Stage::Live => "live",
            Stage::Completed => "completed",
            Stage::Archived => "archived",
        }
    }

    /// The stage with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Stage::Initial, Stage::PreLive, Stage::Live, Stage::Completed, Stage::Archived]
            .into_iter()
            .find(|stage| stage.as_str() == name)
    }
}

/// How a flag was completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// The feature stays.
    Kept {
        /// The variant that won, where the server knows it.
        variant: Option<String>,
    },
    /// The feature goes.
    Discarded,
    /// The server says completed, not how.
    Unspecified,
}

/// One stage and the moment it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageEntry {
    /// The stage.
    pub stage: Stage,
    /// When.
    pub entered_at: Timestamp,
}

/// The stages a flag went through. Reviving a flag starts it anew, so earlier stages can be gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// In the order they were entered. Empty when the server does not say.
    pub stages: Vec<StageEntry>,
    /// Set once the flag is completed.
    pub completion: Option<Completion>,
}

impl Lifecycle {
    /// The stage the flag is in now.
    pub fn current(&self) -> Option<StageEntry> {
        self.stages.last().copied()
    }

    /// When the flag entered `stage`, if it did (the last time).
    pub fn entered(&self, stage: Stage) -> Option<Timestamp> {
        self.stages.iter().rev().find(|entry| entry.stage == stage).map(|entry| entry.entered_at)
    }
}
