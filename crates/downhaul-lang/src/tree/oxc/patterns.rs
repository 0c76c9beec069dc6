//! Patterns: what takes a value apart, and what is assigned to.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind};

impl Builder<'_, '_> {
    pub(super) fn binding_pattern(&mut self, field: Field, it: &BindingPattern<'_>) {
        let span = it.span();
        match it {
            BindingPattern::BindingIdentifier(name) => self.named(field, &name.name, name.span),
            BindingPattern::AssignmentPattern(it) => self.node(field, Kind::AssignmentPattern, span, |make| {
                make.binding_pattern(Field::Left, &it.left);
                make.expression(Field::Right, &it.right);
            }),
            BindingPattern::ArrayPattern(it) => self.node(field, Kind::ArrayPattern, span, |make| {
                it.elements.iter().flatten().for_each(|element| make.binding_pattern(Field::None, element));
                make.binding_rest(it.rest.as_deref());
            }),
            BindingPattern::ObjectPattern(it) => self.node(field, Kind::ObjectPattern, span, |make| {
                it.properties.iter().for_each(|property| make.binding_property(property));
                make.binding_rest(it.rest.as_deref());
            }),
        }
    }

    fn binding_rest(&mut self, rest: Option<&BindingRestElement<'_>>) {
        if let Some(rest) = rest {
            self.rest_pattern(Field::None, rest);
        }
    }

    pub(super) fn rest_pattern(&mut self, field: Field, it: &BindingRestElement<'_>) {
        self.node(field, Kind::RestPattern, it.span, |make| make.binding_pattern(Field::None, &it.argument));
    }

    fn binding_property(&mut self, it: &BindingProperty<'_>) {
        match &it.value {
            BindingPattern::AssignmentPattern(value) if it.shorthand => {
                self.shorthand_default(value.span, value.left.span(), &value.right);
            }
            _ if it.shorthand => self.leaf(Field::None, Kind::ShorthandPropertyIdentifierPattern, it.span),
            value => self.node(Field::None, Kind::PairPattern, it.span, |make| {
                make.property_key(Field::Key, &it.key, it.computed);
                make.binding_pattern(Field::Value, value);
            }),
        }
    }

    fn shorthand_default(&mut self, span: Span, name: Span, default: &Expression<'_>) {
        self.node(Field::None, Kind::ObjectAssignmentPattern, span, |make| {
            make.leaf(Field::Left, Kind::ShorthandPropertyIdentifierPattern, name);
            make.expression(Field::Right, default);
        });
    }

    pub(super) fn target(&mut self, field: Field, it: &AssignmentTarget<'_>) {
        match it {
            AssignmentTarget::ArrayAssignmentTarget(it) => self.node(field, Kind::ArrayPattern, it.span, |make| {
                it.elements.iter().flatten().for_each(|element| make.target_or_default(Field::None, element));
                make.target_rest(it.rest.as_deref());
            }),
            AssignmentTarget::ObjectAssignmentTarget(it) => self.node(field, Kind::ObjectPattern, it.span, |make| {
                it.properties.iter().for_each(|property| make.target_property(property));
                make.target_rest(it.rest.as_deref());
            }),
            target => {
                if let Some(target) = target.as_simple_assignment_target() {
                    self.bare_target(field, target);
                }
            }
        }
    }

    /// A target that begins at `start`; oxc has no node for parentheses around it.
    pub(super) fn simple_target(&mut self, field: Field, start: u32, it: &SimpleAssignmentTarget<'_>) {
        let start = self.skip_space(start);
        let span = it.span();
        if start >= span.start || !self.slice(Span::new(start, span.start)).starts_with('(') {
            return self.bare_target(field, it);
        }
        let end = self.skip_space(span.end) + 1;
        self.node(field, Kind::ParenthesizedExpression, Span::new(start, end), |make| {
            make.bare_target(Field::None, it);
        });
    }

    fn bare_target(&mut self, field: Field, it: &SimpleAssignmentTarget<'_>) {
        match it {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(name) => self.identifier(field, name),
            SimpleAssignmentTarget::TSAsExpression(it) => self.cast(field, it),
            SimpleAssignmentTarget::TSSatisfiesExpression(it) => {
                self.node(field, Kind::SatisfiesExpression, it.span, |make| {
                    make.expression(Field::None, &it.expression);
                    make.type_of(Field::None, &it.type_annotation);
                });
            }
            SimpleAssignmentTarget::TSNonNullExpression(it) => {
                self.node(field, Kind::NonNullExpression, it.span, |make| {
                    make.expression(Field::None, &it.expression);
                });
            }
            SimpleAssignmentTarget::TSTypeAssertion(it) => self.assertion(field, it),
            member => {
                if let Some(member) = member.as_member_expression() {
                    self.member(field, member);
                }
            }
        }
    }

    fn target_or_default(&mut self, field: Field, it: &AssignmentTargetMaybeDefault<'_>) {
        match it {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => {
                self.node(field, Kind::AssignmentPattern, it.span, |make| {
                    make.target(Field::Left, &it.binding);
                    make.expression(Field::Right, &it.init);
                });
            }
            target => self.target(field, target.to_assignment_target()),
        }
    }

    fn target_rest(&mut self, rest: Option<&AssignmentTargetRest<'_>>) {
        if let Some(rest) = rest {
            self.node(Field::None, Kind::RestPattern, rest.span, |make| make.target(Field::None, &rest.target));
        }
    }

    fn target_property(&mut self, it: &AssignmentTargetProperty<'_>) {
        match it {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(it) => match &it.init {
                Some(default) => self.shorthand_default(it.span, it.binding.span, default),
                None => self.leaf(Field::None, Kind::ShorthandPropertyIdentifierPattern, it.binding.span),
            },
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) => {
                self.node(Field::None, Kind::PairPattern, it.span, |make| {
                    make.property_key(Field::Key, &it.name, it.computed);
                    make.target_or_default(Field::Value, &it.binding);
                });
            }
        }
    }
}
