//! Types.

use oxc_ast::ast::*;
use oxc_span::{GetSpan, Span};

use super::Builder;
use super::names::{Field, Kind, Token};

impl Builder<'_, '_> {
    pub(super) fn annotation(&mut self, field: Field, it: Option<&TSTypeAnnotation<'_>>) {
        if let Some(it) = it {
            self.node(field, Kind::TypeAnnotation, it.span, |make| make.type_of(Field::None, &it.type_annotation));
        }
    }

    /// The type behind a function's parameters, which can also say what the function checks.
    pub(super) fn return_type(&mut self, field: Field, it: Option<&TSTypeAnnotation<'_>>) {
        let Some(it) = it else { return };
        match &it.type_annotation {
            TSType::TSTypePredicate(predicate) if predicate.asserts => {
                self.node(field, Kind::AssertsAnnotation, it.span, |make| make.predicate(Field::None, predicate));
            }
            TSType::TSTypePredicate(predicate) => {
                self.node(field, Kind::TypePredicateAnnotation, it.span, |make| make.predicate(Field::None, predicate));
            }
            _ => self.annotation(field, Some(it)),
        }
    }

    fn predicate(&mut self, field: Field, it: &TSTypePredicate<'_>) {
        if it.asserts {
            self.node(field, Kind::Asserts, it.span, |make| make.bare_predicate(Field::None, it));
        } else {
            self.bare_predicate(field, it);
        }
    }

    fn bare_predicate(&mut self, field: Field, it: &TSTypePredicate<'_>) {
        let (kind, name) = match &it.parameter_name {
            TSTypePredicateName::Identifier(name) => (Kind::Identifier, name.span),
            TSTypePredicateName::This(this) => (Kind::This, this.span),
        };
        match &it.type_annotation {
            None => self.leaf(field, kind, name),
            Some(annotation) => self.node(field, Kind::TypePredicate, it.span, |make| {
                make.leaf(Field::Name, kind, name);
                make.type_of(Field::Type, &annotation.type_annotation);
            }),
        }
    }

    pub(super) fn type_arguments(&mut self, field: Field, it: Option<&TSTypeParameterInstantiation<'_>>) {
        if let Some(it) = it {
            self.node(field, Kind::TypeArguments, it.span, |make| make.types(&it.params));
        }
    }

    pub(super) fn type_parameters(&mut self, it: Option<&TSTypeParameterDeclaration<'_>>) {
        if let Some(it) = it {
            self.node(Field::TypeParameters, Kind::TypeParameters, it.span, |make| {
                it.params.iter().for_each(|parameter| make.type_parameter(parameter));
            });
        }
    }

    fn type_parameter(&mut self, it: &TSTypeParameter<'_>) {
        self.node(Field::None, Kind::TypeParameter, it.span, |make| {
            make.leaf(Field::Name, Kind::TypeIdentifier, it.name.span);
            if let Some(bound) = &it.constraint {
                make.node(Field::Constraint, Kind::Constraint, bound.span(), |make| make.type_of(Field::None, bound));
            }
            if let Some(default) = &it.default {
                make.node(Field::Value, Kind::DefaultType, default.span(), |make| make.type_of(Field::None, default));
            }
        });
    }

    fn types(&mut self, types: &[TSType<'_>]) {
        types.iter().for_each(|each| self.type_of(Field::None, each));
    }

    pub(super) fn type_of(&mut self, field: Field, it: &TSType<'_>) {
        let span = it.span();
        match it {
            TSType::TSAnyKeyword(_)
            | TSType::TSBooleanKeyword(_)
            | TSType::TSNeverKeyword(_)
            | TSType::TSNumberKeyword(_)
            | TSType::TSObjectKeyword(_)
            | TSType::TSStringKeyword(_)
            | TSType::TSSymbolKeyword(_)
            | TSType::TSUnknownKeyword(_)
            | TSType::TSVoidKeyword(_) => self.leaf(field, Kind::PredefinedType, span),
            TSType::TSBigIntKeyword(_) | TSType::TSIntrinsicKeyword(_) => self.leaf(field, Kind::TypeIdentifier, span),
            TSType::TSNullKeyword(_) => self.literal(field, span, |make| make.leaf(Field::None, Kind::Null, span)),
            TSType::TSUndefinedKeyword(_) => {
                self.literal(field, span, |make| make.leaf(Field::None, Kind::Undefined, span));
            }
            TSType::TSThisType(_) => self.leaf(field, Kind::ThisType, span),
            TSType::TSArrayType(it) => self.around_type(field, Kind::ArrayType, span, &it.element_type),
            TSType::TSParenthesizedType(it) => {
                self.around_type(field, Kind::ParenthesizedType, span, &it.type_annotation);
            }
            TSType::TSTypeOperatorType(it) => self.type_operator(field, it),
            TSType::TSConditionalType(it) => self.node(field, Kind::ConditionalType, span, |make| {
                make.type_of(Field::Left, &it.check_type);
                make.type_of(Field::Right, &it.extends_type);
                make.type_of(Field::Consequence, &it.true_type);
                make.type_of(Field::Alternative, &it.false_type);
            }),
            TSType::TSFunctionType(it) => self.node(field, Kind::FunctionType, span, |make| {
                make.type_parameters(it.type_parameters.as_deref());
                make.parameters(Field::Parameters, it.this_param.as_deref(), &it.params);
                make.type_of(Field::ReturnType, &it.return_type.type_annotation);
            }),
            TSType::TSConstructorType(it) => self.node(field, Kind::ConstructorType, span, |make| {
                make.type_parameters(it.type_parameters.as_deref());
                make.parameters(Field::Parameters, None, &it.params);
                make.type_of(Field::Type, &it.return_type.type_annotation);
            }),
            TSType::TSImportType(it) => self.import_type(field, it),
            TSType::TSIndexedAccessType(it) => self.node(field, Kind::LookupType, span, |make| {
                make.type_of(Field::None, &it.object_type);
                make.type_of(Field::None, &it.index_type);
            }),
            TSType::TSInferType(it) => self.node(field, Kind::InferType, span, |make| {
                make.leaf(Field::None, Kind::TypeIdentifier, it.type_parameter.name.span);
                if let Some(bound) = &it.type_parameter.constraint {
                    make.type_of(Field::None, bound);
                }
            }),
            TSType::TSIntersectionType(it) => {
                self.node(field, Kind::IntersectionType, span, |make| make.types(&it.types));
            }
            TSType::TSUnionType(it) => self.node(field, Kind::UnionType, span, |make| make.types(&it.types)),
            TSType::TSLiteralType(it) => self.literal_type(field, it),
            TSType::TSMappedType(it) => self.mapped_type(field, it),
            TSType::TSTemplateLiteralType(it) => self.template_type(field, it),
            TSType::TSTupleType(it) => self.node(field, Kind::TupleType, span, |make| {
                it.element_types.iter().for_each(|element| make.tuple_element(element));
            }),
            TSType::TSNamedTupleMember(it) => self.tuple_member(it),
            TSType::TSTypeLiteral(it) => self.node(field, Kind::ObjectType, span, |make| {
                it.members.iter().for_each(|member| make.type_member(member));
            }),
            TSType::TSTypePredicate(it) => self.predicate(field, it),
            TSType::TSTypeQuery(it) => self.type_query(field, it),
            TSType::TSTypeReference(it) => {
                self.named_type(field, span, &it.type_name, it.type_arguments.as_deref());
            }
            TSType::JSDocNullableType(it) => self.type_of(field, &it.type_annotation),
            TSType::JSDocNonNullableType(it) => self.type_of(field, &it.type_annotation),
            TSType::JSDocUnknownType(_) => {}
        }
    }

    fn around_type(&mut self, field: Field, kind: Kind, span: Span, inner: &TSType<'_>) {
        self.node(field, kind, span, |make| make.type_of(Field::None, inner));
    }

    fn literal(&mut self, field: Field, span: Span, inside: impl FnOnce(&mut Self)) {
        self.node(field, Kind::LiteralType, span, inside);
    }

    fn literal_type(&mut self, field: Field, it: &TSLiteralType<'_>) {
        let span = it.span;
        match &it.literal {
            TSLiteral::TemplateLiteral(it) => self.node(field, Kind::TemplateLiteralType, span, |make| {
                it.quasis.iter().for_each(|quasi| make.text_parts(quasi.span));
            }),
            TSLiteral::BooleanLiteral(it) => self.literal(field, span, |make| make.boolean(Field::None, it)),
            TSLiteral::StringLiteral(_) => self.literal(field, span, |make| make.string(Field::None, span)),
            TSLiteral::UnaryExpression(it) => self.literal(field, span, |make| make.unary(Field::None, it)),
            TSLiteral::NumericLiteral(_) | TSLiteral::BigIntLiteral(_) => {
                self.literal(field, span, |make| make.leaf(Field::None, Kind::Number, span));
            }
        }
    }

    fn template_type(&mut self, field: Field, it: &TSTemplateLiteralType<'_>) {
        self.node(field, Kind::TemplateLiteralType, it.span, |make| {
            let mut types = it.types.iter();
            for quasi in &it.quasis {
                make.text_parts(quasi.span);
                if let Some(inner) = types.next() {
                    make.around_type(Field::None, Kind::TemplateType, inner.span(), inner);
                }
            }
        });
    }

    fn type_operator(&mut self, field: Field, it: &TSTypeOperator<'_>) {
        match it.operator {
            TSTypeOperatorOperator::Keyof => {
                self.around_type(field, Kind::IndexTypeQuery, it.span, &it.type_annotation);
            }
            TSTypeOperatorOperator::Readonly => {
                self.around_type(field, Kind::ReadonlyType, it.span, &it.type_annotation);
            }
            TSTypeOperatorOperator::Unique => self.leaf(field, Kind::PredefinedType, it.span),
        }
    }

    fn tuple_element(&mut self, it: &TSTupleElement<'_>) {
        match it {
            TSTupleElement::TSOptionalType(it) => {
                self.around_type(Field::None, Kind::OptionalType, it.span, &it.type_annotation);
            }
            TSTupleElement::TSRestType(it) => match &it.type_annotation {
                TSType::TSNamedTupleMember(member) => {
                    self.node(Field::None, Kind::RequiredParameter, it.span, |make| {
                        make.node(Field::Name, Kind::RestPattern, member.label.span, |make| {
                            make.leaf(Field::None, Kind::Identifier, member.label.span);
                        });
                        make.member_type(&member.element_type);
                    });
                }
                inner => self.around_type(Field::None, Kind::RestType, it.span, inner),
            },
            element => self.type_of(Field::None, element.to_ts_type()),
        }
    }

    fn tuple_member(&mut self, it: &TSNamedTupleMember<'_>) {
        let kind = if it.optional { Kind::OptionalParameter } else { Kind::RequiredParameter };
        self.node(Field::None, kind, it.span, |make| {
            make.leaf(Field::Name, Kind::Identifier, it.label.span);
            make.member_type(&it.element_type);
        });
    }

    fn member_type(&mut self, it: &TSTupleElement<'_>) {
        self.node(Field::Type, Kind::TypeAnnotation, it.span(), |make| make.tuple_element(it));
    }

    fn mapped_type(&mut self, field: Field, it: &TSMappedType<'_>) {
        self.node(field, Kind::ObjectType, it.span, |make| {
            make.node(Field::None, Kind::IndexSignature, it.span, |make| {
                let end = it.name_type.as_ref().unwrap_or(&it.constraint).span().end;
                let clause = Span::new(it.key.span.start, end);
                make.node(Field::None, Kind::MappedTypeClause, clause, |make| {
                    make.leaf(Field::Name, Kind::TypeIdentifier, it.key.span);
                    make.type_of(Field::Type, &it.constraint);
                    if let Some(alias) = &it.name_type {
                        make.type_of(Field::Alias, alias);
                    }
                });
                if let Some(value) = &it.type_annotation {
                    make.around_type(Field::Type, Kind::TypeAnnotation, value.span(), value);
                }
            });
        });
    }

    fn type_query(&mut self, field: Field, it: &TSTypeQuery<'_>) {
        self.node(field, Kind::TypeQuery, it.span, |make| {
            let inner = |make: &mut Self| match &it.expr_name {
                TSTypeQueryExprName::TSImportType(import) => make.import_type(Field::None, import),
                name => make.value_path(Field::None, name.to_ts_type_name()),
            };
            match &it.type_arguments {
                None => inner(make),
                Some(arguments) => make.node(Field::None, Kind::InstantiationExpression, it.span, |make| {
                    inner(make);
                    make.type_arguments(Field::TypeArguments, Some(arguments));
                }),
            }
        });
    }

    /// A name with dots that names a value.
    fn value_path(&mut self, field: Field, it: &TSTypeName<'_>) {
        match it {
            TSTypeName::IdentifierReference(name) => self.identifier(field, name),
            TSTypeName::ThisExpression(it) => self.leaf(field, Kind::This, it.span),
            TSTypeName::QualifiedName(it) => self.node(field, Kind::MemberExpression, it.span, |make| {
                make.value_path(Field::Object, &it.left);
                make.leaf(Field::Property, Kind::PropertyIdentifier, it.right.span);
            }),
        }
    }

    fn import_type(&mut self, field: Field, it: &TSImportType<'_>) {
        match &it.type_arguments {
            Some(arguments) => self.node(field, Kind::GenericType, it.span, |make| {
                make.import_path(Field::Name, it);
                make.type_arguments(Field::TypeArguments, Some(arguments));
            }),
            None => self.import_path(field, it),
        }
    }

    fn import_path(&mut self, field: Field, it: &TSImportType<'_>) {
        match &it.qualifier {
            None => self.import_of(field, it),
            Some(qualifier) => self.import_member(field, it, qualifier),
        }
    }

    fn import_member(&mut self, field: Field, it: &TSImportType<'_>, qualifier: &TSImportTypeQualifier<'_>) {
        let span = Span::new(it.span.start, qualifier.span().end);
        self.node(field, Kind::MemberExpression, span, |make| match qualifier {
            TSImportTypeQualifier::Identifier(name) => {
                make.import_of(Field::Object, it);
                make.leaf(Field::Property, Kind::PropertyIdentifier, name.span);
            }
            TSImportTypeQualifier::QualifiedName(name) => {
                make.import_member(Field::Object, it, &name.left);
                make.leaf(Field::Property, Kind::PropertyIdentifier, name.right.span);
            }
        });
    }

    fn import_of(&mut self, field: Field, it: &TSImportType<'_>) {
        let span = Span::new(it.span.start, self.skip_space(it.source.span.end) + 1);
        self.node(field, Kind::CallExpression, span, |make| {
            make.leaf(Field::Function, Kind::Import, Span::new(span.start, span.start + 6));
            make.node(Field::Arguments, Kind::Arguments, Span::new(span.start + 6, span.end), |make| {
                make.string(Field::None, it.source.span);
            });
        });
    }

    /// A type by its name, with what fills its parameters.
    pub(super) fn named_type(
        &mut self,
        field: Field,
        span: Span,
        name: &TSTypeName<'_>,
        arguments: Option<&TSTypeParameterInstantiation<'_>>,
    ) {
        if arguments.is_none() {
            self.type_name(field, name);
            return;
        }
        self.node(field, Kind::GenericType, span, |make| {
            make.type_name(Field::Name, name);
            make.type_arguments(Field::TypeArguments, arguments);
        });
    }

    fn type_name(&mut self, field: Field, it: &TSTypeName<'_>) {
        match it {
            TSTypeName::IdentifierReference(name) => self.leaf(field, Kind::TypeIdentifier, name.span),
            TSTypeName::ThisExpression(it) => self.leaf(field, Kind::ThisType, it.span),
            TSTypeName::QualifiedName(it) => self.node(field, Kind::NestedTypeIdentifier, it.span, |make| {
                make.module_path(Field::Module, &it.left);
                make.leaf(Field::Name, Kind::TypeIdentifier, it.right.span);
            }),
        }
    }

    fn module_path(&mut self, field: Field, it: &TSTypeName<'_>) {
        match it {
            TSTypeName::QualifiedName(it) => self.qualified(field, it),
            name => self.leaf(field, Kind::Identifier, name.span()),
        }
    }

    /// A name with dots that names a module.
    pub(super) fn qualified(&mut self, field: Field, it: &TSQualifiedName<'_>) {
        self.node(field, Kind::NestedIdentifier, it.span, |make| {
            match &it.left {
                TSTypeName::QualifiedName(_) => make.value_path(Field::Object, &it.left),
                left => make.module_path(Field::Object, left),
            }
            make.leaf(Field::Property, Kind::PropertyIdentifier, it.right.span);
        });
    }

    pub(super) fn alias(&mut self, field: Field, it: &TSTypeAliasDeclaration<'_>) {
        self.node(field, Kind::TypeAliasDeclaration, it.span, |make| {
            make.leaf(Field::Name, Kind::TypeIdentifier, it.id.span);
            make.type_parameters(it.type_parameters.as_deref());
            make.type_of(Field::Value, &it.type_annotation);
        });
    }

    pub(super) fn interface(&mut self, field: Field, it: &TSInterfaceDeclaration<'_>) {
        self.node(field, Kind::InterfaceDeclaration, it.span, |make| {
            make.leaf(Field::Name, Kind::TypeIdentifier, it.id.span);
            make.type_parameters(it.type_parameters.as_deref());
            if let [first, ..] = &it.extends[..] {
                let span = Span::new(first.span.start, it.body.span.start);
                make.node(Field::None, Kind::ExtendsTypeClause, span, |make| {
                    for base in &it.extends {
                        make.named_type(Field::Type, base.span, &base.type_name, base.type_arguments.as_deref());
                    }
                });
            }
            make.node(Field::Body, Kind::InterfaceBody, it.body.span, |make| {
                it.body.body.iter().for_each(|member| make.type_member(member));
            });
        });
    }

    fn type_member(&mut self, it: &TSSignature<'_>) {
        match it {
            TSSignature::TSIndexSignature(it) => self.index_signature(it),
            TSSignature::TSPropertySignature(it) => {
                self.node(Field::None, Kind::PropertySignature, self.without_end(it.span), |make| {
                    make.property_key(Field::Name, &it.key, it.computed);
                    make.annotation(Field::Type, it.type_annotation.as_deref());
                });
            }
            TSSignature::TSCallSignatureDeclaration(it) => {
                self.node(Field::None, Kind::CallSignature, self.without_end(it.span), |make| {
                    make.type_parameters(it.type_parameters.as_deref());
                    make.parameters(Field::Parameters, it.this_param.as_deref(), &it.params);
                    make.return_type(Field::ReturnType, it.return_type.as_deref());
                });
            }
            TSSignature::TSConstructSignatureDeclaration(it) => {
                self.node(Field::None, Kind::ConstructSignature, self.without_end(it.span), |make| {
                    make.type_parameters(it.type_parameters.as_deref());
                    make.parameters(Field::Parameters, None, &it.params);
                    make.annotation(Field::Type, it.return_type.as_deref());
                });
            }
            TSSignature::TSMethodSignature(it) => {
                self.node(Field::None, Kind::MethodSignature, self.without_end(it.span), |make| {
                    if it.kind == TSMethodSignatureKind::Get {
                        make.word(Token::Get, "get", Span::new(it.span.start, it.key.span().start));
                    }
                    make.property_key(Field::Name, &it.key, it.computed);
                    make.type_parameters(it.type_parameters.as_deref());
                    make.parameters(Field::Parameters, it.this_param.as_deref(), &it.params);
                    make.return_type(Field::ReturnType, it.return_type.as_deref());
                })
            }
        }
    }

    /// A member without the mark behind it, which oxc counts in.
    fn without_end(&self, span: Span) -> Span {
        let bare = self.slice(span).trim_end_matches([';', ',']).trim_end();
        Span::sized(span.start, bare.len() as u32)
    }

    pub(super) fn index_signature(&mut self, it: &TSIndexSignature<'_>) {
        self.node(Field::None, Kind::IndexSignature, it.span, |make| {
            let name = Span::sized(it.parameter.span.start, it.parameter.name.len() as u32);
            make.leaf(Field::Name, Kind::Identifier, name);
            make.type_of(Field::IndexType, &it.parameter.type_annotation.type_annotation);
            make.annotation(Field::Type, Some(&it.type_annotation));
        });
    }
}
