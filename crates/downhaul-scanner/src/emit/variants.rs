//! What code makes of the variant that a call gives: the names that it compares, and what happens when none fits.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{VariantChoice, VariantUse};
use downhaul_lang::facts::{BindingKind, Bytes, Call, ExprId, ExprKind, If, Step, Sym};

use super::Emitter;
use crate::resolve::Value;

/// What SDKs call the name of a variant.
const NAME: &[&str] = &["name", "Name", "getName", "get_name"];

/// What they call whether any variant is served.
const SERVED: &[&str] =
    &["enabled", "Enabled", "isEnabled", "is_enabled", "feature_enabled", "featureEnabled", "FeatureEnabled"];

/// Methods that give the same text again.
const SAME: &[&str] = &["as_str", "as_deref", "as_ref", "clone", "toString", "to_string", "unwrap_or_default"];

/// Methods that compare.
const EQUALS: &[&str] = &["equals", "contentEquals", "eq", "equalsIgnoreCase"];

/// Words by which a branch leaves the function: what follows it is then what is done otherwise.
const LEAVES: &[&str] = &["return", "throw", "raise", "panic", "break", "continue"];

/// What was found out about a variant while it was followed.
#[derive(Default)]
struct Followed {
    /// Expressions that are the variant or its name.
    same: BTreeSet<ExprId>,
    /// What the name is compared with.
    compared: Vec<(ExprId, ExprId)>,
    asks_if_served: bool,
}

impl Emitter<'_, '_> {
    /// Follows the variant that a call gives through the file.
    pub(super) fn variant_use(&self, call: ExprId) -> Option<VariantUse> {
        let mut followed = Followed::default();
        let mut left = vec![call];
        while let Some(id) = left.pop() {
            if followed.same.insert(id) {
                self.follow(id, &mut followed, &mut left);
            }
        }
        let mut choices: Vec<VariantChoice> =
            self.switched(&followed.same).into_iter().chain(self.compared(&followed.compared)).collect();
        choices.sort_by(|a, b| a.location.cmp(&b.location));
        let asks_if_served = followed.asks_if_served;
        (!choices.is_empty()).then_some(VariantUse { choices, asks_if_served })
    }

    /// Looks at what an expression stands in, and at the names that hold on to it.
    fn follow(&self, id: ExprId, followed: &mut Followed, left: &mut Vec<ExprId>) {
        let facts = &self.file.facts;
        if let Some(parent) = facts.expr(id).parent {
            match &facts.expr(parent).kind {
                ExprKind::Same(_) => left.push(parent),
                ExprKind::Choice(ways) if ways.contains(&id) => left.push(parent),
                ExprKind::Member(object, name) if *object == id => {
                    self.member_of_variant(parent, *name, followed, left)
                }
                ExprKind::Index(object, key) if *object == id => {
                    if let ExprKind::String(name) = facts.expr(self.project.plain(self.id, *key)).kind {
                        self.member_of_variant(parent, name, followed, left);
                    }
                }
                ExprKind::Compare(a, b) => followed.compared.push((parent, if *a == id { *b } else { *a })),
                ExprKind::Call(call) if call.args.iter().any(|arg| arg.value == id) => {
                    if let Some(other) = self.object_of_equals(call) {
                        followed.compared.push((parent, other));
                    }
                }
                _ => {}
            }
        }
        if self.kept.contains(&id) {
            self.held(id, followed, left);
        }
    }

    /// `variant.name`, `variant.getName()`, `name.equals("blue")`.
    fn member_of_variant(&self, member: ExprId, name: Sym, followed: &mut Followed, left: &mut Vec<ExprId>) {
        let facts = &self.file.facts;
        let name = facts.text(name);
        let call = facts.expr(member).parent.and_then(|parent| match &facts.expr(parent).kind {
            ExprKind::Call(call) if self.project.plain(self.id, call.callee) == member => Some((parent, call)),
            _ => None,
        });
        if SERVED.contains(&name) {
            followed.asks_if_served = true;
        } else if let (true, Some((call, with))) = (EQUALS.contains(&name), call) {
            followed.compared.extend(with.args.first().map(|arg| (call, arg.value)));
        } else if NAME.contains(&name) || SAME.contains(&name) {
            left.push(call.map_or(member, |(call, _)| call));
        }
    }

    /// What `x.equals(…)` is asked of.
    fn object_of_equals(&self, call: &Call) -> Option<ExprId> {
        let facts = &self.file.facts;
        match facts.expr(self.project.plain(self.id, call.callee)).kind {
            ExprKind::Member(object, name) if EQUALS.contains(&facts.text(name)) => Some(object),
            _ => None,
        }
    }

    /// Follows the names that hold on to a value.
    fn held(&self, value: ExprId, followed: &mut Followed, left: &mut Vec<ExprId>) {
        let facts = &self.file.facts;
        for binding in &facts.bindings {
            if binding.kind != BindingKind::Value(Some(value)) {
                continue;
            }
            let step = match binding.path[..] {
                [] => None,
                [Step::Member(name)] => Some(facts.text(name)),
                _ => continue,
            };
            match step {
                Some(name) if SERVED.contains(&name) => followed.asks_if_served = true,
                Some(name) if !NAME.contains(&name) => {}
                _ => left.extend(facts.all_exprs().filter_map(|(id, expr)| {
                    let is_it = matches!(expr.kind, ExprKind::Name(name) if name == binding.name)
                        && facts
                            .scopes_around(expr.scope)
                            .find_map(|(scope, _)| facts.by_name.get(&(scope, binding.name)))
                            .is_some_and(
                                |found| matches!(found[..], [only] if std::ptr::eq(facts.binding(only), binding)),
                            );
                    is_it.then_some(id)
                })),
            }
        }
    }

    /// The switches over one of `same`.
    fn switched(&self, same: &BTreeSet<ExprId>) -> Vec<VariantChoice> {
        let facts = &self.file.facts;
        let over = facts.switches.iter().filter(|switch| {
            same.contains(&switch.subject) || same.contains(&self.project.plain(self.id, switch.subject))
        });
        over.filter_map(|switch| {
            let texts: Vec<Vec<String>> = switch.cases.iter().map(|case| self.texts_of(*case)).collect();
            let names = switch.cases.iter().zip(&texts).flat_map(|(case, texts)| {
                let at = self.span_location(&facts.expr(*case).span);
                texts.iter().map(move |text| (text.clone(), at.clone()))
            });
            let names: Vec<_> = names.collect();
            let location = self.span_location(&facts.expr(switch.subject).span);
            // A case that is not known may be about any name.
            let has_default = switch.has_default || texts.iter().any(Vec::is_empty);
            (!names.is_empty()).then_some(VariantChoice { location, names, has_default })
        })
        .collect()
    }

    /// The comparisons, those of one chain of conditions together.
    fn compared(&self, compared: &[(ExprId, ExprId)]) -> Vec<VariantChoice> {
        let facts = &self.file.facts;
        let mut choices: BTreeMap<(u32, u32), VariantChoice> = BTreeMap::new();
        let mut in_order = compared.to_vec();
        in_order.sort_by_key(|(at, _)| facts.expr(*at).span.start);
        for (at, with) in in_order {
            let span = &facts.expr(at).span;
            let names: Vec<_> = self
                .texts_of(with)
                .into_iter()
                .map(|text| (text, self.span_location(&facts.expr(with).span)))
                .collect();
            if names.is_empty() {
                continue;
            }
            let chain = self.chain_of(span);
            let key = chain.as_ref().map_or((span.start, span.end), |(first, _)| (first.start, first.end));
            let choice = choices.entry(key).or_insert_with(|| VariantChoice {
                location: self.span_location(span),
                names: Vec::new(),
                has_default: chain.is_none_or(|(_, has_default)| has_default),
            });
            choice.names.extend(names);
        }
        // One condition alone says what is done for one variant, and that nothing is done for the others.
        for choice in choices.values_mut().filter(|choice| choice.names.len() < 2) {
            choice.has_default = true;
        }
        choices.into_values().collect()
    }

    /// The chain of conditions that something is a condition of: where it begins, and whether it has an end for all.
    fn chain_of(&self, condition: &Bytes) -> Option<(Bytes, bool)> {
        let facts = &self.file.facts;
        let holds = |one: &&If| one.conditions.iter().any(|other| covers(other, condition));
        let own = facts.ifs.iter().filter(holds).min_by_key(|one| one.span.end - one.span.start)?;
        let (mut first, mut last) = (own, own);
        while let Some(before) = facts.ifs.iter().find(|one| self.goes_on_with(one, first)) {
            first = before;
        }
        while let Some(next) = facts.ifs.iter().find(|one| self.goes_on_with(last, one)) {
            last = next;
        }
        let text = self.file.text.get(first.span.start as usize..first.span.end as usize).unwrap_or_default();
        let leaves = text.split(|c: char| !c.is_alphanumeric()).any(|word| LEAVES.contains(&word));
        Some((first.span.clone(), last.other.is_some() || leaves))
    }

    /// Whether the other way of `one` is `next` and nothing else.
    fn goes_on_with(&self, one: &If, next: &If) -> bool {
        let Some(other) = &one.other else { return false };
        let between = self.file.text.get(other.start as usize..next.span.start as usize);
        covers(other, &next.span)
            && other.end == next.span.end
            && between.is_some_and(|text| matches!(text.trim(), "" | "else"))
    }

    /// The texts that an expression can be.
    fn texts_of(&self, id: ExprId) -> Vec<String> {
        let found = self.project.keys(self.id, id);
        let texts: BTreeSet<String> = found
            .iter()
            .filter_map(|found| match &found.value {
                Value::Text(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        if texts.len() == found.len() { texts.into_iter().collect() } else { Vec::new() }
    }
}

fn covers(around: &Bytes, inner: &Bytes) -> bool {
    around.start <= inner.start && inner.end <= around.end
}
