//! The feature flags of a GitLab project.
//!
//! A token for the API reads everything that GitLab knows through its REST API. A client token of the feature flags
//! (`glffct-…`) opens what SDKs of Unleash get instead: one environment, and nothing but what is served there.
//! Written after GitLab's documentation and tested against a double.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Environment, EnvironmentKind, Flag, FlagEnvironment, FlagKey, FlagType, Gap, GapReason, Lifecycle, Project,
    ServerInfo, Snapshot, Source, Strategy, StrategyKind, Timestamp,
};
use reqwest::blocking::Client;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::bootstrap::BootstrapFile;
use super::unleash::strategy_of_json;
use crate::http::address::{Address, Token};
use crate::http::answer::Conversation;
use crate::http::client::{self, Session};
use crate::http::limits::Limits;
use crate::http::{Dialect, Trust};
use crate::{FlagServer, Progress, ServerConfig, ServerError};

/// How the REST API is spoken to.
const REST: Dialect = Dialect {
    root: &["api", "v4"],
    suffixes: &["/api/v4", "/api"],
    token_header: "private-token",
    right_token: "a token with the scope `read_api` and the role Developer in the project",
    no_such_route: "404 Not Found",
};

/// How GitLab is spoken to as SDKs of Unleash do.
const CLIENT: Dialect = Dialect {
    root: &["api", "v4", "feature_flags", "unleash"],
    suffixes: REST.suffixes,
    token_header: "unleash-instanceid",
    right_token: "the instance id that GitLab shows under Deploy, Feature flags, Configure",
    no_such_route: "404 Not Found",
};

/// How client tokens of feature flags begin.
const CLIENT_TOKEN: &str = "glffct-";
/// More a page is not had.
const A_PAGE: usize = 100;
/// What a project without environments serves its flags to.
const EVERYWHERE: &str = "*";
/// Everything that GitLab has of flags. It deletes flags and archives none, so that nothing archived is missing.
const HAS: [Source; 6] =
    [Source::Flags, Source::ArchivedFlags, Source::Details, Source::Segments, Source::Environments, Source::Projects];

/// A project on a GitLab server.
#[derive(Debug)]
pub struct Gitlab {
    http: Client,
    address: Address,
    token: Token,
    dialect: &'static Dialect,
    limits: Limits,
    project: String,
    environment: String,
    now: Timestamp,
}

impl Gitlab {
    /// The project that `config` names on the server at `url`, which may hold a base path. `now` is taken for the time
    /// of the capture if the server does not tell its own.
    ///
    /// # Errors
    /// [`ServerError::Setting`] for an address or a token that cannot be used, and when no project is named.
    pub fn new(
        url: &str,
        token: &str,
        config: &ServerConfig,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<Self, ServerError> {
        let limits = Limits::of(config);
        let Some(project) = config.project.clone().filter(|project| !project.trim().is_empty()) else {
            let why = "`kind = \"gitlab\"` needs `project` in `[server]`: its number, or its path like `group/shop`";
            return Err(ServerError::Setting(why.to_owned()));
        };
        let environment = config.environment.clone().unwrap_or_else(|| "production".to_owned());
        let token = Token::parse(token)?;
        let is_client = token.reveal().starts_with(CLIENT_TOKEN);
        let dialect = if is_client { &CLIENT } else { &REST };
        let address = Address::parse(url, dialect)?;
        let conversation = Conversation { address: &address, token: &token, dialect };
        // GitLab takes the name of the application for that of the environment.
        let headers = [("unleash-appname", environment.as_str())];
        let headers: &[(&str, &str)] = if is_client { &headers } else { &[] };
        let http = client::http_client(&conversation, headers, &limits, trust)?;
        Ok(Gitlab { http, address, token, dialect, limits, project, environment, now })
    }
}

impl FlagServer for Gitlab {
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let conversation = Conversation { address: &self.address, token: &self.token, dialect: self.dialect };
        let session = Session::new(&self.http, conversation, &self.limits, progress);
        let url = Some(self.address.to_string());
        if std::ptr::eq(self.dialect, &CLIENT) {
            let served: Value = session.get(&[&self.project, "client", "features"], &[])?;
            let at = session.server_time().unwrap_or(self.now);
            return served_to_clients(&served, &self.environment, url, at, progress);
        }
        self.rest(&session, url)
    }
}

impl Gitlab {
    fn rest(&self, session: &Session<'_>, url: Option<String>) -> Result<Snapshot, ServerError> {
        let project: wire::Project = session.get(&["projects", &self.project], &[])?;
        let read: Vec<wire::FeatureFlag> = pages(session, &["projects", &self.project, "feature_flags"], "flags")?;
        let version: Option<wire::Version> = session.get(&["version"], &[]).ok();
        let mut gaps = super::absent_but(&HAS, "GitLab project");
        let listed = pages(session, &["projects", &self.project, "environments"], "environments");
        let environments = environments(listed, &read, &mut gaps);
        let mut flags = BTreeMap::new();
        for one in read {
            let flag = flag(one, &project.path_with_namespace, &environments, &mut gaps)?;
            flags.insert(flag.key.clone(), flag);
        }
        gaps.sort_by(|a, b| (a.source, &a.flag).cmp(&(b.source, &b.flag)));
        let server = ServerInfo { kind: "gitlab".to_owned(), url, ..ServerInfo::default() };
        Ok(Snapshot {
            captured_at: session.server_time().unwrap_or(self.now),
            server: ServerInfo { version: version.and_then(|read| read.version), ..server },
            projects: vec![Project { id: project.path_with_namespace, name: project.name, ..Project::default() }],
            environments,
            flag_types: Vec::new(),
            segments: BTreeMap::new(),
            flags,
            events: Vec::new(),
            events_since: None,
            unknown_names: Vec::new(),
            applications: Vec::new(),
            integrations: Vec::new(),
            access: Default::default(),
            approvals: Default::default(),
            release_templates: Vec::new(),
            provenance: Default::default(),
            gaps,
        })
    }
}

/// What clients get has the shape of a bootstrap file of Unleash.
fn served_to_clients(
    served: &Value,
    environment: &str,
    url: Option<String>,
    at: Timestamp,
    progress: &dyn Progress,
) -> Result<Snapshot, ServerError> {
    let name = "what GitLab serves to clients";
    let file = BootstrapFile::new(name, served.to_string().into_bytes(), Some(environment.to_owned()), at);
    let mut snapshot = file.capture(progress)?;
    snapshot.server = ServerInfo { kind: "gitlab".to_owned(), url, ..ServerInfo::default() };
    Ok(snapshot)
}

/// All pages of a list: the last is shorter than the others.
fn pages<T: DeserializeOwned>(session: &Session<'_>, route: &[&str], what: &str) -> Result<Vec<T>, ServerError> {
    let limit = A_PAGE.to_string();
    let mut all = Vec::new();
    for page in 1.. {
        let number = page.to_string();
        let rows: Vec<T> = session.get(route, &[("per_page", &limit), ("page", &number)])?;
        let is_last = rows.len() < A_PAGE;
        all.extend(rows);
        session.progress().step(what, all.len(), None);
        if is_last {
            break;
        }
    }
    Ok(all)
}

/// The environments of the project, and those that only flags name. A project without any still serves its flags.
fn environments(
    listed: Result<Vec<wire::Environment>, ServerError>,
    flags: &[wire::FeatureFlag],
    gaps: &mut Vec<Gap>,
) -> Vec<Environment> {
    let listed = listed.unwrap_or_else(|error| {
        let reason = match &error {
            ServerError::Forbidden { .. } => GapReason::Forbidden,
            ServerError::Unsupported { .. } => GapReason::Unsupported,
            _ => GapReason::Failed,
        };
        gaps.push(Gap { source: Source::Environments, flag: None, reason, detail: error.to_string() });
        Vec::new()
    });
    let mut environments: Vec<Environment> = listed.into_iter().map(environment).collect();
    let scopes = flags.iter().flat_map(|flag| &flag.strategies).flat_map(|strategy| &strategy.scopes);
    let plain: BTreeSet<&str> =
        scopes.map(|scope| scope.environment_scope.as_str()).filter(|scope| !scope.contains('*')).collect();
    for name in plain {
        if !environments.iter().any(|known| known.name == name) {
            environments.push(Environment { name: name.to_owned(), kind: kind_of_name(name), enabled: true });
        }
    }
    if environments.is_empty() {
        let kind = EnvironmentKind::Production;
        environments.push(Environment { name: EVERYWHERE.to_owned(), kind, enabled: true });
    }
    environments.sort_by(|a, b| a.name.cmp(&b.name));
    environments
}

fn environment(read: wire::Environment) -> Environment {
    let kind = match read.tier.as_deref() {
        Some("production") => EnvironmentKind::Production,
        Some("staging") => EnvironmentKind::PreProduction,
        Some("development") => EnvironmentKind::Development,
        Some("testing") => EnvironmentKind::Test,
        Some(other) => EnvironmentKind::Other(other.to_owned()),
        None => kind_of_name(&read.name),
    };
    Environment { kind, enabled: read.state.as_deref() != Some("stopped"), name: read.name }
}

/// Of an environment that is only named.
fn kind_of_name(name: &str) -> EnvironmentKind {
    match name {
        "production" => EnvironmentKind::Production,
        _ => EnvironmentKind::Other("unknown".to_owned()),
    }
}

/// GitLab has no types of flags: all count as release flags.
fn flag(
    read: wire::FeatureFlag,
    project: &str,
    environments: &[Environment],
    gaps: &mut Vec<Gap>,
) -> Result<Flag, ServerError> {
    let key = FlagKey::new(&read.name).map_err(|error| ServerError::BadAnswer {
        path: "/api/v4/projects/{project}/feature_flags".to_owned(),
        detail: error.to_string(),
    })?;
    let is_legacy = read.version.as_deref() == Some("legacy_flag");
    if is_legacy {
        let detail = "it is of the old kind of flags (before GitLab 14.0), which is not read; make it anew".to_owned();
        gaps.push(Gap { source: Source::Details, flag: Some(key.clone()), reason: GapReason::Unsupported, detail });
    }
    let in_environment = |environment: &Environment| {
        let state = if is_legacy {
            FlagEnvironment { enabled: read.active, ..FlagEnvironment::default() }
        } else {
            state(&read, &environment.name)
        };
        (environment.name.clone(), state)
    };
    Ok(Flag {
        environments: environments.iter().map(in_environment).collect(),
        key,
        project: project.to_owned(),
        flag_type: FlagType::Release,
        description: read.description.filter(|text| !text.is_empty()),
        created_at: read.created_at,
        created_by: None,
        archived_at: None,
        stale: false,
        impression_data: false,
        tags: Vec::new(),
        links: Vec::new(),
        collaborators: Vec::new(),
        impact_metrics: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        lifecycle: Lifecycle::default(),
    })
}

/// A flag without a strategy for an environment is not served there at all, so it is off.
fn state(read: &wire::FeatureFlag, environment: &str) -> FlagEnvironment {
    let concerns =
        |strategy: &&wire::Strategy| strategy.scopes.iter().any(|scope| covers(&scope.environment_scope, environment));
    let strategies: Vec<Strategy> =
        read.strategies.iter().filter(concerns).map(|one| strategy(one, &read.name)).collect();
    FlagEnvironment {
        enabled: read.active && !strategies.is_empty(),
        strategies: Some(strategies),
        ..FlagEnvironment::default()
    }
}

fn strategy(read: &wire::Strategy, flag: &str) -> Strategy {
    let id = read.id.map(|id| id.to_string()).unwrap_or_default();
    let mut strategy = strategy_of_json(&json!({"id": id, "name": read.name, "parameters": read.parameters}), flag);
    if let ("gitlabUserList", Some(list)) = (read.name.as_str(), &read.user_list) {
        let ids = list.user_xids.as_deref().unwrap_or_default();
        let values = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        strategy.kind = StrategyKind::Targeted { by: "userId".to_owned(), values };
        strategy.title.clone_from(&list.name);
    }
    strategy
}

/// Whether a scope with stars in it covers an environment.
fn covers(scope: &str, environment: &str) -> bool {
    let mut parts = scope.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = environment.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn stars_stand_for_anything() {
        let cases = [
            ("*", "production", true),
            ("production", "production", true),
            ("production", "production-eu", false),
            ("review/*", "review/feature-1", true),
            ("review/*", "review", false),
            ("*-eu", "production-eu", true),
            ("p*n*eu", "production-eu", true),
            ("p*x*eu", "production-eu", false),
            ("a*a", "a", false),
        ];
        for (scope, environment, expected) in cases {
            assert_eq!(covers(scope, environment), expected, "{scope} {environment}");
        }
    }
}
