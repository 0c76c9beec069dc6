//! Several repositories, the manifest beside the server, findings explained, and what does not depend on the machine.

use std::path::Path;
use std::process::Command;

use crate::harness::{Run, downhaul, project, run, tree, write};

const CODE: &str = "import { initialize } from 'unleash-client';\n\
                    const unleash = initialize({ url: 'u', appName: 'a' });\n\
                    export const a = () => unleash.isEnabled('shared');\n\
                    export const b = (name: string) => unleash.isEnabled(`exp-${name}`);\n";

fn demo(arguments: &[&str]) -> Run {
    run(downhaul(&project()).args(["--root", "fixtures/demo", "--offline"]).args(arguments))
}

#[test]
fn inventories_are_merged_one_for_each_repository_the_newest() {
    let folder = tree(&[("shop/a.ts", CODE), ("search/a.ts", CODE)]);
    let at = folder.path();
    let scan = |part: &str, day: &str, file: &str| {
        let output = format!("json={file}");
        run(downhaul(at).args(["scan", "--root", part, "--as-of", day, "--output", &output])).exits(0);
    };
    scan("shop", "2026-05-01", "old.json");
    scan("shop", "2026-06-01", "shop.json");
    scan("search", "2026-06-01", "search.json");
    let unnamed = run(downhaul(at).args(["merge", "shop.json"])).exits(2);
    assert!(unnamed.stderr.contains("it does not say which repository it is of"), "{}", unnamed.stderr);
    let names =
        ["github:acme/shop=old.json", "https://github.com/acme/shop.git=shop.json", "github:acme/search=search.json"];
    let merged = run(downhaul(at).arg("merge").args(names)).exits(0);
    let json = merged.json();
    let inventories = json["inventories"].as_array().expect("a list");
    let name = |index: usize| format!("{} {}", inventories[index]["repository"], inventories[index]["as_of"]);
    assert_eq!(inventories.len(), 2);
    assert_eq!(name(0), "\"github:acme/search\" \"2026-06-01T00:00:00Z\"");
    assert_eq!(name(1), "\"github:acme/shop\" \"2026-06-01T00:00:00Z\"");
    assert_eq!(inventories[1]["references"][0]["flag"], "shared");
    // What was merged can be merged again and be judged with.
    write(at, "all.json", merged.stdout.as_bytes());
    assert_eq!(run(downhaul(at).args(["merge", "all.json"])).exits(0).stdout, merged.stdout);
    write(
        at,
        "shop/downhaul.toml",
        b"version = 1\n[repos]\nexpected = [\"github:acme/shop\", \"github:acme/search\"]\n",
    );
    run(downhaul(at).args(["audit", "--root", "shop", "--offline", "--inventory", "all.json"])).exits(0);
    let broken = run(downhaul(at).args(["audit", "--root", "shop", "--offline", "--inventory", "shop/a.ts"])).exits(2);
    assert!(broken.stderr.contains("is no inventory"), "{}", broken.stderr);
}

#[test]
fn an_inventory_says_which_commit_it_is_of() {
    let folder = tree(&[("a.ts", CODE)]);
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder.path()).args(["-c", "user.name=t", "-c", "user.email=t@t.example"]);
        command.env("GIT_COMMITTER_DATE", "2026-06-01T10:00:00+02:00").env_remove("GIT_DIR");
        assert!(command.args(arguments).status().expect("git starts").success());
    };
    git(&["init", "--quiet"]);
    git(&["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
    let json = run(downhaul(folder.path()).args(["scan", "--format", "json"])).exits(0).json();
    assert_eq!(json["repository"], "https://github.com/acme/shop");
    assert_eq!(json["as_of"], "2026-06-01T08:00:00Z");
    assert_eq!(json["commit"].as_str().map(str::len), Some(40));
}

/// The demo in a folder of its own, so that it can be written to.
fn own_demo() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&project().join("fixtures/demo"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).expect("a file") }
    }
}

#[test]
fn pulling_proposes_the_servers_state_and_then_agrees_with_it() {
    let folder = own_demo();
    let at = folder.path();
    let pull = |arguments: &[&str]| run(downhaul(at).args(["--offline", "manifest", "pull"]).args(arguments)).exits(0);
    std::fs::remove_file(at.join("flags.toml")).expect("the demo has a manifest");
    let proposed = pull(&[]);
    assert!(proposed.stdout.starts_with("--- /dev/null\n+++ b/flags.toml\n"), "{}", proposed.stdout);
    assert!(proposed.stdout.contains("+[flags."), "{}", proposed.stdout);
    assert!(!at.join("flags.toml").exists(), "nothing is written unasked");
    pull(&["--apply"]);
    let again = pull(&[]);
    assert_eq!(again.stdout, "");
    assert!(again.stderr.contains("agrees with the server"), "{}", again.stderr);
    // What people wrote stays as they wrote it.
    let text = std::fs::read_to_string(at.join("flags.toml")).expect("the manifest");
    let commented = format!("# ours\n{}", text.replacen("enabled = true", "enabled = false # not yet", 1));
    write(at, "flags.toml", commented.as_bytes());
    let changed = pull(&["--apply"]);
    assert!(changed.stdout.contains("-enabled = false # not yet"), "{}", changed.stdout);
    let after = std::fs::read_to_string(at.join("flags.toml")).expect("the manifest");
    assert!(after.starts_with("# ours\n"), "{after}");
    let unknown = run(downhaul(at).args(["--offline", "manifest", "pull", "no-such-flag"])).exits(2);
    assert!(unknown.stderr.contains("the server has no flag `no-such-flag`"), "{}", unknown.stderr);
}

#[test]
fn a_finding_is_explained_by_rule_and_flag_and_by_fingerprint() {
    let json = demo(&["check", "--format", "json"]).exits(1).json();
    let finding = &json["findings"][0];
    let text = |name: &str| finding[name].as_str().expect("a text").to_owned();
    let by_name = demo(&["explain", &format!("{}:{}", text("rule"), text("flag"))]).exits(0).stdout;
    let by_fingerprint = demo(&["explain", &text("fingerprint")[..12]]).exits(0).stdout;
    assert_eq!(by_name, by_fingerprint);
    for part in ["What it rests on", "What decided", "What to do", "[[exempt]]", &text("message"), &text("fingerprint")]
    {
        assert!(by_name.contains(part), "{part} is not in\n{by_name}");
    }
    let decided = demo(&["explain", "fully-rolled-out-flag:no-such-flag"]).exits(2);
    assert!(decided.stderr.contains("finds nothing about `no-such-flag`"), "{}", decided.stderr);
    demo(&["explain", "ffffffffffff"]).exits(2);
    let page = demo(&["explain", "exempt-unused"]).exits(0);
    assert!(page.stdout.starts_with("# exempt-unused"), "{}", page.stdout);
}

#[test]
fn statistics_have_a_line_for_each_rule() {
    let checked = demo(&["check", "--stats", "--format", "json"]).exits(1);
    let rules = checked.json()["rules"].as_array().expect("rules").len();
    let table: Vec<&str> =
        checked.stderr.lines().skip_while(|line| !line.starts_with("rule ")).take(rules + 1).collect();
    assert_eq!(table.len(), rules + 1, "{}", checked.stderr);
    assert!(table[0].ends_with("not evaluated"), "{}", table[0]);
}

#[test]
fn neither_zone_nor_language_of_the_machine_is_seen() {
    let with = |zone: &str, language: &str| {
        run(downhaul(&project())
            .args(["check", "--root", "fixtures/demo", "--offline", "--format", "json"])
            .env("TZ", zone)
            .env("LC_ALL", language))
        .exits(1)
        .stdout
    };
    assert_eq!(with("UTC", "C"), with("Pacific/Kiritimati", "de_DE.UTF-8"));
}

#[test]
fn the_regulated_preset_is_not_content_with_a_server_that_cannot_show_approvals() {
    let folder = own_demo();
    write(folder.path(), "downhaul.toml", b"version = 1\npreset = \"regulated\"\n[server]\nkind = \"unleash\"\n");
    let judged = run(downhaul(folder.path()).args(["--offline", "check"])).exits(3);
    assert!(judged.stderr.contains("unprotected-production-environment"), "{}", judged.stderr);
}

#[test]
fn the_schema_of_the_policy_is_printed() {
    let schema = demo(&["schema", "policy"]).exits(0).json();
    assert!(schema["properties"]["rules"]["properties"]["fully-rolled-out-flag"].is_object());
    let unknown = demo(&["schema", "polcy"]).exits(2);
    assert!(unknown.stderr.contains("policy"), "{}", unknown.stderr);
}

/// How many subjects a rule passed, found, left out and could not tell, by rule.
fn looked_at(run: &Run, rule: &str) -> (u64, u64, u64) {
    let json = run.json();
    let rules = json["rules"].as_array().expect("a list");
    let of_rule = rules.iter().find(|tally| tally["id"] == rule).unwrap_or_else(|| panic!("no {rule}"));
    let number = |name: &str| of_rule[name].as_u64().expect("a number");
    let told = number("findings") + number("passed") + number("exempt") + number("not_evaluated");
    (number("findings"), told, number("exempt"))
}

#[test]
fn check_looks_at_this_repository_and_audit_at_the_whole_server() {
    // One flag of the demo's server is evaluated here; the others are somebody else's.
    let code = "import { initialize } from 'unleash-client';\n\
                const unleash = initialize({ url: 'u', appName: 'a' });\n\
                export const a = unleash.isEnabled('passkeys');\n";
    let folder = tree(&[("src/a.ts", code)]);
    let snapshot = project().join("fixtures/demo/downhaul.snapshot.json");
    let judged = |command: &str| {
        let mut run_it = downhaul(folder.path());
        run_it.args([command, "--format", "json", "--fail-on", "never", "--snapshot"]).arg(&snapshot);
        run(&mut run_it).exits(0)
    };
    let (check, audit) = (judged("check"), judged("audit"));
    assert_eq!(looked_at(&check, "stalled-rollout").1, 1, "one flag is evaluated here");
    assert!(looked_at(&audit, "stalled-rollout").1 > 10, "the server has many");
    assert_eq!(looked_at(&check, "evaluated-at-load").0, 1);
    assert_eq!(looked_at(&audit, "evaluated-at-load"), (0, 1, 1), "code is for `check`");
    let flags = |run: &Run| -> Vec<String> {
        let json = run.json();
        let findings = json["findings"].as_array().expect("a list");
        findings.iter().filter_map(|finding| Some(finding["flag"].as_str()?.to_owned())).collect()
    };
    assert!(flags(&check).iter().all(|flag| flag == "passkeys"), "{:?}", flags(&check));
    assert!(flags(&audit).iter().any(|flag| flag != "passkeys"));
    for (command, words) in [("check", "concerns this repository"), ("audit", "every flag of the server")] {
        let help = run(downhaul(folder.path()).args([command, "--help"])).exits(0);
        let text = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        assert!(text.contains(words), "{text}");
    }
}
