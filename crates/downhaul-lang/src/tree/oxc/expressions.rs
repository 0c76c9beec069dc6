//! Expressions and texts.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind, Token};

impl Builder<'_, '_> {
    pub(super) fn expression(&mut self, field: Field, it: &Expression<'_>) {
        let span = it.span();
        match it {
            Expression::BooleanLiteral(it) => self.boolean(field, it),
            Expression::NullLiteral(_) => self.leaf(field, Kind::Null, span),
            Expression::NumericLiteral(_) | Expression::BigIntLiteral(_) => self.leaf(field, Kind::Number, span),
            Expression::RegExpLiteral(_) => self.leaf(field, Kind::Regex, span),
            Expression::StringLiteral(_) => self.string(field, span),
            Expression::TemplateLiteral(it) => self.template(field, it),
            Expression::Identifier(it) => self.identifier(field, it),
            Expression::Super(_) => self.leaf(field, Kind::Super, span),
            Expression::ThisExpression(_) => self.leaf(field, Kind::This, span),
            Expression::ImportMeta(_) | Expression::NewTarget(_) => self.leaf(field, Kind::MetaProperty, span),
            Expression::ArrayExpression(it) => self.array(field, it),
            Expression::ArrowFunctionExpression(it) => self.arrow(field, it),
            Expression::AssignmentExpression(it) => self.assignment(field, it),
            Expression::AwaitExpression(it) => self.around(field, Kind::AwaitExpression, span, &it.argument),
            Expression::BinaryExpression(it) => self.binary(field, it),
            Expression::CallExpression(it) => self.call(field, it),
            Expression::ChainExpression(it) => match &it.expression {
                ChainElement::CallExpression(it) => self.call(field, it),
                ChainElement::TSNonNullExpression(it) => {
                    self.around(field, Kind::NonNullExpression, it.span, &it.expression);
                }
                element => self.member(field, element.to_member_expression()),
            },
            Expression::ClassExpression(it) => self.class(field, it, &[]),
            Expression::ConditionalExpression(it) => self.node(field, Kind::TernaryExpression, span, |make| {
                make.expression(Field::Condition, &it.test);
                make.expression(Field::Consequence, &it.consequent);
                make.expression(Field::Alternative, &it.alternate);
            }),
            Expression::FunctionExpression(it) => self.function_expression(field, it),
            Expression::ImportExpression(it) => self.import_call(field, it),
            Expression::LogicalExpression(it) => self.logical(field, it),
            Expression::NewExpression(it) => self.construct(field, it),
            Expression::ObjectExpression(it) => self.object(field, it),
            Expression::ParenthesizedExpression(it) => {
                self.around(field, Kind::ParenthesizedExpression, span, &it.expression);
            }
            Expression::SequenceExpression(it) => self.node(field, Kind::SequenceExpression, span, |make| {
                it.expressions.iter().for_each(|each| make.expression(Field::None, each));
            }),
            Expression::TaggedTemplateExpression(it) => self.node(field, Kind::CallExpression, span, |make| {
                make.expression(Field::Function, &it.tag);
                make.type_arguments(Field::TypeArguments, it.type_arguments.as_deref());
                make.template(Field::Arguments, &it.quasi);
            }),
            Expression::UnaryExpression(it) => self.unary(field, it),
            Expression::UpdateExpression(it) => self.node(field, Kind::UpdateExpression, span, |make| {
                let start = if it.prefix { span.start + 2 } else { span.start };
                make.simple_target(Field::Argument, start, &it.argument);
            }),
            Expression::YieldExpression(it) => self.node(field, Kind::YieldExpression, span, |make| {
                if let Some(value) = &it.argument {
                    make.expression(Field::None, value);
                }
            }),
            Expression::PrivateInExpression(it) => self.node(field, Kind::BinaryExpression, span, |make| {
                make.leaf(Field::Left, Kind::PrivatePropertyIdentifier, it.left.span);
                make.operator(Token::In, it.left.span.end);
                make.expression(Field::Right, &it.right);
            }),
            Expression::JSXElement(it) => self.element(field, it),
            Expression::JSXFragment(it) => self.fragment(field, it),
            Expression::TSAsExpression(it) => self.cast(field, it),
            Expression::TSSatisfiesExpression(it) => self.node(field, Kind::SatisfiesExpression, span, |make| {
                make.expression(Field::None, &it.expression);
                make.type_of(Field::None, &it.type_annotation);
            }),
            Expression::TSTypeAssertion(it) => self.assertion(field, it),
            Expression::TSNonNullExpression(it) => self.around(field, Kind::NonNullExpression, span, &it.expression),
            Expression::TSInstantiationExpression(it) => {
                self.node(field, Kind::InstantiationExpression, span, |make| {
                    make.expression(Field::None, &it.expression);
                    make.type_arguments(Field::TypeArguments, Some(&it.type_arguments));
                });
            }
            Expression::V8IntrinsicExpression(_) => {}
            member => {
                if let Some(member) = member.as_member_expression() {
                    self.member(field, member);
                }
            }
        }
    }

    fn around(&mut self, field: Field, kind: Kind, span: Span, inner: &Expression<'_>) {
        self.node(field, kind, span, |make| make.expression(Field::None, inner));
    }

    pub(super) fn boolean(&mut self, field: Field, it: &BooleanLiteral) {
        self.leaf(field, if it.value { Kind::True } else { Kind::False }, it.span);
    }

    pub(super) fn identifier(&mut self, field: Field, it: &IdentifierReference<'_>) {
        self.named(field, &it.name, it.span);
    }

    /// A name where a value could stand.
    pub(super) fn named(&mut self, field: Field, name: &str, span: Span) {
        self.leaf(field, if name == "undefined" { Kind::Undefined } else { Kind::Identifier }, span);
    }

    fn array(&mut self, field: Field, it: &ArrayExpression<'_>) {
        self.node(field, Kind::Array, it.span, |make| {
            for element in &it.elements {
                match element {
                    ArrayExpressionElement::SpreadElement(it) => make.spread(it),
                    ArrayExpressionElement::Elision(_) => {}
                    element => make.expression(Field::None, element.to_expression()),
                }
            }
        });
    }

    fn spread(&mut self, it: &SpreadElement<'_>) {
        self.around(Field::None, Kind::SpreadElement, it.span, &it.argument);
    }

    fn object(&mut self, field: Field, it: &ObjectExpression<'_>) {
        self.node(field, Kind::Object, it.span, |make| {
            for property in &it.properties {
                match property {
                    ObjectPropertyKind::SpreadProperty(it) => make.spread(it),
                    ObjectPropertyKind::ObjectProperty(it) => make.property(it),
                }
            }
        });
    }

    fn property(&mut self, it: &ObjectProperty<'_>) {
        match &it.value {
            Expression::FunctionExpression(value) if it.method || it.kind != PropertyKind::Init => {
                self.node(Field::None, Kind::MethodDefinition, it.span, |make| {
                    if it.kind == PropertyKind::Get {
                        make.word(Token::Get, "get", Span::new(it.span.start, it.key.span().start));
                    }
                    make.property_key(Field::Name, &it.key, it.computed);
                    make.signature(value);
                });
            }
            _ if it.shorthand => self.leaf(Field::None, Kind::ShorthandPropertyIdentifier, it.span),
            value => self.node(Field::None, Kind::Pair, it.span, |make| {
                make.property_key(Field::Key, &it.key, it.computed);
                make.expression(Field::Value, value);
            }),
        }
    }

    pub(super) fn property_key(&mut self, field: Field, key: &PropertyKey<'_>, computed: bool) {
        match key {
            PropertyKey::StaticIdentifier(name) => self.leaf(field, Kind::PropertyIdentifier, name.span),
            PropertyKey::PrivateIdentifier(name) => self.leaf(field, Kind::PrivatePropertyIdentifier, name.span),
            key if computed => {
                let span = self.brackets(key.span());
                self.around(field, Kind::ComputedPropertyName, span, key.to_expression());
            }
            key => self.expression(field, key.to_expression()),
        }
    }

    /// The brackets around the key of a property.
    pub(super) fn brackets(&self, inner: Span) -> Span {
        let start = self.text[..inner.start as usize].rfind('[').map_or(inner.start, |at| at as u32);
        Span::new(start, self.skip_space(inner.end) + 1)
    }

    pub(super) fn member(&mut self, field: Field, it: &MemberExpression<'_>) {
        let span = it.span();
        match it {
            MemberExpression::ComputedMemberExpression(it) => {
                self.node(field, Kind::SubscriptExpression, span, |make| {
                    make.expression(Field::Object, &it.object);
                    make.expression(Field::Index, &it.expression);
                });
            }
            MemberExpression::StaticMemberExpression(it) => self.node(field, Kind::MemberExpression, span, |make| {
                make.expression(Field::Object, &it.object);
                make.leaf(Field::Property, Kind::PropertyIdentifier, it.property.span);
            }),
            MemberExpression::PrivateFieldExpression(it) => self.node(field, Kind::MemberExpression, span, |make| {
                make.expression(Field::Object, &it.object);
                make.leaf(Field::Property, Kind::PrivatePropertyIdentifier, it.field.span);
            }),
        }
    }

    fn call(&mut self, field: Field, it: &CallExpression<'_>) {
        self.node(field, Kind::CallExpression, it.span, |make| {
            make.expression(Field::Function, &it.callee);
            make.type_arguments(Field::TypeArguments, it.type_arguments.as_deref());
            let from = it.type_arguments.as_ref().map_or(it.callee.span().end, |types| types.span.end);
            make.arguments(Span::new(from, it.span.end), &it.arguments);
        });
    }

    fn construct(&mut self, field: Field, it: &NewExpression<'_>) {
        self.node(field, Kind::NewExpression, it.span, |make| {
            make.expression(Field::Constructor, &it.callee);
            make.type_arguments(Field::TypeArguments, it.type_arguments.as_deref());
            let from = it.type_arguments.as_ref().map_or(it.callee.span().end, |types| types.span.end);
            if from < it.span.end {
                make.arguments(Span::new(from, it.span.end), &it.arguments);
            }
        });
    }

    /// Arguments; `span` begins behind what is called.
    fn arguments(&mut self, span: Span, arguments: &[Argument<'_>]) {
        let mut start = self.skip_space(span.start);
        if self.slice(Span::new(start, span.end)).starts_with("?.") {
            start = self.skip_space(start + 2);
        }
        self.node(Field::Arguments, Kind::Arguments, Span::new(start, span.end), |make| {
            for argument in arguments {
                match argument {
                    Argument::SpreadElement(it) => make.spread(it),
                    argument => make.expression(Field::None, argument.to_expression()),
                }
            }
        });
    }

    fn import_call(&mut self, field: Field, it: &ImportExpression<'_>) {
        self.node(field, Kind::CallExpression, it.span, |make| {
            let word = Span::new(it.span.start, it.span.start + 6);
            make.leaf(Field::Function, Kind::Import, word);
            let span = Span::new(make.skip_space(word.end), it.span.end);
            make.node(Field::Arguments, Kind::Arguments, span, |make| {
                make.expression(Field::None, &it.source);
                if let Some(options) = &it.options {
                    make.expression(Field::None, options);
                }
            });
        });
    }

    fn binary(&mut self, field: Field, it: &BinaryExpression<'_>) {
        let token = match it.operator {
            BinaryOperator::Addition => Token::Plus,
            BinaryOperator::Equality => Token::Equal,
            BinaryOperator::Inequality => Token::Unequal,
            BinaryOperator::StrictEquality => Token::StrictEqual,
            BinaryOperator::StrictInequality => Token::StrictUnequal,
            BinaryOperator::In => Token::In,
            _ => Token::Other,
        };
        self.operands(field, it.span, token, &it.left, &it.right);
    }

    fn logical(&mut self, field: Field, it: &LogicalExpression<'_>) {
        let token = match it.operator {
            LogicalOperator::Or => Token::Or,
            LogicalOperator::And => Token::And,
            LogicalOperator::Coalesce => Token::Nullish,
        };
        self.operands(field, it.span, token, &it.left, &it.right);
    }

    fn operands(&mut self, field: Field, span: Span, token: Token, left: &Expression<'_>, right: &Expression<'_>) {
        self.node(field, Kind::BinaryExpression, span, |make| {
            make.expression(Field::Left, left);
            make.operator(token, left.span().end);
            make.expression(Field::Right, right);
        });
    }

    pub(super) fn unary(&mut self, field: Field, it: &UnaryExpression<'_>) {
        self.node(field, Kind::UnaryExpression, it.span, |make| {
            let token = if it.operator == UnaryOperator::LogicalNot { Token::Not } else { Token::Other };
            make.operator(token, it.span.start);
            make.expression(Field::Argument, &it.argument);
        });
    }

    fn assignment(&mut self, field: Field, it: &AssignmentExpression<'_>) {
        let is_plain = it.operator == AssignmentOperator::Assign;
        let kind = if is_plain { Kind::AssignmentExpression } else { Kind::AugmentedAssignmentExpression };
        self.node(field, kind, it.span, |make| {
            match it.left.as_simple_assignment_target() {
                Some(target) => make.simple_target(Field::Left, it.span.start, target),
                None => make.target(Field::Left, &it.left),
            }
            make.expression(Field::Right, &it.right);
        });
    }

    pub(super) fn cast(&mut self, field: Field, it: &TSAsExpression<'_>) {
        self.node(field, Kind::AsExpression, it.span, |make| {
            make.expression(Field::None, &it.expression);
            // `as const` names no type.
            if make.slice(it.type_annotation.span()) != "const" {
                make.type_of(Field::None, &it.type_annotation);
            }
        });
    }

    pub(super) fn assertion(&mut self, field: Field, it: &TSTypeAssertion<'_>) {
        self.node(field, Kind::TypeAssertion, it.span, |make| {
            make.node(Field::None, Kind::TypeArguments, it.type_annotation.span(), |make| {
                make.type_of(Field::None, &it.type_annotation);
            });
            make.expression(Field::None, &it.expression);
        });
    }

    /// A text in quotes, with the parts that tree-sitter tells apart in it.
    pub(super) fn string(&mut self, field: Field, span: Span) {
        let inner = Span::new(span.start + 1, span.end - 1);
        self.node(field, Kind::String, span, |make| make.text_parts(inner));
    }

    pub(super) fn template(&mut self, field: Field, it: &TemplateLiteral<'_>) {
        self.node(field, Kind::TemplateString, it.span, |make| {
            // What no token claims would count as text.
            make.token(Field::None, Token::Other, Span::sized(it.span.start, 1));
            for (quasi, next) in it.quasis.iter().zip(1..) {
                make.text_parts(quasi.span);
                if let (Some(inner), Some(after)) = (it.expressions.get(next - 1), it.quasis.get(next)) {
                    let span = Span::new(quasi.span.end, after.span.start);
                    make.around(Field::None, Kind::TemplateSubstitution, span, inner);
                }
            }
            make.token(Field::None, Token::Other, Span::new(it.span.end - 1, it.span.end));
        });
    }

    /// Literal text and escapes in turn.
    pub(super) fn text_parts(&mut self, span: Span) {
        let mut at = span.start;
        while at < span.end {
            let rest = self.slice(Span::new(at, span.end));
            let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            let escape = escape_length(&rest[plain..]);
            let middle = at + plain as u32;
            if plain > 0 {
                self.leaf(Field::None, Kind::StringFragment, Span::new(at, middle));
            }
            if escape > 0 {
                self.leaf(Field::None, Kind::EscapeSequence, Span::new(middle, middle + escape as u32));
            }
            at = middle + escape as u32;
        }
    }
}

/// How long the escape is that a text begins with; 0 where the text is empty.
fn escape_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\\') else { return 0 };
    let digits = |text: &str, most: usize, is: fn(char) -> bool| text.chars().take(most).take_while(|c| is(*c)).count();
    let length = match rest.chars().next() {
        None => 0,
        Some('u') if rest[1..].starts_with('{') => rest.find('}').map_or(1, |end| end + 1),
        Some('u') => 1 + digits(&rest[1..], 4, |char| char.is_ascii_hexdigit()),
        Some('x') => 1 + digits(&rest[1..], 2, |char| char.is_ascii_hexdigit()),
        Some('0'..='7') => digits(rest, 3, |char| matches!(char, '0'..='7')),
        Some('\r') if rest[1..].starts_with('\n') => 2,
        Some(char) => char.len_utf8(),
    };
    length + 1
}
