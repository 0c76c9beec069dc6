//! Functions and their parameters.

use oxc_ast::ast::*;
use oxc_span::GetSpan;

use super::Builder;
use super::names::{Field, Kind};

impl Builder<'_, '_> {
    pub(super) fn function_declaration(&mut self, field: Field, it: &Function<'_>) {
        let kind = match (&it.body, it.generator) {
            (None, _) => Kind::FunctionSignature,
            (Some(_), true) => Kind::GeneratorFunctionDeclaration,
            (Some(_), false) => Kind::FunctionDeclaration,
        };
        self.named_function(field, kind, it);
    }

    pub(super) fn function_expression(&mut self, field: Field, it: &Function<'_>) {
        let kind = if it.generator { Kind::GeneratorFunction } else { Kind::FunctionExpression };
        self.named_function(field, kind, it);
    }

    fn named_function(&mut self, field: Field, kind: Kind, it: &Function<'_>) {
        self.node(field, kind, it.span, |make| {
            if let Some(name) = &it.id {
                make.leaf(Field::Name, Kind::Identifier, name.span);
            }
            make.signature(it);
        });
    }

    /// What stands behind the name of a function.
    pub(super) fn signature(&mut self, it: &Function<'_>) {
        self.type_parameters(it.type_parameters.as_deref());
        self.parameters(Field::Parameters, it.this_param.as_deref(), &it.params);
        self.return_type(Field::ReturnType, it.return_type.as_deref());
        if let Some(body) = &it.body {
            self.body(body);
        }
    }

    fn body(&mut self, it: &FunctionBody<'_>) {
        self.node(Field::Body, Kind::StatementBlock, it.span, |make| {
            make.directives(&it.directives);
            make.statements(Field::None, &it.statements);
        });
    }

    pub(super) fn arrow(&mut self, field: Field, it: &ArrowFunctionExpression<'_>) {
        self.node(field, Kind::ArrowFunction, it.span, |make| {
            make.type_parameters(it.type_parameters.as_deref());
            // A single name stands without parentheses.
            let bare = match &it.params.items[..] {
                [only] if !make.slice(it.params.span).starts_with('(') => Some(&only.pattern),
                _ => None,
            };
            match bare {
                Some(name) => make.binding_pattern(Field::Parameter, name),
                None => make.parameters(Field::Parameters, None, &it.params),
            }
            make.return_type(Field::ReturnType, it.return_type.as_deref());
            match &it.body {
                ArrowFunctionBody::FunctionBody(body) => make.body(body),
                body => make.expression(Field::Body, body.to_expression()),
            }
        });
    }

    pub(super) fn parameters(&mut self, field: Field, this: Option<&TSThisParameter<'_>>, it: &FormalParameters<'_>) {
        self.node(field, Kind::FormalParameters, it.span, |make| {
            if let Some(this) = this {
                make.node(Field::None, Kind::RequiredParameter, this.span, |make| {
                    make.leaf(Field::Pattern, Kind::This, this.this_span);
                    make.annotation(Field::Type, this.type_annotation.as_deref());
                });
            }
            for parameter in &it.items {
                if make.typed { make.typed_parameter(parameter) } else { make.plain_parameter(parameter) }
            }
            if let Some(rest) = &it.rest {
                make.rest_parameter(rest);
            }
        });
    }

    fn plain_parameter(&mut self, it: &FormalParameter<'_>) {
        match &it.initializer {
            None => self.binding_pattern(Field::None, &it.pattern),
            Some(default) => self.node(Field::None, Kind::AssignmentPattern, it.span, |make| {
                make.binding_pattern(Field::Left, &it.pattern);
                make.expression(Field::Right, default);
            }),
        }
    }

    fn typed_parameter(&mut self, it: &FormalParameter<'_>) {
        let kind = if it.optional { Kind::OptionalParameter } else { Kind::RequiredParameter };
        self.node(Field::None, kind, it.span, |make| {
            it.decorators.iter().for_each(|decorator| make.decorator(Field::Decorator, decorator));
            if let Some(word) = it.accessibility {
                make.accessibility(word, it.span.start, it.pattern.span().start);
            }
            make.binding_pattern(Field::Pattern, &it.pattern);
            make.annotation(Field::Type, it.type_annotation.as_deref());
            if let Some(default) = &it.initializer {
                make.expression(Field::Value, default);
            }
        });
    }

    fn rest_parameter(&mut self, it: &FormalParameterRest<'_>) {
        if !self.typed {
            return self.rest_pattern(Field::None, &it.rest);
        }
        self.node(Field::None, Kind::RequiredParameter, it.span, |make| {
            it.decorators.iter().for_each(|decorator| make.decorator(Field::Decorator, decorator));
            make.rest_pattern(Field::Pattern, &it.rest);
            make.annotation(Field::Type, it.type_annotation.as_deref());
        });
    }
}
