//! The manifest: what each flag is meant to be, as its team wrote it down, each statement with its place in the file.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::finding::Keep;
use crate::flag::{FlagKey, FlagType};
use crate::source::Location;

/// A statement and where it stands, so that a finding can point at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// What is stated.
    pub value: T,
    /// Where it stands.
    pub location: Location,
}

/// All manifest files of a repository together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The files that were read, relative to the root; empty when the repository has no manifest.
    pub files: Vec<String>,
    /// What they say, by flag.
    pub flags: BTreeMap<FlagKey, Declaration>,
}

impl Manifest {
    /// Whether the repository has no manifest at all.
    pub fn is_absent(&self) -> bool {
        self.files.is_empty()
    }
}

/// What a flag is meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The flag.
    pub key: FlagKey,
    /// Where its entry begins.
    pub location: Location,
    /// What it is for, in words.
    pub description: Option<Stated<String>>,
    /// Its type.
    pub flag_type: Option<Stated<FlagType>>,
    /// Who answers for it: `@acme/checkout`, a name, an address.
    pub owner: Option<Stated<String>>,
    /// Whether it exists yet.
    pub state: Option<Stated<DeclaredState>>,
    /// What every call is to fall back on.
    pub default: Option<Stated<DefaultValue>>,
    /// Fallbacks that differ on purpose, in the order of the file; the first glob that matches wins.
    pub default_by_path: Vec<DefaultByPath>,
    /// The side on which nothing breaks, for kill switches.
    pub safe_value: Option<Stated<bool>>,
    /// The last day on which it may stand in the code.
    pub expires: Option<Stated<Date>>,
    /// The day before which nobody has to expect it live.
    pub not_before: Option<Stated<Date>>,
    /// How one will know that the release is a success.
    pub success: Vec<Stated<SuccessCriterion>>,
    /// What watches over the rollout: `alert:checkout-5xx`.
    pub guardrails: Vec<Stated<String>>,
    /// How it will leave the code.
    pub removal: Option<Stated<RemovalPlan>>,
    /// What each environment is meant to serve, by the environment's name.
    pub environments: BTreeMap<String, Stated<Intent>>,
    /// What came of it, written after the launch.
    pub review: Option<Stated<ReleaseReview>>,
}

impl Declaration {
    /// An entry that states nothing yet.
    pub fn new(key: FlagKey, location: Location) -> Self {
        Declaration {
            key,
            location,
            description: None,
            flag_type: None,
            owner: None,
            state: None,
            default: None,
            default_by_path: Vec::new(),
            safe_value: None,
            expires: None,
            not_before: None,
            success: Vec::new(),
            guardrails: Vec::new(),
            removal: None,
            environments: BTreeMap::new(),
            review: None,
        }
    }
}

/// Whether a declared flag exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclaredState {
    /// Not made on the server yet.
    Planned,
    /// On the server.
    Active,
    /// Done; its code may go.
    Retired,
}

impl DeclaredState {
    /// Every one.
    pub const ALL: [DeclaredState; 3] = [DeclaredState::Planned, DeclaredState::Active, DeclaredState::Retired];

    /// The name as manifests write it.
    pub fn as_str(self) -> &'static str {
        match self {
            DeclaredState::Planned => "planned",
            DeclaredState::Active => "active",
            DeclaredState::Retired => "retired",
        }
    }
}

/// A value that a call falls back on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefaultValue {
    /// On or off.
    Bool(bool),
    /// A text or the name of a variant.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A table or list, as written on one line.
    Structure(String),
}

/// A fallback for some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultByPath {
    /// Glob over paths relative to the root.
    pub glob: String,
    /// The fallback there.
    pub value: Stated<DefaultValue>,
}

/// How one will know that a release is a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuccessCriterion {
    /// What is measured.
    pub metric: String,
    /// What it should come to: `>= +1.0 pp`.
    pub goal: String,
    /// How long it is looked at: `14d`.
    pub window: Option<String>,
}

/// How a flag will leave the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalPlan {
    /// Where the work is written down: `SHOP-4211`, an address.
    pub issue: Option<String>,
    /// The side that is to stay.
    pub keep: Option<Keep>,
}

/// What an environment is meant to serve. What is not stated may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intent {
    /// The switch.
    pub enabled: Option<bool>,
    /// Least share of the contexts that may get it, 0 to 100.
    pub rollout_min: Option<u8>,
    /// Greatest share of the contexts that may get it, 0 to 100.
    pub rollout_max: Option<u8>,
    /// The variants that may be served.
    pub variants: Option<Vec<String>>,
    /// Names of the segments that may be used.
    pub segments: Option<Vec<String>>,
}

/// What came of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseReview {
    /// The day of the review.
    pub date: Option<Date>,
    /// `kept`, `discarded`, or in words.
    pub outcome: Option<String>,
    /// Where the review is written down.
    pub link: Option<String>,
}
