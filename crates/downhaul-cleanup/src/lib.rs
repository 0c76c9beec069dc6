//! Takes a flag out of the code: one side of every check stays, everything that only the other needed goes.
//!
//! The engine works on a file's [`SyntaxTree`](downhaul_lang::SyntaxTree), whose nodes have roles that are the same
//! for all languages. What is known (the value of the flag at the places that the scanner found, of names that hold
//! nothing else, of functions that return nothing else) and what has become unused only ever grows; a pass over the
//! tree says what that means for the text, and passes are made until nothing new is found. The text itself is changed
//! once, at the end, by edits that are sorted and disjoint.
//!
//! It takes texts and gives edits: it never reads or writes a file.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod file;
mod fold;
mod layout;
mod names;
mod prune;
mod rewrite;
mod seeds;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use downhaul_core::{Cleaned, CleanedFile, CleanedFlag, Edit, Left, Reference, Removal};
use downhaul_lang::NodeId;

use file::SourceFile;
use fold::Knowledge;

/// What is to be taken out, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct CleanRequest<'a> {
    /// The flags and the sides that stay.
    pub removals: &'a [Removal],
    /// What the scanner found, of these flags at least.
    pub references: &'a [Reference],
}

/// The texts of the project.
pub trait Sources: Sync {
    /// A file's text, decoded as the scanner does.
    fn text(&self, path: &str) -> Option<Arc<str>>;
}

/// How often passes are made before the engine gives up on finding an end.
const MAX_PASSES: usize = 40;

/// Works out what has to change.
pub fn clean(request: &CleanRequest<'_>, sources: &dyn Sources) -> Cleaned {
    let mut flags: Vec<CleanedFlag> = request
        .removals
        .iter()
        .map(|removal| CleanedFlag { removal: removal.clone(), refused: None, left: Vec::new() })
        .collect();
    let mut files = Vec::new();
    for (path, references) in by_path(request) {
        let mut left = Vec::new();
        let file = sources.text(&path).and_then(|text| SourceFile::read(&path, text));
        match file {
            Some(file) => files.extend(clean_file(&path, &file, request, &references, &mut left)),
            None => {
                left.extend(references.iter().map(|found| (*found, "this kind of file is not rewritten".to_owned())))
            }
        }
        for (reference, why) in left {
            if let Some(flag) = flags.iter_mut().find(|flag| Some(&flag.removal.flag) == reference.flag()) {
                flag.left.push(Left { location: reference.location.clone(), why });
            }
        }
    }
    Cleaned { files, flags }
}

/// The references to the flags of the request, by file.
fn by_path<'a>(request: &CleanRequest<'a>) -> BTreeMap<String, Vec<&'a Reference>> {
    let mut paths: BTreeMap<String, Vec<&Reference>> = BTreeMap::new();
    for reference in request.references {
        if request.removals.iter().any(|removal| Some(&removal.flag) == reference.flag()) {
            paths.entry(reference.location.path.to_string()).or_default().push(reference);
        }
    }
    paths
}

fn clean_file<'a>(
    path: &str,
    file: &SourceFile,
    request: &CleanRequest<'_>,
    references: &[&'a Reference],
    left: &mut Vec<(&'a Reference, String)>,
) -> Option<CleanedFile> {
    let mut knowledge = Knowledge::default();
    let mut places: BTreeMap<NodeId, &Reference> = BTreeMap::new();
    for reference in references {
        match seeds::seed(file, reference, request.removals) {
            Ok((node, value)) => {
                places.insert(node, reference);
                knowledge.seeds.insert(node, value);
            }
            Err(why) => left.push((reference, why.to_owned())),
        }
    }
    let mut removed = BTreeSet::new();
    let mut pass = rewrite::rewrite(file, &knowledge, &removed);
    for _ in 0..MAX_PASSES {
        let learned = prune::learn(file, &mut knowledge);
        let unused = prune::unused(file, &knowledge, &pass.draft.gone(), &removed);
        if !learned && unused.is_empty() {
            break;
        }
        removed.extend(unused);
        pass = rewrite::rewrite(file, &knowledge, &removed);
    }
    for (node, why) in &pass.refused {
        if let Some(reference) =
            places.iter().find(|(place, _)| file.tree.contains(*node, **place)).map(|(_, found)| *found)
        {
            left.push((reference, (*why).to_owned()));
        }
    }
    let edits = pass.draft.edits(file);
    if edits.is_empty() {
        return None;
    }
    let after: Arc<str> = Edit::apply(&file.text, &edits).into();
    let broken = SourceFile::read(path, after).is_none_or(|after| after.tree.errors > file.tree.errors);
    if broken {
        left.extend(
            references.iter().map(|found| (*found, "the result would not parse; the file stays as it was".to_owned())),
        );
        return None;
    }
    let flags = references.iter().filter_map(|reference| reference.flag().cloned()).collect();
    Some(CleanedFile { path: path.to_owned(), before: Arc::clone(&file.text), edits, deleted: false, flags })
}
