//! Every folder of `fixtures/cleanup` is a case: `before` cleaned is `after`, byte for byte, and the properties of a
//! clean-up hold.
//!
//! `UPDATE_FIXTURES=1` writes `after` anew; read the diff before you commit it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{Case, Tree, clean, files, is_update};

#[test]
fn before_cleaned_is_after() {
    let cases = Case::all();
    assert!(!cases.is_empty(), "no case found");
    let mut wrong = Vec::new();
    for case in &cases {
        let (after, left) = clean(&case.before, case);
        if is_update() {
            write(&case.folder.join("after"), &after);
            continue;
        }
        let expected = files(&case.folder.join("after"));
        for (path, text) in &expected {
            let got = after.get(path).map_or("(no such file)", String::as_str);
            if got != text {
                wrong.push(format!("{} {path}: expected\n{text}\ngot\n{got}", case.name));
            }
        }
        wrong.extend(
            after
                .keys()
                .filter(|path| !expected.contains_key(*path))
                .map(|path| format!("{} {path}: should be gone", case.name)),
        );
        if left != case.facts.left {
            wrong.push(format!("{}: left {left:#?}, expected {:#?}", case.name, case.facts.left));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_second_run_changes_nothing() {
    for case in Case::all() {
        let (after, _) = clean(&case.before, &case);
        let (again, _) = clean(&after, &case);
        assert_eq!(after, again, "{}", case.name);
    }
}

#[test]
fn what_comes_out_parses() {
    for case in Case::all() {
        let (after, _) = clean(&case.before, &case);
        for (path, text) in after {
            let catalog = downhaul_lang::Catalog::load();
            let Some(language) = catalog.language_of(&path) else { continue };
            let Some(tree) = catalog.syntax(language, &text) else { continue };
            assert_eq!(tree.unwrap().errors, 0, "{} {path}", case.name);
        }
    }
}

fn write(folder: &Path, tree: &Tree) {
    let _ = fs::remove_dir_all(folder);
    let tree: &BTreeMap<String, String> = tree;
    for (path, text) in tree {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}
