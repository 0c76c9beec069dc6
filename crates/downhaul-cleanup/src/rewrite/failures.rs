//! Failures that are caught but could no longer arise: where a language wants those declared, such a text is wrong.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use crate::names::is_covered;

impl Rewriter<'_> {
    /// Refuses the file if a kind of failure is caught that perhaps nothing gives rise to any more.
    pub(super) fn check_failures(&mut self) {
        if self.file.facts.unchecked.is_empty() {
            return;
        }
        let gone = self.pass.draft.gone();
        let attempts: Vec<NodeId> = self.file.tree.all().filter(|id| self.role(*id) == Some(Role::Try)).collect();
        for attempt in attempts {
            if !is_covered(&gone, &self.span(attempt)) && self.loses_failure(attempt, &gone) {
                self.pass.unsafe_because("a failure that is caught could no longer arise, which does not compile");
            }
        }
    }

    fn loses_failure(&self, attempt: NodeId, gone: &[std::ops::Range<usize>]) -> bool {
        let tree = &self.file.tree;
        let is_checked = tree.parts(attempt, Part::Catch).any(|catch| {
            tree.part(catch, Part::Type).is_some_and(|kinds| {
                tree.inside(kinds).any(|id| self.role(id) == Some(Role::TypeName) && !self.is_unchecked(id))
            })
        });
        let Some(body) = tree.part(attempt, Part::Body).filter(|_| is_checked) else { return false };
        let gives_rise = |id: &NodeId| {
            matches!(self.role(*id), Some(Role::Call | Role::New | Role::Jump)) && self.folder.known(*id).is_none()
        };
        let parts = [Some(body), tree.part(attempt, Part::Resources)];
        let inside = || parts.into_iter().flatten().flat_map(|part| tree.inside(part)).filter(gives_rise);
        let name = |id: NodeId| match tree.part(id, Part::Callee) {
            Some(callee) => self.folder.last_name(callee),
            None => self.file.text_of(id),
        };
        let (lost, kept): (Vec<NodeId>, Vec<NodeId>) = inside().partition(|id| is_covered(gone, &tree.span(*id)));
        lost.into_iter().any(|lost| !kept.iter().any(|kept| name(*kept) == name(lost)))
    }

    fn is_unchecked(&self, kind: NodeId) -> bool {
        let name = self.file.text_of(kind);
        self.file.facts.unchecked.iter().any(|known| match known.strip_prefix('*') {
            Some(ending) => name.ends_with(ending),
            None => name == known,
        })
    }
}
