//! Names that other files could use, and files as a whole: they go when their last importer has gone.

use std::collections::BTreeSet;

use downhaul_core::FlagKey;
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Project;
use crate::file::SourceFile;
use crate::modules::can_be;
use crate::names::{SymbolId, SymbolKind};

/// An import that has gone: what may have lost its last user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Lost {
    /// The name in the other file; `None` for all of it.
    name: Option<String>,
    module: String,
    from: String,
}

impl Project<'_> {
    /// Takes out what no file imports any more. Whether there was anything.
    pub(super) fn remove_exports(&mut self) -> bool {
        let mut changed = false;
        for (lost, flags) in self.lost() {
            for path in self.targets(&lost) {
                if let Some(name) = &lost.name {
                    changed |= self.remove_export(&path, name, &flags);
                }
                changed |= self.remove_file(&path, &lost.from, &flags);
            }
        }
        changed
    }

    /// The imports that have gone so far.
    fn lost(&self) -> Vec<(Lost, BTreeSet<FlagKey>)> {
        let mut lost = Vec::new();
        for (path, state) in self.files.iter().filter(|(_, state)| state.is_touched()) {
            for id in state.file.tree.all().filter(|id| state.file.role(*id) == Some(Role::Import)) {
                let Some(module) = module_of(&state.file, id) else { continue };
                for name in imported(&state.file, id) {
                    if state.is_gone(name.node) {
                        let lost_one = Lost { name: name.name, module: module.clone(), from: path.clone() };
                        lost.push((lost_one, state.flags.clone()));
                    }
                }
            }
        }
        lost
    }

    /// The files that a lost import can have meant.
    fn targets(&mut self, lost: &Lost) -> Vec<String> {
        self.files_of(&lost.module, &lost.from, lost.name.as_deref().unwrap_or_default())
    }

    /// The files that a module can be, seen from `from`; `name` is something that they name.
    pub(super) fn files_of(&mut self, module: &str, from: &str, name: &str) -> Vec<String> {
        let stem = module.rsplit(['/', '.']).find(|part| !matches!(*part, "" | "ts" | "tsx" | "js" | "jsx"));
        let named = if name.is_empty() { Vec::new() } else { self.naming(name).to_vec() };
        let called = self.sources.files_called(stem.unwrap_or_default());
        let all: BTreeSet<String> = named.into_iter().chain(called).collect();
        all.into_iter().filter(|path| *path != from && can_be(module, from, path)).collect()
    }

    fn remove_export(&mut self, path: &str, name: &str, flags: &BTreeSet<FlagKey>) -> bool {
        let Some(state) = self.open(path).filter(|state| !state.deleted) else { return false };
        let root = state.file.tree.root();
        let found =
            state.file.names.all().find(|(_, symbol)| symbol.name == name && symbol.scope == root && symbol.exported);
        let Some((id, symbol)) = found else { return self.remove_reexport(path, name, flags) };
        let owner = symbol.owner;
        let is_default = default_exported(&state.file, id);
        if state.removed.contains(&owner) || is_default || !can_go(state, id) || self.is_imported(path, name) {
            return false;
        }
        let Some(state) = self.open(path) else { return false };
        let names: Vec<NodeId> = export_names(&state.file, name, false).collect();
        for node in names {
            state.remove(node, flags);
        }
        state.remove(owner, flags)
    }

    fn remove_reexport(&mut self, path: &str, name: &str, flags: &BTreeSet<FlagKey>) -> bool {
        let Some(state) = self.open(path) else { return false };
        let nodes: Vec<NodeId> = export_names(&state.file, name, true).filter(|id| !state.is_gone(*id)).collect();
        if nodes.is_empty() || self.is_imported(path, name) {
            return false;
        }
        let Some(state) = self.open(path) else { return false };
        let removed = nodes.into_iter().filter(|node| state.remove(*node, flags)).count();
        removed > 0
    }

    /// Whether any other file still imports a name, be it from the file itself or from one that hands it on.
    fn is_imported(&mut self, path: &str, name: &str) -> bool {
        for other in self.naming(name).iter().filter(|other| *other != path) {
            let is_code = self.is_code(other);
            let Some(state) = self.open(other) else {
                if is_code || is_template(other) {
                    return true;
                }
                continue;
            };
            let file = &state.file;
            let is_use = |id: NodeId| {
                if file.text_of(id) != name || state.is_gone(id) {
                    return false;
                }
                match file.role(id) {
                    Some(Role::Name | Role::TypeName | Role::Shorthand) => match file.names.symbol_at(id) {
                        Some(symbol) => file.names.symbol(symbol).kind == SymbolKind::Import,
                        None => !is_other_module(file, id, other, path),
                    },
                    _ => file.tree.parent(id).is_some_and(|parent| match file.role(parent) {
                        Some(Role::Member) => object_is_import(file, parent),
                        Some(Role::ImportName | Role::ExportName) => true,
                        _ => false,
                    }),
                }
            };
            if file.tree.all().any(is_use) {
                return true;
            }
        }
        false
    }

    /// Whether another file imported a name of a file before the clean-up.
    fn was_imported(&mut self, path: &str, name: &str) -> bool {
        self.naming(name).iter().filter(|other| *other != path).any(|other| {
            let Some(state) = self.open(other) else { return false };
            let file = &state.file;
            let imports: Vec<NodeId> = file.tree.all().filter(|id| file.role(*id) == Some(Role::Import)).collect();
            imports.into_iter().any(|import| {
                module_of(file, import).is_some_and(|module| can_be(&module, other, path))
                    && imported(file, import).iter().any(|found| found.name.as_deref() == Some(name))
            })
        })
    }

    /// Deletes a file that was imported and is no longer.
    fn remove_file(&mut self, path: &str, lost_in: &str, flags: &BTreeSet<FlagKey>) -> bool {
        let Some(state) = self.open(path).filter(|state| !state.deleted) else { return false };
        let stem = stem_of(path).to_owned();
        if !has_exports(&state.file) {
            return false;
        }
        let exported: Vec<String> = exported_values(state);
        let mut tests = Vec::new();
        for other in self.naming(&stem).iter().filter(|other| *other != path) {
            let Some(state) = self.open(other) else {
                if !self.is_code(other) && !is_template(other) {
                    continue;
                }
                return false;
            };
            if state.deleted {
                continue;
            }
            let file = &state.file;
            let names_it = file.tree.all().any(|id| {
                file.role(id) == Some(Role::String)
                    && !state.is_gone(id)
                    && can_be(file.text_of(id).trim_matches(['"', '\'', '`']), other, path)
            });
            if names_it && is_test_of(other, path) {
                tests.push(other.clone());
            } else if names_it {
                return false;
            }
        }
        debug_assert!(lost_in != path, "a file does not import itself");
        // What nobody imported before is there for a reason that is not in sight.
        if exported.iter().any(|name| !self.was_imported(path, name)) {
            return false;
        }
        for gone in tests.iter().map(String::as_str).chain([path]) {
            if let Some(state) = self.open(gone) {
                state.deleted = true;
                state.flags.extend(flags.iter().cloned());
            }
        }
        true
    }
}

/// A name that an import brings.
struct Imported {
    node: NodeId,
    name: Option<String>,
}

/// What an import brings.
fn imported(file: &SourceFile, import: NodeId) -> Vec<Imported> {
    let tree = &file.tree;
    let mut names = Vec::new();
    for id in tree.inside(import) {
        match tree.role(id) {
            Some(Role::ImportName) => {
                let is_all = tree.parent(id).is_some_and(|parent| tree.role(parent) == Some(Role::List))
                    && tree.items(id).count() == 1
                    && file.text_of(id).starts_with('*');
                let name = tree.part(id, Part::Name).map(|name| file.text_of(name).to_owned());
                names.push(Imported { node: id, name: name.filter(|_| !is_all) });
            }
            Some(Role::Name)
                if file.names.symbol_at(id).is_some_and(|symbol| file.names.symbol(symbol).owner == id) =>
            {
                names.push(Imported { node: id, name: None });
            }
            _ => {}
        }
    }
    names
}

fn module_of(file: &SourceFile, import: NodeId) -> Option<String> {
    let module = file.tree.part(import, Part::Module)?;
    Some(file.text_of(module).trim_matches(['"', '\'', '`']).to_owned())
}

fn export_names<'f>(file: &'f SourceFile, name: &'f str, from_module: bool) -> impl Iterator<Item = NodeId> + 'f {
    file.tree.all().filter(move |id| {
        file.role(*id) == Some(Role::ExportName)
            && file
                .tree
                .part(*id, Part::Alias)
                .or(file.tree.part(*id, Part::Name))
                .is_some_and(|id| file.text_of(id) == name)
            && file
                .tree
                .ancestors(*id)
                .find(|above| file.role(*above) == Some(Role::Export))
                .is_some_and(|export| file.tree.part(export, Part::Module).is_some() == from_module)
    })
}

fn can_go(state: &super::FileState<'_>, id: SymbolId) -> bool {
    let symbol = state.file.names.symbol(id);
    let tree = &state.file.tree;
    let outside = |node: NodeId| {
        let in_export = tree.parent(node).is_some_and(|parent| tree.role(parent) == Some(Role::ExportName));
        !in_export && !tree.contains(symbol.owner, node) && !state.is_gone(node)
    };
    let is_used = symbol.uses.iter().any(|node| outside(*node));
    let folder = crate::fold::Folder::new(&state.file, &state.knowledge);
    let is_pure = match symbol.kind {
        SymbolKind::Binding => tree.part(symbol.owner, Part::Value).is_none_or(|value| folder.is_pure(value)),
        SymbolKind::Function | SymbolKind::Class => true,
        _ => false,
    };
    !is_used && is_pure
}

fn default_exported(file: &SourceFile, id: SymbolId) -> bool {
    file.names
        .symbol(id)
        .uses
        .iter()
        .any(|node| file.tree.parent(*node).is_some_and(|parent| file.role(parent) == Some(Role::Export)))
}

/// Names of values that a file still exports.
fn exported_values(state: &super::FileState<'_>) -> Vec<String> {
    let is_value = |kind| matches!(kind, SymbolKind::Binding | SymbolKind::Function);
    let symbols = state.file.names.all();
    symbols
        .filter(|(id, symbol)| {
            symbol.exported
                && is_value(symbol.kind)
                && !state.is_gone(symbol.name_node)
                && !default_exported(&state.file, *id)
        })
        .map(|(_, symbol)| symbol.name.clone())
        .collect()
}

fn has_exports(file: &SourceFile) -> bool {
    file.tree.all().any(|id| file.role(id) == Some(Role::Export))
}

/// Whether a name that a file does not make cannot be that of `target`: files of a module see no other's names.
fn is_other_module(file: &SourceFile, _: NodeId, _: &str, _: &str) -> bool {
    !file.facts.package_scope
}

fn object_is_import(file: &SourceFile, member: NodeId) -> bool {
    let object = file.tree.part(member, Part::Object);
    let symbol = object.and_then(|object| file.names.meaning(object));
    symbol.is_some_and(|symbol| file.names.symbol(symbol).kind == SymbolKind::Import)
}

fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    if stem == "index" || stem == "__init__" {
        return path.rsplit('/').nth(1).unwrap_or(stem);
    }
    stem
}

fn is_template(path: &str) -> bool {
    [".vue", ".svelte", ".html", ".astro", ".mdx", ".hbs", ".erb", ".jsp"]
        .iter()
        .any(|extension| path.ends_with(extension))
}

/// Whether a file holds the tests of another and of nothing else, by its name.
fn is_test_of(test: &str, path: &str) -> bool {
    let name = test.rsplit('/').next().unwrap_or(test);
    let is_test =
        name.contains(".test.") || name.contains(".spec.") || name.contains(".stories.") || name.starts_with("test_");
    let stem = name.trim_start_matches("test_");
    is_test && stem.split('.').next() == Some(stem_of(path))
}
