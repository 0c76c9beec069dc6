//! `init`, `doctor`, `schema` and the comparison of snapshots, from outside and without a server.

use crate::harness::{downhaul, project, run, tree};

const CODE: &str = "import { initialize } from 'unleash-client';
const unleash = initialize({ url: '', appName: 'a' });
export const total = () => unleash.isEnabled('new.checkout', undefined, true);
";

#[test]
fn init_writes_what_can_be_read_and_never_overwrites() {
    let folder = tree(&[("src/a.ts", CODE), (".gitlab-ci.yml", "stages: [test]\n")]);
    let first = run(downhaul(folder.path()).arg("init")).exits(0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    assert!(
        read("downhaul.toml").contains("# SDKs in the code: node (1 call in 1 file)."),
        "{}",
        read("downhaul.toml")
    );
    let manifest = read("flags.toml");
    assert!(manifest.contains("[flags.\"new.checkout\"]\ndefault = true\n"), "{manifest}");
    assert!(read("downhaul.gitlab-ci.yml").contains("downhaul check"), "{}", first.stderr);
    assert!(!folder.path().join(".github").exists());
    // What was written is a policy and a manifest.
    run(downhaul(folder.path()).args(["check", "--offline", "--fail-on", "never"])).exits(0);

    std::fs::write(folder.path().join("flags.toml"), "# mine\n").expect("a file");
    let second = run(downhaul(folder.path()).arg("init")).exits(0);
    assert_eq!(read("flags.toml"), "# mine\n");
    assert_eq!(second.stderr.matches("exists already and stays as it is").count(), 3, "{}", second.stderr);
}

#[test]
fn init_takes_what_the_snapshot_knows() {
    let folder = tree(&[("README.md", "no code")]);
    let demo = project().join("fixtures/demo/downhaul.snapshot.json");
    let snapshot = demo.to_str().expect("UTF-8");
    let arguments = ["init", "--ci", "github", "--snapshot", snapshot];
    let shown = run(downhaul(folder.path()).args(arguments).arg("--dry-run")).exits(0);
    assert!(!folder.path().join("downhaul.toml").exists(), "a dry run writes nothing");
    run(downhaul(folder.path()).args(arguments)).exits(0);
    for name in ["downhaul.toml", "flags.toml", ".github/workflows/downhaul.yml"] {
        let text = std::fs::read_to_string(folder.path().join(name)).expect(name);
        assert!(shown.stdout.contains(&format!("# {name}\n{text}")), "{name}");
    }
    let manifest = std::fs::read_to_string(folder.path().join("flags.toml")).expect("it was written");
    assert!(manifest.matches("\n[flags.").count() > 5 && manifest.contains("type = \"release\""), "{manifest}");
    // The demo's server has its troubles; that the two files can be read is what counts.
    run(downhaul(folder.path()).args(["check", "--fail-on", "never", "--snapshot", snapshot])).exits(0);
}

#[test]
fn doctor_says_what_is_missing_and_what_to_do() {
    let folder = tree(&[("a.txt", "")]);
    let nothing = run(downhaul(folder.path()).arg("doctor")).exits(0);
    for words in [
        "there is no downhaul.toml",
        "→ `downhaul init` writes one",
        "no flag server and no snapshot",
        "set UNLEASH_URL",
    ] {
        assert!(nothing.stdout.contains(words), "{words}: {}", nothing.stdout);
    }
    let mut gone = downhaul(folder.path());
    gone.arg("doctor").env("UNLEASH_URL", "http://127.0.0.1:9").env("UNLEASH_TOKEN", "user:5ec2e75ec2e75ec2e7");
    let gone = run(&mut gone).exits(3);
    assert!(gone.stdout.contains("cannot be reached") && !gone.stdout.contains("5ec2e7"), "{}", gone.stdout);

    std::fs::write(folder.path().join("downhaul.toml"), "version = 1\n[gates]\n").expect("a file");
    let wrong = run(downhaul(folder.path()).arg("doctor")).exits(2);
    assert!(wrong.stdout.contains("fail") && wrong.stdout.contains("did you mean `gate`?"), "{}", wrong.stdout);
}

#[test]
fn doctor_reads_a_snapshot_where_there_is_no_server() {
    let demo = project().join("fixtures/demo");
    let run = run(downhaul(&demo).args(["doctor", "--offline", "--root", ".", "--format", "json"])).exits(0);
    let report = run.json();
    let checks = report["checks"].as_array().expect("checks");
    let of = |topic: &str| checks.iter().filter(|check| check["topic"] == topic).count();
    assert!(of("snapshot") == 1 && of("token") >= 1 && of("rules") >= 1, "{report}");
}

#[test]
fn schema_and_snapshot_speak_of_the_same_file() {
    let schema = run(downhaul(&project()).args(["schema", "snapshot"])).exits(0).json();
    assert_eq!(schema["properties"]["version"]["const"], 1);
    let wrong = run(downhaul(&project()).args(["schema", "snapshit"])).exits(2);
    assert!(wrong.stderr.contains("there are schemas of: "), "{}", wrong.stderr);
}

#[test]
fn snapshots_are_compared_in_words_and_as_json() {
    let folder = tree(&[]);
    let demo = std::fs::read_to_string(project().join("fixtures/demo/downhaul.snapshot.json")).expect("the demo");
    let mut newer: serde_json::Value = serde_json::from_str(&demo).expect("JSON");
    newer["captured_at"] = "2030-01-01T00:00:00Z".into();
    let flags = newer["flags"].as_array_mut().expect("flags");
    let gone = flags.remove(0)["key"].as_str().expect("a key").to_owned();
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(path("old.json"), &demo).expect("a file");
    std::fs::write(path("new.json"), newer.to_string()).expect("a file");
    let diff = ["snapshot", "diff", &path("old.json"), &path("new.json")];
    let words = run(downhaul(folder.path()).args(diff)).exits(0);
    assert_eq!(words.stdout, format!("`{gone}` is gone\n"));
    let json = run(downhaul(folder.path()).args(diff).args(["--format", "json"])).exits(0).json();
    assert_eq!(json["differences"][0]["name"], gone.as_str());
    let backwards = ["snapshot", "diff", &path("new.json"), &path("old.json")];
    let backwards = run(downhaul(folder.path()).args(backwards)).exits(0);
    assert!(backwards.stderr.contains("told backwards"), "{}", backwards.stderr);
    run(downhaul(folder.path()).args(diff).args(["--format", "sarif"])).exits(2);
    run(downhaul(folder.path()).args(["snapshot", "--redact", "x.json"])).exits(2);
    run(downhaul(folder.path()).args(["snapshot", "--since-snapshot", "none.json", "x.json"])).exits(2);
    assert!(!folder.path().join("x.json").exists(), "nothing half is written");
}

/// A proxy of ours that takes everything and knows no token.
#[test]
fn requests_go_where_the_proxy_variables_say_and_keep_the_base_path() {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    let first = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request comes");
        let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
        let line = lines.next().expect("a line").expect("text");
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let head =
            "HTTP/1.1 401 X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(head.as_bytes()).expect("it listens");
        line
    });
    let folder = tree(&[]);
    let mut command = downhaul(folder.path());
    for name in ["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "http_proxy"] {
        command.env_remove(name);
    }
    command.arg("doctor").env("HTTP_PROXY", &proxy).env("http_proxy", &proxy);
    command.env("UNLEASH_URL", "http://unleash.invalid/flags/eu/").env("UNLEASH_TOKEN", "user:5ec2e75ec2e75ec2e7");
    let asked = run(&mut command).exits(3);
    assert!(asked.stdout.contains("does not know the token"), "{}", asked.stdout);
    assert!(
        asked.stdout.contains("these variables lead requests") && !asked.stdout.contains(&proxy),
        "{}",
        asked.stdout
    );
    let line = first.join().expect("one request came");
    assert!(line.starts_with("GET http://unleash.invalid/flags/eu/api/admin/ui-config "), "{line}");
}
