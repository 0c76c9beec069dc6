//! What changed besides flags: segments, environments, projects, tokens, people, protections and change requests.

use downhaul_core::{ApiToken, Source};

use super::{Found, Subject};

pub(super) fn compare(found: &mut Found<'_>) {
    let (older, newer) = (found.older, found.newer);
    if found.both_have(Source::Segments, None) {
        let name = |segment: &downhaul_core::Segment| (segment.id.clone(), segment.name.clone());
        let (before, after): (Vec<_>, Vec<_>) = (older.segments.values().collect(), newer.segments.values().collect());
        list(
            found,
            "segment",
            &before,
            &after,
            |segment| name(segment),
            |one, other| one.constraints == other.constraints && one.name == other.name && one.project == other.project,
        );
    }
    if found.both_have(Source::Projects, None) {
        let (before, after): (Vec<_>, Vec<_>) = (older.projects.iter().collect(), newer.projects.iter().collect());
        list(found, "project", &before, &after, |one| (one.id.clone(), one.id.clone()), |one, other| one == other);
    }
    if found.both_have(Source::Environments, None) {
        let (before, after): (Vec<_>, Vec<_>) =
            (older.environments.iter().collect(), newer.environments.iter().collect());
        list(
            found,
            "environment",
            &before,
            &after,
            |one| (one.name.clone(), one.name.clone()),
            |one, other| one == other,
        );
    }
    if found.both_have(Source::Tokens, None) {
        let (before, after) = (&older.access.tokens, &newer.access.tokens);
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        // Tokens have no id, and several are often made in one go under one name.
        let id = |one: &&ApiToken| (one.name.clone(), one.created_at, one.kind.clone(), one.environments.clone());
        list(found, "token", &before, &after, |one| (id(one), one.name.clone()), same_token);
    }
    if found.both_have(Source::Users, None) {
        let (before, after) = (&older.access.users, &newer.access.users);
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        let key = |user: &&downhaul_core::User| (user.person.id, user.person.name.clone());
        list(found, "user", &before, &after, key, |one, other| one.role == other.role);
    }
    if found.both_have(Source::Protections, None) {
        protections(found);
    }
    if found.both_have(Source::ChangeRequests, None) {
        requests(found);
    }
}

/// Being used changes no token.
fn same_token(one: &&ApiToken, other: &&ApiToken) -> bool {
    ApiToken { seen_at: None, ..(*one).clone() } == ApiToken { seen_at: None, ..(*other).clone() }
}

/// What came, went or changed in a list; `key` gives identity and name.
fn list<T, K: PartialEq>(
    found: &mut Found<'_>,
    kind: &'static str,
    before: &[T],
    after: &[T],
    key: impl Fn(&T) -> (K, String),
    is_same: impl Fn(&T, &T) -> bool,
) {
    for new in after {
        let (id, name) = key(new);
        match before.iter().find(|old| key(old).0 == id) {
            None => found.add(Subject::Other(kind, name), "is new"),
            Some(old) if !is_same(old, new) => found.add(Subject::Other(kind, name), "changed"),
            Some(_) => {}
        }
    }
    for old in before {
        let (id, name) = key(old);
        if !after.iter().any(|new| key(new).0 == id) {
            found.add(Subject::Other(kind, name), "is gone");
        }
    }
}

fn protections(found: &mut Found<'_>) {
    let words = |required: Option<u32>| match required {
        Some(required) => format!("{required} approvals"),
        None => "no approval needed".to_owned(),
    };
    let (older, newer) = (found.older, found.newer);
    for after in &newer.approvals.protections {
        let is_it =
            |one: &&downhaul_core::Protection| (&one.project, &one.environment) == (&after.project, &after.environment);
        let Some(before) = older.approvals.protections.iter().find(is_it) else { continue };
        if before.required != after.required {
            let subject = Subject::Other("protection of", format!("{}/{}", after.project, after.environment));
            found.add(subject, format!("{} → {}", words(before.required), words(after.required)));
        }
    }
}

fn requests(found: &mut Found<'_>) {
    let (older, newer) = (found.older, found.newer);
    for after in &newer.approvals.requests {
        let subject = || Subject::Other("change request", format!("{}/{}", after.project, after.id));
        match older.approvals.requests.iter().find(|before| before.id == after.id) {
            None => found.add(subject(), format!("is new ({})", state(&after.state))),
            Some(before) if before.state != after.state => {
                found.add(subject(), format!("{} → {}", state(&before.state), state(&after.state)));
            }
            Some(_) => {}
        }
    }
}

fn state(state: &downhaul_core::RequestState) -> &str {
    use downhaul_core::RequestState;
    match state {
        RequestState::Draft => "draft",
        RequestState::InReview => "in review",
        RequestState::Approved => "approved",
        RequestState::Scheduled => "scheduled",
        RequestState::Applied => "applied",
        RequestState::Rejected => "rejected",
        RequestState::Cancelled => "cancelled",
        RequestState::Other(name) => name,
    }
}
