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
    /// The whole of what the rule is about.
    All,
}

/// Collects what one rule has to say; each subject ends in exactly one of the four outcomes.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// The rule is broken.
    pub findings: Vec<Finding>,
    /// Looked at, fine.
    pub passed: Vec<Subject>,
    /// The rule does not concern the subject, with the reason.
    pub exempt: Vec<(Subject, String)>,
    /// This server lacks the concept, with the reason.
    pub unsupported: Vec<(Subject, String)>,
    /// Data is missing, cut short, too old or forbidden, with the reason.
    pub not_evaluated: Vec<(Subject, String)>,
}

impl Outcomes {
    /// The rule is broken.
    pub fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Looked at, fine.
    pub fn pass(&mut self, subject: Subject) {
        self.passed.push(subject);
    }

    /// The rule does not concern the subject.
    pub fn exempt(&mut self, subject: Subject, why: impl Into<String>) {
        self.exempt.push((subject, why.into()));
    }

    /// This server lacks what the rule is about.
    pub fn unsupported(&mut self, subject: Subject, why: impl Into<String>) {
        self.unsupported.push((subject, why.into()));
    }

    /// It could not be told.
    pub fn not_evaluated(&mut self, subject: Subject, why: impl Into<String>) {
        self.not_evaluated.push((subject, why.into()));
    }
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
