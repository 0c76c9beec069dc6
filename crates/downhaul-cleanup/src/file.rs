//! A file under clean-up: its text, its tree, what its names mean.

use std::ops::Range;
use std::sync::Arc;

use downhaul_lang::syntax::{Part, Role};
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

    /// Whether what an expression or a choice comes to is wanted where it stands.
    pub(crate) fn is_wanted(&self, id: NodeId) -> bool {
        let tree = &self.tree;
        let Some(parent) = tree.parent(id) else { return false };
        let is = |part| tree.parts(parent, part).any(|part| part == id);
        match tree.role(parent) {
            Some(Role::Block) => tree.items(parent).last() == Some(id) && self.block_has_value(parent),
            Some(Role::If | Role::Branch) if is(Part::Then) || is(Part::Else) => self.is_wanted(parent),
            Some(Role::Case) if is(Part::Body) => tree.parent(parent).is_some_and(|switch| self.is_wanted(switch)),
            Some(Role::Statement | Role::Members) => false,
            Some(Role::While | Role::Do | Role::For) => !is(Part::Body),
            _ => true,
        }
    }

    /// Whether the last statement of a block is its value, and that is wanted.
    fn block_has_value(&self, block: NodeId) -> bool {
        let tree = &self.tree;
        let Some(parent) = tree.parent(block).filter(|_| !self.facts.block_value.is_empty()) else { return false };
        match tree.role(parent) {
            Some(Role::Function) => !self.text_of(block).starts_with('{') && tree.part(parent, Part::Name).is_none(),
            Some(Role::If | Role::Branch | Role::Case) => self.is_wanted(block),
            Some(Role::Try) => tree.part(parent, Part::Finally) != Some(block) && self.is_wanted(parent),
            Some(Role::Catch) => tree.parent(parent).is_some_and(|attempt| self.is_wanted(attempt)),
            _ => false,
        }
    }

    /// Whether one of the words before a declaration is one of these.
    pub(crate) fn has_word(&self, owner: NodeId, words: &[String]) -> bool {
        crate::names::has_word(&self.text, &self.tree, owner, words)
    }

    /// The marks before a declaration: annotations, by the last word of their names.
    pub(crate) fn marks(&self, owner: NodeId) -> Vec<&str> {
        let around = self.tree.parent(owner).filter(|parent| self.tree.role(*parent) == Some(Role::Declaration));
        let modifiers = [Some(owner), around].into_iter().flatten().flat_map(|id| self.tree.parts(id, Part::Modifier));
        let mut marks = Vec::new();
        for modifier in modifiers {
            for mark in self.text_of(modifier).split('@').skip(1) {
                let end =
                    mark.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '_' | ':')).unwrap_or(mark.len());
                marks.extend(mark[..end].rsplit(['.', ':']).next());
            }
        }
        marks
    }

    /// Whether one of the marks before a declaration may mean that something not in sight uses it.
    pub(crate) fn has_marks(&self, owner: NodeId) -> bool {
        self.marks(owner).into_iter().any(|mark| !self.facts.idle_marks.iter().any(|idle| idle == mark))
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
