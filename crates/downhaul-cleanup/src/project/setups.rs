//! Tests that say what the flag is: where they force what stays, the forcing goes; where they force the other side, the
//! test does.

use downhaul_core::{Keep, Reference};
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Project;
use crate::file::SourceFile;

impl<'a> Project<'a> {
    /// What goes because a statement of a test says what the flag is.
    pub(super) fn set_up(&self, reference: &'a Reference) -> Option<NodeId> {
        let state = self.files.get(reference.location.path.as_ref())?;
        let file = &state.file;
        let node = file.tree.covering(&reference.location.span());
        let statement = statement_of(file, node)?;
        if is_called(file, statement, node, &file.facts.mock_checks) {
            return Some(statement);
        }
        let forced = self.forced_in(reference, file, node)?;
        let path = reference.location.path.as_ref();
        let test = self.test_method(file, node).or_else(|| self.test_around(path, node));
        // A test that forces now one side and now the other is a person's.
        let is_torn = state.references.iter().any(|other| {
            let place = file.tree.covering(&other.location.span());
            other.flag() == reference.flag()
                && test.is_some_and(|test| file.tree.contains(test, place))
                && self.forced_in(other, file, place).is_some_and(|other| other != forced)
        });
        if forced == self.keeps_on(reference) {
            return (!is_torn).then(|| one_of_several(file, node, reference).unwrap_or(statement));
        }
        test.filter(|_| !is_torn)
    }

    fn keeps_on(&self, reference: &Reference) -> bool {
        let removal = self.request.removals.iter().find(|removal| Some(&removal.flag) == reference.flag());
        removal.is_some_and(|removal| removal.keep != Keep::Off)
    }

    /// What a statement of a test makes the flag say.
    fn forced_in(&self, reference: &Reference, file: &SourceFile, node: NodeId) -> Option<bool> {
        let statement = statement_of(file, node)?;
        match reference.call.as_deref() {
            Some("enable") => return Some(true),
            Some("disable") => return Some(false),
            _ => {}
        }
        if !is_called(file, statement, node, &file.facts.mocks) {
            return None;
        }
        let call = call_of(file, node, reference);
        let mut said = file.tree.inside(statement).filter(|id| !file.tree.contains(call, *id)).filter_map(|id| {
            match file.role(id) {
                Some(Role::True) => Some(true),
                Some(Role::False) => Some(false),
                _ => None,
            }
        });
        let first = said.next()?;
        said.all(|other| other == first).then_some(first != reference.negated)
    }

    /// The test around a node: a method with a mark, or a class of such where the node is in what prepares them all.
    fn test_method(&self, file: &SourceFile, node: NodeId) -> Option<NodeId> {
        let tree = &file.tree;
        let function = tree.ancestors(node).find(|id| {
            let is_member = tree.parent(*id).is_some_and(|parent| tree.role(parent) == Some(Role::Members));
            tree.role(*id) == Some(Role::Function) && is_member
        })?;
        if file.has_word(function, &file.facts.test_marks) {
            return Some(function);
        }
        let class = tree.ancestors(function).find(|id| tree.role(*id) == Some(Role::Class))?;
        let is_group = file.has_word(class, &file.facts.test_group_marks);
        (is_group && file.has_word(function, &file.facts.set_up_marks)).then_some(class)
    }
}

/// The whole call that a reference is about.
fn call_of(file: &SourceFile, node: NodeId, reference: &Reference) -> NodeId {
    let end = reference.location.span().end;
    let around = std::iter::once(node).chain(file.tree.ancestors(node));
    around.take_while(|id| file.tree.node(*id).end <= end).last().unwrap_or(node)
}

/// The statement around a node; what is handed to a mock is part of the statement that hands it over.
fn statement_of(file: &SourceFile, node: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    let in_list = |id: &NodeId| {
        tree.parent(*id).is_some_and(|parent| matches!(tree.role(parent), Some(Role::Block | Role::Case)))
    };
    let mut found = std::iter::once(node).chain(tree.ancestors(node)).find(in_list)?;
    loop {
        let block = tree.parent(found)?;
        let function = tree.parent(block).filter(|function| tree.role(*function) == Some(Role::Function));
        let call = function.and_then(|function| tree.ancestors(function).find(|id| tree.role(*id) == Some(Role::Call)));
        let is_handed = function.is_some_and(|function| tree.part(function, Part::Name).is_none());
        let is_mock = |call: &NodeId| {
            let name = name_of(file, *call);
            tree.items(block).count() == 1
                && (file.facts.mocks.iter().chain(&file.facts.mock_checks)).any(|known| known == name)
        };
        match call.filter(|_| is_handed).filter(is_mock) {
            Some(call) => found = std::iter::once(call).chain(tree.ancestors(call)).find(in_list)?,
            None => return Some(found),
        }
    }
}

/// The last word of what is called.
fn name_of(file: &SourceFile, call: NodeId) -> &str {
    let callee = file.tree.part(call, Part::Callee);
    let name = callee.map(|callee| file.tree.part(callee, Part::Name).unwrap_or(callee));
    name.map_or("", |name| file.text_of(name).trim_matches('`'))
}

/// Whether one of these functions is called in a statement, around a node or on the way to it.
fn is_called(file: &SourceFile, statement: NodeId, node: NodeId, names: &[String]) -> bool {
    let calls = file.tree.inside(statement).filter(|id| file.role(*id) == Some(Role::Call) && *id != node);
    calls.into_iter().any(|call| names.iter().any(|name| name == name_of(file, call)))
}

/// The key among several that are handed over together.
fn one_of_several(file: &SourceFile, node: NodeId, reference: &Reference) -> Option<NodeId> {
    let call = call_of(file, node, reference);
    let arguments = file.tree.part(call, Part::Arguments)?;
    let items: Vec<NodeId> = file.tree.items(arguments).collect();
    let key = reference.flag()?.as_str();
    let is_setter = matches!(reference.call.as_deref(), Some("enable" | "disable"));
    let found = items.iter().find(|item| file.text_of(**item).trim_matches('"') == key);
    found.copied().filter(|_| is_setter && items.len() > 1)
}
