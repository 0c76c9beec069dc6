//! The flag server at one instant, with what could not be read of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::access::Access;
use crate::application::{Application, Integration};
use crate::approval::Approvals;
use crate::event::Event;
use crate::flag::{Flag, FlagKey, FlagType, Segment, SegmentId};
use crate::release_plan::ReleaseTemplate;

/// Everything that was captured of a flag server. Saved to a file it makes later runs offline and reproducible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// When the capture began, by the server's clock where it has one. Rules take this for "now".
    pub captured_at: Timestamp,
    /// Which server.
    pub server: ServerInfo,
    /// The projects that the token could see.
    pub projects: Vec<Project>,
    /// The environments, in the server's order.
    pub environments: Vec<Environment>,
    /// How long flags of a type are expected to live.
    pub flag_types: Vec<FlagTypeInfo>,
    /// Reusable sets of constraints.
    pub segments: BTreeMap<SegmentId, Segment>,
    /// All flags, archived ones included.
    pub flags: BTreeMap<FlagKey, Flag>,
    /// The event log, oldest first.
    pub events: Vec<Event>,
    /// Where the event log begins; `None` when it was read to its beginning.
    pub events_since: Option<Timestamp>,
    /// Names that running applications asked for and the server does not have.
    pub unknown_names: Vec<UnknownName>,
    /// Programs that ask for flags.
    pub applications: Vec<Application>,
    /// Services that the server tells of changes.
    pub integrations: Vec<Integration>,
    /// Who can do what.
    pub access: Access,
    /// Who has to agree to changes, and who did.
    pub approvals: Approvals,
    /// The plans that release plans are made from.
    pub release_templates: Vec<ReleaseTemplate>,
    /// What this snapshot is made of.
    pub provenance: Provenance,
    /// What could not be read, and why.
    pub gaps: Vec<Gap>,
}

/// What a snapshot is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// SHA-256 of the file of the snapshot before this one, in lower-case hex; `None` when it does not continue one.
    pub previous: Option<String>,
    /// Whether people and the values of constraints are replaced by keyed hashes.
    pub redacted: bool,
}

impl Snapshot {
    /// The first gap in `source` that concerns everything, or `flag` if one is given.
    pub fn gap(&self, source: Source, flag: Option<&FlagKey>) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.source == source && (gap.flag.is_none() || gap.flag.as_ref() == flag))
    }

    /// Names of the environments of type production.
    pub fn production_environments(&self) -> impl Iterator<Item = &str> {
        self.environments
            .iter()
            .filter(|environment| environment.kind == EnvironmentKind::Production)
            .map(|environment| environment.name.as_str())
    }

    /// The days that a flag of this type is expected to live; `None` for ever, or when the server does not say.
    pub fn lifetime_days(&self, flag_type: &FlagType) -> Option<u32> {
        self.flag_types.iter().find(|info| info.flag_type == *flag_type).and_then(|info| info.lifetime_days)
    }
}

/// Which server, and what it can do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerInfo {
    /// The provider: `unleash`.
    pub kind: String,
    /// Where it is, without credentials.
    pub url: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What was bought.
    pub edition: Edition,
    /// By how many seconds its clock was ahead of that of the machine that asked (behind, if negative); a few seconds
    /// count as none. `None` when it does not tell the time.
    pub clock_ahead: Option<i64>,
    /// Whether it hides from its event log who did something; `None` when it does not say.
    pub anonymises_events: Option<bool>,
    /// How many values a segment may hold; `None` when it does not say.
    pub segment_values: Option<u32>,
}

/// What was bought. Approvals, release plans and roles exist on the paid editions only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edition {
    /// The open-source server.
    OpenSource,
    /// A paid one.
    Enterprise,
    /// The server did not say.
    #[default]
    Unknown,
}

/// A project on the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who is responsible for it; `None` when the server does not say.
    pub owners: Option<Vec<Owner>>,
    /// What names of flags must look like; `None` when they may be anything, or a gap says why it is not known.
    pub naming: Option<NamingPattern>,
}

/// Who is responsible for a project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Somebody, as the server names people.
    Person(String),
    /// A group of people.
    Group(String),
}

/// What names of flags must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingPattern {
    /// A regular expression of JavaScript that the whole name must match.
    pub pattern: String,
    /// A name that does.
    pub example: Option<String>,
    /// What its makers wrote about it.
    pub description: Option<String>,
}

/// An environment on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: EnvironmentKind,
    /// Whether it is in use.
    pub enabled: bool,
}

/// What an environment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentKind {
    /// Real users.
    Production,
    /// The last stop before.
    PreProduction,
    /// Everyday work.
    Development,
    /// Automated tests.
    Test,
    /// Any other word of the server.
    Other(String),
}

/// How long flags of a type are expected to live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagTypeInfo {
    /// The type.
    pub flag_type: FlagType,
    /// Days; `None` means for ever.
    pub lifetime_days: Option<u32>,
}

/// A name that running applications asked for and the server does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The name.
    pub key: FlagKey,
    /// When it was last asked for.
    pub last_seen_at: Option<Timestamp>,
    /// Application and environment of those who asked.
    pub reports: Vec<(String, String)>,
}

/// A part of the server's knowledge that rules depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The list of flags.
    Flags,
    /// The list of archived flags.
    ArchivedFlags,
    /// Strategies, dependencies and links of a flag.
    Details,
    /// The stages of a flag.
    Lifecycle,
    /// The types of flags with their lifetimes.
    FlagTypes,
    /// The event log.
    Events,
    /// Evaluations and last-seen times.
    Usage,
    /// Names asked for in vain.
    UnknownNames,
    /// Segments.
    Segments,
    /// Environments.
    Environments,
    /// Projects.
    Projects,
    /// What names of flags must look like.
    Naming,
    /// Dates, makers, tags, links and collaborators of flags.
    Labels,
    /// Programs that ask for flags.
    Applications,
    /// Services that the server tells of changes.
    Integrations,
    /// API tokens.
    Tokens,
    /// People with a login.
    Users,
    /// How many may do everything.
    Admins,
    /// Numbers of people, programs and admin tokens.
    Headcount,
    /// Where changes need approval.
    Protections,
    /// Change requests with their approvals.
    ChangeRequests,
    /// Release plans, their templates and safeguards.
    ReleasePlans,
    /// Measures of success that are watched for flags.
    ImpactMetrics,
    /// Roles with what they allow.
    Roles,
    /// Who holds which role in which project.
    Grants,
    /// Accounts of programs.
    ServiceAccounts,
}

impl Source {
    /// Every source, for those who must name them all.
    pub const ALL: [Source; 26] = [
        Source::Flags,
        Source::ArchivedFlags,
        Source::Details,
        Source::Lifecycle,
        Source::FlagTypes,
        Source::Events,
        Source::Usage,
        Source::UnknownNames,
        Source::Segments,
        Source::Environments,
        Source::Projects,
        Source::Naming,
        Source::Labels,
        Source::Applications,
        Source::Integrations,
        Source::Tokens,
        Source::Users,
        Source::Admins,
        Source::Headcount,
        Source::Protections,
        Source::ChangeRequests,
        Source::ReleasePlans,
        Source::ImpactMetrics,
        Source::Roles,
        Source::Grants,
        Source::ServiceAccounts,
    ];

    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Flags => "flags",
            Source::ArchivedFlags => "archived-flags",
            Source::Details => "details",
            Source::Lifecycle => "lifecycle",
            Source::FlagTypes => "flag-types",
            Source::Events => "events",
            Source::Usage => "usage",
            Source::UnknownNames => "unknown-names",
            Source::Segments => "segments",
            Source::Environments => "environments",
            Source::Projects => "projects",
            Source::Naming => "naming",
            Source::Labels => "labels",
            Source::Applications => "applications",
            Source::Integrations => "integrations",
            Source::Tokens => "tokens",
            Source::Users => "users",
            Source::Admins => "admins",
            Source::Headcount => "headcount",
            Source::Protections => "protections",
            Source::ChangeRequests => "change-requests",
            Source::ReleasePlans => "release-plans",
            Source::ImpactMetrics => "impact-metrics",
            Source::Roles => "roles",
            Source::Grants => "grants",
            Source::ServiceAccounts => "service-accounts",
        }
    }

    /// Whether only paid editions of a server have it. That an open-source server lacks it is no news.
    pub fn is_of_paid_editions(self) -> bool {
        matches!(
            self,
            Source::Protections
                | Source::ChangeRequests
                | Source::ReleasePlans
                | Source::ImpactMetrics
                | Source::Roles
                | Source::Grants
                | Source::ServiceAccounts
        )
    }
}

/// Something that could not be read. Whoever needed it says "not evaluated", never "nothing found".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing.
    pub source: Source,
    /// For this flag only; `None` for all.
    pub flag: Option<FlagKey>,
    /// Why, for programs.
    pub reason: GapReason,
    /// Why, for people: one sentence that says whose move it is.
    pub detail: String,
}

/// Why something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapReason {
    /// The token may not read it.
    Forbidden,
    /// This server or edition does not have it.
    Unsupported,
    /// It was cut short.
    Truncated,
    /// The server failed, or its answer made no sense.
    Failed,
    /// The provider cannot know it (a file without events, say).
    Absent,
}

impl GapReason {
    /// Every reason.
    pub const ALL: [GapReason; 5] =
        [GapReason::Forbidden, GapReason::Unsupported, GapReason::Truncated, GapReason::Failed, GapReason::Absent];

    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            GapReason::Forbidden => "forbidden",
            GapReason::Unsupported => "unsupported",
            GapReason::Truncated => "truncated",
            GapReason::Failed => "failed",
            GapReason::Absent => "absent",
        }
    }
}
