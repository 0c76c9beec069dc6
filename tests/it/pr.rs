//! `downhaul pr` as a scheduled job runs it: on a clone of the demo, against a forge that remembers.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::forge::{Forge, TOKEN, git};
use crate::harness::{Run, downhaul, project, run, tree};

/// The demo in a repository of its own, pushed to a forge.
struct Shop {
    forge: Forge,
    clone: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let (forge, clone) = (Forge::start(), tree(&[]));
        let folder = clone.path();
        copy(&project().join("fixtures/demo"), folder);
        git(folder, &["init", "--quiet", "--initial-branch=main"]);
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "--message", "The shop"]);
        git(folder, &["push", "--quiet", &forge.bare().to_string_lossy(), "main"]);
        git(folder, &["remote", "add", "origin", &forge.remote()]);
        Shop { forge, clone }
    }

    fn pr(&self, arguments: &[&str]) -> Run {
        run(self.command(arguments).env("DOWNHAUL_HOST_TOKEN", TOKEN))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = downhaul(self.clone.path());
        command.args(["pr", "--host", "github", "--offline", "--max-open", "50", "--max-new", "50"]).args(arguments);
        for name in ["DOWNHAUL_HOST_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL"] {
            command.env_remove(name);
        }
        command
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (source, target): (PathBuf, PathBuf) = {
            let entry = entry.expect("an entry");
            (entry.path(), to.join(entry.file_name()))
        };
        if source.is_dir() {
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a copy");
        }
    }
}

fn outcomes(run: &Run) -> Vec<(String, String)> {
    let rows = run.json()["pull_requests"].as_array().expect("rows").clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(&row["subject"]), text(&row["outcome"]))).collect()
}

#[test]
fn a_dry_run_then_the_real_thing_then_nothing() {
    let shop = Shop::new();
    let dry = shop.pr(&["--dry-run", "--format", "json"]);
    assert!(matches!(dry.code, 0 | 6), "{dry:?}");
    assert_eq!(shop.forge.memory().writes, Vec::<String>::new());
    assert_eq!(git(&shop.forge.bare(), &["branch", "--format=%(refname)"]), "refs/heads/main");
    let created = outcomes(&dry).iter().filter(|(_, outcome)| outcome == "created").count();
    assert!(created > 0, "{}", dry.stdout);

    let made = shop.pr(&["--format", "json", "--labels", "feature-flags", "--dashboard"]);
    assert_eq!(outcomes(&made), outcomes(&dry));
    assert_eq!(shop.forge.memory().pulls.len(), created);
    for pull in &shop.forge.memory().pulls {
        assert!(pull.body.contains("stays") && pull.body.contains("<!-- downhaul:1 of="), "{}", pull.body);
        assert_eq!(pull.labels, ["feature-flags"]);
    }
    assert_eq!(shop.forge.memory().issues.len(), 1);

    let writes = shop.forge.memory().writes.len();
    let again = shop.pr(&["--format", "json", "--labels", "feature-flags", "--dashboard"]);
    assert!(
        outcomes(&again).iter().all(|(_, outcome)| outcome != "created" && outcome != "updated"),
        "{}",
        again.stdout
    );
    assert_eq!(shop.forge.memory().writes.len(), writes, "{:?}", shop.forge.memory().writes);
    assert_eq!(git(shop.clone.path(), &["status", "--porcelain"]), "");
}

/// What the pull request says is what its branch does: merged, the gate has nothing to say about the flag any more.
#[test]
fn merged_the_gate_is_silent_about_the_flag() {
    let shop = Shop::new();
    let made = shop.pr(&["--format", "json"]);
    let rows = made.json()["pull_requests"].as_array().expect("rows").clone();
    let row = rows.iter().find(|row| row["outcome"] == "created").expect("one was made").clone();
    let flag = row["flags"][0].as_str().expect("a flag").to_owned();
    let branch = row["branch"].as_str().expect("a branch").to_owned();
    let findings = || {
        let check = run(downhaul(shop.clone.path()).args(["check", "--offline", "--format", "json"]));
        let findings = check.json()["findings"].as_array().expect("findings").clone();
        findings.iter().filter(|finding| finding["flag"] == flag.as_str() && !finding["removal"].is_null()).count()
    };
    assert!(findings() > 0, "{flag}");
    git(
        shop.clone.path(),
        &["pull", "--quiet", "--no-rebase", "--no-edit", &shop.forge.bare().to_string_lossy(), &branch],
    );
    assert_eq!(findings(), 0, "{flag}");
}

#[test]
fn patches_need_no_host() {
    let shop = Shop::new();
    git(shop.clone.path(), &["remote", "set-url", "origin", &shop.forge.bare().to_string_lossy()]);
    let patches = tree(&[]);
    let folder = patches.path().to_string_lossy().into_owned();
    let run = run(&mut shop.command(&["--patch-dir", &folder]));
    assert!(matches!(run.code, 0 | 6), "{run:?}");
    assert_eq!(shop.forge.memory().writes, Vec::<String>::new());
    let files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert!(!files.is_empty(), "{run:?}");
    for file in files {
        git(shop.clone.path(), &["apply", "--check", &file.to_string_lossy()]);
    }
}

#[test]
fn what_is_missing_is_said_with_a_way_out() {
    let shop = Shop::new();
    let no_token = run(&mut shop.command(&[])).exits(2);
    assert!(no_token.stderr.contains("there is no token for the code host"), "{}", no_token.stderr);
    assert!(no_token.stderr.contains("DOWNHAUL_HOST_TOKEN"), "{}", no_token.stderr);
    let wrong_token = run(shop.command(&[]).env("DOWNHAUL_HOST_TOKEN", "ghp_wrongsecret")).exits(2);
    assert!(!wrong_token.stderr.contains("wrongsecret"), "{}", wrong_token.stderr);
    let no_flag = run(shop.command(&["--keep", "on"]).env("DOWNHAUL_HOST_TOKEN", TOKEN)).exits(2);
    assert!(no_flag.stderr.contains("FLAG"), "{}", no_flag.stderr);
    git(shop.clone.path(), &["remote", "set-url", "origin", &shop.forge.bare().to_string_lossy()]);
    let local = run(shop.command(&[]).env("DOWNHAUL_HOST_TOKEN", TOKEN)).exits(2);
    assert!(local.stderr.contains("--patch-dir"), "{}", local.stderr);
}
