//! Imports, exports and modules inside a file. What they name is read from their tokens, so tokens they become.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind, Token};

impl Builder<'_, '_> {
    pub(super) fn module_declaration(&mut self, it: &ModuleDeclaration<'_>) {
        let span = it.span();
        match it {
            ModuleDeclaration::ImportDeclaration(_) => {
                self.node(Field::None, Kind::ImportStatement, span, |make| make.tokens(span));
            }
            ModuleDeclaration::ExportDeclaration(it) => {
                let decorators = class_decorators(&it.declaration);
                self.export(span, decorators, |make, outside| {
                    make.declaration(Field::Declaration, &it.declaration, outside);
                });
            }
            ModuleDeclaration::ExportDefaultDeclaration(it) => self.export_default(it),
            _ => self.node(Field::None, Kind::ExportStatement, span, |make| make.tokens(span)),
        }
    }

    /// An `export` with those of the decorators that stand before it.
    fn export<'d, 'a>(
        &mut self,
        span: Span,
        decorators: &'d [Decorator<'a>],
        inside: impl FnOnce(&mut Self, &'d [Decorator<'a>]),
    ) {
        // oxc counts the decorators in or leaves them out.
        let mut export = span.start;
        let mut outside = 0;
        while outside < decorators.len() && !self.text[self.skip_space(export) as usize..].starts_with("export") {
            export = decorators[outside].span.end;
            outside += 1;
        }
        let before = decorators.iter().filter(|decorator| decorator.span.end <= span.start).count();
        let outside = &decorators[..outside.max(before)];
        let start = outside.first().map_or(span.start, |first| first.span.start.min(span.start));
        self.node(Field::None, Kind::ExportStatement, Span::new(start, span.end), |make| {
            outside.iter().for_each(|decorator| make.decorator(Field::Decorator, decorator));
            make.token(Field::None, Token::Other, Span::empty(export));
            inside(make, outside);
        });
    }

    fn export_default(&mut self, it: &ExportDefaultDeclaration<'_>) {
        let decorators = match &it.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => &class.decorators[..],
            _ => &[],
        };
        self.export(it.span, decorators, |make, outside| {
            make.token(Field::None, Token::Default, Span::empty(it.declaration.span().start));
            match &it.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(function) if function.id.is_some() => {
                    make.function_declaration(Field::Declaration, function);
                }
                ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                    make.function_expression(Field::Value, function);
                }
                ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                    let named = class.id.is_some() || class.r#abstract;
                    make.class(if named { Field::Declaration } else { Field::Value }, class, outside);
                }
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(it) => make.interface(Field::Declaration, it),
                value => make.expression(Field::Value, value.to_expression()),
            }
        });
    }

    pub(super) fn import_equals(&mut self, it: &TSImportEqualsDeclaration<'_>) {
        if matches!(it.module_reference, TSModuleReference::ExternalModuleReference(_)) {
            self.node(Field::None, Kind::ImportStatement, it.span, |make| make.tokens(it.span));
            return;
        }
        self.node(Field::None, Kind::ImportAlias, it.span, |make| {
            make.leaf(Field::None, Kind::Identifier, it.id.span);
            match &it.module_reference {
                TSModuleReference::IdentifierReference(name) => make.leaf(Field::None, Kind::Identifier, name.span),
                TSModuleReference::QualifiedName(name) => make.qualified(Field::None, name),
                TSModuleReference::ExternalModuleReference(_) => {}
            }
        });
    }

    pub(super) fn external_module(&mut self, field: Field, it: &TSExternalModuleDeclaration<'_>) {
        self.node(field, Kind::Module, it.span, |make| {
            make.string(Field::Name, it.id.span);
            if let Some(body) = &it.body {
                make.module_block(Field::Body, body);
            }
        });
    }

    pub(super) fn namespace(&mut self, field: Field, it: &TSNamespaceDeclaration<'_>) {
        let kind = match it.kind {
            TSNamespaceDeclarationKind::Module => Kind::Module,
            TSNamespaceDeclarationKind::Namespace => Kind::InternalModule,
        };
        let is_statement = matches!(field, Field::None) && matches!(kind, Kind::InternalModule) && !it.declare;
        if is_statement {
            self.node(field, Kind::ExpressionStatement, it.span, |make| make.named_module(Field::None, kind, it));
        } else {
            self.named_module(field, kind, it);
        }
    }

    /// `A.B.C { … }`: one module, whose name has parts.
    fn named_module(&mut self, field: Field, kind: Kind, it: &TSNamespaceDeclaration<'_>) {
        let mut names = vec![it.id.span];
        let mut inner = it;
        let block = loop {
            match &inner.body {
                TSNamespaceDeclarationBody::TSNamespaceDeclaration(next) => {
                    names.push(next.id.span);
                    inner = next;
                }
                TSNamespaceDeclarationBody::TSModuleBlock(block) => break block,
            }
        };
        self.node(field, kind, it.span, |make| {
            make.name_path(Field::Name, &names);
            make.module_block(Field::Body, block);
        });
    }

    fn name_path(&mut self, field: Field, names: &[Span]) {
        match names {
            [] => {}
            [name] => self.leaf(field, Kind::Identifier, *name),
            [first, .., last] => self.node(field, Kind::NestedIdentifier, first.merge(*last), |make| {
                make.member_path(&names[..names.len() - 1]);
                make.leaf(Field::Property, Kind::PropertyIdentifier, *last);
            }),
        }
    }

    fn member_path(&mut self, names: &[Span]) {
        match names {
            [] => {}
            [name] => self.leaf(Field::Object, Kind::Identifier, *name),
            [first, .., last] => self.node(Field::Object, Kind::MemberExpression, first.merge(*last), |make| {
                make.member_path(&names[..names.len() - 1]);
                make.leaf(Field::Property, Kind::PropertyIdentifier, *last);
            }),
        }
    }

    /// The words, marks and texts of a statement, each a node of its own.
    fn tokens(&mut self, span: Span) {
        let mut at = self.skip_space(span.start);
        while at < span.end {
            let rest = self.slice(Span::new(at, span.end));
            let Some(first) = rest.chars().next() else { break };
            let is_word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$' | '\u{200c}' | '\u{200d}');
            let length = match first {
                '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
                first if is_word(first) => rest.find(|char| !is_word(char)).unwrap_or(rest.len()),
                first => first.len_utf8(),
            };
            let token = Span::new(at, at + length as u32);
            match first {
                '"' | '\'' => self.leaf(Field::None, Kind::String, token),
                first if is_word(first) => self.leaf(Field::None, Kind::Identifier, token),
                _ => self.token(Field::None, Token::Other, token),
            }
            at = self.skip_space(token.end);
            self.comment(Span::new(token.end, at.min(span.end)));
        }
    }

    /// What stands between two tokens: a comment, or nothing worth a node.
    fn comment(&mut self, span: Span) {
        if !self.slice(span).trim().is_empty() {
            let at = self.push(self.numbers.kind(Kind::Comment), Field::None, span, true);
            self.tree.nodes[at as usize].extra = true;
        }
    }
}

fn class_decorators<'d, 'a>(it: &'d Declaration<'a>) -> &'d [Decorator<'a>] {
    match it {
        Declaration::ClassDeclaration(class) => &class.decorators,
        _ => &[],
    }
}
