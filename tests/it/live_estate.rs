//! What is captured of a live server equals what was seeded there, and capturing leaves no trace and no secret.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::{Run, downhaul, project, run};
use crate::live::{Server, estate, left_out, server};

/// How often the seeding reports the evaluations of an hour.
const REPORTS: u64 = 3;

fn capture(server: &Server, name: &str) -> (tempfile::TempDir, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    server.downhaul(&["snapshot", path.to_str().expect("UTF-8")]).exits(0);
    let text = std::fs::read_to_string(&path).expect("the snapshot was written");
    (folder, serde_json::from_str(&text).expect("JSON"))
}

pub(crate) fn list<'a>(table: &'a toml::Value, key: &str) -> &'a [toml::Value] {
    table.get(key).and_then(toml::Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(table: &'a toml::Value, key: &str) -> Option<&'a str> {
    table.get(key).and_then(toml::Value::as_str)
}

pub(crate) fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn live_estate_is_captured_as_it_was_seeded() {
    let Some(server) = server() else { return };
    let (_folder, snapshot) = capture(&server, "snapshot.json");
    let estate = toml::Value::Table(estate());
    let left_out = left_out();
    let captured: BTreeMap<&str, &Value> = snapshot["flags"]
        .as_array()
        .expect("flags")
        .iter()
        .map(|flag| (flag["key"].as_str().expect("a key"), flag))
        .collect();
    let seeded: BTreeMap<&str, &toml::Value> = list(&estate, "flag")
        .iter()
        .map(|flag| (text(flag, "name").expect("a name"), flag))
        .filter(|(name, _)| !left_out.contains(*name))
        .collect();
    assert_eq!(captured.keys().collect::<Vec<_>>(), seeded.keys().collect::<Vec<_>>());
    let segments: BTreeMap<&str, &str> = snapshot["segments"]
        .as_array()
        .expect("segments")
        .iter()
        .map(|segment| (segment["id"].as_str().expect("an id"), segment["name"].as_str().expect("a name")))
        .collect();
    for (name, flag) in &seeded {
        same_flag(name, flag, captured[name], &segments);
    }
    people_and_programs(&estate, &snapshot);
}

fn same_flag(name: &str, seeded: &toml::Value, captured: &Value, segments: &BTreeMap<&str, &str>) {
    assert_eq!(captured["type"].as_str(), text(seeded, "type"), "{name}");
    assert_eq!(captured["description"].as_str(), text(seeded, "description"), "{name}");
    assert_eq!(captured.get("archived_at").is_some(), seeded.get("archived_days").is_some(), "{name}");
    assert_eq!(captured["stale"] == true, seeded.get("stale_days").is_some(), "{name}");
    completion(name, seeded, captured);
    // A server answers 404 about an archived flag: only the search knows it.
    if seeded.get("archived_days").is_some() {
        return;
    }
    let tags: BTreeSet<String> = captured["tags"].as_array().into_iter().flatten().map(tag).collect();
    for tag in list(seeded, "tags") {
        assert!(tags.contains(tag.as_str().expect("text")), "{name}: {tag} of {tags:?}");
    }
    let links: Vec<(&str, &str)> = captured["links"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| (link["url"].as_str().unwrap_or_default(), link["title"].as_str().unwrap_or_default()))
        .collect();
    let wanted: Vec<(&str, &str)> = list(seeded, "links")
        .iter()
        .map(|link| (text(link, "url").unwrap_or_default(), text(link, "title").unwrap_or_default()))
        .collect();
    assert_eq!(links, wanted, "{name}");
    let parent = captured["parents"][0]["parent"].as_str();
    assert_eq!(parent, seeded.get("parent").and_then(|parent| text(parent, "flag")), "{name}");
    for environment in ["development", "production"] {
        let empty = toml::Value::Table(toml::Table::new());
        let state = seeded.get(environment).unwrap_or(&empty);
        same_environment(&format!("{name} {environment}"), state, &captured["environments"][environment], segments);
    }
}

fn tag(tag: &Value) -> String {
    format!("{}:{}", tag["kind"].as_str().unwrap_or_default(), tag["value"].as_str().unwrap_or_default())
}

fn completion(name: &str, seeded: &toml::Value, captured: &Value) {
    let Some(completed) = seeded.get("completed") else {
        return assert!(captured.get("completion").is_none(), "{name}");
    };
    if completed.get("kept").and_then(toml::Value::as_bool) == Some(true) {
        let kept = &captured["completion"]["kept"];
        assert!(kept.is_object(), "{name}: {captured}");
        assert_eq!(kept["variant"].as_str(), text(completed, "variant"), "{name}");
    } else {
        assert_eq!(captured["completion"], "discarded", "{name}");
    }
}

/// When something was done last, as days before the seeding.
pub(crate) fn last(state: &toml::Value, key: &str) -> f64 {
    list(state, key).iter().filter_map(days).fold(f64::INFINITY, f64::min)
}

pub(crate) fn days(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|days| days as f64))
}

fn same_environment(place: &str, seeded: &toml::Value, captured: &Value, segments: &BTreeMap<&str, &str>) {
    assert_eq!(captured["enabled"] == true, last(seeded, "on_days") < last(seeded, "off_days"), "{place}");
    let strategies = captured["strategies"].as_array().unwrap_or_else(|| panic!("{place}: strategies were not read"));
    let wanted = list(seeded, "strategy");
    if !wanted.is_empty() {
        assert_eq!(strategies.len(), wanted.len(), "{place}");
        for (strategy, wanted) in strategies.iter().zip(wanted) {
            same_strategy(place, wanted, strategy, segments);
        }
    }
    if let Some(metrics) = seeded.get("metrics") {
        let count = |key: &str| metrics.get(key).and_then(toml::Value::as_integer).unwrap_or_default() as u64 * REPORTS;
        let usage = &captured["usage"];
        assert_eq!((usage["yes"].as_u64(), usage["no"].as_u64()), (Some(count("yes")), Some(count("no"))), "{place}");
        assert!(strings(&usage["applications"]).contains(&text(metrics, "application").expect("who")), "{place}");
    } else {
        assert_eq!(
            (captured["usage"]["yes"].as_u64(), captured["usage"]["no"].as_u64()),
            (Some(0), Some(0)),
            "{place}"
        );
    }
}

fn same_strategy(place: &str, seeded: &toml::Value, captured: &Value, segments: &BTreeMap<&str, &str>) {
    let steps = list(seeded, "rollout");
    let percent = steps.last().and_then(|step| step.get(1)).and_then(toml::Value::as_integer);
    let rollout = &captured["kind"]["rollout"];
    assert_eq!(rollout["percent"].as_i64(), percent, "{place}: {captured}");
    assert_eq!(rollout["stickiness"].as_str(), Some(text(seeded, "stickiness").unwrap_or("default")), "{place}");
    let names: BTreeSet<&str> = strings(&captured["segments"]).iter().map(|id| segments[id]).collect();
    let wanted: BTreeSet<&str> = list(seeded, "segments").iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(names, wanted, "{place}");
    let of = |values: &[Value], key: &str| -> Vec<String> {
        values.iter().map(|value| value[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    let array = |key: &str| captured[key].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> =
        list(seeded, "constraint").iter().map(|one| text(one, "field").unwrap_or_default().to_owned()).collect();
    assert_eq!(of(&array("constraints"), "field"), fields, "{place}");
    // The server sorts them.
    let variants: BTreeSet<String> =
        list(seeded, "variant").iter().map(|one| text(one, "name").unwrap_or_default().to_owned()).collect();
    assert_eq!(of(&array("variants"), "name").into_iter().collect::<BTreeSet<_>>(), variants, "{place}");
    assert_eq!(captured["disabled"] == true, seeded.get("disabled").and_then(toml::Value::as_bool) == Some(true));
}

fn people_and_programs(estate: &toml::Value, snapshot: &Value) {
    let names = |key: &str, name: &str| -> BTreeSet<&str> {
        snapshot[key].as_array().into_iter().flatten().filter_map(|one| one[name].as_str()).collect()
    };
    let seeded = |key: &str| list(estate, key).iter().filter_map(|one| text(one, "name"));
    assert!(seeded("segment").all(|name| names("segments", "name").contains(name)));
    let applications = names("applications", "name");
    assert!(seeded("application").all(|name| applications.contains(name)), "{applications:?}");
    let people: BTreeSet<&str> = snapshot["access"]["users"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|user| user["person"]["name"].as_str())
        .collect();
    // Only an admin's token sees people.
    assert!(people.is_empty() || seeded("user").all(|name| people.contains(format!("{name}@example.com").as_str())));
}

/// A capture that wrote to the log would show in the next one.
#[test]
fn live_capture_leaves_no_trace_in_the_event_log() {
    let Some(server) = server() else { return };
    for server in server.with_every_token() {
        let (_one, before) = capture(&server, "one.json");
        server.downhaul(&["doctor"]).exits(0);
        let (_two, after) = capture(&server, "two.json");
        assert!(before["events"].as_array().is_some_and(|events| !events.is_empty()));
        assert_eq!(before["events"], after["events"]);
    }
}

#[test]
fn live_snapshot_is_continued_and_the_chain_holds() {
    let Some(server) = server() else { return };
    let (folder, whole) = capture(&server, "one.json");
    let (one, two) = (folder.path().join("one.json"), folder.path().join("two.json"));
    let path = |path: &std::path::Path| path.to_str().expect("UTF-8").to_owned();
    server.downhaul(&["snapshot", "--since-snapshot", &path(&one), &path(&two)]).exits(0);
    let text = std::fs::read_to_string(&two).expect("the snapshot was written");
    let mut continued: Value = serde_json::from_str(&text).expect("JSON");
    let previous = continued.as_object_mut().expect("an object").remove("previous").expect("the digest of the first");
    assert_eq!(previous.as_str().map(str::len), Some(64));
    continued["captured_at"] = whole["captured_at"].clone();
    assert_eq!(continued, whole, "an unchanged server");
    let diff = server.downhaul(&["snapshot", "diff", &path(&one), &path(&two)]).exits(0);
    assert_eq!(diff.stdout, "");
    assert!(diff.stderr.contains("0 differences"), "{}", diff.stderr);
}

/// Kills a capture once it has read something; gives what it left beside `path`.
fn killed_capture(server: &Server, path: &std::path::Path) -> String {
    let partial = path.with_extension("json.partial");
    for _ in 0..20 {
        let mut command = downhaul(&project());
        command.args(["snapshot", path.to_str().expect("UTF-8")]);
        command.env("UNLEASH_URL", &server.url).env("UNLEASH_TOKEN", &server.token);
        let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("it starts");
        let left = loop {
            let left = std::fs::read_to_string(&partial).unwrap_or_default();
            if left.lines().count() > 20 || child.try_wait().expect("its state").is_some() {
                break left;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        };
        // It may have ended meanwhile.
        let _ = child.kill();
        child.wait().expect("it ends");
        if !left.is_empty() && !path.exists() {
            return std::fs::read_to_string(&partial).expect("what it left");
        }
        std::fs::remove_file(path).expect("it was through");
    }
    panic!("no capture could be killed in time");
}

#[test]
fn live_capture_that_is_killed_is_gone_on_with() {
    let Some(server) = server() else { return };
    let (folder, mut whole) = capture(&server, "whole.json");
    let path = folder.path().join("killed.json");
    killed_capture(&server, &path);
    let (shown, partial) = (path.to_str().expect("UTF-8"), path.with_extension("json.partial"));
    let check = server.downhaul(&["check", "--snapshot", partial.to_str().expect("UTF-8")]).exits(2);
    assert!(check.stderr.contains("a capture that was cut short"), "{}", check.stderr);
    let second = server.downhaul(&["snapshot", shown]).exits(0);
    assert!(second.stderr.contains("going on from"), "{}", second.stderr);
    assert!(!partial.exists(), "it is through");
    let mut gone_on: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("written")).expect("JSON");
    for one in [&mut whole, &mut gone_on] {
        one.as_object_mut().expect("an object").remove("captured_at");
    }
    assert_eq!(gone_on, whole);
}

/// Every secret that this server has or that opens it: none may be in any file or on any stream.
#[test]
fn live_secrets_are_in_no_output() {
    let Some(server) = server() else { return };
    let secrets: Vec<String> = std::env::vars()
        .filter(|(name, value)| {
            name.starts_with("UNLEASH_") && (name.contains("TOKEN") || name.contains("PASSWORD")) && value.len() > 15
        })
        .map(|(_, value)| value.rsplit(['.', ':']).next().unwrap_or_default().to_owned())
        .collect();
    assert!(secrets.len() > 4, "the environment names the secrets of the server");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let key = "5f0c5f0c5f0c5f0c5f0c5f0c";
    for (index, server) in server.with_every_token().into_iter().enumerate() {
        let plain = path(&format!("plain-{index}.json"));
        let mut runs: Vec<Run> = vec![
            server.downhaul(&["snapshot", "-v", &plain]).exits(0),
            server.downhaul(&["doctor", "-v"]).exits(0),
            server.downhaul(&["doctor", "--format", "json"]).exits(0),
            server.downhaul(&["init", "--dry-run", "--root", "fixtures/estate/code", "--snapshot", &plain]).exits(0),
            server.downhaul(&["snapshot", "diff", &plain, &plain, "-v"]).exits(0),
        ];
        let check = ["check", "--root", "fixtures/estate/code", "--fail-on", "never", "-v", "--format"];
        runs.push(server.downhaul(&[&check[..], &["json"]].concat()).exits(0));
        for format in ["text", "sarif", "github", "markdown"] {
            runs.push(server.downhaul(&[&check[..], &[format, "--snapshot", &plain]].concat()).exits(0));
        }
        let redacted = path(&format!("redacted-{index}.json"));
        let mut command = downhaul(&project());
        command.args(["snapshot", "--redact", &redacted]).env("DOWNHAUL_REDACT_KEY", key);
        runs.push(run(command.env("UNLEASH_URL", &server.url).env("UNLEASH_TOKEN", &server.token)).exits(0));
        let killed = killed_capture(&server, &folder.path().join(format!("killed-{index}.json")));
        let mut texts: Vec<String> = runs.into_iter().flat_map(|run| [run.stdout, run.stderr]).collect();
        texts.push(killed);
        texts.extend([plain, redacted].map(|path| std::fs::read_to_string(path).expect("it was written")));
        for text in &texts {
            let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
            assert!(found.is_none() && !text.contains(key), "a secret is in: {}", &text[..text.len().min(400)]);
        }
    }
}
