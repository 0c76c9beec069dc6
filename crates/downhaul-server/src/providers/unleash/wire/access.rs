//! Tokens, people, roles, integrations and applications. None of these shapes has room for a secret, so that what the
//! server sends of them (the secrets of tokens, invitation links, the parameters of integrations) ends with the parse.

use downhaul_core::Timestamp;
use serde::Deserialize;

use super::or_default;

/// `GET api-tokens`
#[derive(Deserialize)]
pub(in super::super) struct ApiTokens {
    pub(in super::super) tokens: Vec<ApiToken>,
}

/// The answer holds `secret` as well, in clear; it is not named here on purpose.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ApiToken {
    pub(in super::super) token_name: Option<String>,
    /// The word of servers before 4.22.
    pub(in super::super) username: Option<String>,
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
    pub(in super::super) project: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) projects: Vec<String>,
    pub(in super::super) environment: Option<String>,
    pub(in super::super) created_at: Option<Timestamp>,
    pub(in super::super) expires_at: Option<Timestamp>,
    pub(in super::super) seen_at: Option<Timestamp>,
    /// Kept as a hash; older servers do not say.
    pub(in super::super) secure: Option<bool>,
}

/// `GET user-admin`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Users {
    pub(in super::super) users: Vec<User>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) root_roles: Vec<RoleName>,
}

/// The answer holds an `inviteLink` as well, which opens the account; it is not named here on purpose.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct User {
    pub(in super::super) id: i64,
    pub(in super::super) name: Option<String>,
    pub(in super::super) username: Option<String>,
    pub(in super::super) email: Option<String>,
    pub(in super::super) root_role: Option<i64>,
    pub(in super::super) created_at: Option<Timestamp>,
    pub(in super::super) seen_at: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(in super::super) struct RoleName {
    pub(in super::super) id: i64,
    pub(in super::super) name: String,
}

/// `GET user-admin/admin-count`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct AdminCount {
    pub(in super::super) password: u32,
    pub(in super::super) no_password: u32,
    pub(in super::super) service: u32,
}

/// `GET instance-admin/statistics`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Statistics {
    pub(in super::super) users: u32,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) service_accounts: u32,
    pub(in super::super) api_tokens: TokenCounts,
}

#[derive(Deserialize)]
pub(in super::super) struct TokenCounts {
    /// Servers leave out kinds of which there are none, and all of them for a while after their start.
    pub(in super::super) admin: Option<u32>,
}

/// `GET addons`
#[derive(Deserialize)]
pub(in super::super) struct Addons {
    pub(in super::super) addons: Vec<Addon>,
}

/// The answer holds `parameters` as well (addresses, headers with secrets); they are not named here on purpose.
#[derive(Deserialize)]
pub(in super::super) struct Addon {
    pub(in super::super) id: i64,
    pub(in super::super) provider: String,
    pub(in super::super) description: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) enabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) events: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) projects: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) environments: Vec<String>,
}

/// `GET addons/{id}/events`: newest first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct AddonEvents {
    pub(in super::super) integration_events: Vec<AddonEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct AddonEvent {
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) state: String,
}

/// `GET metrics/applications`: one page.
#[derive(Deserialize)]
pub(in super::super) struct Applications {
    pub(in super::super) applications: Vec<Application>,
    /// Older servers give everything and no total.
    pub(in super::super) total: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Application {
    pub(in super::super) app_name: String,
    pub(in super::super) created_at: Option<Timestamp>,
    pub(in super::super) updated_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) usage: Vec<ApplicationUse>,
}

#[derive(Deserialize)]
pub(in super::super) struct ApplicationUse {
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) environments: Vec<String>,
}

/// `GET projects/{project}/applications`: one page.
#[derive(Deserialize)]
pub(in super::super) struct ProjectApplications {
    pub(in super::super) applications: Vec<ProjectApplication>,
    pub(in super::super) total: usize,
}

#[derive(Deserialize)]
pub(in super::super) struct ProjectApplication {
    pub(in super::super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) environments: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) sdks: Vec<Sdk>,
}

#[derive(Deserialize)]
pub(in super::super) struct Sdk {
    pub(in super::super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) versions: Vec<String>,
}

/// `GET roles`, of paid editions.
#[derive(Deserialize)]
pub(in super::super) struct Roles {
    pub(in super::super) roles: Vec<Role>,
}

/// A role in the list, and `GET roles/{id}`, which adds the permissions.
#[derive(Deserialize)]
pub(in super::super) struct Role {
    pub(in super::super) id: i64,
    pub(in super::super) name: String,
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
    pub(in super::super) permissions: Option<Vec<Permission>>,
}

#[derive(Deserialize)]
pub(in super::super) struct Permission {
    pub(in super::super) name: String,
    pub(in super::super) environment: Option<String>,
}

/// `GET projects/{project}/access`, of paid editions.
#[derive(Deserialize)]
pub(in super::super) struct ProjectAccess {
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) users: Vec<UserWithRoles>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) groups: Vec<GroupWithRoles>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct UserWithRoles {
    #[serde(flatten)]
    pub(in super::super) user: User,
    pub(in super::super) role_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) roles: Vec<i64>,
    pub(in super::super) added_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct GroupWithRoles {
    pub(in super::super) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) users: Vec<GroupMember>,
    pub(in super::super) role_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) roles: Vec<i64>,
    pub(in super::super) added_at: Option<Timestamp>,
}

#[derive(Deserialize)]
pub(in super::super) struct GroupMember {
    pub(in super::super) user: User,
}

/// `GET service-account`, of paid editions.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ServiceAccounts {
    pub(in super::super) service_accounts: Vec<ServiceAccount>,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) root_roles: Vec<RoleName>,
}

#[derive(Deserialize)]
pub(in super::super) struct ServiceAccount {
    #[serde(flatten)]
    pub(in super::super) user: User,
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) tokens: Vec<AccountToken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct AccountToken {
    #[serde(default, deserialize_with = "or_default")]
    pub(in super::super) description: String,
    pub(in super::super) created_at: Option<Timestamp>,
    pub(in super::super) expires_at: Option<Timestamp>,
    pub(in super::super) seen_at: Option<Timestamp>,
}
