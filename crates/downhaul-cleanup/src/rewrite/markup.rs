//! Expressions in markup: a slot whose expression shows nothing goes, one that has become an element is the element.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use crate::chooser::Choice;
use crate::file::SourceFile;
use crate::fold::Folder;
use crate::value::Value;

impl Rewriter<'_> {
    pub(super) fn slot(&mut self, id: NodeId) {
        let Some(inner) = self.part(id, Part::Inner) else { return };
        let is_child = self.file.tree.parent(id).is_some_and(|parent| self.role(parent) == Some(Role::Element));
        if self.role(inner) == Some(Role::Spread) {
            return self.attributes(id, inner);
        }
        let inner = self.unparenthesised(inner);
        let left = self.unparenthesised(self.left_of(inner));
        if !is_child {
            return self.attribute_value(id, inner, left);
        }
        let value = self.folder.known(left);
        let shows_nothing = match &value {
            Some(Value::Bool(_) | Value::Null | Value::Undefined) => self.folder.is_pure(left),
            Some(_) => false,
            None if left != inner => {
                matches!(self.role(left), Some(Role::True | Role::False | Role::Null | Role::Undefined))
            }
            None => self.folder.truth(left) == Some(false) && self.folder.is_pure(left),
        };
        if shows_nothing {
            return self.delete(self.span(id));
        }
        if left != inner && self.role(left) == Some(Role::Element) {
            return self.place(id, left);
        }
        self.children(id);
    }

    /// An element; one of a component that chooses by an attribute that is known is what it chooses.
    pub(super) fn element(&mut self, id: NodeId) {
        let is_child = self.file.tree.parent(id).is_some_and(|parent| self.role(parent) == Some(Role::Element));
        match self.chosen(id) {
            None => self.children(id),
            Some(None) if is_child => self.delete(self.span(id)),
            Some(None) => {
                let null = self.file.facts.null.clone();
                self.replace(self.span(id), null);
            }
            Some(Some(value)) => {
                let (outer, inner) = (self.span(id), self.span(value));
                let is_markup = self.role(value) == Some(Role::Element);
                if is_child && is_markup {
                    return self.place(id, value);
                }
                if is_child {
                    self.replace(outer.start..inner.start, "{");
                    self.replace(inner.end..outer.end, "}");
                } else {
                    self.keep_within(outer, inner.clone());
                    self.move_lines(id, inner);
                }
                self.visit(value);
            }
        }
    }

    /// Puts an element in the place of a child; of a bare fragment what it holds, since its surroundings hold it too.
    fn place(&mut self, id: NodeId, element: NodeId) {
        let children: Vec<NodeId> = self.file.tree.children(element).collect();
        let is_fragment = self.file.text_of(element).starts_with("<>") && children.len() > 2;
        if !is_fragment {
            self.keep_within(self.span(id), self.span(element));
            self.move_lines(id, self.span(element));
            return self.visit(element);
        }
        let inner = self.span(children[0]).end..self.span(children[children.len() - 1]).start;
        let text = &self.file.text[inner.clone()];
        let start = inner.end - text.trim_start().len();
        let kept = start..start.max(inner.start + text.trim_end().len());
        self.keep_within(self.span(id), kept.clone());
        self.move_lines(id, kept);
        for child in &children[1..children.len() - 1] {
            self.visit(*child);
        }
    }

    /// The value that an element of a choosing component shows; `Some(None)` where that is nothing.
    fn chosen(&self, id: NodeId) -> Option<Option<NodeId>> {
        let (name, truth) = self.chosen_by(id)?;
        let symbol = self.file.names.meaning(self.part(id, Part::Name)?)?;
        let choice = self.folder.knowledge.choices.get(&(symbol, name, truth))?.as_ref()?;
        let Choice::Attribute(wanted) = choice else { return Some(None) };
        let attributes: Vec<NodeId> = self.file.tree.parts(id, Part::Attribute).collect();
        let found = attributes
            .into_iter()
            .find(|attribute| self.part(*attribute, Part::Name).is_some_and(|name| self.file.text_of(name) == wanted));
        let Some(attribute) = found else { return Some(None) };
        let value = self.part(attribute, Part::Value)?;
        let value = match self.role(value) {
            Some(Role::Slot) => self.unparenthesised(self.part(value, Part::Inner)?),
            _ => value,
        };
        match self.role(value) {
            Some(Role::Function) => None,
            Some(Role::Null | Role::Undefined | Role::False) => Some(None),
            _ => Some(Some(value)),
        }
    }

    /// The first attribute whose value the flag decides, and whether it holds.
    fn chosen_by(&self, id: NodeId) -> Option<(String, bool)> {
        known_attributes(self.file, &self.folder, id).into_iter().next()
    }

    /// The value of an attribute: a plain text needs no braces.
    fn attribute_value(&mut self, id: NodeId, inner: NodeId, left: NodeId) {
        let text = self.file.text_of(left);
        let content = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let is_plain =
            left != inner && self.role(left) == Some(Role::String) && !content.contains(['"', '\\', '\n', '&']);
        if is_plain {
            let text = format!("\"{content}\"");
            self.replace(self.span(id), text);
        } else {
            self.children(id);
        }
    }

    /// `{...(flag ? {…} : {})}` among the attributes of an element.
    fn attributes(&mut self, id: NodeId, spread: NodeId) {
        if self.goes(spread) { self.delete(self.span(id)) } else { self.children(spread) }
    }
}

/// The attributes of an element whose values the flag decides, and whether they hold.
pub(crate) fn known_attributes(file: &SourceFile, folder: &Folder<'_>, id: NodeId) -> Vec<(String, bool)> {
    let tree = &file.tree;
    let known = |attribute: NodeId| {
        let name = tree.part(attribute, Part::Name)?;
        let value = tree.part(attribute, Part::Value).filter(|value| tree.role(*value) == Some(Role::Slot))?;
        let inner = tree.part(value, Part::Inner)?;
        let truth = folder.truth(inner).filter(|_| folder.is_pure(inner))?;
        Some((file.text_of(name).to_owned(), truth))
    };
    tree.parts(id, Part::Attribute).filter_map(known).collect()
}
