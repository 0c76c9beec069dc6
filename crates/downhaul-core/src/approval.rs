//! Who has to agree to a change, and who did.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::Person;
use crate::flag::{FlagKey, SegmentId, Strategy};

/// What is known of approvals. What could not be read is empty, and a gap of the snapshot says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approvals {
    /// Where changes need approval, by project and environment.
    pub protections: Vec<Protection>,
    /// The change requests, by id.
    pub requests: Vec<ChangeRequest>,
}

/// Whether changes of flags in an environment of a project need approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// How many approvals a change needs; `None` when it needs none at all and can be made at once.
    pub required: Option<u32>,
}

/// Changes that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// The server's id.
    pub id: i64,
    /// What its author called it.
    pub title: Option<String>,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// Where it stands.
    pub state: RequestState,
    /// Who asked.
    pub author: Person,
    /// When.
    pub created_at: Timestamp,
    /// How many approvals it needed when it was made.
    pub required: Option<u32>,
    /// Who said yes.
    pub approvals: Vec<Review>,
    /// Who said no.
    pub rejections: Vec<Review>,
    /// What was said about it.
    pub comments: Vec<Comment>,
    /// When it last entered each state; empty when the server does not say.
    pub entered: BTreeMap<RequestState, Timestamp>,
    /// When it is to be applied, for one that waits.
    pub schedule: Option<Schedule>,
    /// What is to change.
    pub changes: Vec<RequestedChange>,
}

/// Where a change request stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestState {
    /// Seen by its author only.
    Draft,
    /// Waits for approvals.
    InReview,
    /// Has the approvals it needs.
    Approved,
    /// Is applied at a set time.
    Scheduled,
    /// In effect.
    Applied,
    /// Refused.
    Rejected,
    /// Taken back.
    Cancelled,
    /// Any other word of the server.
    Other(String),
}

/// A yes or a no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Whose.
    pub by: Person,
    /// When.
    pub at: Option<Timestamp>,
}

/// Something said about a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// By whom.
    pub by: Person,
    /// When.
    pub at: Option<Timestamp>,
    /// What.
    pub text: String,
}

/// When a change request is to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// At this time.
    pub at: Option<Timestamp>,
    /// Whether it will be.
    pub status: ScheduleStatus,
    /// Why not, in the server's words.
    pub reason: Option<String>,
}

/// Whether a scheduled change will be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleStatus {
    /// It will.
    Pending,
    /// It will not, unless somebody looks into it.
    Suspended,
    /// It was tried and did not work.
    Failed,
    /// Any other word of the server.
    Other(String),
}

/// One change in a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedChange {
    /// What is to change.
    pub target: ChangeTarget,
    /// How.
    pub action: ChangeAction,
    /// Who added it to the request.
    pub by: Option<Person>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeTarget {
    /// A flag.
    Flag(FlagKey),
    /// A segment.
    Segment(SegmentId),
}

/// How something is to change. What no rule asks about is [`ChangeAction::Other`] with the server's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeAction {
    /// Switch the environment on (`true`) or off.
    Switch(bool),
    /// Add a strategy.
    AddStrategy(Box<Strategy>),
    /// Change a strategy to this.
    UpdateStrategy(Box<Strategy>),
    /// Remove the strategy of this id, where the server names it.
    RemoveStrategy(Option<String>),
    /// Archive the flag.
    Archive,
    /// Anything else, by the server's name.
    Other(String),
}
