//! Who can do what: tokens, people and counts, and on paid editions roles, grants and service accounts.

use downhaul_core::{
    Access, AccountToken, Admins, ApiToken, Grant, Headcount, Permission, Person, Right, Role, RoleReach, Scope,
    ServiceAccount, Source, TokenKind, TokenStorage, User,
};

use super::gaps::{self, Gaps};
use super::{sources, wire};
use crate::ServerError;
use crate::http::client::Session;
use crate::http::parallel;

/// What the server calls "all" of projects and environments; the last of them in tokens of old servers.
const ALL: [&str; 3] = ["*", "[]", "ALL"];

/// Everything about access that the token may read.
pub(super) fn access(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Access {
    Access {
        tokens: gaps.value(Source::Tokens, tokens(session)),
        users: gaps.value(Source::Users, users(session)),
        admins: gaps.value(Source::Admins, admins(session).map(Some)),
        counts: gaps.value(Source::Headcount, headcount(session).map(Some)),
        roles: roles(session, gaps),
        grants: grants(session, projects, gaps),
        service_accounts: gaps.value(Source::ServiceAccounts, service_accounts(session)),
    }
}

/// A list of names that may mean all of them; so does an empty one.
pub(super) fn scope(mut names: Vec<String>) -> Scope {
    if names.is_empty() || names.iter().any(|name| ALL.contains(&name.as_str())) {
        return Scope::All;
    }
    names.sort();
    Scope::Only(names)
}

fn tokens(session: &Session<'_>) -> Result<Vec<ApiToken>, ServerError> {
    let read: wire::ApiTokens = session.get(&["api-tokens"], &[])?;
    let mut tokens: Vec<ApiToken> = read.tokens.into_iter().map(token).collect();
    tokens.sort_by(|a, b| (&a.name, a.created_at).cmp(&(&b.name, b.created_at)));
    Ok(tokens)
}

fn token(read: wire::ApiToken) -> ApiToken {
    let projects = if read.projects.is_empty() { read.project.into_iter().collect() } else { read.projects };
    ApiToken {
        name: read.token_name.or(read.username).unwrap_or_default(),
        kind: match read.kind.as_str() {
            "admin" => TokenKind::Admin,
            "client" | "backend" => TokenKind::Backend,
            "frontend" => TokenKind::Frontend,
            other => TokenKind::Other(other.to_owned()),
        },
        projects: scope(projects),
        environments: scope(read.environment.into_iter().collect()),
        created_at: read.created_at,
        expires_at: read.expires_at,
        seen_at: read.seen_at,
        storage: read.secure.map(|hashed| if hashed { TokenStorage::Hashed } else { TokenStorage::Clear }),
    }
}

fn users(session: &Session<'_>) -> Result<Vec<User>, ServerError> {
    let read: wire::Users = session.get(&["user-admin"], &[])?;
    let people = sources::some(read.users, "/api/admin/user-admin")?;
    let mut users: Vec<User> = people.into_iter().map(|user| self::user(user, &read.root_roles)).collect();
    users.sort_by(|a, b| a.person.cmp(&b.person));
    Ok(users)
}

fn user(read: wire::User, roles: &[wire::RoleName]) -> User {
    User {
        role: role_name(read.root_role, roles),
        created_at: read.created_at,
        seen_at: read.seen_at,
        person: person(read),
    }
}

fn role_name(id: Option<i64>, roles: &[wire::RoleName]) -> Option<String> {
    roles.iter().find(|role| Some(role.id) == id).map(|role| role.name.clone())
}

/// The event log names people by e-mail address where they have one, else by their login.
fn person(read: wire::User) -> Person {
    let set = |text: Option<String>| text.filter(|text| !text.is_empty());
    let name = set(read.email).or(set(read.username)).or(set(read.name)).unwrap_or_default();
    Person { id: Some(read.id), name }
}

fn admins(session: &Session<'_>) -> Result<Admins, ServerError> {
    let read: wire::AdminCount = session.get(&["user-admin", "admin-count"], &[])?;
    Ok(Admins { people: read.password.saturating_add(read.no_password), service_accounts: read.service })
}

fn headcount(session: &Session<'_>) -> Result<Headcount, ServerError> {
    let read: wire::Statistics = session.get(&["instance-admin", "statistics"], &[])?;
    Ok(Headcount { people: read.users, service_accounts: read.service_accounts, admin_tokens: read.api_tokens.admin })
}

/// The roles. The list leaves out what they allow, so each is asked for.
fn roles(session: &Session<'_>, gaps: &mut Gaps) -> Vec<Role> {
    let listed = session.get::<wire::Roles>(&["roles"], &[]).map(|read| read.roles);
    let listed = gaps.value(Source::Roles, listed);
    let one = |role: &wire::Role| session.get::<wire::Role>(&["roles", &role.id.to_string()], &[]);
    let whole = parallel::map(&listed, session.in_flight(), one, |_| ());
    let mut roles = Vec::new();
    for (listed, whole) in listed.into_iter().zip(whole) {
        roles.push(role(whole.unwrap_or_else(|error| {
            let detail = format!("what the role `{}` allows is not known: {error}", listed.name);
            gaps.add(Source::Roles, gaps::reason(&error), detail);
            listed
        })));
    }
    roles.sort_by_key(|role| role.id);
    roles
}

fn role(read: wire::Role) -> Role {
    let reach = if read.kind.starts_with("root") { RoleReach::Everywhere } else { RoleReach::Project };
    let allowed = |read: wire::Permission| Permission {
        right: match read.name.as_str() {
            "ADMIN" => Right::Everything,
            "APPROVE_CHANGE_REQUEST" => Right::ApproveChange,
            "APPLY_CHANGE_REQUEST" => Right::ApplyChange,
            "SKIP_CHANGE_REQUEST" => Right::BypassApproval,
            other => Right::Other(other.to_owned()),
        },
        environment: read.environment.filter(|name| !name.is_empty()),
    };
    let permissions = read.permissions.map(|list| list.into_iter().map(allowed).collect());
    Role { id: read.id, name: read.name, reach, permissions }
}

/// Who holds which role, project by project.
fn grants(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Vec<Grant> {
    let read = |project: &String| session.get::<wire::ProjectAccess>(&["projects", project, "access"], &[]);
    let of_projects = of_each_project(session, projects, Source::Grants, gaps, read);
    of_projects.into_iter().flat_map(|(project, access)| grants_of(&project, access)).collect()
}

/// Asks for each project until the server does not have the route; what cannot be read is a gap that names the project.
pub(super) fn of_each_project<T: Send>(
    session: &Session<'_>,
    projects: &[String],
    source: Source,
    gaps: &mut Gaps,
    read: impl Fn(&String) -> Result<T, ServerError> + Sync,
) -> Vec<(String, T)> {
    let mut all = Vec::new();
    for project in projects {
        match read(project) {
            Ok(read) => all.push((project.clone(), read)),
            Err(error @ ServerError::Unsupported { .. }) => {
                gaps.value(source, Err::<(), _>(error));
                break;
            }
            Err(error) => {
                let detail = format!("of the project `{project}`: {error}");
                gaps.add(source, gaps::reason(&error), detail);
            }
        }
        session.progress().step(source.as_str(), all.len(), Some(projects.len()));
    }
    all
}

fn grants_of(project: &str, access: wire::ProjectAccess) -> Vec<Grant> {
    let roles = |list: Vec<i64>, one: Option<i64>| if list.is_empty() { one.into_iter().collect() } else { list };
    let of_user = |read: wire::UserWithRoles| Grant {
        project: project.to_owned(),
        roles: roles(read.roles, read.role_id),
        since: read.added_at,
        people: vec![person(read.user)],
        group: None,
    };
    let of_group = |read: wire::GroupWithRoles| Grant {
        project: project.to_owned(),
        roles: roles(read.roles, read.role_id),
        since: read.added_at,
        people: read.users.into_iter().map(|member| person(member.user)).collect(),
        group: Some(read.name),
    };
    let mut grants: Vec<Grant> = access.users.into_iter().map(of_user).collect();
    grants.extend(access.groups.into_iter().map(of_group));
    grants.sort_by(|a, b| (&a.group, &a.people).cmp(&(&b.group, &b.people)));
    grants
}

fn service_accounts(session: &Session<'_>) -> Result<Vec<ServiceAccount>, ServerError> {
    let read: wire::ServiceAccounts = session.get(&["service-account"], &[])?;
    let token = |read: wire::AccountToken| AccountToken {
        description: read.description,
        created_at: read.created_at,
        expires_at: read.expires_at,
        seen_at: read.seen_at,
    };
    let account = |account: wire::ServiceAccount| ServiceAccount {
        role: role_name(account.user.root_role, &read.root_roles),
        created_at: account.user.created_at,
        person: person(account.user),
        tokens: account.tokens.into_iter().map(token).collect(),
    };
    let mut accounts: Vec<ServiceAccount> = read.service_accounts.into_iter().map(account).collect();
    accounts.sort_by(|a, b| a.person.cmp(&b.person));
    Ok(accounts)
}
