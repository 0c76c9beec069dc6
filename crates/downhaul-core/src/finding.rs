//! What a rule found: one primary place, any number of related ones, the evidence, and what to do.

use jiff::Timestamp;

use crate::fingerprint::Fingerprint;
use crate::flag::FlagKey;
use crate::source::Location;

/// What is known of a rule before any run. The explanation, SARIF and the documentation all read it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// Its id: kebab-case, names what is wrong.
    pub id: &'static str,
    /// One phrase that says what is wrong, without a full stop.
    pub summary: &'static str,
    /// Its page in Markdown.
    pub docs: &'static str,
    /// How bad it is unless the policy says otherwise.
    pub severity: Severity,
    /// How bad it is on added lines unless the policy says otherwise.
    pub severity_on_new: Severity,
    /// Its group in the catalogue: `cleanup`, `lifecycle`, `code`, …
    pub group: &'static str,
    /// Every sub-reason that its findings can bear.
    pub reasons: &'static [&'static str],
    /// What it is about, which decides who runs it.
    pub scope: RuleScope,
    /// The controls of standards and laws that its outcome is evidence for.
    pub controls: &'static [Control],
}

impl RuleInfo {
    /// The first paragraph after the title of its page.
    pub fn description(&self) -> &'static str {
        self.docs
            .split("\n\n")
            .map(str::trim)
            .find(|part| !part.is_empty() && !part.starts_with('#'))
            .unwrap_or(self.summary)
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleScope {
    /// The code of this repository, and changes of it.
    Code,
    /// Flags, one by one.
    Flag,
    /// The flag server, what was done on it, and who may do it.
    Server,
}

impl RuleScope {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleScope::Code => "code",
            RuleScope::Flag => "flag",
            RuleScope::Server => "server",
        }
    }
}

/// What a standard or a law asks for, in a few words of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// The standard: `ISO/IEC 27001:2022`.
    pub framework: &'static str,
    /// Its number in there: `A.8.32`.
    pub id: &'static str,
    /// What it asks for.
    pub what: &'static str,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rule does not run.
    Off,
    /// Worth knowing.
    Note,
    /// Worth doing something about.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// Every one, mildest first.
    pub const ALL: [Severity; 4] = [Severity::Off, Severity::Note, Severity::Warning, Severity::Error];

    /// The name as policies and output write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Off => "off",
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Severity::ALL.into_iter().find(|severity| severity.as_str() == name)
    }
}

/// One broken rule at one place, or for one flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// The sub-reason, one of the rule's own list.
    pub reason: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Stands on a line that the change under review added.
    pub new: bool,
    /// The flag.
    pub flag: Option<FlagKey>,
    /// Its project.
    pub project: Option<String>,
    /// The environment, where it is about one.
    pub environment: Option<String>,
    /// What is wrong, in one or two sentences. May name day counts.
    pub message: String,
    /// What to do about it.
    pub remediation: String,
    /// What the verdict rests on.
    pub evidence: Vec<EvidenceItem>,
    /// Where it is shown.
    pub anchor: Anchor,
    /// Other places that belong to it.
    pub related: Vec<Label>,
    /// Its name in the server's world.
    pub logical: Option<LogicalLocation>,
    /// What stays the same while lines move and days pass.
    pub fingerprint: Fingerprint,
    /// Set when somebody has accepted it.
    pub suppressed: Option<Suppression>,
    /// What would put an end to it.
    pub removal: Option<Removal>,
}

/// Where a finding is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A place in code.
    Code(Location),
    /// The policy file, for what lives on the server alone.
    Policy(Location),
    /// Nowhere in the repository.
    Nowhere,
}

impl Anchor {
    /// The place, if it has one.
    pub fn location(&self) -> Option<&Location> {
        match self {
            Anchor::Code(location) | Anchor::Policy(location) => Some(location),
            Anchor::Nowhere => None,
        }
    }
}

/// A related place with a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there.
    pub message: String,
}

/// One fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceItem {
    /// The fact.
    pub what: String,
    /// Since or at when.
    pub when: Option<Timestamp>,
    /// Where it comes from: `event 8812`, `flag-types`, `src/a.ts:3`.
    pub source: String,
}

/// The name of a finding's subject in the server's world: `unleash:payments/new-checkout@production`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogicalLocation {
    /// The name, fully qualified.
    pub name: String,
    /// A page of the server that shows it.
    pub url: Option<String>,
}

/// Why a finding does not count for the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Where it was accepted: `inline`, `exemption`, `baseline`.
    pub kind: &'static str,
    /// Why.
    pub justification: String,
}

/// "This flag becomes this value": the whole of what the clean-up is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The flag that goes.
    pub flag: FlagKey,
    /// The side that stays.
    pub keep: Keep,
}

/// The side of a flag that stays in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// As if it were on.
    On,
    /// As if it were off.
    Off,
    /// As if it served this variant.
    Variant(String),
}

impl Keep {
    /// The side as a sentence names it: "the on side".
    pub fn describe(&self) -> String {
        match self {
            Keep::On => "the on side".to_owned(),
            Keep::Off => "the off side".to_owned(),
            Keep::Variant(name) => format!("variant `{name}`"),
        }
    }
}

impl std::fmt::Display for Keep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Keep::On => f.write_str("on"),
            Keep::Off => f.write_str("off"),
            Keep::Variant(name) => f.write_str(name),
        }
    }
}
