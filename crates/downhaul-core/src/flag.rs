//! A flag as a server knows it, in neutral words.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::lifecycle::Lifecycle;
use crate::release_plan::{ReleasePlan, Safeguard};

/// The name of a flag as the server knows it. Never empty; case matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlagKey(Arc<str>);

/// An empty text, or one with a control character in it, is no flag key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidFlagKey;

impl fmt::Display for InvalidFlagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flag key must not be empty and must not contain control characters")
    }
}

impl std::error::Error for InvalidFlagKey {}

impl FlagKey {
    /// Takes any text that can be a key of some server; which characters a server allows is the server's business.
    ///
    /// # Errors
    /// [`InvalidFlagKey`] for an empty text and for control characters.
    pub fn new(text: &str) -> Result<Self, InvalidFlagKey> {
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(InvalidFlagKey);
        }
        Ok(FlagKey(Arc::from(text)))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FlagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for FlagKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What a flag is for. The lifetime a type may have is the server's to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlagType {
    /// Progressive delivery of a feature.
    Release,
    /// A measured comparison of variants.
    Experiment,
    /// A technical switch for a while.
    Operational,
    /// Switches something off in an emergency; permanent.
    KillSwitch,
    /// Decides who may use something; permanent.
    Permission,
    /// Guards what is about to go away.
    Sunset,
    /// A type that this list does not know.
    Other(String),
}

impl FlagType {
    /// The name in kebab-case, as policies and messages write it.
    pub fn as_str(&self) -> &str {
        match self {
            FlagType::Release => "release",
            FlagType::Experiment => "experiment",
            FlagType::Operational => "operational",
            FlagType::KillSwitch => "kill-switch",
            FlagType::Permission => "permission",
            FlagType::Sunset => "sunset",
            FlagType::Other(name) => name,
        }
    }

    /// The type with this name; [`FlagType::Other`] for a name that is none of ours.
    pub fn from_name(name: &str) -> Self {
        match name {
            "release" => FlagType::Release,
            "experiment" => FlagType::Experiment,
            "operational" => FlagType::Operational,
            "kill-switch" => FlagType::KillSwitch,
            "permission" => FlagType::Permission,
            "sunset" => FlagType::Sunset,
            other => FlagType::Other(other.to_owned()),
        }
    }

    /// Whether a flag of this type is meant to leave the code one day.
    pub fn is_removable(&self) -> bool {
        matches!(self, FlagType::Release | FlagType::Experiment | FlagType::Operational | FlagType::Sunset)
    }
}

/// A flag as fetched from a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name.
    pub key: FlagKey,
    /// The project it belongs to.
    pub project: String,
    /// What it is for.
    pub flag_type: FlagType,
    /// What its makers wrote about it.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it, as the server names people.
    pub created_by: Option<String>,
    /// When it was archived; `None` while it lives.
    pub archived_at: Option<Timestamp>,
    /// Marked stale by a person.
    pub stale: bool,
    /// Whether evaluations are reported to an impression listener.
    pub impression_data: bool,
    /// Labels with a kind, in the server's order.
    pub tags: Vec<Tag>,
    /// Links that people attached.
    pub links: Vec<Link>,
    /// People who worked on it, as the server names them.
    pub collaborators: Vec<String>,
    /// Measures of success that are watched for it.
    pub impact_metrics: Vec<ImpactMetric>,
    /// Flags that must be on (or off) for this one to be on.
    pub parents: Vec<Dependency>,
    /// Flags that depend on this one.
    pub children: Vec<FlagKey>,
    /// Where it stands in its life.
    pub lifecycle: Lifecycle,
    /// Its state in each environment, by the environment's name.
    pub environments: BTreeMap<String, FlagEnvironment>,
}

/// A label: `team:checkout` has the kind `team`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Kind of label.
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// A link that people attached to a flag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// What it is, if they said so.
    pub title: Option<String>,
    /// Where it leads.
    pub url: String,
}

/// A measure of success that is watched for a flag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImpactMetric {
    /// The measure, by the server's name.
    pub metric: String,
    /// What people call it.
    pub title: Option<String>,
}

/// "This flag needs that one."
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The flag that is needed.
    pub parent: FlagKey,
    /// Whether it is needed on (`true`) or off.
    pub required_on: bool,
    /// If not empty: the parent must serve one of these variants.
    pub variants: Vec<String>,
}

/// The state of a flag in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlagEnvironment {
    /// The switch. Off means off for everyone; the strategies then do not matter.
    pub enabled: bool,
    /// Who gets it, or-ed; `None` when the server did not tell.
    pub strategies: Option<Vec<Strategy>>,
    /// Variants set on the environment (the old way); strategies without variants of their own use these.
    pub variants: Vec<Variant>,
    /// When an SDK last asked for it here; `None` means never, or that the server does not say
    /// (then the snapshot has a gap).
    pub last_seen_at: Option<Timestamp>,
    /// How often it was evaluated lately; `None` when not captured.
    pub usage: Option<Usage>,
    /// The plans by which it reaches everyone.
    pub release_plans: Vec<ReleasePlan>,
    /// What switches it off when a measure gets bad, apart from the safeguards of its plans.
    pub safeguards: Vec<Safeguard>,
}

/// One way of choosing who gets the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strategy {
    /// The server's id for it.
    pub id: String,
    /// Title given by people.
    pub title: Option<String>,
    /// How it chooses.
    pub kind: StrategyKind,
    /// Conditions on the context, and-ed.
    pub constraints: Vec<Constraint>,
    /// Segments, and-ed with the constraints.
    pub segments: Vec<SegmentId>,
    /// Variants served by this strategy.
    pub variants: Vec<Variant>,
    /// Switched off on its own.
    pub disabled: bool,
}

/// How a strategy chooses, before its constraints and segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StrategyKind {
    /// A share of the contexts.
    Rollout {
        /// 0 to 100.
        percent: u8,
        /// The context field that decides, or `default` or `random`.
        stickiness: String,
        /// Contexts are dealt anew for each group.
        group: String,
    },
    /// Named contexts only.
    Targeted {
        /// What names them: a field, or the server's name of a custom strategy.
        by: String,
        /// The names, as far as the server's own strategies list them.
        values: Vec<String>,
    },
    /// The server's answer could not be understood; says what was wrong.
    Unreadable(String),
}

/// A condition on the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// The context field.
    pub field: String,
    /// What is asked of it.
    pub operator: Operator,
    /// True where the operator is false.
    pub inverted: bool,
    /// Whether case is ignored.
    pub case_insensitive: bool,
}

/// What a constraint asks. Only dates are understood: they change by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operator {
    /// Now is later than this.
    After(Timestamp),
    /// Now is earlier than this.
    Before(Timestamp),
    /// Anything else, by the server's name, with its values.
    Other {
        /// The server's name for it.
        name: String,
        /// What it compares with.
        values: Vec<String>,
    },
}

/// A named value that a flag can serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Share out of 1000; 0 is never served.
    pub weight: u32,
    /// What comes with it, as text, with the server's word for its type.
    pub payload: Option<(String, String)>,
}

/// The server's id of a segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SegmentId(pub String);

/// A reusable set of constraints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segment {
    /// The server's id.
    pub id: SegmentId,
    /// Its name.
    pub name: String,
    /// The project it is bound to; `None` for a global one.
    pub project: Option<String>,
    /// When it was made; `None` when the server does not say.
    pub created_at: Option<Timestamp>,
    /// What it asks of the context; none means that everyone is in.
    pub constraints: Vec<Constraint>,
    /// Who uses it; `None` when the server does not say.
    pub used_in: Option<SegmentUse>,
}

/// Who uses a segment; pending changes can count as use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentUse {
    /// How many flags.
    pub flags: u32,
    /// How many projects.
    pub projects: u32,
}

/// Evaluations in the hours before the capture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// How many hours were asked for.
    pub hours: u32,
    /// Answers "on".
    pub yes: u64,
    /// Answers "off".
    pub no: u64,
    /// Answers by variant.
    pub variants: BTreeMap<String, u64>,
    /// Applications that asked.
    pub applications: Vec<String>,
    /// The beginning of the last hour with an evaluation; `None` when there was none.
    pub last_at: Option<Timestamp>,
}
