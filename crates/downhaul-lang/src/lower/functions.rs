//! Functions, methods and lambdas: parameters, bodies, what they return.

use super::Lower;
use crate::facts::{BindingKind, ClassId, Function, FunctionId, Member, MemberKind, Param, ScopeKind, Slot, Sym};
use crate::language::Tail;
use crate::pattern::Match;
use crate::role::{Part, Role};
use crate::tree::Node;

impl Lower<'_> {
    pub(super) fn new_function(
        &mut self,
        name: Option<Sym>,
        span: std::ops::Range<u32>,
        types: Vec<Sym>,
    ) -> FunctionId {
        let id = self.next_function();
        let class = self.class_scope();
        self.facts.functions.push(Function {
            name,
            span,
            params: Vec::new(),
            returns: Vec::new(),
            scope: self.scope,
            class,
            types,
            getter: false,
            signature: false,
        });
        id
    }

    pub(super) fn function(&mut self, node: Node<'_>, found: &Match<'_>, declared: bool) -> FunctionId {
        let name = found.part(Part::Name);
        let sym = name.map(|name| self.key_text(name));
        let span = self.bytes(name.unwrap_or(node));
        let types = self.types(found.part(Part::Type));
        let id = self.new_function(sym, span.clone(), types.clone());
        self.facts.functions[id.index()].getter = self.has_modifier(found, "get") || self.is_property(node);
        self.facts.functions[id.index()].signature = found.part(Part::Body).is_none();
        if let (Some(sym), true) = (sym, declared) {
            let receiver = found.part(Part::Receiver);
            if receiver.is_none() {
                let is_static = self.has_modifier(found, "static");
                self.name_member(sym, span.clone(), BindingKind::Function(id), &types, is_static);
                self.bind(sym, span, BindingKind::Function(id), Vec::new(), types);
                self.export_name(sym);
            } else if let Some(class) = receiver.and_then(|receiver| self.receiver_class(receiver)) {
                self.facts.functions[id.index()].class = Some(class);
                let member =
                    Member { name: sym, name_span: span, kind: MemberKind::Method(id), types, is_static: false };
                self.facts.classes[class.index()].members.push(member);
            }
        }
        for decorator in found.parts(Part::Modifier) {
            self.decorators(decorator);
        }
        let in_loop = std::mem::replace(&mut self.in_loop, false);
        // A method that is written outside of its class sees the class from inside (C++).
        let class = self.facts.functions[id.index()].class;
        let outer = self.scope;
        if let Some(class) =
            class.filter(|_| found.part(Part::Receiver).is_some() && self.language.facts.implicit_members)
        {
            self.scope = self.new_scope(ScopeKind::Class(class));
        }
        self.scoped(ScopeKind::Function(id), |lower, scope| {
            lower.facts.functions[id.index()].scope = scope;
            if let Some(receiver) = found.part(Part::Receiver) {
                lower.receiver(receiver);
            }
            for parameter in found.parts(Part::Parameter) {
                lower.parameter(id, parameter);
            }
            if let Some(list) = found.part(Part::Parameters) {
                lower.parameters(id, list);
            }
            lower.body(id, found.part(Part::Body), sym.is_none() || !declared);
        });
        self.scope = outer;
        self.in_loop = in_loop;
        id
    }

    /// A method that is read like a field.
    pub(super) fn is_property(&self, node: Node<'_>) -> bool {
        let Some(parent) = node.parent().filter(|parent| parent.kind() == "decorated_definition") else { return false };
        parent.named_children().any(|child| {
            child.kind() == "decorator" && self.text_of(child).trim_start_matches('@').trim().ends_with("property")
        })
    }

    pub(super) fn decorators(&mut self, node: Node<'_>) {
        self.slotted(Slot::Decorator, |lower| {
            if matches!(lower.engine.patterns.find(node, lower.text), Some(found) if found.role == Role::Call) {
                lower.statement(node);
                return;
            }
            for child in node.named_children().filter(|child| !child.is_leaf()) {
                lower.statement(child);
            }
        });
    }

    /// The type that a method stands outside of (Go); made here if the file does not have it.
    pub(super) fn receiver_class(&mut self, receiver: Node<'_>) -> Option<ClassId> {
        let found = self.engine.patterns.find(receiver, self.text)?;
        let mut names = Vec::new();
        self.collect_types(found.part(Part::Type).unwrap_or(receiver), &mut names);
        names.first().map(|name| self.class_by_name(*name))
    }

    /// The class with this name, made if the file has none yet.
    pub(super) fn class_by_name(&mut self, name: Sym) -> ClassId {
        if let Some(index) = self.facts.classes.iter().position(|class| class.name == Some(name)) {
            return ClassId(u32::try_from(index).unwrap_or(u32::MAX));
        }
        self.new_class(Some(name), 0..0, Vec::new())
    }

    pub(super) fn receiver(&mut self, receiver: Node<'_>) {
        let Some(found) = self.engine.patterns.find(receiver, self.text) else { return };
        let types = self.types(found.part(Part::Type));
        if found.role != Role::Parameter {
            return;
        }
        if let Some(name) = found.part(Part::Name) {
            let (sym, span) = (self.sym(name), self.bytes(name));
            self.bind(sym, span, BindingKind::Value(None), Vec::new(), types);
        }
    }

    pub(super) fn parameters(&mut self, function: FunctionId, list: Node<'_>) {
        let children: Vec<Node<'_>> = list.named_children().collect();
        for (index, child) in children.iter().enumerate() {
            // Python's `self` and Rust's `self` are handed over without being written.
            let text = self.text_of(*child);
            let is_this = index == 0
                && (child.kind() == "self_parameter" || self.language.facts.this.iter().any(|this| this == text));
            // A default that stands beside its parameter (Kotlin) was read with it.
            if child.prev_sibling().is_some_and(|before| before.kind() == "=") {
                continue;
            }
            if is_this || child.kind().ends_with("separator") {
                continue;
            }
            // Optional parameters in a list of their own (Dart).
            if child.kind().ends_with("parameters") && self.engine.patterns.find(*child, self.text).is_none() {
                self.parameters(function, *child);
            } else {
                self.parameter(function, *child);
            }
        }
    }

    pub(super) fn parameter(&mut self, function: FunctionId, node: Node<'_>) {
        let found = self.engine.patterns.find(node, self.text).filter(|found| found.role == Role::Parameter);
        let types = self.types(found.as_ref().and_then(|found| found.part(Part::Type)));
        let beside = || node.next_sibling().filter(|next| next.kind() == "=").and_then(|equals| equals.next_sibling());
        let default = found.as_ref().and_then(|found| found.part(Part::Default).or_else(beside));
        let default = default.map(|default| self.slotted(Slot::Default, |lower| lower.value(default)));
        let mut names: Vec<Node<'_>> =
            found.as_ref().map(|found| found.parts(Part::Name).collect()).unwrap_or_default();
        if names.is_empty() && found.is_none() {
            names.push(node);
        }
        let promoted = found.as_ref().is_some_and(|found| found.part(Part::Modifier).is_some());
        for child in node.named_children() {
            if self.engine.patterns.find(child, self.text).is_some_and(|found| found.role == Role::Decorator) {
                self.decorators(child);
            }
        }
        for name in names {
            let position = self.facts.functions[function.index()].params.len();
            let simple = name.is_leaf();
            // What callers name it, where that is another name (Swift).
            let label = found.as_ref().and_then(|found| found.part(Part::Key));
            let sym = simple.then(|| self.key_text(label.unwrap_or(name)));
            self.facts.functions[function.index()].params.push(Param { name: sym, types: types.clone(), default });
            let kind = BindingKind::Parameter(function, u32::try_from(position).unwrap_or(0));
            self.pattern(name, kind, &[], &types, false);
            if let (true, Some(sym), Some(class)) = (promoted, sym, self.facts.functions[function.index()].class) {
                let member = Member {
                    name: sym,
                    name_span: self.bytes(name),
                    kind: MemberKind::Field(None),
                    types: types.clone(),
                    is_static: false,
                };
                self.facts.classes[class.index()].members.push(member);
            }
        }
    }

    pub(super) fn function_body(&mut self, function: FunctionId, body: Option<Node<'_>>) {
        self.scoped(ScopeKind::Function(function), |lower, scope| {
            lower.facts.functions[function.index()].scope = scope;
            lower.body(function, body, false);
        });
    }

    pub(super) fn body(&mut self, function: FunctionId, body: Option<Node<'_>>, is_lambda: bool) {
        let Some(body) = body else { return };
        let is_block = matches!(self.engine.patterns.find(body, self.text), Some(found) if found.role == Role::Block);
        // What is around the function is not around what it does.
        let parent = self.parent.take();
        let slot = std::mem::take(&mut self.slot);
        if is_block {
            let tail = match self.language.facts.tail {
                Tail::Functions => true,
                Tail::Lambdas => is_lambda,
                Tail::Nothing => false,
            };
            if tail {
                let value = self.statements_then_value(body);
                let returns = &mut self.facts.functions[function.index()].returns;
                returns.extend(value.filter(|value| !returns.contains(value)).into_iter().collect::<Vec<_>>());
            } else {
                self.children(body);
            }
        } else if self.text_of(body).starts_with('=') {
            // A body that is one expression (Kotlin).
            if let Some(inner) = body.named_child(0) {
                let value = self.value(inner);
                self.facts.functions[function.index()].returns.push(value);
            }
        } else if matches!(body.kind(), "block" | "function_body") {
            self.children(body);
        } else {
            let value = self.value(body);
            self.facts.functions[function.index()].returns.push(value);
        }
        (self.parent, self.slot) = (parent, slot);
    }
}
