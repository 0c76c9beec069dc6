//! Components that choose by an attribute: resolved to their bodies, wherever these are.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::{FileState, Project};
use crate::chooser;
use crate::fold::Folder;
use crate::names::{SymbolId, SymbolKind};
use crate::rewrite::markup::known_attributes;

impl Project<'_> {
    /// Finds out what elements with known attributes come to. Whether anything new was learnt.
    pub(super) fn learn_choices(&mut self) -> bool {
        let mut changed = false;
        let wanted: Vec<(String, (SymbolId, String, bool))> = self
            .files
            .iter()
            .flat_map(|(path, state)| wanted(state).into_iter().map(|key| (path.clone(), key)))
            .collect();
        for (path, key) in wanted {
            let choice = self.function_of(&path, key.0).and_then(|(target, function)| {
                let state = self.open(&target)?;
                chooser::choice(&state.file, function, &key.1, key.2)
            });
            if let Some(state) = self.open(&path) {
                changed |= choice.is_some();
                state.settled &= choice.is_none();
                state.knowledge.choices.insert(key, choice);
            }
        }
        changed
    }

    /// The function that a name stands for, and its file.
    pub(super) fn function_of(&mut self, path: &str, symbol: SymbolId) -> Option<(String, NodeId)> {
        let state = self.open(path)?;
        let found = state.file.names.symbol(symbol);
        if found.kind != SymbolKind::Import {
            return Some((path.to_owned(), function_node(state, symbol)?));
        }
        let (owner, local) = (found.owner, found.name.clone());
        let import = state.file.tree.ancestors(owner).find(|id| state.file.role(*id) == Some(Role::Import))?;
        let module = state.file.tree.part(import, Part::Module)?;
        let module = state.file.text_of(module).trim_matches(['"', '\'', '`']).to_owned();
        let name = state.file.tree.part(owner, Part::Name).map(|name| state.file.text_of(name).to_owned());
        let name = name.unwrap_or(local);
        for target in self.files_of(&module, path, &name) {
            let Some(state) = self.open(&target) else { continue };
            let root = state.file.tree.root();
            let symbol = state.file.names.all().find(|(_, symbol)| symbol.name == name && symbol.scope == root);
            if let Some(function) = symbol.and_then(|(id, _)| function_node(state, id)) {
                return Some((target, function));
            }
        }
        None
    }
}

fn function_node(state: &FileState<'_>, symbol: SymbolId) -> Option<NodeId> {
    let symbol = state.file.names.symbol(symbol);
    let is_function = |id: &NodeId| state.file.role(*id) == Some(Role::Function);
    let value = state.file.tree.part(symbol.owner, Part::Value);
    Some(symbol.owner).filter(is_function).or_else(|| value.filter(is_function)).filter(|_| !symbol.reassigned)
}

/// Elements with an attribute that is known, of which it has not been asked yet what they come to.
fn wanted(state: &FileState<'_>) -> Vec<(SymbolId, String, bool)> {
    let file = &state.file;
    let folder = Folder::new(file, &state.knowledge);
    let mut found = Vec::new();
    for id in file.tree.all().filter(|id| file.role(*id) == Some(Role::Element)) {
        let Some(name) = file.tree.part(id, Part::Name) else { continue };
        let Some(symbol) = file.names.meaning(name).filter(|_| !state.is_gone(id)) else { continue };
        for (attribute, truth) in known_attributes(file, &folder, id) {
            let key = (symbol, attribute, truth);
            if !state.knowledge.choices.contains_key(&key) {
                found.push(key);
            }
        }
    }
    found
}
