//! What a case says of the server itself: its tokens, people and approvals.

use std::collections::BTreeMap;

use downhaul_core::{
    Access, ApiToken, ChangeAction, ChangeRequest, ChangeTarget, Edition, Grant, Headcount, Owner, Protection,
    RequestState, RequestedChange, Review, Scope, ServerInfo, ServiceAccount, TokenKind, TokenStorage, User,
};
use serde::Deserialize;

use crate::case::{key, time};
use crate::case_flags::person;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerCase {
    /// A paid edition.
    enterprise: bool,
    clock_ahead: Option<i64>,
    anonymises_events: Option<bool>,
    /// How many admin tokens the statistics name.
    pub(crate) admin_tokens: Option<u32>,
}

impl ServerCase {
    pub(crate) fn build(&self) -> ServerInfo {
        ServerInfo {
            kind: "unleash".to_owned(),
            url: Some("https://unleash.example".to_owned()),
            version: Some("8.1.0".to_owned()),
            edition: if self.enterprise { Edition::Enterprise } else { Edition::OpenSource },
            clock_ahead: self.clock_ahead,
            anonymises_events: self.anonymises_events,
            segment_values: None,
        }
    }

    pub(crate) fn counts(&self) -> Option<Headcount> {
        self.admin_tokens.map(|many| Headcount { people: 5, service_accounts: 0, admin_tokens: Some(many) })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenCase {
    name: String,
    /// `admin`, `backend` or `frontend`.
    kind: String,
    /// Absent: all.
    projects: Option<Vec<String>>,
    #[serde(default = "production")]
    environments: Vec<String>,
    created: Option<String>,
    expires: Option<String>,
    seen: Option<String>,
    /// Kept in clear.
    #[serde(default)]
    clear: bool,
}

fn production() -> Vec<String> {
    vec!["production".to_owned()]
}

impl TokenCase {
    pub(crate) fn build(&self) -> ApiToken {
        ApiToken {
            name: self.name.clone(),
            kind: match self.kind.as_str() {
                "admin" => TokenKind::Admin,
                "backend" => TokenKind::Backend,
                "frontend" => TokenKind::Frontend,
                other => panic!("no kind of token `{other}`"),
            },
            projects: self.projects.clone().map_or(Scope::All, Scope::Only),
            environments: Scope::Only(self.environments.clone()),
            created_at: self.created.as_deref().map(time),
            expires_at: self.expires.as_deref().map(time),
            seen_at: self.seen.as_deref().map(time),
            storage: Some(if self.clear { TokenStorage::Clear } else { TokenStorage::Hashed }),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserCase {
    name: String,
    created: Option<String>,
    seen: Option<String>,
}

impl UserCase {
    pub(crate) fn build(&self) -> User {
        User {
            person: person(&self.name),
            role: None,
            created_at: self.created.as_deref().map(time),
            seen_at: self.seen.as_deref().map(time),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestCase {
    id: i64,
    #[serde(default = "applied")]
    state: String,
    #[serde(default = "production_name")]
    environment: String,
    author: String,
    created: String,
    required: Option<u32>,
    /// Name to time.
    #[serde(default)]
    approvals: BTreeMap<String, String>,
    /// When it was applied.
    applied: Option<String>,
    /// Flag to who put it in.
    #[serde(default)]
    flags: BTreeMap<String, String>,
}

fn applied() -> String {
    "applied".to_owned()
}

fn production_name() -> String {
    "production".to_owned()
}

impl RequestCase {
    pub(crate) fn build(&self) -> ChangeRequest {
        ChangeRequest {
            id: self.id,
            title: None,
            project: "payments".to_owned(),
            environment: self.environment.clone(),
            state: match self.state.as_str() {
                "applied" => RequestState::Applied,
                "scheduled" => RequestState::Scheduled,
                "in-review" => RequestState::InReview,
                other => panic!("no state `{other}`"),
            },
            author: person(&self.author),
            created_at: time(&self.created),
            required: self.required,
            approvals: self.approvals.iter().map(|(by, at)| Review { by: person(by), at: Some(time(at)) }).collect(),
            rejections: Vec::new(),
            comments: Vec::new(),
            entered: self.applied.iter().map(|at| (RequestState::Applied, time(at))).collect(),
            schedule: None,
            changes: self.flags.iter().map(|(flag, by)| change(flag, by)).collect(),
        }
    }
}

fn change(flag: &str, by: &str) -> RequestedChange {
    RequestedChange {
        target: ChangeTarget::Flag(key(flag)),
        action: ChangeAction::Switch(true),
        by: Some(person(by)),
        at: None,
    }
}

/// `payments/production` to the approvals that are needed; a negative number means none at all.
pub(crate) fn protection(place: &str, required: i64) -> Protection {
    let (project, environment) = place.split_once('/').unwrap_or_else(|| panic!("{place:?} is no project/environment"));
    Protection {
        project: project.to_owned(),
        environment: environment.to_owned(),
        required: u32::try_from(required).ok(),
    }
}

/// A person, or `group:name`.
pub(crate) fn owner(text: &str) -> Owner {
    match text.strip_prefix("group:") {
        Some(name) => Owner::Group(name.to_owned()),
        None => Owner::Person(text.to_owned()),
    }
}

pub(crate) fn access(
    server: &ServerCase,
    tokens: &[TokenCase],
    users: &[UserCase],
    service_accounts: &[String],
    groups: &BTreeMap<String, Vec<String>>,
) -> Access {
    let grant = |(group, members): (&String, &Vec<String>)| Grant {
        project: "payments".to_owned(),
        people: members.iter().map(|name| person(name)).collect(),
        group: Some(group.clone()),
        roles: Vec::new(),
        since: None,
    };
    let account =
        |name: &String| ServiceAccount { person: person(name), role: None, created_at: None, tokens: Vec::new() };
    Access {
        tokens: tokens.iter().map(TokenCase::build).collect(),
        users: users.iter().map(UserCase::build).collect(),
        counts: server.counts(),
        grants: groups.iter().map(grant).collect(),
        service_accounts: service_accounts.iter().map(account).collect(),
        ..Access::default()
    }
}
