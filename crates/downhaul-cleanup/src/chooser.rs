//! Components that show one of two things they are given, found out from their bodies and not from their names.

use std::collections::BTreeSet;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use crate::file::SourceFile;
use crate::fold::{Folder, Knowledge};
use crate::names::{SymbolId, SymbolKind};
use crate::value::Value;

/// What an element comes to where the attribute that it chooses by is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The value of this attribute.
    Attribute(String),
    /// Nothing.
    Nothing,
}

/// What a component gives when its parameter `name` has this value; `None` where that is not one of its parameters or
/// nothing.
pub(crate) fn choice(file: &SourceFile, function: NodeId, name: &str, value: bool) -> Option<Choice> {
    let parameter = |symbol: &crate::names::Symbol| symbol.kind == SymbolKind::Parameter && symbol.scope == function;
    let (condition, _) =
        file.names.all().find(|(_, symbol)| parameter(symbol) && symbol.name == name && !symbol.reassigned)?;
    let mut knowledge = Knowledge::default();
    knowledge.constants.insert(condition, Value::Bool(value));
    let mut reader =
        Reader { file, function, folder: Folder::new(file, &knowledge), named: BTreeSet::new(), other: false };
    let body = file.tree.part(function, Part::Body)?;
    if file.role(body) == Some(Role::Block) {
        reader.block(body);
    } else {
        reader.result(body);
    }
    let names: Vec<String> = reader.named.iter().map(|id| file.names.symbol(*id).name.clone()).collect();
    match (names.as_slice(), reader.other) {
        ([], false) => Some(Choice::Nothing),
        ([one], false) => Some(Choice::Attribute(one.clone())),
        _ => None,
    }
}

struct Reader<'a> {
    file: &'a SourceFile,
    function: NodeId,
    folder: Folder<'a>,
    /// Parameters that what is returned is made of.
    named: BTreeSet<SymbolId>,
    /// Something else is returned.
    other: bool,
}

impl Reader<'_> {
    /// Reads statements; whether they always leave the function.
    fn block(&mut self, id: NodeId) -> bool {
        self.file.tree.items(id).collect::<Vec<_>>().into_iter().any(|item| self.statement(item))
    }

    fn statement(&mut self, id: NodeId) -> bool {
        let part = |part| self.file.tree.part(id, part);
        match self.file.role(id) {
            Some(Role::Return) => {
                if let Some(value) = part(Part::Value) {
                    self.result(value);
                }
                true
            }
            Some(Role::If) => {
                let truth = part(Part::Condition).and_then(|condition| self.folder.truth(condition));
                let (then, otherwise) = (part(Part::Then), part(Part::Else));
                match truth {
                    Some(true) => then.is_some_and(|body| self.body(body)),
                    Some(false) => otherwise.is_some_and(|body| self.body(body)),
                    None => {
                        let then = then.is_some_and(|body| self.body(body));
                        let otherwise = otherwise.is_some_and(|body| self.body(body));
                        then && otherwise
                    }
                }
            }
            Some(Role::Block) => self.block(id),
            Some(Role::Declaration | Role::Function | Role::Class) => false,
            _ => {
                self.other = true;
                false
            }
        }
    }

    fn body(&mut self, id: NodeId) -> bool {
        if self.file.role(id) == Some(Role::Block) { self.block(id) } else { self.statement(id) }
    }

    /// Notes what a returned expression is made of.
    fn result(&mut self, id: NodeId) {
        let part = |part| self.file.tree.part(id, part);
        match self.file.role(id) {
            Some(Role::Null | Role::Undefined | Role::False) => {}
            Some(Role::Paren | Role::Transparent) => {
                if let Some(inner) = part(Part::Inner) {
                    self.result(inner);
                }
            }
            Some(Role::Conditional) => {
                let truth = part(Part::Condition).and_then(|condition| self.folder.truth(condition));
                let (then, otherwise) = (part(Part::Then), part(Part::Else));
                let taken = match truth {
                    Some(true) => vec![then],
                    Some(false) => vec![otherwise],
                    None => vec![then, otherwise],
                };
                taken.into_iter().flatten().for_each(|id| self.result(id));
            }
            Some(Role::And | Role::Or) => {
                let stop = self.file.role(id) == Some(Role::Or);
                let Some((left, right)) = part(Part::Left).zip(part(Part::Right)) else { return };
                match self.folder.truth(left) {
                    Some(truth) if truth != stop => self.result(right),
                    Some(_) if !stop => {}
                    _ => self.other = true,
                }
            }
            Some(Role::Call) => {
                // Called with it, or called: it is what is shown either way.
                let inside: Vec<NodeId> = self.file.tree.inside(id).collect();
                let mut any = false;
                for id in inside {
                    any |= self.name(id);
                }
                self.other |= !any;
            }
            Some(Role::Element) => {
                // A fragment around it.
                let items: Vec<NodeId> = self.file.tree.items(id).collect();
                let slots: Vec<NodeId> =
                    items.iter().copied().filter(|id| self.file.role(*id) == Some(Role::Slot)).collect();
                let is_bare = self.file.text_of(id).starts_with("<>") && slots.len() == 1;
                match slots.first().and_then(|slot| self.file.tree.part(*slot, Part::Inner)).filter(|_| is_bare) {
                    Some(inner) => self.result(inner),
                    None => self.other = true,
                }
            }
            _ => {
                let is_parameter = self.name(id);
                self.other |= !is_parameter;
            }
        }
    }

    /// Notes a parameter; whether it was one.
    fn name(&mut self, id: NodeId) -> bool {
        let symbol = self.file.names.meaning(id).filter(|symbol| {
            let symbol = self.file.names.symbol(*symbol);
            symbol.kind == SymbolKind::Parameter && symbol.scope == self.function
        });
        self.named.extend(symbol);
        symbol.is_some()
    }
}
