//! Statements and declarations of values.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind, Token};

impl Builder<'_, '_> {
    pub(super) fn program(&mut self, program: &Program<'_>) {
        self.node(Field::None, Kind::Program, program.span, |make| {
            make.directives(&program.directives);
            make.statements(Field::None, &program.body);
        });
    }

    pub(super) fn directives(&mut self, directives: &[Directive<'_>]) {
        for directive in directives {
            self.node(Field::None, Kind::ExpressionStatement, directive.span, |make| {
                make.string(Field::None, directive.expression.span);
            });
        }
    }

    pub(super) fn statements(&mut self, field: Field, statements: &[Statement<'_>]) {
        for statement in statements {
            self.statement(field, statement);
        }
    }

    pub(super) fn block(&mut self, field: Field, block: &BlockStatement<'_>) {
        self.node(field, Kind::StatementBlock, block.span, |make| make.statements(Field::None, &block.body));
    }

    fn statement(&mut self, field: Field, statement: &Statement<'_>) {
        let span = statement.span();
        match statement {
            Statement::BlockStatement(block) => self.block(field, block),
            Statement::BreakStatement(it) => self.jump(field, Kind::BreakStatement, span, it.label.as_ref()),
            Statement::ContinueStatement(it) => self.jump(field, Kind::ContinueStatement, span, it.label.as_ref()),
            Statement::DebuggerStatement(_) => self.leaf(field, Kind::DebuggerStatement, span),
            Statement::DoWhileStatement(it) => self.node(field, Kind::DoStatement, span, |make| {
                make.statement(Field::Body, &it.body);
                // Behind the word `while`.
                let from = make.skip_space(it.body.span().end) + 5;
                make.condition(Field::Condition, from, &it.test);
            }),
            Statement::EmptyStatement(_) => self.leaf(field, Kind::EmptyStatement, span),
            Statement::ExpressionStatement(it) => {
                self.node(field, Kind::ExpressionStatement, span, |make| make.expression(Field::None, &it.expression));
            }
            Statement::ForInStatement(it) => self.for_in(field, span, &it.left, &it.right, &it.body),
            Statement::ForOfStatement(it) => self.for_in(field, span, &it.left, &it.right, &it.body),
            Statement::ForStatement(it) => self.for_statement(field, it),
            Statement::IfStatement(it) => self.if_statement(field, it),
            Statement::LabeledStatement(it) => self.node(field, Kind::LabeledStatement, span, |make| {
                make.leaf(Field::Label, Kind::StatementIdentifier, it.label.span);
                make.statement(Field::Body, &it.body);
            }),
            Statement::ReturnStatement(it) => self.node(field, Kind::ReturnStatement, span, |make| {
                if let Some(value) = &it.argument {
                    make.expression(Field::None, value);
                }
            }),
            Statement::SwitchStatement(it) => self.switch(field, it),
            Statement::ThrowStatement(it) => {
                self.node(field, Kind::ThrowStatement, span, |make| make.expression(Field::None, &it.argument));
            }
            Statement::TryStatement(it) => self.try_statement(field, it),
            Statement::WhileStatement(it) => self.node(field, Kind::WhileStatement, span, |make| {
                make.condition(Field::Condition, span.start + 5, &it.test);
                make.statement(Field::Body, &it.body);
            }),
            Statement::WithStatement(it) => self.node(field, Kind::WithStatement, span, |make| {
                make.condition(Field::Object, span.start + 4, &it.object);
                make.statement(Field::Body, &it.body);
            }),
            statement => match (statement.as_declaration(), statement.as_module_declaration()) {
                (Some(declaration), _) => self.declaration(field, declaration, &[]),
                (None, Some(module)) => self.module_declaration(module),
                (None, None) => {}
            },
        }
    }

    fn jump(&mut self, field: Field, kind: Kind, span: Span, label: Option<&LabelIdentifier<'_>>) {
        self.node(field, kind, span, |make| {
            if let Some(label) = label {
                make.leaf(Field::Label, Kind::StatementIdentifier, label.span);
            }
        });
    }

    fn condition(&mut self, field: Field, from: u32, test: &Expression<'_>) {
        let span = self.parentheses(from, test);
        self.node(field, Kind::ParenthesizedExpression, span, |make| make.expression(Field::None, test));
    }

    fn if_statement(&mut self, field: Field, it: &IfStatement<'_>) {
        self.node(field, Kind::IfStatement, it.span, |make| {
            make.condition(Field::Condition, it.span.start + 2, &it.test);
            make.statement(Field::Consequence, &it.consequent);
            if let Some(alternate) = &it.alternate {
                let start = make.skip_space(it.consequent.span().end);
                make.node(Field::Alternative, Kind::ElseClause, Span::new(start, it.span.end), |make| {
                    make.statement(Field::None, alternate);
                });
            }
        });
    }

    fn for_statement(&mut self, field: Field, it: &ForStatement<'_>) {
        self.node(field, Kind::ForStatement, it.span, |make| {
            match &it.init {
                Some(ForStatementInit::VariableDeclaration(declaration)) => {
                    make.variables(Field::Initializer, declaration);
                }
                Some(init) => make.expression(Field::Initializer, init.to_expression()),
                None => {}
            }
            if let Some(test) = &it.test {
                make.expression(Field::Condition, test);
            }
            if let Some(update) = &it.update {
                make.expression(Field::Increment, update);
            }
            make.statement(Field::Body, &it.body);
        });
    }

    fn for_in(
        &mut self,
        field: Field,
        span: Span,
        left: &ForStatementLeft<'_>,
        right: &Expression<'_>,
        body: &Statement<'_>,
    ) {
        self.node(field, Kind::ForInStatement, span, |make| {
            match left {
                ForStatementLeft::VariableDeclaration(declaration) => {
                    for declarator in &declaration.declarations {
                        make.binding_pattern(Field::Left, &declarator.id);
                    }
                }
                left => make.target(Field::Left, left.to_assignment_target()),
            }
            make.expression(Field::Right, right);
            make.statement(Field::Body, body);
        });
    }

    fn switch(&mut self, field: Field, it: &SwitchStatement<'_>) {
        self.node(field, Kind::SwitchStatement, it.span, |make| {
            make.condition(Field::Value, it.span.start + 6, &it.discriminant);
            let start = make.parentheses(it.span.start + 6, &it.discriminant).end;
            make.node(Field::Body, Kind::SwitchBody, Span::new(make.skip_space(start), it.span.end), |make| {
                for case in &it.cases {
                    let kind = if case.test.is_some() { Kind::SwitchCase } else { Kind::SwitchDefault };
                    make.node(Field::None, kind, case.span, |make| {
                        if let Some(test) = &case.test {
                            make.expression(Field::Value, test);
                        }
                        make.statements(Field::Body, &case.consequent);
                    });
                }
            });
        });
    }

    fn try_statement(&mut self, field: Field, it: &TryStatement<'_>) {
        self.node(field, Kind::TryStatement, it.span, |make| {
            make.block(Field::Body, &it.block);
            if let Some(handler) = &it.handler {
                make.node(Field::Handler, Kind::CatchClause, handler.span, |make| {
                    if let Some(parameter) = &handler.param {
                        make.binding_pattern(Field::Parameter, &parameter.pattern);
                        make.annotation(Field::Type, parameter.type_annotation.as_deref());
                    }
                    make.block(Field::Body, &handler.body);
                });
            }
            if let Some(finalizer) = &it.finalizer {
                make.node(Field::Finalizer, Kind::FinallyClause, finalizer.span, |make| {
                    make.block(Field::Body, finalizer);
                });
            }
        });
    }

    /// `decorators` are those that stand before an `export` and not here.
    pub(super) fn declaration(&mut self, field: Field, it: &Declaration<'_>, elsewhere: &[Decorator<'_>]) {
        let declared = match it {
            Declaration::VariableDeclaration(it) => it.declare,
            Declaration::FunctionDeclaration(it) => it.declare,
            Declaration::ClassDeclaration(it) => it.declare,
            Declaration::TSTypeAliasDeclaration(it) => it.declare,
            Declaration::TSInterfaceDeclaration(it) => it.declare,
            Declaration::TSEnumDeclaration(it) => it.declare,
            Declaration::TSExternalModuleDeclaration(it) => it.declare,
            Declaration::TSNamespaceDeclaration(it) => it.declare,
            Declaration::TSGlobalDeclaration(it) => it.declare,
            Declaration::TSImportEqualsDeclaration(_) => false,
        };
        if declared {
            self.node(field, Kind::AmbientDeclaration, it.span(), |make| {
                make.bare_declaration(Field::None, it, elsewhere);
            });
        } else {
            self.bare_declaration(field, it, elsewhere);
        }
    }

    fn bare_declaration(&mut self, field: Field, it: &Declaration<'_>, elsewhere: &[Decorator<'_>]) {
        match it {
            Declaration::VariableDeclaration(it) => self.variables(field, it),
            Declaration::FunctionDeclaration(it) => self.function_declaration(field, it),
            Declaration::ClassDeclaration(it) => self.class(field, it, elsewhere),
            Declaration::TSTypeAliasDeclaration(it) => self.alias(field, it),
            Declaration::TSInterfaceDeclaration(it) => self.interface(field, it),
            Declaration::TSEnumDeclaration(it) => self.enumeration(field, it),
            Declaration::TSExternalModuleDeclaration(it) => self.external_module(field, it),
            Declaration::TSNamespaceDeclaration(it) => self.namespace(field, it),
            Declaration::TSGlobalDeclaration(it) => self.module_block(Field::None, &it.body),
            Declaration::TSImportEqualsDeclaration(it) => self.import_equals(it),
        }
    }

    fn variables(&mut self, field: Field, it: &VariableDeclaration<'_>) {
        let is_var = it.kind == VariableDeclarationKind::Var;
        let kind = if is_var { Kind::VariableDeclaration } else { Kind::LexicalDeclaration };
        self.node(field, kind, it.span, |make| {
            for declarator in &it.declarations {
                make.node(Field::None, Kind::VariableDeclarator, declarator.span, |make| {
                    make.binding_pattern(Field::Name, &declarator.id);
                    make.annotation(Field::Type, declarator.type_annotation.as_deref());
                    if let Some(value) = &declarator.init {
                        make.expression(Field::Value, value);
                    }
                });
            }
        });
    }

    fn enumeration(&mut self, field: Field, it: &TSEnumDeclaration<'_>) {
        self.node(field, Kind::EnumDeclaration, it.span, |make| {
            make.leaf(Field::Name, Kind::Identifier, it.id.span);
            make.node(Field::Body, Kind::EnumBody, it.body.span, |make| {
                for member in &it.body.members {
                    match &member.initializer {
                        None => make.enum_member_name(&member.id),
                        Some(value) => make.node(Field::None, Kind::EnumAssignment, member.span, |make| {
                            make.enum_member_name(&member.id);
                            make.expression(Field::Value, value);
                        }),
                    }
                }
            });
        });
    }

    fn enum_member_name(&mut self, name: &TSEnumMemberName<'_>) {
        match name {
            TSEnumMemberName::Identifier(name) => self.leaf(Field::Name, Kind::PropertyIdentifier, name.span),
            TSEnumMemberName::String(name) => self.string(Field::Name, name.span),
            TSEnumMemberName::ComputedString(name) => {
                let span = self.brackets(name.span);
                self.node(Field::Name, Kind::ComputedPropertyName, span, |make| make.string(Field::None, name.span));
            }
            TSEnumMemberName::ComputedTemplateString(name) => {
                let span = self.brackets(name.span);
                self.node(Field::Name, Kind::ComputedPropertyName, span, |make| make.template(Field::None, name));
            }
        }
    }

    pub(super) fn module_block(&mut self, field: Field, it: &TSModuleBlock<'_>) {
        self.node(field, Kind::StatementBlock, it.span, |make| {
            make.directives(&it.directives);
            make.statements(Field::None, &it.body);
        });
    }

    /// A token for an operator, if queries tell it from others.
    pub(super) fn operator(&mut self, token: Token, at: u32) {
        self.token(Field::Operator, token, Span::empty(at));
    }
}
