//! Rollouts that were planned in steps, and what stops them.

use jiff::Timestamp;

use crate::flag::Strategy;

/// A plan that others are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseTemplate {
    /// The server's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was archived; `None` while it is in use.
    pub archived_at: Option<Timestamp>,
    /// Its steps, in order.
    pub milestones: Vec<Milestone>,
}

/// The plan by which a flag reaches everyone in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasePlan {
    /// The server's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Id of the template it was made from.
    pub template: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Id of the step that holds now; `None` before the first.
    pub active_milestone: Option<String>,
    /// Its steps, in order.
    pub milestones: Vec<Milestone>,
    /// What stops it.
    pub safeguards: Vec<Safeguard>,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// The server's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it began; `None` for one that is still to come.
    pub started_at: Option<Timestamp>,
    /// Since when the automatic progress is held up.
    pub paused_at: Option<Timestamp>,
    /// After how many minutes the next step follows by itself; `None` waits for a person.
    pub minutes_to_next: Option<u64>,
    /// Who gets the flag in this step.
    pub strategies: Vec<Strategy>,
}

/// What stops a rollout by itself when a measure gets bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safeguard {
    /// The server's id.
    pub id: String,
    /// What it does.
    pub action: SafeguardAction,
    /// The measure it watches.
    pub metric: String,
    /// On which side of the threshold it acts.
    pub acts: Side,
    /// The threshold, as the server writes the number.
    pub threshold: String,
}

/// What a safeguard does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SafeguardAction {
    /// Holds up the plan.
    PausePlan,
    /// Switches the flag off in the environment.
    SwitchOff,
    /// Any other word of the server.
    Other(String),
}

/// On which side of a threshold something acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// When the measure is greater.
    Above,
    /// When the measure is less.
    Below,
    /// Any other word of the server.
    Other(String),
}
