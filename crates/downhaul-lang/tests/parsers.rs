//! A quicker parser says what tree-sitter says: the same facts from every source among the fixtures.

use std::path::{Path, PathBuf};

use downhaul_lang::Catalog;

#[test]
fn parsers_agree_on_all_fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let compared = files(&root).iter().filter(|path| agree(path)).count();
    assert!(compared > 150, "only {compared} files have two parsers");
}

#[test]
fn parsers_agree_on_every_construct() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/constructs");
    let files = files(&folder);
    assert!(files.len() >= 4);
    for path in files {
        assert!(agree(&path), "{}: no second parser", path.display());
        let catalog = Catalog::load();
        let language = catalog.language_of(path.to_str().unwrap()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(catalog.is_read_quickly(language, &text), "{}: the quicker parser gave it up", path.display());
    }
}

/// Whether a file has two parsers; panics where they do not agree.
fn agree(path: &Path) -> bool {
    let catalog = Catalog::load();
    let Some(language) = path.to_str().and_then(|path| catalog.language_of(path)) else { return false };
    if !catalog.language(language).has_quick_parser() {
        return false;
    }
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let (Ok(quick), Ok(thorough)) = (catalog.read(language, &text), catalog.read_thoroughly(language, &text)) else {
        return false;
    };
    // Where tree-sitter stumbles, nobody knows what is right.
    if let Some(difference) = quick.difference(&thorough).filter(|_| thorough.broken.is_empty()) {
        panic!("{}: {difference}", path.display());
    }
    true
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}
