//! What is handed to the constructor of a class that has lost its last use of it: the parameter goes, and so does what
//! is handed over wherever such an object is made.

use std::collections::BTreeSet;

use downhaul_core::FlagKey;
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::{FileState, Project};
use crate::file::SourceFile;
use crate::fold::Folder;
use crate::names::{SymbolId, SymbolKind};
use crate::prune;

/// A parameter of a constructor that nothing needs any more.
#[derive(Debug, Clone)]
struct Injected {
    class: String,
    name: String,
    /// Its place among the parameters, and how many there are.
    index: usize,
    count: usize,
    /// What goes with it.
    nodes: Vec<NodeId>,
}

impl Project<'_> {
    /// Takes out parameters of constructors that have lost their last use. Whether there were any.
    pub(super) fn remove_injected(&mut self) -> bool {
        let mut found: Vec<(String, Injected, BTreeSet<FlagKey>)> = Vec::new();
        for (path, state) in self.files.iter().filter(|(_, state)| state.is_touched() && !state.deleted) {
            if state.file.facts.implicit_members {
                found.extend(injected(state).into_iter().map(|one| (path.clone(), one, state.flags.clone())));
            }
        }
        let mut changed = false;
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for (path, one, flags) in found {
            // Places among parameters change with each that goes: one at a time.
            if !seen.insert(one.class.clone()) {
                continue;
            }
            let Some(handed) = self.handed_over(&path, &one) else { continue };
            for (path, node) in handed {
                if let Some(state) = self.files.get_mut(&path) {
                    state.remove(node, &flags);
                }
            }
            if let Some(state) = self.files.get_mut(&path) {
                for node in &one.nodes {
                    changed |= state.remove(*node, &flags);
                }
            }
        }
        changed
    }

    /// What is handed over for a parameter, in all files; `None` where that cannot be told or cannot go.
    fn handed_over(&mut self, path: &str, one: &Injected) -> Option<Vec<(String, NodeId)>> {
        let mut handed = Vec::new();
        for other in self.naming(&one.class).iter() {
            let is_code = self.is_code(other);
            let Some(state) = self.open(other) else {
                if is_code {
                    return None;
                }
                continue;
            };
            if !state.file.facts.implicit_members || state.deleted {
                continue;
            }
            let declares_another = state
                .file
                .names
                .all()
                .any(|(_, symbol)| symbol.kind == SymbolKind::Class && symbol.name == one.class && other != path);
            if declares_another {
                return None;
            }
            handed.extend(handed_in(state, one)?.into_iter().map(|node| (other.clone(), node)));
        }
        Some(handed)
    }
}

/// What a file hands over for a parameter.
fn handed_in(state: &FileState<'_>, one: &Injected) -> Option<Vec<NodeId>> {
    let file = &state.file;
    let tree = &file.tree;
    let folder = Folder::new(file, &state.knowledge);
    let mut handed = Vec::new();
    for id in tree.all() {
        let is_named = tree.children(id).next().is_none() && file.text_of(id) == one.class;
        if !is_named || state.is_gone(id) {
            continue;
        }
        let (before, after) = (&file.text[..tree.node(id).start], &file.text[tree.node(id).end..]);
        if before.ends_with("::") || after.starts_with("::new") {
            return None;
        }
        let is_base = tree.ancestors(id).any(|above| {
            tree.parent(above).is_some_and(|class| tree.parts(class, Part::Base).any(|base| base == above))
        });
        if is_base {
            return None;
        }
        let call = std::iter::once(id).chain(tree.ancestors(id)).take(3).find_map(|callee| {
            tree.parent(callee).filter(|call| {
                tree.part(*call, Part::Callee) == Some(callee)
                    && matches!(tree.role(*call), Some(Role::Call | Role::New))
            })
        });
        let Some(call) = call else { continue };
        if tree.part(call, Part::Lambda).is_some() {
            return None;
        }
        let items: Vec<NodeId> =
            tree.part(call, Part::Arguments).into_iter().flat_map(|list| tree.items(list)).collect();
        let items: Vec<NodeId> = items.into_iter().filter(|item| !state.is_removed(*item)).collect();
        let named =
            items.iter().find(|item| tree.part(**item, Part::Key).is_some_and(|key| file.text_of(key) == one.name));
        let has_names = items.iter().any(|item| tree.role(*item) == Some(Role::Entry));
        let argument = match named {
            Some(named) => *named,
            None if has_names || items.len() > one.count => return None,
            None if items.len() < one.count => match items.get(one.index) {
                // The last ones have defaults.
                None => continue,
                Some(_) => return None,
            },
            None => *items.get(one.index)?,
        };
        if !folder.is_pure(argument) {
            return None;
        }
        handed.push(argument);
    }
    Some(handed)
}

/// The parameters of a file's constructors that have lost their last use.
fn injected(state: &FileState<'_>) -> Vec<Injected> {
    let tree = &state.file.tree;
    let classes = tree.all().filter(|id| tree.role(*id) == Some(Role::Class) && !state.is_gone(*id));
    classes.filter_map(|class| injected_into(state, class)).collect()
}

fn injected_into(state: &FileState<'_>, class: NodeId) -> Option<Injected> {
    let file = &state.file;
    let tree = &file.tree;
    let name = file.text_of(tree.part(class, Part::Name)?).to_owned();
    let members = tree.part(class, Part::Body);
    let items: Vec<NodeId> = members.into_iter().flat_map(|members| tree.items(members)).collect();
    let is = |role| items.iter().copied().filter(move |item| tree.role(*item) == Some(role));
    if is(Role::EnumMember).next().is_some() || is_value_class(file, class) {
        return None;
    }
    let mut constructors = is(Role::Constructor);
    let (first, second) = (constructors.next(), constructors.next());
    let list = match (first, second, tree.part(class, Part::Parameters)) {
        (None, None, Some(primary)) => Some(primary),
        (Some(only), None, None) => tree.part(only, Part::Parameters),
        (None, None, None) if file.has_word(class, &file.facts.constructor_marks) => None,
        _ => return None,
    };
    let parameters: Vec<NodeId> = match list {
        Some(list) => tree.items(list).filter(|item| tree.role(*item) == Some(Role::Parameter)).collect(),
        None => is(Role::Declaration).flat_map(|field| tree.parts(field, Part::Binding)).collect(),
    };
    let parameters: Vec<NodeId> = match list {
        Some(_) => parameters,
        None => parameters.into_iter().filter(|field| prune::is_made_for(file, *field)).collect(),
    };
    let parameters: Vec<NodeId> = parameters.into_iter().filter(|id| !state.is_removed(*id)).collect();
    let folder = Folder::new(file, &state.knowledge);
    parameters.iter().enumerate().find_map(|(index, parameter)| {
        let (_, symbol) = symbol_of(file, *parameter)?;
        if symbol.reassigned && list.is_some() || symbol.exported {
            return None;
        }
        let written = prune::lost_all(file, &folder, symbol, &state.gone)?;
        let last = list.filter(|_| parameters.len() == 1 && index == 0).and_then(|list| idle_constructor(state, list));
        let nodes = std::iter::once(last.unwrap_or(*parameter)).chain(written).collect();
        Some(Injected { class: name.clone(), name: symbol.name.clone(), index, count: parameters.len(), nodes })
    })
}

/// A constructor that has nothing left to do, without its last parameter.
fn idle_constructor(state: &FileState<'_>, list: NodeId) -> Option<NodeId> {
    let file = &state.file;
    let tree = &file.tree;
    let constructor = tree.parent(list)?;
    if tree.role(constructor) == Some(Role::Class) {
        return file.text_of(list).starts_with('(').then_some(list);
    }
    let body = tree.part(constructor, Part::Body)?;
    let has_comment = tree.children(body).any(|child| tree.node(child).extra);
    let is_idle = !has_comment && tree.items(body).all(|item| state.is_gone(item));
    let is_private = file.has_word(constructor, &file.facts.private);
    (is_idle && !is_private && !file.has_marks(constructor)).then_some(constructor)
}

/// Whether the parameters of a class are more than what is handed to its constructor.
fn is_value_class(file: &SourceFile, class: NodeId) -> bool {
    let words = &file.facts.value_classes;
    let says = |id: NodeId| words.iter().any(|word| word == file.text_of(id));
    file.has_word(class, words) || file.tree.children(class).any(says)
}

fn symbol_of(file: &SourceFile, owner: NodeId) -> Option<(SymbolId, &crate::names::Symbol)> {
    file.names.all().find(|(_, symbol)| symbol.owner == owner)
}
