//! Objects that carry the key they ask for: `new Gate("new-menu")`, whose `isOn()` hands `this.key` on.

use std::sync::Arc;

use downhaul_lang::facts::{
    BindingKind, Call, ClassId, ExprId, ExprKind, FunctionId, MemberKind, Param, ScopeKind, Slot, Sym,
};

use super::values::DEPTH;
use super::{FileId, Found, Project, Value};

/// The parameter that stands for the object that a method is called on.
pub(crate) const OWN: u32 = u32::MAX;

/// Members between the object and the key.
const LONGEST_PATH: usize = 2;

/// How many classes a value is handed up through.
const CLASSES: usize = 8;

/// Names by which an object is called like a function.
const CALL_OPERATORS: &[&str] = &["invoke", "__call__", "__invoke", "apply", "call", "callAsFunction"];

/// Names of constructors that are not the name of their class.
const CONSTRUCTORS: &[&str] = &["constructor", "__init__", "initialize", "init", "__construct", "new"];

impl Project<'_> {
    /// The keys that were found behind an argument; where they are up to the object of the method around it, that.
    pub(super) fn or_own(&self, file: FileId, arg: ExprId, path: &[Arc<str>], found: Vec<Found>) -> Vec<Found> {
        let around = self.file(file).facts.function_around(self.file(file).facts.expr(arg).scope);
        let is_open = |found: &Found| match found.value {
            Value::Unknown => true,
            Value::Param { file: of, function, index, .. } => {
                index != OWN && Some(function) != around && self.class_made_by(of, function).is_some()
            }
            _ => false,
        };
        let own = if found.iter().all(is_open) { self.own(file, arg) } else { None };
        match own {
            Some((function, mut own)) if own.len() + path.len() <= LONGEST_PATH => {
                own.extend(path.iter().cloned());
                vec![Found::new(Value::Param { file, function, index: OWN, path: own })]
            }
            _ => found,
        }
    }

    /// The method whose object an expression is, or is a member of, with the members in between.
    fn own(&self, file: FileId, expr: ExprId) -> Option<(FunctionId, Vec<Arc<str>>)> {
        let facts = &self.file(file).facts;
        let mut at = self.plain(file, expr);
        let mut path: Vec<Sym> = Vec::new();
        let method = self.method_around(file, expr)?;
        loop {
            match &facts.expr(at).kind {
                ExprKind::Member(object, name) => {
                    path.insert(0, *name);
                    at = self.plain(file, *object);
                }
                // `this.key()`
                ExprKind::Call(call) if call.args.is_empty() && !matches!(facts.expr(at).slot, Slot::Decorator) => {
                    at = self.plain(file, call.callee);
                }
                ExprKind::This => break,
                ExprKind::Name(name) if self.is_receiver_of(file, at, *name, method) => break,
                ExprKind::Name(name) if self.is_field(file, at, *name) => {
                    path.insert(0, *name);
                    break;
                }
                _ => return None,
            }
        }
        let path: Vec<Arc<str>> = path.into_iter().map(|name| Arc::from(facts.text(name))).collect();
        (path.len() <= LONGEST_PATH).then_some((method, path))
    }

    /// The method that an expression is in, with or without lambdas between them.
    fn method_around(&self, file: FileId, expr: ExprId) -> Option<FunctionId> {
        let facts = &self.file(file).facts;
        facts.scopes_around(facts.expr(expr).scope).find_map(|(_, around)| match around.kind {
            ScopeKind::Function(function) if facts.function(function).class.is_some() => Some(function),
            _ => None,
        })
    }

    /// Whether a name is that of the object in the head of a method (Go).
    fn is_receiver_of(&self, file: FileId, expr: ExprId, name: Sym, method: FunctionId) -> bool {
        let facts = &self.file(file).facts;
        let [binding] = *self.bound(file, facts.expr(expr).scope, name) else { return false };
        let binding = facts.binding(binding);
        binding.kind == BindingKind::Value(None)
            && binding.scope == facts.function(method).scope
            && binding.name_span.start < facts.function(method).span.start
    }

    /// Whether a name is that of a field of the class around, which is seen without saying so.
    fn is_field(&self, file: FileId, expr: ExprId, name: Sym) -> bool {
        let facts = &self.file(file).facts;
        let around = facts.scopes_around(facts.expr(expr).scope).find_map(|(scope, around)| {
            let bindings = facts.by_name.get(&(scope, name))?;
            Some((around.kind, bindings))
        });
        let in_class = matches!(around, Some((ScopeKind::Class(_), _)));
        let class = facts.class_around(facts.expr(expr).scope);
        let is_declared = || {
            let members = class.into_iter().flat_map(|class| &facts.class(class).members);
            members.into_iter().any(|member| member.name == name && matches!(member.kind, MemberKind::Field(_)))
        };
        in_class || around.is_none() && self.language(file).facts.implicit_members && is_declared()
    }

    /// The keys of the object that a method is called on.
    pub(super) fn keys_of_object(&self, file: FileId, call: &Call, path: &[Arc<str>], traced: bool) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let object = match facts.expr(callee).kind {
            ExprKind::Member(object, _) => Some(object),
            _ => None,
        };
        let own = match object {
            Some(object) => self.own(file, object),
            None => self.method_around(file, callee).map(|method| (method, Vec::new())),
        };
        let objects: Vec<Found> = match object {
            Some(object) => self.eval(file, object, DEPTH),
            None => self.eval(file, callee, DEPTH),
        };
        let mut found: Vec<Found> =
            objects.into_iter().flat_map(|object| self.carried(file, object, path, CLASSES)).collect();
        found = self.as_keys(found);
        found.retain(|found| found.value != Value::Unknown);
        if let (true, Some((function, mut own))) = (found.is_empty() && traced, own) {
            own.extend(path.iter().cloned());
            if own.len() <= LONGEST_PATH {
                found.push(Found::new(Value::Param { file, function, index: OWN, path: own }));
            }
        }
        if found.is_empty() { vec![Found::new(Value::Unknown)] } else { found }
    }

    /// What an object has behind these members.
    fn carried(&self, file: FileId, object: Found, path: &[Arc<str>], steps: usize) -> Vec<Found> {
        let Some((name, rest)) = path.split_first() else { return vec![object] };
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let hops = object.hops.clone();
        let inner = match object.value {
            Value::Instance(owner, class) | Value::Class(owner, class) => {
                self.field_of(owner, class, object.made, name, steps)
            }
            Value::Flag(owner, made) => self.key_of_flag(owner, made),
            _ => self.members_of(file, object, name, DEPTH),
        };
        let inner = inner.into_iter().map(|mut found| {
            found.hops.splice(0..0, hops.iter().cloned());
            found
        });
        inner.flat_map(|found| self.carried(file, found, rest, steps)).collect()
    }

    /// What a field of an object holds: what the class says, else what it was made with.
    fn field_of(
        &self,
        file: FileId,
        class: ClassId,
        made: Option<(FileId, ExprId)>,
        name: &str,
        steps: usize,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for value in self.members(file, &Value::Instance(file, class), name, DEPTH) {
            match &value.value {
                Value::Param { file: of, function, index, path } => {
                    if let Some(base) = self.class_made_by(*of, *function) {
                        let given = self.handed_up((file, class), (*of, base), *function, *index, made, steps);
                        found.extend(self.follow(*of, given, path, DEPTH));
                    }
                }
                // `key()`: what it says of this object.
                Value::Function(of, function) => {
                    for returned in &self.file(*of).facts.function(*function).returns {
                        match self.own(*of, *returned) {
                            Some((_, path)) => {
                                let mut object = Found::new(Value::Instance(file, class));
                                object.made = made;
                                found.extend(self.carried(*of, object, &path, steps));
                            }
                            None => found.extend(self.eval(*of, *returned, DEPTH)),
                        }
                    }
                }
                Value::Client(..) | Value::Unknown => {}
                _ => found.push(value),
            }
        }
        if found.is_empty() { self.by_its_name(file, class, made, name) } else { found }
    }

    /// What a constructor gets for a parameter when an object of a class is made: from the call that makes it, or from
    /// the classes between them.
    fn handed_up(
        &self,
        (file, class): (FileId, ClassId),
        base: (FileId, ClassId),
        constructor: FunctionId,
        index: u32,
        made: Option<(FileId, ExprId)>,
        steps: usize,
    ) -> Vec<Found> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        if (file, class) == base {
            let Some((maker, call)) = made else { return Vec::new() };
            let ExprKind::Call(call) = &self.file(maker).facts.expr(call).kind else { return Vec::new() };
            let arg = self.argument(maker, call, base.0, constructor, index);
            return arg.map(|arg| self.keys(maker, arg)).unwrap_or_default();
        }
        let facts = &self.file(file).facts;
        let mut found = Vec::new();
        for call in self.calls_of_base(file, class) {
            let Some(arg) = self.argument(file, call, base.0, constructor, index) else { continue };
            for value in self.eval(file, arg, DEPTH) {
                match &value.value {
                    Value::Param { file: of, function, index, path }
                        if self.class_made_by(*of, *function) == Some(class) =>
                    {
                        let given = self.handed_up((file, class), (*of, class), *function, *index, made, steps);
                        found.extend(self.follow(*of, given, path, DEPTH));
                    }
                    _ => found.push(value),
                }
            }
        }
        if found.is_empty() {
            // A class between the two.
            let declared = facts.class(class);
            let outer = facts.scope(declared.scope).parent.unwrap_or(declared.scope);
            for name in &declared.bases {
                for parent in self.lookup(file, outer, *name, DEPTH) {
                    if let Value::Class(owner, parent) = parent.value
                        && (owner, parent) != base
                        && (owner, parent) != (file, class)
                    {
                        found.extend(self.handed_up((owner, parent), base, constructor, index, made, steps));
                    }
                }
            }
        }
        found
    }

    /// The calls by which a class hands something to the constructor of the class it extends.
    fn calls_of_base(&self, file: FileId, class: ClassId) -> Vec<&Call> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let is_base = |callee: ExprId| match facts.expr(self.plain(file, callee)).kind {
            ExprKind::Name(name) => declared.bases.contains(&name) || facts.text(name) == "super",
            // `super().__init__(…)`, `super.init(…)`, `parent::__construct(…)`.
            ExprKind::Member(object, name) => {
                CONSTRUCTORS.contains(&facts.text(name))
                    && (self.source(file, object).starts_with("super") || self.source(file, object) == "parent")
            }
            _ => self.source(file, callee) == "super",
        };
        let calls = self.file(file).calls.iter().map(|id| facts.expr(*id));
        let within = calls.filter(|expr| facts.class_around(expr.scope) == Some(class));
        let of_base = within.filter_map(|expr| match &expr.kind {
            ExprKind::Call(call) if is_base(call.callee) => Some(call),
            _ => None,
        });
        of_base.collect()
    }

    /// What an object was made with under the name of the field, where no constructor is written.
    fn by_its_name(&self, file: FileId, class: ClassId, made: Option<(FileId, ExprId)>, name: &str) -> Vec<Found> {
        let Some((maker, call)) = made else { return Vec::new() };
        let facts = &self.file(maker).facts;
        let ExprKind::Call(call) = &facts.expr(call).kind else { return Vec::new() };
        let named = call.args.iter().find(|arg| arg.name.is_some_and(|known| facts.text(known) == name));
        let owner = &self.file(file).facts;
        let constructors: Vec<FunctionId> = self.constructors(file, class);
        // A parameter that is a field at the same time.
        let promoted = || {
            constructors.iter().find_map(|constructor| {
                let params = &owner.function(*constructor).params;
                let is_field = |param: &Param| param.name.is_some_and(|known| owner.text(known) == name);
                let index = u32::try_from(params.iter().position(is_field)?).ok()?;
                self.argument(maker, call, file, *constructor, index)
            })
        };
        let in_order = || {
            let fields = owner.class(class).members.iter();
            let mut fields = fields.filter(|member| member.kind == MemberKind::Field(None) && !member.is_static);
            let position = fields.position(|member| owner.text(member.name) == name)?;
            let arg = call.args.get(position).filter(|arg| arg.name.is_none() && constructors.is_empty());
            arg.map(|arg| arg.value)
        };
        let arg = named.map(|arg| arg.value).or_else(promoted).or_else(in_order);
        arg.map(|arg| self.keys(maker, arg)).unwrap_or_default()
    }

    /// The functions that make objects of a class.
    fn constructors(&self, file: FileId, class: ClassId) -> Vec<FunctionId> {
        let count = u32::try_from(self.file(file).facts.functions.len()).unwrap_or(u32::MAX);
        (0..count).map(FunctionId).filter(|function| self.class_made_by(file, *function) == Some(class)).collect()
    }

    /// The class that a function makes objects of.
    fn class_made_by(&self, file: FileId, function: FunctionId) -> Option<ClassId> {
        let facts = &self.file(file).facts;
        let known = facts.function(function);
        // One that is written with its class.
        if let (None, ScopeKind::Class(class)) = (known.name, facts.scope(known.scope).kind) {
            return Some(class);
        }
        let class = known.class?;
        let is_constructor = match known.name {
            Some(name) => CONSTRUCTORS.contains(&facts.text(name)) || facts.class(class).name == Some(name),
            None => !self.file(file).lambdas.contains_key(&function),
        };
        is_constructor.then_some(class)
    }

    /// Whether anything that asks for its own key is called like a function.
    pub(super) fn has_call_operators(&self) -> bool {
        CALL_OPERATORS.iter().any(|name| self.own_methods.contains(*name))
    }

    /// The method that runs when an object is called like a function.
    pub(super) fn call_operator(&self, file: FileId, object: &Value) -> Vec<Found> {
        let names = CALL_OPERATORS.iter();
        let mut found = names.flat_map(|name| self.members(file, object, name, DEPTH));
        found.find(|found| matches!(found.value, Value::Function(..))).into_iter().collect()
    }

    /// The names by which other files can reach an object that carries a key, each with the methods that ask for it.
    pub(super) fn object_names(&self, file: FileId, groups: &mut std::collections::BTreeSet<Vec<String>>) {
        let facts = &self.file(file).facts;
        for binding in facts.bindings.iter().filter(|binding| facts.function_around(binding.scope).is_none()) {
            let BindingKind::Value(Some(value)) = binding.kind else { continue };
            if !matches!(facts.expr(self.plain(file, value)).kind, ExprKind::Call(_) | ExprKind::Object(_)) {
                continue;
            }
            for method in &self.own_methods {
                let found = self.eval(file, value, DEPTH);
                let has = |found: &Found| {
                    let is_object = matches!(found.value, Value::Instance(..) | Value::Object(..));
                    is_object
                        && self.members(file, &found.value, method, DEPTH).iter().any(|found| match found.value {
                            Value::Function(owner, function) => self.wrappers.contains_key(&(owner, function)),
                            _ => false,
                        })
                };
                if found.iter().any(has) {
                    groups.insert(vec![facts.text(binding.name).to_owned(), method.clone()]);
                }
            }
        }
    }
}
