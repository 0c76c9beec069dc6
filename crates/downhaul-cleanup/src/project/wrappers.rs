//! Functions that hand a flag on: a call of one becomes its value only if the function does nothing else.

use downhaul_core::{Location, Resolution, ViaRole};
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::{FileState, Project};
use crate::fold::Folder;

const WHY: &str = "the function that is called does something else too";

impl Project<'_> {
    /// Leaves the calls of functions that do more than hand a flag on.
    pub(super) fn refuse_busy_wrappers(&mut self) {
        // What calls a busy one is busy itself.
        while self.refuse_busy_calls() {}
    }

    fn refuse_busy_calls(&mut self) -> bool {
        let mut changed = false;
        let calls: Vec<(String, NodeId, Option<Location>)> = self
            .files
            .iter()
            .flat_map(|(path, state)| {
                let through = state.places.iter().filter(|(_, reference)| reference.resolution == Resolution::Wrapper);
                through.map(|(node, reference)| {
                    let via = reference.via.iter().find(|via| via.role == ViaRole::Wrapper);
                    (path.clone(), *node, via.map(|via| via.location.clone()))
                })
            })
            .collect();
        for (path, node, via) in calls {
            let called = self.called(&path, node);
            let handed_on = via.and_then(|location| self.function_around(&location));
            let is_busy = [called, handed_on]
                .into_iter()
                .flatten()
                .any(|(file, function)| self.open(&file).is_some_and(|state| !does_nothing_else(state, function)));
            if is_busy && let Some(state) = self.files.get_mut(&path) {
                changed = true;
                state.knowledge.seeds.remove(&node);
                let reference = state.places.remove(&node);
                state.references.retain(|other| reference.is_none_or(|busy| !std::ptr::eq(*other, busy)));
                self.left.extend(reference.map(|reference| (reference, WHY.to_owned())));
            }
        }
        changed
    }

    /// The function that a call names, and its file.
    fn called(&mut self, path: &str, call: NodeId) -> Option<(String, NodeId)> {
        let file = &self.files.get(path)?.file;
        let callee = file.tree.part(call, Part::Callee)?;
        let symbol = file.names.meaning(callee)?;
        self.function_of(path, symbol)
    }

    fn function_around(&mut self, location: &Location) -> Option<(String, NodeId)> {
        let path = location.path.to_string();
        let state = self.open(&path)?;
        let tree = &state.file.tree;
        if location.end_byte > state.file.text.len() {
            return None;
        }
        let node = tree.covering(&location.span());
        let function =
            std::iter::once(node).chain(tree.ancestors(node)).find(|id| tree.role(*id) == Some(Role::Function))?;
        Some((path, function))
    }
}

/// Whether all that a function does is to ask for a flag.
fn does_nothing_else(state: &FileState<'_>, function: NodeId) -> bool {
    let tree = &state.file.tree;
    let folder = Folder::new(&state.file, &state.knowledge);
    let Some(body) = tree.part(function, Part::Body) else { return true };
    let asks = |id: NodeId| {
        let span = tree.span(id);
        state.places.contains_key(&id)
            || state.references.iter().any(|reference| {
                let found = reference.location.span();
                found.end == span.end && span.start <= found.start
            })
    };
    tree.inside(body).all(|id| match tree.role(id) {
        Some(Role::Assign | Role::Effect | Role::Jump | Role::New) => false,
        Some(Role::Call) => asks(id) || folder.is_pure_call(id),
        _ => true,
    })
}
