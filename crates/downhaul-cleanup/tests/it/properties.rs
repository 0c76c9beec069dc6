//! A flag check put in place of every condition of real code, one at a time, and cleaned both ways: what comes out
//! parses, its edits are in order, and only the file itself changes.
//!
//! Over the project's own fixtures; `DOWNHAUL_TREE=folder` takes any other code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use downhaul_cleanup::{CleanRequest, Sources};
use downhaul_core::{
    Confidence, Context, Enclosing, FlagKey, Keep, LineIndex, PathClass, Reference, ReferenceKind, ReferencedKey,
    Removal, Resolution, Returns,
};
use downhaul_lang::syntax::Part;
use downhaul_lang::{Catalog, SyntaxTree};

use crate::common::files_that;

const CHECK: &str = "zzFlag()";

#[test]
fn any_condition_can_be_a_flag() {
    let root = std::env::var_os("DOWNHAUL_TREE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), PathBuf::from);
    let catalog = Catalog::load();
    let cleanable = |path: &str| catalog.language_of(path).is_some_and(|language| catalog.cleanup(language).is_some());
    // Enough of the fixtures to be quick; all of what was asked for.
    let step = if std::env::var_os("DOWNHAUL_TREE").is_some() { 1 } else { 5 };
    let (mut tried, mut refused) = (0, 0);
    let mut broken = Vec::new();
    for (path, text) in files_that(&root, cleanable) {
        let language = catalog.language_of(&path).expect("it has one");
        let Some(Ok(tree)) = catalog.syntax(language, &text) else { continue };
        if tree.errors > 0 {
            continue;
        }
        for span in conditions(&tree).into_iter().step_by(step) {
            let with_check = format!("{}{CHECK}{}", &text[..span.start], &text[span.end..]);
            if errors(&path, &with_check) != Some(0) {
                continue;
            }
            for keep in [Keep::On, Keep::Off] {
                tried += 1;
                let Some(after) = clean(&path, &with_check, span.start, keep.clone()) else {
                    refused += 1;
                    continue;
                };
                if after.contains(CHECK) || errors(&path, &after) != Some(0) {
                    broken.push(format!("{path}, {keep}, at {}:\n{after}", span.start));
                }
            }
        }
    }
    assert!(tried > 100, "only {tried} conditions found");
    assert!(refused * 20 < tried, "{refused} of {tried} refused");
    assert!(broken.is_empty(), "{} of {tried}; the first:\n{}", broken.len(), broken[0]);
}

/// The conditions of all choices of a file; parentheses that the syntax wants stay.
fn conditions(tree: &SyntaxTree) -> Vec<std::ops::Range<usize>> {
    tree.all()
        .filter_map(|id| tree.part(id, Part::Condition))
        .map(|id| {
            tree.part(id, Part::Inner)
                .filter(|_| tree.role(id) == Some(downhaul_lang::syntax::Role::Paren))
                .unwrap_or(id)
        })
        .map(|id| tree.span(id))
        .collect()
}

fn errors(path: &str, text: &str) -> Option<usize> {
    let catalog = Catalog::load();
    Some(catalog.syntax(catalog.language_of(path)?, text)?.ok()?.errors)
}

struct One<'a>(&'a str, &'a str);

impl Sources for One<'_> {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        (path == self.0).then(|| Arc::from(self.1))
    }

    fn naming(&self, word: &str) -> Vec<String> {
        if self.1.contains(word) { vec![self.0.to_owned()] } else { Vec::new() }
    }

    fn files_called(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn clean(path: &str, text: &str, at: usize, keep: Keep) -> Option<String> {
    let flag = FlagKey::new("zz-flag").expect("a key");
    let location = LineIndex::new(text).location(Arc::from(path), text, at..at + CHECK.len());
    let reference = Reference {
        key: ReferencedKey::Known(flag.clone()),
        kind: ReferenceKind::Evaluation,
        resolution: Resolution::Literal,
        confidence: Confidence::High,
        sdk: None,
        call: None,
        returns: Some(Returns::Bool),
        negated: false,
        fallback: None,
        context: Context::Absent,
        variant: None,
        location,
        via: Vec::new(),
        enclosing: Enclosing::default(),
        expression: CHECK.to_owned(),
        class: PathClass::Production,
    };
    let removals = [Removal { flag, keep }];
    let request = CleanRequest::new(&removals, std::slice::from_ref(&reference));
    let cleaned = downhaul_cleanup::clean(&request, &One(path, text));
    // What could not be done without breaking something is refused, and then nothing changes.
    if cleaned.flags.iter().any(|flag| flag.refused.is_some()) {
        assert!(cleaned.files.is_empty(), "a refused flag changes a file");
        return None;
    }
    let changed: BTreeMap<&str, String> = cleaned.files.iter().map(|file| (file.path.as_str(), file.after())).collect();
    assert!(changed.keys().all(|changed| *changed == path), "another file changes");
    assert!(cleaned.files.iter().all(|file| file.edits.windows(2).all(|pair| pair[0].end <= pair[1].start)));
    Some(changed.get(path).cloned().unwrap_or_else(|| text.to_owned()))
}
