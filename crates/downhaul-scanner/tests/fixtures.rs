//! The cases in `fixtures/scan/<language>/<case>/`.
//!
//! What is expected of a line stands in a comment at its end: `//~ evaluation:new-checkout, definition:beta` (or `#~`);
//! a `?` after the key means low confidence. What cannot stand in the file stands in `expected.txt`, as
//! `path:line kind:key`. What code makes of a variant stands in `variants.txt`, as `path:line names… [else] [served]`: the
//! line of the choice, and whether anything is done when no name fits. The server's keys stand in `keys.txt`. A case without any expectation fails.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use common::{describe, scan_folder};
use downhaul_core::Reference;

type Expected = BTreeSet<(String, u32, String)>;

#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scan");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for language in folders(&root) {
        let inside = folders(&language);
        assert!(!inside.is_empty(), "{} has no case", language.display());
        for case in inside {
            cases += 1;
            wrong.extend(check(&case));
        }
    }
    assert!(cases > 0, "no case in {}", root.display());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with a case.
fn check(case: &Path) -> Vec<String> {
    let name = |what: &str| format!("{}: {what}", case.display());
    let keys = std::fs::read_to_string(case.join("keys.txt")).unwrap_or_default();
    let expected = expected(case);
    if expected.is_empty() {
        return vec![name("nothing is expected of it")];
    }
    let keys: Vec<&str> = keys.lines().filter(|line| !line.is_empty()).collect();
    let references = scan_folder(case, &keys).references;
    let found: Expected = references
        .iter()
        .filter(|reference| !matches!(reference.location.path.as_ref(), "keys.txt" | "expected.txt" | "variants.txt"))
        .map(|reference| (reference.location.path.to_string(), reference.location.start.line, describe(reference)))
        .collect();
    let line = |(path, line, what): &(String, u32, String)| format!("{path}:{line} {what}");
    let missing = expected.difference(&found).map(|place| name(&format!("missing {}", line(place))));
    let surplus = found.difference(&expected).map(|place| name(&format!("surplus {}", line(place))));
    let variants = variants(&references);
    let wanted = std::fs::read_to_string(case.join("variants.txt")).unwrap_or_default();
    let wrong = (variants.trim() != wanted.trim()).then(|| name(&format!("variants:\n{variants}")));
    missing.chain(surplus).chain(wrong).collect()
}

/// What the code makes of variants, a line for each choice.
fn variants(references: &[Reference]) -> String {
    let mut lines = String::new();
    for reference in references {
        let Some(variant) = &reference.variant else { continue };
        for choice in &variant.choices {
            let names: Vec<&str> = choice.names.iter().map(|(name, _)| name.as_str()).collect();
            let ends = if choice.has_default { " else" } else { "" };
            let served = if variant.asks_if_served { " served" } else { "" };
            let at = &choice.location;
            lines += &format!("{}:{} {}{ends}{served}\n", at.path, at.start.line, names.join(" "));
        }
    }
    lines
}

fn expected(case: &Path) -> Expected {
    let mut expected = Expected::new();
    for file in files(case) {
        let path = file.strip_prefix(case).unwrap().to_string_lossy().replace('\\', "/");
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if path == "expected.txt" {
            expected.extend(text.lines().filter(|line| !line.is_empty()).map(|line| {
                let (place, what) = line.split_once(' ').expect("path:line kind:key");
                let (path, line) = place.rsplit_once(':').expect("path:line");
                (path.to_owned(), line.parse().expect("a line number"), what.to_owned())
            }));
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let Some((_, marks)) = line.split_once("//~ ").or_else(|| line.split_once("#~ ")) else { continue };
            let marks = marks.trim_end_matches("*/}").trim_end_matches("*/").trim();
            let line = u32::try_from(number + 1).unwrap();
            expected.extend(marks.split(", ").map(|what| (path.clone(), line, what.to_owned())));
        }
    }
    expected
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn files(path: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}
