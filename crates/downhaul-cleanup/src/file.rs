//! A file under clean-up: its text, its tree, what its names mean.

use std::ops::Range;
use std::sync::Arc;

use downhaul_lang::syntax::Role;
use downhaul_lang::{Catalog, CleanupFacts, NodeId, SyntaxTree};

use crate::names::Names;

#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) text: Arc<str>,
    pub(crate) tree: SyntaxTree,
    pub(crate) facts: &'static CleanupFacts,
    pub(crate) names: Names,
}

impl SourceFile {
    /// Parses a file; `None` where its language cannot be cleaned or it is nested too deeply.
    pub(crate) fn read(path: &str, text: Arc<str>) -> Option<SourceFile> {
        let catalog = Catalog::load();
        let language = catalog.language_of(path)?;
        let facts = catalog.cleanup(language)?;
        let tree = catalog.syntax(language, &text)?.ok()?;
        let names = Names::new(&text, &tree, facts);
        Some(SourceFile { text, tree, facts, names })
    }

    pub(crate) fn text_of(&self, id: NodeId) -> &str {
        &self.text[self.tree.span(id)]
    }

    pub(crate) fn role(&self, id: NodeId) -> Option<Role> {
        self.tree.role(id)
    }

    /// Where the line of an offset starts.
    pub(crate) fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where the line of an offset ends, its break included.
    pub(crate) fn next_line(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The white space at the start of the line of an offset.
    pub(crate) fn indentation(&self, offset: usize) -> Range<usize> {
        let start = self.line_start(offset);
        let length = self.text[start..].len() - self.text[start..].trim_start_matches([' ', '\t']).len();
        start..start + length
    }
}
