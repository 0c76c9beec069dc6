//! What happened on the flag server, in neutral words.

use jiff::Timestamp;

use crate::flag::{FlagKey, Link, SegmentId, Strategy, Tag};

/// One entry of the server's event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The server's id; greater is later.
    pub id: i64,
    /// When it was written.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub kind: EventKind,
    /// The flag concerned.
    pub flag: Option<FlagKey>,
    /// The project concerned.
    pub project: Option<String>,
    /// The environment concerned; `None` concerns all.
    pub environment: Option<String>,
    /// Kind and id of the transaction it belongs to.
    pub group: Option<(String, String)>,
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The name the server gives; may be empty.
    pub name: String,
    /// The server's id.
    pub id: Option<i64>,
    /// What it is.
    pub kind: ActorKind,
}

/// What kind of actor it was. Only a person or a registered account can be held to account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// Somebody with a login of their own, or a service account.
    Account,
    /// An API token that nobody stands behind.
    SharedToken,
    /// The server itself.
    System,
    /// The log does not say.
    Unknown,
}

/// What was done. What no rule asks about is [`EventKind::Other`] with the server's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A flag was made.
    FlagCreated,
    /// A flag came back from the archive.
    FlagRevived,
    /// A flag was archived.
    FlagArchived,
    /// A flag was deleted for good.
    FlagDeleted,
    /// A flag was declared done.
    FlagCompleted {
        /// `None` where the log does not say.
        kept: Option<bool>,
        /// The variant that was kept.
        variant: Option<String>,
    },
    /// The declaration was taken back.
    FlagUncompleted,
    /// A person marked the flag stale.
    MarkedStale,
    /// The mark was taken off.
    UnmarkedStale,
    /// A flag went to another project.
    FlagMoved,
    /// The environment was switched on.
    Enabled,
    /// The environment was switched off.
    Disabled,
    /// A strategy came.
    StrategyAdded(Box<Strategy>),
    /// A strategy changed.
    StrategyUpdated {
        /// As it was, where the log says.
        before: Option<Box<Strategy>>,
        /// As it is.
        after: Box<Strategy>,
    },
    /// A strategy went.
    StrategyRemoved {
        /// The server's id of the strategy, where the log says.
        id: Option<String>,
    },
    /// The order of strategies changed.
    StrategiesReordered,
    /// The variants of an environment changed.
    VariantsUpdated,
    /// The flag got a parent.
    DependencyAdded,
    /// The flag lost a parent.
    DependencyRemoved,
    /// A release plan moved.
    RolloutProgressed,
    /// A safeguard acted: it held a plan up, or switched the flag off.
    SafeguardTriggered,
    /// What is written about a flag changed.
    Described {
        /// What is written now.
        description: Option<String>,
    },
    /// A flag got a link.
    LinkAdded(Link),
    /// A flag got a label.
    Tagged(Tag),
    /// A flag lost a label.
    Untagged(Tag),
    /// A change request moved on.
    RequestMoved {
        /// Its id, where the log says.
        id: Option<i64>,
        /// Where to.
        step: RequestStep,
    },
    /// A segment changed.
    SegmentUpdated(SegmentId),
    /// Anything else, by the server's name.
    Other(String),
}

/// What can happen to a change request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestStep {
    /// It was made.
    Created,
    /// Something in it was added, edited or taken out.
    Edited,
    /// It waits for approvals now.
    SentToReview,
    /// Somebody said yes, and more have to.
    ApprovalAdded,
    /// Somebody said yes, and that is enough.
    Approved,
    /// Somebody said no.
    Rejected,
    /// It is to be applied at a set time.
    Scheduled,
    /// It was put into effect.
    Applied,
    /// It was taken back.
    Cancelled,
    /// Any other word of the server.
    Other(String),
}

impl EventKind {
    /// Whether what an environment serves can differ after such an event.
    pub fn may_change_exposure(&self) -> bool {
        match self {
            EventKind::FlagCreated
            | EventKind::FlagRevived
            | EventKind::Enabled
            | EventKind::Disabled
            | EventKind::StrategyAdded(_)
            | EventKind::StrategyUpdated { .. }
            | EventKind::StrategyRemoved { .. }
            | EventKind::StrategiesReordered
            | EventKind::VariantsUpdated
            | EventKind::DependencyAdded
            | EventKind::DependencyRemoved
            | EventKind::RolloutProgressed
            | EventKind::SafeguardTriggered
            | EventKind::SegmentUpdated(_) => true,
            EventKind::FlagArchived
            | EventKind::FlagDeleted
            | EventKind::FlagCompleted { .. }
            | EventKind::FlagUncompleted
            | EventKind::MarkedStale
            | EventKind::UnmarkedStale
            | EventKind::FlagMoved
            | EventKind::Described { .. }
            | EventKind::LinkAdded(_)
            | EventKind::Tagged(_)
            | EventKind::Untagged(_)
            | EventKind::RequestMoved { .. }
            | EventKind::Other(_) => false,
        }
    }
}
