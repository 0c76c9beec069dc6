//! Types and objects that list flags: their members are flags, whoever holds them.

use std::collections::BTreeSet;

use downhaul_lang::facts::{ClassId, EntryKey, ExprId, ExprKind, MemberKind, Sym};

use rustc_hash::FxHashSet;

use super::{FileId, Project, Value};
use crate::source::SourceFile;

/// Words by which people name what has to do with flags.
const FLAG_WORDS: &[&str] = &["flag", "toggle", "feature", "experiment", "unleash", "killswitch", "kill_switch"];

/// As [`says_flag`], for places where "feature" may as well mean a feature.
pub(crate) fn surely_says_flag(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FLAG_WORDS.iter().any(|word| *word != "feature" && name.contains(word)) || name == "features"
}

/// How many keys a type or object must list to be a list of flags.
const MANY: usize = 2;

/// Whether a name says that it is about flags.
pub(crate) fn says_flag(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    FLAG_WORDS.iter().any(|word| name.contains(word))
}

impl Project<'_> {
    /// Finds the types that list flags, and the members that are of such a type.
    pub(super) fn find_registries(&mut self) {
        let mut registries: FxHashSet<(FileId, ClassId)> = FxHashSet::default();
        let mut names: FxHashSet<String> = FxHashSet::default();
        let mut members: FxHashSet<String> = FxHashSet::default();
        for id in self.ids() {
            for class in classes(self.file(id)) {
                if self.keys_in(id, class) >= MANY {
                    registries.insert((id, class));
                    let facts = &self.file(id).facts;
                    names.extend(facts.class(class).name.map(|name| facts.text(name).to_owned()));
                }
            }
        }
        let mut before = usize::MAX;
        while before != registries.len() {
            before = registries.len();
            for id in self.ids() {
                let facts = &self.file(id).facts;
                for class in classes(self.file(id)) {
                    let alias = &facts.class(class).alias;
                    let of_registry = alias.iter().any(|name| names.contains(facts.text(*name)));
                    if of_registry && alias.len() <= 4 && registries.insert((id, class)) {
                        names.extend(facts.class(class).name.map(|name| facts.text(name).to_owned()));
                    }
                }
            }
        }
        for id in self.ids() {
            let facts = &self.file(id).facts;
            let is_registry = |types: &[Sym]| types.first().is_some_and(|name| names.contains(facts.text(*name)));
            for class in &facts.classes {
                let typed = class
                    .members
                    .iter()
                    .filter(|member| matches!(member.kind, MemberKind::Field(_)) && is_registry(&member.types));
                members.extend(typed.map(|member| facts.text(member.name).to_owned()));
            }
        }
        self.registries = registries;
        self.registry_members = members;
    }

    /// How many keys a class has among its members and texts.
    fn keys_in(&self, file: FileId, class: ClassId) -> usize {
        let facts = &self.file(file).facts;
        let class = facts.class(class);
        let texts = class.strings.iter().filter_map(|text| match facts.expr(*text).kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        });
        let fields = class
            .members
            .iter()
            .filter(|member| !matches!(member.kind, MemberKind::EnumMember(_)))
            .map(|member| member.name);
        let keys: BTreeSet<&str> =
            fields.chain(texts).map(|name| facts.text(name)).filter(|name| self.is_key(name)).collect();
        keys.len()
    }

    /// Whether the members of a class are flags.
    pub(crate) fn is_registry(&self, file: FileId, class: ClassId) -> bool {
        self.registries.contains(&(file, class))
    }

    /// Whether an expression holds flags by name: a member that is known to, or a value whose type says so.
    pub(crate) fn holds_flags(&self, file: FileId, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let object = self.plain(file, object);
        match facts.expr(object).kind {
            ExprKind::Member(_, name) => self.registry_members.contains(facts.text(name)),
            ExprKind::Name(name) => {
                let scope = facts.expr(object).scope;
                let binding = facts.scopes_around(scope).find_map(|(scope, _)| facts.by_name.get(&(scope, name)));
                binding.into_iter().flatten().any(|id| {
                    let binding = facts.binding(*id);
                    let last = binding.path.last().map(|step| match step {
                        downhaul_lang::facts::Step::Member(name) => facts.text(*name),
                        downhaul_lang::facts::Step::Element(_) => "",
                    });
                    last.is_some_and(|name| self.registry_members.contains(name))
                        || self.type_value(file, binding.scope, &binding.types, 4).iter().any(|found| {
                            match found.value {
                                Value::Instance(owner, class) => self.is_registry(owner, class),
                                _ => false,
                            }
                        })
                })
            }
            _ => false,
        }
    }

    /// Whether an object is named for the flags it holds, and its member is none that the sources give a text to.
    pub(crate) fn is_named_for_flags(&self, file: FileId, member: ExprId, object: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let object = self.plain(file, object);
        let name = match &facts.expr(object).kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(*name),
            // `useFlags().newMenu`.
            ExprKind::Call(call) if call.args.is_empty() => match facts.expr(self.plain(file, call.callee)).kind {
                ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(name),
                _ => return false,
            },
            _ => return false,
        };
        let is_collection = name.starts_with(char::is_lowercase) && is_plural_of_flags(name);
        is_collection && self.eval(file, member, super::values::DEPTH).is_empty()
    }

    /// How many different keys an object literal has among its own keys and texts.
    pub(crate) fn keys_in_object(&self, file: FileId, object: ExprId) -> usize {
        let facts = &self.file(file).facts;
        let is_key = |text: Sym| Some(facts.text(text)).filter(|text| self.is_key(text));
        let text = |expr: ExprId| match facts.expr(self.plain(file, expr)).kind {
            ExprKind::String(text) => is_key(text),
            _ => None,
        };
        let keys: BTreeSet<&str> = match &facts.expr(object).kind {
            ExprKind::Object(entries) => entries
                .iter()
                .flat_map(|entry| {
                    let key = match entry.key {
                        EntryKey::Text(key) => is_key(key),
                        EntryKey::Value(key) => text(key),
                        EntryKey::Spread => None,
                    };
                    [key, entry.value.and_then(text)]
                })
                .flatten()
                .collect(),
            ExprKind::Array(items) => items.iter().filter_map(|item| text(*item)).collect(),
            _ => BTreeSet::new(),
        };
        keys.len()
    }

    /// How many different keys are the values of an object's entries.
    pub(crate) fn keys_in_values(&self, file: FileId, object: ExprId) -> usize {
        let facts = &self.file(file).facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return 0 };
        let values = entries.iter().filter_map(|entry| entry.value);
        let texts = values.filter_map(|value| match facts.expr(self.plain(file, value)).kind {
            ExprKind::String(text) => Some(facts.text(text)),
            _ => None,
        });
        texts.filter(|text| self.is_key(text)).collect::<BTreeSet<&str>>().len()
    }

    /// Whether so many keys in one place make it a list of flags.
    pub(crate) fn are_many(&self, keys: usize) -> bool {
        keys >= MANY
    }
}

/// Whether a name is one for several flags: `flags`, `featureToggles`, `useFeatures`.
pub(crate) fn is_plural_of_flags(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["flags", "toggles", "features", "experiments", "killswitches"].iter().any(|plural| name.ends_with(plural))
}

fn classes(file: &SourceFile) -> impl Iterator<Item = ClassId> + use<> {
    (0..u32::try_from(file.facts.classes.len()).unwrap_or(u32::MAX)).map(ClassId)
}
