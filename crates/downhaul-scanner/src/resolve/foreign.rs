//! What is known to be something other than a flag client, so that a known key in its call means nothing.

use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{BindingId, BindingKind, Call, CallForm, ExprId, ExprKind, FunctionId, ScopeId, Sym};

use crate::lexical::{Likeness, likeness};

use super::values::DEPTH;
use super::{FileId, Project, Value, says_flag};

/// Types that hold things, in the standard libraries.
const COLLECTIONS: &[&str] = &[
    "Set",
    "ReadonlySet",
    "WeakSet",
    "Map",
    "ReadonlyMap",
    "WeakMap",
    "Array",
    "ReadonlyArray",
    "Headers",
    "FormData",
    "URLSearchParams",
    "DOMTokenList",
    "HashSet",
    "HashMap",
    "BTreeSet",
    "BTreeMap",
    "List",
    "MutableSet",
    "MutableMap",
    "MutableList",
    "Collection",
    "dict",
    "frozenset",
];

/// What people call the parameter of a method that asks for a flag, besides the words for flags.
const KEY_WORDS: &[&str] = &["key", "name", "id", "exp", "switch", "arg", "p0"];

/// Words for clients and gates of flags in the names of packages.
const PACKAGE_WORDS: &[&str] = &["unleash", "openfeature", "open-feature", "feature", "toggle"];

impl Project<'_> {
    /// Whether a method of a type says of itself that it asks for something else: `isEnabled(level: string)` of a
    /// `Logger`.
    pub(super) fn asks_for_something_else(&self, file: FileId, call: &Call, callee: (FileId, FunctionId)) -> bool {
        let facts = &self.file(callee.0).facts;
        let function = facts.function(callee.1);
        let Some(class) = function.class.map(|class| facts.class(class)) else { return false };
        let Some(param) = function.params.first().and_then(|param| param.name) else { return false };
        let param = facts.text(param).to_ascii_lowercase();
        let types = function.params.iter().flat_map(|param| &param.types).map(|name| facts.text(*name));
        let names = class.name.iter().chain(&class.bases).map(|name| facts.text(*name));
        let says = names.chain(types).any(says_flag) || says_flag(&param) || says_flag(self.source(file, call.callee));
        !says && class.bases.is_empty() && !is_key_name(&param)
    }

    /// Whether a callee comes from a package that has nothing to do with flags, or is a method of a collection.
    pub(super) fn is_foreign(&self, file: FileId, call: &Call) -> bool {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let scope = facts.expr(callee).scope;
        match facts.expr(callee).kind {
            ExprKind::Name(name) => self.bound(file, scope, name).iter().any(|id| self.is_foreign_import(file, *id)),
            ExprKind::Member(object, _) if self.is_logger(file, object) => true,
            ExprKind::Member(object, _) => self.is_collection(file, object) || self.is_other_type(file, call, object),
            _ => false,
        }
    }

    /// Whether an object is called what people call a logger.
    fn is_logger(&self, file: FileId, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        match facts.expr(self.plain(file, object)).kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => {
                let name = facts.text(name).trim_matches(['_', '@']).to_ascii_lowercase();
                matches!(name.as_str(), "log" | "logger" | "logging")
            }
            _ => false,
        }
    }

    /// Whether an ordinary word is asked of an object whose type, written down as its members, says nothing of flags.
    fn is_other_type(&self, file: FileId, call: &Call, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let asks_word = call.args.first().is_some_and(|arg| match facts.expr(self.plain(file, arg.value)).kind {
            ExprKind::String(text) => likeness(facts.text(text)) == Likeness::Word,
            _ => false,
        });
        if !asks_word || says_flag(self.source(file, object)) {
            return false;
        }
        self.eval(file, object, DEPTH).iter().any(|found| match found.value {
            Value::Instance(owner, class) => {
                let facts = &self.file(owner).facts;
                let class = facts.class(class);
                let name = class.name.map(|name| facts.text(name)).unwrap_or_default();
                class.bases.is_empty() && !class.members.is_empty() && !says_flag(name)
            }
            _ => false,
        })
    }

    /// Whether the callee of an element is a component whose source is known.
    pub(crate) fn is_component(&self, file: FileId, callee: ExprId) -> bool {
        let found = self.eval(file, callee, DEPTH);
        found.iter().any(|found| matches!(found.value, Value::Function(..) | Value::Class(..)))
    }

    pub(super) fn bound(&self, file: FileId, scope: ScopeId, name: Sym) -> &[BindingId] {
        let facts = &self.file(file).facts;
        let found = facts.scopes_around(scope).find_map(|(scope, _)| facts.by_name.get(&(scope, name)));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// A package that everybody can have; one with a scope (`@acme/flags`) may be the organisation's own.
    fn is_foreign_import(&self, file: FileId, binding: BindingId) -> bool {
        let facts = &self.file(file).facts;
        let BindingKind::Import(index) = facts.binding(binding).kind else { return false };
        let module = facts.text(facts.imports[index as usize].module);
        let first = module.split('/').next().unwrap_or(module);
        self.language(file).facts.imports == ImportStyle::Es
            && self.import_sdks[file.0][index as usize].is_none()
            && module.starts_with(|char: char| char.is_ascii_alphanumeric())
            && PACKAGE_WORDS.iter().all(|word| !module.contains(word))
            && !self.paths.has_name(first)
    }

    /// Whether an object is declared or made as a collection of the standard library.
    fn is_collection(&self, file: FileId, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let object = self.plain(file, object);
        let scope = facts.expr(object).scope;
        let is_standard =
            |name: Sym| COLLECTIONS.contains(&facts.text(name)) && self.bound(file, ScopeId(0), name).is_empty();
        let is_made = |value: ExprId| match &facts.expr(self.plain(file, value)).kind {
            ExprKind::Call(call) if call.form == CallForm::New => {
                match facts.expr(self.plain(file, call.callee)).kind {
                    ExprKind::Name(name) => is_standard(name),
                    _ => false,
                }
            }
            _ => false,
        };
        let is_typed = |types: &[Sym]| types.first().is_some_and(|name| is_standard(*name));
        match facts.expr(object).kind {
            ExprKind::Name(name) => self.bound(file, scope, name).iter().any(|id| {
                let binding = facts.binding(*id);
                is_typed(&binding.types) || matches!(binding.kind, BindingKind::Value(Some(value)) if is_made(value))
            }),
            // `this.names`, by what the class says.
            ExprKind::Member(this, name) if matches!(facts.expr(this).kind, ExprKind::This) => {
                let class = facts.class_around(scope).map(|class| facts.class(class));
                let members = class.into_iter().flat_map(|class| &class.members);
                members.filter(|member| member.name == name).any(|member| {
                    let value = match member.kind {
                        downhaul_lang::facts::MemberKind::Field(value) => value,
                        _ => None,
                    };
                    is_typed(&member.types) || value.is_some_and(is_made)
                })
            }
            _ => is_made(object),
        }
    }
}

/// Whether a parameter of this name, in small letters, can take the key of a flag.
pub(super) fn is_key_name(name: &str) -> bool {
    KEY_WORDS.iter().any(|word| name.contains(word))
}
