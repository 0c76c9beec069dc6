//! The answers of GitLab's REST API about one project, as far as they are read.

use downhaul_core::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// `GET version`
#[derive(Deserialize)]
pub(super) struct Version {
    pub(super) version: Option<String>,
}

/// `GET projects/{project}`
#[derive(Deserialize)]
pub(super) struct Project {
    pub(super) path_with_namespace: String,
    pub(super) name: String,
}

/// `GET projects/{project}/environments`: one of a page.
#[derive(Deserialize)]
pub(super) struct Environment {
    pub(super) name: String,
    /// `production`, `staging`, `testing`, `development`, `other`; older servers do not say.
    pub(super) tier: Option<String>,
    pub(super) state: Option<String>,
}

/// `GET projects/{project}/feature_flags`: one of a page.
#[derive(Deserialize)]
pub(super) struct FeatureFlag {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) active: bool,
    /// `new_version_flag`; servers before 14.0 also have `legacy_flag`, of another shape.
    pub(super) version: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) strategies: Vec<Strategy>,
}

#[derive(Deserialize)]
pub(super) struct Strategy {
    pub(super) id: Option<i64>,
    /// As in Unleash, and `gitlabUserList`.
    pub(super) name: String,
    #[serde(default)]
    pub(super) parameters: Value,
    #[serde(default)]
    pub(super) scopes: Vec<Scope>,
    pub(super) user_list: Option<UserList>,
}

#[derive(Deserialize)]
pub(super) struct Scope {
    /// The name of an environment, where `*` stands for anything.
    pub(super) environment_scope: String,
}

#[derive(Deserialize)]
pub(super) struct UserList {
    pub(super) name: Option<String>,
    /// Ids of users, with commas.
    pub(super) user_xids: Option<String>,
}
