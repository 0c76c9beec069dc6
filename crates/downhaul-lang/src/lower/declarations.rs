//! What makes names: bindings, functions, classes, modules.

use tree_sitter::Node;

use super::Lower;
use crate::facts::{
    BindingKind, CaseArm, Class, ClassId, ExprId, ExprKind, Function, FunctionId, Member, MemberKind, Param, ScopeId,
    ScopeKind, Slot, Step, Sym,
};
use crate::language::Tail;
use crate::pattern::Match;
use crate::role::{Part, Role};

impl Lower<'_> {
    /// Reads a declaration or statement; false if the node is none.
    pub(super) fn declaration(&mut self, node: Node<'_>, found: &Match<'_>) -> bool {
        match found.role {
            Role::Binding => self.binding(found),
            Role::Assign => self.assign(node, found),
            Role::Function => {
                self.function(node, found, true);
            }
            Role::Return => {
                if let Some(value) = found.part(Part::Value) {
                    let value = self.value(value);
                    self.returned(value);
                }
            }
            Role::Class => {
                self.class(node, found, true);
            }
            Role::Impl => self.implementation(found),
            Role::Alias => self.alias(found),
            Role::Field => self.field(node, found),
            Role::EnumMember => self.enum_member(node, found),
            Role::Import => self.import(node),
            Role::Export => self.export(node),
            Role::Package => self.package(node),
            Role::Module => self.module(found),
            Role::Block if self.language.facts.function_scope => self.children(node),
            Role::Block => self.scoped(ScopeKind::Block, |lower, _| lower.children(node)),
            Role::StaticInit => self.scoped(ScopeKind::StaticInit, |lower, _| {
                if let Some(body) = found.part(Part::Body) {
                    lower.children(body);
                }
            }),
            Role::Loop => self.scoped(ScopeKind::Block, |lower, _| lower.loop_over(found)),
            Role::While => self.scoped(ScopeKind::Block, |lower, _| lower.looped(|lower| lower.children(node))),
            Role::Case => self.case(node, found),
            Role::Decorator => {
                self.rename(node);
                self.slotted(Slot::Decorator, |lower| lower.children(node));
            }
            Role::Skip => {}
            _ => return false,
        }
        true
    }

    /// Functions and classes without a name of their own have a value.
    pub(super) fn value_of_declaration(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        match found.role {
            Role::Function => {
                let id = self.expr(node, ExprKind::Opaque);
                let function = self.inside(id, |lower| lower.function(node, found, false));
                self.set(id, ExprKind::Function(function));
                Some(id)
            }
            Role::Class => {
                let id = self.expr(node, ExprKind::Opaque);
                let class = self.inside(id, |lower| lower.class(node, found, false));
                self.set(id, ExprKind::Class(class));
                Some(id)
            }
            _ => None,
        }
    }

    fn returned(&mut self, value: ExprId) {
        if let Some(function) = self.facts.function_around(self.scope) {
            self.facts.functions[function.index()].returns.push(value);
        }
    }

    fn binding(&mut self, found: &Match<'_>) {
        let types = self.types(found.part(Part::Type));
        let names: Vec<Node<'_>> = found.parts(Part::Name).filter(Node::is_named).collect();
        if let Some(body) = found.part(Part::Body) {
            // A property that is computed each time it is read.
            if let [name] = names[..] {
                self.getter(name, body, types);
            }
            return;
        }
        let value = found.part(Part::Value);
        if value.and_then(|value| value.parent()).is_some_and(|declaration| self.required(declaration)) {
            return;
        }
        let parallel = value.filter(|value| names.len() > 1 && value.named_child_count() as usize == names.len());
        let first = match (parallel, value) {
            (None, Some(value)) => Some(self.single(value)),
            _ => None,
        };
        for (index, name) in names.iter().enumerate() {
            let each = parallel.and_then(|list| list.named_child(u32::try_from(index).unwrap_or(0)));
            let value = each.map(|node| self.value(node)).or(first);
            let path = if names.len() > 1 && each.is_none() {
                vec![Step::Element(u32::try_from(index).unwrap_or(0))]
            } else {
                Vec::new()
            };
            let is_static = self.has_modifier(found, "static");
            self.pattern(*name, BindingKind::Value(value), &path, &types, is_static);
        }
    }

    /// The value of a node; of a list with one element, the element's.
    fn single(&mut self, node: Node<'_>) -> ExprId {
        let is_list = node.kind() == "expression_list" && node.named_child_count() == 1;
        self.value(node.named_child(0).filter(|_| is_list).unwrap_or(node))
    }

    /// Makes the names of a pattern.
    pub(super) fn pattern(&mut self, node: Node<'_>, kind: BindingKind, path: &[Step], types: &[Sym], is_static: bool) {
        let found = self.engine.patterns.find(node);
        match found.as_ref().map(|found| found.role) {
            Some(Role::ObjectPattern) => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor).filter(|child| !child.is_extra()) {
                    self.object_pattern_part(child, kind, path);
                }
            }
            Some(Role::ArrayPattern) => {
                let mut cursor = node.walk();
                for (index, child) in node.named_children(&mut cursor).enumerate() {
                    let step = Step::Element(u32::try_from(index).unwrap_or(0));
                    self.pattern(child, kind, &with(path, step), &[], false);
                }
            }
            Some(Role::PatternDefault) => {
                let found = found.as_ref();
                if let Some(default) = found.and_then(|found| found.part(Part::Default)) {
                    self.slotted(Slot::Default, |lower| lower.value(default));
                }
                if let Some(name) = found.and_then(|found| found.part(Part::Name)) {
                    self.pattern(name, kind, path, types, false);
                }
            }
            Some(Role::Member | Role::Index) => {
                self.statement(node);
            }
            _ if node.named_child_count() == 0 => {
                let (name, span) = (self.sym(node), self.bytes(node));
                self.name_member(name, span.clone(), kind, types, is_static);
                self.bind(name, span, kind, path.to_vec(), types.to_vec());
                self.export_name(name);
            }
            _ => {
                // `mut x`, `*rest`, `(a)`: the names inside stand for the whole.
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor).filter(|child| !child.is_extra()) {
                    self.pattern(child, kind, path, types, false);
                }
            }
        }
    }

    fn object_pattern_part(&mut self, child: Node<'_>, kind: BindingKind, path: &[Step]) {
        match self.engine.patterns.find(child) {
            Some(found) if found.role == Role::PatternEntry => {
                if let (Some(key), Some(value)) = (found.part(Part::Key), found.part(Part::Value)) {
                    let step = Step::Member(self.key_text(key));
                    self.pattern(value, kind, &with(path, step), &[], false);
                }
            }
            Some(found) if found.role == Role::PatternDefault => {
                if let Some(default) = found.part(Part::Default) {
                    self.slotted(Slot::Default, |lower| lower.value(default));
                }
                if let Some(name) = found.part(Part::Name) {
                    let step = Step::Member(self.sym(name));
                    self.pattern(name, kind, &with(path, step), &[], false);
                }
            }
            _ if child.named_child_count() == 0 => {
                let step = Step::Member(self.sym(child));
                self.pattern(child, kind, &with(path, step), &[], false);
            }
            _ => self.pattern(child, kind, path, &[], false),
        }
    }

    /// In a class, a name is a member too.
    fn name_member(
        &mut self,
        name: Sym,
        name_span: std::ops::Range<u32>,
        kind: BindingKind,
        types: &[Sym],
        is_static: bool,
    ) {
        let Some(class) = self.class_scope() else { return };
        let kind = match kind {
            BindingKind::Value(value) => MemberKind::Field(value),
            BindingKind::Function(function) => MemberKind::Method(function),
            _ => return,
        };
        let member = Member { name, name_span, kind, types: types.to_vec(), is_static };
        self.facts.classes[class.index()].members.push(member);
    }

    fn getter(&mut self, name: Node<'_>, body: Node<'_>, types: Vec<Sym>) {
        let (name, span) = (self.sym(name), self.bytes(name));
        let function = self.new_function(Some(name), span.clone(), types.clone());
        self.facts.functions[function.index()].getter = true;
        self.function_body(function, Some(body));
        self.name_member(name, span.clone(), BindingKind::Function(function), &types, false);
        self.bind(name, span, BindingKind::Function(function), Vec::new(), types);
    }

    fn assign(&mut self, node: Node<'_>, found: &Match<'_>) {
        let (Some(target), Some(value)) = (found.part(Part::Target), found.part(Part::Value)) else { return };
        let id = self.expr(node, ExprKind::Opaque);
        let (target, value) = self.inside(id, |lower| (lower.value(target), lower.value(value)));
        self.set(id, ExprKind::Same(value));
        let mut inner = target;
        while let ExprKind::Same(next) = self.facts.expr(inner).kind {
            inner = next;
        }
        match self.facts.expr(inner).kind {
            ExprKind::Name(name) => self.reassign(name, value),
            ExprKind::Member(object, name) => self.assign_member(object, name, value),
            _ => {}
        }
    }

    /// Another value for a name that exists; where it does not, the assignment makes it.
    fn reassign(&mut self, name: Sym, value: ExprId) {
        let owner = self
            .facts
            .scopes_around(self.scope)
            .map(|(scope, _)| scope)
            .find(|scope| self.facts.by_name.contains_key(&(*scope, name)));
        let span = self.facts.expr(value).span.clone();
        let scope = owner.unwrap_or(self.scope);
        self.in_scope(scope, |lower| lower.bind(name, span, BindingKind::Value(Some(value)), Vec::new(), Vec::new()));
        if let Some(class) = self.facts.class_around(self.scope) {
            self.facts.classes[class.index()].assigned.push((name, value));
        }
    }

    fn assign_member(&mut self, object: ExprId, name: Sym, value: ExprId) {
        match self.facts.expr(object).kind {
            ExprKind::This => {
                if let Some(class) = self.facts.class_around(self.scope) {
                    self.facts.classes[class.index()].assigned.push((name, value));
                }
            }
            // `module.exports = …`, `exports.name = …`.
            ExprKind::Name(module) if self.facts.text(module) == "module" && self.facts.text(name) == "exports" => {
                self.export_value(value);
            }
            ExprKind::Name(exports) if self.facts.text(exports) == "exports" => {
                self.export_as(name, value);
            }
            _ => {}
        }
    }

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

    fn function(&mut self, node: Node<'_>, found: &Match<'_>, declared: bool) -> FunctionId {
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
        self.scoped(ScopeKind::Function(id), |lower, scope| {
            lower.facts.functions[id.index()].scope = scope;
            if let Some(receiver) = found.part(Part::Receiver) {
                lower.receiver(receiver);
            }
            if let Some(parameter) = found.part(Part::Parameter) {
                lower.parameter(id, parameter);
            }
            if let Some(list) = found.part(Part::Parameters) {
                lower.parameters(id, list);
            }
            lower.body(id, found.part(Part::Body), sym.is_none() || !declared);
        });
        self.in_loop = in_loop;
        id
    }

    /// A method that is read like a field.
    fn is_property(&self, node: Node<'_>) -> bool {
        let Some(parent) = node.parent().filter(|parent| parent.kind() == "decorated_definition") else { return false };
        let mut cursor = parent.walk();
        parent.named_children(&mut cursor).any(|child| {
            child.kind() == "decorator" && self.text_of(child).trim_start_matches('@').trim().ends_with("property")
        })
    }

    fn decorators(&mut self, node: Node<'_>) {
        self.slotted(Slot::Decorator, |lower| {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor).filter(|child| child.named_child_count() > 0) {
                lower.statement(child);
            }
        });
    }

    /// The type that a method stands outside of (Go); made here if the file does not have it.
    fn receiver_class(&mut self, receiver: Node<'_>) -> Option<ClassId> {
        let found = self.engine.patterns.find(receiver)?;
        let mut names = Vec::new();
        self.collect_types(found.part(Part::Type)?, &mut names);
        names.first().map(|name| self.class_by_name(*name))
    }

    /// The class with this name, made if the file has none yet.
    fn class_by_name(&mut self, name: Sym) -> ClassId {
        if let Some(index) = self.facts.classes.iter().position(|class| class.name == Some(name)) {
            return ClassId(u32::try_from(index).unwrap_or(u32::MAX));
        }
        self.new_class(Some(name), 0..0, Vec::new())
    }

    fn receiver(&mut self, receiver: Node<'_>) {
        let Some(found) = self.engine.patterns.find(receiver) else { return };
        let types = self.types(found.part(Part::Type));
        if let Some(name) = found.part(Part::Name) {
            let (sym, span) = (self.sym(name), self.bytes(name));
            self.bind(sym, span, BindingKind::Value(None), Vec::new(), types);
        }
    }

    pub(super) fn parameters(&mut self, function: FunctionId, list: Node<'_>) {
        let mut cursor = list.walk();
        let children: Vec<Node<'_>> = list.named_children(&mut cursor).filter(|child| !child.is_extra()).collect();
        for (index, child) in children.iter().enumerate() {
            // Python's `self` and Rust's `self` are handed over without being written.
            let text = self.text_of(*child);
            let is_this = index == 0
                && (child.kind() == "self_parameter" || self.language.facts.this.iter().any(|this| this == text));
            if !is_this && !child.kind().ends_with("separator") {
                self.parameter(function, *child);
            }
        }
    }

    fn parameter(&mut self, function: FunctionId, node: Node<'_>) {
        let found = self.engine.patterns.find(node).filter(|found| found.role == Role::Parameter);
        let types = self.types(found.as_ref().and_then(|found| found.part(Part::Type)));
        let default = found.as_ref().and_then(|found| found.part(Part::Default));
        let default = default.map(|default| self.slotted(Slot::Default, |lower| lower.value(default)));
        let mut names: Vec<Node<'_>> =
            found.as_ref().map(|found| found.parts(Part::Name).collect()).unwrap_or_default();
        if names.is_empty() && found.is_none() {
            names.push(node);
        }
        let promoted = found.as_ref().is_some_and(|found| found.part(Part::Modifier).is_some());
        for name in names {
            let position = self.facts.functions[function.index()].params.len();
            let simple = name.named_child_count() == 0;
            let sym = simple.then(|| self.key_text(name));
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

    fn function_body(&mut self, function: FunctionId, body: Option<Node<'_>>) {
        self.scoped(ScopeKind::Function(function), |lower, scope| {
            lower.facts.functions[function.index()].scope = scope;
            lower.body(function, body, false);
        });
    }

    fn body(&mut self, function: FunctionId, body: Option<Node<'_>>, is_lambda: bool) {
        let Some(body) = body else { return };
        let is_block = matches!(self.engine.patterns.find(body), Some(found) if found.role == Role::Block);
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
                self.facts.functions[function.index()].returns.extend(value);
            } else {
                self.children(body);
            }
        } else {
            let value = self.value(body);
            self.facts.functions[function.index()].returns.push(value);
        }
        (self.parent, self.slot) = (parent, slot);
    }

    fn new_class(&mut self, name: Option<Sym>, span: std::ops::Range<u32>, bases: Vec<Sym>) -> ClassId {
        let id = ClassId(u32::try_from(self.facts.classes.len()).unwrap_or(u32::MAX));
        self.facts.classes.push(Class {
            name,
            span,
            bases,
            members: Vec::new(),
            scope: self.scope,
            params: Vec::new(),
            assigned: Vec::new(),
            alias: Vec::new(),
            strings: Vec::new(),
        });
        id
    }

    fn class(&mut self, node: Node<'_>, found: &Match<'_>, declared: bool) -> ClassId {
        let name = found.part(Part::Name);
        let sym = name.map(|name| self.sym(name));
        let span = self.bytes(name.unwrap_or(node));
        let mut bases = Vec::new();
        for base in found.parts(Part::Base) {
            self.collect_types(base, &mut bases);
        }
        // Go's methods may stand before their type.
        let existing = sym.and_then(|sym| {
            self.facts.classes.iter().position(|class| class.name == Some(sym) && class.span.is_empty())
        });
        let id = match existing {
            Some(index) => {
                self.facts.classes[index].span = span.clone();
                ClassId(u32::try_from(index).unwrap_or(u32::MAX))
            }
            None => self.new_class(sym, span.clone(), bases),
        };
        if let (Some(sym), true) = (sym, declared) {
            self.bind(sym, span, BindingKind::Class(id), Vec::new(), Vec::new());
            self.export_name(sym);
        }
        for modifier in found.parts(Part::Modifier) {
            self.decorators(modifier);
        }
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            for base in found.parts(Part::Base) {
                lower.statement(base);
            }
            if let Some(parameters) = found.part(Part::Parameters) {
                lower.constructor(id, parameters);
            }
            if let Some(body) = found.part(Part::Body) {
                lower.class_body(body);
            }
        });
        id
    }

    /// The constructor that is written with the class: its parameters are seen in the whole class.
    fn constructor(&mut self, class: ClassId, parameters: Node<'_>) {
        let constructor = self.new_function(None, self.bytes(parameters), Vec::new());
        self.parameters(constructor, parameters);
        let params = std::mem::take(&mut self.facts.functions[constructor.index()].params);
        self.facts.functions[constructor.index()].params = params
            .iter()
            .map(|param| Param { name: param.name, types: param.types.clone(), default: param.default })
            .collect();
        self.facts.classes[class.index()].params = params;
    }

    fn class_body(&mut self, body: Node<'_>) {
        let mut cursor = body.walk();
        for child in body.named_children(&mut cursor) {
            let is_bare_member = child.kind() == "property_identifier";
            if is_bare_member {
                let (name, span) = (self.sym(child), self.bytes(child));
                self.add_member(name, span, MemberKind::EnumMember(Vec::new()), Vec::new(), true);
            } else {
                self.statement(child);
                let waits = matches!(self.engine.patterns.find(child), Some(found) if found.role == Role::Decorator);
                if !waits && !child.is_extra() {
                    self.attributes.clear();
                }
            }
        }
    }

    pub(super) fn anonymous_class(&mut self, body: Node<'_>) {
        let id = self.new_class(None, self.bytes(body), Vec::new());
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            lower.class_body(body);
        });
    }

    /// Members for a class that stands elsewhere; without a name, for the one around.
    fn implementation(&mut self, found: &Match<'_>) {
        let mut names = Vec::new();
        if let Some(name) = found.part(Part::Name) {
            self.collect_types(name, &mut names);
        }
        let class = match names.first() {
            Some(name) => self.class_by_name(*name),
            None => match self.facts.class_around(self.scope) {
                Some(class) => class,
                None => return,
            },
        };
        let mut bases = Vec::new();
        for base in found.parts(Part::Base) {
            self.collect_types(base, &mut bases);
        }
        self.facts.classes[class.index()].bases.extend(bases);
        if let Some(body) = found.part(Part::Body) {
            self.scoped(ScopeKind::Class(class), |lower, _| lower.class_body(body));
        }
    }

    fn alias(&mut self, found: &Match<'_>) {
        let (Some(name), Some(value)) = (found.part(Part::Name), found.part(Part::Value)) else { return };
        let (sym, span) = (self.sym(name), self.bytes(name));
        let id = self.new_class(Some(sym), span.clone(), Vec::new());
        self.bind(sym, span, BindingKind::Class(id), Vec::new(), Vec::new());
        self.export_name(sym);
        let first = self.facts.exprs.len();
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            let alias = lower.types(Some(value));
            lower.facts.classes[id.index()].alias = alias;
        });
        let strings = (first..self.facts.exprs.len())
            .map(|index| ExprId(u32::try_from(index).unwrap_or(u32::MAX)))
            .filter(|id| matches!(self.facts.expr(*id).kind, ExprKind::String(_)))
            .collect();
        self.facts.classes[id.index()].strings = strings;
        self.object_type_members(id, first);
    }

    /// The entries of an object type are members of the type it is named.
    fn object_type_members(&mut self, class: ClassId, first: usize) {
        let mut members = Vec::new();
        for expr in &self.facts.exprs[first..] {
            if let ExprKind::Object(entries) = &expr.kind {
                for entry in entries {
                    if let crate::facts::EntryKey::Text(name) = entry.key {
                        members.push((name, entry.key_span.clone()));
                    }
                }
            }
        }
        for (name, name_span) in members {
            let member = Member { name, name_span, kind: MemberKind::Field(None), types: Vec::new(), is_static: false };
            self.facts.classes[class.index()].members.push(member);
        }
    }

    /// `#[serde(rename = "key")]`: another name for the member that follows.
    fn rename(&mut self, node: Node<'_>) {
        let text = self.text_of(node);
        let renames = self.language.facts.rename_attributes.iter().any(|name| text.contains(name.as_str()));
        let mut stack = vec![node];
        while let Some(node) = stack.pop().filter(|_| renames) {
            let mut cursor = node.walk();
            let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
            for pair in children.windows(2) {
                let gives_name = matches!(self.text_of(pair[0]), "rename" | "serialize" | "to_string" | "name");
                if gives_name && matches!(self.engine.patterns.find(pair[1]), Some(found) if found.role == Role::String)
                {
                    let value = self.string(pair[1]);
                    self.attributes.push(value);
                    return;
                }
            }
            stack.extend(children);
        }
    }

    fn add_member(
        &mut self,
        name: Sym,
        name_span: std::ops::Range<u32>,
        kind: MemberKind,
        types: Vec<Sym>,
        is_static: bool,
    ) {
        if let Some(class) = self.class_scope() {
            self.facts.classes[class.index()].members.push(Member { name, name_span, kind, types, is_static });
        }
    }

    fn field(&mut self, _: Node<'_>, found: &Match<'_>) {
        let types = self.types(found.part(Part::Type));
        let value = found.part(Part::Value).map(|value| self.value(value));
        let is_static = self.has_modifier(found, "static");
        for modifier in found.parts(Part::Modifier) {
            self.decorators(modifier);
        }
        for name in found.parts(Part::Name).filter(Node::is_named) {
            let (sym, span) = (self.key_text(name), self.bytes(name));
            self.add_member(sym, span.clone(), MemberKind::Field(value), types.clone(), is_static);
            if self.language.facts.implicit_members {
                self.bind(sym, span, BindingKind::Value(value), Vec::new(), types.clone());
            }
        }
    }

    fn enum_member(&mut self, _: Node<'_>, found: &Match<'_>) {
        let Some(name) = found.part(Part::Name) else { return };
        let (sym, span) = (self.key_text(name), self.bytes(name));
        let mut values = std::mem::take(&mut self.attributes);
        values.extend(found.part(Part::Value).map(|value| self.value(value)));
        if let Some(arguments) = found.part(Part::Arguments) {
            let id = self.expr(arguments, ExprKind::Opaque);
            values.extend(self.arguments(id, Some(arguments)).into_iter().map(|arg| arg.value));
        }
        self.add_member(sym, span, MemberKind::EnumMember(values), Vec::new(), true);
    }

    fn module(&mut self, found: &Match<'_>) {
        let (Some(name), body) = (found.part(Part::Name), found.part(Part::Body)) else { return };
        let (sym, span) = (self.sym(name), self.bytes(name));
        let scope = ScopeId(u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX));
        self.bind(sym, span, BindingKind::Module(scope), Vec::new(), Vec::new());
        self.scoped(ScopeKind::Module(sym), |lower, _| {
            if let Some(body) = body {
                lower.children(body);
            }
        });
    }

    fn loop_over(&mut self, found: &Match<'_>) {
        let iterable = found.part(Part::Iterable).map(|iterable| self.value(iterable));
        if let Some(iterable) = iterable {
            // Of several names, the last one is the element: Go's `for index, element := range`.
            let items: Vec<Node<'_>> = found.parts(Part::Item).filter(Node::is_named).collect();
            if let Some(item) = items.last() {
                self.pattern(*item, BindingKind::Element(iterable), &[], &[], false);
            }
        }
        if let Some(body) = found.part(Part::Body) {
            self.looped(|lower| lower.statement(body));
        }
    }

    fn case(&mut self, node: Node<'_>, found: &Match<'_>) {
        let value = found.part(Part::Value);
        let pattern = self.slotted(Slot::Case, |lower| {
            let first = lower.facts.exprs.len();
            match value {
                Some(value) => lower.statement(value),
                None => lower.children(node),
            }
            (first < lower.facts.exprs.len()).then(|| ExprId(u32::try_from(first).unwrap_or(u32::MAX)))
        });
        if let Some(body) = found.part(Part::Body) {
            let body = self.value(body);
            if let Some(pattern) = pattern {
                self.facts.cases.push(CaseArm { pattern, body });
            }
        } else if let Some(value) = value {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor).filter(|child| child.id() != value.id()) {
                self.statement(child);
            }
        }
    }
}

fn with(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}
