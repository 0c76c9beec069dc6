//! Markup. Its plain text is left out: nothing is read from it.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind};

impl Builder<'_, '_> {
    pub(super) fn element(&mut self, field: Field, it: &JSXElement<'_>) {
        let Some(closing) = &it.closing_element else {
            self.node(field, Kind::JsxSelfClosingElement, it.span, |make| make.opening(&it.opening_element));
            return;
        };
        self.node(field, Kind::JsxElement, it.span, |make| {
            make.node(Field::OpenTag, Kind::JsxOpeningElement, it.opening_element.span, |make| {
                make.opening(&it.opening_element);
            });
            make.markup(&it.children);
            make.node(Field::CloseTag, Kind::JsxClosingElement, closing.span, |make| make.element_name(&closing.name));
        });
    }

    pub(super) fn fragment(&mut self, field: Field, it: &JSXFragment<'_>) {
        self.node(field, Kind::JsxElement, it.span, |make| {
            make.leaf(Field::OpenTag, Kind::JsxOpeningElement, it.opening_fragment.span);
            make.markup(&it.children);
            make.leaf(Field::CloseTag, Kind::JsxClosingElement, it.closing_fragment.span);
        });
    }

    fn markup(&mut self, children: &[JSXChild<'_>]) {
        for child in children {
            match child {
                JSXChild::Text(_) => {}
                JSXChild::Element(it) => self.element(Field::None, it),
                JSXChild::Fragment(it) => self.fragment(Field::None, it),
                JSXChild::ExpressionContainer(it) => self.container(Field::None, it),
                JSXChild::Spread(it) => self.spread_in_braces(Field::None, it.span, &it.expression),
            }
        }
    }

    fn opening(&mut self, it: &JSXOpeningElement<'_>) {
        self.element_name(&it.name);
        self.type_arguments(Field::TypeArguments, it.type_arguments.as_deref());
        for attribute in &it.attributes {
            match attribute {
                JSXAttributeItem::Attribute(it) => self.attribute(it),
                JSXAttributeItem::SpreadAttribute(it) => {
                    self.spread_in_braces(Field::Attribute, it.span, &it.argument);
                }
            }
        }
    }

    fn element_name(&mut self, name: &JSXElementName<'_>) {
        match name {
            JSXElementName::NamespacedName(name) => self.namespaced(Field::Name, name),
            JSXElementName::MemberExpression(it) => self.dotted_name(Field::Name, it),
            name => self.leaf(Field::Name, Kind::Identifier, name.span()),
        }
    }

    fn dotted_name(&mut self, field: Field, it: &JSXMemberExpression<'_>) {
        self.node(field, Kind::MemberExpression, it.span, |make| {
            match &it.object {
                JSXMemberExpressionObject::MemberExpression(it) => make.dotted_name(Field::Object, it),
                object => make.leaf(Field::Object, Kind::Identifier, object.span()),
            }
            make.leaf(Field::Property, Kind::PropertyIdentifier, it.property.span);
        });
    }

    fn namespaced(&mut self, field: Field, it: &JSXNamespacedName<'_>) {
        self.node(field, Kind::JsxNamespaceName, it.span, |make| {
            make.leaf(Field::None, Kind::Identifier, it.namespace.span);
            make.leaf(Field::None, Kind::Identifier, it.name.span);
        });
    }

    fn attribute(&mut self, it: &JSXAttribute<'_>) {
        self.node(Field::Attribute, Kind::JsxAttribute, it.span, |make| {
            match &it.name {
                JSXAttributeName::Identifier(name) => make.leaf(Field::None, Kind::PropertyIdentifier, name.span),
                JSXAttributeName::NamespacedName(name) => make.namespaced(Field::None, name),
            }
            match &it.value {
                None => {}
                Some(JSXAttributeValue::StringLiteral(text)) => make.attribute_text(text.span),
                Some(JSXAttributeValue::ExpressionContainer(it)) => make.container(Field::None, it),
                Some(JSXAttributeValue::Element(it)) => make.element(Field::None, it),
                Some(JSXAttributeValue::Fragment(it)) => make.fragment(Field::None, it),
            }
        });
    }

    /// A text in which a backslash is one, and `&amp;` is another character.
    fn attribute_text(&mut self, span: Span) {
        self.node(Field::None, Kind::String, span, |make| {
            let (mut at, end) = (span.start + 1, span.end - 1);
            while at < end {
                let rest = make.slice(Span::new(at, end));
                let (plain, reference) = character_reference(rest).unwrap_or((rest.len(), 0));
                let middle = at + plain as u32;
                if plain > 0 {
                    make.leaf(Field::None, Kind::StringFragment, Span::new(at, middle));
                }
                at = middle + reference as u32;
                if reference > 0 {
                    make.leaf(Field::None, Kind::HtmlCharacterReference, Span::new(middle, at));
                }
            }
        });
    }

    fn container(&mut self, field: Field, it: &JSXExpressionContainer<'_>) {
        self.node(field, Kind::JsxExpression, it.span, |make| match &it.expression {
            JSXExpression::EmptyExpression(_) => {}
            inner => make.expression(Field::None, inner.to_expression()),
        });
    }

    fn spread_in_braces(&mut self, field: Field, span: Span, inner: &Expression<'_>) {
        self.node(field, Kind::JsxExpression, span, |make| {
            let spread = Span::new(make.skip_space(span.start + 1), inner.span().end);
            make.node(Field::None, Kind::SpreadElement, spread, |make| make.expression(Field::None, inner));
        });
    }
}

/// Where the first `&name;` or `&#1;` of a text stands, and how long it is.
fn character_reference(text: &str) -> Option<(usize, usize)> {
    text.match_indices('&').find_map(|(at, _)| {
        let end = at + text[at..].find(';')?;
        let name = &text[at + 1..end];
        let is_name = !name.is_empty() && name.len() <= 30 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_number = name.strip_prefix('#').is_some_and(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => (1..=6).contains(&hex.len()) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            None => (1..=5).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()),
        });
        (is_name || is_number).then_some((at, end + 1 - at))
    })
}
