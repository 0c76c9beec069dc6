//! From the scanner's references to nodes and the values that they have now.

use downhaul_core::{Confidence, Keep, PathClass, Reference, ReferenceKind, Resolution, Returns};
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use crate::file::SourceFile;
use crate::value::{Value, Variant};
use crate::{CleanRequest, Payload};

/// The node of an evaluation and its value, or why it must stay.
pub(crate) fn seed(
    file: &SourceFile,
    reference: &Reference,
    request: &CleanRequest<'_>,
) -> Result<(NodeId, Value), &'static str> {
    let keep = request
        .removals
        .iter()
        .find(|removal| Some(&removal.flag) == reference.flag())
        .map(|removal| &removal.keep)
        .ok_or("the key is not known")?;
    match reference.kind {
        ReferenceKind::Evaluation => {}
        ReferenceKind::Definition => return Err("the key is declared here"),
        ReferenceKind::Wrapper => return Err("a wrapper names the key"),
        ReferenceKind::Test => return Err("a test names the key"),
        ReferenceKind::Config => return Err("configuration names the key"),
        ReferenceKind::Mention => return Err("mentioned here"),
    }
    if reference.confidence != Confidence::High {
        return Err("it is not sure that this is about the flag");
    }
    if matches!(reference.class, PathClass::Vendored | PathClass::Generated) {
        return Err("generated or foreign code is not rewritten");
    }
    match reference.resolution {
        Resolution::Literal | Resolution::Constant | Resolution::Wrapper => {}
        Resolution::Set => return Err("it checks one of several flags"),
        _ => return Err("the key is made at run time"),
    }
    let node = node_of(file, reference).ok_or(NOT_FOUND)?;
    let payload = reference.flag().and_then(|flag| request.payloads.get(flag));
    Ok((node, value(reference, keep, payload)?))
}

/// Why a check stays whose expression cannot be told.
pub(crate) const NOT_FOUND: &str = "the check was not found in the syntax tree";

/// The entry of an object by which the object is there for the flag alone: `{ path: '/new', flag: 'new-checkout' }`.
pub(crate) fn gate(file: &SourceFile, reference: &Reference) -> Option<NodeId> {
    let tree = &file.tree;
    let text = tree.covering(&reference.location.span());
    let around = std::iter::once(text).chain(tree.ancestors(text)).take(3);
    let entry = around.into_iter().find(|id| tree.role(*id) == Some(Role::Entry))?;
    let value = tree.part(entry, Part::Value)?;
    (tree.contains(value, text) && tree.role(value) == Some(Role::String)).then_some(entry)
}

fn value(reference: &Reference, keep: &Keep, payload: Option<&Payload>) -> Result<Value, &'static str> {
    let is_on = !matches!(keep, Keep::Off);
    match reference.returns {
        None | Some(Returns::Bool) => Ok(Value::Bool(is_on != reference.negated)),
        Some(Returns::Variant) => Ok(Value::Variant(Variant {
            enabled: is_on,
            payload: payload.cloned(),
            name: match keep {
                Keep::Variant(name) => Some(name.clone()),
                Keep::Off => Some("disabled".to_owned()),
                Keep::On => None,
            },
        })),
        Some(Returns::String) => match keep {
            Keep::Variant(name) => Ok(Value::Text(name.clone())),
            _ => Err("the value of this check is not known"),
        },
        Some(_) => Err("this kind of check is not rewritten"),
    }
}

/// The expression that a reference is about.
fn node_of(file: &SourceFile, reference: &Reference) -> Option<NodeId> {
    let span = reference.location.span();
    if span.end > file.text.len() {
        return None;
    }
    let tree = &file.tree;
    let covering = tree.covering(&span);
    let node = std::iter::once(covering).chain(tree.ancestors(covering)).find(|id| {
        matches!(
            tree.role(*id),
            Some(Role::Call | Role::Member | Role::Index | Role::Element | Role::Name | Role::PatternName | Role::New)
        )
    })?;
    // A name or member that is called stands for the call.
    let called = tree.parent(node).filter(|parent| tree.part(*parent, Part::Callee) == Some(node));
    let node = called.filter(|call| tree.node(*call).end == span.end).unwrap_or(node);
    (tree.node(node).end == span.end).then_some(node)
}
