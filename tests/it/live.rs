//! Against a real Unleash, seeded with the project's estate. Skipped aloud where there is none; CI requires it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::estate::{expected, found};
use crate::harness::{Run, downhaul, project, run};

/// A moment after the seeding that is the same for every run of a test.
const LATER: &str = "2099-01-01";

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// The server of this run; `None` when there is none and none is required.
pub(crate) fn server() -> Option<Server> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("UNLEASH_URL"), variable("UNLEASH_TOKEN")) {
        (Some(url), Some(token)) => Some(Server { url, token }),
        _ if variable("DOWNHAUL_LIVE").as_deref() == Some("require") => {
            panic!("a live server is required: set UNLEASH_URL and UNLEASH_TOKEN")
        }
        _ => {
            // Past the capture of the test runner, so that it is seen.
            let _ = writeln!(std::io::stderr(), "skipped: no Unleash server (set UNLEASH_URL and UNLEASH_TOKEN)");
            None
        }
    }
}

impl Server {
    /// The server with the token of this run, and with that of an admin where the environment names it.
    pub(crate) fn with_every_token(&self) -> Vec<Server> {
        let tokens = std::env::var("UNLEASH_ADMIN_TOKEN").into_iter().chain([self.token.clone()]);
        tokens.map(|token| Server { url: self.url.clone(), token }).collect()
    }

    pub(crate) fn downhaul(&self, arguments: &[&str]) -> Run {
        let mut command: Command = downhaul(&project());
        run(command.args(arguments).env("UNLEASH_URL", &self.url).env("UNLEASH_TOKEN", &self.token))
    }
}

/// Flags of the estate that this version of the server cannot have.
pub(crate) fn left_out() -> BTreeSet<String> {
    let names = std::env::var("UNLEASH_LEFT_OUT").unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn estate() -> toml::Table {
    let text = std::fs::read_to_string(project().join("fixtures/estate/estate.toml")).expect("the estate");
    text.parse().expect("the estate is TOML")
}

#[test]
fn live_check_finds_what_the_estate_says() {
    let Some(server) = server() else { return };
    let check = server.downhaul(&["check", "--root", "fixtures/estate/code", "--format", "json"]).exits(1).json();
    let (mut found, mut expected) = (found(&check), expected("fixtures/estate/estate.toml"));
    // What a server cannot have is unknown there.
    for flag in left_out() {
        found.remove(&flag);
        expected.remove(&flag);
    }
    assert_eq!(found, expected);
    assert_eq!(check["complete"], true);
    for rule in check["rules"].as_array().expect("rules") {
        let id = rule["id"].as_str().expect("an id");
        assert!(rule["not_evaluated"] == 0 || NOT_TOLD.contains(&id), "{rule}");
        assert_eq!(rule["unsupported"] != 0, UNSUPPORTED.contains(&id), "{rule}");
    }
}

/// What one repository and the token of a reader cannot tell all of: variables, tokens, absence.
const NOT_TOLD: [&str; 3] = ["context-not-provided", "risky-api-token", "zombie-flag"];

/// What an open-source server does not have.
const UNSUPPORTED: [&str; 3] =
    ["production-change-without-approval", "self-approved-change", "unprotected-production-environment"];

#[test]
fn live_snapshots_of_an_unchanged_server_are_equal() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let capture = |name: &str| -> (PathBuf, Value) {
        let path = folder.path().join(name);
        server.downhaul(&["snapshot", path.to_str().expect("UTF-8")]).exits(0);
        let text = std::fs::read_to_string(&path).expect("the snapshot was written");
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value.as_object_mut().expect("an object").remove("captured_at").expect("a capture time");
        (path, value)
    };
    let (first, one) = capture("one.json");
    let (_, two) = capture("two.json");
    assert_eq!(one, two);

    let text = std::fs::read_to_string(&first).expect("the snapshot");
    assert!(!text.contains(&server.token), "the token is in the snapshot");
}

#[test]
fn live_check_equals_the_check_from_a_file() {
    let Some(server) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("snapshot.json.gz");
    let path = path.to_str().expect("UTF-8");
    server.downhaul(&["snapshot", path]).exits(0);
    let check = ["check", "--root", "fixtures/estate/code", "--as-of", LATER, "--fail-on", "never", "--format"];
    for format in ["json", "text", "sarif", "github", "concise", "jsonl"] {
        let live = server.downhaul(&[&check[..], &[format]].concat()).exits(0);
        let mut from_file = downhaul(&project());
        let file = run(from_file.args(check).args([format, "--snapshot", path])).exits(0);
        assert_eq!(live.stdout, file.stdout, "{format}");
    }
}

#[test]
fn live_wrong_token_and_wrong_kind_of_token() {
    let Some(server) = server() else { return };
    let with = |token: &str| {
        let server = Server { url: server.url.clone(), token: token.to_owned() };
        server.downhaul(&["check", "--root", "fixtures/estate/code"]).exits(3)
    };
    let wrong = with("user:0123456789abcdef");
    assert!(wrong.stderr.contains("token"), "{}", wrong.stderr);
    assert!(!wrong.stderr.contains("0123456789abcdef"), "{}", wrong.stderr);
}
