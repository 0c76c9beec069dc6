//! `secret-in-code`: a key to the flag server stands in a file.

use downhaul_core::{
    Anchor, Evidence, PathClass, RuleInfo, RuleScope, Secret, SecretKind, SecretUser, Severity, Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Identity, Level, Outcome, Outcomes, fact};
use crate::globs::PathGlobs;

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SecretInCode {
    /// Files in which keys are no secrets.
    allow_paths: PathGlobs,
    /// Bits that each character of a key has to tell: what somebody made up tells less.
    min_entropy: f64,
}

impl Default for SecretInCode {
    fn default() -> Self {
        Self { allow_paths: PathGlobs::default(), min_entropy: 3.0 }
    }
}

impl Define for SecretInCode {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "secret-in-code",
        summary: "key to the flag server stands in a file",
        docs: include_str!("secret_in_code.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "access",
        reasons: &["admin-token", "backend-token", "frontend-token", "personal-token", "token"],
        scope: RuleScope::Code,
        controls: &[controls::SOC2_ACCESS],
    };
}

impl Rule for SecretInCode {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        for unread in evidence.unread() {
            let why = format!("{}: {}", unread.reason.as_str(), unread.detail);
            outcomes.put(Subject::Place(unread.path.clone()), Outcome::NotEvaluated(why));
        }
        if evidence.secrets().is_empty() && evidence.unread().is_empty() {
            return outcomes.put(Subject::All, Outcome::Pass);
        }
        for secret in evidence.secrets() {
            let at = &secret.location;
            let subject = Subject::Place(format!("{}:{}:{}", at.path, at.start.line, at.start.column));
            outcomes.put(subject, self.judge(secret));
        }
    }
}

impl SecretInCode {
    fn judge(&self, secret: &Secret) -> Outcome {
        if self.allow_paths.matches(&secret.location.path) {
            return Outcome::exempt("the policy allows it here (`allow_paths`)");
        }
        if secret.class == PathClass::Docs {
            return Outcome::exempt("stands in documents");
        }
        if f64::from(secret.entropy) < self.min_entropy * 10.0 {
            return Outcome::exempt("looks made up (`min_entropy`)");
        }
        draft(secret).into()
    }
}

fn draft(secret: &Secret) -> Draft {
    let (reason, what, level) = kind(secret);
    let mut draft = Draft::in_file(Anchor::Code(secret.location.clone()), reason);
    draft.identity = Identity::Line;
    draft.expression = Some((secret.masked.clone(), None));
    draft.level = match (level, secret.class) {
        (Level::Usual, PathClass::Production) => Level::Usual,
        // Fakes look like the real thing.
        (Level::Usual, _) => Level::AtMost(Severity::Warning),
        (level, _) => level,
    };
    draft.message = format!("{what} stands here for everybody to read: `{}`.", secret.masked);
    draft.remediation = match reason {
        "frontend-token" => {
            "Anybody can read such a token anyway; take it from the configuration, so that it can be changed."
                .to_owned()
        }
        _ => "Revoke the token on the server first, then take it out and read it from the environment. What was \
              committed once stays in the history."
            .to_owned(),
    };
    draft.evidence.push(fact(format!("`{}`", secret.masked), None, secret.location.path.to_string()));
    draft
}

/// The reason, what it is, and how bad.
fn kind(secret: &Secret) -> (&'static str, &'static str, Level) {
    match (secret.kind, secret.used_by) {
        (SecretKind::Admin, _) => ("admin-token", "A token that may do everything", Level::Usual),
        (SecretKind::Personal, _) => ("personal-token", "Somebody's personal token", Level::Usual),
        (SecretKind::Environment, SecretUser::BackEnd) => ("backend-token", "A token for a server's SDK", Level::Usual),
        (SecretKind::Environment, SecretUser::FrontEnd) => {
            ("frontend-token", "A token for a browser or an app", Level::AtMost(Severity::Note))
        }
        (SecretKind::Environment, SecretUser::Unknown) => {
            ("token", "A token of the flag server", Level::AtMost(Severity::Warning))
        }
    }
}
