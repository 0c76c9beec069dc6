//! Wrong input is answered with a sentence, a hint and the right exit code, and leaves nothing half done.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::thread;

use crate::harness::{Run, downhaul, project, run, tree, write};

const POLICY: &str = "version = 1\n";
const CODE: &str = "import { initialize } from 'unleash-client';\n\
                    const unleash = initialize({ url: 'u', appName: 'a' });\n\
                    export const on = () => unleash.isEnabled('new-checkout');\n";

/// A server on loopback that gives every request the same answer.
fn server(status: &'static str, content_type: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream, status, content_type, body));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, status: &str, content_type: &str, body: &str) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

/// `check` in a small repository, against this server.
fn check_against(url: &str) -> Run {
    let repo = tree(&[("downhaul.toml", POLICY), ("src/a.ts", CODE)]);
    run(downhaul(repo.path()).arg("check").env("UNLEASH_URL", url).env("UNLEASH_TOKEN", "user:planted-secret"))
}

#[track_caller]
fn says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not in:\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("planted-secret") && !run.stdout.contains("planted-secret"), "the token is shown");
}

#[test]
fn no_server() {
    // A port that was free a moment ago: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let run = check_against(&format!("http://127.0.0.1:{port}")).exits(3);
    says(&run, &["error:", "127.0.0.1"]);
    assert_eq!(run.stdout, "");
}

#[test]
fn wrong_token() {
    let body = r#"{"name":"UnauthorizedError","message":"no"}"#;
    says(&check_against(&server("401 Unauthorized", "application/json", body)).exits(3), &["error:", "token"]);
}

#[test]
fn token_without_permission() {
    let body = r#"{"name":"PermissionError","permissions":["ADMIN"],"message":"no"}"#;
    says(&check_against(&server("403 Forbidden", "application/json", body)).exits(3), &["error:", "token"]);
}

#[test]
fn html_instead_of_json() {
    says(
        &check_against(&server("200 OK", "text/html", "<!doctype html><p>hi")).exits(3),
        &["error:", "not the API", "web page", "address"],
    );
}

#[test]
fn url_without_token() {
    let repo = tree(&[("src/a.ts", CODE)]);
    let run = run(downhaul(repo.path()).arg("check").env("UNLEASH_URL", "http://127.0.0.1:9")).exits(3);
    says(&run, &["UNLEASH_TOKEN is not", "help:"]);
}

#[test]
fn a_server_that_fails_can_be_gone_without() {
    let repo = tree(&[("src/a.ts", CODE)]);
    let mut command = downhaul(repo.path());
    command.args(["check", "--on-server-error", "warn", "--format", "json"]);
    let run = run(command.env("UNLEASH_URL", "http://127.0.0.1:9").env("UNLEASH_TOKEN", "t")).exits(0);
    says(&run, &["warning:"]);
    let rules = run.json()["rules"].as_array().expect("rules").clone();
    let archived = rules.iter().find(|rule| rule["id"] == "archived-flag-in-code").expect("the rule is listed");
    assert_eq!(archived["not_evaluated"], 1, "{archived}");
}

#[test]
fn a_policy_that_names_a_server_wants_one() {
    let repo = tree(&[("downhaul.toml", "version = 1\n[server]\nkind = \"unleash\"\n"), ("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).arg("check")).exits(3), &["names a flag server", "UNLEASH_URL", "--offline"]);
    run(downhaul(repo.path()).args(["check", "--offline"])).exits(0);
}

fn demo_snapshot() -> Vec<u8> {
    std::fs::read(project().join("fixtures/demo/downhaul.snapshot.json")).expect("the demo has a snapshot")
}

fn check_with_snapshot(bytes: &[u8]) -> Run {
    let repo = tree(&[("src/a.ts", CODE)]);
    write(repo.path(), "s.json", bytes);
    run(downhaul(repo.path()).args(["check", "--snapshot", "s.json"]))
}

#[test]
fn truncated_snapshot() {
    let whole = demo_snapshot();
    let run = check_with_snapshot(&whole[..whole.len() / 2]).exits(2);
    says(&run, &["error:", "s.json", "cut"]);
}

#[test]
fn snapshot_of_a_newer_version() {
    let whole = String::from_utf8(demo_snapshot()).expect("UTF-8");
    let newer = whole.replacen("\"version\": 1", "\"version\": 2", 1);
    assert_ne!(whole, newer);
    says(&check_with_snapshot(newer.as_bytes()).exits(2), &["error:", "s.json", "newer"]);
}

#[test]
fn snapshot_that_is_something_else() {
    says(&check_with_snapshot(b"{\"features\": []}").exits(2), &["error:", "s.json"]);
    says(&check_with_snapshot(b"").exits(2), &["error:", "s.json"]);
}

#[test]
fn snapshot_that_is_not_there() {
    let repo = tree(&[("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).args(["check", "--snapshot", "no.json"])).exits(2), &["no.json"]);
}

#[track_caller]
fn policy_says(policy: &str, words: &[&str]) {
    let repo = tree(&[("downhaul.toml", policy), ("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).args(["check", "--offline"])).exits(2), words);
}

#[test]
fn unknown_words_in_the_policy() {
    policy_says(
        "version = 1\n[rules.fully-rolled-out-flags]\nafter_days = 3\n",
        &["fully-rolled-out-flags", "did you mean `fully-rolled-out-flag`"],
    );
    policy_says(
        "version = 1\n[rules.fully-rolled-out-flag]\nafter_day = 3\n",
        &["after_day", "did you mean `after_days`"],
    );
    policy_says("version = 1\n[gat]\n", &["gat", "did you mean `gate`"]);
    policy_says("version = 1\n[gate]\nfail_om = \"error\"\n", &["fail_om", "did you mean `fail_on`"]);
    policy_says("version = 1\n[server]\ntoken_var = \"X\"\n", &["token_var"]);
    policy_says("version = 1\n[rules.never-live-flag]\nseverity = \"fatal\"\n", &["fatal"]);
}

#[test]
fn a_policy_without_version_or_with_another() {
    policy_says("[gate]\n", &["version"]);
    policy_says("version = 2\n", &["version 2", "newer"]);
    policy_says("version = 1\nversion = 1\n", &["downhaul.toml", "duplicate"]);
}

#[test]
fn a_folder_that_does_not_exist() {
    let repo = tree(&[("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).args(["scan", "nowhere"])).exits(2), &["nowhere does not exist"]);
    says(&run(downhaul(repo.path()).args(["check", "--root", "nowhere"])).exits(2), &["nowhere does not exist"]);
    says(&run(downhaul(repo.path()).args(["scan", "--root", "src/a.ts"])).exits(2), &["not a directory"]);
    says(&run(downhaul(repo.path()).args(["scan", "src", "nowhere"])).exits(2), &["nowhere"]);
}

#[test]
fn words_that_clap_does_not_know() {
    let repo = tree(&[]);
    says(&run(downhaul(repo.path()).arg("chekc")).exits(2), &["check"]);
    says(&run(downhaul(repo.path()).args(["scan", "--fromat", "json"])).exits(2), &["--format"]);
    says(&run(downhaul(repo.path()).args(["scan", "--format", "jsn"])).exits(2), &["no format `jsn`", "json"]);
    says(&run(downhaul(repo.path()).args(["explain", "never-live"])).exits(2), &["never-live", "downhaul rules"]);
    says(&run(downhaul(repo.path()).args(["check", "--as-of", "soon"])).exits(2), &["soon", "2026-11-22"]);
    says(&run(downhaul(repo.path()).args(["scan", "--output", "json"])).exits(2), &["FORMAT=PATH"]);
}

#[test]
fn keys_that_cannot_be_read() {
    let repo = tree(&[("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).args(["scan", "--keys", "keys.txt"])).exits(2), &["keys.txt"]);
    write(repo.path(), "keys.txt", b"ok\nnew\x01checkout\n");
    says(&run(downhaul(repo.path()).args(["scan", "--keys", "keys.txt"])).exits(2), &["keys.txt:2"]);
    write(repo.path(), "keys.txt", b"\xff\xfe\x00");
    says(&run(downhaul(repo.path()).args(["scan", "--keys", "keys.txt"])).exits(2), &["not UTF-8"]);
}

#[test]
fn a_file_that_is_not_utf8_is_read_all_the_same() {
    let repo = tree(&[]);
    // "é" in Latin-1, which is no UTF-8.
    let latin1 = [b"// caf\xe9\n".as_slice(), CODE.as_bytes()].concat();
    write(repo.path(), "latin1.ts", &latin1);
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(CODE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    write(repo.path(), "utf16.ts", &utf16);
    let found = run(downhaul(repo.path()).args(["scan", "--format", "json"])).exits(0).json();
    let places: Vec<(&str, u64)> = found["references"]
        .as_array()
        .expect("references")
        .iter()
        .map(|r| (r["location"]["path"].as_str().unwrap_or(""), r["location"]["line"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(places, [("latin1.ts", 4), ("utf16.ts", 3)]);
}

#[test]
fn a_file_that_does_not_parse_is_not_lost() {
    let repo = tree(&[("src/broken.ts", "export function ((( {\nunleash.isEnabled('new-checkout'\n}}}\n")]);
    write(repo.path(), "keys.txt", b"new-checkout\n");
    let mut command = downhaul(repo.path());
    let run1 = run(command.args(["scan", "--keys", "keys.txt", "--format", "json"])).exits(0);
    let found = run1.json();
    assert_eq!(found["complete"], false);
    assert_eq!(found["skipped"][0]["reason"], "syntax-errors");
    assert_eq!(found["references"][0]["flag"], "new-checkout", "{found}");
    run(downhaul(repo.path()).args(["scan", "--keys", "keys.txt", "--strict"])).exits(4);
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing() {
    let repo = tree(&[("src/a.ts", CODE)]);
    says(&run(downhaul(repo.path()).args(["scan", "--output", "json=no/such/refs.json"])).exits(2), &["refs.json"]);
    says(&run(downhaul(repo.path()).args(["scan", "--output", "sarif=x.sarif"])).exits(2), &["sarif"]);
    assert_eq!(files(repo.path()), ["src"]);
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
