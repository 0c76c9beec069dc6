//! From a call to what it gives.

use std::sync::Arc;

use downhaul_lang::facts::{Arg, Call, CallForm, ExprId, ExprKind, FunctionId, Sym};

use downhaul_lang::SdkId;

use super::memo::cut;
use super::{FileId, Found, Project, Value};

/// Functions and methods that give back what they are called with or on.
const SAME: &[&str] = &[
    "toString",
    "to_string",
    "ToString",
    "to_s",
    "to_sym",
    "to_owned",
    "into",
    "as_str",
    "as_ref",
    "clone",
    "trim",
    "valueOf",
    "String",
    "string",
    "str",
    "Boolean",
    "freeze",
    "from",
    "Borrowed",
    "Owned",
    "useCallback",
    "memo",
];

/// Functions that make a list of their arguments, or of what is in them.
const LISTS: &[&str] = &[
    "Seq",
    "List",
    "Vector",
    "of",
    "listOf",
    "setOf",
    "arrayOf",
    "mutableListOf",
    "mutableSetOf",
    "arrayListOf",
    "hashSetOf",
    "asList",
    "list",
    "set",
    "tuple",
    "frozenset",
    "Set",
    "vec",
    "EnumSet",
    "sorted",
    "iter",
    "into_iter",
    "enumerate",
    "filter",
    "concat",
];

impl Project<'_> {
    /// What a call gives.
    pub(super) fn call_value(&self, file: FileId, expr: ExprId, call: &Call, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let last = match facts.expr(callee).kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(name),
            _ => "",
        };
        if let Some(module) = self.required(file, expr) {
            return self.required_value(file, facts.text(module));
        }
        if let Some(found) = self.formatted(file, call, last, depth) {
            return found;
        }
        // `nameof(Flag.Beta)`: the name alone (C#).
        if let (true, [arg]) = (last == "nameof", &call.args[..])
            && let ExprKind::Name(name) | ExprKind::Member(_, name) = facts.expr(self.plain(file, arg.value)).kind
        {
            return vec![Found::new(Value::Text(Arc::from(facts.text(name))))];
        }
        if LISTS.contains(&last) {
            return vec![Found::new(Value::List(file, expr))];
        }
        if matches!(last, "values" | "entries" | "keys") && call.args.len() <= 1 {
            return self.values_call(file, callee, call, last, depth);
        }
        if SAME.contains(&last) && call.form == CallForm::Call {
            let inner = match (object_of(&facts.expr(callee).kind), call.args.first()) {
                (Some(object), None) => Some(object),
                (_, Some(arg)) if call.args.len() == 1 => Some(arg.value),
                _ => None,
            };
            let same = inner.map(|inner| self.eval(file, inner, depth)).unwrap_or_default();
            if !same.is_empty() {
                return same;
            }
        }
        if self.makes_flag(file, call) {
            return vec![Found::new(Value::Flag(file, expr))];
        }
        let mut found = Vec::new();
        for callee in self.eval(file, call.callee, depth) {
            let is_class = matches!(callee.value, Value::Class(..));
            let mut given = self.called(file, callee, call, depth);
            for object in given.iter_mut().filter(|_| is_class) {
                object.made = Some((file, expr));
            }
            found.extend(given);
        }
        if found.is_empty() {
            // `useContext(FlagContext)`: what is made for a client's sake is a client.
            for arg in &call.args {
                for arg in self.eval(file, arg.value, depth) {
                    if let Value::SdkItem(sdk, name) = &arg.value
                        && self.makes_client(*sdk, name)
                    {
                        found.push(Found::new(Value::Client(*sdk, None)));
                    }
                }
            }
        }
        found
    }

    /// Whether something of an SDK stands for a client where it is handed to a function that makes things.
    fn makes_client(&self, sdk: SdkId, name: &Arc<str>) -> bool {
        let sdk = self.catalog.sdk(sdk);
        sdk.entry.iter().chain(&sdk.types).any(|known| known == name.as_ref())
    }

    pub(super) fn values_call(
        &self,
        file: FileId,
        callee: ExprId,
        call: &Call,
        last: &str,
        depth: usize,
    ) -> Vec<Found> {
        let object = match (call.args.first(), object_of(&self.file(file).facts.expr(callee).kind)) {
            (Some(arg), _) => Some(arg.value),
            (None, object) => object,
        };
        let Some(object) = object else { return Vec::new() };
        let mut found = Vec::new();
        for object in self.eval(file, object, depth) {
            match object.value {
                Value::Class(..) => found.push(object),
                Value::Object(file, object) if last == "values" => found.extend(self.all_entries(file, object, depth)),
                _ => {}
            }
        }
        found
    }

    pub(super) fn called(&self, file: FileId, callee: Found, call: &Call, depth: usize) -> Vec<Found> {
        match &callee.value {
            Value::Class(owner, class)
                if call.form == CallForm::New || self.language(file).facts.constructor_is_call =>
            {
                vec![Found::new(Value::Instance(*owner, *class))]
            }
            Value::Function(owner, function) => self.returned(file, *owner, *function, call, depth),
            Value::SdkItem(sdk, name) => {
                let known = self.catalog.sdk(*sdk);
                let makes = known.entry.iter().any(|entry| entry == name.as_ref())
                    || known.types.iter().any(|kind| kind == name.as_ref());
                let kind = known.types.iter().find(|kind| *kind == name.as_ref()).map(|kind| Arc::from(kind.as_str()));
                if makes { vec![Found::new(Value::Client(*sdk, kind))] } else { Vec::new() }
            }
            // `Flag.BETA.getKey()`: the member gave it already.
            Value::Text(_) | Value::Pattern(_) if call.args.is_empty() => vec![callee],
            // A method of what a caller hands over: what it gives depends on the caller.
            Value::Param { path, .. } if !path.is_empty() && call.args.is_empty() => vec![callee],
            // A factory or builder of the SDK: what it makes is the SDK's.
            Value::ClientMethod(sdk, _, name) => {
                let asks = self.catalog.sdk(*sdk).calls_named(name).next().is_some();
                if asks { Vec::new() } else { vec![Found::new(Value::Client(*sdk, None))] }
            }
            _ => Vec::new(),
        }
    }

    /// What a function gives for these arguments.
    pub(super) fn returned(
        &self,
        file: FileId,
        owner: FileId,
        function: FunctionId,
        call: &Call,
        depth: usize,
    ) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(2) else {
            cut();
            return Vec::new();
        };
        let callee = self.file(owner).facts.function(function);
        // A switch over members of an enum: what it gives for the one that is handed over.
        for arg in call.args.iter().take(2) {
            for arg in self.eval(file, arg.value, depth) {
                if let Value::EnumMember(of, class, index) = arg.value {
                    let facts = &self.file(of).facts;
                    let member = facts.text(facts.class(class).members[index].name);
                    let chosen = self.arm_for(owner, function, member, depth);
                    if !chosen.is_empty() {
                        return chosen;
                    }
                }
            }
        }
        let mut found = Vec::new();
        for value in callee.returns.iter().take(8) {
            for returned in self.eval(owner, *value, depth) {
                match &returned.value {
                    Value::Param { file: of, function: which, index, path } if (*of, *which) == (owner, function) => {
                        let Some(arg) = self.argument(file, call, owner, function, *index) else { continue };
                        found.extend(self.follow(file, self.eval(file, arg, depth), path, depth));
                    }
                    _ => found.push(returned),
                }
            }
        }
        if found.is_empty() {
            found = self.type_value(owner, callee.scope, &callee.types, depth);
        }
        found
    }

    /// The argument for a parameter, by its name or position.
    pub(super) fn argument(
        &self,
        file: FileId,
        call: &Call,
        owner: FileId,
        function: FunctionId,
        index: u32,
    ) -> Option<ExprId> {
        let parameter = self.file(owner).facts.function(function).params.get(index as usize);
        let name = parameter.and_then(|parameter| parameter.name).map(|name| self.file(owner).facts.text(name));
        let facts = &self.file(file).facts;
        let by_name =
            call.args.iter().find(|arg| arg.name.is_some() && arg.name.map(|known| facts.text(known)) == name);
        let params = &self.file(owner).facts.function(function).params;
        let is_param = |name: Sym| {
            let text = facts.text(name);
            params.iter().any(|param| param.name.is_some_and(|known| self.file(owner).facts.text(known) == text))
        };
        // A label that no parameter has (Swift) says nothing of the position.
        let is_free = |arg: &&Arg| arg.name.is_none_or(|name| !is_param(name));
        let by_position = || call.args.iter().filter(is_free).nth(index as usize);
        by_name.or_else(by_position).map(|arg| arg.value)
    }

    /// Members of members.
    pub(super) fn follow(&self, file: FileId, found: Vec<Found>, path: &[Arc<str>], depth: usize) -> Vec<Found> {
        path.iter().fold(found, |found, name| {
            found.into_iter().flat_map(|from| self.members_of(file, from, name, depth)).collect()
        })
    }
}

/// The object of a member.
fn object_of(kind: &ExprKind) -> Option<ExprId> {
    match kind {
        ExprKind::Member(object, _) => Some(*object),
        _ => None,
    }
}
