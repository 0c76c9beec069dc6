//! `risky-api-token`: an API token opens more, or for longer, than it should.

use downhaul_core::{
    ApiToken, Edition, Evidence, RuleInfo, RuleScope, Scope, Severity, Snapshot, Source, Subject, TokenKind,
    TokenStorage,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::controls;
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::production;
use crate::words::{count, date, days, days_between, list};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RiskyApiToken {
    /// Days before its end in which a token is announced.
    expiring_days: u32,
    /// Days from its making to its end that a token may have.
    max_days: u32,
}

impl Default for RiskyApiToken {
    fn default() -> Self {
        Self { expiring_days: 14, max_days: 365 }
    }
}

impl Define for RiskyApiToken {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "risky-api-token",
        summary: "API token opens too much, or for too long",
        docs: include_str!("risky_api_token.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "access",
        reasons: &["admin", "expiring", "legacy-storage", "long-lived", "no-expiry", "wide"],
        scope: RuleScope::Server,
        controls: &[controls::SOC2_ACCESS],
    };
}

impl Rule for RiskyApiToken {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        let snapshot = match evidence.snapshot() {
            Ok(snapshot) => snapshot,
            Err(why) => return outcomes.put(Subject::All, Outcome::not_evaluated(why)),
        };
        if let Some(gap) = snapshot.gap(Source::Tokens, None) {
            outcomes.put(Subject::All, Outcome::NotEvaluated(format!("tokens: {}", gap.detail)));
            if let Some(gap) = snapshot.gap(Source::Headcount, None) {
                let why = format!("number of admin tokens: {}", gap.detail);
                outcomes.put(Subject::Named("number of admin tokens".to_owned()), Outcome::NotEvaluated(why));
            }
            // Their number is told to anybody.
            if let Some(admin) = snapshot.access.counts.and_then(|counts| counts.admin_tokens).filter(|many| *many > 0)
            {
                outcomes.put(Subject::Named("admin tokens".to_owned()), counted(evidence, admin).into());
            }
            return;
        }
        let mut earlier: Vec<String> = Vec::new();
        for token in &snapshot.access.tokens {
            let name = name(token);
            // Names need not be unique.
            let same = earlier.iter().filter(|other| **other == name).count();
            earlier.push(name.clone());
            let name = if same == 0 { name } else { format!("{name} #{}", same + 1) };
            outcomes.put(Subject::Named(name.clone()), self.judge(evidence, snapshot, token, &name));
        }
    }
}

/// A token is known by what it opens and what people call it.
fn name(token: &ApiToken) -> String {
    format!("{} token `{}`", kind(token), token.name)
}

fn kind(token: &ApiToken) -> &str {
    match &token.kind {
        TokenKind::Admin => "admin",
        TokenKind::Backend => "backend",
        TokenKind::Frontend => "frontend",
        TokenKind::Other(name) => name,
    }
}

impl RiskyApiToken {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, token: &ApiToken, name: &str) -> Outcome {
        if token.expires_at.is_some_and(|at| at <= evidence.now()) {
            return Outcome::exempt("has expired");
        }
        let risks = self.risks(evidence, snapshot, token);
        let Some((reason, _)) = risks.first() else {
            let unknown = production::names(evidence, snapshot).err().filter(|_| opens_all_projects(snapshot, token));
            return unknown.map_or(Outcome::Pass, Outcome::NotEvaluated);
        };
        let mut draft = Draft::named(evidence, name, reason);
        draft.record = Some(name.to_owned());
        draft.level = match *reason {
            "admin" => Level::AtLeast(Severity::Error),
            "expiring" => Level::AtMost(Severity::Note),
            _ => Level::Usual,
        };
        let what: Vec<&str> = risks.iter().map(|(_, what)| what.as_str()).collect();
        let seen = match token.seen_at {
            Some(at) => format!("last used on {}", date(at)),
            None => "never used".to_owned(),
        };
        draft.message = format!("The {name} {}; {seen}.", list(&what));
        draft.remediation = remediation(reason).to_owned();
        draft.evidence.push(fact("made", token.created_at, "API tokens of the server"));
        draft.evidence.extend(token.expires_at.map(|at| fact("expires", Some(at), "API tokens of the server")));
        draft.into()
    }

    /// What is wrong with a token, worst first.
    fn risks(&self, evidence: &Evidence, snapshot: &Snapshot, token: &ApiToken) -> Vec<(&'static str, String)> {
        let mut risks = Vec::new();
        if token.kind == TokenKind::Admin {
            risks.push(("admin", "may do everything with nobody behind it".to_owned()));
        }
        if token.storage == Some(TokenStorage::Clear) {
            risks.push(("legacy-storage", "is kept in clear by the server".to_owned()));
        }
        // A token that is sent to every browser is no secret.
        let is_secret = token.kind != TokenKind::Frontend;
        let lives = token.created_at.zip(token.expires_at).map(|(made, ends)| days_between(made, ends));
        match (token.expires_at, lives) {
            (None, _) if is_secret => risks.push(("no-expiry", "never expires".to_owned())),
            (_, Some(lives)) if is_secret && lives > self.max_days => {
                risks.push(("long-lived", format!("is good for {}, more than {}", days(lives), self.max_days)));
            }
            _ => {}
        }
        if is_wide(evidence, snapshot, token) {
            risks.push(("wide", "is good for all projects in production".to_owned()));
        }
        let left = token.expires_at.map(|at| days_between(evidence.now(), at));
        if let Some(left) = left.filter(|left| *left < self.expiring_days) {
            risks.push(("expiring", format!("stops working in {}", days(left))));
        }
        risks
    }
}

/// Where there is one project only, all of them is no more than that.
fn opens_all_projects(snapshot: &Snapshot, token: &ApiToken) -> bool {
    // A token that is sent to every browser is no secret, and an admin token is judged as such.
    !matches!(token.kind, TokenKind::Admin | TokenKind::Frontend)
        && token.projects == Scope::All
        && snapshot.server.edition != Edition::OpenSource
}

fn is_wide(evidence: &Evidence, snapshot: &Snapshot, token: &ApiToken) -> bool {
    opens_all_projects(snapshot, token) && evidence.production().any(|name| token.environments.contains(name))
}

/// The token that asks may not see them, but their number is known.
fn counted(evidence: &Evidence, number: u32) -> Draft {
    let mut draft = Draft::named(evidence, "admin tokens", "admin");
    draft.record = Some("admin tokens".to_owned());
    draft.level = Level::AtLeast(Severity::Error);
    let many = count(usize::try_from(number).unwrap_or(usize::MAX), "admin token");
    draft.message = format!(
        "The server has {many}, which may do everything with nobody behind them; an administrator can see which."
    );
    draft.remediation = remediation("admin").to_owned();
    draft.evidence.push(fact(many, None, "statistics of the server"));
    draft
}

fn remediation(reason: &str) -> &'static str {
    match reason {
        "admin" => "Replace it by a service account, or by a personal access token that expires, and delete it.",
        "legacy-storage" => "Make a new token, which the server keeps as a hash, hand it over, and delete this one.",
        "no-expiry" | "long-lived" => "Make a new token that expires, hand it over, and delete this one.",
        "wide" => "Make one token for each project, hand them over, and delete this one.",
        _ => "Make its successor now and hand it over, before something stops working.",
    }
}
