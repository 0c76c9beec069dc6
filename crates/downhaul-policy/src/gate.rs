//! Whether what came out of a check may pass.

use std::str::FromStr;

use downhaul_core::{Finding, Severity, Tally, Verdicts};

/// The mildest severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailOn {
    /// Findings never fail it.
    Never,
    /// Any finding.
    Note,
    /// Warnings and errors.
    Warning,
    /// Errors.
    #[default]
    Error,
}

impl FailOn {
    /// The names that policies and command lines write.
    pub const NAMES: [&'static str; 4] = ["never", "note", "warning", "error"];

    fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            FailOn::Never => false,
            FailOn::Note => severity >= Severity::Note,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Error => severity >= Severity::Error,
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "never" => Ok(FailOn::Never),
            "note" => Ok(FailOn::Note),
            "warning" => Ok(FailOn::Warning),
            "error" => Ok(FailOn::Error),
            other => Err(format!("`{other}` is none of {}", Self::NAMES.join(", "))),
        }
    }
}

/// `[gate]`, validated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Gate {
    pub(crate) fail_on: FailOn,
    pub(crate) fail_on_new: FailOn,
    pub(crate) require: Vec<&'static str>,
}

/// What the gate says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateVerdict {
    /// How many findings reach the fail level; suppressed ones do not count.
    pub failing: usize,
    /// Required rules that could not be evaluated.
    pub missing_required: Vec<MissingRequired>,
}

/// A rule under `require` that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRequired {
    /// The rule's id.
    pub rule: &'static str,
    /// Why, for people; each reason once.
    pub why: Vec<String>,
}

impl GateVerdict {
    /// No finding reaches the fail level, and every required rule was evaluated.
    pub fn passed(&self) -> bool {
        self.failing == 0 && self.missing_required.is_empty()
    }
}

impl Gate {
    /// `fail_on` takes the place of both levels of the policy.
    pub(crate) fn judge(&self, verdicts: &Verdicts, fail_on: Option<FailOn>) -> GateVerdict {
        let fails = |finding: &&Finding| {
            let level = fail_on.unwrap_or(if finding.new { self.fail_on_new } else { self.fail_on });
            finding.suppressed.is_none() && level.is_reached_by(finding.severity)
        };
        GateVerdict {
            failing: verdicts.findings.iter().filter(fails).count(),
            missing_required: self.require.iter().filter_map(|rule| missing(rule, &verdicts.tally)).collect(),
        }
    }
}

fn missing(rule: &'static str, tallies: &[Tally]) -> Option<MissingRequired> {
    let Some(tally) = tallies.iter().find(|tally| tally.rule == rule) else {
        return Some(MissingRequired { rule, why: vec!["the rule did not run".to_owned()] });
    };
    let untold = tally.not_evaluated + tally.unsupported > 0;
    untold.then(|| MissingRequired { rule, why: tally.why.iter().cloned().collect() })
}
