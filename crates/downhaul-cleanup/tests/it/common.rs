//! What the tests of the clean-up share: cases as folders, and a clean-up of texts in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use downhaul_cleanup::{CleanRequest, Payload, Sources};
use downhaul_core::{FlagKey, Keep, Removal};
use downhaul_lang::Catalog;
use downhaul_scanner::{ScanRequest, scan};
use serde::Deserialize;

/// Whether what came out is to be written down instead of compared. Set and empty means no.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| !value.is_empty())
}

/// Texts by path.
pub(crate) type Tree = BTreeMap<String, String>;

/// A folder of `fixtures/cleanup`.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) facts: Facts,
    pub(crate) before: Tree,
}

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// What the case shows, as a heading.
    pub(crate) title: String,
    /// More about it.
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// The flags, each with the side that stays.
    pub(crate) keep: BTreeMap<String, String>,
    /// What comes with a variant that stays, by flag: its type and its value.
    #[serde(default)]
    pub(crate) payload: BTreeMap<String, (String, String)>,
    /// What is left for a person: `path:line why`.
    #[serde(default)]
    pub(crate) left: Vec<String>,
}

impl Case {
    /// All cases by name.
    pub(crate) fn all() -> Vec<Case> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cleanup");
        let mut cases = Vec::new();
        for language in folders(&root) {
            for folder in folders(&language) {
                let facts =
                    fs::read_to_string(folder.join("case.toml")).unwrap_or_else(|_| panic!("{folder:?}: no case.toml"));
                let facts = toml::from_str(&facts).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
                let name = folder.strip_prefix(&root).unwrap().display().to_string();
                let before = files(&folder.join("before"));
                assert!(!before.is_empty(), "{name}: nothing in `before`");
                cases.push(Case { name, folder, facts, before });
            }
        }
        cases
    }

    pub(crate) fn payloads(&self) -> BTreeMap<FlagKey, Payload> {
        let payload = |(flag, (kind, value)): (&String, &(String, String))| {
            (FlagKey::new(flag).unwrap(), Payload { kind: kind.clone(), value: value.clone() })
        };
        self.facts.payload.iter().map(payload).collect()
    }

    /// What is to be taken out.
    pub(crate) fn removals(&self) -> Vec<Removal> {
        let keep = |word: &str| match word {
            "on" => Keep::On,
            "off" => Keep::Off,
            variant => Keep::Variant(variant.to_owned()),
        };
        self.facts
            .keep
            .iter()
            .map(|(flag, word)| Removal { flag: FlagKey::new(flag).unwrap(), keep: keep(word) })
            .collect()
    }
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The files below a folder by their relative paths.
pub(crate) fn files(folder: &Path) -> Tree {
    files_that(folder, |_| true)
}

/// Those whose paths are wanted, as far as they are texts.
pub(crate) fn files_that(folder: &Path, wanted: impl Fn(&str) -> bool) -> Tree {
    let mut tree = Tree::new();
    collect(folder, folder, &wanted, &mut tree);
    tree
}

fn collect(root: &Path, folder: &Path, wanted: &dyn Fn(&str) -> bool, tree: &mut Tree) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        if path.is_dir() {
            collect(root, &path, wanted, tree);
        } else if wanted(&name)
            && let Ok(text) = fs::read_to_string(&path)
        {
            tree.insert(name, text);
        }
    }
}

struct Texts<'a>(&'a Tree);

impl Sources for Texts<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.0.get(path).map(|text| Arc::from(text.as_str()))
    }

    fn naming(&self, word: &str) -> Vec<String> {
        self.0.iter().filter(|(_, text)| text.contains(word)).map(|(path, _)| path.clone()).collect()
    }

    fn files_called(&self, stem: &str) -> Vec<String> {
        let is_called = |path: &&String| path.rsplit('/').take(2).any(|part| part.split('.').next() == Some(stem));
        self.0.keys().filter(is_called).cloned().collect()
    }
}

/// A tree cleaned, and what is left for a person.
pub(crate) fn clean(tree: &Tree, case: &Case) -> (Tree, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in tree {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let removals = case.removals();
    let mut request = ScanRequest::new(folder.path());
    request.keys = removals.iter().map(|removal| removal.flag.clone()).collect();
    request.threads = Some(1);
    request.mentions = true;
    let references = scan(&request, Catalog::load(), &()).unwrap().references;
    let request = CleanRequest { removals: &removals, references: &references, payloads: &case.payloads() };
    let cleaned = downhaul_cleanup::clean(&request, &Texts(tree));
    let mut after = tree.clone();
    for file in &cleaned.files {
        assert!(file.edits.windows(2).all(|pair| pair[0].end <= pair[1].start), "{}: edits overlap", case.name);
        assert_eq!(*file.before, tree[&file.path]);
        if file.deleted {
            after.remove(&file.path);
        } else {
            after.insert(file.path.clone(), file.after());
        }
    }
    let left = cleaned.flags.iter().flat_map(|flag| {
        flag.left.iter().map(|left| format!("{}:{} {}", left.location.path, left.location.start.line, left.why))
    });
    (after, left.collect())
}
