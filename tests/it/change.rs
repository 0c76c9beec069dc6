//! `--since` and `--merge-base`: what a branch adds and takes away, in whole clones and in shallow ones.

use std::path::Path;
use std::process::Command;

use crate::harness::{downhaul, run, tree, write};

const HEAD: &str = "import { initialize } from 'unleash-client';\n\
                    const unleash = initialize({ url: 'u', appName: 'a' });\n";

/// A file that evaluates these flags, one a line from the third on.
fn code(flags: &[&str]) -> String {
    let line = |(index, flag): (usize, &&str)| format!("export const f{index} = () => unleash.isEnabled('{flag}');\n");
    HEAD.to_owned() + &flags.iter().enumerate().map(line).collect::<String>()
}

#[track_caller]
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args([
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t.example",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    let output = command.args(arguments).output().expect("git starts");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository: main with `old`, a branch `topic` that adds `fresh`, and a commit on main after it.
fn repository() -> tempfile::TempDir {
    let folder = tree(&[("src/a.ts", &code(&["old"]))]);
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch=main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "one"]);
    git(at, &["checkout", "--quiet", "-b", "topic"]);
    write(at, "src/a.ts", code(&["old", "fresh"]).as_bytes());
    git(at, &["commit", "--quiet", "-am", "two"]);
    git(at, &["checkout", "--quiet", "main"]);
    write(at, "src/b.ts", code(&["meanwhile"]).as_bytes());
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "three"]);
    git(at, &["checkout", "--quiet", "topic"]);
    folder
}

/// The flags of the references that `scan` lists.
fn flags(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let json = run(downhaul(folder).args(["scan", "--format", "json"]).args(arguments)).exits(0).json();
    let references = json["references"].as_array().expect("a list").iter();
    references.map(|reference| reference["flag"].as_str().unwrap_or("?").to_owned()).collect()
}

#[test]
fn only_added_lines_are_listed() {
    let folder = repository();
    assert_eq!(flags(folder.path(), &[]), ["old", "fresh"]);
    assert_eq!(flags(folder.path(), &["--merge-base", "main"]), ["fresh"]);
    assert_eq!(flags(folder.path(), &["--since", "main"]), ["fresh"]);
    assert!(flags(folder.path(), &["--since", "HEAD"]).is_empty());
}

#[test]
fn moves_and_formatting_are_no_change_and_what_is_gone_is_listed() {
    let folder = repository();
    let at = folder.path();
    // The same evaluations in another file, another order and other clothes, and one of them gone.
    let moved = "\n\nexport const f1 = () =>\n  unleash.isEnabled(\n    \"fresh\",\n  );\n";
    git(at, &["rm", "--quiet", "src/a.ts"]);
    write(at, "lib/c.ts", format!("{HEAD}{moved}").as_bytes());
    let json = run(downhaul(at).args(["scan", "--format", "json", "--since", "HEAD"])).exits(0).json();
    assert_eq!(json["references"], serde_json::json!([]));
    let removed = json["removed"].as_array().expect("a list");
    assert_eq!(
        (removed.len(), &removed[0]["flag"], &removed[0]["location"]["path"]),
        (1, &"old".into(), &"src/a.ts".into())
    );
    assert_eq!(json["since"]["base"], "HEAD");
    let text = run(downhaul(at).args(["scan", "--since", "HEAD"])).exits(0).stdout;
    assert!(
        text.contains("no longer there") && text.contains("0 references added and 1 removed since `HEAD`"),
        "{text}"
    );
    let whole = run(downhaul(at).args(["scan", "--format", "json"])).exits(0).json();
    assert_eq!((&whole["removed"], &whole["since"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn what_is_not_committed_yet_counts_too() {
    let folder = repository();
    write(folder.path(), "src/c d.ts", code(&["brand-new"]).as_bytes());
    assert_eq!(flags(folder.path(), &["--merge-base", "main"]), ["fresh", "brand-new"]);
    assert_eq!(flags(folder.path(), &["--since", "HEAD"]), ["brand-new"]);
}

#[test]
fn paths_are_relative_to_a_root_below_that_of_git() {
    let folder = repository();
    assert_eq!(flags(folder.path(), &["--root", "src", "--merge-base", "main"]), ["fresh"]);
}

#[test]
fn a_moved_file_brings_nothing_new() {
    let folder = repository();
    git(folder.path(), &["mv", "src/a.ts", "src/moved.ts"]);
    assert_eq!(flags(folder.path(), &["--since", "HEAD"]), [""; 0]);
}

#[test]
fn a_commit_that_is_not_there_is_the_users_move() {
    let folder = repository();
    let refused = run(downhaul(folder.path()).args(["scan", "--since", "nowhere"])).exits(2);
    assert!(refused.stderr.contains("git knows no commit `nowhere`"), "{}", refused.stderr);
    let option = run(downhaul(folder.path()).args(["scan", "--since=--help"])).exits(2);
    assert!(option.stderr.contains("git knows no commit `--help`"), "{}", option.stderr);
}

#[test]
fn without_git_the_user_is_told() {
    let folder = tree(&[("src/a.ts", &code(&["old"]))]);
    let refused = run(downhaul(folder.path()).args(["check", "--offline", "--merge-base", "main"])).exits(2);
    assert!(refused.stderr.contains("is no git work tree"), "{}", refused.stderr);
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let folder = repository();
    let clones = tempfile::tempdir().expect("a temporary folder");
    let from = format!("file://{}", folder.path().display());
    git(clones.path(), &["clone", "--quiet", "--depth=1", "--no-single-branch", &from, "shallow"]);
    let shallow = clones.path().join("shallow");
    let missing = run(downhaul(&shallow).args(["check", "--offline", "--merge-base", "origin/main"])).exits(3);
    assert!(
        missing.stderr.contains("this clone is shallow, and the commit where this branch left"),
        "{}",
        missing.stderr
    );
    assert!(missing.stderr.contains("fetch-depth: 0"), "{}", missing.stderr);
    let unknown = run(downhaul(&shallow).args(["check", "--offline", "--since", "origin/main~1"])).exits(3);
    assert!(unknown.stderr.contains("this clone is shallow, and `origin/main~1` is not in it"), "{}", unknown.stderr);
    git(&shallow, &["fetch", "--quiet", "--unshallow"]);
    assert_eq!(flags(&shallow, &["--merge-base", "origin/main"]), ["fresh"]);
}

#[test]
fn check_tells_of_new_findings_only_and_says_how_many_are_older() {
    let folder = repository();
    // Fallbacks of one flag that disagree are a finding without any server.
    let line = |flag: &str| {
        format!(
            "export const a = () => unleash.isEnabled('{flag}', {{}}, true);\nexport const b = () => unleash.isEnabled('{flag}', {{}}, false);\n"
        )
    };
    write(folder.path(), "src/d.ts", (HEAD.to_owned() + &line("before")).as_bytes());
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "-m", "four"]);
    write(folder.path(), "src/e.ts", (HEAD.to_owned() + &line("now")).as_bytes());
    let findings = |arguments: &[&str]| {
        let run = run(downhaul(folder.path()).args(["check", "--offline", "--format", "json"]).args(arguments));
        let json = run.json();
        let found = json["findings"].as_array().expect("a list").iter();
        let found: Vec<String> = found.map(|finding| format!("{} {}", finding["flag"], finding["new"])).collect();
        (found, run.stderr)
    };
    let (all, _) = findings(&[]);
    assert_eq!(all, ["\"before\" false", "\"now\" false"]);
    let (new, stderr) = findings(&["--since", "HEAD"]);
    assert_eq!(new, ["\"now\" true"]);
    assert!(stderr.contains("1 older finding"), "{stderr}");
}

const CHOICE: &str = "export function pages(): string[] {\n  if (unleash.isEnabled('one-page-checkout')) {\n    \
                      return ['checkout'];\n  }\n  return ['address', 'payment'];\n}\n";

/// What the gate says of the removal of a flag that everybody has, by what the change leaves in its place.
fn reasons_of_removal(left: &str) -> Vec<String> {
    let folder = tree(&[("src/a.ts", &format!("{HEAD}{CHOICE}"))]);
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch=main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "one"]);
    write(at, "src/a.ts", left.as_bytes());
    let snapshot = crate::harness::project().join("fixtures/demo/downhaul.snapshot.json");
    let mut command = downhaul(at);
    command.args(["check", "--format", "json", "--fail-on", "never", "--since", "HEAD", "--snapshot"]).arg(snapshot);
    let json = run(&mut command).exits(0).json();
    let findings = json["findings"].as_array().expect("a list").iter();
    let of_removal = findings.filter(|finding| finding["rule"] == "premature-flag-removal");
    of_removal.map(|finding| finding["reason"].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn the_side_that_a_removal_leaves_is_held_against_production() {
    let wrong = "export function pages(): string[] {\n    return ['address', 'payment'];\n}\n";
    assert_eq!(reasons_of_removal(wrong), ["kept-wrong-branch"]);
    let right = format!("// Everybody has one page now.\n{}", wrong.replace("'address', 'payment'", "'checkout'"));
    assert!(reasons_of_removal(&right).is_empty());
    let rewritten = "export const pages = (): string[] => everything(new Pages());\n";
    assert!(reasons_of_removal(rewritten).is_empty(), "what cannot be told is not said");
}
