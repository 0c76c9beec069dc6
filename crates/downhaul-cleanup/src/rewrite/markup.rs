//! Expressions in markup: a slot whose expression shows nothing goes, one that has become an element is the element.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
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
            Some(Value::Bool(_) | Value::Null) => self.folder.is_pure(left),
            Some(_) => false,
            None if left != inner => matches!(self.role(left), Some(Role::True | Role::False | Role::Null)),
            None => self.folder.truth(left) == Some(false) && self.folder.is_pure(left),
        };
        if shows_nothing {
            return self.delete(self.span(id));
        }
        if left != inner && self.role(left) == Some(Role::Element) {
            self.keep_within(self.span(id), self.span(left));
            self.move_lines(id, self.span(left));
            return self.visit(left);
        }
        self.children(id);
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
