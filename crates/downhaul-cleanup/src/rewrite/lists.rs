//! Lists with separators, members of classes, alternatives of types: what goes takes its separator along.

use std::ops::Range;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use crate::fold::fits;

impl Rewriter<'_> {
    /// A list whose items may go.
    pub(super) fn list(&mut self, id: NodeId) {
        let items: Vec<NodeId> = match self.role(id) {
            Some(Role::Import) => self.file.tree.parts(id, Part::Name).collect(),
            _ => self.file.tree.items(id).collect(),
        };
        let mut gone: Vec<bool> = items.iter().map(|item| self.goes(*item)).collect();
        if self.role(id) == Some(Role::Members) {
            gone = items.iter().map(|item| self.statement_goes(*item)).collect();
            // What says how a property is read goes with the property.
            for index in 1..items.len() {
                gone[index] |= gone[index - 1] && self.role(items[index]) == Some(Role::Accessor);
            }
        }
        if self.role(id) == Some(Role::Union) {
            return self.union(id);
        }
        if !gone.contains(&true) {
            return self.children(id);
        }
        if self.role(id) == Some(Role::Members) {
            for (index, item) in items.iter().enumerate() {
                if gone[index] && self.role(*item) == Some(Role::EnumMember) {
                    let entries = items.iter().take_while(|item| self.role(**item) == Some(Role::EnumMember)).count();
                    let range = self.item_range(&items[..entries], &gone[..entries], index);
                    self.delete(range);
                } else if gone[index] {
                    self.remove_statement(*item);
                } else {
                    self.visit(*item);
                }
            }
            return;
        }
        if let Some(inside) = self.inside_delimiters(id).filter(|_| gone.iter().all(|gone| *gone)) {
            return self.delete(inside);
        }
        for (index, item) in items.iter().enumerate() {
            if !gone[index] {
                self.visit(*item);
                continue;
            }
            let range = self.item_range(&items, &gone, index);
            self.delete(range);
        }
    }

    /// A class whose parameters may all be gone.
    pub(super) fn class(&mut self, id: NodeId) {
        let gone = self.part(id, Part::Parameters).filter(|list| self.removed.contains(list));
        for item in self.file.tree.items(id).collect::<Vec<_>>() {
            if Some(item) == gone {
                self.delete(self.span(item));
            } else {
                self.visit(item);
            }
        }
    }

    /// What stands between the delimiters of a literal, as long as no comment does.
    fn inside_delimiters(&self, id: NodeId) -> Option<Range<usize>> {
        let tree = &self.file.tree;
        if !matches!(self.role(id), Some(Role::Object | Role::List)) || tree.children(id).any(|id| tree.node(id).extra)
        {
            return None;
        }
        let is_delimiter = |id: &NodeId| !tree.node(*id).named;
        let (open, close) = (tree.children(id).next()?, tree.children(id).last()?);
        (open != close && is_delimiter(&open) && is_delimiter(&close))
            .then(|| self.span(open).end..self.span(close).start)
    }

    /// Whether an item tells what a call depends on, and has become something that never changes.
    fn is_settled_dependency(&self, id: NodeId) -> bool {
        let tree = &self.file.tree;
        if !matches!(self.role(id), Some(Role::Name | Role::Member)) || self.folder.known(id).is_none() {
            return false;
        }
        let Some(list) = tree.parent(id).filter(|list| self.role(*list) == Some(Role::List)) else { return false };
        let Some(arguments) = tree.parent(list) else { return false };
        let Some(call) = tree.parent(arguments).filter(|call| self.part(*call, Part::Arguments) == Some(arguments))
        else {
            return false;
        };
        let has_work = tree.items(arguments).any(|id| self.role(id) == Some(Role::Function));
        let is_last = has_work && tree.items(arguments).last() == Some(list);
        let name = self.part(call, Part::Callee).map_or("", |callee| self.folder.last_name(callee));
        is_last && self.file.facts.dependency_lists.iter().any(|pattern| fits(pattern, name))
    }

    /// Alternatives of a type; a grammar may nest them to the left.
    fn union(&mut self, id: NodeId) {
        let items: Vec<NodeId> = self.file.tree.items(id).collect();
        for item in items {
            if !self.goes(item) {
                self.visit(item);
                continue;
            }
            let before = self.file.tree.children(id).take_while(|child| *child != item).last();
            let start = match before {
                Some(bar) if !self.file.tree.node(bar).named => {
                    let text = &self.file.text[..self.span(bar).start];
                    let left = text.trim_end_matches(' ');
                    if left.ends_with('\n') { text.len() } else { left.len() }
                }
                _ => self.span(item).start,
            };
            let end = if before.is_some() { self.span(item).end } else { self.after_bar(item) };
            self.delete(start..end);
        }
    }

    /// Where the next alternative starts.
    fn after_bar(&self, item: NodeId) -> usize {
        let tree = &self.file.tree;
        let outer = std::iter::once(item).chain(tree.ancestors(item)).find_map(|inner| {
            let parent = tree.parent(inner).filter(|parent| tree.role(*parent) == Some(Role::Union))?;
            tree.items(parent).find(|next| next.0 > inner.0 && !tree.contains(inner, *next))
        });
        outer.map_or(self.span(item).end, |next| self.span(next).start)
    }

    /// An item with the separator that goes with it.
    fn item_range(&self, items: &[NodeId], gone: &[bool], index: usize) -> Range<usize> {
        let span = self.span(items[index]);
        let leading = self.leading_comments(items[index]);
        let start = leading.unwrap_or(span.start);
        if let Some(separator) = self.comma_after(items[index]) {
            let mut end = self.span(separator).end;
            let next_on_line =
                self.file.text[end..].len() - self.file.text[end..].trim_start_matches([' ', '\t']).len();
            let rest = &self.file.text[end + next_on_line..];
            if !rest.starts_with(['\n', '\r']) && items.get(index + 1).is_some() {
                end += next_on_line;
            }
            // The last ones go with the separator before them.
            let is_tail = gone[index..].iter().all(|gone| *gone)
                && items.last().is_some_and(|last| self.comma_after(*last).is_none());
            if is_tail && let Some(kept) = index.checked_sub(1).map(|before| self.span(items[before]).end) {
                return kept..self.span(separator).end;
            }
            return start..end;
        }
        match gone[..index].iter().rposition(|gone| !gone) {
            Some(kept) => self.span(items[kept]).end..span.end,
            None => start..span.end,
        }
    }

    pub(super) fn separator_after(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.file.tree.parent(id)?;
        let mut after = self.file.tree.children(parent).skip_while(|child| *child != id).skip(1);
        let next = after.find(|child| !self.file.tree.node(*child).extra)?;
        let is_token = !self.file.tree.node(next).named;
        let is_entry = self.role(id) == Some(Role::EnumMember);
        (is_token && matches!(self.file.text_of(next), "," | "|" | ";" if !is_entry || self.file.text_of(next) == ","))
            .then_some(next)
    }

    /// The separator after an item, as long as it does not end the whole statement.
    fn comma_after(&self, id: NodeId) -> Option<NodeId> {
        self.separator_after(id).filter(|separator| self.file.text_of(*separator) != ";")
    }

    /// Whether an item of a list goes as a whole.
    pub(super) fn goes(&self, id: NodeId) -> bool {
        if self.removed.contains(&id) {
            return true;
        }
        if !self.file.facts.dependency_lists.is_empty() && self.is_settled_dependency(id) {
            return true;
        }
        match self.role(id) {
            Some(Role::Spread) => self.part(id, Part::Inner).is_some_and(|inner| self.spreads_nothing(inner)),
            Some(Role::List) => {
                let mut items = self.file.tree.items(id).peekable();
                items.peek().is_some() && self.is_in_import(id) && items.all(|item| self.goes(item))
            }
            _ => false,
        }
    }

    fn is_in_import(&self, id: NodeId) -> bool {
        self.file.tree.ancestors(id).take(2).any(|above| self.role(above) == Some(Role::Import))
    }

    fn spreads_nothing(&self, inner: NodeId) -> bool {
        if let Some(value) = self.folder.known(inner) {
            return !value.is_truthy() && self.folder.is_pure(inner);
        }
        let left = self.unparenthesised(self.left_of(self.unparenthesised(inner)));
        let is_empty =
            matches!(self.role(left), Some(Role::Object | Role::List)) && self.file.tree.items(left).next().is_none();
        let is_nothing = matches!(self.role(left), Some(Role::Null | Role::Undefined | Role::False));
        let falls = self.folder.truth(inner) == Some(false) && self.folder.is_pure(inner);
        let changed = left != self.unparenthesised(inner);
        changed && (is_empty || is_nothing) || falls
    }

    pub(super) fn unparenthesised(&self, id: NodeId) -> NodeId {
        match self.part(id, Part::Inner) {
            Some(inner) if self.role(id) == Some(Role::Paren) => self.unparenthesised(inner),
            _ => id,
        }
    }

    /// A spread of something that has become a literal: its items stand for themselves.
    pub(super) fn spread(&mut self, id: NodeId) {
        let Some(inner) = self.part(id, Part::Inner) else { return self.children(id) };
        let inner = self.unparenthesised(inner);
        let left = self.unparenthesised(self.left_of(inner));
        let items: Vec<NodeId> = self.file.tree.items(left).collect();
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return self.children(id) };
        let is_literal = matches!(self.role(left), Some(Role::Object | Role::List));
        if left == inner || !is_literal || items.iter().any(|item| self.goes(*item)) {
            return self.children(id);
        }
        let (start, end) = (self.span(*first).start, self.span(*last).end);
        self.keep_within(self.span(id), start..end);
        self.move_lines(id, start..end);
        for item in items {
            self.visit(item);
        }
    }
}
