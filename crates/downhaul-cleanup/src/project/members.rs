//! Members of classes and functions of files that other files may name without an import: they go when nothing names
//! them any more.

use std::collections::BTreeSet;

use downhaul_core::FlagKey;
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::{FileState, Project};
use crate::file::SourceFile;
use crate::fold::Folder;
use crate::names::{Symbol, SymbolId, SymbolKind};
use crate::prune;

/// A declaration in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    path: String,
    owner: NodeId,
    name_node: NodeId,
}

impl Project<'_> {
    /// Takes out what has lost its last use. Whether there was anything.
    pub(super) fn remove_members(&mut self) -> bool {
        let mut found: Vec<(String, SymbolId, BTreeSet<FlagKey>)> = Vec::new();
        for (path, state) in self.files.iter().filter(|(_, state)| state.is_touched() && !state.deleted) {
            if state.file.facts.implicit_members {
                let symbols = state.file.names.all().filter(|(id, symbol)| is_candidate(state, *id, symbol));
                found.extend(symbols.map(|(id, _)| (path.clone(), id, state.flags.clone())));
            }
        }
        let mut changed = false;
        for (path, id, flags) in found {
            changed |= self.remove_member(&path, id, &flags);
        }
        changed
    }

    fn remove_member(&mut self, path: &str, id: SymbolId, flags: &BTreeSet<FlagKey>) -> bool {
        let Some(state) = self.files.get(path) else { return false };
        let symbol = state.file.names.symbol(id);
        let (name, owner, kind) = (symbol.name.clone(), symbol.owner, symbol.kind);
        let own = Place { path: path.to_owned(), owner, name_node: symbol.name_node };
        if state.is_removed(owner) || state.is_gone(own.name_node) || self.is_mock_needed(path, owner) {
            return false;
        }
        let Some(state) = self.files.get(path) else { return false };
        let folder = Folder::new(&state.file, &state.knowledge);
        let symbol = state.file.names.symbol(id);
        let written = prune::lost_all(&state.file, &folder, symbol, &state.gone).unwrap_or_default();
        let is_derived = kind == SymbolKind::Function && is_part_of_more(&state.file, owner);
        let group = if is_derived { self.same_in_others(&name, &own) } else { Some(vec![own]) };
        let Some(group) = group else { return false };
        if named(self, &name, &group, &written) != Named::NoLonger {
            return false;
        }
        let mut changed = false;
        for place in &group {
            let Some(state) = self.files.get_mut(&place.path) else { continue };
            changed |= state.remove(place.owner, flags);
        }
        if let Some(state) = self.files.get_mut(path) {
            for node in written {
                state.remove(node, flags);
            }
        }
        changed
    }

    /// Whether a declaration of a class or file is still named anywhere.
    pub(super) fn is_member_named(&mut self, name: &str, path: &str, owner: NodeId, name_node: NodeId) -> bool {
        let place = Place { path: path.to_owned(), owner, name_node };
        named(self, name, &[place], &[]) == Named::Still
    }

    /// A method and those of the same name that it is derived from or that are derived from it; `None` where one of
    /// them does something of its own, or what it is derived from is not in sight.
    fn same_in_others(&mut self, name: &str, own: &Place) -> Option<Vec<Place>> {
        let mut group = vec![own.clone()];
        let mut has_root = self.files.get(&own.path).is_some_and(|state| {
            let file = &state.file;
            file.tree.part(own.owner, Part::Body).is_some() && !file.has_word(own.owner, &file.facts.derived)
        });
        for other in self.naming(name).iter() {
            let Some(state) = self.open(other) else { continue };
            let file = &state.file;
            for (id, symbol) in file.names.all() {
                let is_method = symbol.kind == SymbolKind::Function
                    && symbol.name == name
                    && file.role(symbol.scope) == Some(Role::Members);
                if !is_method || state.is_gone(symbol.name_node) {
                    continue;
                }
                let is_bare = file.tree.part(symbol.owner, Part::Body).is_none();
                let is_constant = is_constant(state, id, symbol);
                if symbol.reassigned || !is_bare && !is_constant || file.has_marks(symbol.owner) {
                    return None;
                }
                has_root |= is_bare;
                let place = Place { path: other.clone(), owner: symbol.owner, name_node: symbol.name_node };
                if place != *own {
                    group.push(place);
                }
            }
        }
        has_root.then_some(group)
    }

    /// Whether a field stands in for something that the class under test still needs.
    fn is_mock_needed(&mut self, path: &str, owner: NodeId) -> bool {
        let Some(state) = self.files.get(path) else { return true };
        let file = &state.file;
        if file.marks(owner).is_empty() {
            return false;
        }
        let Some(kind) = type_of(file, owner) else { return true };
        let tested: Vec<String> = file
            .tree
            .all()
            .filter(|id| file.role(*id) == Some(Role::Binding) && file.has_word(*id, &file.facts.tested_marks))
            .filter_map(|id| type_of(file, id).or_else(|| made_type(file, id)))
            .collect();
        for class in tested {
            let mut declared = false;
            for other in self.naming(&class).iter() {
                let Some(state) = self.open(other) else { continue };
                let file = &state.file;
                if !file.names.all().any(|(_, symbol)| symbol.kind == SymbolKind::Class && symbol.name == class) {
                    continue;
                }
                declared = true;
                let needs = file
                    .tree
                    .all()
                    .any(|id| file.role(id) == Some(Role::TypeName) && file.text_of(id) == kind && !state.is_gone(id));
                if needs {
                    return true;
                }
            }
            if !declared {
                return true;
            }
        }
        false
    }
}

/// Who names one of several declarations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// Something does.
    Still,
    /// Something did.
    NoLonger,
    Never,
}

fn named(project: &mut Project<'_>, name: &str, group: &[Place], written: &[NodeId]) -> Named {
    let mut result = Named::Never;
    for other in project.naming(name).iter() {
        let is_code = project.is_code(other);
        let Some(state) = project.open(other) else {
            if is_code {
                return Named::Still;
            }
            continue;
        };
        let file = &state.file;
        let own: Vec<&Place> = group.iter().filter(|place| place.path == *other).collect();
        let is_own = |id: NodeId| own.iter().any(|place| file.tree.contains(place.owner, id));
        let is_written = |id: NodeId| !own.is_empty() && written.iter().any(|node| file.tree.contains(*node, id));
        let is_use = |id: &NodeId| {
            let is_leaf = file.tree.children(*id).next().is_none() && file.text_of(*id) == name;
            let is_name = is_leaf && file.role(*id) == Some(Role::Name);
            is_name
                && !is_own(*id)
                && !is_written(*id)
                && match file.names.symbol_at(*id) {
                    Some(symbol) => is_theirs(file, symbol, &own),
                    None => !is_key(file, *id),
                }
        };
        for id in file.tree.all().filter(is_use) {
            if !state.is_gone(id) {
                return Named::Still;
            }
            result = Named::NoLonger;
        }
    }
    result
}

/// Whether what a name means is one of these declarations, or brings one of them in.
fn is_theirs(file: &SourceFile, symbol: SymbolId, own: &[&Place]) -> bool {
    let symbol = file.names.symbol(symbol);
    symbol.kind == SymbolKind::Import || own.iter().any(|place| symbol.owner == place.owner)
}

/// Whether a name is that of what is handed over, or of an attribute.
fn is_key(file: &SourceFile, id: NodeId) -> bool {
    file.tree.parent(id).is_some_and(|parent| file.tree.part(parent, Part::Key) == Some(id))
}

/// Whether a member gives nothing but what the flag has decided.
fn is_constant(state: &FileState<'_>, id: SymbolId, symbol: &Symbol) -> bool {
    let knowledge = &state.knowledge;
    let folder = Folder::new(&state.file, knowledge);
    let is_known = knowledge.functions.contains_key(&id) || knowledge.constants.contains_key(&id);
    is_known || symbol.kind == SymbolKind::Function && prune::returned(&folder, symbol.owner).is_some()
}

/// Whether a member has lost what it was for, as far as its own file tells.
fn is_candidate(state: &FileState<'_>, id: SymbolId, symbol: &Symbol) -> bool {
    let file = &state.file;
    let is_member = matches!(file.role(symbol.scope), Some(Role::Members)) || symbol.scope == file.tree.root();
    let is_mock = symbol.kind == SymbolKind::Binding && !file.marks(symbol.owner).is_empty();
    if !is_member || !(symbol.exported || is_mock) || symbol.reassigned && symbol.kind == SymbolKind::Function {
        return false;
    }
    if state.is_gone(symbol.name_node) || state.is_removed(symbol.owner) {
        return false;
    }
    let folder = Folder::new(file, &state.knowledge);
    let lost = || prune::lost_all(file, &folder, symbol, &state.gone).is_some();
    match symbol.kind {
        SymbolKind::Function => !file.has_marks(symbol.owner) && (is_constant(state, id, symbol) || lost()),
        SymbolKind::Binding => {
            let value = file.tree.part(symbol.owner, Part::Value);
            let is_pure = value.is_none_or(|value| folder.is_pure(value));
            let is_made = prune::is_made_for(file, symbol.owner);
            is_pure && !is_made && !file.has_marks(symbol.owner) && (is_constant(state, id, symbol) || lost())
        }
        _ => false,
    }
}

/// Whether a method says that it is derived from another, or could be: it has no body, or its class has a base.
///
/// Where methods can be another's unless they say that they cannot, each may be.
fn is_part_of_more(file: &SourceFile, owner: NodeId) -> bool {
    let is_virtual = !file.facts.sealed.is_empty() && !file.has_word(owner, &file.facts.sealed);
    if is_virtual {
        return file.tree.parent(owner).is_some_and(|parent| file.role(parent) == Some(Role::Members));
    }
    let class = file.tree.ancestors(owner).find(|id| file.role(*id) == Some(Role::Class));
    let has_base = class.is_some_and(|class| file.tree.part(class, Part::Base).is_some());
    file.tree.part(owner, Part::Body).is_none() || file.has_word(owner, &file.facts.derived) && has_base
}

/// The type that a field says it has.
fn type_of(file: &SourceFile, owner: NodeId) -> Option<String> {
    let around = file.tree.parent(owner).filter(|parent| file.role(*parent) == Some(Role::Declaration));
    let kind = [Some(owner), around].into_iter().flatten().find_map(|id| file.tree.part(id, Part::Type))?;
    let name = file.tree.inside(kind).find(|id| file.role(*id) == Some(Role::TypeName))?;
    Some(file.text_of(name).to_owned())
}

/// The class that a field is made of where it is declared.
fn made_type(file: &SourceFile, owner: NodeId) -> Option<String> {
    let callee = file.tree.part(file.tree.part(owner, Part::Value)?, Part::Callee)?;
    Some(file.text_of(callee).to_owned())
}
