//! What makes names: bindings, functions, classes, modules.

use super::Lower;
use crate::facts::{
    BindingKind, CaseArm, ExprId, ExprKind, Import, Imported, Member, MemberKind, ScopeId, ScopeKind, Slot, Step, Sym,
};
use crate::pattern::Match;
use crate::role::{Part, Role};
use crate::tree::Node;

/// What grammars call a list of statements.
const STATEMENTS: &[&str] = &["block", "statement_block", "statement_list", "statements"];

/// Words by which an arm of a switch leaves the function.
const LEAVES: &[&str] = &["return", "throw", "panic!", "unreachable!", "error(", "break", "continue"];

impl Lower<'_> {
    /// Reads a declaration or statement; false if the node is none.
    pub(super) fn declaration(&mut self, node: Node<'_>, found: &Match<'_>) -> bool {
        match found.role {
            Role::Binding => {
                let first = self.facts.bindings.len();
                self.binding(found);
                self.say_where(first, node);
            }
            Role::Assign => {
                self.assign(node, found);
            }
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
            Role::Package => self.package(node, found),
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
            Role::Choose => self.choose(node, found),
            Role::Otherwise => {
                self.otherwise();
                self.children(node);
            }
            Role::If => {
                self.note_if(node, found);
                self.children(node);
            }
            Role::Arm => {
                if found.part(Part::Default).is_some() {
                    self.otherwise();
                }
                let body = found.part(Part::Body);
                for child in node.named_children().filter(|child| Some(*child) != body) {
                    self.statement(child);
                }
                if let Some(body) = body {
                    self.arm(body);
                }
            }
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
            Role::Assign => self.assign(node, found),
            Role::Return => {
                let value = found.part(Part::Value)?;
                let value = self.value(value);
                self.returned(value);
                Some(value)
            }
            _ => None,
        }
    }

    /// Notes the list of statements that `node` is one of for the values that it gives to names.
    fn say_where(&mut self, first: usize, node: Node<'_>) {
        let Some(list) = statements_around(node) else { return };
        let within = self.bytes(list);
        for binding in &mut self.facts.bindings[first..] {
            let starts = within.start <= binding.name_span.start;
            if starts && matches!(binding.kind, BindingKind::Value(Some(_))) {
                binding.within = within.clone();
            }
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
        for modifier in found.parts(Part::Modifier).filter(Node::is_named) {
            self.decorators(modifier);
        }
        if let Some(body) = found.part(Part::Body) {
            // A property that is computed each time it is read.
            if let [name] = names[..] {
                self.getter(name, body, types);
            }
            return;
        }
        let value = found.part(Part::Value);
        let parallel = value.filter(|value| names.len() > 1 && value.named_child_count() == names.len());
        let first = match (parallel, value) {
            (None, Some(value)) => Some(self.single(value)),
            _ => None,
        };
        for (index, name) in names.iter().enumerate() {
            let each = parallel.and_then(|list| list.named_child(index));
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
        let found = self.engine.patterns.find(node, self.text);
        match found.as_ref().map(|found| found.role) {
            Some(Role::ObjectPattern) => {
                for child in node.named_children() {
                    self.object_pattern_part(child, kind, path);
                }
            }
            Some(Role::ArrayPattern) => {
                for (index, child) in node.named_children().enumerate() {
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
            // A clause for one value: `fn :beta -> …`.
            Some(Role::String | Role::Literal | Role::True | Role::False | Role::Bool) => {
                self.slotted(Slot::Case, |lower| lower.statement(node));
            }
            _ if node.is_leaf() => {
                let (name, span) = (self.sym(node), self.bytes(node));
                self.name_member(name, span.clone(), kind, types, is_static);
                self.bind(name, span, kind, path.to_vec(), types.to_vec());
                self.export_name(name);
            }
            _ => {
                // `mut x`, `*rest`, `(a)`: the names inside stand for the whole.
                for child in node.named_children() {
                    self.pattern(child, kind, path, types, false);
                }
            }
        }
    }

    fn object_pattern_part(&mut self, child: Node<'_>, kind: BindingKind, path: &[Step]) {
        match self.engine.patterns.find(child, self.text) {
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
            _ if child.is_leaf() => {
                let step = Step::Member(self.sym(child));
                self.pattern(child, kind, &with(path, step), &[], false);
            }
            _ => self.pattern(child, kind, path, &[], false),
        }
    }

    /// In a class, a name is a member too.
    pub(super) fn name_member(
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

    fn assign(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let (target, value) = (found.part(Part::Target)?, found.part(Part::Value)?);
        let id = self.expr(node, ExprKind::Opaque);
        let (target, value) = self.inside(id, |lower| (lower.value(target), lower.value(value)));
        self.set(id, ExprKind::Same(value));
        let mut inner = target;
        while let ExprKind::Same(next) = self.facts.expr(inner).kind {
            inner = next;
        }
        match self.facts.expr(inner).kind {
            ExprKind::Name(name) => {
                let first = self.facts.bindings.len();
                self.reassign(name, value);
                self.say_where(first, node);
            }
            ExprKind::Member(object, name) => self.assign_member(object, name, value),
            _ => {}
        }
        Some(id)
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

    fn module(&mut self, found: &Match<'_>) {
        let (Some(name), body) = (found.part(Part::Name), found.part(Part::Body)) else { return };
        let (sym, span) = (self.sym(name), self.bytes(name));
        if body.is_none() {
            // The module stands in a file of its own.
            let index = u32::try_from(self.facts.imports.len()).unwrap_or(u32::MAX);
            let path = format!("self::{}", self.facts.text(sym));
            let module = self.facts.intern(&path);
            self.facts.imports.push(Import { module, what: Imported::Module, span: span.clone() });
            self.bind(sym, span, BindingKind::Import(index), Vec::new(), Vec::new());
            return;
        }
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

    /// Reads what an arm of a switch leads to, which is what the switch gives unless the arm leaves the function.
    fn arm(&mut self, body: Node<'_>) -> ExprId {
        let value = self.value(body);
        let text = self.text_of(body).trim_start_matches(['{', ' ', '\n']);
        if !LEAVES.iter().any(|word| text.starts_with(word)) {
            self.arms.push(value);
        }
        value
    }

    /// A switch that has a value: one of those that its arms lead to.
    pub(super) fn switch(&mut self, node: Node<'_>, found: &Match<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let before = std::mem::take(&mut self.arms);
        self.inside(id, |lower| lower.choose(node, found));
        let arms = std::mem::replace(&mut self.arms, before);
        self.set(id, ExprKind::Choice(arms));
        id
    }

    fn case(&mut self, node: Node<'_>, found: &Match<'_>) {
        let value = found.part(Part::Value);
        let pattern = self.slotted(Slot::Case, |lower| {
            let first = lower.facts.exprs.len();
            match value {
                Some(value) => lower.statement(value),
                None => lower.children(node),
            }
            lower.note_case(value.unwrap_or(node), first);
            (first < lower.facts.exprs.len()).then(|| ExprId(u32::try_from(first).unwrap_or(u32::MAX)))
        });
        if let Some(body) = found.part(Part::Body) {
            let body = self.arm(body);
            if let Some(pattern) = pattern {
                self.facts.cases.push(CaseArm { pattern, body });
            }
        } else if let Some(value) = value {
            for child in node.named_children().filter(|child| *child != value) {
                self.statement(child);
            }
        }
    }
}

/// The list of statements that a node is one of, if it is a statement that is always run there.
fn statements_around(node: Node<'_>) -> Option<Node<'_>> {
    let mut at = node;
    loop {
        at = at.parent()?;
        if STATEMENTS.contains(&at.kind()) {
            return Some(at);
        }
        if at.named_child_count() != 1 {
            return None;
        }
    }
}

fn with(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}
