//! Which calls have to do with a flag, and where the key stands in them.

use downhaul_lang::facts::{Call, CallForm, EntryKey, ExprId, ExprKind, FunctionId};
use downhaul_lang::{Argument, Form, SdkCall, SdkId};

use super::values::DEPTH;
use super::{FileId, Forward, Found, OWN, Project, Value};

/// What a call is an instance of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spec {
    /// A call of an SDK, by its index there.
    Sdk(SdkId, usize),
    /// A look into something that holds flags by name.
    Registry,
    /// A call that the configuration tells of, by its index there.
    Configured(usize),
}

/// A call that has to do with a flag.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) spec: Spec,
    /// The callee was traced to an SDK, or to a function that was.
    pub(crate) traced: bool,
    /// The keys it can be about.
    pub(crate) keys: Vec<Found>,
    /// The function that hands the key on, if it is not the SDK's own call.
    pub(crate) through: Option<(FileId, FunctionId)>,
    /// The way a wrapper hands it on.
    pub(crate) forward: Option<Forward>,
}

impl Project<'_> {
    pub(crate) fn sdk_call(&self, spec: Spec) -> Option<&SdkCall> {
        match spec {
            Spec::Sdk(sdk, index) => self.catalog.sdk(sdk).calls.get(index),
            Spec::Registry | Spec::Configured(_) => None,
        }
    }

    /// Whether it can be worth looking at a call: its name is one of those that lead to flags, or may hide one.
    pub(crate) fn is_interesting(&self, file: FileId, call: &Call) -> bool {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        match facts.expr(callee).kind {
            ExprKind::Member(object, name) => {
                self.call_names.contains(facts.text(name)) || self.may_be_key(file, object)
            }
            ExprKind::Name(name) => {
                if self.call_names.contains(facts.text(name)) || self.key_names.contains(facts.text(name)) {
                    return true;
                }
                let scope = facts.expr(callee).scope;
                let bindings = facts.scopes_around(scope).find_map(|(scope, _)| facts.by_name.get(&(scope, name)));
                bindings.into_iter().flatten().any(|id| match facts.binding(*id).kind {
                    downhaul_lang::facts::BindingKind::Import(index) => match facts.imports[index as usize].what {
                        downhaul_lang::facts::Imported::Name(name) => self.call_names.contains(facts.text(name)),
                        downhaul_lang::facts::Imported::Default => true,
                        _ => false,
                    },
                    downhaul_lang::facts::BindingKind::Value(_) => true,
                    downhaul_lang::facts::BindingKind::Parameter(..) => self.has_call_operators(),
                    _ => false,
                })
            }
            ExprKind::Call(_) => true,
            _ => false,
        }
    }

    /// Whether a key is handed over: then it matters what the callee is, whatever its name.
    pub(crate) fn hands_over_key(&self, file: FileId, call: &Call) -> bool {
        let facts = &self.file(file).facts;
        call.args.iter().take(4).any(|arg| match &facts.expr(arg.value).kind {
            ExprKind::Object(entries) => {
                entries.iter().filter_map(|entry| entry.value).any(|value| self.may_be_key(file, value))
            }
            _ => self.may_be_key(file, arg.value) || self.hands_over_in_object(file, arg.value),
        })
    }

    /// What a call has to do with flags.
    pub(crate) fn hits(&self, file: FileId, call: &Call) -> Vec<Hit> {
        if let Some(hit) = self.configured_hit(file, call) {
            return vec![hit];
        }
        let callees = self.eval(file, call.callee, DEPTH);
        let mut hits = Vec::new();
        let mut is_known = false;
        for callee in &callees {
            match &callee.value {
                Value::SdkItem(sdk, name) => {
                    is_known = true;
                    let form = match call.form {
                        CallForm::Element => Form::Component,
                        CallForm::Annotation => Form::Annotation,
                        CallForm::Call | CallForm::New => Form::Function,
                    };
                    hits.extend(self.sdk_hits(file, call, *sdk, (name, form, None)));
                }
                Value::ClientMethod(sdk, kind, name) => {
                    is_known = true;
                    hits.extend(self.sdk_hits(file, call, *sdk, (name, Form::Method, kind.as_deref())));
                }
                Value::Function(owner, function) => {
                    is_known |= !self.file(*owner).facts.function(*function).signature
                        || self.asks_for_something_else(file, call, (*owner, *function));
                    self.wrapper_hits(file, call, (*owner, *function), true, &mut hits);
                }
                Value::Instance(..) if call.form == CallForm::Call => {
                    for operator in self.call_operator(file, &callee.value) {
                        if let Value::Function(owner, function) = operator.value {
                            is_known = true;
                            self.wrapper_hits(file, call, (owner, function), true, &mut hits);
                        }
                    }
                }
                Value::Class(..) => is_known = true,
                _ => {}
            }
        }
        // A function that takes apart what it gets may be another of the same name.
        let says_nothing = |hit: &Hit| !hit.traced && hit.keys.iter().all(|key| key.value == Value::Unknown);
        hits.retain(|hit| !says_nothing(hit));
        if !hits.is_empty() || self.makes_flag(file, call) {
            return hits;
        }
        if !is_known && !self.is_foreign(file, call) {
            self.hits_by_name(file, call, &mut hits);
        }
        if hits.is_empty() {
            hits = self.unlisted_hits(file, call, &callees);
        }
        hits
    }

    /// What a function that is called by its name alone has to do with flags.
    pub(crate) fn hits_of_name(&self, file: FileId, call: &Call) -> Vec<Hit> {
        let mut hits = Vec::new();
        for function in self.functions_named(file, call.callee) {
            self.wrapper_hits(file, call, function, true, &mut hits);
        }
        hits
    }

    /// Whether a name stands for a function that asks for one flag.
    pub(crate) fn asks_for_one(&self, file: FileId, expr: ExprId) -> bool {
        let mut functions = self.functions_named(file, expr).into_iter();
        functions.any(|function| {
            self.wrappers
                .get(&function)
                .is_some_and(|wrapper| wrapper.forwards.iter().any(|forward| forward.param.is_none()))
        })
    }

    /// Hits of the calls of an SDK with this name and form, on a client of this type where it is known.
    fn sdk_hits(
        &self,
        file: FileId,
        call: &Call,
        sdk: SdkId,
        (name, form, kind): (&str, Form, Option<&str>),
    ) -> Vec<Hit> {
        let calls = self.catalog.sdk(sdk).calls.iter().enumerate();
        calls
            .filter(|(_, known)| known.names.iter().any(|known| known == name) && known.form.contains(&form))
            .filter(|(_, known)| known.on.as_deref().is_none_or(|on| kind.is_none_or(|kind| kind == on)))
            .map(|(index, known)| self.hit(file, call, Spec::Sdk(sdk, index), known, true))
            .collect()
    }

    fn hit(&self, file: FileId, call: &Call, spec: Spec, known: &SdkCall, traced: bool) -> Hit {
        let mut keys = Vec::new();
        for arg in known.key.0.iter().flat_map(|argument| self.arguments(file, call, argument)) {
            let found = self.keys(file, arg);
            // A call that is only named like one of an SDK tells nothing of the object around it.
            let found = if traced { self.or_own(file, arg, &[], found) } else { found };
            keys.extend(if found.is_empty() { vec![Found::new(Value::Unknown)] } else { found });
        }
        Hit { spec, traced, keys, through: None, forward: None }
    }

    fn wrapper_hits(&self, file: FileId, call: &Call, callee: (FileId, FunctionId), traced: bool, hits: &mut Vec<Hit>) {
        let Some(wrapper) = self.wrappers.get(&callee) else { return };
        for forward in &wrapper.forwards {
            let keys = match forward.param {
                Some(OWN) => self.keys_of_object(file, call, &forward.path, traced),
                Some(param) => {
                    let arg = self.argument(file, call, callee.0, callee.1, param);
                    let arg = arg.filter(|arg| self.source(file, *arg) != "undefined");
                    let found = match arg {
                        Some(arg) => self.eval(file, arg, DEPTH),
                        None => {
                            let params = &self.file(callee.0).facts.function(callee.1).params;
                            let default = params.get(param as usize).and_then(|param| param.default);
                            let Some(default) = default else { continue };
                            self.eval(callee.0, default, DEPTH)
                        }
                    };
                    let found = self.as_keys(self.follow(file, found, &forward.path, DEPTH));
                    let keys = match arg {
                        Some(arg) if traced && forward.traced => self.or_own(file, arg, &forward.path, found),
                        _ => found,
                    };
                    if keys.is_empty() { vec![Found::new(Value::Unknown)] } else { keys }
                }
                None => forward.keys.clone(),
            };
            let traced = traced && forward.traced;
            hits.push(Hit { spec: forward.spec, traced, keys, through: Some(callee), forward: Some(forward.clone()) });
        }
    }

    /// Hits by the name alone, where nothing is known of the callee.
    fn hits_by_name(&self, file: FileId, call: &Call, hits: &mut Vec<Hit>) {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let (name, form) = match (&facts.expr(callee).kind, call.form) {
            (ExprKind::Member(_, name), CallForm::Call) => (facts.text(*name), Form::Method),
            (ExprKind::Name(name), CallForm::Call) => (facts.text(*name), Form::Function),
            (ExprKind::Name(name), CallForm::Element) => (facts.text(*name), Form::Component),
            _ => return,
        };
        // A mixed-in method is called like a function (Ruby).
        if form == Form::Method || form == Form::Function && self.language(file).facts.uniform_access {
            for wrapper in self.wrapper_methods.get(name).into_iter().flatten() {
                let mut by_name = Vec::new();
                self.wrapper_hits(file, call, *wrapper, false, &mut by_name);
                // A function that asks for one flag is known by its name only if nobody else has the name.
                by_name.retain(|hit| {
                    hit.forward.as_ref().is_some_and(|forward| forward.param.is_some() || self.is_unique_method(name))
                });
                hits.extend(by_name);
            }
            hits.truncate(1);
        }
        if !hits.is_empty() {
            return;
        }
        let language = self.language(file);
        let known = self.sdk_calls.get(name).into_iter().flatten();
        let best = known
            .map(|(id, index)| (*id, *index, &self.catalog.sdk(*id).calls[*index]))
            .filter(|(_, _, known)| !known.only_traced && known.form.contains(&form))
            .filter(|(id, _, _)| self.catalog.is_used_from(self.catalog.sdk(*id), language))
            .max_by_key(|(id, index, _)| (self.sdks.contains(id), std::cmp::Reverse((*id, *index))));
        if let Some((sdk, index, known)) = best {
            let hit = self.hit(file, call, Spec::Sdk(sdk, index), known, false);
            if !hit.keys.is_empty() {
                hits.push(hit);
            }
        }
    }

    fn is_unique_method(&self, name: &str) -> bool {
        self.is_telling(name) && self.wrapper_methods.get(name).is_some_and(|functions| functions.len() == 1)
    }

    /// The keys that an expression can stand for.
    pub(crate) fn keys(&self, file: FileId, expr: ExprId) -> Vec<Found> {
        let found = self.eval(file, expr, DEPTH);
        self.as_keys(found)
    }

    /// Values as keys: members of enums become what they stand for, lists what is in them.
    pub(crate) fn as_keys(&self, found: Vec<Found>) -> Vec<Found> {
        let mut keys: Vec<Found> = Vec::new();
        for found in found {
            match found.value {
                Value::EnumMember(owner, class, index) => {
                    keys.extend(self.enum_key(owner, class, index, DEPTH));
                }
                Value::List(owner, list) => {
                    let elements = self.elements(owner, list, DEPTH);
                    keys.extend(
                        elements.into_iter().filter(|found| matches!(found.value, Value::Text(_) | Value::Pattern(_))),
                    );
                }
                Value::Text(_) | Value::Pattern(_) | Value::Param { .. } | Value::Unknown => keys.push(found),
                Value::Flag(owner, made) => keys.extend(self.key_of_flag(owner, made)),
                Value::Object(..) | Value::Class(..) | Value::Instance(..) => {
                    keys.extend(self.carried_key(&found.value, DEPTH));
                }
                _ => {}
            }
        }
        let mut unique: Vec<Found> = Vec::new();
        for key in keys {
            if !unique.iter().any(|known| known.value == key.value) {
                unique.push(key);
            }
        }
        unique
    }

    /// The arguments that stand where `argument` says.
    pub(crate) fn arguments(&self, file: FileId, call: &Call, argument: &Argument) -> Vec<ExprId> {
        let facts = &self.file(file).facts;
        let positional: Vec<ExprId> = call.args.iter().filter(|arg| arg.name.is_none()).map(|arg| arg.value).collect();
        if let Some(name) = &argument.name {
            let named = call.args.iter().find(|arg| arg.name.is_some_and(|known| facts.text(known) == name));
            if let Some(named) = named {
                return vec![named.value];
            }
            if call.form == CallForm::Element {
                return self.at_path(file, &positional, name);
            }
        }
        if let Some(field) = &argument.field {
            return self.at_path(file, &positional, field);
        }
        if let Some(option) = &argument.option {
            let called = positional.iter().find_map(|arg| match &facts.expr(self.plain(file, *arg)).kind {
                ExprKind::Call(call) => {
                    let last = match facts.expr(self.plain(file, call.callee)).kind {
                        ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(name),
                        _ => "",
                    };
                    call.args.first().filter(|_| last == option).map(|arg| arg.value)
                }
                _ => None,
            });
            return called.into_iter().collect();
        }
        if let Some(from) = argument.from {
            return positional.into_iter().skip(from).collect();
        }
        if let Some(from) = argument.last_from {
            return positional.iter().skip(from).next_back().copied().into_iter().collect();
        }
        // Named arguments stand in their order more often than not.
        let at = |position: usize| {
            positional.get(position).copied().or_else(|| call.args.get(position).map(|arg| arg.value))
        };
        argument.position.and_then(at).into_iter().collect()
    }

    /// What stands at a path of properties in the first object that has it; a list on the way stands for its elements.
    fn at_path(&self, file: FileId, objects: &[ExprId], path: &str) -> Vec<ExprId> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let Some(value) = objects.iter().find_map(|object| self.property(file, *object, name)) else {
            return Vec::new();
        };
        match (rest, &self.file(file).facts.expr(self.plain(file, value)).kind) {
            (None, _) => vec![value],
            (Some(rest), ExprKind::Array(elements)) => {
                elements.iter().flat_map(|element| self.at_path(file, &[*element], rest)).collect()
            }
            (Some(rest), _) => self.at_path(file, &[value], rest),
        }
    }

    /// The value of a property as the object's literal says it.
    fn property(&self, file: FileId, object: ExprId, name: &str) -> Option<ExprId> {
        let facts = &self.file(file).facts;
        let ExprKind::Object(entries) = &facts.expr(self.plain(file, object)).kind else { return None };
        entries.iter().find_map(|entry| {
            let key = match entry.key {
                EntryKey::Text(key) => facts.text(key),
                EntryKey::Value(key) => match facts.expr(self.plain(file, key)).kind {
                    ExprKind::Name(key) | ExprKind::String(key) => facts.text(key),
                    _ => return None,
                },
                EntryKey::Spread => return None,
            };
            entry.value.filter(|_| key == name)
        })
    }
}
