//! Where keys are written down without being asked for: constants, members, entries, choices, fakes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use downhaul_core::{Confidence, Context, FlagKey, Reference, ReferenceKind, ReferencedKey, Resolution, Returns};
use downhaul_lang::facts::{
    BindingKind, Bytes, Call, CallForm, ClassId, EntryKey, ExprId, ExprKind, Member, MemberKind, ScopeKind, Slot, Sym,
};

use super::{Emitter, UsedText, texts};
use crate::lexical::{Likeness, likeness};
use crate::resolve::{Found, Value, says_flag, surely_says_flag};

/// Names of properties that say which flag guards what they belong to.
const GATES: &[&str] = &[
    "flag",
    "flagname",
    "flagkey",
    "flagid",
    "featureflag",
    "featureflagname",
    "featureflagkey",
    "featuretoggle",
    "toggle",
    "togglename",
    "togglekey",
    "feature",
    "featurename",
    "featurekey",
    "requiredflag",
    "requiresflag",
    "killswitch",
];

/// Functions whose arguments are elements of a list.
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
    "asList",
    "Set",
    "set",
    "list",
    "frozenset",
];

/// Methods that give back the text they are called on.
const SAME: &[&str] = &["freeze", "to_s", "to_sym", "toString", "ToString", "trim"];

/// How a text stands in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// As the value of a name.
    Binding(Sym),
    /// As the value of a member of a class, or an argument of a member of an enum.
    Member(ClassId, Sym),
    /// As the value of an entry, with the entry's key.
    EntryValue(ExprId, Option<Sym>),
    /// As the key of an entry.
    EntryKey(ExprId),
    /// As an element of a list.
    Element(ExprId),
    /// As a choice of a switch.
    Case,
    /// Compared with the other side.
    Compared(ExprId),
    /// In a named type.
    Type,
    /// Handed to the constructor of what a class extends.
    Base,
    /// Handed to an annotation that says that it is about flags.
    Gate,
    /// What a function with this name gives.
    Returned(Sym),
    /// Handed over.
    Argument,
    /// Some other way.
    Other,
}

impl Emitter<'_, '_> {
    pub(super) fn definitions(&mut self, used: &BTreeSet<UsedText>) {
        let owners = self.owners();
        let facts = &self.file.facts;
        for (id, expr) in facts.all_exprs() {
            match &expr.kind {
                ExprKind::String(text) => {
                    let text = facts.text(*text);
                    let is_used = used.range((self.id, expr.span.start, Arc::from(""))..).next().is_some_and(
                        |(file, at, known)| (*file, *at, known.as_ref()) == (self.id, expr.span.start, text),
                    );
                    if is_used || self.project.is_key(text) && !self.has_used_sibling(id, used, &owners) {
                        self.text(id, text, is_used, &owners);
                    }
                    self.test_text(id, text);
                }
                ExprKind::Concat(_) => self.put_together(id, &owners),
                ExprKind::Regex(text) => self.test_text(id, facts.text(*text).trim_start_matches('/')),
                ExprKind::Object(entries) => {
                    for entry in entries {
                        if let EntryKey::Text(key) = entry.key {
                            self.entry_name(id, facts.text(key), &entry.key_span, &owners);
                        }
                    }
                }
                ExprKind::Name(_) | ExprKind::Member(..) => self.constant_use(id, &owners),
                _ => {}
            }
        }
        self.registry_members();
        self.members_as_keys(used);
    }

    /// Members of enums whose own names are asked for.
    fn members_as_keys(&mut self, used: &BTreeSet<UsedText>) {
        let file = self.file;
        let classes = file.facts.classes.iter().enumerate();
        let members = classes.flat_map(|(index, class)| class.members.iter().map(move |member| (index, member)));
        for (index, member) in members.filter(|(_, member)| matches!(member.kind, MemberKind::EnumMember(_))) {
            let name = file.facts.text(member.name);
            let class = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            let is_bare = matches!(&member.kind, MemberKind::EnumMember(values) if values.is_empty());
            let is_listed = || is_bare && self.project.is_key(name) && self.project.is_about_flags(self.id, class);
            if is_listed() || used.contains(&(self.id, member.name_span.start, Arc::from(name))) {
                let kind = if self.is_test() { ReferenceKind::Test } else { ReferenceKind::Definition };
                self.push(name, member.name_span.clone(), kind, Resolution::Literal, None);
            }
        }
    }

    /// The names of what values belong to: bindings and members, by value.
    fn owners(&self) -> HashMap<ExprId, Place> {
        let facts = &self.file.facts;
        let mut owners = HashMap::new();
        for (index, class) in facts.classes.iter().enumerate() {
            let id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            for member in &class.members {
                match &member.kind {
                    MemberKind::Field(Some(value)) => {
                        owners.insert(*value, Place::Member(id, member.name));
                    }
                    MemberKind::EnumMember(values) => {
                        owners.extend(values.iter().map(|value| (*value, Place::Member(id, member.name))))
                    }
                    _ => {}
                }
            }
        }
        for binding in &facts.bindings {
            if let BindingKind::Value(Some(value)) = binding.kind {
                owners.entry(value).or_insert(Place::Binding(binding.name));
            }
        }
        for function in &facts.functions {
            if let (Some(name), [returned]) = (function.name, &function.returns[..]) {
                owners.entry(*returned).or_insert(Place::Returned(name));
            }
        }
        owners
    }

    /// Whether another argument of the same member of an enum is the one that is asked for.
    fn has_used_sibling(&self, id: ExprId, used: &BTreeSet<UsedText>, owners: &HashMap<ExprId, Place>) -> bool {
        let facts = &self.file.facts;
        let Some(Place::Member(class, name)) = owners.get(&id) else { return false };
        let member = facts.class(*class).members.iter().find(|member| member.name == *name);
        let Some(MemberKind::EnumMember(values)) = member.map(|member| &member.kind) else { return false };
        values.iter().filter(|value| **value != id).any(|value| match facts.expr(*value).kind {
            ExprKind::String(text) => {
                used.contains(&(self.id, facts.expr(*value).span.start, Arc::from(facts.text(text))))
            }
            _ => false,
        })
    }

    /// Whether an arm of a switch leads to an expression.
    fn is_in_arm(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let span = &facts.expr(id).span;
        facts
            .cases
            .iter()
            .map(|arm| &facts.expr(arm.body).span)
            .any(|arm| arm.start <= span.start && span.end <= arm.end)
    }

    fn place(&self, id: ExprId, owners: &HashMap<ExprId, Place>) -> Place {
        let facts = &self.file.facts;
        let mut at = id;
        loop {
            if let Some(place) = owners.get(&at) {
                return *place;
            }
            match facts.expr(at).slot {
                Slot::Case => return Place::Case,
                Slot::Type => return Place::Type,
                Slot::Part | Slot::Decorator | Slot::Default => {}
            }
            let Some(parent) = facts.expr(at).parent else { return Place::Other };
            match &facts.expr(parent).kind {
                ExprKind::Same(_) | ExprKind::Choice(_) => at = parent,
                // `"key".freeze`, `"key".to_sym`: the same key.
                ExprKind::Member(_, name) if SAME.contains(&facts.text(*name)) => at = parent,
                ExprKind::Call(call) if call.callee == at && call.args.is_empty() => at = parent,
                ExprKind::Object(entries) => {
                    for entry in entries {
                        match entry.key {
                            EntryKey::Value(key) if key == at => return Place::EntryKey(parent),
                            EntryKey::Text(key) if entry.value == Some(at) => {
                                return Place::EntryValue(parent, Some(key));
                            }
                            EntryKey::Value(key) if entry.value == Some(at) => {
                                let name = match facts.expr(key).kind {
                                    ExprKind::String(name) | ExprKind::Name(name) => Some(name),
                                    _ => None,
                                };
                                return Place::EntryValue(parent, name);
                            }
                            _ => {}
                        }
                    }
                    return Place::Other;
                }
                ExprKind::Array(_) => return Place::Element(parent),
                ExprKind::Compare(left, right) => return Place::Compared(if *left == at { *right } else { *left }),
                ExprKind::Call(call) if call.callee != at => {
                    let callee = match facts.expr(self.project.plain(self.id, call.callee)).kind {
                        ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(name),
                        _ => "",
                    };
                    if self.is_of_base(parent, callee) {
                        return Place::Base;
                    }
                    if call.form == CallForm::Annotation && says_flag(callee) {
                        return Place::Gate;
                    }
                    return if LISTS.contains(&callee) { Place::Element(parent) } else { Place::Argument };
                }
                _ => return Place::Other,
            }
        }
    }

    /// Whether a call stands in the head of a class and names what the class extends.
    fn is_of_base(&self, call: ExprId, callee: &str) -> bool {
        let facts = &self.file.facts;
        match facts.scope(facts.expr(call).scope).kind {
            ScopeKind::Class(class) => facts.class(class).bases.iter().any(|base| facts.text(*base) == callee),
            _ => false,
        }
    }

    /// A text that is a key.
    fn text(&mut self, id: ExprId, text: &str, is_used: bool, owners: &HashMap<ExprId, Place>) {
        let place = match self.place(id, owners) {
            Place::Argument | Place::Other if is_used && self.is_in_arm(id) => Place::Case,
            place => place,
        };
        let is_said = match place {
            Place::Argument | Place::Gate => self.is_said(id, |_| true) || self.is_for_people(id),
            Place::EntryValue(..) => self.is_said(id, |said| {
                said.kind == ReferenceKind::Evaluation && said.flag().is_some_and(|flag| flag.as_str() == text)
            }),
            // What the flag says, under its name: `"new-menu" => enabled?("new-menu")`.
            Place::EntryKey(object) => self.is_answered(object, &self.file.facts.expr(id).span, text),
            _ => false,
        };
        if is_said || (!is_used && self.is_beside_key(place, text)) {
            return;
        }
        let Some(kind) = self.kind(id, place, text, is_used, owners) else { return };
        let span = self.file.facts.expr(id).span.clone();
        let resolution = Resolution::Literal;
        self.define(id, span, text, kind, resolution);
    }

    /// Whether the value of the entry with this key is the answer about the flag of the same name.
    fn is_answered(&self, object: ExprId, key: &Bytes, text: &str) -> bool {
        let facts = &self.file.facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return false };
        let value = entries.iter().find(|entry| entry.key_span.start <= key.start && key.end <= entry.key_span.end);
        let Some(value) = value.and_then(|entry| entry.value) else { return false };
        let value = &facts.expr(value).span;
        self.references.iter().any(|reference| {
            let said = &reference.location;
            reference.kind == ReferenceKind::Evaluation
                && reference.flag().is_some_and(|flag| flag.as_str() == text)
                && value.start as usize <= said.start_byte
                && said.end_byte <= value.end as usize
        })
    }

    /// Whether a text is an argument of an enum's member that stands for another key.
    fn is_beside_key(&self, place: Place, text: &str) -> bool {
        let Place::Member(class, name) = place else { return false };
        let mut members = self.file.facts.class(class).members.iter();
        let is_named = |member: &Member| member.name == name && matches!(member.kind, MemberKind::EnumMember(_));
        let Some(index) = members.position(is_named) else { return false };
        let keys = self.project.as_keys(vec![Found::new(Value::EnumMember(self.id, class, index))]);
        keys.iter().any(|key| matches!(&key.value, Value::Text(known) if self.project.is_key(known)))
            && !keys.iter().any(|key| matches!(&key.value, Value::Text(known) if known.as_ref() == text))
    }

    /// A key that is put together from parts.
    fn put_together(&mut self, id: ExprId, owners: &HashMap<ExprId, Place>) {
        let place = self.place(id, owners);
        if !matches!(place, Place::Binding(_) | Place::Member(..) | Place::EntryValue(..)) {
            return;
        }
        for found in self.project.keys(self.id, id) {
            if let Value::Text(text) = &found.value
                && self.project.is_key(text)
                && let Some(kind) = self.kind(id, place, text, false, owners)
            {
                let span = self.file.facts.expr(id).span.clone();
                self.define(id, span, text, kind, Resolution::Constant);
            }
        }
    }

    /// What a key in such a place is; `None` for a mere mention.
    fn kind(
        &self,
        id: ExprId,
        place: Place,
        text: &str,
        is_used: bool,
        owners: &HashMap<ExprId, Place>,
    ) -> Option<ReferenceKind> {
        let facts = &self.file.facts;
        let likeness = likeness(text);
        let is_key = likeness == Likeness::Key;
        let is_name = likeness >= Likeness::Name;
        let many = |object: ExprId| self.project.are_many(self.project.keys_in_object(self.id, object));
        let many_values = |object: ExprId| {
            let is_element = self.element_around(object).is_some();
            !is_element
                && !self.is_record(object)
                && self.project.are_many(self.project.keys_in_values(self.id, object))
        };
        let definition = match place {
            Place::Argument | Place::EntryValue(..) if self.is_made_flag(id) => true,
            Place::Binding(name) => is_key || is_used || says_flag(facts.text(name)),
            Place::Returned(name) => is_used || is_name && names_flag(facts.text(name)),
            Place::Member(class, name) => {
                let class_says = facts.class(class).name.is_some_and(|name| says_flag(facts.text(name)));
                is_key || is_used || class_says || says_flag(facts.text(name))
            }
            Place::EntryValue(object, name) => {
                let is_gate = name.is_some_and(|name| is_gate(facts.text(name))) && !self.is_other_element(object);
                if is_gate && !self.is_test() {
                    return Some(ReferenceKind::Evaluation);
                }
                // Where one entry is there for the flag, the others are not.
                let is_free = !self.has_gate(object);
                is_used || is_gate || is_free && (many_values(object) || self.says_flag(object, owners))
            }
            Place::EntryKey(object) => is_used || is_name && many(object) || self.says_flag(object, owners),
            // A list of texts is about flags only if its elements are asked for, or if it says so.
            Place::Element(list) => {
                is_used || self.says_flag(list, owners) || self.is_gone_through(list, owners) && many(list)
            }
            Place::Case => is_name || is_used,
            Place::Base => is_used,
            Place::Compared(other) => is_key || is_name && says_flag(self.project.source(self.id, other)),
            Place::Type => is_key || self.in_registry(text),
            Place::Gate if is_name && !self.is_test() => return Some(ReferenceKind::Evaluation),
            Place::Gate => false,
            Place::Argument | Place::Other => is_used,
        };
        if self.is_test() {
            let fits = match place {
                Place::EntryKey(_) | Place::Type => definition,
                Place::EntryValue(_, Some(entry)) => definition || is_name && names_flag(facts.text(entry)),
                Place::Other => false,
                _ => definition || is_name,
            };
            return fits.then_some(ReferenceKind::Test);
        }
        definition.then_some(ReferenceKind::Definition)
    }

    /// Whether a text says which flag it is that a call makes.
    fn is_made_flag(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let mut at = id;
        for _ in 0..4 {
            let Some(parent) = facts.expr(at).parent else { return false };
            match &facts.expr(parent).kind {
                ExprKind::Same(_) | ExprKind::Object(_) => at = parent,
                ExprKind::Call(call) => {
                    let handed = self.project.handed_key(self.id, call);
                    return handed.is_some_and(|handed| handed.arg == id) && self.project.makes_flag(self.id, call);
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether a list of nothing but keys stands for itself, as one that a loop runs over.
    fn is_gone_through(&self, list: ExprId, owners: &HashMap<ExprId, Place>) -> bool {
        let items = match &self.file.facts.expr(list).kind {
            ExprKind::Array(items) => items.len(),
            _ => return false,
        };
        self.place(list, owners) == Place::Other && self.project.keys_in_object(self.id, list) == items
    }

    /// Whether an object describes one thing and is no list of flags: it has a title, a path or the like.
    fn is_record(&self, object: ExprId) -> bool {
        let facts = &self.file.facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return false };
        let is_telling =
            |key: &str| matches!(key, "id" | "title" | "label" | "text" | "path" | "href" | "url" | "icon");
        entries.iter().any(|entry| matches!(entry.key, EntryKey::Text(key) if is_telling(facts.text(key))))
    }

    /// The call of a component whose attributes an object is.
    fn element_around(&self, object: ExprId) -> Option<&Call> {
        let facts = &self.file.facts;
        match &facts.expr(facts.expr(object).parent?).kind {
            ExprKind::Call(call) if call.form == CallForm::Element => Some(call),
            _ => None,
        }
    }

    /// Whether an object is the attributes of a component that is known and asks for no flag.
    fn is_other_element(&self, object: ExprId) -> bool {
        let Some(call) = self.element_around(object) else { return false };
        self.project.hits(self.id, call).is_empty() && self.project.is_component(self.id, call.callee)
    }

    /// Whether an entry of an object says which flag guards what it belongs to.
    fn has_gate(&self, object: ExprId) -> bool {
        let facts = &self.file.facts;
        let ExprKind::Object(entries) = &facts.expr(object).kind else { return false };
        entries.iter().any(|entry| matches!(entry.key, EntryKey::Text(name) if is_gate(facts.text(name))))
    }

    /// What is called, written without spaces.
    fn callee(&self, call: &Call) -> String {
        let facts = &self.file.facts;
        let source = match facts.expr(call.callee).kind {
            ExprKind::Member(object, name) => format!("{}.{}", self.project.source(self.id, object), facts.text(name)),
            _ => self.project.source(self.id, call.callee).to_owned(),
        };
        source.split_whitespace().collect()
    }

    /// Whether an expression is a title of a test or the message of a check: texts for people.
    fn is_for_people(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let mut at = id;
        while let Some(parent) = facts.expr(at).parent {
            match &facts.expr(parent).kind {
                ExprKind::Same(_) | ExprKind::Concat(_) => at = parent,
                ExprKind::Call(call) => {
                    let callee = self.callee(call);
                    let position = call.args.iter().position(|arg| arg.value == at);
                    if call.form == CallForm::Annotation && self.is_test() {
                        return true;
                    }
                    return position.is_some_and(|position| texts::is_for_people(&callee, position, call.args.len()));
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether the text is one of a type in this file whose texts are flags.
    fn in_registry(&self, text: &str) -> bool {
        let facts = &self.file.facts;
        facts.classes.iter().enumerate().any(|(index, class)| {
            let id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            let has = class
                .strings
                .iter()
                .any(|string| matches!(facts.expr(*string).kind, ExprKind::String(known) if facts.text(known) == text));
            has && self.project.is_registry(self.id, id)
        })
    }

    /// Whether what an object or list belongs to says that it is about flags.
    fn says_flag(&self, object: ExprId, owners: &HashMap<ExprId, Place>) -> bool {
        let facts = &self.file.facts;
        match self.place(object, owners) {
            Place::Binding(name) | Place::Member(_, name) | Place::EntryValue(_, Some(name)) => {
                let name = facts.text(name);
                surely_says_flag(name) || self.project.registry_members.contains(name)
            }
            Place::Argument => self.argument_name(object).is_some_and(|name| surely_says_flag(facts.text(name))),
            _ => false,
        }
    }

    /// The keyword of an argument.
    fn argument_name(&self, id: ExprId) -> Option<Sym> {
        let facts = &self.file.facts;
        match &facts.expr(facts.expr(id).parent?).kind {
            ExprKind::Call(call) => call.args.iter().find(|arg| arg.value == id).and_then(|arg| arg.name),
            _ => None,
        }
    }

    /// The name of an entry: `{ newCheckout: true }`.
    fn entry_name(&mut self, object: ExprId, name: &str, span: &Bytes, owners: &HashMap<ExprId, Place>) {
        if !self.project.is_key(name) || self.is_answered(object, span, name) {
            return;
        }
        if let Some(kind) = self.kind(object, Place::EntryKey(object), name, false, owners) {
            self.define(object, span.clone(), name, kind, Resolution::Literal);
        }
    }

    /// A constant that holds a key, in a list, as a key, as a choice; in a test, handed over.
    fn constant_use(&mut self, id: ExprId, owners: &HashMap<ExprId, Place>) {
        if !self.project.may_be_key(self.id, id) || self.is_said(id, |_| true) {
            return;
        }
        let place = self.place(id, owners);
        let counts = match place {
            Place::Element(_) | Place::EntryKey(_) | Place::Case | Place::Gate => true,
            Place::EntryValue(_, Some(name)) => is_gate(self.file.facts.text(name)) || self.is_test(),
            Place::Argument | Place::Compared(_) => self.is_test(),
            _ => false,
        };
        if !counts {
            return;
        }
        let keys = self.project.keys(self.id, id);
        let [key] = &keys[..] else { return };
        let Value::Text(text) = &key.value else { return };
        if !self.project.is_key(text) {
            return;
        }
        let kind = match place {
            _ if self.is_test() => ReferenceKind::Test,
            Place::EntryValue(..) | Place::Gate => ReferenceKind::Evaluation,
            _ => ReferenceKind::Definition,
        };
        let span = self.file.facts.expr(id).span.clone();
        self.define(id, span, text, kind, Resolution::Constant);
    }

    /// Whether the expression is a part of something that such a reference stands for already.
    fn is_said(&self, id: ExprId, such: impl Fn(&Reference) -> bool) -> bool {
        let span = &self.file.facts.expr(id).span;
        self.references.iter().any(|reference| {
            let said = &reference.location;
            said.start_byte <= span.start as usize
                && span.end as usize <= said.end_byte
                && reference.kind != ReferenceKind::Wrapper
                && such(reference)
        })
    }

    /// A text of a test that has a key in it, as texts and patterns that are compared with output have.
    fn test_text(&mut self, id: ExprId, text: &str) {
        if !self.is_test() || self.project.is_key(text) || text.len() > 400 || self.is_for_people(id) {
            return;
        }
        // Behind a dot or a hash stands a class or id of a style.
        let found = self.lexical.keys_in(text).into_iter();
        let found = found.filter(|(at, _)| !text[..at.start].ends_with(['.', '#'])).map(|(_, key)| key);
        let keys: BTreeSet<String> = found.filter(|key| likeness(key) == Likeness::Key).map(str::to_owned).collect();
        let span = self.file.facts.expr(id).span.clone();
        for key in keys {
            self.define(id, span.clone(), &key, ReferenceKind::Test, Resolution::Text);
        }
    }

    /// The members of types that list flags.
    fn registry_members(&mut self) {
        let facts = &self.file.facts;
        let mut found = Vec::new();
        for (index, class) in facts.classes.iter().enumerate() {
            let id = ClassId(u32::try_from(index).unwrap_or(u32::MAX));
            if self.project.is_registry(self.id, id) {
                let fields = class.members.iter().filter(|member| matches!(member.kind, MemberKind::Field(None)));
                found.extend(fields.map(|member| (facts.text(member.name).to_owned(), member.name_span.clone())));
            }
        }
        for (name, span) in found {
            if self.project.is_key(&name) {
                let kind = if self.is_test() { ReferenceKind::Test } else { ReferenceKind::Definition };
                self.push(name.as_str(), span, kind, Resolution::Literal, None);
            }
        }
    }

    fn define(&mut self, id: ExprId, span: Bytes, text: &str, kind: ReferenceKind, resolution: Resolution) {
        self.push(text, span, kind, resolution, Some(id));
    }

    fn push(&mut self, text: &str, span: Bytes, kind: ReferenceKind, resolution: Resolution, around: Option<ExprId>) {
        let Ok(flag) = FlagKey::new(text) else { return };
        let location = self.span_location(&span);
        let key = ReferencedKey::Known(flag);
        // On the line that asks for the key, its own text is no place apart.
        let asks_here = |known: &Reference| {
            kind == ReferenceKind::Definition
                && known.kind == ReferenceKind::Evaluation
                && known.location.start.line == location.start.line
        };
        let is_said =
            self.references.iter().any(|known| known.key == key && (known.location == location || asks_here(known)));
        if is_said {
            return;
        }
        let expression = self.file.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        self.references.push(Reference {
            key,
            kind,
            resolution,
            confidence: Confidence::High,
            sdk: None,
            call: None,
            returns: (kind == ReferenceKind::Evaluation).then_some(Returns::Gate),
            negated: false,
            fallback: None,
            context: Context::Absent,
            variant: None,
            location,
            via: Vec::new(),
            enclosing: around.map(|id| self.enclosing(id, true)).unwrap_or_default(),
            expression: expression.split_whitespace().collect(),
            class: self.file.class,
        });
    }
}

/// Whether the value of an entry with this name is the name of a flag where the object is about one.
fn names_flag(name: &str) -> bool {
    is_gate(name) || says_flag(name) || matches!(name, "name" | "key" | "id")
}

fn is_gate(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    // `data-feature` of HTML.
    let plain = if name.starts_with("data-") { plain["data".len()..].to_owned() } else { plain };
    GATES.contains(&plain.as_str())
}
