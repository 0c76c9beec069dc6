; Statements.
[(program) (statement_block) (class_static_block)] @block
(if_statement condition: (_) @if.condition consequence: (_) @if.then alternative: (else_clause (_) @if.else)?) @if
(else_clause (_) @else.body) @else
(switch_statement value: (_) @switch.subject body: (switch_body [(switch_case) (switch_default)]* @switch.case) @switch.body) @switch
(switch_case value: (_) @case.value body: (_)* @case.body) @case
(switch_default body: (_)* @case.body) @case
(while_statement condition: (_) @while.condition body: (_) @while.body) @while
(for_in_statement kind: ["const" "let" "var"] left: (_) @for.item right: (_) @for.iterable body: (_) @for.body) @for
(for_in_statement left: (_) @for.target right: (_) @for.iterable body: (_) @for.body) @for
(for_statement body: (_) @for.body) @for
(do_statement body: (_) @do.body condition: (_) @do.condition) @do
(return_statement (_)? @return.value) @return
[(throw_statement) (break_statement) (continue_statement)] @jump
[(debugger_statement) (labeled_statement)] @effect
(expression_statement (_) @statement.inner) @statement
(lexical_declaration "const"? @declaration.modifier (variable_declarator)* @declaration.binding) @declaration
(variable_declaration "var" @declaration.hoisted (variable_declarator)* @declaration.binding) @declaration
(variable_declarator name: (_) @binding.name value: (_)? @binding.value) @binding
(try_statement body: (_) @try.body handler: (_)? @try.catch finalizer: (finally_clause (_) @try.finally)?) @try
(catch_clause parameter: (_)? @catch.name body: (_) @catch.body) @catch
; Imports and exports.
(import_statement source: (_) @import.module) @import
(import_specifier name: (_) @import_name.name alias: (_)? @import_name.alias) @import_name
(namespace_import (_) @import_name.name) @import_name
[(named_imports) (import_clause)] @list
(export_statement declaration: (_) @export.declaration) @export
(export_statement value: (_) @export.value) @export
(export_statement source: (_)? @export.module) @export
(export_specifier name: (_) @export_name.name alias: (_)? @export_name.alias) @export_name
(export_clause) @list
; Functions and classes.
(function_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(generator_function_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(function_expression name: (_)? @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(arrow_function parameter: (_) @function.parameter body: (_) @function.body) @function
(arrow_function parameters: (_) @function.parameters body: (_) @function.body) @function
(method_definition name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
[(formal_parameters) (arguments)] @list
(class_declaration name: (_) @class.name body: (_) @class.body) @class
(class name: (_)? @class.name body: (_) @class.body) @class
(class_body) @members
(field_definition property: (_) @field.name value: (_)? @field.value) @field
; Names.
(identifier) @name
(shorthand_property_identifier) @shorthand
(shorthand_property_identifier_pattern) @pattern_name
[(object_pattern) (array_pattern)] @pattern
(pair_pattern key: (_) @pattern_entry.key value: (_) @pattern_entry.value) @pattern_entry
(assignment_pattern left: (_) @pattern_default.name right: (_) @pattern_default.default) @pattern_default
(object_assignment_pattern left: (_) @pattern_default.name right: (_) @pattern_default.default) @pattern_default
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(augmented_assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(update_expression argument: (_) @assign.target) @assign
; Expressions.
(ternary_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression left: (_) @nullish.left operator: "??" right: (_) @nullish.right) @nullish
(binary_expression left: (_) @equal.left operator: ["===" "=="] right: (_) @equal.right) @equal
(binary_expression left: (_) @unequal.left operator: ["!==" "!="] right: (_) @unequal.right) @unequal
(binary_expression left: (_) operator: ["<" ">" "<=" ">=" "in" "instanceof"] right: (_)) @test
(binary_expression left: (_) right: (_)) @pure
(unary_expression operator: "!" argument: (_) @not.inner) @not
(unary_expression operator: ["typeof" "-" "+" "~" "void"] argument: (_)) @pure
[(unary_expression) (yield_expression)] @effect
(parenthesized_expression (_) @paren.inner) @paren
(await_expression (_) @transparent.inner) @transparent
(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(new_expression constructor: (_) @new.callee arguments: (_)? @new.arguments) @new
(member_expression object: (_) @member.object property: (_) @member.name) @member
(subscript_expression object: (_) @index.object index: (_) @index.key) @index
(object) @object
(pair key: (_) @entry.key value: (_) @entry.value) @entry
(spread_element (_) @spread.inner) @spread
(array) @list
(true) @true
(false) @false
(null) @null
(undefined) @undefined
(string) @string
(template_string) @template
(template_substitution (_) @substitution.inner) @substitution
(this) @this
[(number) (regex) (super) (property_identifier) (computed_property_name)] @pure
; Markup.
(jsx_element open_tag: (jsx_opening_element name: (_)? @element.name attribute: (_)* @element.attribute)) @element
(jsx_self_closing_element name: (_)? @element.name attribute: (_)* @element.attribute) @element
(jsx_attribute (_) @attribute.name (_)? @attribute.value) @attribute
(jsx_expression (_) @slot.inner) @slot
