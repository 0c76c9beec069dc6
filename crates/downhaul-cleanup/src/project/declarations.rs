//! Where a flag is declared: members of types and enums, entries of registries and defaults, cases, items of lists.

use std::collections::BTreeSet;

use downhaul_core::{Confidence, FlagKey, PathClass, Reference, ReferenceKind};
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::{FileState, Project};
use crate::file::SourceFile;
use crate::fold::Folder;
use crate::value::Value;

/// A declaration, and what must be out of use before it goes.
struct Declaration {
    item: NodeId,
    /// Another name that stands for the key.
    name: Option<String>,
}

impl<'a> Project<'a> {
    /// Takes out the declarations that nothing needs any more. Whether there were any.
    pub(super) fn remove_declarations(&mut self) -> bool {
        let mut changed = false;
        let mut kept = Vec::new();
        for reference in std::mem::take(&mut self.declarations) {
            match self.declaration(reference) {
                Fate::Gone => changed = true,
                Fate::Stays => kept.push(reference),
            }
        }
        self.declarations = kept;
        changed
    }

    fn declaration(&mut self, reference: &'a Reference) -> Fate {
        let has_refused = self.left.iter().any(|(left, _)| {
            left.flag() == reference.flag() && matches!(left.kind, ReferenceKind::Evaluation | ReferenceKind::Wrapper)
        });
        let path = reference.location.path.to_string();
        let Some(state) = self.open(&path) else { return Fate::Stays };
        if state.deleted {
            return Fate::Gone;
        }
        let node = state.file.tree.covering(&reference.location.span());
        if state.is_gone(node) {
            return Fate::Gone;
        }
        if has_refused || matches!(reference.class, PathClass::Vendored | PathClass::Generated) {
            return Fate::Stays;
        }
        let Some(key) = reference.flag() else { return Fate::Stays };
        if reference.kind == ReferenceKind::Test
            && let Some(node) = self.set_up(reference)
            && let Some(state) = self.open(&path)
        {
            state.remove(node, &[key.clone()].into());
            return Fate::Gone;
        }
        let Some(state) = self.open(&path) else { return Fate::Stays };
        let Some(found) = declaration_at(&state.file, node, key) else { return Fate::Stays };
        if !is_sure(reference, &state.file, node, found.item) {
            return Fate::Stays;
        }
        let mut item = found.item;
        if reference.class == PathClass::Test || reference.kind == ReferenceKind::Test {
            match self.forced(reference, item) {
                Some(true) => {}
                // The test of the side that goes.
                Some(false) => match self.test_around(&path, item) {
                    Some(test) => item = test,
                    None => return Fate::Stays,
                },
                // A case or an item of a list gives it nothing that could disagree.
                None if reference.kind == ReferenceKind::Test && self.is_entry(&path, item) => return Fate::Stays,
                None => {}
            }
        }
        let name = found.name.clone().or_else(|| self.is_member_of_type(&path, found.item).then(|| key.to_string()));
        if let Some(name) = name
            && self.is_declaration_named(&name, &path, found.item)
        {
            return Fate::Stays;
        }
        let flags: BTreeSet<FlagKey> = [key.clone()].into();
        let Some(state) = self.open(&path) else { return Fate::Stays };
        if is_used(state, item) {
            return Fate::Stays;
        }
        state.remove(item, &flags);
        // It counts as gone once a pass has taken it out.
        Fate::Gone
    }

    /// Whether what a test gives the flag is what stays; `None` where it gives no literal.
    fn forced(&self, reference: &'a Reference, item: NodeId) -> Option<bool> {
        let removal = self.request.removals.iter().find(|removal| Some(&removal.flag) == reference.flag())?;
        let keep_on = removal.keep != downhaul_core::Keep::Off;
        let state = self.files.get(reference.location.path.as_ref())?;
        let value = state.file.tree.part(item, Part::Value)?;
        let value = Folder::new(&state.file, &state.knowledge).literal(value)?;
        matches!(value, Value::Bool(_)).then(|| value.is_truthy() == keep_on)
    }

    /// Whether a node says that objects of a type have a member.
    fn is_member_of_type(&self, path: &str, item: NodeId) -> bool {
        self.files.get(path).is_some_and(|state| state.file.role(item) == Some(Role::Field))
    }

    fn is_entry(&self, path: &str, item: NodeId) -> bool {
        self.files.get(path).is_none_or(|state| state.file.role(item) == Some(Role::Entry))
    }

    /// The nearest test around a node: a call with a title and a body, as a statement.
    pub(super) fn test_around(&self, path: &str, node: NodeId) -> Option<NodeId> {
        let file = &self.files.get(path)?.file;
        let tree = &file.tree;
        tree.ancestors(node).find(|id| {
            let is_bare = tree.role(*id) == Some(Role::Call) && tree.part(*id, Part::Lambda).is_some();
            let call = tree.part(*id, Part::Inner).filter(|_| tree.role(*id) == Some(Role::Statement));
            let call = call.or(Some(*id).filter(|_| is_bare));
            let callee = call.and_then(|call| tree.part(call, Part::Callee));
            callee.is_some_and(|callee| {
                let name = file.text_of(callee).split(['.', '(']).next().unwrap_or_default();
                file.facts.tests.iter().any(|test| test == name)
            })
        })
    }

    fn is_declaration_named(&mut self, name: &str, path: &str, item: NodeId) -> bool {
        let own_file = self.files.get(path).filter(|state| state.file.facts.implicit_members);
        match own_file.and_then(|state| state.file.tree.part(item, Part::Name)) {
            Some(name_node) => self.is_member_named(name, path, item, name_node),
            None => self.is_named_alive(name, path, item),
        }
    }

    /// Whether a name that stands for the key is still used anywhere.
    fn is_named_alive(&mut self, name: &str, path: &str, item: NodeId) -> bool {
        let is_member = self.is_member_of_type(path, item);
        for other in self.naming(name).iter() {
            let is_code = self.is_code(other);
            let Some(state) = self.open(other) else {
                if is_code {
                    return true;
                }
                continue;
            };
            let alive = |id: &NodeId| {
                let own = other == path && state.file.tree.contains(item, *id);
                !own && !state.is_gone(*id)
                    && (names(&state.file, *id, name) || is_member && gives(&state.file, *id, name))
            };
            if state.file.tree.all().any(|id| alive(&id)) {
                return true;
            }
        }
        false
    }
}

/// Whether a place is about the flag and nothing else. A name that equals the key may mean something of its own; only
/// a text among its likes, with a key that is no everyday word, is taken for one.
fn is_sure(reference: &Reference, file: &SourceFile, node: NodeId, item: NodeId) -> bool {
    if reference.kind != ReferenceKind::Mention {
        return reference.confidence == Confidence::High;
    }
    let key = reference.flag().map_or("", |key| key.as_str());
    let is_text = file.role(node) == Some(Role::String)
        || file.tree.parent(node).is_some_and(|parent| file.role(parent) == Some(Role::String));
    // What no code asks for any more, under a name that is a whole phrase, was there for the flag.
    let is_phrase = key.chars().skip(1).any(|c| c.is_uppercase() || !c.is_alphanumeric());
    let could_be_a_name = key.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_everyday = key.chars().all(|c| c.is_ascii_lowercase());
    match file.role(item) {
        Some(Role::Field) => is_phrase,
        Some(Role::Entry | Role::EnumMember) => is_text && !could_be_a_name,
        _ => is_text && !is_everyday,
    }
}

enum Fate {
    Gone,
    Stays,
}

/// Why a declaration or mention is left.
pub(super) fn why_left(reference: &Reference) -> &'static str {
    match reference.kind {
        ReferenceKind::Definition => "still declared here",
        ReferenceKind::Config => "configuration names the key",
        ReferenceKind::Test => "a test sets the flag",
        _ => "mentioned here",
    }
}

/// The thing around a node that declares the key.
fn declaration_at(file: &SourceFile, node: NodeId, key: &FlagKey) -> Option<Declaration> {
    let tree = &file.tree;
    let around = std::iter::once(node).chain(tree.ancestors(node)).take(8);
    let mut inner = node;
    for id in around {
        let parent = tree.parent(id);
        let parent_role = parent.and_then(|parent| tree.role(parent));
        let named = |part| {
            let name = tree.part(id, part).map(|name| file.text_of(name).trim_matches(['"', '\'', '`']).to_owned());
            name.filter(|name| name != key.as_str())
        };
        match tree.role(id) {
            Some(Role::Entry) => return Some(Declaration { item: id, name: named(Part::Key) }),
            Some(Role::EnumMember) => return Some(Declaration { item: id, name: named(Part::Name) }),
            Some(Role::Field) if parent_role == Some(Role::Members) => {
                return Some(Declaration { item: id, name: named(Part::Name) });
            }
            Some(Role::Binding) if is_member(file, id) => {
                let name = tree.part(id, Part::Name).map(|name| file.text_of(name).to_owned());
                return Some(Declaration { item: id, name });
            }
            Some(Role::Case) if tree.part(id, Part::Value) == Some(inner) => {
                return Some(Declaration { item: id, name: None });
            }
            // A constant that stands for the key.
            Some(Role::Binding) if tree.part(id, Part::Value).is_some_and(|value| is_key(file, value, key)) => {
                return Some(Declaration { item: id, name: named(Part::Name) });
            }
            Some(Role::Block | Role::Statement | Role::Function | Role::Binding | Role::If | Role::Call) => {
                return None;
            }
            _ => {}
        }
        // A row of a table, that begins with what stands for the key.
        let is_row = |list: NodeId| {
            tree.items(list).next() == Some(id)
                && tree.items(list).count() > 1
                && tree
                    .parent(list)
                    .is_some_and(|table| tree.role(table) == Some(Role::List) && is_collection(file, table))
        };
        if parent_role == Some(Role::List) && tree.role(id) == Some(Role::Name) && is_row(parent?) {
            return Some(Declaration { item: parent?, name: Some(file.text_of(id).to_owned()) });
        }
        if parent_role == Some(Role::Union) && tree.role(id) != Some(Role::Union) {
            return Some(Declaration { item: id, name: None });
        }
        if parent_role == Some(Role::List) && tree.role(id) == Some(Role::String) && is_collection(file, parent?) {
            return Some(Declaration { item: id, name: None });
        }
        inner = id;
    }
    None
}

/// Whether a binding is a constant of a class or file that says so.
fn is_member(file: &SourceFile, binding: NodeId) -> bool {
    let tree = &file.tree;
    let parent = tree.parent(binding);
    let around = parent.filter(|parent| tree.role(*parent) == Some(Role::Declaration)).and_then(|id| tree.parent(id));
    let around = around.or(parent);
    file.facts.implicit_members
        && around.is_some_and(|around| tree.role(around) == Some(Role::Members) || around == tree.root())
        && tree.part(binding, Part::Value).is_some_and(|value| tree.role(value) == Some(Role::String))
}

fn is_key(file: &SourceFile, value: NodeId, key: &FlagKey) -> bool {
    file.role(value) == Some(Role::String) && file.text_of(value).trim_matches(['"', '\'', '`']) == key.as_str()
}

/// Whether a constant is still used in its own file.
fn is_used(state: &FileState<'_>, item: NodeId) -> bool {
    let file = &state.file;
    if file.role(item) != Some(Role::Binding) {
        return false;
    }
    let symbol = file.names.all().find(|(_, symbol)| symbol.owner == item).map(|(_, symbol)| symbol);
    let is_alive = |id: &NodeId| !file.tree.contains(item, *id) && !state.is_gone(*id);
    symbol.is_none_or(|symbol| symbol.reassigned || symbol.uses.iter().any(is_alive))
}

/// Whether a list is a value, and not what is handed over or declared.
fn is_collection(file: &SourceFile, list: NodeId) -> bool {
    let tree = &file.tree;
    tree.parent(list).is_none_or(|parent| {
        tree.part(parent, Part::Arguments) != Some(list) && tree.part(parent, Part::Parameters) != Some(list)
    })
}

/// Whether a node uses a name that is a member of something.
fn names(file: &SourceFile, id: NodeId, name: &str) -> bool {
    let tree = &file.tree;
    if tree.children(id).next().is_some() && tree.role(id) != Some(Role::String) {
        return false;
    }
    let text = file.text_of(id);
    match tree.role(id) {
        Some(Role::String) => {
            let is_key = tree.parent(id).is_some_and(|parent| tree.role(parent) == Some(Role::Index));
            is_key && text.trim_matches(['"', '\'', '`']) == name
        }
        Some(Role::Name | Role::PatternName | Role::Shorthand) => {
            let is_made = tree
                .parent(id)
                .is_some_and(|up| tree.role(up) == Some(Role::Binding) && tree.part(up, Part::Name) == Some(id));
            text == name && !is_made && file.names.meaning(id).is_none()
        }
        _ => {
            let Some(parent) = tree.parent(id) else { return false };
            let is_name = tree.role(parent) == Some(Role::Member) && tree.part(parent, Part::Name) == Some(id)
                || tree.role(parent) == Some(Role::PatternEntry) && tree.part(parent, Part::Key) == Some(id);
            is_name && text == name
        }
    }
}

/// Whether a node is the key under which an object has something.
fn gives(file: &SourceFile, id: NodeId, name: &str) -> bool {
    let tree = &file.tree;
    let is_key = |entry| tree.role(entry) == Some(Role::Entry) && tree.part(entry, Part::Key) == Some(id);
    tree.parent(id).is_some_and(is_key) && file.text_of(id).trim_matches(['"', '\'', '`']) == name
}

impl FileState<'_> {
    /// Whether anything in the file goes.
    pub(super) fn is_touched(&self) -> bool {
        self.deleted || !self.gone.is_empty()
    }
}
