//! Functions that hand a parameter on to an evaluation, found to a fixed point and without configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use downhaul_core::Fallback;
use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{BindingKind, Call, ExportTarget, ExprId, ExprKind, FunctionId, MemberKind, ScopeKind};
use rayon::prelude::*;

use super::values::DEPTH;
use super::{FileId, Found, Hit, Hop, OWN, Project, Spec, Value};
use downhaul_core::ViaRole;

/// A function that leads to evaluations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wrapper {
    pub(crate) forwards: Vec<Forward>,
}

/// One way in which a function leads to an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forward {
    /// The parameter that is the key; `None` if the function asks for a flag of its own choice.
    pub(crate) param: Option<u32>,
    /// What of the parameter is the key.
    pub(crate) path: Vec<Arc<str>>,
    /// The flags of its own choice.
    pub(crate) keys: Vec<Found>,
    /// What it ends in.
    pub(crate) spec: Spec,
    /// It ends in a call that was traced to an SDK.
    pub(crate) traced: bool,
    /// It turns the answer round.
    pub(crate) negated: bool,
    /// What it uses when the server is silent.
    pub(crate) fallback: Option<Fallback>,
    /// The parameter that is used when the server is silent.
    pub(crate) fallback_param: Option<u32>,
    /// Where it hands the key on.
    pub(crate) at: Hop,
}

impl Forward {
    /// Whether the flags are the same, whatever way led to them: a function that calls itself finds ever longer ways.
    fn has_keys_of(&self, other: &Forward) -> bool {
        let values = |forward: &Forward| forward.keys.iter().map(|key| key.value.clone()).collect::<Vec<_>>();
        values(self) == values(other)
    }
}

/// Members between a parameter and the key in it. Overloads that call each other would go on for ever.
const LONGEST_PATH: usize = 3;

/// How far the names in an argument are followed to the files that they come from.
const WANTED: usize = 6;

type Owner = (FileId, FunctionId);

impl Project<'_> {
    /// Finds wrappers until there are no more.
    pub(crate) fn infer_wrappers(&mut self) {
        loop {
            let found: Vec<(Owner, Forward)> = (0..self.files.len())
                .into_par_iter()
                .map(|index| self.forwards_in(FileId(index)))
                .collect::<Vec<_>>()
                .concat();
            let mut changed = false;
            for (owner, forward) in found {
                let wrapper = self.wrappers.entry(owner).or_default();
                let known = wrapper.forwards.iter().any(|known| {
                    known.param == forward.param
                        && known.path == forward.path
                        && (known.traced || !forward.traced)
                        && (forward.param.is_some() || known.has_keys_of(&forward))
                });
                if !known {
                    wrapper.forwards.retain(|known| {
                        known.param != forward.param || known.path != forward.path || forward.param.is_none()
                    });
                    let is_own = forward.param == Some(OWN);
                    wrapper.forwards.push(forward);
                    changed = true;
                    self.name_wrapper(owner);
                    if let Some(name) = self.file(owner.0).function_name(owner.1).filter(|_| is_own) {
                        self.own_methods.insert(name.to_owned());
                    }
                }
            }
            if !changed && !self.name_aliases() {
                return;
            }
        }
    }

    /// Makes a wrapper known by its names.
    fn name_wrapper(&mut self, (file, function): Owner) {
        let name = self.file(file).function_name(function).map(str::to_owned);
        let Some(name) = name else { return };
        let callee = self.file(file).facts.function(function);
        let is_method = callee.class.is_some() || self.file(file).is_entry(function);
        self.call_names.insert(name.clone());
        if is_method {
            let methods = self.wrapper_methods.entry(name).or_default();
            if !methods.contains(&(file, function)) {
                methods.push((file, function));
                methods.sort_unstable();
            }
        }
    }

    /// Makes wrappers known by the names that other modules hand them on under; whether there were new ones.
    fn name_aliases(&mut self) -> bool {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for id in self.ids() {
            let facts = &self.file(id).facts;
            for binding in &facts.bindings {
                if let BindingKind::Import(index) = binding.kind
                    && let downhaul_lang::facts::Imported::Name(name) = facts.imports[index as usize].what
                    && name != binding.name
                    && self.call_names.contains(facts.text(name))
                {
                    names.insert(facts.text(binding.name).to_owned());
                }
            }
        }
        let before = self.call_names.len();
        self.call_names.extend(names);
        self.call_names.len() > before
    }

    fn forwards_in(&self, file: FileId) -> Vec<(Owner, Forward)> {
        let mut found = Vec::new();
        let facts = &self.file(file).facts;
        for id in &self.file(file).calls {
            let ExprKind::Call(call) = &facts.expr(*id).kind else { continue };
            let hands_over_key = self.hands_over_key(file, call);
            if hands_over_key {
                self.want_imports(file, call.callee, WANTED);
                for arg in &call.args {
                    self.want_imports(file, arg.value, WANTED);
                }
            }
            if !hands_over_key && !self.is_interesting(file, call) {
                continue;
            }
            for hit in self.hits(file, call) {
                if hit.spec == Spec::Registry && hit.through.is_none() {
                    found.extend(self.unlisted_forward(file, call));
                }
                if hit.traced && hit.keys.iter().any(|key| key.value == Value::Unknown) {
                    for arg in &call.args {
                        self.want_imports(file, arg.value, WANTED);
                    }
                }
                self.forwards_of(file, *id, &hit, &mut found);
            }
        }
        for (id, expr) in facts.all_exprs() {
            if let ExprKind::Index(object, key) = expr.kind
                && self.holds_flags(file, object)
            {
                let keys = self.keys(file, key);
                let hit = Hit { spec: Spec::Registry, traced: true, keys, through: None, forward: None };
                self.forwards_of(file, id, &hit, &mut found);
            }
        }
        found
    }

    /// The keys that a member asks for whenever it is read: `get newMenu() { return client.isEnabled("a") }`.
    pub(crate) fn asked_by_getter(&self, file: FileId, object: ExprId, name: &str) -> Vec<Found> {
        let mut keys = Vec::new();
        for found in self.eval(file, object, super::values::DEPTH) {
            let Value::Instance(owner, class) = found.value else { continue };
            let facts = &self.file(owner).facts;
            let members = facts.class(class).members.iter().filter(|member| facts.text(member.name) == name);
            for member in members {
                let MemberKind::Method(function) = member.kind else { continue };
                if !facts.function(function).getter {
                    continue;
                }
                let forwards = self.wrappers.get(&(owner, function)).into_iter().flat_map(|wrapper| &wrapper.forwards);
                let own = forwards.filter(|forward| forward.param.is_none()).flat_map(|forward| &forward.keys);
                keys.extend(own.map(|key| {
                    let hop = Hop { file: owner, span: member.name_span.clone(), role: ViaRole::Wrapper };
                    key.clone().through(hop)
                }));
            }
        }
        keys
    }

    /// A function that takes known keys and says that it asks for flags is one that does, whatever it does inside.
    fn unlisted_forward(&self, file: FileId, call: &Call) -> Option<(Owner, Forward)> {
        let (owner, function, param, at) = self.unlisted_root(file, call)?;
        let forward = Forward {
            param: Some(param),
            path: Vec::new(),
            keys: Vec::new(),
            spec: Spec::Registry,
            traced: false,
            negated: false,
            fallback: None,
            fallback_param: None,
            at,
        };
        Some(((owner, function), forward))
    }

    fn forwards_of(&self, file: FileId, id: ExprId, hit: &Hit, found: &mut Vec<(Owner, Forward)>) {
        if self.sdk_call(hit.spec).is_some_and(|call| call.role != downhaul_lang::CallRole::Evaluation) {
            return;
        }
        let facts = &self.file(file).facts;
        let at = Hop { file, span: facts.expr(id).span.clone(), role: ViaRole::Wrapper };
        let (fallback, fallback_param) = self.fallback(file, id, hit);
        let negated = self.sdk_call(hit.spec).is_some_and(|call| call.negated);
        let forward = |param, path, keys| Forward {
            param,
            path,
            keys,
            spec: hit.spec,
            traced: hit.traced,
            negated,
            fallback: fallback.clone(),
            fallback_param,
            at: at.clone(),
        };
        for key in &hit.keys {
            if let Value::Param { file: owner, function, index, path } = &key.value
                && path.len() <= LONGEST_PATH
            {
                found.push(((*owner, *function), forward(Some(*index), path.clone(), Vec::new())));
            }
        }
        if let Some((function, negates)) = self.only_asks(file, id) {
            let keys: Vec<Found> = hit
                .keys
                .iter()
                .filter(|key| matches!(&key.value, Value::Text(text) if hit.traced || self.is_key(text)))
                .cloned()
                .collect();
            if !keys.is_empty() && keys.len() == hit.keys.len() {
                let mut own = forward(None, Vec::new(), keys);
                own.negated ^= negates;
                found.push(((file, function), own));
            }
        }
    }

    /// The named function that does nothing but give the answer of the call, and whether it turns it round.
    fn only_asks(&self, file: FileId, id: ExprId) -> Option<(FunctionId, bool)> {
        let facts = &self.file(file).facts;
        let function = facts.function_around(facts.expr(id).scope)?;
        self.file(file).function_name(function)?;
        let callee = facts.function(function);
        let [returned] = callee.returns[..] else { return None };
        let mut negated = false;
        let mut at = returned;
        for _ in 0..8 {
            if at == id {
                return Some((function, negated));
            }
            at = match &facts.expr(at).kind {
                ExprKind::Same(inner) => *inner,
                ExprKind::Not(inner) => {
                    negated = !negated;
                    *inner
                }
                ExprKind::Member(object, name) if matches!(facts.text(*name), "enabled" | "isEnabled" | "value") => {
                    *object
                }
                ExprKind::Call(call) if call.args.len() == 1 && is_conversion(self.source(file, call.callee)) => {
                    call.args[0].value
                }
                ExprKind::Name(name) => {
                    let scope = facts.expr(at).scope;
                    let bindings = facts.scopes_around(scope).find_map(|(scope, around)| {
                        let is_own = around.kind == ScopeKind::Function(function) || around.kind == ScopeKind::Block;
                        facts.by_name.get(&(scope, *name)).filter(|_| is_own)
                    })?;
                    let [binding] = bindings[..] else { return None };
                    match facts.binding(binding).kind {
                        BindingKind::Value(Some(value)) => value,
                        _ => return None,
                    }
                }
                _ => return None,
            };
        }
        None
    }

    /// What a hit uses when the server is silent: a literal, or a parameter of the function around it.
    pub(crate) fn fallback(&self, file: FileId, id: ExprId, hit: &Hit) -> (Option<Fallback>, Option<u32>) {
        let ExprKind::Call(call) = &self.file(file).facts.expr(id).kind else { return (None, None) };
        let value = match (&hit.forward, hit.through) {
            (Some(forward), Some((owner, function))) => match forward.fallback_param {
                Some(param) => match self.argument(file, call, owner, function, param) {
                    Some(value) => Some((file, value)),
                    None => {
                        let parameter = self.file(owner).facts.function(function).params.get(param as usize);
                        parameter.and_then(|parameter| parameter.default).map(|default| (owner, default))
                    }
                },
                None => return (forward.fallback.clone(), None),
            },
            _ => {
                let known = self.sdk_call(hit.spec);
                let key = known.and_then(|known| {
                    known.key.0.iter().find_map(|place| self.arguments(file, call, place).first().copied())
                });
                known
                    .and_then(|known| {
                        known.default.0.iter().find_map(|place| self.arguments(file, call, place).first().copied())
                    })
                    .filter(|value| Some(*value) != key)
                    .map(|value| (file, value))
            }
        };
        let Some((owner, value)) = value else { return (None, None) };
        self.literal_fallback(owner, value, call.args.len())
    }

    fn literal_fallback(&self, file: FileId, value: ExprId, args: usize) -> (Option<Fallback>, Option<u32>) {
        let facts = &self.file(file).facts;
        match facts.expr(self.plain(file, value)).kind {
            ExprKind::Bool(value) => (Some(Fallback::Bool(value)), None),
            ExprKind::String(text) | ExprKind::Literal(text) => {
                (Some(Fallback::Literal(facts.text(text).to_owned())), None)
            }
            // The last of two arguments is a context unless it is a literal or a function.
            ExprKind::Name(_) | ExprKind::Member(..) | ExprKind::Call(_) | ExprKind::Object(_)
                if args == 2 && self.may_be_context(file, value) =>
            {
                (None, None)
            }
            _ => {
                for found in self.eval(file, value, 8) {
                    if let Value::Param { file: owner, index, path, .. } = found.value
                        && owner == file
                        && path.is_empty()
                    {
                        return (Some(Fallback::Computed), Some(index));
                    }
                }
                (Some(Fallback::Computed), None)
            }
        }
    }

    /// Whether the last argument can as well be a context: the call takes either, and nothing says that it is true or
    /// false.
    fn may_be_context(&self, file: FileId, value: ExprId) -> bool {
        let facts = &self.file(file).facts;
        match facts.expr(self.plain(file, value)).kind {
            ExprKind::Name(name) => {
                let text = facts.text(name).to_ascii_lowercase();
                text.contains("context") || text == "ctx"
            }
            ExprKind::Object(_) => true,
            _ => self.source(file, value).to_ascii_lowercase().contains("context"),
        }
    }

    /// The names that lead to flags, for the search in files that were not parsed yet: groups of which all must be
    /// there.
    pub(crate) fn leading_names(&self) -> BTreeSet<Vec<String>> {
        let mut groups: BTreeSet<Vec<String>> = BTreeSet::new();
        for id in self.ids() {
            groups.extend(self.visible_key_names(id).into_iter().map(|name| vec![name]));
        }
        #[expect(clippy::iter_over_hash_type, reason = "the names go into an ordered set")]
        for ((file, function), wrapper) in &self.wrappers {
            let facts = &self.file(*file).facts;
            let Some(name) = self.file(*file).function_name(*function) else { continue };
            let Some(class) = facts.function(*function).class else {
                let package = facts.package.filter(|_| self.language(*file).facts.package_scope);
                if let Some(package) = package {
                    groups.insert(vec![facts.text(package).to_owned(), name.to_owned()]);
                }
                if self.is_seen_outside(*file, *function) {
                    groups.insert(vec![name.to_owned()]);
                }
                continue;
            };
            // A method is called on what is known by its class, or by what the class stands for.
            let class = facts.class(class);
            for owner in class.name.iter().chain(&class.bases) {
                groups.insert(vec![facts.text(*owner).to_owned(), name.to_owned()]);
            }
            let own_choice = wrapper.forwards.iter().any(|forward| forward.param.is_none());
            if own_choice && self.is_telling(name) {
                groups.insert(vec![name.to_owned()]);
            }
        }
        for id in self.ids() {
            self.client_names(id, &mut groups);
            self.object_names(id, &mut groups);
        }
        // A short name alone is everywhere.
        groups.retain(|group| group.len() > 1 || group.iter().all(|name| name.len() >= 3));
        groups
    }

    /// The names by which other files can reach a client of this one, each with what can be asked of it.
    fn client_names(&self, file: FileId, groups: &mut BTreeSet<Vec<String>>) {
        let facts = &self.file(file).facts;
        let outside = facts.bindings.iter().filter(|binding| facts.function_around(binding.scope).is_none());
        for binding in outside {
            let BindingKind::Value(Some(value)) = binding.kind else { continue };
            if !matches!(facts.expr(self.plain(file, value)).kind, ExprKind::Call(_)) {
                continue;
            }
            for found in self.eval(file, value, DEPTH) {
                let Value::Client(sdk, _) = found.value else { continue };
                let calls = self.catalog.sdk(sdk).calls.iter().flat_map(|call| &call.names);
                groups.extend(calls.map(|call| vec![facts.text(binding.name).to_owned(), call.clone()]));
            }
        }
    }

    /// The names by which other files can reach a key of this one.
    fn visible_key_names(&self, file: FileId) -> BTreeSet<String> {
        let facts = &self.file(file).facts;
        let is_es = self.language(file).facts.imports == ImportStyle::Es;
        let mut names: BTreeSet<String> = BTreeSet::new();
        if is_es {
            let exported = facts.exports.iter().filter_map(|export| match (export.name, export.target) {
                (_, ExportTarget::Name(local)) => Some(facts.text(local)),
                (Some(name), _) => Some(facts.text(name)),
                _ => None,
            });
            names.extend(exported.filter(|name| self.key_names.contains(*name)).map(str::to_owned));
        } else {
            for binding in facts.bindings.iter().filter(|binding| facts.function_around(binding.scope).is_none()) {
                let name = facts.text(binding.name);
                let is_import = matches!(binding.kind, BindingKind::Import(_));
                if !is_import && self.key_names.contains(name) {
                    names.insert(name.to_owned());
                }
            }
        }
        names
    }

    /// A name that is unlikely to mean anything else: several words, and no SDK's.
    pub(super) fn is_telling(&self, name: &str) -> bool {
        let words = name.chars().filter(|char| char.is_uppercase() || *char == '_').count();
        let known = self.catalog.sdks().any(|(_, sdk)| sdk.calls_named(name).next().is_some());
        !known && name.len() >= 6 && words >= 1
    }

    /// Whether a function can be named by other files.
    fn is_seen_outside(&self, file: FileId, function: FunctionId) -> bool {
        let facts = &self.file(file).facts;
        if self.language(file).facts.imports == ImportStyle::Es {
            let name = self.file(file).function_name(function);
            return facts.exports.iter().any(|export| match export.target {
                ExportTarget::Name(local) => Some(facts.text(local)) == name,
                ExportTarget::Value(_) | ExportTarget::From(..) => export.name.map(|known| facts.text(known)) == name,
            });
        }
        let outer = facts.scope(facts.function(function).scope).parent;
        outer.is_none_or(|outer| facts.function_around(outer).is_none())
    }

    /// Finds the names of what holds a key: constants, enums, objects.
    pub(crate) fn find_key_names(&mut self) {
        let mut names = rustc_hash::FxHashSet::default();
        for id in self.ids() {
            let facts = &self.file(id).facts;
            for binding in &facts.bindings {
                if let BindingKind::Value(Some(value)) = binding.kind {
                    let value = self.plain(id, value);
                    let is_outer = facts.function_around(binding.scope).is_none();
                    if self.is_key_text(id, value)
                        || is_outer && (self.keys_in_object(id, value) > 0 || self.hands_over_text(id, value))
                    {
                        names.insert(facts.text(binding.name).to_owned());
                    }
                }
            }
            for class in &facts.classes {
                for member in &class.members {
                    let holds = match &member.kind {
                        MemberKind::Field(Some(value)) => {
                            let value = self.plain(id, *value);
                            self.is_key_text(id, value)
                                || self.keys_in_object(id, value) > 0
                                || self.hands_over_text(id, value)
                        }
                        MemberKind::Method(function) => {
                            let returns = &facts.function(*function).returns;
                            returns.len() == 1 && self.is_key_text(id, self.plain(id, returns[0]))
                        }
                        MemberKind::EnumMember(values) => {
                            values.iter().any(|value| self.is_key_text(id, self.plain(id, *value)))
                                || self.is_key(facts.text(member.name))
                        }
                        _ => false,
                    };
                    if holds {
                        names.insert(facts.text(member.name).to_owned());
                        names.extend(class.name.map(|name| facts.text(name).to_owned()));
                    }
                }
            }
        }
        self.key_names = names;
    }

    /// Whether a value is a call that a known key is handed to, as it is or in an object.
    fn hands_over_text(&self, file: FileId, value: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let ExprKind::Call(call) = &facts.expr(value).kind else { return false };
        call.args.iter().take(4).any(|arg| {
            let arg = self.plain(file, arg.value);
            self.is_key_text(file, arg) || self.keys_in_object(file, arg) > 0
        })
    }

    fn is_key_text(&self, file: FileId, value: ExprId) -> bool {
        let facts = &self.file(file).facts;
        match &facts.expr(value).kind {
            ExprKind::String(text) => self.is_key(facts.text(*text)),
            ExprKind::Concat(_) => self
                .eval(file, value, 6)
                .iter()
                .any(|found| matches!(&found.value, Value::Text(text) if self.is_key(text))),
            _ => false,
        }
    }
}

fn is_conversion(callee: &str) -> bool {
    matches!(callee, "Boolean" | "bool" | "useMemo" | "Promise.resolve" | "Ok" | "Some")
}
