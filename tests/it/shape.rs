//! What should stay true of the project itself, told by a test so that nobody has to remember it in review.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::project;

/// Who may import whom; the same picture as in ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "downhaul-cli",
        &[
            "downhaul-cleanup",
            "downhaul-core",
            "downhaul-host",
            "downhaul-lang",
            "downhaul-policy",
            "downhaul-report",
            "downhaul-scanner",
            "downhaul-server",
        ],
    ),
    ("downhaul-cleanup", &["downhaul-core", "downhaul-lang"]),
    ("downhaul-core", &[]),
    ("downhaul-host", &["downhaul-core"]),
    ("downhaul-lang", &["downhaul-core"]),
    ("downhaul-policy", &["downhaul-core"]),
    ("downhaul-report", &["downhaul-core"]),
    ("downhaul-scanner", &["downhaul-core", "downhaul-lang"]),
    ("downhaul-server", &["downhaul-core"]),
    ("xtask", &[]),
];

/// Crates that touch no file, clock, network or environment.
const PURE: &[&str] = &["downhaul-cleanup", "downhaul-core", "downhaul-lang", "downhaul-policy", "downhaul-report"];

#[test]
fn dependencies_point_down() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(project())
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let ours = package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|dependency| dependency["path"].is_string() && dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .map(str::to_owned)
            .collect();
        arrows.insert(package["name"].as_str().expect("a name").to_owned(), ours);
    }
    let allowed: BTreeMap<String, BTreeSet<String>> =
        ARROWS.iter().map(|(from, to)| ((*from).to_owned(), to.iter().map(ToString::to_string).collect())).collect();
    assert_eq!(arrows, allowed);
}

#[test]
fn pure_crates_have_the_lint_on() {
    for name in PURE {
        let lib = project().join("crates").join(name).join("src/lib.rs");
        let text = fs::read_to_string(&lib).expect("lib.rs is there");
        assert!(text.contains("warn(clippy::disallowed_methods)"), "{name} does not switch the lint on");
    }
}

#[test]
fn every_file_opens_with_a_sentence() {
    let silent: Vec<PathBuf> = rust_files()
        .into_iter()
        .filter(|path| {
            let text = fs::read_to_string(path).expect("source is text");
            !text.starts_with("//! ")
        })
        .collect();
    assert!(silent.is_empty(), "no opening `//!` sentence: {silent:#?}");
}

#[test]
fn nothing_is_silenced_without_a_reason() {
    let marks = ["#[ignore", "todo!(", "unimplemented!(", "dbg!("];
    for path in rust_files().into_iter().filter(|path| !path.ends_with("tests/it/shape.rs")) {
        let text = fs::read_to_string(&path).expect("source is text");
        for mark in marks {
            assert!(!text.contains(mark), "{} contains {mark}", path.display());
        }
    }
}

#[test]
fn each_crate_folder_bears_its_crates_name() {
    for entry in fs::read_dir(project().join("crates")).expect("crates/") {
        let folder = entry.expect("an entry").path();
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["crates", "tests"] {
        collect(&project().join(folder), &mut files);
    }
    files.sort();
    assert!(files.len() > 50, "only {} Rust files found", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
