//! Access, approvals, release plans, applications and integrations in the snapshot file.

use downhaul_core as core;
use downhaul_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::mirror::{Blank, To, mirror_enum, mirror_struct};
use super::{Key, Strategy};

mirror_struct!(Application { name: String } may lack {
    created_at: Option<Timestamp>, seen_at: Option<Timestamp>, environments: Vec<String>, sdks: Option<Vec<SdkVersion>>,
});
mirror_struct!(SdkVersion { name: String, version: String } may lack {});
mirror_struct!(Integration {
    id: i64, provider: String, enabled: bool, events: Vec<String>, projects: Scope, environments: Scope,
} may lack { description: Option<String>, last_delivery: Option<Delivery> });
mirror_struct!(Delivery { at: Timestamp, succeeded: bool } may lack {});

mirror_struct!(Access {} may lack {
    tokens: Vec<ApiToken>, users: Vec<User>, admins: Option<Admins>, counts: Option<Headcount>, roles: Vec<Role>,
    grants: Vec<Grant>, service_accounts: Vec<ServiceAccount>,
});
mirror_enum!(Scope { All } with { Only(Vec<String>) });
mirror_struct!(ApiToken { name: String, kind: TokenKind, projects: Scope, environments: Scope } may lack {
    created_at: Option<Timestamp>, expires_at: Option<Timestamp>, seen_at: Option<Timestamp>,
    storage: Option<TokenStorage>,
});
mirror_enum!(TokenKind { Admin, Backend, Frontend } with { Other(String) });
mirror_enum!(TokenStorage { Clear, Hashed } with {});
mirror_struct!(Person { name: String } may lack { id: Option<i64> });
mirror_struct!(User { person: Person } may lack {
    role: Option<String>, created_at: Option<Timestamp>, seen_at: Option<Timestamp>,
});
mirror_struct!(Admins { people: u32, service_accounts: u32 } may lack {});
mirror_struct!(Headcount { people: u32, service_accounts: u32 } may lack { admin_tokens: Option<u32> });
mirror_struct!(Role { id: i64, name: String, reach: RoleReach } may lack { permissions: Option<Vec<Permission>> });
mirror_enum!(RoleReach { Everywhere, Project } with {});
mirror_struct!(Permission { right: Right } may lack { environment: Option<String> });
mirror_enum!(Right { Everything, ApproveChange, ApplyChange, BypassApproval } with { Other(String) });
mirror_struct!(Grant { project: String, people: Vec<Person>, roles: Vec<i64> } may lack {
    group: Option<String>, since: Option<Timestamp>,
});
mirror_struct!(ServiceAccount { person: Person } may lack {
    role: Option<String>, created_at: Option<Timestamp>, tokens: Vec<AccountToken>,
});
mirror_struct!(AccountToken { description: String } may lack {
    created_at: Option<Timestamp>, expires_at: Option<Timestamp>, seen_at: Option<Timestamp>,
});

mirror_struct!(Approvals {} may lack { protections: Vec<Protection>, requests: Vec<ChangeRequest> });
mirror_struct!(Protection { project: String, environment: String } may lack { required: Option<u32> });
mirror_struct!(ChangeRequest {
    id: i64, project: String, environment: String, state: RequestState, author: Person, created_at: Timestamp,
} may lack {
    title: Option<String>, required: Option<u32>, approvals: Vec<Review>, rejections: Vec<Review>,
    comments: Vec<Comment>, entered: Vec<Entered>, schedule: Option<Schedule>, changes: Vec<RequestedChange>,
});
mirror_enum!(RequestState {
    Draft, InReview, Approved, Scheduled, Applied, Rejected, Cancelled,
} with { Other(String) });
mirror_struct!(Review { by: Person } may lack { at: Option<Timestamp> });
mirror_struct!(Comment { by: Person, text: String } may lack { at: Option<Timestamp> });
mirror_struct!(Schedule { status: ScheduleStatus } may lack { at: Option<Timestamp>, reason: Option<String> });
mirror_enum!(ScheduleStatus { Pending, Suspended, Failed } with { Other(String) });
mirror_struct!(RequestedChange { target: ChangeTarget, action: ChangeAction } may lack {
    by: Option<Person>, at: Option<Timestamp>,
});
mirror_enum!(ChangeTarget {} with { Flag(Key), Segment(String) });
mirror_enum!(ChangeAction { Archive } with {
    Switch(bool), AddStrategy(Box<Strategy>), UpdateStrategy(Box<Strategy>), RemoveStrategy(Option<String>),
    Other(String),
});

/// A state of a change request and when it was entered: a JSON object cannot have such a state for a key.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in super::super) struct Entered {
    pub(super) state: RequestState,
    pub(super) at: Timestamp,
}

mirror_struct!(ReleaseTemplate { id: String, name: String, milestones: Vec<Milestone> } may lack {
    archived_at: Option<Timestamp>,
});
mirror_struct!(ReleasePlan { id: String, name: String, milestones: Vec<Milestone> } may lack {
    template: Option<String>, created_at: Option<Timestamp>, active_milestone: Option<String>,
    safeguards: Vec<Safeguard>,
});
mirror_struct!(Milestone { id: String, name: String } may lack {
    started_at: Option<Timestamp>, paused_at: Option<Timestamp>, minutes_to_next: Option<u64>,
    strategies: Vec<Strategy>,
});
mirror_struct!(Safeguard {
    id: String, action: SafeguardAction, metric: String, acts: Side, threshold: String,
} may lack {});
mirror_enum!(SafeguardAction { PausePlan, SwitchOff } with { Other(String) });
mirror_enum!(Side { Above, Below } with { Other(String) });
mirror_struct!(ImpactMetric { metric: String } may lack { title: Option<String> });
mirror_struct!(Project { id: String, name: String } may lack {
    owners: Option<Vec<Owner>>, naming: Option<NamingPattern>,
});
mirror_enum!(Owner {} with { Person(String), Group(String) });
mirror_struct!(NamingPattern { pattern: String } may lack { example: Option<String>, description: Option<String> });
mirror_enum!(RequestStep {
    Created, Edited, SentToReview, ApprovalAdded, Approved, Rejected, Scheduled, Applied, Cancelled,
} with { Other(String) });
mirror_struct!(SegmentUse { flags: u32, projects: u32 } may lack {});

mirror_enum!(Source {
    Flags, ArchivedFlags, Details, Lifecycle, FlagTypes, Events, Usage, UnknownNames, Segments, Environments, Projects, Naming,
    Labels, Applications, Integrations, Tokens, Users, Admins, Headcount, Protections, ChangeRequests, ReleasePlans, ImpactMetrics, Roles,
    Grants, ServiceAccounts,
} with {});
mirror_enum!(GapReason { Forbidden, Unsupported, Truncated, Failed, Absent } with {});
