//! One pass over a file: what goes and what comes, given what is known.

mod chain;
mod expressions;
mod failures;
mod leaves;
mod lists;
pub(crate) mod markup;
mod statements;
mod switch;
mod values;

use std::collections::BTreeSet;
use std::ops::Range;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::file::SourceFile;
use crate::fold::{Folder, Knowledge};
use crate::layout::Draft;
use crate::value::Value;

/// What came of a pass.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    pub(crate) draft: Draft,
    /// Seeds that had to stay, and why.
    pub(crate) refused: Vec<(NodeId, &'static str)>,
    /// Why nothing of the file may change, if so.
    pub(crate) is_unsafe: Option<&'static str>,
}

impl Pass {
    /// The file would not do or would not compile after this.
    pub(super) fn unsafe_because(&mut self, why: &'static str) {
        self.is_unsafe.get_or_insert(why);
    }
}

/// Rewrites a file.
pub(crate) fn rewrite(file: &SourceFile, knowledge: &Knowledge, removed: &BTreeSet<NodeId>) -> Pass {
    let mut rewriter = Rewriter {
        file,
        folder: Folder::new(file, knowledge),
        removed,
        pass: Pass::default(),
        claimed: FxHashMap::default(),
    };
    rewriter.visit(file.tree.root());
    rewriter.check_failures();
    rewriter.pass
}

pub(super) struct Rewriter<'a> {
    file: &'a SourceFile,
    folder: Folder<'a>,
    removed: &'a BTreeSet<NodeId>,
    pass: Pass,
    /// Names that unwrapped blocks have brought into a scope.
    claimed: FxHashMap<NodeId, FxHashSet<String>>,
}

impl Rewriter<'_> {
    fn role(&self, id: NodeId) -> Option<Role> {
        self.file.tree.role(id)
    }

    fn part(&self, id: NodeId, part: Part) -> Option<NodeId> {
        self.file.tree.part(id, part)
    }

    fn span(&self, id: NodeId) -> Range<usize> {
        self.file.tree.span(id)
    }

    fn delete(&mut self, range: Range<usize>) {
        self.pass.draft.deleted.push(range);
    }

    fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.pass.draft.replaced.push((range, text.into()));
    }

    /// Keeps one part of a node and drops what is around it.
    fn keep_within(&mut self, outer: Range<usize>, kept: Range<usize>) {
        self.delete(outer.start..kept.start);
        self.delete(kept.end..outer.end);
    }

    fn visit(&mut self, id: NodeId) {
        match self.role(id) {
            Some(Role::Block) => self.block(id),
            Some(Role::If) => self.if_statement(id),
            Some(Role::For) => self.for_loop(id),
            Some(Role::Switch) => self.switch(id),
            Some(Role::Case) => self.case(id),
            Some(Role::Declaration) => self.declaration(id),
            Some(Role::List | Role::Object | Role::Members | Role::Union | Role::Pattern) => self.list(id),
            Some(Role::Import) if self.part(id, Part::Name).is_some() => self.list(id),
            Some(Role::Class) => self.class(id),
            Some(Role::Filter) => self.filter(id),
            Some(Role::Slot) => self.slot(id),
            Some(Role::Element) => self.element(id),
            Some(Role::Substitution) => self.substitution(id),
            Some(Role::Spread) => self.spread(id),
            Some(Role::ExportName | Role::ImportName) => {}
            Some(Role::String | Role::Template) => {
                let span = self.span(id);
                if self.file.text[span.clone()].contains('\n') {
                    self.pass.draft.fixed.push(span.clone());
                }
                if self.becomes_plain(id) {
                    self.delete(span.start..span.start + self.file.facts.template_prefix.len());
                }
                self.children(id);
            }
            _ => self.expression(id),
        }
    }

    fn children(&mut self, id: NodeId) {
        for child in self.file.tree.items(id).collect::<Vec<_>>() {
            self.visit(child);
        }
    }

    /// How a value is written; `None` where it cannot be.
    fn written(&self, value: &Value) -> Option<String> {
        let facts = self.file.facts;
        match value {
            Value::Bool(true) => Some(facts.r#true.clone()),
            Value::Bool(false) => Some(facts.r#false.clone()),
            Value::Null => Some(facts.null.clone()),
            Value::Undefined => Some(facts.undefined.clone()),
            Value::Text(text) => {
                let quote =
                    if self.file.text.matches('\'').count() > self.file.text.matches('"').count() { '\'' } else { '"' };
                (!text.contains([quote, '\\', '\n'])).then(|| format!("{quote}{text}{quote}"))
            }
            Value::Variant(_) | Value::Payload(_) => None,
        }
    }

    fn refuse(&mut self, id: NodeId, why: &'static str) {
        self.pass.refused.push((id, why));
    }
}
