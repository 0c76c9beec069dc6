//! What an estate says to be true: a rule and one of its reasons.

use serde::Deserialize;

/// The rules that estates speak of, each with its reasons.
pub const RULES: &[(&str, &[&str])] = &[
    ("archived-flag-in-code", &["behaviour-flipped", "leftover"]),
    ("big-bang-release", &["jump", "no-steps"]),
    ("completed-flag-in-code", &["kept", "discarded", "stale"]),
    ("completion-contradicts-production", &["kept-but-not-served"]),
    ("conflicting-defaults", &["differing-fallbacks"]),
    ("context-not-provided", &["no-context"]),
    ("evaluated-at-load", &["frozen"]),
    ("fail-open-default", &["unsafe-fallback"]),
    ("flag-debt-budget", &["flags"]),
    ("flag-past-lifetime", &["explicit-date", "type-lifetime", "due-soon"]),
    ("fully-rolled-out-flag", &["rolled-out", "blocked-by-children"]),
    ("live-flag-without-traffic", &["no-traffic"]),
    ("missing-owner", &["individual"]),
    ("missing-success-criteria", &["missing"]),
    ("never-live-flag", &["never-evaluated", "never-released"]),
    ("release-review-missing", &["missing"]),
    ("risky-api-token", &["admin"]),
    ("stalled-rollout", &["unchanged"]),
    ("unapproved-state-drift", &["rollout"]),
    ("unattributable-change", &["admin-token"]),
    ("unknown-flag-in-code", &["unknown", "seen-at-runtime"]),
];

/// A rule that must find something, and the reason it must give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Expectation {
    rule: String,
    reason: String,
}

impl Expectation {
    /// The rule's id.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The reason within the rule.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl TryFrom<String> for Expectation {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let Some((rule, reason)) = text.split_once(':') else {
            return Err(format!("`{text}` is not of the form rule:reason"));
        };
        let Some((_, reasons)) = RULES.iter().find(|(id, _)| *id == rule) else {
            return Err(format!("no rule `{rule}`"));
        };
        if !reasons.contains(&reason) {
            return Err(format!("rule `{rule}` has no reason `{reason}`, only {}", reasons.join(", ")));
        }
        Ok(Expectation { rule: rule.to_owned(), reason: reason.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_rules_and_their_own_reasons_are_taken() {
        let fine = Expectation::try_from("completed-flag-in-code:kept".to_owned()).expect("known");
        assert_eq!((fine.rule(), fine.reason()), ("completed-flag-in-code", "kept"));
        for bad in ["completed-flag-in-code", "completed-flag:kept", "completed-flag-in-code:frozen"] {
            assert!(Expectation::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
