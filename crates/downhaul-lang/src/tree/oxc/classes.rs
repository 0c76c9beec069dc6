//! Classes and their members.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind, Token};

impl Builder<'_, '_> {
    /// A class; `elsewhere` are decorators of it that stand before an `export`.
    pub(super) fn class(&mut self, field: Field, it: &Class<'_>, elsewhere: &[Decorator<'_>]) {
        let is_value = it.r#type == ClassType::ClassExpression || it.id.is_none();
        let kind = match (is_value, it.r#abstract) {
            (true, _) => Kind::Class,
            (false, true) => Kind::AbstractClassDeclaration,
            (false, false) => Kind::ClassDeclaration,
        };
        self.node(field, kind, it.span, |make| {
            for decorator in it.decorators.iter().skip(elsewhere.len()) {
                make.decorator(Field::Decorator, decorator);
            }
            if let Some(name) = &it.id {
                make.leaf(Field::Name, if make.typed { Kind::TypeIdentifier } else { Kind::Identifier }, name.span);
            }
            make.type_parameters(it.type_parameters.as_deref());
            make.heritage(it);
            make.node(Field::Body, Kind::ClassBody, it.body.span, |make| {
                it.body.body.iter().for_each(|member| make.member_of_class(member));
            });
        });
    }

    fn heritage(&mut self, it: &Class<'_>) {
        if it.heritage.is_none() && it.implements.is_empty() {
            return;
        }
        let end = it.body.span.start;
        let start = it.heritage.as_ref().map_or(end, |base| base.expression.span().start);
        self.node(Field::None, Kind::ClassHeritage, Span::new(start, end), |make| {
            match &it.heritage {
                Some(base) if make.typed => {
                    make.node(Field::None, Kind::ExtendsClause, Span::new(start, end), |make| {
                        make.expression(Field::Value, &base.expression);
                        make.type_arguments(Field::TypeArguments, base.type_arguments.as_deref());
                    })
                }
                Some(base) => make.expression(Field::None, &base.expression),
                None => {}
            }
            if let [first, ..] = &it.implements[..] {
                make.node(Field::None, Kind::ImplementsClause, Span::new(first.span.start, end), |make| {
                    for implemented in &it.implements {
                        let arguments = implemented.type_arguments.as_deref();
                        make.named_type(Field::None, implemented.span, &implemented.expression, arguments);
                    }
                });
            }
        });
    }

    pub(super) fn decorator(&mut self, field: Field, it: &Decorator<'_>) {
        self.node(field, Kind::Decorator, it.span, |make| make.expression(Field::None, &it.expression));
    }

    /// The word that says who may see a member, between two places.
    pub(super) fn accessibility(&mut self, word: TSAccessibility, from: u32, to: u32) {
        let word = match word {
            TSAccessibility::Private => "private",
            TSAccessibility::Protected => "protected",
            TSAccessibility::Public => "public",
        };
        if let Some(at) = self.slice(Span::new(from, to)).rfind(word) {
            let start = from + at as u32;
            self.leaf(Field::None, Kind::AccessibilityModifier, Span::new(start, start + word.len() as u32));
        }
    }

    fn member_of_class(&mut self, it: &ClassElement<'_>) {
        let field = if self.typed { Field::None } else { Field::Member };
        match it {
            ClassElement::StaticBlock(it) => self.node(field, Kind::ClassStaticBlock, it.span, |make| {
                let body = Span::new(make.skip_space(it.span.start + 6), it.span.end);
                make.node(Field::Body, Kind::StatementBlock, body, |make| make.statements(Field::None, &it.body));
            }),
            ClassElement::MethodDefinition(it) => self.method(field, it),
            ClassElement::PropertyDefinition(it) => self.field(
                field,
                &Variable {
                    span: it.span,
                    decorators: &it.decorators,
                    accessibility: it.accessibility,
                    is_static: it.r#static,
                    key: &it.key,
                    computed: it.computed,
                    annotation: it.type_annotation.as_deref(),
                    value: it.value.as_ref(),
                },
            ),
            ClassElement::AccessorProperty(it) => self.field(
                field,
                &Variable {
                    span: it.span,
                    decorators: &it.decorators,
                    accessibility: it.accessibility,
                    is_static: it.r#static,
                    key: &it.key,
                    computed: it.computed,
                    annotation: it.type_annotation.as_deref(),
                    value: it.value.as_ref(),
                },
            ),
            ClassElement::TSIndexSignature(it) => self.index_signature(it),
        }
    }

    fn method(&mut self, field: Field, it: &MethodDefinition<'_>) {
        let start = it.decorators.last().map_or(it.span.start, |last| last.span.end);
        let words = Span::new(start, it.key.span().start);
        let kind = match (it.r#type, &it.value.body) {
            (MethodDefinitionType::TSAbstractMethodDefinition, _) => Kind::AbstractMethodSignature,
            (_, None) => Kind::MethodSignature,
            (_, Some(_)) => Kind::MethodDefinition,
        };
        // Types have decorators stand before the method, and not in it.
        let mut span = it.span;
        if self.typed {
            it.decorators.iter().for_each(|decorator| self.decorator(Field::Decorator, decorator));
            span.start = self.skip_space(start);
        }
        self.node(field, kind, span, |make| {
            if !make.typed {
                it.decorators.iter().for_each(|decorator| make.decorator(Field::Decorator, decorator));
            }
            if let Some(word) = it.accessibility {
                make.accessibility(word, words.start, words.end);
            }
            if it.r#static {
                make.word(Token::Static, "static", words);
            }
            if it.kind == MethodDefinitionKind::Get {
                make.word(Token::Get, "get", words);
            }
            make.property_key(Field::Name, &it.key, it.computed);
            make.signature(&it.value);
        });
    }

    fn field(&mut self, field: Field, it: &Variable<'_, '_>) {
        let start = it.decorators.last().map_or(it.span.start, |last| last.span.end);
        let words = Span::new(start, it.key.span().start);
        let (kind, name) = match self.typed {
            true => (Kind::PublicFieldDefinition, Field::Name),
            false => (Kind::FieldDefinition, Field::Property),
        };
        self.node(field, kind, it.span, |make| {
            it.decorators.iter().for_each(|decorator| make.decorator(Field::Decorator, decorator));
            if let Some(word) = it.accessibility {
                make.accessibility(word, words.start, words.end);
            }
            if it.is_static {
                make.word(Token::Static, "static", words);
            }
            make.property_key(name, it.key, it.computed);
            make.annotation(Field::Type, it.annotation);
            if let Some(value) = it.value {
                make.expression(Field::Value, value);
            }
        });
    }
}

/// A member that holds a value.
struct Variable<'m, 'a> {
    span: Span,
    decorators: &'m [Decorator<'a>],
    accessibility: Option<TSAccessibility>,
    is_static: bool,
    key: &'m PropertyKey<'a>,
    computed: bool,
    annotation: Option<&'m TSTypeAnnotation<'a>>,
    value: Option<&'m Expression<'a>>,
}
