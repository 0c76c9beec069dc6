//! What expressions come to once the flag is known: pure questions about a tree.

use std::cell::RefCell;

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};
use rustc_hash::FxHashMap;

use crate::chooser::Choice;
use crate::file::SourceFile;
use crate::names::SymbolId;
use crate::value::Value;

/// What is known in a file.
#[derive(Debug, Default, Clone)]
pub(crate) struct Knowledge {
    /// Places whose value the flag decides.
    pub(crate) seeds: FxHashMap<NodeId, Value>,
    /// Names that hold nothing but that value.
    pub(crate) constants: FxHashMap<SymbolId, Value>,
    /// Functions that return nothing but that value.
    pub(crate) functions: FxHashMap<SymbolId, Value>,
    /// What elements of a component come to: by its name, the attribute that it chooses by, and whether that holds.
    pub(crate) choices: FxHashMap<(SymbolId, String, bool), Option<Choice>>,
}

/// Answers what expressions come to.
pub(crate) struct Folder<'a> {
    pub(crate) file: &'a SourceFile,
    pub(crate) knowledge: &'a Knowledge,
    known: RefCell<FxHashMap<NodeId, Option<Value>>>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(file: &'a SourceFile, knowledge: &'a Knowledge) -> Self {
        Folder { file, knowledge, known: RefCell::default() }
    }

    fn part(&self, id: NodeId, part: Part) -> Option<NodeId> {
        self.file.tree.part(id, part)
    }

    fn role(&self, id: NodeId) -> Option<Role> {
        self.file.tree.role(id)
    }

    /// The value of an expression, where it follows from the flag.
    pub(crate) fn known(&self, id: NodeId) -> Option<Value> {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        let value = self.work_out(id);
        self.known.borrow_mut().insert(id, value.clone());
        value
    }

    fn work_out(&self, id: NodeId) -> Option<Value> {
        if let Some(value) = self.knowledge.seeds.get(&id) {
            return Some(value.clone());
        }
        let (left, right) = (self.part(id, Part::Left), self.part(id, Part::Right));
        match self.role(id)? {
            Role::Name | Role::Shorthand => {
                let symbol = self.file.names.meaning(id)?;
                self.knowledge.constants.get(&symbol).cloned()
            }
            Role::Paren | Role::Transparent => self.known(self.part(id, Part::Inner)?),
            Role::Not => self.truth(self.part(id, Part::Inner)?).map(|truth| Value::Bool(!truth)),
            Role::And => self.either(left?, right?, true),
            Role::Or => self.either(left?, right?, false),
            Role::Nullish => match self.known(left?)? {
                Value::Null | Value::Undefined => self.known(right?),
                value => Some(value),
            },
            Role::Conditional => {
                let taken = if self.truth(self.part(id, Part::Condition)?)? { Part::Then } else { Part::Else };
                let taken = self.part(id, taken)?;
                self.known(taken).or_else(|| self.literal(taken)).filter(|value| !matches!(value, Value::Text(_)))
            }
            role @ (Role::Equal | Role::Unequal) if self.file.tree.items(id).count() == 2 => {
                let (left, right) = (left?, right?);
                let (a, b) = (self.known(left), self.known(right));
                if a.is_none() && b.is_none() {
                    return None;
                }
                let equal = match (a.or_else(|| self.literal(left))?, b.or_else(|| self.literal(right))?) {
                    (Value::Variant(_) | Value::Payload(_), Value::Null | Value::Undefined)
                    | (Value::Null | Value::Undefined, Value::Variant(_) | Value::Payload(_)) => false,
                    (Value::Variant(_) | Value::Payload(_), _) | (_, Value::Variant(_) | Value::Payload(_)) => {
                        return None;
                    }
                    // The same or not, by the operator.
                    (Value::Null, Value::Undefined) | (Value::Undefined, Value::Null) => return None,
                    (a, b) => a == b,
                };
                Some(Value::Bool(equal == (role == Role::Equal)))
            }
            Role::Member if self.own_constant(id).is_some() => self.own_constant(id),
            Role::Member => {
                self.known(self.part(id, Part::Object)?)?.member(self.file.text_of(self.part(id, Part::Name)?))
            }
            Role::Index => {
                let Value::Text(key) = self.literal(self.part(id, Part::Key)?)? else { return None };
                self.known(self.part(id, Part::Object)?)?.member(&key)
            }
            Role::If if !self.file.facts.block_value.is_empty() => {
                let taken = if self.truth(self.part(id, Part::Condition)?)? { Part::Then } else { Part::Else };
                let taken = self.single(self.part(id, taken)?)?;
                self.known(taken).or_else(|| self.literal(taken)).filter(|value| !matches!(value, Value::Text(_)))
            }
            Role::Call => {
                let callee = self.part(id, Part::Callee)?;
                match self.role(callee)? {
                    Role::Name => self.knowledge.functions.get(&self.file.names.meaning(callee)?).cloned(),
                    // A method of the object whose code this is.
                    Role::Member
                        if self.knowledge.functions.contains_key(
                            &self.file.names.meaning(self.part(callee, Part::Name)?).unwrap_or(SymbolId(usize::MAX)),
                        ) =>
                    {
                        self.knowledge.functions.get(&self.file.names.meaning(self.part(callee, Part::Name)?)?).cloned()
                    }
                    // A getter of a variant.
                    Role::Member if self.known(self.part(callee, Part::Object)?).is_some() => self.known(callee),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a field of the object whose code this is holds.
    fn own_constant(&self, member: NodeId) -> Option<Value> {
        let symbol = self.file.names.meaning(self.part(member, Part::Name)?)?;
        self.knowledge.constants.get(&symbol).cloned()
    }

    /// The only thing in a block, or what is no block.
    pub(crate) fn single(&self, id: NodeId) -> Option<NodeId> {
        if self.role(id) != Some(Role::Block) {
            return Some(id);
        }
        let mut items = self.file.tree.items(id);
        items.next().filter(|_| items.next().is_none())
    }

    /// The value of `left && right` (`and`) or `left || right`.
    fn either(&self, left: NodeId, right: NodeId, and: bool) -> Option<Value> {
        if let Some(value) = self.known(left) {
            return if value.is_truthy() == and { self.known(right) } else { Some(value) };
        }
        let right = self.known(right)?;
        let decides = right.is_truthy() != and && self.is_boolean(left);
        decides.then_some(right)
    }

    /// A literal as written.
    pub(crate) fn literal(&self, id: NodeId) -> Option<Value> {
        match self.role(id)? {
            Role::True => Some(Value::Bool(true)),
            Role::False => Some(Value::Bool(false)),
            Role::Null => Some(Value::Null),
            Role::Undefined => Some(Value::Undefined),
            Role::String => unquoted(self.file.text_of(id)).map(|text| Value::Text(text.to_owned())),
            Role::Paren => self.literal(self.part(id, Part::Inner)?),
            _ => None,
        }
    }

    /// Whether an expression holds or not, where that follows from the flag.
    pub(crate) fn truth(&self, id: NodeId) -> Option<bool> {
        self.truth_and_source(id).filter(|(_, ours)| *ours).map(|(truth, _)| truth)
    }

    /// Whether it holds, and whether the flag has a part in that.
    fn truth_and_source(&self, id: NodeId) -> Option<(bool, bool)> {
        if let Some(value) = self.known(id) {
            return Some((value.is_truthy(), true));
        }
        let inner = self.part(id, Part::Inner);
        match self.role(id)? {
            Role::Paren | Role::Transparent => self.truth_and_source(inner?),
            Role::Not => self.truth_and_source(inner?).map(|(truth, ours)| (!truth, ours)),
            role @ (Role::And | Role::Or) => {
                let stop = role == Role::Or;
                let left = self.truth_and_source(self.part(id, Part::Left)?);
                let right = self.truth_and_source(self.part(id, Part::Right)?);
                match (left, right) {
                    (Some((truth, ours)), _) if truth == stop => Some((stop, ours)),
                    (_, Some((truth, ours))) if truth == stop => Some((stop, ours)),
                    (Some((_, a)), Some((_, b))) => Some((!stop, a || b)),
                    _ => None,
                }
            }
            Role::True => Some((true, false)),
            Role::False | Role::Null | Role::Undefined => Some((false, false)),
            _ => None,
        }
    }

    /// Whether an expression can be left out or repeated: it does nothing but compute.
    pub(crate) fn is_pure(&self, id: NodeId) -> bool {
        if self.knowledge.seeds.contains_key(&id) {
            return true;
        }
        match self.role(id) {
            Some(
                Role::Assign | Role::Effect | Role::Jump | Role::Return | Role::Yield | Role::Result | Role::Delegate,
            ) => false,
            // What is never come to does nothing.
            Some(Role::And | Role::Or) if self.stops_at_left(id) => {
                self.part(id, Part::Left).is_some_and(|left| self.is_pure(left))
            }
            Some(Role::New | Role::Call) => self.is_pure_call(id) && self.arguments_are_pure(id),
            Some(Role::Infix) => {
                let name = self.part(id, Part::Name).map_or("", |name| self.file.text_of(name));
                self.file.facts.pure_calls.iter().any(|pure| pure == name)
                    && self.file.tree.items(id).all(|child| self.is_pure(child))
            }
            Some(Role::Function | Role::Name | Role::String) => true,
            _ => self.file.tree.items(id).all(|child| self.is_pure(child)),
        }
    }

    /// Whether the left operand decides, because of the flag.
    fn stops_at_left(&self, id: NodeId) -> bool {
        let stop = self.role(id) == Some(Role::Or);
        self.part(id, Part::Left).is_some_and(|left| self.truth(left) == Some(stop))
    }

    fn arguments_are_pure(&self, id: NodeId) -> bool {
        self.part(id, Part::Arguments).is_none_or(|arguments| self.is_pure(arguments))
    }

    pub(crate) fn is_pure_call(&self, id: NodeId) -> bool {
        let Some(callee) = self.part(id, Part::Callee) else { return false };
        if self.known(id).is_some() {
            return true;
        }
        let (name, root) = (self.last_name(callee), self.root_name(callee));
        self.file.facts.pure_calls.iter().any(|pattern| fits(pattern, name) || root == pattern)
    }

    /// The name that a chain of members and calls begins with.
    fn root_name(&self, id: NodeId) -> &'a str {
        let before = self.part(id, Part::Object).or_else(|| self.part(id, Part::Callee));
        before.map_or_else(|| &self.file.text[self.file.tree.span(id)], |before| self.root_name(before))
    }

    /// The name that a callee, member or name ends with.
    pub(crate) fn last_name(&self, id: NodeId) -> &'a str {
        let id = match self.role(id) {
            Some(Role::Member) => self.part(id, Part::Name).unwrap_or(id),
            _ => id,
        };
        &self.file.text[self.file.tree.span(id)]
    }

    /// Whether an expression gives true or false and nothing else, as far as can be seen.
    pub(crate) fn is_boolean(&self, id: NodeId) -> bool {
        if self.file.facts.boolean_operators {
            return true;
        }
        if let Some(value) = self.known(id) {
            return matches!(value, Value::Bool(_));
        }
        let both =
            || [Part::Left, Part::Right].iter().all(|part| self.part(id, *part).is_some_and(|id| self.is_boolean(id)));
        match self.role(id) {
            Some(Role::Not | Role::Equal | Role::Unequal | Role::Test | Role::True | Role::False) => true,
            Some(Role::And | Role::Or) => both(),
            Some(Role::Paren | Role::Transparent) => self.part(id, Part::Inner).is_some_and(|id| self.is_boolean(id)),
            Some(Role::Call) => {
                self.part(id, Part::Callee).is_some_and(|callee| self.sounds_boolean(self.last_name(callee)))
            }
            Some(Role::Name) => {
                let owner = self.file.names.meaning(id).map(|symbol| self.file.names.symbol(symbol));
                let value =
                    owner.filter(|owner| !owner.reassigned).and_then(|owner| self.part(owner.owner, Part::Value));
                let declared = owner.and_then(|owner| self.part(owner.owner, Part::Type));
                self.sounds_boolean(self.file.text_of(id))
                    || value.is_some_and(|value| self.is_boolean(value))
                    || declared.is_some_and(|id| self.is_boolean_type(self.file.text_of(id)))
            }
            Some(Role::Member) => self.sounds_boolean(self.last_name(id)),
            _ => false,
        }
    }

    /// Whether an expression can stand for `expression && true`, or for `expression || false` with `or`: where it
    /// decides, it is itself; else it must be true or false. In a language whose types are checked a value of another
    /// type would be seen.
    pub(crate) fn can_stand_alone(&self, id: NodeId, or: bool) -> bool {
        if self.file.facts.checked_types {
            return true;
        }
        let both = |same: bool| {
            let parts = [Part::Left, Part::Right].into_iter().filter_map(|part| self.part(id, part));
            let mut parts = parts.collect::<Vec<_>>().into_iter().skip(usize::from(same));
            parts.all(|part| self.can_stand_alone(part, or))
        };
        match self.role(id) {
            Some(Role::And) => both(!or),
            Some(Role::Or) => both(or),
            Some(Role::Paren | Role::Transparent) => {
                self.part(id, Part::Inner).is_some_and(|inner| self.can_stand_alone(inner, or))
            }
            _ => self.is_boolean(id),
        }
    }

    fn is_boolean_type(&self, text: &str) -> bool {
        let name = text.trim_start_matches(':').trim();
        self.file.facts.boolean_types.iter().any(|boolean| boolean == name)
    }

    fn sounds_boolean(&self, name: &str) -> bool {
        name == "Boolean"
            || self.file.facts.boolean_names.iter().any(|beginning| {
                let rest = name.strip_prefix(beginning.as_str());
                rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_uppercase() || first == '_'))
            })
    }
}

/// Whether a name is the pattern, or begins with what stands before its `*`, as a word.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.strip_prefix(beginning).is_some_and(|rest| !rest.starts_with(char::is_lowercase)),
        None => name == pattern,
    }
}

/// A string literal without its quotes; `None` where it is not written as it is.
fn unquoted(text: &str) -> Option<&str> {
    let is_plain = text.starts_with(['"', '\'', '`']) && !text.contains(['\\', '\n', '$']);
    is_plain.then(|| text.trim_matches(['"', '\'', '`']))
}
