//! What chooses between ways: switches with their cases, and conditions.

use super::Lower;
use crate::facts::{ExprId, ExprKind, If, Slot, Switch};
use crate::pattern::Match;
use crate::role::Part;
use crate::tree::Node;

impl Lower<'_> {
    /// Reads a switch: what it looks at, and then all the rest of it.
    pub(super) fn choose(&mut self, node: Node<'_>, found: &Match<'_>) {
        let looks_at = found.part(Part::Subject);
        let subject = looks_at.map(|subject| self.value(subject));
        let index = subject.map(|subject| {
            self.facts.switches.push(Switch { subject, cases: Vec::new(), has_default: false });
            self.facts.switches.len() - 1
        });
        self.switches.push(index);
        let holds_subject = |child: &Node<'_>| {
            looks_at.is_some_and(|at| child.start_byte() <= at.start_byte() && at.end_byte() <= child.end_byte())
        };
        for child in node.named_children().filter(|child| !holds_subject(child)) {
            self.statement(child);
        }
        self.switches.pop();
    }

    /// Notes the arm that is taken when no case fits.
    pub(super) fn otherwise(&mut self) {
        if let Some(switch) = self.switch_around() {
            switch.has_default = true;
        }
    }

    /// Notes what a case is about: the expressions from `first` on that stand as a choice.
    pub(super) fn note_case(&mut self, pattern: Node<'_>, first: usize) {
        let text = self.text_of(pattern).trim();
        let parent = self.parent;
        let read = self.facts.exprs.iter().enumerate().skip(first);
        let cases: Vec<ExprId> = read
            .filter(|(_, expr)| expr.slot == Slot::Case && expr.parent == parent)
            .map(|(index, _)| ExprId(u32::try_from(index).unwrap_or(u32::MAX)))
            .collect();
        let binds = self.language.facts.patterns_bind;
        let is_open = match cases[..] {
            [] => matches!(text, "_" | "default" | "else"),
            [only] => match self.facts.expr(only).kind {
                ExprKind::Name(name) => {
                    let name = self.facts.text(name);
                    let is_whole = text.split_whitespace().next() == Some(name);
                    name == "_" || binds && is_whole && name.starts_with(|first: char| first.is_lowercase())
                }
                _ => false,
            },
            _ => false,
        };
        let Some(switch) = self.switch_around() else { return };
        if is_open {
            switch.has_default = true;
        } else {
            switch.cases.extend(cases);
        }
    }

    /// Notes something that is done under conditions.
    pub(super) fn note_if(&mut self, node: Node<'_>, found: &Match<'_>) {
        let conditions = found.parts(Part::Condition).map(|condition| self.bytes(condition)).collect();
        let other = found.part(Part::Else).map(|other| self.bytes(other));
        self.facts.ifs.push(If { span: self.bytes(node), conditions, other });
    }

    fn switch_around(&mut self) -> Option<&mut Switch> {
        let index = (*self.switches.last()?)?;
        self.facts.switches.get_mut(index)
    }
}
