//! What is inside a value: entries, fields, methods, members of enums.

use std::sync::Arc;

use downhaul_core::ViaRole;
use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{Class, ClassId, EntryKey, ExprId, ExprKind, FunctionId, Member, MemberKind, ScopeId, Sym};

use super::memo::cut;
use super::unlisted::says_key;
use super::{FileId, Found, Hop, Project, Value, says_flag};

impl Project<'_> {
    /// A member of a value. `file` is where the question is asked.
    pub(super) fn members(&self, file: FileId, value: &Value, name: &str, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            return Vec::new();
        };
        match value {
            Value::Object(owner, object) => {
                let found = self.entry(*owner, *object, name, depth);
                if found.is_empty() { self.of_literal_type(*owner, *object, name, depth) } else { found }
            }
            Value::Class(owner, class) => self.static_member(*owner, *class, name, depth),
            Value::Instance(owner, class) => self.instance_member(*owner, *class, name, depth),
            Value::EnumMember(owner, class, index) => self.of_enum_member(*owner, *class, *index, name, depth),
            Value::Flag(owner, made) if says_key(name) => self.key_of_flag(*owner, *made),
            Value::Module(owner) => {
                let found = self.exported(*owner, name, depth);
                if found.is_empty() { self.module_inside(*owner, name) } else { found }
            }
            Value::Inner(owner, scope) => {
                let facts = &self.file(*owner).facts;
                let bindings = facts.sym(name).and_then(|name| facts.by_name.get(&(*scope, name)));
                bindings.map(|bindings| self.bindings(*owner, bindings, depth)).unwrap_or_default()
            }
            Value::Package(module) => self.module_member(file, module, name, depth),
            Value::SdkModule(sdk) => vec![Found::new(Value::SdkItem(*sdk, Arc::from(name)))],
            Value::SdkItem(..) if matches!(name, "class" | "self" | "java") => vec![Found::new(value.clone())],
            Value::SdkItem(sdk, item) => {
                let full = format!("{item}.{name}");
                let known = self.catalog.sdk(*sdk);
                if known.entry.contains(&full) {
                    // Calling it makes a client, as calling the item would.
                    return vec![Found::new(Value::SdkItem(*sdk, Arc::clone(item)))];
                }
                vec![Found::new(Value::ClientMethod(*sdk, Some(Arc::clone(item)), Arc::from(name)))]
            }
            Value::Client(sdk, kind) => vec![Found::new(Value::ClientMethod(*sdk, kind.clone(), Arc::from(name)))],
            // A property of the SDK's own: `Api.Instance`, `OpenFeatureAPI.shared`.
            Value::ClientMethod(sdk, _, property) if self.catalog.sdk(*sdk).calls_named(property).next().is_none() => {
                vec![Found::new(Value::ClientMethod(*sdk, None, Arc::from(name)))]
            }
            Value::Param { file, function, index, path } => {
                let mut found = self.parameter_type_member(*file, *function, *index, path, name, depth);
                if found.is_empty() {
                    let path = path.iter().cloned().chain([Arc::from(name)]).collect();
                    let (file, function, index) = (*file, *function, *index);
                    found.push(Found::new(Value::Param { file, function, index, path }));
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// What the type of a parameter has by this name: a method or a client; a plain field stays the caller's business.
    fn parameter_type_member(
        &self,
        file: FileId,
        function: FunctionId,
        index: u32,
        path: &[Arc<str>],
        name: &str,
        depth: usize,
    ) -> Vec<Found> {
        let callee = self.file(file).facts.function(function);
        let Some(param) = callee.params.get(index as usize) else { return Vec::new() };
        let typed = self.type_value(file, callee.scope, &param.types, depth);
        // A member of an enum is the caller's, and so is what it says.
        let typed: Vec<Found> = typed
            .into_iter()
            .filter(
                |found| !matches!(found.value, Value::Instance(owner, class) if self.has_members_by_name(owner, class)),
            )
            .collect();
        let typed = self.follow(file, typed, path, depth);
        let members = typed.into_iter().flat_map(|found| self.members(file, &found.value, name, depth));
        members
            .filter(|found| {
                matches!(
                    found.value,
                    Value::Function(..) | Value::ClientMethod(..) | Value::Client(..) | Value::Instance(..)
                )
            })
            .collect()
    }

    /// An object of the first type that is known, of those named.
    pub(super) fn type_value(&self, file: FileId, scope: ScopeId, types: &[Sym], depth: usize) -> Vec<Found> {
        if let Some(client) = self.qualified_client(file, types) {
            return vec![Found::new(client)];
        }
        for name in types {
            for found in self.lookup(file, scope, *name, depth) {
                match found.value {
                    Value::Class(owner, class) => {
                        // Another name for the type of a client.
                        let declared = self.file(owner).facts.class(class);
                        let meant = self.type_value(owner, declared.scope, &declared.alias, depth.saturating_sub(1));
                        let is_client = meant.iter().any(|found| matches!(found.value, Value::Client(..)));
                        return if is_client { meant } else { vec![Found::new(Value::Instance(owner, class))] };
                    }
                    Value::SdkItem(sdk, item)
                        if self.catalog.sdk(sdk).types.iter().any(|kind| kind == item.as_ref()) =>
                    {
                        return vec![Found::new(Value::Client(sdk, Some(item)))];
                    }
                    // `u.Client`: the module's name comes first.
                    Value::SdkModule(sdk) => {
                        let facts = &self.file(file).facts;
                        let kind = types
                            .iter()
                            .map(|name| facts.text(*name))
                            .find(|name| self.catalog.sdk(sdk).types.iter().any(|kind| kind == name));
                        if let Some(kind) = kind {
                            return vec![Found::new(Value::Client(sdk, Some(Arc::from(kind))))];
                        }
                    }
                    Value::Package(_) | Value::Module(_) => {
                        let facts = &self.file(file).facts;
                        for name in types {
                            for found in self.members(file, &found.value, facts.text(*name), depth) {
                                if let Value::Class(owner, class) = found.value {
                                    return vec![Found::new(Value::Instance(owner, class))];
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        Vec::new()
    }

    /// The client of an SDK that a type names in full: `unleash_api_client::Client<F>`.
    fn qualified_client(&self, file: FileId, types: &[Sym]) -> Option<Value> {
        let facts = &self.file(file).facts;
        let [module, ..] = types else { return None };
        let sdk = self.language(file).facts.imports == ImportStyle::Rust;
        let sdk = if sdk { self.sdk_of(file, facts.text(*module), None) } else { None }?;
        let mut names = types.iter().map(|name| facts.text(*name));
        let kind = names.find(|name| self.catalog.sdk(sdk).types.iter().any(|kind| kind == name))?;
        Some(Value::Client(sdk, Some(Arc::from(kind))))
    }

    /// A member of the type that an object literal is written with.
    fn of_literal_type(&self, file: FileId, object: ExprId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let Some(types) = facts.typed.get(&object) else { return Vec::new() };
        let typed = self.type_value(file, facts.expr(object).scope, types, depth);
        typed.into_iter().flat_map(|found| self.members(file, &found.value, name, depth)).collect()
    }

    fn entry(&self, file: FileId, object: ExprId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return Vec::new() };
        for entry in entries.iter().rev() {
            let matches = match entry.key {
                EntryKey::Text(key) => facts.text(key) == name,
                EntryKey::Value(key) => match &facts.expr(self.plain(file, key)).kind {
                    ExprKind::String(key) => facts.text(*key) == name,
                    // The name of a field (Go), or a constant that holds the name.
                    ExprKind::Name(key) if facts.text(*key) == name => true,
                    _ => self.eval(file, key, depth).iter().any(|found| found.value == Value::Text(Arc::from(name))),
                },
                EntryKey::Spread => {
                    let spread = entry.value.map(|value| self.eval(file, value, depth)).unwrap_or_default();
                    let found: Vec<Found> =
                        spread.into_iter().flat_map(|from| self.members_of(file, from, name, depth)).collect();
                    if !found.is_empty() {
                        return found;
                    }
                    false
                }
            };
            if matches {
                let hop = Hop { file, span: entry.key_span.clone(), role: ViaRole::Constant };
                let found = entry.value.map(|value| self.eval(file, value, depth)).unwrap_or_default();
                return found.into_iter().map(|found| found.through(hop.clone())).collect();
            }
        }
        Vec::new()
    }

    /// The values of all entries.
    pub(super) fn all_entries(&self, file: FileId, object: ExprId, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return Vec::new() };
        entries.iter().filter_map(|entry| entry.value).flat_map(|value| self.eval(file, value, depth)).collect()
    }

    pub(super) fn named(&self, file: FileId, class: ClassId, name: &str) -> Vec<(usize, &Member)> {
        let facts = &self.file(file).facts;
        let members = facts.class(class).members.iter().enumerate();
        members.filter(|(_, member)| facts.text(member.name) == name).collect()
    }

    fn static_member(&self, file: FileId, class: ClassId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let is_enum = self.is_enum(file, class);
        if let Some((index, member)) = self.named(file, class, name).into_iter().next() {
            let hop = Hop { file, span: member.name_span.clone(), role: ViaRole::Constant };
            match &member.kind {
                MemberKind::EnumMember(_) => {
                    return vec![Found::new(Value::EnumMember(file, class, index)).through(hop)];
                }
                // A member of an enum in languages that write it as a field (Python).
                MemberKind::Field(Some(value)) => {
                    let found = self.eval(file, *value, depth);
                    if is_enum && !found.is_empty() {
                        return vec![Found::new(Value::EnumMember(file, class, index)).through(hop)];
                    }
                    return found.into_iter().map(|found| found.through(hop.clone())).collect();
                }
                MemberKind::Field(None) => {
                    return self.type_value(file, facts.class(class).scope, &member.types, depth);
                }
                MemberKind::Method(function) if facts.function(*function).getter => {
                    let returns = &facts.function(*function).returns;
                    return returns.iter().flat_map(|value| self.eval(file, *value, depth)).collect();
                }
                MemberKind::Method(function) => return vec![Found::new(Value::Function(file, *function))],
            }
        }
        // A class inside the class.
        let scope = facts.class(class).scope;
        let inner = facts.sym(name).and_then(|name| facts.by_name.get(&(scope, name)));
        if let Some(inner) = inner {
            return self.bindings(file, inner, depth);
        }
        // `Type::class`, `Type.self`: the type itself; `Type.new`, `Type.init`: what makes objects of it.
        if matches!(name, "class" | "self" | "javaClass" | "new" | "init") {
            return vec![Found::new(Value::Class(file, class))];
        }
        let found = self.of_bases(file, class, name, depth);
        if found.is_empty() { self.of_other_pieces(file, class, name, depth) } else { found }
    }

    /// Whether a class, or what it extends or implements, says that it is about flags.
    pub(crate) fn is_about_flags(&self, file: FileId, class: ClassId) -> bool {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        declared.name.iter().chain(&declared.bases).any(|name| says_flag(facts.text(*name)))
    }

    fn of_bases(&self, file: FileId, class: ClassId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let Class { bases, scope, .. } = facts.class(class);
        let outer = facts.scope(*scope).parent.unwrap_or(*scope);
        for base in bases {
            for found in self.lookup(file, outer, *base, depth) {
                let found = match found.value {
                    Value::Class(owner, parent) if (owner, parent) != (file, class) => {
                        let given = self.given_to_base(file, class, *base, (owner, parent), name, depth);
                        if given.is_empty() {
                            self.members(file, &Value::Instance(owner, parent), name, depth)
                        } else {
                            given
                        }
                    }
                    Value::SdkItem(sdk, item)
                        if self.catalog.sdk(sdk).types.iter().any(|kind| kind == item.as_ref()) =>
                    {
                        vec![Found::new(Value::ClientMethod(sdk, Some(item), Arc::from(name)))]
                    }
                    _ => Vec::new(),
                };
                if !found.is_empty() {
                    return found;
                }
            }
        }
        Vec::new()
    }

    /// What a class hands to the constructor of the class it extends, for a field of that: `object A : Base("key")`.
    fn given_to_base(
        &self,
        file: FileId,
        class: ClassId,
        base: Sym,
        (owner, parent): (FileId, ClassId),
        name: &str,
        depth: usize,
    ) -> Vec<Found> {
        let params = &self.file(owner).facts.class(parent).params;
        let is_param = |param: &downhaul_lang::facts::Param| {
            param.name.is_some_and(|known| self.file(owner).facts.text(known) == name)
        };
        let Some(position) = params.iter().position(is_param) else { return Vec::new() };
        let facts = &self.file(file).facts;
        let scope = facts.class(class).scope;
        let call = self.file(file).calls.iter().map(|id| facts.expr(*id)).find_map(|expr| match &expr.kind {
            ExprKind::Call(call) if expr.scope == scope => match facts.expr(call.callee).kind {
                ExprKind::Name(callee) if callee == base => Some(call),
                _ => None,
            },
            _ => None,
        });
        let Some(call) = call else { return Vec::new() };
        let named = call.args.iter().find(|arg| arg.name.is_some_and(|known| facts.text(known) == name));
        let arg = named.or_else(|| call.args.get(position).filter(|arg| arg.name.is_none()));
        arg.map(|arg| self.eval(file, arg.value, depth)).unwrap_or_default()
    }

    fn instance_member(&self, file: FileId, class: ClassId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let mut found = Vec::new();
        for (_, member) in self.named(file, class, name) {
            match &member.kind {
                MemberKind::Method(function) => {
                    let callee = facts.function(*function);
                    if callee.getter {
                        found.extend(callee.returns.iter().flat_map(|value| self.eval(file, *value, depth)));
                    } else if callee.signature {
                        found.extend(self.implementations(file, class, name));
                        found.push(Found::new(Value::Function(file, *function)));
                    } else {
                        found.push(Found::new(Value::Function(file, *function)));
                    }
                }
                MemberKind::Field(value) => {
                    let hop = Hop { file, span: member.name_span.clone(), role: ViaRole::Constant };
                    let values = value.map(|value| self.eval(file, value, depth)).unwrap_or_default();
                    found.extend(values.into_iter().map(|found| found.through(hop.clone())));
                    let typed = self.type_value(file, declared.scope, &member.types, depth);
                    let made = || self.assigned_objects(file, class, name, depth);
                    let is_object = matches!(typed[..], [Found { value: Value::Instance(..), .. }]) && value.is_none();
                    let made = if is_object { made() } else { Vec::new() };
                    found.extend(if made.is_empty() { typed } else { made });
                    if value.is_none() {
                        // A method that the type of an interface declares as a field.
                        found.extend(self.implementations(file, class, name));
                    }
                }
                MemberKind::EnumMember(_) => {}
            }
        }
        if found.is_empty() {
            let assigned = declared.assigned.iter().filter(|(known, _)| facts.text(*known) == name);
            for (_, value) in assigned {
                found.extend(self.eval(file, *value, depth));
            }
        }
        if found.is_empty() {
            found = self.of_bases(file, class, name, depth);
        }
        let language = &self.language(file).facts;
        if found.is_empty() && !language.field_prefix.is_empty() && !name.starts_with(&language.field_prefix) {
            found = self.instance_member(file, class, &format!("{}{name}", language.field_prefix), depth);
        }
        if found.is_empty() && language.project_scope {
            found = self.of_other_pieces(file, class, name, depth);
        }
        if found.is_empty() {
            // The object may be one of the class itself: constants and nested names.
            let inner = facts.sym(name).and_then(|name| facts.by_name.get(&(declared.scope, name)));
            if let Some(inner) = inner.filter(|_| declared.members.iter().all(|member| facts.text(member.name) != name))
            {
                found = self.bindings(file, inner, depth);
            }
        }
        found
    }

    /// The objects that a field is given where the class makes them.
    pub(super) fn assigned_objects(&self, file: FileId, class: ClassId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let assigned = facts.class(class).assigned.iter().filter(|(known, _)| facts.text(*known) == name);
        let mut made: Vec<Found> = assigned.flat_map(|(_, value)| self.eval(file, *value, depth)).collect();
        made.retain(|found| found.made.is_some());
        made
    }

    /// The methods by which classes fulfil what a type asks for.
    pub(super) fn implementations(&self, file: FileId, class: ClassId, name: &str) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let Some(wanted) = facts.class(class).name.map(|name| facts.text(name)) else { return Vec::new() };
        let candidates = self.methods.get(name).into_iter().flatten();
        candidates
            .filter(|(file, function)| {
                let facts = &self.file(*file).facts;
                facts
                    .function(*function)
                    .class
                    .is_some_and(|class| facts.class(class).bases.iter().any(|base| facts.text(*base) == wanted))
            })
            .map(|(file, function)| Found::new(Value::Function(*file, *function)))
            .collect()
    }
}
