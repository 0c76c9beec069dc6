//! Statements: branches that are taken or not, what can no longer be reached, blocks that lose their braces.

use std::ops::Range;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use super::switch::Chosen;

impl Rewriter<'_> {
    /// A list of statements.
    pub(super) fn block(&mut self, id: NodeId) {
        if self.file.facts.suites && self.empties(id) {
            return self.replace(self.content(id), self.file.facts.empty_block.clone());
        }
        let items: Vec<NodeId> = self.file.tree.items(id).collect();
        self.statements(&items, id);
    }

    /// Statements one after the other in `scope`.
    pub(super) fn statements(&mut self, items: &[NodeId], scope: NodeId) {
        for (index, item) in items.iter().enumerate() {
            if self.statement_goes(*item) {
                self.remove_statement(*item);
                continue;
            }
            self.visit(*item);
            let rest = &items[index + 1..];
            if !rest.is_empty()
                && self.always_leaves_now(*item)
                && !self.is_needed_elsewhere(rest)
                && !self.makes_a_generator(rest)
            {
                self.remove_rest(*item, rest, scope);
                return;
            }
        }
    }

    /// Whether a statement goes as a whole.
    pub(super) fn statement_goes(&self, id: NodeId) -> bool {
        if self.removed.contains(&id) {
            return true;
        }
        match self.role(id) {
            Some(Role::If) => matches!(self.outcome(id), Outcome::Nothing) || self.loses_its_only_body(id),
            Some(Role::Statement) => self.part(id, Part::Inner).is_some_and(|inner| {
                let decided = self.folder.known(inner).is_some() || self.folder.truth(inner).is_some();
                decided && self.folder.is_pure(inner)
                    || self.is_false_guard(inner)
                    || self.declares_nothing_now(inner)
                    || self.groups_no_test_now(inner)
            }),
            Some(Role::While) if self.part(id, Part::Else).is_none() => self
                .part(id, Part::Condition)
                .is_some_and(|condition| self.folder.truth(condition) == Some(false) && self.folder.is_pure(condition)),
            Some(Role::For) => {
                self.never_loops(id) && self.part(id, Part::Init).is_none_or(|init| self.folder.is_pure(init))
            }
            Some(Role::Declaration) => {
                let mut bindings = self.file.tree.parts(id, Part::Binding).peekable();
                bindings.peek().is_some() && bindings.all(|binding| self.removed.contains(&binding))
            }
            Some(Role::Export) => self.part(id, Part::Declaration).is_some_and(|inner| self.statement_goes(inner)),
            Some(Role::Import) if self.part(id, Part::Name).is_some() => {
                self.file.tree.parts(id, Part::Name).all(|name| self.removed.contains(&name))
            }
            Some(Role::Import) => {
                let mut lists = self.file.tree.items(id).filter(|item| self.role(*item) == Some(Role::List)).peekable();
                lists.peek().is_some()
                    && lists.all(|list| {
                        let mut items = self.file.tree.items(list).peekable();
                        items.peek().is_some() && items.all(|item| self.goes(item))
                    })
            }
            Some(Role::Block) => self.empties(id),
            Some(Role::Switch) => self.case_taken(id) == Chosen::Nothing,
            _ => self.is_idle(id),
        }
    }

    /// Whether a loop's condition never holds, because of the flag.
    fn never_loops(&self, id: NodeId) -> bool {
        let condition = self.part(id, Part::Condition).filter(|condition| self.folder.is_pure(*condition));
        condition.is_some_and(|condition| self.folder.truth(condition) == Some(false))
    }

    /// A loop that never does more than prepare.
    pub(super) fn for_loop(&mut self, id: NodeId) {
        let Some(init) = self.part(id, Part::Init).filter(|_| self.never_loops(id)) else { return self.children(id) };
        let terminator = &self.file.facts.terminator;
        let end = if self.file.text_of(init).ends_with(terminator.as_str()) { "" } else { terminator.as_str() };
        self.replace(self.span(id).start..self.span(init).start, "{ ");
        self.replace(self.span(init).end..self.span(id).end, format!("{end} }}"));
        self.visit(init);
    }

    /// An expression that stands as a statement and comes to what nobody wants.
    fn is_idle(&self, id: NodeId) -> bool {
        let is_bare = !self.file.facts.block_value.is_empty() && self.is_in_list(id) && !self.file.is_wanted(id);
        is_bare && (self.folder.known(id).is_some() && self.folder.is_pure(id) || self.is_false_guard(id))
    }

    /// A group of tests that has lost all that was in it.
    fn groups_no_test_now(&self, id: NodeId) -> bool {
        let Some(callee) = self.part(id, Part::Callee) else { return false };
        let name = self.file.text_of(callee).split(['.', '(']).next().unwrap_or_default();
        let arguments =
            self.part(id, Part::Arguments).filter(|_| self.file.facts.test_groups.iter().any(|it| it == name));
        let body = arguments.and_then(|list| self.file.tree.items(list).last());
        body.and_then(|function| self.part(function, Part::Body))
            .is_some_and(|body| self.role(body) == Some(Role::Block) && self.empties(body))
    }

    /// A declaration, inside a statement, all of whose names go.
    fn declares_nothing_now(&self, id: NodeId) -> bool {
        self.role(id) == Some(Role::Declaration) && self.statement_goes(id)
    }

    /// `flag && something()` where the flag does not hold.
    fn is_false_guard(&self, id: NodeId) -> bool {
        let Some(left) = self.part(id, Part::Left) else { return false };
        let stop = match self.role(id) {
            Some(Role::And) => false,
            Some(Role::Or) => true,
            _ => return false,
        };
        self.folder.truth(left) == Some(stop) && self.folder.is_pure(left)
    }

    /// Whether all statements of a block that had some go.
    pub(super) fn empties(&self, id: NodeId) -> bool {
        let mut items = self.file.tree.items(id).peekable();
        let had_some = items.peek().is_some();
        had_some && items.all(|item| self.statement_goes(item))
    }

    /// An `if` whose condition says nothing of the flag, but whose only body becomes empty.
    fn loses_its_only_body(&self, id: NodeId) -> bool {
        let Outcome::Unknown = self.outcome(id) else { return false };
        let (Some(condition), Some(then)) = (self.part(id, Part::Condition), self.part(id, Part::Then)) else {
            return false;
        };
        let has_more = self.part(id, Part::Else).is_some_and(|body| !self.body_empties(body))
            || self.part(id, Part::Branch).is_some();
        !has_more && self.folder.is_pure(condition) && self.body_empties(then)
    }

    fn body_empties(&self, id: NodeId) -> bool {
        if self.role(id) == Some(Role::Block) { self.empties(id) } else { self.statement_goes(id) }
    }

    /// What becomes of an `if`.
    pub(super) fn outcome(&self, id: NodeId) -> Outcome {
        let mut arms = std::iter::once(id).chain(self.file.tree.parts(id, Part::Branch));
        for arm in arms.by_ref() {
            let Some(condition) = self.part(arm, Part::Condition) else { return Outcome::Unknown };
            match self.folder.truth(condition).filter(|_| self.folder.is_pure(condition)) {
                Some(true) => return self.part(arm, Part::Then).map_or(Outcome::Unknown, |body| self.kept(body)),
                Some(false) => {}
                None => return Outcome::Unknown,
            }
        }
        self.part(id, Part::Else).map_or(Outcome::Nothing, |body| self.kept(body))
    }

    /// What a body that is kept comes to.
    pub(super) fn kept(&self, body: NodeId) -> Outcome {
        match self.role(body) {
            Some(Role::If) => match self.outcome(body) {
                Outcome::Unknown => Outcome::Keep(body),
                other => other,
            },
            Some(Role::Block) if self.file.tree.items(body).next().is_none() => Outcome::Nothing,
            _ if self.body_empties(body) => Outcome::Nothing,
            _ => Outcome::Keep(body),
        }
    }

    pub(super) fn if_statement(&mut self, id: NodeId) {
        if self.effect_then_body(id) {
            return;
        }
        match self.outcome(id) {
            Outcome::Keep(body) => self.take(id, body),
            Outcome::Nothing => self.leave_nothing(id),
            Outcome::Unknown => self.other_if(id),
        }
    }

    /// `if (call() && flag)`: what is done in any case, and the body that is taken then.
    pub(super) fn effect_and_body(&self, id: NodeId) -> Option<(NodeId, Option<NodeId>)> {
        let condition = self.part(id, Part::Condition)?;
        let inner = self.unparenthesised(condition);
        let (left, right) = (self.part(inner, Part::Left)?, self.part(inner, Part::Right)?);
        let stop = match self.role(inner) {
            Some(Role::And) => false,
            Some(Role::Or) => true,
            _ => return None,
        };
        let decides = self.folder.truth(right) == Some(stop) && self.folder.is_pure(right);
        if !decides || self.folder.is_pure(left) || !self.is_in_list(id) || self.part(id, Part::Branch).is_some() {
            return None;
        }
        let body = if stop { self.part(id, Part::Then) } else { self.part(id, Part::Else) };
        Some((self.as_statement(left)?, body))
    }

    /// The call stays as a statement before what is taken.
    fn effect_then_body(&mut self, id: NodeId) -> bool {
        let Some((left, body)) = self.effect_and_body(id) else { return false };
        let kept = body.map_or(Outcome::Nothing, |body| self.kept(body));
        let terminator = self.file.facts.terminator.clone();
        let start = self.span(id).start;
        self.delete(start..self.span(left).start);
        self.visit(left);
        match kept {
            Outcome::Keep(body) if self.role(body) == Some(Role::Block) && !self.collides(body, id) => {
                let inner = self.content(body);
                let indentation = self.file.text[self.file.indentation(start)].to_owned();
                // What comes next is the first statement that stays: the line break must stand right before it.
                let items: Vec<NodeId> = self.file.tree.items(body).collect();
                let first = items.iter().position(|item| !self.statement_goes(*item)).unwrap_or_default();
                let from = match items.get(first).filter(|_| first > 0) {
                    Some(item) => self.leading_comments(*item).unwrap_or(self.span(*item).start),
                    None => inner.start,
                };
                self.replace(self.span(left).end..from, format!("{terminator}\n{indentation}"));
                self.delete(inner.end..self.span(id).end);
                self.move_lines(id, from..inner.end);
                self.statements(&items[first..], body);
            }
            Outcome::Keep(body) => {
                let indentation = self.file.text[self.file.indentation(start)].to_owned();
                self.replace(self.span(left).end..self.span(body).start, format!("{terminator}\n{indentation}"));
                self.delete(self.span(body).end..self.span(id).end);
                self.visit(body);
            }
            _ => self.replace(self.span(left).end..self.span(id).end, terminator),
        }
        true
    }

    /// What of an expression can stand as a statement and does all that it does.
    fn as_statement(&self, id: NodeId) -> Option<NodeId> {
        match self.role(id) {
            Some(Role::Not | Role::Paren) => self.as_statement(self.part(id, Part::Inner)?),
            Some(Role::Call | Role::Assign | Role::New) => Some(id),
            _ => (!self.file.facts.only_calls_are_statements).then_some(id),
        }
    }

    /// An `if` that stays one.
    fn other_if(&mut self, id: NodeId) {
        if self.part(id, Part::Branch).is_some() {
            return self.chain(id);
        }
        let then = self.part(id, Part::Then);
        let alternative = self.part(id, Part::Else);
        for child in self.file.tree.items(id).collect::<Vec<_>>() {
            let inner = if self.role(child) == Some(Role::Else) { self.part(child, Part::Body) } else { None };
            let is_else = alternative.is_some() && (Some(child) == alternative || inner == alternative);
            if is_else && self.else_vanishes(alternative.unwrap_or(child)) {
                let start = self.keyword_before(id, child).unwrap_or(self.span(child).start);
                let own_line = self.file.indentation(start).end == start;
                let before = then.filter(|_| !own_line).map_or(start, |then| self.span(then).end);
                self.delete(before..self.span(child).end);
            } else {
                self.visit(inner.filter(|_| is_else).unwrap_or(child));
            }
        }
    }

    /// Where the word starts that stands before a body and is no part of it.
    fn keyword_before(&self, id: NodeId, body: NodeId) -> Option<usize> {
        let tree = &self.file.tree;
        let before = tree.children(id).take_while(|child| *child != body).filter(|child| !tree.node(*child).extra);
        let word = before.last().filter(|word| !tree.node(*word).named)?;
        self.file.text_of(word).starts_with(char::is_alphabetic).then(|| self.span(word).start)
    }

    pub(super) fn else_vanishes(&self, body: NodeId) -> bool {
        match self.role(body) {
            Some(Role::If) => matches!(self.outcome(body), Outcome::Nothing),
            _ => self.body_empties(body),
        }
    }

    /// Puts the body that is taken in place of the statement.
    pub(super) fn take(&mut self, id: NodeId, body: NodeId) {
        if self.wants_expression(id) {
            return self.take_value(id, body);
        }
        if !self.is_in_list(id) {
            // After `else`, or the only statement of a loop: the body stays as it is.
            self.keep_within(self.span(id), self.span(body));
            return self.visit(body);
        }
        if self.role(body) != Some(Role::Block) {
            self.keep_within(self.span(id), self.span(body));
            self.move_lines(id, self.span(body));
            return self.visit(body);
        }
        if self.collides(body, id) {
            self.keep_within(self.span(id), self.span(body));
            return self.visit(body);
        }
        let inner = self.content(body);
        self.keep_within(self.span(id), inner.clone());
        self.move_lines(id, inner);
        self.block(body);
    }

    pub(super) fn leave_nothing(&mut self, id: NodeId) {
        // In a list it has been taken out there.
        let facts = self.file.facts;
        let empty = if self.wants_expression(id) { facts.empty_value.clone() } else { facts.empty_block.clone() };
        self.replace(self.span(id), empty);
    }

    pub(super) fn is_in_list(&self, id: NodeId) -> bool {
        self.file.tree.parent(id).is_some_and(|parent| matches!(self.role(parent), Some(Role::Block | Role::Case)))
    }

    /// What a block holds, comments included, delimiters not.
    pub(super) fn content(&self, block: NodeId) -> Range<usize> {
        let tree = &self.file.tree;
        let mut inner = tree.children(block).filter(|child| tree.node(*child).named || tree.node(*child).extra);
        let Some(first) = inner.next() else { return self.span(block) };
        let last = inner.last().unwrap_or(first);
        let start = self.comments_before(block).unwrap_or(self.span(first).start);
        start..self.span(last).end
    }

    /// Where the comments start that belong to a suite and stand before its first statement: they are not inside it.
    fn comments_before(&self, block: NodeId) -> Option<usize> {
        let tree = &self.file.tree;
        let parent = tree.parent(block).filter(|_| self.file.facts.suites)?;
        let before: Vec<NodeId> = tree.children(parent).take_while(|child| *child != block).collect();
        let own_line = |id: &NodeId| self.file.indentation(self.span(*id).start).end == self.span(*id).start;
        let comments = before.into_iter().rev().take_while(|id| tree.node(*id).extra && own_line(id));
        comments.last().map(|first| self.span(first).start)
    }

    /// Moves the lines of a range to where the statement around them starts.
    pub(super) fn move_lines(&mut self, outer: NodeId, range: Range<usize>) {
        let (to, from) = (self.file.indentation(self.span(outer).start), self.file.indentation(range.start));
        let (to, from) = (&self.file.text[to], &self.file.text[from]);
        if from.starts_with(to) && from.len() > to.len() {
            self.pass.draft.moved.push((range, from.len() - to.len()));
        }
    }

    /// Whether the names of a block would meet others of its surroundings.
    pub(super) fn collides(&mut self, block: NodeId, outer: NodeId) -> bool {
        let Some(around) = self.file.tree.parent(outer) else { return true };
        // All cases share the names of their switch.
        let is_case = self.role(around) == Some(Role::Case);
        let switch = self.file.tree.ancestors(around).find(|id| self.role(*id) == Some(Role::Switch));
        let around = switch.filter(|_| is_case).unwrap_or(around);
        let names = &self.file.names;
        let declared: Vec<String> = names.declared_in(block).map(|symbol| symbol.name.clone()).collect();
        if declared.is_empty() {
            return false;
        }
        let end = self.span(block).end;
        let claimed = self.claimed.entry(around).or_default();
        let is_taken =
            |name: &String| claimed.contains(name) || names.declared_in(around).any(|symbol| symbol.name == *name);
        // A use that means something further out would mean the block's own name.
        let captures = |name: &String| {
            self.file.tree.inside(around).any(|id| {
                matches!(self.file.tree.role(id), Some(Role::Name | Role::TypeName | Role::Shorthand))
                    && !self.file.tree.contains(block, id)
                    && self.file.text_of(id) == name
                    && match names.symbol_at(id) {
                        Some(symbol) => {
                            let scope = names.symbol(symbol).scope;
                            scope == around || !self.file.tree.contains(around, scope)
                        }
                        None => names.foreign.binary_search(&id).is_ok(),
                    }
            })
        };
        let parameters = |name: &String| {
            self.file
                .tree
                .parent(around)
                .is_some_and(|function| names.declared_in(function).any(|symbol| symbol.name == *name))
        };
        let meets_later = |name: &String| {
            self.file.facts.no_shadowing
                && names.symbols.iter().any(|symbol| {
                    let scope = symbol.scope;
                    symbol.name == *name
                        && self.file.tree.contains(around, scope)
                        && self.file.tree.node(symbol.name_node).start >= end
                        && self.file.role(scope) != Some(Role::Members)
                })
        };
        if declared.iter().any(|name| is_taken(name) || captures(name) || parameters(name) || meets_later(name)) {
            return true;
        }
        self.claimed.entry(around).or_default().extend(declared);
        false
    }

    /// Whether statements declare something that is used before them.
    fn is_needed_elsewhere(&self, rest: &[NodeId]) -> bool {
        let within = |id: NodeId| rest.iter().any(|item| self.file.tree.contains(*item, id));
        self.file.names.symbols.iter().any(|symbol| within(symbol.owner) && symbol.uses.iter().any(|id| !within(*id)))
    }

    /// Whether statements hold a `yield`, without which a function would be another kind of function.
    fn makes_a_generator(&self, rest: &[NodeId]) -> bool {
        rest.iter().any(|item| self.file.tree.inside(*item).any(|id| self.role(id) == Some(Role::Yield)))
    }

    fn remove_rest(&mut self, item: NodeId, rest: &[NodeId], scope: NodeId) {
        let Some(last) = rest.last() else { return };
        let tree = &self.file.tree;
        let after = tree.children(scope).skip_while(|child| child != last).skip(1);
        let end = after.take_while(|child| tree.node(*child).extra).last().unwrap_or(*last);
        self.delete(self.span(item).end..self.span(end).end);
    }

    /// Takes a statement out, with the comments that belong to it.
    pub(super) fn remove_statement(&mut self, id: NodeId) {
        let span = self.span(id);
        let start = self.leading_comments(id).unwrap_or(span.start);
        let separator = self.separator_after(id).map(|separator| self.span(separator).end);
        let end = self.trailing_comment(id).or(separator).unwrap_or(span.end);
        match (separator, self.separator_before(id)) {
            (None, Some(before)) => self.delete(before.start..end),
            (Some(_), _) if self.file.facts.suites => {
                let rest = &self.file.text[end..];
                self.delete(start..end + rest.len() - rest.trim_start_matches(' ').len());
            }
            _ => self.delete(start..end),
        }
    }

    /// The `;` between a statement and the one before it on the line, where it belongs to neither.
    fn separator_before(&self, id: NodeId) -> Option<Range<usize>> {
        let tree = &self.file.tree;
        let parent = tree.parent(id).filter(|_| self.file.facts.suites)?;
        let before = tree.children(parent).take_while(|child| *child != id).last()?;
        (!tree.node(before).named && self.file.text_of(before) == ";").then(|| self.span(before))
    }

    /// Where the comments right above a node start.
    pub(super) fn leading_comments(&self, id: NodeId) -> Option<usize> {
        if matches!(self.role(id), Some(Role::Import | Role::ImportName)) {
            return None;
        }
        let tree = &self.file.tree;
        let parent = tree.parent(id)?;
        let before: Vec<NodeId> = tree.children(parent).take_while(|child| *child != id).collect();
        let mut start = None;
        let mut next = self.span(id).start;
        for comment in before.into_iter().rev() {
            let span = self.span(comment);
            let between = &self.file.text[span.end..next];
            let own_line = self.file.indentation(span.start).end == span.start;
            if !tree.node(comment).extra || !own_line || between.matches('\n').count() != 1 {
                break;
            }
            start = Some(span.start);
            next = span.start;
        }
        start
    }

    /// Where a comment behind a node on the same line ends.
    fn trailing_comment(&self, id: NodeId) -> Option<usize> {
        let tree = &self.file.tree;
        let parent = tree.parent(id)?;
        let next = tree
            .children(parent)
            .skip_while(|child| *child != id)
            .skip(1)
            .find(|child| tree.node(*child).named || tree.node(*child).extra)?;
        let between = &self.file.text[self.span(id).end..self.span(next).start];
        (tree.node(next).extra && !between.contains('\n')).then(|| self.span(next).end)
    }

    /// A declaration of which some names go.
    pub(super) fn declaration(&mut self, id: NodeId) {
        self.list(id);
    }
}

/// What becomes of an `if`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// This body is taken.
    Keep(NodeId),
    /// No body is.
    Nothing,
    /// The flag does not decide.
    Unknown,
}
