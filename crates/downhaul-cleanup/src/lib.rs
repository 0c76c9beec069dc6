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

mod chooser;
mod file;
mod fold;
mod layout;
mod modules;
mod names;
mod project;
mod prune;
mod rewrite;
mod seeds;
mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use downhaul_core::{Cleaned, FlagKey, Reference, Removal};

/// What is to be taken out, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct CleanRequest<'a> {
    /// The flags and the sides that stay.
    pub removals: &'a [Removal],
    /// What the scanner found, of these flags at least.
    pub references: &'a [Reference],
    /// What comes with the variants that stay, as far as it is known.
    pub payloads: &'a BTreeMap<FlagKey, Payload>,
}

impl<'a> CleanRequest<'a> {
    /// A request that knows of no payloads.
    pub fn new(removals: &'a [Removal], references: &'a [Reference]) -> Self {
        static NONE: BTreeMap<FlagKey, Payload> = BTreeMap::new();
        CleanRequest { removals, references, payloads: &NONE }
    }
}

/// What comes with a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The server's word for its type.
    pub kind: String,
    /// As text.
    pub value: String,
}

/// The texts of the project. Paths are relative to its root, with forward slashes.
pub trait Sources: Sync {
    /// A file's text, decoded as the scanner does; `None` for what cannot be written back byte for byte.
    fn text(&self, path: &str) -> Option<Arc<str>>;

    /// The files that name a word, in order.
    fn naming(&self, word: &str) -> Vec<String>;

    /// The files whose name without extension, or whose folder's name, is this, in order.
    fn files_called(&self, stem: &str) -> Vec<String>;
}

/// Works out what has to change.
pub fn clean(request: &CleanRequest<'_>, sources: &dyn Sources) -> Cleaned {
    project::Project::new(request, sources).run()
}
