//! What has a value.

use super::Lower;
use crate::facts::{Arg, Call, CallForm, Entry, EntryKey, ExprId, ExprKind, Slot, Sym};
use crate::pattern::Match;
use crate::role::{Part, Role};
use crate::tree::Node;

impl Lower<'_> {
    /// Reads an expression; `None` if the node is none.
    pub(super) fn expression(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        Some(match found.role {
            Role::String => self.string(node),
            Role::Joined => self.parts(node, ExprKind::Concat),
            Role::Array => self.parts(node, ExprKind::Array),
            Role::Regex => {
                let sym = self.sym(node);
                self.expr(node, ExprKind::Regex(sym))
            }
            Role::Name => {
                let sym = self.sym(node);
                let is_this = self.language.facts.this.iter().any(|this| this == self.facts.text(sym));
                self.expr(node, if is_this { ExprKind::This } else { ExprKind::Name(sym) })
            }
            Role::This => self.expr(node, ExprKind::This),
            Role::True => self.expr(node, ExprKind::Bool(true)),
            Role::False => self.expr(node, ExprKind::Bool(false)),
            Role::Bool => self.expr(node, ExprKind::Bool(self.text_of(node) == "true")),
            Role::Literal => {
                let sym = self.sym(node);
                self.expr(node, ExprKind::Literal(sym))
            }
            Role::Member => self.member(node, found.part(Part::Object)?, found.part(Part::Name)?),
            Role::ImplicitMember => {
                let name = found.part(Part::Name)?;
                let text = format!(".{}", self.text_of(name));
                let sym = self.facts.intern(&text);
                let id = self.expr(node, ExprKind::Name(sym));
                self.facts.exprs[id.index()].name_at = self.bytes(name).start;
                id
            }
            Role::Index => {
                let (object, key) = (found.part(Part::Object)?, found.part(Part::Key)?);
                self.pair(node, object, key, ExprKind::Index)
            }
            Role::Compare => {
                let (left, right) = (found.part(Part::Left)?, found.part(Part::Right)?);
                self.pair(node, left, right, ExprKind::Compare)
            }
            Role::Call => self.call(node, found)?,
            Role::New => self.construct(node, found)?,
            Role::Element => self.element(node, found)?,
            Role::Argument => self.value(found.part(Part::Value)?),
            Role::Object => self.object(node),
            Role::Entry => {
                // A pair outside an object: Kotlin's `a to b`.
                let id = self.expr(node, ExprKind::Opaque);
                let entry = self.inside(id, |lower| lower.entry(node, found));
                self.set(id, ExprKind::Object(entry.into_iter().collect()));
                id
            }
            Role::Conditional => self.conditional(node, found)?,
            Role::Either => self.either(node, found.part(Part::Left)?, found.part(Part::Right)?),
            Role::Concat => {
                let (left, right) = (found.part(Part::Left)?, found.part(Part::Right)?);
                self.pair(node, left, right, |left, right| ExprKind::Concat(vec![left, right]))
            }
            Role::Infix => self.infix(node, found)?,
            Role::Pipe => self.pipe(node, found.part(Part::Left)?, found.part(Part::Right)?),
            Role::Switch => self.switch(node, found),
            Role::Format => self.template(node, found.part(Part::Left)?, found.part(Part::Right)?),
            Role::Not => self.around(node, found.part(Part::Inner)?, ExprKind::Not),
            Role::Transparent => {
                let id = self.around(node, found.part(Part::Inner)?, ExprKind::Same);
                if let (Some(kind), ExprKind::Same(inner)) = (found.part(Part::Type), &self.facts.expr(id).kind) {
                    let inner = *inner;
                    let types = self.types(Some(kind));
                    self.facts.typed.insert(inner, types);
                }
                id
            }
            Role::Macro => self.macro_call(node, found)?,
            _ => return None,
        })
    }

    fn around(&mut self, node: Node<'_>, inner: Node<'_>, kind: impl FnOnce(ExprId) -> ExprKind) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let inner = self.inside(id, |lower| lower.value(inner));
        self.set(id, kind(inner));
        id
    }

    fn pair(
        &mut self,
        node: Node<'_>,
        left: Node<'_>,
        right: Node<'_>,
        kind: impl FnOnce(ExprId, ExprId) -> ExprKind,
    ) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let (left, right) = self.inside(id, |lower| (lower.value(left), lower.value(right)));
        self.set(id, kind(left, right));
        id
    }

    /// An operator that the grammar does not tell from others.
    fn infix(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let (left, right) = (found.part(Part::Left)?, found.part(Part::Right)?);
        let operator = found.part(Part::Operator)?;
        Some(match self.text_of(operator) {
            "+" | "++" => self.pair(node, left, right, |left, right| ExprKind::Concat(vec![left, right])),
            "==" | "!=" | "===" | "=:=" => self.pair(node, left, right, ExprKind::Compare),
            "getOrElse" | "orElse" => self.either(node, left, right),
            "->" | "to" => {
                let id = self.expr(node, ExprKind::Opaque);
                let (key, value) = self.inside(id, |lower| (lower.value(left), lower.value(right)));
                let key_span = self.bytes(left);
                self.set(id, ExprKind::Object(vec![Entry { key: EntryKey::Value(key), key_span, value: Some(value) }]));
                id
            }
            "&&" | "||" | "<" | ">" | "<=" | ">=" | "-" | "*" | "/" => {
                self.pair(node, left, right, |_, _| ExprKind::Opaque)
            }
            _ => {
                let id = self.expr(node, ExprKind::Opaque);
                let callee = self.inside(id, |lower| lower.member(node, left, operator));
                let value = self.inside(id, |lower| lower.value(right));
                self.facts.exprs[id.index()].name_at = self.name_of(callee);
                self.set(
                    id,
                    ExprKind::Call(Call { callee, args: vec![Arg { name: None, value }], form: CallForm::Call }),
                );
                id
            }
        })
    }

    /// `left |> call`: a call with one more argument.
    fn pipe(&mut self, node: Node<'_>, left: Node<'_>, right: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let (first, call) = self.inside(id, |lower| (lower.value(left), lower.value(right)));
        if let ExprKind::Call(call) = &mut self.facts.exprs[call.index()].kind {
            call.args.insert(0, Arg { name: None, value: first });
        }
        self.set(id, ExprKind::Same(call));
        id
    }

    fn parts(&mut self, node: Node<'_>, kind: impl FnOnce(Vec<ExprId>) -> ExprKind) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let parts = self.inside(id, |lower| node.named_children().map(|child| lower.value(child)).collect::<Vec<_>>());
        self.set(id, kind(parts));
        id
    }

    pub(super) fn member(&mut self, node: Node<'_>, object: Node<'_>, name: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let object = self.inside(id, |lower| lower.value(object));
        let at = self.bytes(name).start;
        let name = self.sym(name);
        self.set(id, ExprKind::Member(object, name));
        self.facts.exprs[id.index()].name_at = at;
        id
    }

    fn conditional(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let (condition, then, other) = (found.part(Part::Condition)?, found.part(Part::Then)?, found.part(Part::Else)?);
        self.note_if(node, found);
        let id = self.expr(node, ExprKind::Opaque);
        let choices = self.inside(id, |lower| {
            lower.statement(condition);
            vec![lower.value(then), lower.value(other)]
        });
        self.set(id, ExprKind::Choice(choices));
        Some(id)
    }

    /// A template and what fills its gaps, as a call of the operator between them.
    fn template(&mut self, node: Node<'_>, template: Node<'_>, filling: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let operator = self.facts.intern("%");
        let (callee, value) = self.inside(id, |lower| {
            let callee = lower.expr(template, ExprKind::Opaque);
            let object = lower.inside(callee, |lower| lower.value(template));
            lower.set(callee, ExprKind::Member(object, operator));
            (callee, lower.value(filling))
        });
        self.set(id, ExprKind::Call(Call { callee, args: vec![Arg { name: None, value }], form: CallForm::Call }));
        id
    }

    fn either(&mut self, node: Node<'_>, left: Node<'_>, right: Node<'_>) -> ExprId {
        self.pair(node, left, right, |left, right| ExprKind::Choice(vec![left, right]))
    }

    fn call(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let id = self.expr(node, ExprKind::Opaque);
        let in_annotation = self.slot == Slot::Decorator;
        let callee = self.inside(id, |lower| match (found.part(Part::Callee), found.part(Part::Name)) {
            (Some(callee), _) => Some(lower.value(callee)),
            (None, Some(name)) => Some(match found.part(Part::Receiver) {
                Some(receiver) => lower.member(node, receiver, name),
                None => {
                    let sym = lower.sym(name);
                    lower.expr(name, ExprKind::Name(sym))
                }
            }),
            (None, None) => None,
        })?;
        let mut args = self.arguments(id, found.part(Part::Arguments));
        if let Some(lambda) = found.part(Part::Lambda) {
            let value = self.inside(id, |lower| lower.value(lambda));
            args.push(Arg { name: None, value });
        }
        self.facts.exprs[id.index()].name_at = self.name_of(callee);
        let form = if in_annotation { CallForm::Annotation } else { CallForm::Call };
        self.set(id, ExprKind::Call(Call { callee, args, form }));
        Some(id)
    }

    /// Where the last name of a callee stands.
    fn name_of(&self, callee: ExprId) -> u32 {
        let mut id = callee;
        while let ExprKind::Same(inner) = self.facts.expr(id).kind {
            id = inner;
        }
        self.facts.expr(id).name_at
    }

    fn construct(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let kind = found.part(Part::Type)?;
        let id = self.expr(node, ExprKind::Opaque);
        let callee = self.inside(id, |lower| match lower.engine.patterns.find(kind, lower.text) {
            Some(_) => lower.value(kind),
            None => {
                let mut names = Vec::new();
                lower.collect_types(kind, &mut names);
                let fallback = lower.facts.intern("");
                lower.expr(kind, ExprKind::Name(names.first().copied().unwrap_or(fallback)))
            }
        });
        let args = self.arguments(id, found.part(Part::Arguments));
        if let Some(body) = found.part(Part::Body) {
            self.inside(id, |lower| lower.anonymous_class(body));
        }
        self.facts.exprs[id.index()].name_at = self.name_of(callee);
        self.set(id, ExprKind::Call(Call { callee, args, form: CallForm::New }));
        Some(id)
    }

    pub(super) fn arguments(&mut self, call: ExprId, list: Option<Node<'_>>) -> Vec<Arg> {
        let Some(list) = list else { return Vec::new() };
        let mut args = Vec::new();
        let is_argument = |child: &Node<'_>| !child.is_extra() && !child.kind().ends_with("_paren");
        for child in list.named_children().filter(is_argument) {
            let found = self.engine.patterns.find(child, self.text);
            // An entry with a plain name is an argument by name (Ruby).
            let found = found.filter(|found| match found.role {
                Role::Argument => true,
                Role::Entry => found.part(Part::Key).is_some_and(|key| self.is_plain_name(key)),
                _ => false,
            });
            let name = found.as_ref().and_then(|found| found.part(Part::Name).or_else(|| found.part(Part::Key)));
            let name = name.map(|name| self.plain_key(name));
            let value = found.as_ref().and_then(|found| found.part(Part::Value)).unwrap_or(child);
            let value = self.inside(call, |lower| lower.value(value));
            args.push(Arg { name, value });
        }
        args
    }

    /// An element of a markup tree is a call with its attributes as one object.
    fn element(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let name = found.part(Part::Name)?;
        let id = self.expr(node, ExprKind::Opaque);
        let callee = self.inside(id, |lower| lower.value(name));
        let object = self.inside(id, |lower| lower.expr(node, ExprKind::Opaque));
        let mut entries = Vec::new();
        for attribute in found.parts(Part::Attribute) {
            let parts = self.engine.patterns.find(attribute, self.text).filter(|parts| parts.role == Role::Attribute);
            let Some(parts) = parts else {
                self.inside(object, |lower| lower.statement(attribute));
                continue;
            };
            let Some(key) = parts.part(Part::Name) else { continue };
            let key_span = self.bytes(key);
            let sym = self.sym(key);
            let value = parts.part(Part::Value).map(|value| self.inside(object, |lower| lower.value(value)));
            entries.push(Entry { key: EntryKey::Text(sym), key_span, value });
        }
        self.set(object, ExprKind::Object(entries));
        self.facts.exprs[id.index()].name_at = self.name_of(callee);
        let args = vec![Arg { name: None, value: object }];
        self.set(id, ExprKind::Call(Call { callee, args, form: CallForm::Element }));
        Some(id)
    }

    fn object(&mut self, node: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let children: Vec<Node<'_>> = node.named_children().collect();
        let is_flat = node.child_by_field_name("key").is_some();
        let mut entries = Vec::new();
        for pair in children.chunks(if is_flat { 2 } else { 1 }) {
            let entry = self.inside(id, |lower| match pair {
                // Keys and values in turn, without a node for the pair (Swift).
                [key, value] => {
                    let key_span = lower.bytes(*key);
                    let key = EntryKey::Value(lower.value(*key));
                    Some(Entry { key, key_span, value: Some(lower.value(*value)) })
                }
                [child, ..] => lower.object_part(*child),
                [] => None,
            });
            entries.extend(entry);
        }
        self.set(id, ExprKind::Object(entries));
        id
    }

    fn object_part(&mut self, node: Node<'_>) -> Option<Entry> {
        let Some(found) = self.engine.patterns.find(node, self.text) else {
            let is_spread = node.kind().contains("spread") || node.kind().contains("splat");
            let value = self.value(node.named_child(0).unwrap_or(node));
            let key_span = self.bytes(node);
            return is_spread.then_some(Entry { key: EntryKey::Spread, key_span, value: Some(value) });
        };
        match found.role {
            Role::Entry => self.entry(node, &found),
            Role::Shorthand => {
                let name = found.part(Part::Name).unwrap_or(node);
                let sym = self.sym(name);
                let value = self.expr(name, ExprKind::Name(sym));
                Some(Entry { key: EntryKey::Text(sym), key_span: self.bytes(name), value: Some(value) })
            }
            Role::Function => {
                let name = found.part(Part::Name)?;
                let (sym, key_span) = (self.key_text(name), self.bytes(name));
                let value = self.value(node);
                Some(Entry { key: EntryKey::Text(sym), key_span, value: Some(value) })
            }
            // `new Settings { Flag = "a", ["b"] = true }`.
            Role::Assign => {
                let (target, value) = (found.part(Part::Target)?, found.part(Part::Value)?);
                let key_span = self.bytes(target);
                let target = self.value(target);
                let key = match self.facts.expr(target).kind {
                    ExprKind::Name(name) => EntryKey::Text(name),
                    ExprKind::Same(inner) => EntryKey::Value(inner),
                    _ => EntryKey::Value(target),
                };
                Some(Entry { key, key_span, value: Some(self.value(value)) })
            }
            // `new Map { { "a", true } }`.
            Role::Array if node.named_child_count() == 2 => {
                let (key, value) = (node.named_child(0)?, node.named_child(1)?);
                let key_span = self.bytes(key);
                let key = EntryKey::Value(self.value(key));
                Some(Entry { key, key_span, value: Some(self.value(value)) })
            }
            // A member of an object type.
            Role::Field => {
                let name = found.part(Part::Name)?;
                let (sym, key_span) = (self.key_text(name), self.bytes(name));
                self.types(found.part(Part::Type));
                Some(Entry { key: EntryKey::Text(sym), key_span, value: None })
            }
            _ => {
                self.statement(node);
                None
            }
        }
    }

    fn entry(&mut self, _: Node<'_>, found: &Match<'_>) -> Option<Entry> {
        let (key, value) = (found.part(Part::Key)?, found.part(Part::Value)?);
        let key_span = self.bytes(key);
        let key = if self.is_plain_name(key) {
            EntryKey::Text(self.plain_key(key))
        } else {
            EntryKey::Value(self.value(key))
        };
        Some(Entry { key, key_span, value: Some(self.value(value)) })
    }

    /// Whether the key of an entry is a name and not an expression.
    fn is_plain_name(&self, key: Node<'_>) -> bool {
        self.engine.patterns.find(key, self.text).is_none() && key.is_leaf()
    }

    /// A name without the colon that some grammars count in.
    fn plain_key(&mut self, node: Node<'_>) -> Sym {
        let text = self.text_of(node).trim_matches('`').trim_end().trim_end_matches(':');
        self.facts.intern(text)
    }

    /// The text of a name that may be quoted.
    pub(super) fn key_text(&mut self, node: Node<'_>) -> crate::facts::Sym {
        let text = self.text_of(node).trim_matches(['"', '\'', '`']);
        self.facts.intern(text)
    }
}
