//! The data files are sound: queries compile with tree-sitter itself, roles are known, SDKs carry examples.

use downhaul_lang::Catalog;

#[test]
fn catalog_is_built() {
    let catalog = Catalog::build().unwrap();
    assert!(catalog.languages().count() >= 8);
    assert!(catalog.sdks().count() >= 15);
}

#[test]
fn queries_compile_with_tree_sitter() {
    for (_, language) in Catalog::load().languages() {
        let grammar = language.grammar().unwrap_or_else(|| panic!("{}: no grammar", language.id));
        for (file, text) in language.queries() {
            if let Err(error) = tree_sitter::Query::new(&grammar, text) {
                panic!("languages/{}/{file}: {error}", language.id);
            }
        }
    }
}

#[test]
fn every_language_reads_an_empty_file() {
    let catalog = Catalog::load();
    for (id, language) in catalog.languages() {
        let parsed = catalog.read(id, "").unwrap();
        assert!(parsed.facts.exprs.is_empty(), "{}", language.id);
    }
}

#[test]
fn every_sdk_has_an_example_and_a_near_miss() {
    for (_, sdk) in Catalog::load().sdks() {
        assert!(sdk.examples.iter().any(|example| !example.finds.is_empty()), "{}: no example", sdk.id);
        assert!(sdk.examples.iter().any(|example| example.finds.is_empty()), "{}: no near miss", sdk.id);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let catalog = Catalog::load();
    let python = catalog.language_named("python").unwrap();
    let read = move || catalog.read(python, &format!("x = {}1{}", "(".repeat(5_000), ")".repeat(5_000))).map(|_| ());
    let deep = std::thread::Builder::new().stack_size(64 << 20).spawn(read).unwrap().join().unwrap();
    assert_eq!(deep, Err(downhaul_lang::Unreadable::TooDeep));
}
