//! From an expression to what it can turn out to be.

use std::sync::Arc;

use downhaul_core::ViaRole;
use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{
    Binding, BindingId, BindingKind, Call, ExprId, ExprKind, FunctionId, Imported, ScopeId, ScopeKind, Step, Sym,
};

use super::memo::{Question, cut};
use super::texts::Piece;
use super::{FileId, Found, Hop, Project, Value};

/// How many steps a value is followed.
pub(super) const DEPTH: usize = 200;

/// How many values a set may have; a larger one says nothing.
pub(super) const SET: usize = 64;

/// Methods that call a function with each element.
const EACH: &[&str] = &[
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "find",
    "flatMap",
    "reduce",
    "any",
    "all",
    "none",
    "count",
    "associate",
    "associateWith",
    "associateBy",
    "each",
    "for_each",
    "filter_map",
    "find_map",
    "mapNotNull",
    "anyMatch",
    "allMatch",
    "noneMatch",
    "any?",
    "all?",
    "none?",
    "one?",
    "each_with_index",
    "each_with_object",
    "select",
    "reject",
    "detect",
    "find_all",
    "Any",
    "All",
    "Where",
    "Select",
    "Count",
    "First",
    "FirstOrDefault",
    "ForEach",
    "contains",
    "allSatisfy",
    "first",
    "firstWhere",
    "exists",
    "forall",
    "foreach",
    "where",
];

/// Methods that call a function with what they are called on, or with what is in it.
const INSIDE: &[&str] = &["let", "also", "takeIf", "ifPresent", "ifPresentOrElse", "map_or", "is_some_and", "then"];

/// Which values of a name can hold at a place.
enum Holding {
    /// Any of them.
    Any,
    /// These.
    These(Vec<BindingId>),
    /// None yet: the name means what it means around this scope.
    Outside(ScopeId),
}

impl Project<'_> {
    /// What an expression can turn out to be. Empty where nothing is known.
    pub(crate) fn eval(&self, file: FileId, expr: ExprId, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            self.give_up(file, Some(expr));
            return Vec::new();
        };
        match self.file(file).facts.expr(expr).kind {
            ExprKind::String(_) | ExprKind::Function(_) | ExprKind::Object(_) => self.work_out(file, expr, depth),
            _ => self.memos[file.0].answer(file, Question::Expr(expr), || self.work_out(file, expr, depth)),
        }
    }

    fn work_out(&self, file: FileId, expr: ExprId, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let node = facts.expr(expr);
        let mut found = match &node.kind {
            ExprKind::String(text) => {
                let hop = Hop { file, span: node.span.clone(), role: ViaRole::Key };
                vec![Found::new(Value::Text(Arc::from(facts.text(*text)))).through(hop)]
            }
            ExprKind::Concat(parts) => {
                let pieces: Vec<Piece> = parts.iter().map(|part| Piece::Expr(*part)).collect();
                self.concat(file, &pieces, depth)
            }
            ExprKind::Name(name) => self.name(file, expr, *name, depth),
            ExprKind::This => self.this(file, node.scope),
            ExprKind::Member(object, name) => self.member_of(file, *object, *name, depth),
            ExprKind::Index(object, key) => self.index(file, *object, *key, depth),
            ExprKind::Choice(choices) => {
                let mut found = Vec::new();
                for choice in choices {
                    let values = self.eval(file, *choice, depth);
                    if values.is_empty() {
                        found.push(Found::new(Value::Unknown));
                    }
                    found.extend(values);
                }
                found
            }
            ExprKind::Same(inner) => self.eval(file, *inner, depth),
            ExprKind::Object(_) => vec![Found::new(Value::Object(file, expr))],
            ExprKind::Array(_) => vec![Found::new(Value::List(file, expr))],
            ExprKind::Function(function) => vec![Found::new(Value::Function(file, *function))],
            ExprKind::Class(class) => vec![Found::new(Value::Class(file, *class))],
            ExprKind::Call(call) => self.call_value(file, expr, call, depth),
            ExprKind::Regex(_)
            | ExprKind::Not(_)
            | ExprKind::Bool(_)
            | ExprKind::Literal(_)
            | ExprKind::Compare(..)
            | ExprKind::Opaque => Vec::new(),
        };
        found.truncate(SET);
        found
    }

    fn name(&self, file: FileId, expr: ExprId, name: Sym, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let scope = facts.expr(expr).scope;
        let found = match self.holding(file, expr, name) {
            Holding::Any => self.lookup(file, scope, name, depth),
            Holding::These(bindings) => self.bindings(file, &bindings, depth),
            Holding::Outside(outer) => self.lookup(file, outer, name, depth),
        };
        if self.language(file).facts.uniform_access {
            return self.accessed(found, depth);
        }
        if found.is_empty() && matches!(facts.text(name), "it" | "$0" | "_1") {
            // The element that a lambda without parameters is called with (Kotlin, Swift, Ruby).
            if let Some(function) = facts.function_around(scope) {
                return self.elements_for(file, function, depth);
            }
        }
        if found.is_empty() && self.language(file).facts.implicit_members {
            return self.of_receiver(file, scope, facts.text(name), depth);
        }
        found
    }

    /// A method that is named is called, where the language has no other way to say so.
    fn accessed(&self, found: Vec<Found>, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let give = |found: Found| match found.value {
            Value::Function(owner, function) => {
                let callee = self.file(owner).facts.function(function);
                let returns = callee.returns.iter().take(8);
                let given: Vec<Found> = returns.flat_map(|value| self.eval(owner, *value, depth)).collect();
                if given.is_empty() && !callee.params.is_empty() { vec![found] } else { given }
            }
            _ => vec![found],
        };
        found.into_iter().flat_map(give).collect()
    }

    /// Which of the values that a function gives to a name can hold where the name is used.
    fn holding(&self, file: FileId, expr: ExprId, name: Sym) -> Holding {
        let facts = &self.file(file).facts;
        let used = facts.expr(expr);
        let function = facts.function_around(used.scope);
        let around =
            facts.scopes_around(used.scope).find_map(|(scope, _)| Some((scope, facts.by_name.get(&(scope, name))?)));
        let Some((scope, ids)) = around else { return Holding::Any };
        let is_plain = |id: &BindingId| {
            matches!(
                facts.binding(*id).kind,
                BindingKind::Value(_) | BindingKind::Parameter(..) | BindingKind::Element(_)
            )
        };
        if function.is_none() || facts.function_around(scope) != function || !ids.iter().all(is_plain) {
            return Holding::Any;
        }
        // Where a value begins to hold, and whether the function itself gives it.
        let given = |id: BindingId| match facts.binding(id).kind {
            BindingKind::Value(Some(value)) => {
                let value = facts.expr(value);
                (value.span.end.max(facts.binding(id).name_span.end), facts.function_around(value.scope) == function)
            }
            _ => (facts.binding(id).name_span.end, true),
        };
        let at = used.span.start;
        let is_later = |id: BindingId| !used.in_loop && given(id).1 && given(id).0 > at;
        let last = ids.iter().copied().filter(|id| {
            let within = &facts.binding(*id).within;
            within.contains(&at) && given(*id).0 <= at
        });
        let from = last.map(|id| given(id).0).max().unwrap_or(0);
        let holding: Vec<BindingId> =
            ids.iter().copied().filter(|id| !is_later(*id) && (given(*id).0 >= from || !given(*id).1)).collect();
        match facts.scope(scope).parent {
            _ if !holding.is_empty() => Holding::These(holding),
            Some(outer) if !self.language(file).facts.function_scope => Holding::Outside(outer),
            _ => Holding::Any,
        }
    }

    /// A member of what a lambda is run on: `with(client) { isOn("a") }`, `client.run { isOn("a") }`.
    fn of_receiver(&self, file: FileId, scope: ScopeId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        for (_, around) in facts.scopes_around(scope) {
            let ScopeKind::Function(function) = around.kind else { continue };
            let lambda = self.file(file).lambdas.get(&function);
            let parent = lambda.and_then(|lambda| facts.expr(*lambda).parent);
            let Some(ExprKind::Call(call)) = parent.map(|parent| &facts.expr(parent).kind) else { continue };
            let receiver = match (&facts.expr(self.plain(file, call.callee)).kind, call.args.first()) {
                (ExprKind::Name(with), Some(arg)) if facts.text(*with) == "with" => arg.value,
                (ExprKind::Member(object, run), _) if matches!(facts.text(*run), "run" | "apply") => *object,
                _ => continue,
            };
            let found: Vec<Found> = self
                .eval(file, receiver, depth)
                .into_iter()
                .flat_map(|from| self.members_of(file, from, name, depth))
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// What a name means in a scope: the innermost wins.
    pub(super) fn lookup(&self, file: FileId, scope: ScopeId, name: Sym, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            self.give_up(file, None);
            return Vec::new();
        };
        self.memos[file.0].answer(file, Question::Name(scope, name), || self.look_up(file, scope, name, depth))
    }

    fn look_up(&self, file: FileId, scope: ScopeId, name: Sym, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let language = &self.language(file).facts;
        for (id, around) in facts.scopes_around(scope) {
            // The name of a class is its own in there, and not that of its constructor.
            if matches!(around.kind, ScopeKind::Class(class) if facts.class(class).name == Some(name)) {
                continue;
            }
            let hidden = matches!(around.kind, ScopeKind::Class(_)) && !language.implicit_members && id != scope;
            if let Some(bindings) = facts.by_name.get(&(id, name)).filter(|_| !hidden) {
                return self.bindings(file, bindings, depth);
            }
            if let (ScopeKind::Class(class), true) = (around.kind, language.implicit_members) {
                let found = self.members(file, &Value::Instance(file, class), facts.text(name), depth);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        self.lookup_outside(file, facts.text(name), depth)
    }

    /// What a name means that the file itself does not make.
    fn lookup_outside(&self, file: FileId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let language = &self.language(file).facts;
        let mut found = Vec::new();
        let sdks = &self.import_sdks[file.0];
        for (import, sdk) in facts.imports.iter().zip(sdks).filter(|(import, _)| import.what == Imported::All) {
            let module = facts.text(import.module);
            if let Some(sdk) = *sdk {
                if self.is_name_of(sdk, name) {
                    return vec![Found::new(Value::SdkItem(sdk, Arc::from(name)))];
                }
            } else {
                found.extend(self.module_member(file, module, name, depth));
            }
        }
        if found.is_empty() && language.package_scope {
            let folder = self.file(file).folder();
            let others = self.ids().filter(|other| {
                *other != file
                    && self.file(*other).folder() == folder
                    && self.file(*other).language == self.file(file).language
            });
            found.extend(others.flat_map(|other| self.top_level(other, name, depth)));
        }
        if let (true, Some(package)) = (found.is_empty() && language.implicit_members, facts.package) {
            let others = self.packages.get(facts.text(package)).into_iter().flatten().filter(|other| **other != file);
            found.extend(others.flat_map(|other| self.top_level(*other, name, depth)));
        }
        if found.is_empty() && language.project_scope {
            found = self.global(file, name, depth);
        }
        if found.is_empty() {
            // The name that the module of an SDK has where an import does not say.
            for (_, sdk) in facts.imports.iter().zip(sdks).filter(|(import, _)| import.what == Imported::Module) {
                if let Some(sdk) = *sdk
                    && self.catalog.sdk(sdk).package.as_deref() == Some(name)
                {
                    return vec![Found::new(Value::SdkModule(sdk))];
                }
            }
        }
        found
    }

    fn is_name_of(&self, sdk: downhaul_lang::SdkId, name: &str) -> bool {
        let sdk = self.catalog.sdk(sdk);
        let first = |entry: &String| entry.split('.').next() == Some(name);
        sdk.types.iter().any(|known| known == name)
            || sdk.entry.iter().any(first)
            || sdk.calls_named(name).next().is_some()
    }

    pub(super) fn bindings(&self, file: FileId, ids: &[BindingId], depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        // Declared again means the last one, but for values: any of them may hold.
        ids.iter().flat_map(|id| self.binding(file, facts.binding(*id), depth)).collect()
    }

    fn binding(&self, file: FileId, binding: &Binding, depth: usize) -> Vec<Found> {
        let hop = || Hop { file, span: binding.name_span.clone(), role: ViaRole::Constant };
        let found = match binding.kind {
            BindingKind::Value(value) => {
                let mut found = value.map(|value| self.eval(file, value, depth)).unwrap_or_default();
                if found.iter().all(|found| found.value == Value::Unknown) && binding.path.is_empty() {
                    found.extend(self.typed_field(file, binding, depth));
                }
                found.into_iter().map(|found| found.through(hop())).collect()
            }
            BindingKind::Parameter(function, index) => self.parameter(file, function, index, depth),
            BindingKind::Element(list) => self.elements(file, list, depth),
            BindingKind::Function(function) => {
                let declared = self.file(file).facts.function(function);
                let name = self.file(file).facts.text(binding.name);
                // A method that an interface only declares: those that fulfil it.
                let class = declared.class.filter(|_| declared.signature);
                let mut found = class.map(|class| self.implementations(file, class, name)).unwrap_or_default();
                found.push(Found::new(Value::Function(file, function)));
                found
            }
            BindingKind::Class(class) => vec![Found::new(Value::Class(file, class))],
            BindingKind::Import(index) => self.import_value(file, index, depth),
            BindingKind::Module(scope) => vec![Found::new(Value::Inner(file, scope))],
        };
        self.walk_path(file, found, &binding.path, depth)
    }

    /// What a name is by its type; a field that its class makes an object for is that object.
    fn typed_field(&self, file: FileId, binding: &Binding, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let typed = self.type_value(file, binding.scope, &binding.types, depth);
        match (facts.scope(binding.scope).kind, &typed[..]) {
            (ScopeKind::Class(class), [Found { value: Value::Instance(..), .. }]) => {
                let made = self.assigned_objects(file, class, facts.text(binding.name), depth);
                if made.is_empty() { typed } else { made }
            }
            _ => typed,
        }
    }

    fn walk_path(&self, file: FileId, found: Vec<Found>, path: &[Step], depth: usize) -> Vec<Found> {
        path.iter().fold(found, |found, step| match step {
            Step::Member(name) => {
                let name = self.file(file).facts.text(*name);
                found.into_iter().flat_map(|from| self.members_of(file, from, name, depth)).collect()
            }
            // The first of what a call gives is what matters; a list gives its element.
            Step::Element(index) => found
                .into_iter()
                .flat_map(|from| match from.value {
                    Value::List(file, list) => self.element(file, list, *index as usize, depth),
                    _ if *index == 0 => vec![from],
                    _ => Vec::new(),
                })
                .collect(),
        })
    }

    fn element(&self, file: FileId, list: ExprId, index: usize, depth: usize) -> Vec<Found> {
        match &self.file(file).facts.expr(list).kind {
            ExprKind::Array(items) => items.get(index).map(|item| self.eval(file, *item, depth)).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn parameter(&self, file: FileId, function: FunctionId, index: u32, depth: usize) -> Vec<Found> {
        let mut found = self.elements_for(file, function, depth);
        if index != 0 {
            found.clear();
        }
        // A client that is made where none is handed over.
        let params = &self.file(file).facts.function(function).params;
        if let Some(default) = params.get(index as usize).and_then(|param| param.default) {
            let made = self.eval(file, default, depth);
            found.extend(made.into_iter().filter(|made| matches!(made.value, Value::Client(..))));
        }
        found.push(Found::new(Value::Param { file, function, index, path: Vec::new() }));
        found
    }

    /// The elements that a function is called with, one after the other: `list.forEach(f => …)`.
    fn elements_for(&self, file: FileId, function: FunctionId, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let lambda = self.file(file).lambdas.get(&function);
        let parent = lambda.and_then(|lambda| facts.expr(*lambda).parent);
        let Some(ExprKind::Call(call)) = parent.map(|parent| &facts.expr(parent).kind) else { return Vec::new() };
        match facts.expr(self.plain(file, call.callee)).kind {
            ExprKind::Member(object, method) => {
                let method = facts.text(method);
                let goes_through = EACH.contains(&method);
                let mut found = if goes_through { self.elements(file, object, depth) } else { Vec::new() };
                if let Some(list) =
                    call.args.first().filter(|_| found.is_empty() && goes_through && call.args.len() > 1)
                {
                    // `Enum.each(list, fn …)`: the list is handed over.
                    found = self.elements(file, list.value, depth);
                }
                if found.is_empty() && (goes_through || INSIDE.contains(&method)) {
                    // What may be there is what it is declared to be.
                    found = self.eval(file, object, depth);
                    found.retain(|found| matches!(found.value, Value::Client(..) | Value::Instance(..)));
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// What a list has in it; empty where it cannot be told.
    pub(crate) fn elements(&self, file: FileId, list: ExprId, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            return Vec::new();
        };
        let mut found = Vec::new();
        for list in self.eval(file, list, depth) {
            match list.value {
                Value::List(file, list) => match &self.file(file).facts.expr(list).kind {
                    ExprKind::Array(items) => {
                        found.extend(items.iter().flat_map(|item| self.eval(file, *item, depth)));
                    }
                    ExprKind::Call(call) => found.extend(self.listed(file, call, depth)),
                    _ => {}
                },
                Value::Class(file, class) => found.extend(self.enum_members(file, class)),
                _ => {}
            }
        }
        found.truncate(SET);
        found
    }

    /// What a call that makes a list puts into it.
    fn listed(&self, file: FileId, call: &Call, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let mut found = Vec::new();
        for arg in &call.args {
            let inner = self.elements(file, arg.value, depth);
            found.extend(if inner.is_empty() { self.eval(file, arg.value, depth) } else { inner });
        }
        found.retain(|found| !matches!(found.value, Value::Function(..)));
        if let (true, ExprKind::Member(object, _)) =
            (call.args.is_empty() || found.is_empty(), &facts.expr(self.plain(file, call.callee)).kind)
        {
            found.extend(self.elements(file, *object, depth));
        }
        found
    }

    fn this(&self, file: FileId, scope: ScopeId) -> Vec<Found> {
        let class = self.file(file).facts.class_around(scope);
        class.map(|class| Found::new(Value::Instance(file, class))).into_iter().collect()
    }

    fn member_of(&self, file: FileId, object: ExprId, name: Sym, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        // `Self.X`, `cls.X`, `this.X`: what the class itself has counts too.
        let text = facts.text(name);
        let path = self.source(file, object);
        if self.language(file).facts.imports == ImportStyle::Java && self.packages.contains_key(path) {
            return self.module_member(file, path, text, depth);
        }
        let objects = self.eval(file, object, depth);
        if objects.is_empty() && self.is_unknown_path(file, object) {
            // `space::name`, `A.B.Name`: a namespace has no file of its own.
            return self.lookup(file, ScopeId(0), name, depth);
        }
        let name = text;
        objects.into_iter().flat_map(|from| self.members_of(file, from, name, depth)).collect()
    }

    /// Whether an expression is a path of names that mean nothing by themselves, as those of namespaces are.
    fn is_unknown_path(&self, file: FileId, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let language = &self.language(file).facts;
        let has_paths = matches!(language.imports, ImportStyle::Include | ImportStyle::Csharp | ImportStyle::Scala);
        let expr = facts.expr(self.plain(file, object));
        has_paths
            && match expr.kind {
                ExprKind::Name(name) => {
                    let is_space =
                        language.imports == ImportStyle::Include || facts.text(name).starts_with(char::is_uppercase);
                    is_space
                        && facts.scopes_around(expr.scope).all(|(scope, _)| !facts.by_name.contains_key(&(scope, name)))
                }
                ExprKind::Member(object, _) => self.is_unknown_path(file, object),
                _ => false,
            }
    }

    /// A member of what was found, reached through what led there.
    pub(super) fn members_of(&self, file: FileId, from: Found, name: &str, depth: usize) -> Vec<Found> {
        let imports: Vec<Hop> = from.hops.into_iter().filter(|hop| hop.role == ViaRole::Import).collect();
        let mut found = self.members(file, &from.value, name, depth);
        for found in &mut found {
            found.hops.splice(0..0, imports.iter().cloned());
        }
        found
    }

    fn index(&self, file: FileId, object: ExprId, key: ExprId, depth: usize) -> Vec<Found> {
        let objects = self.eval(file, object, depth);
        let keys = self.eval(file, key, depth);
        let mut found = Vec::new();
        for object in objects {
            match &object.value {
                Value::List(file, list) if keys.is_empty() => found.extend(self.elements(*file, *list, depth)),
                Value::Object(..) | Value::Class(..) if !keys.is_empty() => {
                    for key in &keys {
                        if let Value::Text(text) = &key.value {
                            found.extend(self.members(file, &object.value, text, depth));
                        }
                    }
                }
                Value::Object(file, object) => found.extend(self.all_entries(*file, *object, depth)),
                _ => {}
            }
        }
        found
    }

    /// The expression inside what changes nothing.
    pub(crate) fn plain(&self, file: FileId, mut expr: ExprId) -> ExprId {
        while let ExprKind::Same(inner) = self.file(file).facts.expr(expr).kind {
            expr = inner;
        }
        expr
    }
}
