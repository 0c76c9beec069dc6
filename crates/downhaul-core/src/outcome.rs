//! What came of a rule: findings, and the tally of everything that was looked at and gave none.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::flag::FlagKey;

/// What a rule looked at, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A flag.
    Flag(FlagKey),
    /// A place in code.
    Place(String),
    /// Something else on the server, by name: `payments/production`, `token ci`.
    Named(String),
    /// The whole of what the rule is about.
    All,
}

/// The counts of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The rule's id.
    pub rule: &'static str,
    /// Findings, suppressed ones included.
    pub findings: usize,
    /// Looked at, fine.
    pub passed: usize,
    /// Does not concern the subject.
    pub exempt: usize,
    /// Not on this server.
    pub unsupported: usize,
    /// Could not be told.
    pub not_evaluated: usize,
    /// Why it could not be told or is unsupported, each reason once, in order.
    pub why: BTreeSet<String>,
}

/// What a check comes to: the findings in stable order, and one tally for each rule that ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Sorted by path, offset, rule, reason and flag; findings without a place come last.
    pub findings: Vec<Finding>,
    /// In the catalogue's order.
    pub tally: Vec<Tally>,
}
