//! Classes, enums, interfaces and named types, with their members.

use super::Lower;
use crate::facts::{
    Arg, BindingKind, Class, ClassId, EntryKey, ExprId, ExprKind, Member, MemberKind, Param, ScopeKind, Sym,
};
use crate::pattern::Match;
use crate::role::{Part, Role};
use crate::tree::Node;

impl Lower<'_> {
    pub(super) fn new_class(&mut self, name: Option<Sym>, span: std::ops::Range<u32>, bases: Vec<Sym>) -> ClassId {
        let id = ClassId(u32::try_from(self.facts.classes.len()).unwrap_or(u32::MAX));
        self.facts.classes.push(Class {
            name,
            span,
            bases,
            members: Vec::new(),
            scope: self.scope,
            params: Vec::new(),
            assigned: Vec::new(),
            alias: Vec::new(),
            strings: Vec::new(),
        });
        id
    }

    pub(super) fn class(&mut self, node: Node<'_>, found: &Match<'_>, declared: bool) -> ClassId {
        let rename_all = self.rename_all.take();
        let before = std::mem::replace(&mut self.member_case, rename_all);
        let name = found.part(Part::Name);
        let sym = name.map(|name| self.sym(name));
        let span = self.bytes(name.unwrap_or(node));
        let mut bases = Vec::new();
        for base in found.parts(Part::Base) {
            self.collect_types(base, &mut bases);
        }
        // Go's methods may stand before their type.
        let existing = sym.and_then(|sym| {
            self.facts.classes.iter().position(|class| class.name == Some(sym) && class.span.is_empty())
        });
        let id = match existing {
            Some(index) => {
                self.facts.classes[index].span = span.clone();
                ClassId(u32::try_from(index).unwrap_or(u32::MAX))
            }
            None => self.new_class(sym, span.clone(), bases),
        };
        if let (Some(sym), true) = (sym, declared) {
            self.bind(sym, span, BindingKind::Class(id), Vec::new(), Vec::new());
            self.export_name(sym);
        }
        for modifier in found.parts(Part::Modifier) {
            self.decorators(modifier);
        }
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            for base in found.parts(Part::Base) {
                lower.statement(base);
            }
            if let Some(parameters) = found.part(Part::Parameters) {
                lower.constructor(id, parameters);
            }
            if let Some(body) = found.part(Part::Body) {
                lower.class_body(body);
            }
        });
        self.member_case = before;
        id
    }

    /// The constructor that is written with the class: its parameters are seen in the whole class.
    pub(super) fn constructor(&mut self, class: ClassId, parameters: Node<'_>) {
        let constructor = self.new_function(None, self.bytes(parameters), Vec::new());
        self.parameters(constructor, parameters);
        let params = std::mem::take(&mut self.facts.functions[constructor.index()].params);
        self.facts.functions[constructor.index()].params = params
            .iter()
            .map(|param| Param { name: param.name, types: param.types.clone(), default: param.default })
            .collect();
        self.facts.classes[class.index()].params = params;
    }

    pub(super) fn class_body(&mut self, body: Node<'_>) {
        for child in body.named_children() {
            let is_bare_member = child.kind() == "property_identifier";
            if is_bare_member {
                let (name, span) = (self.sym(child), self.bytes(child));
                self.add_member(name, span, MemberKind::EnumMember(Vec::new()), Vec::new(), true);
            } else {
                self.statement(child);
                let waits =
                    matches!(self.engine.patterns.find(child, self.text), Some(found) if found.role == Role::Decorator);
                if !waits && !child.is_extra() {
                    self.attributes.clear();
                }
            }
        }
    }

    pub(super) fn anonymous_class(&mut self, body: Node<'_>) {
        let id = self.new_class(None, self.bytes(body), Vec::new());
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            lower.class_body(body);
        });
    }

    /// Members for a class that stands elsewhere; without a name, for the one around.
    pub(super) fn implementation(&mut self, found: &Match<'_>) {
        let mut names = Vec::new();
        if let Some(name) = found.part(Part::Name) {
            self.collect_types(name, &mut names);
        }
        let class = match names.first() {
            Some(name) => self.class_by_name(*name),
            None => match self.facts.class_around(self.scope) {
                Some(class) => class,
                None => return,
            },
        };
        let mut bases = Vec::new();
        for base in found.parts(Part::Base) {
            self.collect_types(base, &mut bases);
        }
        self.facts.classes[class.index()].bases.extend(bases);
        if let Some(body) = found.part(Part::Body) {
            self.scoped(ScopeKind::Class(class), |lower, _| lower.class_body(body));
        }
    }

    pub(super) fn alias(&mut self, found: &Match<'_>) {
        let (Some(name), Some(value)) = (found.part(Part::Name), found.part(Part::Value)) else { return };
        let (sym, span) = (self.sym(name), self.bytes(name));
        let id = self.new_class(Some(sym), span.clone(), Vec::new());
        self.bind(sym, span, BindingKind::Class(id), Vec::new(), Vec::new());
        self.export_name(sym);
        let first = self.facts.exprs.len();
        self.scoped(ScopeKind::Class(id), |lower, scope| {
            lower.facts.classes[id.index()].scope = scope;
            let alias = lower.types(Some(value));
            lower.facts.classes[id.index()].alias = alias;
        });
        let strings = (first..self.facts.exprs.len())
            .map(|index| ExprId(u32::try_from(index).unwrap_or(u32::MAX)))
            .filter(|id| matches!(self.facts.expr(*id).kind, ExprKind::String(_)))
            .collect();
        self.facts.classes[id.index()].strings = strings;
        self.object_type_members(id, first);
    }

    /// The entries of an object type are members of the type it is named.
    pub(super) fn object_type_members(&mut self, class: ClassId, first: usize) {
        let mut members = Vec::new();
        for expr in &self.facts.exprs[first..] {
            if let ExprKind::Object(entries) = &expr.kind {
                for entry in entries {
                    if let EntryKey::Text(name) = entry.key {
                        members.push((name, entry.key_span.clone()));
                    }
                }
            }
        }
        for (name, name_span) in members {
            let member = Member { name, name_span, kind: MemberKind::Field(None), types: Vec::new(), is_static: false };
            self.facts.classes[class.index()].members.push(member);
        }
    }

    /// `#[serde(rename = "key")]`: another name for the member that follows.
    pub(super) fn rename(&mut self, node: Node<'_>) {
        let text = self.text_of(node);
        let renames = self.language.facts.rename_attributes.iter().any(|name| text.contains(name.as_str()));
        let mut stack = vec![node];
        while let Some(node) = stack.pop().filter(|_| renames) {
            let children: Vec<Node<'_>> = node.named_children().collect();
            for pair in children.windows(2) {
                let names = ["rename", "serialize", "to_string", "name", "Name", "Value"];
                let gives_name = names.contains(&self.text_of(pair[0]));
                let gives_case = matches!(self.text_of(pair[0]), "rename_all" | "serialize_all");
                if gives_case {
                    self.rename_all = Some(self.text_of(pair[1]).trim_matches('"'));
                }
                if gives_name
                    && matches!(self.engine.patterns.find(pair[1], self.text), Some(found) if found.role == Role::String)
                {
                    let value = self.string(pair[1]);
                    self.attributes.push(value);
                    return;
                }
            }
            // `[Description("key")]`: a text that stands alone.
            if let [only] = children[..]
                && matches!(self.engine.patterns.find(only, self.text), Some(found) if found.role == Role::String)
            {
                let value = self.string(only);
                self.attributes.push(value);
                return;
            }
            stack.extend(children);
        }
    }

    pub(super) fn add_member(
        &mut self,
        name: Sym,
        name_span: std::ops::Range<u32>,
        kind: MemberKind,
        types: Vec<Sym>,
        is_static: bool,
    ) {
        if let Some(class) = self.class_scope() {
            self.facts.classes[class.index()].members.push(Member { name, name_span, kind, types, is_static });
        }
    }

    pub(super) fn field(&mut self, _: Node<'_>, found: &Match<'_>) {
        let types = self.types(found.part(Part::Type));
        let value = found.part(Part::Value).map(|value| self.value(value));
        let is_static = self.has_modifier(found, "static");
        for modifier in found.parts(Part::Modifier) {
            self.decorators(modifier);
        }
        for name in found.parts(Part::Name).filter(Node::is_named) {
            let (sym, span) = (self.key_text(name), self.bytes(name));
            self.add_member(sym, span.clone(), MemberKind::Field(value), types.clone(), is_static);
            if self.language.facts.implicit_members {
                self.bind(sym, span, BindingKind::Value(value), Vec::new(), types.clone());
            }
        }
    }

    pub(super) fn enum_member(&mut self, _: Node<'_>, found: &Match<'_>) {
        for modifier in found.parts(Part::Modifier) {
            self.rename(modifier);
        }
        for name in found.parts(Part::Name) {
            self.one_enum_member(name, found);
        }
    }

    fn one_enum_member(&mut self, name: Node<'_>, found: &Match<'_>) {
        let (sym, span) = (self.key_text(name), self.bytes(name));
        let mut values = std::mem::take(&mut self.attributes);
        if let (true, Some(case)) = (values.is_empty(), self.member_case) {
            let renamed = in_case(self.facts.text(sym), case);
            let renamed = self.facts.intern(&renamed);
            values.push(self.expr(name, ExprKind::String(renamed)));
        }
        let beside = || name.next_sibling().filter(|next| next.kind() == "=").and_then(|equals| equals.next_sibling());
        values.extend(found.part(Part::Value).or_else(beside).map(|value| self.value(value)));
        if let Some(arguments) = found.part(Part::Arguments) {
            let id = self.expr(arguments, ExprKind::Opaque);
            let args = self.arguments(id, Some(arguments));
            values.extend(self.in_order(args, arguments));
        }
        self.add_member(sym, span, MemberKind::EnumMember(values), Vec::new(), true);
    }

    /// The arguments of a member in the order of the constructor's parameters, which their names may change.
    fn in_order(&mut self, args: Vec<Arg>, node: Node<'_>) -> Vec<ExprId> {
        let class = self.class_scope();
        if args.iter().all(|arg| arg.name.is_none()) {
            return args.into_iter().map(|arg| arg.value).collect();
        }
        let params = class.map(|class| &self.facts.class(class).params[..]).unwrap_or_default();
        let at = |arg: &Arg| arg.name.and_then(|name| params.iter().position(|param| param.name == Some(name)));
        let places: Vec<usize> = args.iter().enumerate().map(|(index, arg)| at(arg).unwrap_or(index)).collect();
        let count = places.iter().max().map_or(0, |last| last + 1);
        let defaults: Vec<Option<ExprId>> =
            (0..count).map(|place| params.get(place).and_then(|param| param.default)).collect();
        let given = |place: usize| places.iter().position(|known| *known == place).map(|index| args[index].value);
        (0..count)
            .map(|place| given(place).or(defaults[place]).unwrap_or_else(|| self.expr(node, ExprKind::Opaque)))
            .collect()
    }
}

/// A name in `PascalCase` as `rename_all` of serde writes it.
fn in_case(name: &str, case: &str) -> String {
    let separated = |separator: char| {
        let mut text = String::new();
        for (at, char) in name.char_indices() {
            if at > 0 && char.is_uppercase() {
                text.push(separator);
            }
            text.extend(char.to_lowercase());
        }
        text
    };
    match case {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "snake_case" => separated('_'),
        "kebab-case" => separated('-'),
        "SCREAMING_SNAKE_CASE" => separated('_').to_uppercase(),
        "SCREAMING-KEBAB-CASE" => separated('-').to_uppercase(),
        "camelCase" => {
            let mut chars = name.chars();
            chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_case;

    #[test]
    fn names_in_other_cases() {
        assert_eq!(in_case("NewBanner", "kebab-case"), "new-banner");
        assert_eq!(in_case("NewBanner", "SCREAMING_SNAKE_CASE"), "NEW_BANNER");
        assert_eq!(in_case("NewBanner", "camelCase"), "newBanner");
        assert_eq!(in_case("NewBanner", "PascalCase"), "NewBanner");
    }
}
