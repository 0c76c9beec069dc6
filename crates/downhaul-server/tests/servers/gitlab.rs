//! GitLab, against answers made after its documentation: no GitLab was at hand.

use std::path::Path;

use downhaul_core::{EnvironmentKind, GapReason, Snapshot, Source, StrategyKind, Timestamp};
use downhaul_server::gitlab::Gitlab;
use downhaul_server::{FlagServer, ServerConfig, ServerError, Trust, file};
use serde_json::{Value, json};

use crate::recorded::answers_of;
use crate::server::{Reply, Server};

const API_TOKEN: &str = "glpat-5ec2e75ec2e75ec2e7";
const CLIENT_TOKEN: &str = "glffct-5ec2e75ec2e75ec2e7";

fn case() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/servers/gitlab/project")
}

fn except(instead: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let answers = answers_of(&case());
    // GitLab has words of its own for what it does not have.
    let missing = move |target: &str| match answers(target) {
        Reply::Json(404, _) => Reply::Json(404, json!({"error": "404 Not Found"})),
        reply => reply,
    };
    let answers = move |target: &str| instead(target).unwrap_or_else(|| missing(target));
    Server::start(move |target, _| answers(target))
}

fn capture(server: &Server, token: &str, project: &str) -> Result<Snapshot, ServerError> {
    let config =
        ServerConfig { kind: "gitlab".to_owned(), project: Some(project.to_owned()), ..ServerConfig::default() };
    Gitlab::new(&server.url(), token, &config, &Trust::default(), Timestamp::UNIX_EPOCH)?.capture(&())
}

fn kinds(snapshot: &Snapshot, flag: &str, environment: &str) -> (bool, Vec<StrategyKind>) {
    let state = &snapshot.flags[flag].environments[environment];
    let strategies = state.strategies.iter().flatten().map(|strategy| strategy.kind.clone()).collect();
    (state.enabled, strategies)
}

#[test]
fn case_gives_its_snapshot() {
    let server = except(|_| None);
    let mut snapshot = capture(&server, API_TOKEN, "group/shop").expect("the project can be read");
    snapshot.server.url = Some("http://gitlab.example.com".to_owned());
    let expected = case().join("snapshot.json");
    let actual = file::write(&snapshot, "0.0.0", false);
    assert_eq!(file::read(&actual, "a.json").expect("our own file can be read"), snapshot);
    if std::fs::read(&expected).ok().as_deref() != Some(actual.as_slice()) {
        let new = case().join("snapshot.json.new");
        std::fs::write(&new, &actual).expect("the case can be written");
        panic!("{} differs from what came out; read {} and rename it", expected.display(), new.display());
    }
    for head in server.heads() {
        assert!(head.starts_with("GET /api/v4/"), "{head}");
        assert!(head.to_ascii_lowercase().contains(&format!("private-token: {API_TOKEN}")), "{head}");
    }
}

#[test]
fn strategies_count_where_their_scopes_say() {
    let snapshot = capture(&except(|_| None), API_TOKEN, "group/shop").expect("the project can be read");
    let share = |percent: u8, stickiness: &str, group: &str| StrategyKind::Rollout {
        percent,
        stickiness: stickiness.to_owned(),
        group: group.to_owned(),
    };
    let named = |values: &[&str]| StrategyKind::Targeted {
        by: "userId".to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    assert_eq!(kinds(&snapshot, "new-checkout", "production"), (true, vec![share(25, "userId", "default")]));
    assert_eq!(kinds(&snapshot, "new-checkout", "review/shop-7"), (true, vec![share(100, "default", "new-checkout")]));
    assert_eq!(
        kinds(&snapshot, "vip-lounge", "production"),
        (true, vec![named(&["1", "2", "3"]), named(&["ann", "bob"])])
    );
    assert!(!kinds(&snapshot, "dark-mode", "production").0, "it is not active");
    assert_eq!(kinds(&snapshot, "half-way", "production"), (false, Vec::new()), "nothing of it is served there");
    assert_eq!(kinds(&snapshot, "half-way", "canary"), (true, vec![share(50, "userId", "g")]));
    assert_eq!(snapshot.flags["ancient"].environments["production"].strategies, None);
    let gap = |flag: &str| snapshot.gaps.iter().find(|gap| gap.flag.as_ref().is_some_and(|key| key.as_str() == flag));
    assert_eq!(gap("ancient").map(|gap| (gap.source, gap.reason)), Some((Source::Details, GapReason::Unsupported)));
    let production: Vec<&str> = snapshot.production_environments().collect();
    assert_eq!(production, ["production"]);
}

#[test]
fn what_gitlab_lacks_is_a_gap_and_nothing_archived_is_no_gap() {
    let snapshot = capture(&except(|_| None), API_TOKEN, "group/shop").expect("the project can be read");
    let lacks = |source| snapshot.gap(source, None).is_some_and(|gap| gap.reason == GapReason::Absent);
    assert!(lacks(Source::Events) && lacks(Source::Usage) && lacks(Source::Protections) && lacks(Source::FlagTypes));
    for source in [Source::Flags, Source::ArchivedFlags, Source::Environments, Source::Projects] {
        assert_eq!(snapshot.gap(source, None), None, "{source:?}");
    }
}

#[test]
fn flags_come_in_pages_and_a_project_may_have_no_environments() {
    let flag = |index: usize| {
        json!({"name": format!("flag-{index:03}"), "active": true, "version": "new_version_flag",
        "strategies": [{"id": index, "name": "default", "parameters": {}, "scopes": [{"environment_scope": "*"}]}]})
    };
    let server = except(move |target| {
        if target.contains("/environments") {
            return Some(Reply::Json(200, json!([])));
        }
        let page: usize = target.split_once("feature_flags?per_page=100&page=")?.1.parse().expect("a number");
        let rows: Vec<Value> = ((page - 1) * 100..(page * 100).min(201)).map(flag).collect();
        Some(Reply::Json(200, rows.into()))
    });
    let snapshot = capture(&server, API_TOKEN, "group/shop").expect("the project can be read");
    assert_eq!(snapshot.flags.len(), 201);
    assert_eq!(server.asked("/api/v4/projects/group%2Fshop/feature_flags").len(), 3);
    let environments: Vec<_> = snapshot.environments.iter().map(|one| (one.name.as_str(), &one.kind)).collect();
    assert_eq!(environments, [("*", &EnvironmentKind::Production)]);
    assert!(kinds(&snapshot, "flag-000", "*").0);
}

#[test]
fn client_token_opens_what_sdks_get() {
    let server = except(|_| None);
    let snapshot = capture(&server, CLIENT_TOKEN, "42").expect("clients can read it");
    assert_eq!(snapshot.server.kind, "gitlab");
    assert_eq!(snapshot.flags.len(), 1);
    assert!(kinds(&snapshot, "new-checkout", "production").0);
    assert!(snapshot.gap(Source::ArchivedFlags, None).is_some(), "clients see what is served and no more");
    let heads = server.heads();
    assert_eq!(heads.len(), 1);
    let head = heads[0].to_ascii_lowercase();
    assert!(head.contains(&format!("unleash-instanceid: {CLIENT_TOKEN}")), "{head}");
    assert!(head.contains("unleash-appname: production"), "{head}");
}

#[test]
fn refusals_say_whose_move_it_is() {
    let refuse = |status: u16, body: Value| except(move |_| Some(Reply::Json(status, body.clone())));
    let project = json!({"message": "404 Project Not Found"});
    let error = capture(&refuse(404, project), API_TOKEN, "group/shop").expect_err("there is no such project");
    assert!(matches!(error, ServerError::NotFound { .. }), "{error:?}");
    let error = capture(&refuse(401, json!({"message": "401 Unauthorized"})), API_TOKEN, "1").expect_err("no token");
    assert!(error.to_string().contains("scope `read_api`"), "{error}");
    let error = capture(&refuse(403, json!({"message": "403 Forbidden"})), API_TOKEN, "1").expect_err("may not");
    assert!(matches!(&error, ServerError::Forbidden { detail, .. } if detail.contains("role Developer")), "{error}");
    assert!(!format!("{error:?}").contains("5ec2e7"));
    let config = ServerConfig { kind: "gitlab".to_owned(), ..ServerConfig::default() };
    let now = Timestamp::UNIX_EPOCH;
    let error = Gitlab::new("https://gitlab.com", API_TOKEN, &config, &Trust::default(), now).expect_err("no project");
    assert!(error.is_users_input() && error.to_string().contains("`project` in `[server]`"), "{error}");
}

#[test]
fn environments_that_may_not_be_read_are_a_gap() {
    let server = except(|target| {
        target.contains("/environments").then(|| Reply::Json(403, json!({"message": "403 Forbidden"})))
    });
    let snapshot = capture(&server, API_TOKEN, "group/shop").expect("the flags can be read");
    assert_eq!(snapshot.gap(Source::Environments, None).map(|gap| gap.reason), Some(GapReason::Forbidden));
    assert!(snapshot.flags["new-checkout"].environments.contains_key("production"), "the flags name some");
}
