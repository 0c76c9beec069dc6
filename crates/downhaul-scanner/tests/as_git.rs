//! The files that are scanned are those that git sees: `git ls-files --cached --others --exclude-standard`.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use downhaul_core::SkipReason;
use proptest::prelude::*;

use common::scan_folder;

const CODE: &str = "import { isEnabled } from 'unleash-client';\nisEnabled('new-checkout');\n";

fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(full, content).unwrap();
}

fn git(root: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["-c", "user.email=a@b.example", "-c", "user.name=a", "-c", "core.quotePath=false"])
        .args(arguments)
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The files that git sees, without links and other repositories.
fn seen_by_git(root: &Path) -> BTreeSet<String> {
    let listed = git(root, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    listed
        .split(|byte| *byte == 0)
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .filter(|path| path.ends_with(".ts"))
        .filter(|path| {
            path.contains('\u{fffd}') || fs::symlink_metadata(root.join(path)).is_ok_and(|file| file.is_file())
        })
        .collect()
}

/// The files that are scanned: each holds a reference.
fn scanned(root: &Path) -> BTreeSet<String> {
    let scan = scan_folder(root, &[]);
    assert_eq!(scan.skipped, []);
    scan.references.iter().map(|reference| reference.location.path.to_string()).collect()
}

fn assert_as_git(root: &Path) {
    assert_eq!(scanned(root), seen_by_git(root));
}

const FOLDERS: &[&str] = &["", "a/", "b/", "a/b/", "a/c/", "a/b/c/", ".h/", "d e/"];
const NAMES: &[&str] = &["x.ts", "y.ts", "keep.ts", ".z.ts", "!x.ts"];
const RULES: &[&str] = &[
    "*.ts",
    "!keep.ts",
    "/x.ts",
    "a/",
    "!a/",
    "b/*",
    "!b/keep.ts",
    "**/c",
    "a/**/y.ts",
    "\\!x.ts",
    "x.ts ",
    "[xy].ts",
    "/a/b/",
    "!/a/b/x.ts",
    "# y.ts",
    "*",
    "!*/",
    "b",
    "!b",
    "a/b/c/x.ts",
    "c/",
    ".*",
    "!.h",
    "/*/x.ts",
    "d e/",
    "**/b/**",
    "!**/keep.ts",
    "y.*",
    "?.ts",
    "",
];

#[derive(Debug)]
struct Tree {
    files: BTreeSet<(usize, usize)>,
    ignores: Vec<(usize, Vec<usize>)>,
    exclude: Vec<usize>,
    excludes_file: Vec<usize>,
    tracked: BTreeSet<(usize, usize)>,
}

fn trees() -> impl Strategy<Value = Tree> {
    let file = || (0..FOLDERS.len(), 0..NAMES.len());
    let rules = |most| prop::collection::vec(0..RULES.len(), 0..most);
    (
        prop::collection::btree_set(file(), 1..20),
        prop::collection::vec((0..FOLDERS.len(), rules(4)), 0..4),
        rules(2),
        rules(2),
        prop::collection::btree_set(file(), 0..4),
    )
        .prop_map(|(files, ignores, exclude, excludes_file, tracked)| Tree {
            files,
            ignores,
            exclude,
            excludes_file,
            tracked,
        })
}

impl Tree {
    fn write(&self, root: &Path) {
        let path = |(folder, name): &(usize, usize)| format!("{}{}", FOLDERS[*folder], NAMES[*name]);
        let lines = |rules: &[usize]| rules.iter().map(|rule| format!("{}\n", RULES[*rule])).collect::<String>();
        git(root, &["init", "-q", "."]);
        for file in self.files.union(&self.tracked) {
            write(root, &path(file), CODE);
        }
        for (folder, rules) in &self.ignores {
            write(root, &format!("{}.gitignore", FOLDERS[*folder]), lines(rules));
        }
        write(root, ".git/info/exclude", lines(&self.exclude));
        if !self.excludes_file.is_empty() {
            write(root, ".git/more-ignored", lines(&self.excludes_file));
            git(root, &["config", "core.excludesFile", ".git/more-ignored"]);
        }
        for file in &self.tracked {
            git(root, &["add", "-f", "--", &format!("./{}", path(file))]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_is_seen_as_git_sees_it(tree in trees()) {
        let root = tempfile::tempdir().unwrap();
        tree.write(root.path());
        prop_assert_eq!(scanned(root.path()), seen_by_git(root.path()));
    }
}

#[test]
fn other_repositories_are_not_entered() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    git(root, &["init", "-q", "."]);
    write(root, "a.ts", CODE);
    for inner in ["submodule", "clone"] {
        write(root, &format!("{inner}/b.ts"), CODE);
        git(&root.join(inner), &["init", "-q", "."]);
        git(&root.join(inner), &["add", "."]);
        git(&root.join(inner), &["commit", "-q", "-m", "x"]);
    }
    git(root, &["add", "submodule"]);
    assert_as_git(root);
    assert_eq!(scanned(root).len(), 1);
    // Outside of a repository a folder of clones is a folder like any other.
    fs::remove_dir_all(root.join(".git")).unwrap();
    assert_eq!(scanned(root).len(), 3);
}

#[test]
fn the_index_is_read_in_all_its_versions() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    git(root, &["init", "-q", "."]);
    write(root, ".gitignore", "out/\n");
    for path in ["out/a.ts", "out/ab.ts", "out/deep/a-name-that-is-longer-than-others.ts", "out/untracked.ts", "b.ts"] {
        write(root, path, CODE);
    }
    git(root, &["add", "-f", "out/a.ts", "out/ab.ts", "out/deep"]);
    for version in ["2", "3", "4"] {
        git(root, &["update-index", "--index-version", version]);
        if version == "3" {
            write(root, "out/later.ts", CODE);
            git(root, &["add", "-f", "--intent-to-add", "out/later.ts"]);
        }
        assert_as_git(root);
    }
    assert_eq!(scanned(root).len(), 5);
}

#[test]
fn a_folder_of_a_repository_and_a_second_work_tree_know_its_rules() {
    let root = tempfile::tempdir().unwrap();
    let main = root.path().join("main");
    fs::create_dir(&main).unwrap();
    git(&main, &["init", "-q", "."]);
    write(&main, ".gitignore", "*.gen.ts\n/web/out/\n");
    for path in ["web/a.ts", "web/a.gen.ts", "web/out/b.ts", "web/out/c.ts"] {
        write(&main, path, CODE);
    }
    git(&main, &["add", "."]);
    git(&main, &["add", "-f", "web/out/c.ts"]);
    git(&main, &["commit", "-q", "-m", "x"]);
    write(&main, ".git/info/exclude", "secret.ts\n");
    assert_eq!(scanned(&main.join("web")), ["a.ts".to_owned(), "out/c.ts".to_owned()].into());
    git(&main, &["worktree", "add", "-q", "../second"]);
    let second = root.path().join("second");
    for path in ["new.ts", "new.gen.ts", "secret.ts"] {
        write(&second, path, CODE);
    }
    assert_as_git(&second);
    assert_eq!(scanned(&second).len(), 3);
}

#[test]
fn what_downhaul_is_told_to_ignore_it_ignores_though_tracked() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    git(root, &["init", "-q", "."]);
    write(root, ".gitignore", "out/\n");
    write(root, ".downhaulignore", "own/\nout/secret.ts\n");
    write(root, "out/.downhaulignore", "*.gen.ts\n");
    for path in ["a.ts", "own/b.ts", "out/c.ts", "out/secret.ts", "out/d.gen.ts", ".ignore"] {
        write(root, path, CODE);
    }
    write(root, ".ignore", "a.ts\n");
    git(root, &["add", "-f", "."]);
    assert_eq!(scanned(root), ["a.ts".to_owned(), "out/c.ts".to_owned()].into());
}

#[test]
fn a_broken_index_is_said() {
    let root = tempfile::tempdir().unwrap();
    git(root.path(), &["init", "-q", "."]);
    write(root.path(), "a.ts", CODE);
    write(root.path(), ".git/index", "DIRC nonsense");
    let scan = scan_folder(root.path(), &[]);
    assert_eq!(scan.references.len(), 1);
    assert_eq!(scan.skipped[0].reason, SkipReason::Unreadable);
}

#[cfg(unix)]
#[test]
fn odd_names_links_and_locked_folders() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "far.ts", CODE);
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    git(root, &["init", "-q", "."]);
    for path in ["a b.ts", "quo\"te.ts", "new\nline.ts", "å.ts", "-dash.ts", "deep/x.ts"] {
        write(root, path, CODE);
    }
    let odd = std::ffi::OsStr::from_bytes(b"odd-\xff.ts");
    fs::write(root.join(odd), CODE).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink(outside.path().join("far.ts"), root.join("file.ts")).unwrap();
    symlink("..", root.join("deep/up")).unwrap();
    git(root, &["add", "-f", "folder", "file.ts", "a b.ts"]);
    assert_as_git(root);
    assert_eq!(scanned(root).len(), 7);

    let locked = root.join("locked");
    write(root, "locked/y.ts", CODE);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o0)).unwrap();
    // A superuser reads it all the same.
    let is_locked = fs::read_dir(&locked).is_err();
    let scan = scan_folder(root, &[]);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    let skipped: Vec<(&str, SkipReason)> =
        scan.skipped.iter().map(|skipped| (skipped.path.as_str(), skipped.reason)).collect();
    assert_eq!(skipped, if is_locked { vec![("locked", SkipReason::Unreadable)] } else { Vec::new() });
}
