//! Flag systems that no SDK file tells of: a known key is handed to what says, by its name, that it asks for flags.

use downhaul_core::ViaRole;
use downhaul_lang::ImportStyle;
use downhaul_lang::facts::{
    BindingKind, Call, CallForm, ClassId, EntryKey, ExprId, ExprKind, FunctionId, MemberKind, ScopeKind,
};

use super::foreign::is_key_name;
use super::values::DEPTH;
use super::{FileId, Found, Hit, Hop, Project, Spec, Value, says_flag, surely_says_flag};
use crate::lexical::{Likeness, likeness};

/// First words of the names of what makes, changes or reports something and asks for nothing.
const ACTS: &[&str] = &[
    "add",
    "append",
    "assert",
    "build",
    "clear",
    "connect",
    "count",
    "create",
    "debug",
    "declare",
    "define",
    "delete",
    "disable",
    "dispatch",
    "emit",
    "enable",
    "error",
    "expect",
    "fake",
    "fatal",
    "force",
    "goto",
    "import",
    "info",
    "insert",
    "invalidate",
    "join",
    "listen",
    "log",
    "make",
    "mock",
    "navigate",
    "new",
    "notice",
    "onfeature",
    "override",
    "post",
    "print",
    "printf",
    "println",
    "publish",
    "push",
    "put",
    "raise",
    "record",
    "redirect",
    "register",
    "remove",
    "render",
    "report",
    "reset",
    "save",
    "send",
    "set",
    "store",
    "stub",
    "subscribe",
    "throw",
    "title",
    "trace",
    "track",
    "translate",
    "turn",
    "update",
    "visit",
    "warn",
    "write",
];

/// Those of them that make a flag known to the program.
const MAKES: &[&str] = &["add", "build", "create", "declare", "define", "make", "new", "register"];

/// Names that are about flags wherever they stand.
const VENDOR_CALLS: &[&str] = &[
    "variation",
    "boolvariation",
    "stringvariation",
    "intvariation",
    "floatvariation",
    "jsonvariation",
    "variationdetail",
    "boolvariationdetail",
    "stringvariationdetail",
    "gettreatment",
    "gettreatmentwithconfig",
    "usetreatment",
    "checkgate",
    "usegate",
    "isactive",
    "ison",
    "isoff",
];

/// Words of the names by which an object that stands for a flag says whether it is on.
const STATES: &[&str] = &["enabled", "disabled", "active", "inactive", "on", "off"];

/// Names that do the same, on an object that is known to stand for a flag and for nothing else.
const READS: &[&str] = &["get", "value", "getvalue", "evaluate", "check", "isset", "resolve", "current", "run"];

/// Entries that say the key, in an object that describes a flag.
const KEY_ENTRIES: &[&str] =
    &["key", "name", "id", "flag", "flagkey", "flagname", "feature", "featurekey", "featurename", "toggle", "slug"];

/// How surely a call is about flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// Only what is around it does.
    Around,
    /// "feature" may as well mean a feature.
    Perhaps,
    /// It speaks of flags.
    Surely,
}

/// A key that is handed over.
pub(crate) struct Handed {
    /// The position of the argument.
    position: usize,
    /// The argument.
    pub(crate) arg: ExprId,
    /// The keys.
    pub(crate) keys: Vec<Found>,
    /// It is the argument itself, or the entry of one that says that it is a flag.
    is_gate: bool,
}

impl Project<'_> {
    /// What a call has to do with flags by what is handed over and what the names say.
    pub(super) fn unlisted_hits(&self, file: FileId, call: &Call, callees: &[Found]) -> Vec<Hit> {
        let hit = |keys| vec![Hit { spec: Spec::Registry, traced: false, keys, through: None, forward: None }];
        if let Some(keys) = self.asked_object(file, call, callees) {
            return hit(keys);
        }
        let is_other = |found: &Found| {
            matches!(
                found.value,
                Value::Class(..) | Value::SdkItem(..) | Value::ClientMethod(..) | Value::Text(_) | Value::Flag(..)
            )
        };
        if call.form == CallForm::New
            || self.is_command_line(file, call.callee)
            || callees.iter().any(is_other)
            || self.is_foreign(file, call)
        {
            return Vec::new();
        }
        let says = self.says(file, call, callees).or_else(|| self.surroundings_say(file, call));
        let Some(says) = says else { return Vec::new() };
        let Some(handed) = self.handed_key(file, call) else { return Vec::new() };
        let least = if says == Says::Around { Likeness::Key } else { Likeness::Name };
        let is_telling = handed.keys.iter().all(|key| is_like(key, least));
        let fits = (is_telling || says == Says::Surely) && self.takes_flags(callees, &handed);
        let fits = fits && (handed.is_gate || call.form == CallForm::Element);
        if fits { hit(handed.keys) } else { Vec::new() }
    }

    /// How surely the names in a call say that it asks for a flag; `None` if they do not.
    fn says(&self, file: FileId, call: &Call, callees: &[Found]) -> Option<Says> {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let (name, object) = match facts.expr(callee).kind {
            ExprKind::Name(name) => (facts.text(name), None),
            ExprKind::Member(object, name) => (facts.text(name), Some(object)),
            _ => return None,
        };
        if ACTS.contains(&first_word(name).as_str()) || name == "toggle" && object.is_some() {
            return None;
        }
        let mut texts: Vec<&str> = vec![name];
        let mut at = object;
        while let Some(object) = at {
            at = match &facts.expr(self.plain(file, object)).kind {
                ExprKind::Name(name) => {
                    texts.push(facts.text(*name));
                    None
                }
                ExprKind::Member(inner, name) => {
                    texts.push(facts.text(*name));
                    Some(*inner).filter(|_| texts.len() < 3)
                }
                // `useFeatureFlags().isOn("a")`, `getFlags().get("a")`.
                ExprKind::Call(inner) => Some(inner.callee),
                _ => None,
            };
        }
        if let ExprKind::Name(name) = facts.expr(callee).kind {
            // The module that a function comes from can say it.
            let modules = self.bound(file, facts.expr(callee).scope, name).iter().filter_map(|id| {
                match facts.binding(*id).kind {
                    BindingKind::Import(index) => Some(facts.text(facts.imports[index as usize].module)),
                    _ => None,
                }
            });
            texts.extend(modules.map(|module| module.rsplit(['/', '.']).next().unwrap_or(module)));
        }
        for found in callees {
            if let Value::Function(owner, function) = found.value {
                let facts = &self.file(owner).facts;
                let class = facts.function(function).class.and_then(|class| facts.class(class).name);
                texts.extend(class.map(|class| facts.text(class)));
            }
        }
        if texts.iter().any(|text| surely_says_flag(text)) {
            Some(Says::Surely)
        } else if texts.iter().any(|text| says_flag(text))
            || callees.is_empty() && VENDOR_CALLS.contains(&squeezed(name).as_str())
        {
            Some(Says::Perhaps)
        } else {
            None
        }
    }

    /// Whether the file, class or function around a call is about flags.
    fn surroundings_say(&self, file: FileId, call: &Call) -> Option<Says> {
        let facts = &self.file(file).facts;
        let callee = facts.expr(call.callee);
        let name = match facts.expr(self.plain(file, call.callee)).kind {
            ExprKind::Member(_, name) => facts.text(name),
            _ => return None,
        };
        if ACTS.contains(&first_word(name).as_str()) {
            return None;
        }
        let path = &self.file(file).path;
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let function = facts.function_around(callee.scope).and_then(|function| self.file(file).function_name(function));
        let class = facts.class_around(callee.scope).and_then(|class| facts.class(class).name);
        let package = facts.package.map(|package| facts.text(package).rsplit('.').next().unwrap_or_default());
        let says = [Some(stem), function, class.map(|class| facts.text(class)), package]
            .into_iter()
            .flatten()
            .any(surely_says_flag);
        (says && !self.file(file).is_test()).then_some(Says::Around)
    }

    /// The argument that is nothing but known keys.
    pub(crate) fn handed_key(&self, file: FileId, call: &Call) -> Option<Handed> {
        let facts = &self.file(file).facts;
        call.args.iter().take(4).enumerate().find_map(|(position, arg)| {
            let value = self.plain(file, arg.value);
            let (arg, is_gate) = match &facts.expr(value).kind {
                ExprKind::Object(entries) => entries.iter().find_map(|entry| match (entry.key, entry.value) {
                    (EntryKey::Text(key), Some(value)) if says_key(facts.text(key)) => {
                        Some((value, says_flag(facts.text(key)))).filter(|_| self.may_be_key(file, value))
                    }
                    _ => None,
                })?,
                // What is asked is put into an object first: `query.execute(new FlagQuery("a"))`.
                ExprKind::Call(inner) if self.puts_together(file, inner) && !self.puts_together(file, call) => {
                    let handed = self.handed_key(file, inner)?;
                    let is_gate = handed.is_gate || says_flag(self.source(file, inner.callee));
                    return Some(Handed { position, is_gate, ..handed });
                }
                _ => Some((arg.value, true)).filter(|_| self.may_be_key(file, value))?,
            };
            let keys = self.keys(file, arg);
            let all = !keys.is_empty() && keys.iter().all(|key| self.is_known(key));
            all.then_some(Handed { position, arg, keys, is_gate })
        })
    }

    /// Whether a call makes an object of what it is given, and asks nothing.
    fn puts_together(&self, file: FileId, call: &Call) -> bool {
        let facts = &self.file(file).facts;
        let (name, object) = match facts.expr(self.plain(file, call.callee)).kind {
            ExprKind::Name(name) => (facts.text(name), None),
            ExprKind::Member(object, name) => (facts.text(name), Some(object)),
            _ => return false,
        };
        let is_type = |name: &str| name.starts_with(char::is_uppercase);
        match object {
            _ if call.form == CallForm::New => true,
            Some(object) => {
                is_type(self.source(file, object)) && (MAKES.contains(&squeezed(name).as_str()) || name == "of")
            }
            None => call.form == CallForm::Call && is_type(name) && self.language(file).facts.constructor_is_call,
        }
    }

    /// Whether a key is put into an object that is handed over.
    pub(super) fn hands_over_in_object(&self, file: FileId, value: ExprId) -> bool {
        let ExprKind::Call(inner) = &self.file(file).facts.expr(self.plain(file, value)).kind else { return false };
        self.puts_together(file, inner) && self.hands_over_key(file, inner)
    }

    /// Whether the functions that are called, where they are known, take something that can be the name of a flag.
    fn takes_flags(&self, callees: &[Found], handed: &Handed) -> bool {
        callees.iter().all(|found| match found.value {
            Value::Function(owner, function) => {
                let facts = &self.file(owner).facts;
                let param = facts.function(function).params.get(handed.position);
                param.is_none_or(|param| {
                    let names = param.name.iter().chain(&param.types).map(|name| facts.text(*name).to_lowercase());
                    let mut names = names.peekable();
                    let fits = |name: String| name.len() < 3 || says_flag(&name) || is_key_name(&name);
                    names.peek().is_none() || names.any(fits)
                })
            }
            _ => true,
        })
    }

    fn is_known(&self, found: &Found) -> bool {
        matches!(&found.value, Value::Text(text) if self.is_key(text))
    }

    /// Whether an expression is a known key, or is named like something that holds one.
    pub(crate) fn may_be_key(&self, file: FileId, expr: ExprId) -> bool {
        let facts = &self.file(file).facts;
        match facts.expr(self.plain(file, expr)).kind {
            ExprKind::String(text) => self.is_key(facts.text(text)),
            ExprKind::Name(name) => self.key_names.contains(facts.text(name)),
            ExprKind::Member(object, name) => {
                self.key_names.contains(facts.text(name)) || self.may_be_key(file, object)
            }
            _ => false,
        }
    }

    /// Whether a call makes an object that stands for a flag: `new Flag("a")`, `registerFeature("A", "a")`,
    /// `const a = flag({ key: "a" })`.
    pub(crate) fn makes_flag(&self, file: FileId, call: &Call) -> bool {
        let facts = &self.file(file).facts;
        let callee = self.plain(file, call.callee);
        let (name, object) = match facts.expr(callee).kind {
            ExprKind::Name(name) => (facts.text(name), None),
            ExprKind::Member(object, name) => (facts.text(name), Some(object)),
            _ => return false,
        };
        let hands_over = call.args.iter().take(4).any(|arg| {
            self.may_be_key(file, arg.value)
                || matches!(facts.expr(self.plain(file, arg.value)).kind, ExprKind::Object(_))
        });
        if !hands_over || call.form == CallForm::Element {
            return false;
        }
        let first = first_word(name);
        let last = words(name).last().unwrap_or_default();
        let owner = match object.map(|object| &facts.expr(self.plain(file, object)).kind) {
            Some(ExprKind::Name(owner) | ExprKind::Member(_, owner)) => facts.text(*owner),
            _ => "",
        };
        // `registerFeature("a")`, `new BooleanFlag("a")`, `WaffleFlag("a")`.
        let says_gate = matches!(last.as_str(), "key" | "name" | "gate") && says_flag(name);
        let names_flag = last != "unleash" && (says_flag(&last) || says_gate);
        let is_type = || name.starts_with(char::is_uppercase) && self.language(file).facts.constructor_is_call;
        let is_new = call.form == CallForm::New || MAKES.contains(&first.as_str()) || is_type();
        // `flags.register("a")`, `Feature.of("a")`.
        let is_listed = says_flag(owner)
            && !squeezed(owner).contains("openfeature")
            && (MAKES.contains(&squeezed(name).as_str()) || matches!(name, "of" | "Of" | "named"));
        // `flag("a")` asks, unless what it gives is held on to for everybody.
        let is_noun = names_flag && (says_flag(&first) || matches!(first.as_str(), "bool" | "boolean" | "string"));
        let is_sdk = |found: &Found| matches!(found.value, Value::SdkItem(..) | Value::ClientMethod(..));
        (names_flag && is_new || is_listed || is_noun && self.is_held(file, callee))
            && !self.is_command_line(file, callee)
            && self.handed_key(file, call).is_some()
            && !self.eval(file, call.callee, DEPTH).iter().any(is_sdk)
    }

    /// Whether a callee is about the flags of a command line.
    fn is_command_line(&self, file: FileId, callee: ExprId) -> bool {
        let facts = &self.file(file).facts;
        match &facts.expr(self.plain(file, callee)).kind {
            ExprKind::Member(object, _) => self.is_command_line(file, *object),
            ExprKind::Call(call) if call.args.is_empty() => {
                let callee = self.source(file, call.callee);
                matches!(callee.rsplit('.').next(), Some("Flags" | "PersistentFlags" | "LocalFlags"))
                    && self.language(file).facts.imports == ImportStyle::Go
            }
            ExprKind::Name(name) => {
                self.bound(file, facts.expr(callee).scope, *name).iter().any(|id| match facts.binding(*id).kind {
                    BindingKind::Import(index) => {
                        let module = facts.text(facts.imports[index as usize].module);
                        let last = module.rsplit('/').find(|part| !part.starts_with('v')).unwrap_or(module);
                        module == "flag" || matches!(last, "pflag" | "cobra" | "cli" | "kingpin" | "absl.flags")
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// The keys of the flag that a call made.
    pub(super) fn key_of_flag(&self, file: FileId, made: ExprId) -> Vec<Found> {
        let ExprKind::Call(call) = &self.file(file).facts.expr(made).kind else { return Vec::new() };
        self.handed_key(file, call).map(|handed| handed.keys).unwrap_or_default()
    }

    /// Whether what a call gives is held on to by a name outside of all functions.
    fn is_held(&self, file: FileId, callee: ExprId) -> bool {
        let facts = &self.file(file).facts;
        let scope = facts.scope(facts.expr(callee).scope).kind;
        let Some(call) = facts.expr(callee).parent else { return false };
        let is_call = |value: ExprId| value == call || self.plain(file, value) == call;
        let is_outer = matches!(scope, ScopeKind::File | ScopeKind::Class(_) | ScopeKind::Module(_));
        let is_bound = || {
            facts
                .bindings
                .iter()
                .any(|binding| matches!(binding.kind, BindingKind::Value(Some(value)) if is_call(value)))
        };
        let is_member = || {
            let members = facts.classes.iter().flat_map(|class| &class.members);
            members.into_iter().any(|member| matches!(member.kind, MemberKind::Field(Some(value)) if is_call(value)))
        };
        is_outer && (is_bound() || is_member())
    }

    /// The keys of the object that stands for a flag and is asked: `Features.NEW_MENU.isActive()`, `await newMenu()`.
    fn asked_object(&self, file: FileId, call: &Call, callees: &[Found]) -> Option<Vec<Found>> {
        for found in callees {
            if let Value::Flag(..) = found.value {
                return Some(self.as_keys(vec![found.clone()]));
            }
        }
        let facts = &self.file(file).facts;
        let ExprKind::Member(object, name) = facts.expr(self.plain(file, call.callee)).kind else { return None };
        self.asked_member(file, object, facts.text(name))
    }

    /// The keys of the flag that an object stands for, if a member with this name says whether it is on.
    pub(crate) fn asked_member(&self, file: FileId, object: ExprId, name: &str) -> Option<Vec<Found>> {
        let says_state = says_state(name);
        if !says_state && !READS.contains(&squeezed(name).as_str()) || !self.may_be_key(file, object) {
            return None;
        }
        let found = self.eval(file, object, DEPTH);
        let fits = |found: &Found| match found.value {
            Value::Flag(..) => true,
            Value::EnumMember(owner, class, _) => says_state && !self.is_other_enum(owner, class),
            _ => false,
        };
        if found.is_empty() || !found.iter().all(fits) {
            return None;
        }
        let keys = self.as_keys(found);
        (!keys.is_empty() && keys.iter().all(|key| self.is_known(key))).then_some(keys)
    }

    /// Whether an enum has few members that stand for keys.
    fn is_other_enum(&self, file: FileId, class: ClassId) -> bool {
        let facts = &self.file(file).facts;
        !facts.class(class).name.is_some_and(|name| says_flag(facts.text(name)))
            && self.enum_members(file, class).iter().any(|member| match member.value {
                Value::EnumMember(file, class, index) => {
                    !self.enum_key(file, class, index, DEPTH).iter().all(|key| self.is_known(key))
                }
                _ => false,
            })
    }

    /// The known key that an object, or an object of a class, carries and that is its only one.
    pub(super) fn carried_key(&self, value: &Value, depth: usize) -> Vec<Found> {
        let (file, values): (FileId, Vec<ExprId>) = match value {
            Value::Object(file, object) => match &self.file(*file).facts.expr(*object).kind {
                ExprKind::Object(entries) => (*file, entries.iter().filter_map(|entry| entry.value).collect()),
                _ => return Vec::new(),
            },
            Value::Class(file, class) | Value::Instance(file, class) => (*file, self.said_by_class(*file, *class)),
            _ => return Vec::new(),
        };
        let facts = &self.file(file).facts;
        let texts = values.into_iter().filter(|value| match facts.expr(self.plain(file, *value)).kind {
            ExprKind::String(text) => self.is_key(facts.text(text)),
            ExprKind::Name(_) | ExprKind::Member(..) => self.may_be_key(file, *value),
            _ => false,
        });
        let mut keys: Vec<Found> = Vec::new();
        for key in texts.flat_map(|value| self.eval(file, value, depth)) {
            if self.is_known(&key) && keys.iter().all(|known| known.value != key.value) {
                keys.push(key);
            }
        }
        if keys.len() == 1 { keys } else { Vec::new() }
    }

    /// What the members of a class are, and what it hands to the class it extends.
    fn said_by_class(&self, file: FileId, class: ClassId) -> Vec<ExprId> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let mut values: Vec<ExprId> = Vec::new();
        for member in &declared.members {
            match member.kind {
                MemberKind::Field(value) if !member.is_static => values.extend(value),
                MemberKind::Method(function) if facts.function(function).returns.len() == 1 => {
                    values.extend(&facts.function(function).returns);
                }
                _ => {}
            }
        }
        let handed = self.file(file).calls.iter().map(|id| facts.expr(*id)).filter_map(|expr| match &expr.kind {
            ExprKind::Call(call) if expr.scope == declared.scope => match facts.expr(call.callee).kind {
                ExprKind::Name(callee) if declared.bases.contains(&callee) => Some(call),
                _ => None,
            },
            _ => None,
        });
        values.extend(handed.flat_map(|call| call.args.iter().map(|arg| arg.value)));
        values
    }

    /// The function of this code base that such a call goes to, and the parameter that takes the key.
    pub(super) fn unlisted_root(&self, file: FileId, call: &Call) -> Option<(FileId, FunctionId, u32, Hop)> {
        let handed = self.handed_key(file, call)?;
        let position = u32::try_from(handed.position).ok()?;
        let callees = self.eval(file, call.callee, DEPTH);
        callees.iter().find_map(|found| match found.value {
            Value::Function(owner, function) => {
                let callee = self.file(owner).facts.function(function);
                let arg = self.argument(file, call, owner, function, position);
                let takes = arg == call.args.get(handed.position).map(|arg| arg.value)
                    && arg == Some(handed.arg)
                    && callee.params.get(handed.position).is_some_and(|param| param.name.is_some());
                let hop = Hop { file: owner, span: callee.span.clone(), role: ViaRole::Wrapper };
                takes.then_some((owner, function, position, hop))
            }
            _ => None,
        })
    }
}

fn is_like(key: &Found, least: Likeness) -> bool {
    matches!(&key.value, Value::Text(text) if likeness(text) >= least)
}

/// Whether a name says that something is on or off.
pub(crate) fn says_state(name: &str) -> bool {
    words(name).any(|word| STATES.contains(&word.as_str())) && !ACTS.contains(&first_word(name).as_str())
}

/// Whether a member with this name says the key of a flag.
pub(super) fn says_key(name: &str) -> bool {
    KEY_ENTRIES.contains(&squeezed(name).as_str())
}

/// The words that a name is made of, in small letters.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut chars = name.chars().peekable();
    let mut was_small = false;
    std::iter::from_fn(move || {
        let mut word = String::new();
        while let Some(char) = chars.peek().copied() {
            let starts = !char.is_alphanumeric() || char.is_uppercase() && was_small;
            if starts && !word.is_empty() {
                break;
            }
            chars.next();
            was_small = char.is_lowercase() || char.is_ascii_digit();
            word.extend(char.to_lowercase().filter(|_| char.is_alphanumeric()));
        }
        (!word.is_empty()).then_some(word)
    })
}

fn first_word(name: &str) -> String {
    words(name).next().unwrap_or_default()
}

/// A name without case and separators.
fn squeezed(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{says_state, words};

    #[test]
    fn names_have_words() {
        assert_eq!(words("isNewUIEnabled").collect::<Vec<_>>(), ["is", "new", "uienabled"]);
        assert_eq!(words("flag_is_active").collect::<Vec<_>>(), ["flag", "is", "active"]);
        assert!(says_state("IsEnabled") && says_state("is_on") && !says_state("turnOn") && !says_state("button"));
    }
}
