//! The vocabulary of downhaul: plain values and the few operations on them that need nothing from outside.
//!
//! Everything downhaul does is one sentence. **References** found in code, joined with a **snapshot** of the flag
//! server and with what the repository itself states, make the **evidence**; **rules** turn evidence into **findings** and a **tally** of what passed, did not
//! apply or could not be told; some findings carry a **removal**. Each bold word is a module here, in that order.
//!
//! This crate knows no file system, network, clock, environment or terminal, no vendor's name and no syntax tree.
//! Its types are not serialisable: whoever speaks a wire format owns the structs for it.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod access;
pub mod application;
pub mod approval;
pub mod change;
pub mod cleaned;
pub mod edit;
pub mod event;
pub mod evidence;
pub mod exposure;
pub mod finding;
pub mod fingerprint;
pub mod flag;
pub mod inventory;
pub mod lifecycle;
pub mod manifest;
pub mod mark;
pub mod outcome;
pub mod owners;
pub mod reconcile;
pub mod reference;
pub mod release_plan;
pub mod replay;
pub mod secret;
pub mod settled;
pub mod skipped;
pub mod snapshot;
pub mod source;

pub use access::{
    Access, AccountToken, Admins, ApiToken, Grant, Headcount, Permission, Person, Right, Role, RoleReach, Scope,
    ServiceAccount, TokenKind, TokenStorage, User,
};
pub use application::{Application, Delivery, Integration, SdkVersion};
pub use approval::{
    Approvals, ChangeAction, ChangeRequest, ChangeTarget, Comment, Protection, RequestState, RequestedChange, Review,
    Schedule, ScheduleStatus,
};
pub use change::{AddedLines, Change};
pub use cleaned::{CleanOutcome, Cleaned, CleanedFile, CleanedFlag, Left};
pub use edit::Edit;
pub use event::{Actor, ActorKind, Event, EventKind, RequestStep};
pub use evidence::{Evidence, EvidenceBuilder, RunScope};
pub use exposure::Exposure;
pub use finding::{
    Anchor, Control, EvidenceItem, Finding, Keep, Label, LogicalLocation, Removal, RuleInfo, RuleScope, Severity,
};
pub use fingerprint::Fingerprint;
pub use flag::{
    Constraint, Dependency, Flag, FlagEnvironment, FlagKey, FlagType, ImpactMetric, InvalidFlagKey, Link, Operator,
    Segment, SegmentId, SegmentUse, Strategy, StrategyKind, Tag, Usage, Variant,
};
pub use inventory::{Inventory, Repositories, Use};
pub use lifecycle::{Completion, Lifecycle, Stage, StageEntry};
pub use manifest::{
    Declaration, DeclaredState, DefaultByPath, DefaultValue, Intent, Manifest, ReleaseReview, RemovalPlan, Stated,
    SuccessCriterion,
};
pub use mark::Mark;
pub use outcome::{Subject, Tally, Verdicts};
pub use owners::CodeOwners;
pub use reconcile::{Act, Agreed, Agreements, MatchedBy};
pub use reference::{
    Confidence, Context, Enclosing, Fallback, KeyPattern, PathClass, Reference, ReferenceKind, ReferencedKey,
    Resolution, Returns, Timing, VariantChoice, VariantUse, Via, ViaRole,
};
pub use release_plan::{Milestone, ReleasePlan, ReleaseTemplate, Safeguard, SafeguardAction, Side};
pub use secret::{Secret, SecretKind, SecretUser};
pub use settled::Settled;
pub use skipped::{SkipReason, Skipped};
pub use snapshot::{
    Edition, Environment, EnvironmentKind, FlagTypeInfo, Gap, GapReason, NamingPattern, Owner, Project, Provenance,
    ServerInfo, Snapshot, Source, UnknownName,
};
pub use source::{LineIndex, Location, Position, Span};

/// A moment, always in UTC; re-exported so that every crate means the same one.
pub use jiff::Timestamp;
