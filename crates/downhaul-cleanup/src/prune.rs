//! What the change has made constant or unused: found file by file, until nothing new is.

use std::collections::BTreeSet;
use std::ops::Range;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use crate::file::SourceFile;
use crate::fold::{Folder, Knowledge};
use crate::names::{Symbol, SymbolKind, is_covered};
use crate::value::Value;

/// Adds the names that hold nothing but what is known, and the functions that return nothing else. Whether there were
/// any new ones.
pub(crate) fn learn(file: &SourceFile, knowledge: &mut Knowledge) -> bool {
    let folder = Folder::new(file, knowledge);
    let mut constants = Vec::new();
    let mut functions = Vec::new();
    for (id, symbol) in file.names.all() {
        if symbol.reassigned || knowledge.constants.contains_key(&id) || knowledge.functions.contains_key(&id) {
            continue;
        }
        if can_be_another(file, symbol) {
            continue;
        }
        match symbol.kind {
            SymbolKind::Binding if getter_of(file, symbol.owner).is_some() => {
                let getter = getter_of(file, symbol.owner);
                constants.extend(getter.and_then(|getter| returned(&folder, getter)).map(|known| (id, known)));
            }
            SymbolKind::Binding => {
                let Some(value) = file.tree.part(symbol.owner, Part::Value) else { continue };
                if let Some(known) =
                    folder.known(value).filter(|value| is_worth_inlining(value) && folder.is_pure_enough(symbol))
                {
                    constants.push((id, known));
                } else if file.role(value) == Some(Role::Function)
                    && let Some(known) = returned(&folder, value)
                {
                    functions.push((id, known));
                }
            }
            SymbolKind::Function if !is_decorated(file, symbol.owner) => {
                if let Some(known) = returned(&folder, symbol.owner) {
                    functions.push((id, known));
                }
            }
            _ => {}
        }
    }
    let is_new = !constants.is_empty() || !functions.is_empty();
    knowledge.constants.extend(constants);
    knowledge.functions.extend(functions);
    is_new
}

/// Whether a member may be something else in a derived class, or be given another value from outside.
fn can_be_another(file: &SourceFile, symbol: &Symbol) -> bool {
    if !file.facts.implicit_members || !symbol.exported {
        return false;
    }
    let says = |words: &[String]| file.has_word(symbol.owner, words);
    let class = file.tree.ancestors(symbol.owner).find(|id| file.role(*id) == Some(Role::Class));
    let is_sealed_class = class.is_some_and(|class| file.has_word(class, &file.facts.sealed));
    if !file.facts.sealed.is_empty() {
        let is_of_sealed = is_sealed_class && symbol.kind == SymbolKind::Function;
        return !(says(&file.facts.sealed) || is_of_sealed);
    }
    let is_mutable = symbol.kind == SymbolKind::Binding
        && file.tree.part(symbol.owner, Part::Kind).is_some_and(|word| file.text_of(word) == "var");
    says(&file.facts.open) || is_mutable
}

/// A text that was written out somewhere keeps its name.
fn is_worth_inlining(value: &Value) -> bool {
    !matches!(value, Value::Text(_))
}

impl Folder<'_> {
    /// Whether a binding's value may be forgotten once its uses are gone.
    fn is_pure_enough(&self, symbol: &Symbol) -> bool {
        self.file.tree.part(symbol.owner, Part::Value).is_some_and(|value| self.is_pure(value))
    }
}

/// How a property is read.
pub(crate) fn getter_of(file: &SourceFile, binding: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    let behind = || {
        let parent = tree.parent(binding)?;
        let mut after = tree.items(parent).skip_while(|item| *item != binding).skip(1);
        after.next().filter(|next| tree.role(*next) == Some(Role::Accessor) && file.text_of(*next).starts_with("get"))
    };
    tree.part(binding, Part::Getter).or_else(behind)
}

/// What a function returns, where it does nothing else.
pub(crate) fn returned(folder: &Folder<'_>, function: NodeId) -> Option<Value> {
    let tree = &folder.file.tree;
    let is_plain = tree.children(function).all(|child| {
        let is_named = tree.part(function, Part::Name).is_some();
        let text = folder.file.text_of(child);
        tree.node(child).named || !matches!(text, "async" | "*" | "suspend") && (text != "get" || !is_named)
    });
    let body = tree.part(function, Part::Body).filter(|_| is_plain)?;
    let value = if tree.role(body) == Some(Role::Block) {
        match outcome(folder, body, false)? {
            (Some(value), true) => value,
            _ => return None,
        }
    } else {
        folder.known(body).filter(|_| folder.is_pure(body))?
    };
    Some(value).filter(is_worth_inlining)
}

/// Whether a function is one `return`, or an expression alone.
pub(crate) fn only_returns(file: &SourceFile, function: NodeId) -> bool {
    let tree = &file.tree;
    let value = tree.part(function, Part::Value).or_else(|| tree.part(function, Part::Getter));
    let value = value.filter(|_| tree.role(function) != Some(Role::Function));
    let Some(body) = tree.part(value.unwrap_or(function), Part::Body) else { return true };
    if tree.role(body) != Some(Role::Block) {
        return true;
    }
    let is_text =
        |item: &NodeId| tree.part(*item, Part::Inner).is_some_and(|inner| tree.role(inner) == Some(Role::String));
    let mut statements = tree.items(body).filter(|item| !is_text(item));
    statements.next().is_some_and(|first| tree.role(first) == Some(Role::Return)) && statements.next().is_none()
}

/// What the statements of a block return once the flag is known, `None` in it where they return nothing, and whether
/// the flag has a part in that. `None` altogether where they do something else or it cannot be told.
fn outcome(folder: &Folder<'_>, block: NodeId, ours: bool) -> Option<(Option<Value>, bool)> {
    let tree = &folder.file.tree;
    let mut ours = ours;
    for item in tree.items(block) {
        match tree.role(item)? {
            Role::Return => {
                let value = tree.part(item, Part::Value).filter(|value| folder.is_pure(*value))?;
                let known = folder.known(value);
                let is_ours = ours || known.is_some();
                return Some((Some(known.or_else(|| folder.literal(value))?), is_ours));
            }
            Role::If => {
                ours = true;
                let taken = taken(folder, item)?;
                let Some(taken) = taken else { continue };
                let result = match tree.role(taken)? {
                    Role::Block => outcome(folder, taken, true)?,
                    Role::Return => {
                        let value = tree.part(taken, Part::Value).filter(|value| folder.is_pure(*value))?;
                        (Some(folder.known(value).or_else(|| folder.literal(value))?), true)
                    }
                    _ => return None,
                };
                if result.0.is_some() {
                    return Some(result);
                }
            }
            // A text that documents the function, and names that are nothing but the flag.
            Role::Statement => {
                let inner = tree.part(item, Part::Inner)?;
                if !matches!(tree.role(inner), Some(Role::String)) && folder.known(inner).is_none() {
                    return None;
                }
            }
            Role::Declaration => {
                let is_known = |binding| tree.part(binding, Part::Value).is_some_and(|id| folder.known(id).is_some());
                if !folder.is_pure(item) || !tree.parts(item, Part::Binding).all(is_known) {
                    return None;
                }
            }
            _ => return None,
        }
    }
    Some((None, ours))
}

/// The body of an `if` that is taken, `None` in it where none is; `None` altogether where the flag does not decide.
fn taken(folder: &Folder<'_>, id: NodeId) -> Option<Option<NodeId>> {
    let tree = &folder.file.tree;
    for arm in std::iter::once(id).chain(tree.parts(id, Part::Branch)) {
        let condition = tree.part(arm, Part::Condition).filter(|condition| folder.is_pure(*condition))?;
        if folder.truth(condition)? {
            return Some(tree.part(arm, Part::Then));
        }
    }
    Some(tree.part(id, Part::Else))
}

/// The makings of names that lost their last use in `gone` and can go too.
pub(crate) fn unused(
    file: &SourceFile,
    knowledge: &Knowledge,
    gone: &[Range<usize>],
    removed: &BTreeSet<NodeId>,
) -> Vec<NodeId> {
    let folder = Folder::new(file, knowledge);
    let mut found = Vec::new();
    for (_, symbol) in file.names.all() {
        let is_gone = |id: NodeId| is_covered(gone, &file.tree.span(id));
        let written = lost_all(file, &folder, symbol, gone);
        let Some(written) = written else { continue };
        if symbol.exported || is_gone(symbol.name_node) || removed.contains(&symbol.owner) {
            continue;
        }
        let can_go = match symbol.kind {
            SymbolKind::Binding => {
                let value = file.tree.part(symbol.owner, Part::Value);
                stands_alone(file, symbol.owner)
                    && !is_made_for(file, symbol.owner)
                    && file.marks(symbol.owner).is_empty()
                    && value.is_none_or(|value| folder.is_pure(value) || is_covered(gone, &file.tree.span(value)))
            }
            SymbolKind::Import => true,
            SymbolKind::Function | SymbolKind::Class => is_statement(file, symbol.owner),
            SymbolKind::EnumMember => false,
            SymbolKind::Pattern => {
                if let Some(item) = pattern_item(file, symbol.name_node).filter(|item| !removed.contains(item)) {
                    found.push(item);
                }
                false
            }
            SymbolKind::Parameter => {
                let item = pattern_item(file, symbol.name_node).filter(|item| !removed.contains(item));
                found.extend(item.into_iter().flat_map(|item| picked(file, symbol, item).into_iter().chain([item])));
                false
            }
            SymbolKind::Local => false,
        };
        if can_go {
            found.push(symbol.owner);
            found.extend(written.into_iter().filter(|id| !removed.contains(id)));
        }
    }
    found.extend(idle_set_ups(file, gone, removed));
    found.extend(emptied(file, &folder, removed));
    found.extend(private_members(file, &folder, gone, removed));
    found
}

/// Whether all uses of a name have gone, of which there were some; what only gives it a value goes with it.
pub(crate) fn lost_all(
    file: &SourceFile,
    folder: &Folder<'_>,
    symbol: &Symbol,
    gone: &[Range<usize>],
) -> Option<Vec<NodeId>> {
    let is_gone = |id: NodeId| is_covered(gone, &file.tree.span(id));
    let written: Vec<(NodeId, NodeId)> =
        symbol.uses.iter().filter_map(|id| Some((*id, only_written(file, folder, symbol, *id)?))).collect();
    let is_written = |id: NodeId| written.iter().any(|(name, _)| *name == id);
    let own = |id: NodeId| file.tree.contains(symbol.owner, id);
    let mut uses = symbol.uses.iter().filter(|id| !own(**id) && !is_written(**id)).peekable();
    let lost = uses.peek().is_some() && uses.all(|id| is_gone(*id)) && !is_asked_of_others(file, symbol, gone);
    lost.then(|| written.into_iter().map(|(_, statement)| statement).collect())
}

/// Whether a field is given its value by a constructor that is made for the class.
pub(crate) fn is_made_for(file: &SourceFile, field: NodeId) -> bool {
    let tree = &file.tree;
    let Some(class) = tree.ancestors(field).find(|id| tree.role(*id) == Some(Role::Class)) else { return false };
    let is_of_class = tree.ancestors(field).take(2).any(|id| Some(id) == tree.part(class, Part::Body));
    let says = |word: &str| file.has_word(field, &[word.to_owned()]);
    let is_all = file.marks(class).iter().any(|mark| mark.starts_with("All"));
    let has_value = tree.part(field, Part::Value).is_some();
    is_of_class
        && tree.role(field) == Some(Role::Binding)
        && file.has_word(class, &file.facts.constructor_marks)
        && !says("static")
        && (!has_value && says("final") || is_all && !(has_value && says("final")))
}

/// Where the type of a parameter picks its members by name: that of a part that goes.
fn picked(file: &SourceFile, symbol: &Symbol, item: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    let around = std::iter::once(item).chain(tree.ancestors(item));
    let parameter = around.take(4).find(|id| tree.role(*id) == Some(Role::Parameter))?;
    let is_it = |id: &NodeId| {
        tree.role(*id) == Some(Role::String) && file.text_of(*id).trim_matches(['"', '\'', '`']) == symbol.name
    };
    let text = tree.inside(tree.part(parameter, Part::Type)?).find(is_it)?;
    let mut around = std::iter::once(text).chain(tree.ancestors(text)).take(3);
    around.find(|id| {
        tree.role(*id) != Some(Role::Union) && tree.parent(*id).is_some_and(|up| tree.role(up) == Some(Role::Union))
    })
}

/// Members that only their class can see and that nobody reads any more, with the statements that give them a value.
fn private_members(
    file: &SourceFile,
    folder: &Folder<'_>,
    gone: &[Range<usize>],
    removed: &BTreeSet<NodeId>,
) -> Vec<NodeId> {
    let tree = &file.tree;
    let mut found = Vec::new();
    if file.facts.private.is_empty() || gone.is_empty() {
        return found;
    }
    let is_private = |id: &NodeId| {
        tree.role(*id) == Some(Role::Field)
            && !removed.contains(id)
            && tree
                .part(*id, Part::Modifier)
                .is_some_and(|word| file.facts.private.iter().any(|it| it == file.text_of(word)))
    };
    for field in tree.all().filter(is_private) {
        let Some(name) = tree.part(field, Part::Name).map(|name| file.text_of(name)) else { continue };
        let Some(class) = tree.parent(field) else { continue };
        let is_named = |id: &NodeId| {
            tree.role(*id) == Some(Role::Member)
                && tree.part(*id, Part::Name).is_some_and(|id| file.text_of(id) == name)
        };
        let all: Vec<NodeId> = tree.all().filter(is_named).collect();
        let is_own = |member: &NodeId| tree.contains(class, *member);
        // Another class may have one of this name; of an object it cannot be told.
        let is_of_this =
            |member: &NodeId| tree.part(*member, Part::Object).is_some_and(|id| tree.role(id) == Some(Role::This));
        let can_be_told = all.iter().all(|member| is_own(member) || is_of_this(member));
        let members: Vec<NodeId> = all.into_iter().filter(is_own).collect();
        let written: Vec<(NodeId, NodeId)> =
            members.iter().filter_map(|member| Some((*member, own_assignment(file, folder, *member)?))).collect();
        let mut reads = members.iter().filter(|member| !written.iter().any(|(write, _)| write == *member)).peekable();
        let pure = tree.part(field, Part::Value).is_none_or(|value| folder.is_pure(value));
        if pure && can_be_told && reads.peek().is_some() && reads.all(|member| is_covered(gone, &tree.span(*member))) {
            found.push(field);
            found.extend(written.into_iter().map(|(_, statement)| statement).filter(|id| !removed.contains(id)));
        }
    }
    found
}

/// The statement that does nothing but give an own member a value.
fn own_assignment(file: &SourceFile, folder: &Folder<'_>, member: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    tree.part(member, Part::Object).filter(|object| tree.role(*object) == Some(Role::This))?;
    let assign = tree.parent(member).filter(|assign| tree.part(*assign, Part::Target) == Some(member))?;
    tree.part(assign, Part::Value).filter(|value| folder.is_pure(*value))?;
    tree.parent(assign).filter(|around| tree.role(*around) == Some(Role::Statement))
}

/// The statement that does nothing but give a member of a class a value.
fn only_written(file: &SourceFile, folder: &Folder<'_>, symbol: &Symbol, name: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    if tree.role(symbol.scope) != Some(Role::Members) {
        return None;
    }
    let target = tree.parent(name).filter(|member| tree.role(*member) == Some(Role::Member)).unwrap_or(name);
    let assign = tree.parent(target).filter(|assign| tree.part(*assign, Part::Target) == Some(target))?;
    let value = tree.part(assign, Part::Value).filter(|value| folder.is_pure(*value))?;
    debug_assert!(value != target, "a value is no target");
    let around = tree.parent(assign)?;
    match tree.role(around) {
        Some(Role::Statement) => Some(around),
        Some(Role::Block) if !file.is_wanted(assign) => Some(assign),
        _ => None,
    }
}

/// Whether a member is asked of an object by its name, be it of this class or not.
fn is_asked_of_others(file: &SourceFile, symbol: &Symbol, gone: &[Range<usize>]) -> bool {
    let tree = &file.tree;
    let is_member = matches!(tree.role(symbol.scope), Some(Role::Members | Role::Class));
    is_member
        && file.facts.implicit_members
        && tree.all().any(|id| {
            tree.role(id) == Some(Role::Member)
                && tree.part(id, Part::Name).is_some_and(|name| {
                    file.names.meaning(name).is_none()
                        && file.text_of(name) == symbol.name
                        && !is_covered(gone, &tree.span(id))
                })
        })
}

/// The item of a pattern that makes a name, where it can be left out: places in lists count, and what takes the rest
/// would take it too.
fn pattern_item(file: &SourceFile, name: NodeId) -> Option<NodeId> {
    let tree = &file.tree;
    let item = std::iter::once(name)
        .chain(tree.ancestors(name))
        .take(4)
        .find(|id| tree.parent(*id).is_some_and(|parent| tree.role(parent) == Some(Role::Pattern)))?;
    let pattern = tree.parent(item)?;
    let takes_rest = tree.items(pattern).any(|item| file.text_of(item).starts_with(['.', '*']));
    (file.text_of(pattern).starts_with('{') && !takes_rest).then_some(item)
}

/// Functions that prepared tests and have lost all their statements.
fn idle_set_ups(file: &SourceFile, gone: &[Range<usize>], removed: &BTreeSet<NodeId>) -> Vec<NodeId> {
    let tree = &file.tree;
    let marks = &file.facts.set_up_marks;
    let is_idle = |id: &NodeId| {
        let body = tree.part(*id, Part::Body).filter(|_| tree.role(*id) == Some(Role::Function));
        body.is_some_and(|body| {
            let mut items = tree.items(body).peekable();
            items.peek().is_some() && items.all(|item| is_covered(gone, &tree.span(item)))
        })
    };
    if marks.is_empty() {
        return Vec::new();
    }
    let idle = tree.all().filter(|id| is_idle(id) && file.has_word(*id, marks) && !removed.contains(id));
    idle.collect()
}

/// Bindings whose pattern has lost all its names.
fn emptied(file: &SourceFile, folder: &Folder<'_>, removed: &BTreeSet<NodeId>) -> Vec<NodeId> {
    let tree = &file.tree;
    let is_emptied = |binding: &NodeId| {
        let pattern = tree.part(*binding, Part::Name).filter(|name| tree.role(*name) == Some(Role::Pattern));
        let is_pure = tree.part(*binding, Part::Value).is_none_or(|value| folder.is_pure(value));
        pattern.is_some_and(|pattern| {
            let mut items = tree.items(pattern).peekable();
            items.peek().is_some() && items.all(|item| removed.contains(&item))
        }) && is_pure
            && stands_alone(file, *binding)
    };
    let patterns: BTreeSet<NodeId> = removed
        .iter()
        .filter_map(|item| tree.parent(*item).filter(|parent| tree.role(*parent) == Some(Role::Pattern)))
        .filter_map(|pattern| tree.parent(pattern).filter(|parent| tree.role(*parent) == Some(Role::Binding)))
        .collect();
    patterns.into_iter().filter(|binding| !removed.contains(binding)).filter(is_emptied).collect()
}

/// Whether a binding is a statement of its own, or one of a statement's several.
fn stands_alone(file: &SourceFile, binding: NodeId) -> bool {
    let mut around = file
        .tree
        .ancestors(binding)
        .skip_while(|id| matches!(file.role(*id), None | Some(Role::Declaration | Role::Statement | Role::Export)));
    around.next().is_some_and(|id| matches!(file.role(id), Some(Role::Block | Role::Case | Role::Members)))
}

/// What decorates a function may change what it gives back.
fn is_decorated(file: &SourceFile, function: NodeId) -> bool {
    file.tree.parent(function).is_some_and(|parent| file.role(parent) == Some(Role::Decorated))
}

fn is_statement(file: &SourceFile, id: NodeId) -> bool {
    file.tree.parent(id).is_some_and(|parent| {
        matches!(file.role(parent), Some(Role::Block | Role::Case))
            || file.role(parent) == Some(Role::Members) && file.facts.implicit_members
    })
}
