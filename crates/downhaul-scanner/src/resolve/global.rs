//! Names that all files of a project see without importing them, for the languages that have such names.

use std::sync::Arc;

use downhaul_core::ViaRole;
use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{
    BindingId, BindingKind, ClassId, ExprId, ExprKind, Facts, FunctionId, Imported, MemberKind, ScopeId, ScopeKind,
};
use rustc_hash::FxHashMap;

use super::{FileId, Found, Hop, Project, Value};
use crate::source::SourceFile;

/// What all files see: types, constants and functions by name, members of enums, and types that stand in pieces.
#[derive(Debug, Default)]
pub(super) struct Globals {
    names: FxHashMap<String, Vec<(FileId, BindingId)>>,
    members: FxHashMap<String, Vec<(FileId, ClassId, usize)>>,
    pieces: FxHashMap<String, Vec<(FileId, ClassId)>>,
    /// Methods by name.
    methods: FxHashMap<String, Vec<(FileId, FunctionId)>>,
}

impl Globals {
    pub(super) fn add(&mut self, id: FileId, file: &SourceFile) {
        let facts = &file.facts;
        for (index, binding) in facts.bindings.iter().enumerate() {
            let is_kind = matches!(
                binding.kind,
                BindingKind::Class(_) | BindingKind::Function(_) | BindingKind::Value(Some(_)) | BindingKind::Module(_)
            );
            if is_kind && is_seen(facts, binding.scope, binding.kind) {
                let binding_id = BindingId(u32::try_from(index).unwrap_or(u32::MAX));
                self.names.entry(facts.text(binding.name).to_owned()).or_default().push((id, binding_id));
            }
        }
        for (index, class) in facts.classes.iter().enumerate() {
            let class_id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            if let Some(name) = class.name {
                self.pieces.entry(facts.text(name).to_owned()).or_default().push((id, class_id));
            }
            for (member, known) in class.members.iter().enumerate() {
                if let MemberKind::Method(function) = known.kind {
                    self.methods.entry(facts.text(known.name).to_owned()).or_default().push((id, function));
                }
                let has_value = matches!(known.kind, MemberKind::EnumMember(_)) || known.is_static;
                if has_value {
                    self.members.entry(facts.text(known.name).to_owned()).or_default().push((id, class_id, member));
                }
            }
        }
    }
}

/// Whether a name in this scope can be seen from elsewhere: at the top, in a module, or a type in a type.
fn is_seen(facts: &Facts, scope: ScopeId, kind: BindingKind) -> bool {
    facts.scopes_around(scope).all(|(_, around)| match around.kind {
        ScopeKind::File | ScopeKind::Module(_) => true,
        ScopeKind::Class(_) => matches!(kind, BindingKind::Class(_)),
        ScopeKind::Function(_) | ScopeKind::Block | ScopeKind::StaticInit => false,
    })
}

impl Project<'_> {
    /// What a name means that no import brings: the nearest of those that a package or import leads to, else the
    /// nearest at all.
    pub(super) fn global(&self, file: FileId, name: &str, depth: usize) -> Vec<Found> {
        if let Some(member) = name.strip_prefix('.') {
            return self.implicit_member(file, member, depth);
        }
        let language = self.file(file).language;
        let known: Vec<(FileId, BindingId)> = self.globals.names.get(name).cloned().unwrap_or_default();
        let known: Vec<_> = known
            .into_iter()
            .filter(|(owner, _)| *owner != file && self.catalog.are_related(self.file(*owner).language, language))
            .collect();
        let Some(best) = known.iter().map(|(owner, _)| self.nearness(file, *owner)).max() else {
            return self.sdk_name(file, name);
        };
        let near: Vec<&(FileId, BindingId)> =
            known.iter().filter(|(owner, _)| self.nearness(file, *owner) == best).collect();
        // Several of equal right are pieces of one thing, or nothing can be told.
        near.into_iter().take(8).flat_map(|(owner, id)| self.bindings(*owner, &[*id], depth)).collect()
    }

    /// How near a file is: of the same or an imported package, then by folder.
    fn nearness(&self, file: FileId, other: FileId) -> (bool, usize) {
        let (facts, others) = (&self.file(file).facts, &self.file(other).facts);
        let package = others.package.map(|package| others.text(package));
        let own = facts.package.map(|package| facts.text(package)).unwrap_or_default();
        let reaches = package.is_some_and(|package| {
            own.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '\\']))
                || facts
                    .imports
                    .iter()
                    .any(|import| import.what == Imported::All && facts.text(import.module) == package)
        });
        let folders = |file: FileId| self.file(file).folder().split('/').collect::<Vec<_>>();
        let shared = folders(file).iter().zip(&folders(other)).take_while(|(a, b)| a == b).count();
        (reaches, if reaches { 0 } else { shared })
    }

    /// A type or module of an SDK that the project uses and names without importing it here.
    fn sdk_name(&self, file: FileId, name: &str) -> Vec<Found> {
        let language = self.language(file);
        let imports_nothing = matches!(language.facts.imports, ImportStyle::None | ImportStyle::Elixir);
        let mut sdks = self.catalog.sdks().filter(|(_, sdk)| self.catalog.is_used_from(sdk, language));
        let found = sdks.find_map(|(id, sdk)| {
            if imports_nothing {
                return sdk.imports.iter().any(|import| import == name).then_some(Value::SdkModule(id));
            }
            let is_type = self.sdks.contains(&id) && sdk.types.iter().any(|kind| kind == name);
            is_type.then(|| Value::SdkItem(id, Arc::from(name)))
        });
        found.map(Found::new).into_iter().collect()
    }

    /// `.name`, a member of the type that is wanted: of the only one that has such a member, or that holds a key by it.
    fn implicit_member(&self, file: FileId, name: &str, depth: usize) -> Vec<Found> {
        let language = self.file(file).language;
        let members = self.globals.members.get(name).into_iter().flatten();
        let candidates: Vec<Found> = members
            .filter(|(owner, _, _)| self.catalog.are_related(self.file(*owner).language, language))
            .flat_map(|(owner, class, index)| {
                let facts = &self.file(*owner).facts;
                let member = &facts.class(*class).members[*index];
                let hop = Hop { file: *owner, span: member.name_span.clone(), role: ViaRole::Constant };
                match member.kind {
                    MemberKind::EnumMember(_) => {
                        vec![Found::new(Value::EnumMember(*owner, *class, *index)).through(hop)]
                    }
                    _ => self.members(*owner, &Value::Class(*owner, *class), name, depth),
                }
            })
            .collect();
        if candidates.len() == 1 {
            return candidates;
        }
        let mut keyed = candidates.into_iter().filter(|found| {
            let keys = self.as_keys(vec![found.clone()]);
            keys.iter().any(|key| matches!(&key.value, Value::Text(text) if self.is_key(text)))
        });
        match (keyed.next(), keyed.next()) {
            (Some(only), None) => vec![only],
            _ => Vec::new(),
        }
    }

    /// What a function gives for a member of an enum, where it is a switch over them.
    pub(super) fn arm_for(&self, owner: FileId, function: FunctionId, member: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(owner).facts;
        let arms = facts.cases.iter().filter(|arm| {
            let pattern = facts.expr(arm.pattern);
            let about = match pattern.kind {
                ExprKind::Member(_, name) | ExprKind::Name(name) => facts.text(name).trim_start_matches('.') == member,
                _ => false,
            };
            about && facts.function_around(pattern.scope) == Some(function)
        });
        arms.flat_map(|arm| self.eval(owner, arm.body, depth)).collect()
    }

    /// What a function that stands apart gives for a member of an enum it is called on: an extension method.
    pub(super) fn of_extension(&self, enum_name: &str, member: &str, name: &str, depth: usize) -> Vec<Found> {
        let known = self.globals.methods.get(name).into_iter().flatten();
        let extends = |(owner, function): &&(FileId, FunctionId)| {
            let facts = &self.file(*owner).facts;
            let first = facts.function(*function).params.first();
            first.is_some_and(|first| first.types.iter().any(|kind| facts.text(*kind) == enum_name))
        };
        let mut functions = known.filter(extends);
        functions.next().map(|(owner, function)| self.arm_for(*owner, *function, member, depth)).unwrap_or_default()
    }

    /// The functions that a name or member stands for, before they are called.
    pub(super) fn functions_named(&self, file: FileId, expr: ExprId) -> Vec<(FileId, FunctionId)> {
        let facts = &self.file(file).facts;
        let found = match facts.expr(expr).kind {
            ExprKind::Name(name) => self.lookup(file, facts.expr(expr).scope, name, 40),
            ExprKind::Member(object, name) => {
                let objects = self.eval(file, object, 40);
                objects.iter().flat_map(|object| self.members(file, &object.value, facts.text(name), 40)).collect()
            }
            _ => Vec::new(),
        };
        let function = |found: Found| match found.value {
            Value::Function(owner, function) => Some((owner, function)),
            _ => None,
        };
        found.into_iter().filter_map(function).collect()
    }

    /// A member that another piece of a class has: an extension, a partial class, a module that is opened again.
    pub(super) fn of_other_pieces(&self, file: FileId, class: ClassId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let Some(class_name) = facts.class(class).name else { return Vec::new() };
        let pieces = self.globals.pieces.get(facts.text(class_name)).into_iter().flatten();
        let mut found = Vec::new();
        for (owner, piece) in pieces.filter(|piece| **piece != (file, class)) {
            let facts = &self.file(*owner).facts;
            for member in facts.class(*piece).members.iter().filter(|member| facts.text(member.name) == name) {
                let hop = Hop { file: *owner, span: member.name_span.clone(), role: ViaRole::Constant };
                match member.kind {
                    MemberKind::Method(function) if facts.function(function).getter => {
                        let returns = &facts.function(function).returns;
                        found.extend(returns.iter().flat_map(|value| self.eval(*owner, *value, depth)));
                    }
                    MemberKind::Method(function) => found.push(Found::new(Value::Function(*owner, function))),
                    MemberKind::Field(Some(value)) => {
                        let values = self.eval(*owner, value, depth);
                        found.extend(values.into_iter().map(|found| found.through(hop.clone())));
                    }
                    _ => found.extend(self.type_value(*owner, facts.class(*piece).scope, &member.types, depth)),
                }
            }
            if found.is_empty() {
                let scope = facts.class(*piece).scope;
                let inner = facts.sym(name).and_then(|name| facts.by_name.get(&(scope, name)));
                found.extend(inner.map(|inner| self.bindings(*owner, inner, depth)).unwrap_or_default());
            }
        }
        found
    }
}
