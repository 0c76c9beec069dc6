//! Every SDK finds what its examples say, and nothing else.

mod common;

use downhaul_core::{Confidence, ReferenceKind};
use downhaul_lang::Catalog;

use common::{describe, scan_folder};

#[test]
fn examples_of_sdks() {
    let catalog = Catalog::load();
    let mut wrong = Vec::new();
    for (_, sdk) in catalog.sdks() {
        for (index, example) in sdk.examples.iter().enumerate() {
            let language = catalog.language(catalog.language_named(&example.language).unwrap());
            let folder = tempfile::tempdir().unwrap();
            let name = format!("example.{}", language.facts.extensions[0]);
            std::fs::write(folder.path().join(name), &example.code).unwrap();
            let keys: Vec<&str> = example.keys.iter().map(String::as_str).collect();
            let scan = scan_folder(folder.path(), &keys);
            let asked = scan.references.iter().filter(|reference| {
                matches!(reference.kind, ReferenceKind::Evaluation | ReferenceKind::Test)
                    && reference.confidence == Confidence::High
            });
            let mut found: Vec<String> =
                asked.filter_map(|reference| reference.flag().map(ToString::to_string)).collect();
            let mut finds = example.finds.clone();
            found.sort();
            finds.sort();
            if found != finds {
                let all: Vec<String> = scan.references.iter().map(describe).collect();
                wrong.push(format!("{} example {}: wanted {finds:?}, found {found:?} of {all:?}", sdk.id, index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
