//! A choice among cases: by what is known of its subject, or of the conditions of its cases.

use std::ops::Range;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use super::leaves::When;

/// What becomes of a `switch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    /// The flag does not decide.
    Unknown,
    /// No case is taken.
    Nothing,
    /// The one thing that a case does.
    Body(NodeId),
    /// The statements of a case, without the jump at their end.
    Statements(Vec<NodeId>),
}

/// What becomes of a case with conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arm {
    Stays,
    Goes,
    /// It is taken where none before it is.
    Last,
}

impl Rewriter<'_> {
    pub(super) fn case_taken(&self, id: NodeId) -> Chosen {
        let cases: Vec<NodeId> = self.file.tree.parts(id, Part::Case).collect();
        match self.part(id, Part::Subject) {
            Some(subject) => self.taken_by_subject(id, subject, &cases),
            None => self.taken_among(&cases),
        }
    }

    fn taken_by_subject(&self, id: NodeId, subject: NodeId, cases: &[NodeId]) -> Chosen {
        let Some(value) = self.folder.known(subject).filter(|_| self.folder.is_pure(subject)) else {
            return Chosen::Unknown;
        };
        let mut default = None;
        let mut found = None;
        for (index, case) in cases.iter().enumerate() {
            let values: Vec<NodeId> = self.file.tree.parts(*case, Part::Value).collect();
            if values.is_empty() {
                default = Some(index);
            }
            for case_value in values {
                match self.folder.literal(case_value) {
                    Some(literal) if literal == value => found = found.or(Some(index)),
                    Some(_) => {}
                    None => return Chosen::Unknown,
                }
            }
        }
        let Some(index) = found.or(default) else { return Chosen::Nothing };
        if self.part(cases[index], Part::Arrow).is_some() {
            return self.part(cases[index], Part::Body).map_or(Chosen::Unknown, |body| self.body_of(id, body));
        }
        self.statements_from(id, &cases[index..])
    }

    /// What a case that does one thing comes to where its switch stands.
    fn body_of(&self, id: NodeId, body: NodeId) -> Chosen {
        let is_expression = !self.is_in_list(id) || self.file.is_wanted(id);
        if !self.file.facts.block_value.is_empty() || !is_expression {
            return Chosen::Body(body);
        }
        let value = match self.role(body) {
            Some(Role::Statement) => self.part(body, Part::Inner),
            Some(Role::Block) => self.folder.single(body).and_then(|only| match self.role(only) {
                Some(Role::Result) => self.part(only, Part::Value),
                _ => None,
            }),
            _ => None,
        };
        value.map_or(Chosen::Unknown, Chosen::Body)
    }

    /// The statements of cases that run into one another.
    fn statements_from(&self, id: NodeId, cases: &[NodeId]) -> Chosen {
        if !self.is_in_list(id) {
            return Chosen::Unknown;
        }
        let mut items = Vec::new();
        'all: for case in cases {
            for item in self.case_body(*case) {
                if self.role(item) == Some(Role::Jump) && self.is_plain_break(item) {
                    break 'all;
                }
                let braces = (self.role(item) == Some(Role::Block) && self.file.text_of(item).starts_with('{'))
                    .then(|| self.file.tree.items(item).last())
                    .flatten();
                // `case "a": { …; break; }`
                if braces.is_some_and(|last| self.role(last) == Some(Role::Jump) && self.is_plain_break(last)) {
                    return Chosen::Unknown;
                }
                items.push(item);
                if self.leaves(item, When::Before) || self.leaves(item, When::Now) {
                    break 'all;
                }
            }
        }
        if items.iter().any(|item| self.breaks(*item, None, When::Before)) {
            return Chosen::Unknown;
        }
        if items.is_empty() { Chosen::Nothing } else { Chosen::Statements(items) }
    }

    fn is_plain_break(&self, id: NodeId) -> bool {
        self.file.text_of(id).trim_end_matches(';').trim() == "break"
    }

    fn taken_among(&self, cases: &[NodeId]) -> Chosen {
        let arms = self.arms(cases);
        if !arms.iter().any(|arm| *arm != Arm::Stays) {
            return Chosen::Unknown;
        }
        let first = cases.iter().zip(&arms).find(|(_, arm)| **arm != Arm::Goes);
        match first {
            None => Chosen::Nothing,
            Some((case, Arm::Last)) => self.part(*case, Part::Body).map_or(Chosen::Unknown, Chosen::Body),
            Some((case, _)) if self.part(*case, Part::Value).is_none() => {
                self.part(*case, Part::Body).map_or(Chosen::Unknown, Chosen::Body)
            }
            Some(_) => Chosen::Unknown,
        }
    }

    /// What becomes of each case with conditions.
    fn arms(&self, cases: &[NodeId]) -> Vec<Arm> {
        let mut is_over = false;
        let mut arms = Vec::new();
        for case in cases {
            let values: Vec<NodeId> = self.file.tree.parts(*case, Part::Value).collect();
            let truth = |id: &NodeId| self.folder.truth(*id).filter(|_| self.folder.is_pure(*id));
            arms.push(if is_over {
                Arm::Goes
            } else if values.iter().any(|value| truth(value) == Some(true)) {
                is_over = true;
                Arm::Last
            } else if !values.is_empty() && values.iter().all(|value| truth(value) == Some(false)) {
                Arm::Goes
            } else {
                Arm::Stays
            });
        }
        arms
    }

    pub(super) fn switch(&mut self, id: NodeId) {
        match self.case_taken(id) {
            Chosen::Nothing => return self.leave_nothing(id),
            Chosen::Body(body) => return self.take(id, body),
            Chosen::Statements(items) if !self.statements_collide(id, &items) => {
                return self.take_statements(id, &items);
            }
            Chosen::Statements(_) | Chosen::Unknown => {}
        }
        if self.part(id, Part::Subject).is_none() {
            return self.remaining_arms(id);
        }
        let cases: Vec<NodeId> = self.file.tree.parts(id, Part::Case).collect();
        for child in self.file.tree.items(id).collect::<Vec<_>>() {
            if Some(child) != self.part(id, Part::Body) && !cases.contains(&child) {
                self.visit(child);
            }
        }
        for (index, case) in cases.iter().enumerate() {
            if !self.removed.contains(case) {
                self.visit(*case);
                continue;
            }
            let before = index.checked_sub(1).map(|before| cases[before]);
            let is_reached = before.is_some_and(|before| !self.removed.contains(&before) && !self.case_leaves(before));
            match self.case_body(*case).first() {
                // Another case leads into this one: its statements stay.
                Some(first) if is_reached => {
                    self.delete(self.span(*case).start..self.span(*first).start);
                    self.case(*case);
                }
                _ => self.remove_statement(*case),
            }
        }
    }

    /// Cases with conditions, of which some go.
    fn remaining_arms(&mut self, id: NodeId) {
        let cases: Vec<NodeId> = self.file.tree.parts(id, Part::Case).collect();
        for (case, arm) in cases.iter().zip(self.arms(&cases)) {
            let values: Vec<NodeId> = self.file.tree.parts(*case, Part::Value).collect();
            match (arm, values.first(), values.last()) {
                (Arm::Goes, ..) => self.remove_statement(*case),
                (Arm::Last, Some(first), Some(last)) => {
                    self.replace(self.span(*first).start..self.span(*last).end, "else");
                    self.file
                        .tree
                        .parts(*case, Part::Body)
                        .collect::<Vec<_>>()
                        .into_iter()
                        .for_each(|id| self.visit(id));
                }
                _ => self.children(*case),
            }
        }
    }

    /// Puts the statements of a case in place of the whole.
    fn take_statements(&mut self, id: NodeId, items: &[NodeId]) {
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return };
        let start = self.leading_comments(*first).unwrap_or(self.span(*first).start);
        let inner: Range<usize> = start..self.span(*last).end;
        self.keep_within(self.span(id), inner.clone());
        self.move_lines(id, inner);
        self.statements(items, id);
    }

    /// Whether names that statements make would meet others outside their switch.
    fn statements_collide(&mut self, id: NodeId, items: &[NodeId]) -> bool {
        let declares = self
            .file
            .names
            .declared_in(id)
            .any(|symbol| items.iter().any(|item| self.file.tree.contains(*item, symbol.owner)));
        // Between cases further apart there may be other statements, which would stay.
        let is_one = items.windows(2).all(|pair| self.file.tree.parent(pair[0]) == self.file.tree.parent(pair[1]));
        !is_one || declares && self.collides(id, id)
    }

    pub(super) fn case_body(&self, id: NodeId) -> Vec<NodeId> {
        let tree = &self.file.tree;
        let values: Vec<NodeId> = tree.parts(id, Part::Value).collect();
        tree.items(id)
            .filter(|item| {
                !values.iter().any(|value| tree.contains(*item, *value)) && self.role(*item) != Some(Role::Label)
            })
            .collect()
    }

    fn case_leaves(&self, id: NodeId) -> bool {
        self.case_body(id).last().is_some_and(|last| self.leaves(*last, When::Now))
    }

    pub(super) fn case(&mut self, id: NodeId) {
        for value in self.file.tree.parts(id, Part::Value).collect::<Vec<_>>() {
            self.visit(value);
        }
        let body = self.case_body(id);
        if self.part(id, Part::Arrow).is_some() {
            return body.into_iter().for_each(|item| self.visit(item));
        }
        self.statements(&body, id);
    }
}
