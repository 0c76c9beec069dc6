//! Answers recorded of a real server, and the snapshot that comes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use downhaul_core::{Completion, FlagKey, Snapshot};
use downhaul_server::file;
use serde_json::Value;

use crate::server::{Reply, Server, TIME, TOKEN};

/// What was recorded for path and query; the message that Unleash gives for unknown routes for everything else.
pub(crate) fn recorded() -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    answers_of(&cases().join("8.2.0"))
}

fn answers_of(case: &Path) -> impl Fn(&str) -> Reply + Send + Sync + use<> {
    let text = std::fs::read_to_string(case.join("answers.json")).expect("the case has answers");
    let answers: Vec<Value> = serde_json::from_str(&text).expect("a list of answers");
    let by_request: BTreeMap<String, (u16, Value)> = answers
        .into_iter()
        .map(|mut answer| {
            let request = answer["request"].as_str().expect("a request").replacen("GET ", "", 1);
            let status = answer["status"].as_u64().and_then(|status| status.try_into().ok()).expect("a status");
            (request, (status, answer["body"].take()))
        })
        .collect();
    move |target| match by_request.get(target) {
        Some((status, body)) => Reply::Json(*status, body.clone()),
        None => Reply::no_such_path(target),
    }
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/servers/unleash")
}

fn capture(case: &Path) -> (Snapshot, Server) {
    let answers = answers_of(case);
    let server = Server::start(move |target, _| answers(target));
    let snapshot = server.capture().expect("the list of flags is there");
    (snapshot, server)
}

/// A folder is a case. 6.10.1 and 5.12.8 ignore filters and lack routes, which must be told.
/// The expected snapshot is a snapshot file; the address in it depends on the free port and is replaced.
#[test]
fn every_case_gives_its_snapshot() {
    let folders: Vec<PathBuf> = std::fs::read_dir(cases())
        .expect("there are cases")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    assert!(!folders.is_empty());
    for case in folders {
        let (mut snapshot, _) = capture(&case);
        snapshot.server.url = Some("http://unleash.example.com".to_owned());
        let expected = case.join("snapshot.json");
        let actual = file::write(&snapshot, "0.0.0", false);
        if std::fs::read(&expected).ok().as_deref() != Some(actual.as_slice()) {
            let new = case.join("snapshot.json.new");
            std::fs::write(&new, &actual).expect("the case can be written");
            panic!("{} differs from what came out; read {} and rename it", expected.display(), new.display());
        }
    }
}

#[test]
fn nothing_of_the_recorded_server_is_missing() {
    let (snapshot, _) = capture(&cases().join("8.2.0"));
    assert_eq!(snapshot.gaps, []);
    assert_eq!(snapshot.captured_at.to_string(), TIME, "the server's clock counts");
    assert_eq!(snapshot.server.version.as_deref(), Some("8.2.0"));
    let key = FlagKey::new("recs-homepage-model").expect("a key");
    let kept = Completion::Kept { variant: Some("model-b".to_owned()) };
    assert_eq!(snapshot.flags[&key].lifecycle.completion, Some(kept), "the log alone knows the variant");
    let parent = &snapshot.flags["account-sso-beta"].parents[0];
    assert_eq!(parent.parent.as_str(), "account-new-profile");
    let archived = &snapshot.flags["infra-read-replica"];
    assert!(archived.archived_at.is_some());
    assert_eq!(archived.environments["production"].usage.as_ref().map(|usage| usage.yes), Some(3900));
}

#[test]
fn only_get_is_used_and_every_request_carries_the_token() {
    let (_, server) = capture(&cases().join("8.2.0"));
    let heads = server.heads();
    assert!(heads.len() > 30);
    for head in heads {
        assert!(head.starts_with("GET /api/admin/"), "{head}");
        assert!(head.to_ascii_lowercase().contains(&format!("authorization: {TOKEN}")), "{head}");
    }
}

#[test]
fn base_paths_are_kept() {
    let answers = recorded();
    let server = Server::start(move |target, _| match target.strip_prefix("/flags/eu") {
        Some(target) => answers(target),
        None => Reply::html(200, &[]),
    });
    let config = downhaul_server::ServerConfig::default();
    let now = downhaul_core::Timestamp::UNIX_EPOCH;
    for base in ["/flags/eu", "/flags/eu/", "/flags/eu/api"] {
        let url = format!("{}{base}", server.url());
        let unleash = downhaul_server::unleash::Unleash::new(&url, TOKEN, &config, now).expect("usable");
        let snapshot = downhaul_server::FlagServer::capture(&unleash, &()).expect("the server can be read");
        assert_eq!(snapshot.server.url, Some(format!("{}/flags/eu", server.url())));
    }
}
