//! Members of enums: what they have, and the keys they stand for.

use std::sync::Arc;

use downhaul_core::ViaRole;
use downhaul_lang::facts::{CaseArm, ClassId, ExprId, ExprKind, FunctionId, Member, MemberKind, Sym};

use super::{FileId, Found, Hop, Project, Value};

/// Names by which a member of an enum gives its value.
const VALUE_NAMES: &[&str] = &["value", "Value", "_value_", "rawValue"];

/// Names by which a member of an enum gives its own name.
const OWN_NAMES: &[&str] = &["name", "toString", "to_string", "_name_", "ToString"];

impl Project<'_> {
    /// All members of an enum.
    pub(super) fn enum_members(&self, file: FileId, class: ClassId) -> Vec<Found> {
        let members = self.file(file).facts.class(class).members.iter().enumerate();
        members
            .filter(|(_, member)| matches!(member.kind, MemberKind::EnumMember(_)))
            .map(|(index, member)| {
                let hop = Hop { file, span: member.name_span.clone(), role: ViaRole::Constant };
                Found::new(Value::EnumMember(file, class, index)).through(hop)
            })
            .collect()
    }

    /// Whether a class is an enum.
    pub(super) fn has_members_by_name(&self, file: FileId, class: ClassId) -> bool {
        let mut members = self.file(file).facts.class(class).members.iter();
        self.is_enum(file, class) || members.any(|member| matches!(member.kind, MemberKind::EnumMember(_)))
    }

    /// Whether a class is an enum that is written like a class (Python).
    pub(super) fn is_enum(&self, file: FileId, class: ClassId) -> bool {
        let facts = &self.file(file).facts;
        facts.class(class).bases.iter().any(|base| facts.text(*base).ends_with("Enum"))
    }

    /// What a member of an enum has by this name: an argument of its constructor, its value, its own name.
    pub(super) fn of_enum_member(
        &self,
        file: FileId,
        class: ClassId,
        index: usize,
        name: &str,
        depth: usize,
    ) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let member = &declared.members[index];
        let values = member_values(member);
        if let Some(found) = self.enum_field(file, class, values, name, depth) {
            return found;
        }
        for (_, accessor) in self.named(file, class, name) {
            if let MemberKind::Method(function) = accessor.kind {
                let found = self.accessor(file, class, index, function, depth);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let is_own_value = values.is_empty() && self.language(file).facts.member_names_are_keys;
        if !is_own_value && (VALUE_NAMES.contains(&name) || name == "getValue") {
            return values.iter().take(1).flat_map(|value| self.eval(file, *value, depth)).collect();
        }
        if OWN_NAMES.contains(&name) || is_own_value && VALUE_NAMES.contains(&name) {
            let hop = Hop { file, span: member.name_span.clone(), role: ViaRole::Key };
            return vec![Found::new(Value::Text(Arc::from(facts.text(member.name)))).through(hop)];
        }
        let enum_name = declared.name.map(|name| facts.text(name)).unwrap_or_default();
        self.of_extension(enum_name, facts.text(member.name), name, depth)
    }

    /// A field of an enum's member, by the parameter of the constructor that fills it.
    fn enum_field(
        &self,
        file: FileId,
        class: ClassId,
        values: &[ExprId],
        name: &str,
        depth: usize,
    ) -> Option<Vec<Found>> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let by_name = |params: &[downhaul_lang::facts::Param], name: &str| {
            params.iter().position(|param| param.name.is_some_and(|known| facts.text(known) == name))
        };
        let position = by_name(&declared.params, name).or_else(|| {
            let (_, value) = declared.assigned.iter().find(|(known, _)| facts.text(*known) == name)?;
            let ExprKind::Name(param) = facts.expr(self.plain(file, *value)).kind else { return None };
            let constructors = declared.members.iter().filter_map(|member| match member.kind {
                MemberKind::Method(function) => Some(facts.function(function)),
                _ => None,
            });
            constructors
                .chain(facts.functions.iter().filter(|function| function.class == Some(class)))
                .find_map(|function| by_name(&function.params, facts.text(param)))
        });
        // `const Flag(this.key)`: the parameter fills the field of its name (Dart).
        let nameless =
            || facts.functions.iter().filter(|function| function.class == Some(class) && function.name.is_none());
        let position = position.or_else(|| nameless().find_map(|function| by_name(&function.params, name)))?;
        Some(values.get(position).map(|value| self.eval(file, *value, depth)).unwrap_or_default())
    }

    /// What a method gives for one member of its enum.
    pub(super) fn accessor(
        &self,
        file: FileId,
        class: ClassId,
        index: usize,
        function: FunctionId,
        depth: usize,
    ) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let member = &facts.class(class).members[index];
        let callee = facts.function(function);
        let mut found = Vec::new();
        for value in &callee.returns {
            let name = match facts.expr(self.plain(file, *value)).kind {
                ExprKind::Name(name) => Some(name),
                ExprKind::Member(object, name) if matches!(facts.expr(object).kind, ExprKind::This) => Some(name),
                _ => None,
            };
            let field =
                name.and_then(|name| self.enum_field(file, class, member_values(member), facts.text(name), depth));
            match (field, name) {
                (Some(field), _) => found.extend(field),
                (None, Some(name)) if VALUE_NAMES.contains(&facts.text(name)) => {
                    found.extend(member_values(member).iter().take(1).flat_map(|value| self.eval(file, *value, depth)));
                }
                _ => {}
            }
        }
        for arm in self.arms_about(file, member.name, function) {
            found.extend(self.eval(file, arm.body, depth));
        }
        found
    }

    /// What a method says of one member of its enum: `match self { F::A => "a", … }`.
    fn arms_about(&self, file: FileId, member: Sym, function: FunctionId) -> impl Iterator<Item = &CaseArm> {
        let facts = &self.file(file).facts;
        facts.cases.iter().filter(move |arm| {
            let pattern = facts.expr(arm.pattern);
            let about = match pattern.kind {
                ExprKind::Member(_, name) | ExprKind::Name(name) => name == member,
                _ => false,
            };
            about && facts.function_around(pattern.scope) == Some(function)
        })
    }

    /// The key that a member of an enum stands for, asked for none of its fields.
    pub(crate) fn enum_key(&self, file: FileId, class: ClassId, index: usize, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let declared = facts.class(class);
        let member = &declared.members[index];
        let hop = Hop { file, span: member.name_span.clone(), role: ViaRole::Constant };
        let mut texts: Vec<Found> = member_values(member)
            .iter()
            .flat_map(|value| self.eval(file, *value, depth))
            .filter(|found| matches!(found.value, Value::Text(_)))
            .collect();
        if texts.len() > 1 {
            let known: Vec<Found> = texts
                .iter()
                .filter(|found| matches!(&found.value, Value::Text(text) if self.is_key(text)))
                .cloned()
                .collect();
            // With nothing known, the first argument is the name, as in most enums that carry one.
            if known.len() == 1 { texts = known } else { texts.truncate(1) }
        }
        if texts.is_empty() {
            // The method that says the name goes before any other.
            let is_other = |method: &&Member| !OWN_NAMES.contains(&facts.text(method.name));
            let methods = &declared.members;
            let ordered = methods.iter().filter(|method| !is_other(method)).chain(methods.iter().filter(is_other));
            for method in ordered {
                if let MemberKind::Method(function) = method.kind {
                    texts.extend(self.accessor(file, class, index, function, depth));
                }
            }
            texts.retain(|found| matches!(found.value, Value::Text(_)));
            texts.truncate(1);
        }
        let says_name = declared.members.iter().any(|method| match method.kind {
            MemberKind::Method(function) => {
                OWN_NAMES.contains(&facts.text(method.name))
                    && self.arms_about(file, member.name, function).next().is_some()
            }
            _ => false,
        });
        let name = facts.text(member.name);
        let is_key = self.is_key(name) && self.is_about_flags(file, class);
        if texts.is_empty() && !says_name && (is_key || self.language(file).facts.member_names_are_keys) {
            let found = Found::new(Value::Text(Arc::from(name)));
            let key = Hop { file, span: member.name_span.clone(), role: ViaRole::Key };
            texts.push(if is_key { found.through(key) } else { found });
        }
        texts.into_iter().map(|found| if found.hops.is_empty() { found.through(hop.clone()) } else { found }).collect()
    }
}

/// The value or the constructor's arguments of a member.
fn member_values(member: &Member) -> &[ExprId] {
    match &member.kind {
        MemberKind::EnumMember(values) => values,
        MemberKind::Field(Some(value)) => std::slice::from_ref(value),
        _ => &[],
    }
}
