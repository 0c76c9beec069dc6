//! An `if` with further conditions in the same statement: arms that never hold go, the one that always does is the last.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::Part;

use super::Rewriter;
use super::statements::Outcome;

impl Rewriter<'_> {
    /// An `if` with branches whose first undecided condition does not hang on the flag.
    pub(super) fn chain(&mut self, id: NodeId) {
        let branches: Vec<NodeId> = self.file.tree.parts(id, Part::Branch).collect();
        let arms: Vec<NodeId> = std::iter::once(id).chain(branches).collect();
        let (mut is_first, mut is_over) = (true, false);
        for (index, arm) in arms.iter().enumerate() {
            let (Some(condition), Some(then)) = (self.part(*arm, Part::Condition), self.part(*arm, Part::Then)) else {
                continue;
            };
            let truth = self.folder.truth(condition).filter(|_| self.folder.is_pure(condition));
            if is_over || truth == Some(false) {
                let end = if *arm == id { arms.get(index + 1).map(|next| self.span(*next).start) } else { None };
                self.delete(self.span(*arm).start..end.unwrap_or(self.span(*arm).end));
            } else if truth == Some(true) {
                is_over = true;
                match self.kept(then) {
                    Outcome::Nothing => self.delete(self.span(*arm)),
                    _ => {
                        self.replace(self.span(*arm).start..self.span(condition).end, "else");
                        self.visit(then);
                    }
                }
            } else {
                if is_first && *arm != id {
                    self.take_keyword(id, *arm);
                }
                is_first = false;
                self.visit(condition);
                self.visit(then);
            }
        }
        self.last_arm(id, is_over);
    }

    /// The branch that has become the first begins as the statement did.
    fn take_keyword(&mut self, id: NodeId, arm: NodeId) {
        let keyword = |id| self.file.tree.children(id).next();
        if let (Some(first), Some(other)) = (keyword(id), keyword(arm)) {
            let text = self.file.text_of(first).to_owned();
            self.replace(self.span(other), text);
        }
    }

    fn last_arm(&mut self, id: NodeId, is_over: bool) {
        let Some(body) = self.part(id, Part::Else) else { return };
        if !is_over && !self.else_vanishes(body) {
            return self.visit(body);
        }
        let clause = self.file.tree.parent(body).filter(|parent| *parent != id).unwrap_or(body);
        self.delete(self.span(clause));
    }
}
