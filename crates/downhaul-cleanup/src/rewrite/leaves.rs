//! Whether control goes past a statement, as it was written and with what is known of the flag.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use super::statements::Outcome;
use super::switch::Chosen;

/// Which text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// As it was written.
    Before,
    /// With what is known.
    Now,
}

impl Rewriter<'_> {
    /// Whether control never goes past a statement, because of what is known of the flag.
    pub(super) fn always_leaves_now(&self, id: NodeId) -> bool {
        self.leaves(id, When::Now) && !self.leaves(id, When::Before)
    }

    pub(super) fn leaves(&self, id: NodeId, when: When) -> bool {
        let part = |part| self.part(id, part);
        match self.role(id) {
            Some(Role::Return | Role::Jump | Role::Result) => true,
            Some(Role::Statement) => part(Part::Inner).is_some_and(|inner| self.leaves(inner, when)),
            Some(Role::Block) => {
                let items: Vec<NodeId> = self.file.tree.items(id).collect();
                self.any_leaves(&items, when)
            }
            Some(Role::Locked) => part(Part::Body).is_some_and(|body| self.leaves(body, when)),
            Some(Role::Labeled) => {
                let label = part(Part::Name).map(|label| self.file.text_of(label));
                part(Part::Body).is_some_and(|body| self.leaves(body, when) && !self.breaks(body, label, when))
            }
            Some(Role::If) => self.if_leaves(id, when),
            Some(Role::While | Role::Do) => {
                let condition = part(Part::Condition).and_then(|condition| self.always(condition, when));
                condition == Some(true) && part(Part::Body).is_none_or(|body| !self.breaks(body, None, when))
            }
            Some(Role::For) => {
                let condition = part(Part::Condition);
                let is_endless = condition.is_some_and(|condition| self.always(condition, when) == Some(true));
                is_endless && part(Part::Body).is_none_or(|body| !self.breaks(body, None, when))
            }
            Some(Role::Switch) => self.switch_leaves(id, when),
            Some(Role::Try) => self.try_leaves(id, when),
            _ => false,
        }
    }

    /// Whether control does not come to the end of statements.
    pub(super) fn any_leaves(&self, items: &[NodeId], when: When) -> bool {
        let goes = |item: NodeId| when == When::Now && self.statement_goes(item);
        items.iter().any(|item| !goes(*item) && self.leaves(*item, when))
    }

    /// Whether a condition always holds, or never.
    fn always(&self, condition: NodeId, when: When) -> Option<bool> {
        let literal = |id: NodeId| match self.role(self.unparenthesised(id)) {
            Some(Role::True) => Some(true),
            Some(Role::False) => Some(false),
            _ => None,
        };
        let known = (when == When::Now).then(|| self.folder.truth(condition)).flatten();
        known.or_else(|| literal(condition))
    }

    fn if_leaves(&self, id: NodeId, when: When) -> bool {
        if when == When::Now {
            if let Some((_, body)) = self.effect_and_body(id) {
                return body.is_some_and(|body| self.leaves(body, when));
            }
            match self.outcome(id) {
                Outcome::Keep(body) => return self.leaves(body, when),
                Outcome::Nothing => return false,
                Outcome::Unknown => {}
            }
        }
        let branches = self.file.tree.parts(id, Part::Branch);
        let bodies = std::iter::once(id).chain(branches).map(|arm| self.part(arm, Part::Then));
        let bodies: Vec<Option<NodeId>> = bodies.chain([self.part(id, Part::Else)]).collect();
        bodies.into_iter().all(|body| body.is_some_and(|body| self.leaves(body, when)))
    }

    fn switch_leaves(&self, id: NodeId, when: When) -> bool {
        if when == When::Now {
            match self.case_taken(id) {
                Chosen::Unknown => {}
                Chosen::Nothing => return false,
                Chosen::Body(body) => return self.leaves(body, when),
                Chosen::Statements(items) => return self.any_leaves(&items, when),
            }
        }
        let cases: Vec<NodeId> = self.file.tree.parts(id, Part::Case).collect();
        let has_default = cases.iter().any(|case| self.part(*case, Part::Value).is_none());
        if !has_default
            || cases.iter().any(|case| self.part(*case, Part::Arrow).is_none() && self.breaks(*case, None, when))
        {
            return false;
        }
        let is_arrow = cases.iter().all(|case| self.part(*case, Part::Arrow).is_some());
        let leaves = |case: &NodeId| {
            let items: Vec<NodeId> = self.file.tree.parts(*case, Part::Body).collect();
            self.any_leaves(&items, when)
        };
        if is_arrow { cases.iter().all(leaves) } else { cases.last().is_some_and(leaves) }
    }

    fn try_leaves(&self, id: NodeId, when: When) -> bool {
        if self.part(id, Part::Finally).is_some_and(|last| self.leaves(last, when)) {
            return true;
        }
        let catches = self.file.tree.parts(id, Part::Catch);
        let bodies =
            std::iter::once(self.part(id, Part::Body)).chain(catches.map(|catch| self.part(catch, Part::Body)));
        bodies.into_iter().all(|body| body.is_some_and(|body| self.leaves(body, when)))
    }

    /// Whether something inside ends the loop or switch that this is the body of, or the statement with this label.
    pub(super) fn breaks(&self, id: NodeId, label: Option<&str>, when: When) -> bool {
        let tree = &self.file.tree;
        let inside = |id: NodeId| tree.items(id).any(|item| self.breaks(item, label, when));
        match self.role(id) {
            Some(Role::Jump) => {
                let mut words = self.file.text_of(id).trim_end_matches(';').split([' ', '@']);
                words.next() == Some("break") && words.next() == label
            }
            Some(Role::Function | Role::Class | Role::Members) => false,
            Some(Role::While | Role::Do | Role::For) => label.is_some() && inside(id),
            Some(Role::If) if when == When::Now && self.effect_and_body(id).is_some() => {
                let body = self.effect_and_body(id).and_then(|(_, body)| body);
                body.is_some_and(|body| self.breaks(body, label, when))
            }
            Some(Role::If) if when == When::Now => match self.outcome(id) {
                Outcome::Keep(body) => self.breaks(body, label, when),
                Outcome::Nothing => false,
                Outcome::Unknown => inside(id),
            },
            Some(Role::Switch) => {
                label.is_some()
                    && match self.case_taken(id) {
                        Chosen::Nothing if when == When::Now => false,
                        Chosen::Body(body) if when == When::Now => self.breaks(body, label, when),
                        _ => inside(id),
                    }
            }
            Some(Role::Block) => {
                for item in tree.items(id).filter(|item| when == When::Before || !self.statement_goes(*item)) {
                    if self.breaks(item, label, when) {
                        return true;
                    }
                    if self.leaves(item, when) {
                        return false;
                    }
                }
                false
            }
            _ => inside(id),
        }
    }
}
