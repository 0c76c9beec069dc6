; Statements.
[(program) (block) (constructor_body)] @block
(if_statement condition: (_) @if.condition consequence: (_) @if.then alternative: (_)? @if.else) @if
(while_statement condition: (_) @while.condition body: (_) @while.body) @while
(do_statement body: (_) @do.body condition: (_) @do.condition) @do
(enhanced_for_statement name: (_) @for.item value: (_) @for.iterable body: (_) @for.body) @for
(for_statement init: (_)? @for.init condition: (_)? @for.condition body: (_) @for.body) @for
(switch_expression condition: (_) @switch.subject body: (switch_block [(switch_block_statement_group) (switch_rule)]* @switch.case) @switch.body) @switch
(switch_block_statement_group (switch_label (_)* @case.value) (_)* @case.body) @case
(switch_rule (switch_label (_)* @case.value) "->" @case.arrow (_) @case.body) @case
(switch_label) @label
(return_statement (_)? @return.value) @return
(yield_statement (_) @result.value) @result
[(throw_statement) (break_statement) (continue_statement)] @jump
(assert_statement) @effect
(labeled_statement (identifier) @labeled.name (_) @labeled.body) @labeled
(synchronized_statement body: (_) @locked.body) @locked
(expression_statement (_) @statement.inner) @statement
(local_variable_declaration (modifiers)? @declaration.modifier type: (_) @declaration.type declarator: (variable_declarator)* @declaration.binding) @declaration
(field_declaration (modifiers)? @declaration.modifier type: (_) @declaration.type declarator: (variable_declarator)* @declaration.binding) @declaration
(constant_declaration (modifiers)? @declaration.modifier type: (_) @declaration.type declarator: (variable_declarator)* @declaration.binding) @declaration
(variable_declarator name: (_) @binding.name value: (_)? @binding.value) @binding
(resource name: (_) @binding.name value: (_) @binding.value) @binding
(try_statement body: (_) @try.body (catch_clause)* @try.catch (finally_clause (_) @try.finally)?) @try
(try_with_resources_statement resources: (_) @try.resources body: (_) @try.body (catch_clause)* @try.catch (finally_clause (_) @try.finally)?) @try
(catch_clause (catch_formal_parameter (catch_type) @catch.type name: (_) @catch.name) body: (_) @catch.body) @catch
; Imports.
(package_declaration) @package
(import_declaration (asterisk)) @effect
(import_declaration (scoped_identifier name: (identifier) @import.name)) @import
; Functions and classes.
(method_declaration (modifiers)? @function.modifier name: (_) @function.name parameters: (_) @function.parameters body: (_)? @function.body) @function
(constructor_declaration (modifiers)? @constructor.modifier name: (_) @constructor.name parameters: (_) @constructor.parameters body: (_) @constructor.body) @constructor
(explicit_constructor_invocation constructor: (_) @delegate.callee arguments: (_) @delegate.arguments) @delegate
(lambda_expression parameters: (identifier) @function.parameter body: (_) @function.body) @function
(lambda_expression parameters: (_) @function.parameters body: (_) @function.body) @function
(formal_parameter type: (_) @parameter.type name: (_) @parameter.name) @parameter
(spread_parameter (variable_declarator name: (_) @parameter.name)) @parameter
[(formal_parameters) (inferred_parameters) (argument_list) (array_initializer) (element_value_array_initializer)] @list
(class_declaration (modifiers)? @class.modifier name: (_) @class.name superclass: (_)? @class.base interfaces: (_)? @class.base body: (_) @class.body) @class
(interface_declaration (modifiers)? @class.modifier name: (_) @class.name (extends_interfaces)? @class.base body: (_) @class.body) @class
(record_declaration (modifiers)? @class.modifier name: (_) @class.name parameters: (_) @class.parameters interfaces: (_)? @class.base body: (_) @class.body) @class
(enum_declaration (modifiers)? @class.modifier name: (_) @class.name interfaces: (_)? @class.base body: (_) @class.body) @class
(annotation_type_declaration (modifiers)? @class.modifier name: (_) @class.name body: (_) @class.body) @class
[(class_body) (interface_body) (enum_body) (annotation_type_body)] @members
(enum_body_declarations) @splice
(enum_constant name: (_) @enum_member.name arguments: (_)? @enum_member.arguments) @enum_member
(static_initializer (_) @initializer.body) @initializer
; Names.
(identifier) @name
(type_identifier) @type_name
(this) @this
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(update_expression (_) @assign.target) @assign
; Expressions.
(ternary_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @and.left operator: "&&" right: (_) @and.right) @and
(binary_expression left: (_) @or.left operator: "||" right: (_) @or.right) @or
(binary_expression left: (_) @equal.left operator: "==" right: (_) @equal.right) @equal
(binary_expression left: (_) @unequal.left operator: "!=" right: (_) @unequal.right) @unequal
(binary_expression left: (_) operator: ["<" ">" "<=" ">="] right: (_)) @test
(binary_expression left: (_) right: (_)) @pure
(instanceof_expression) @test
(unary_expression operator: "!" operand: (_) @not.inner) @not
(unary_expression) @pure
(parenthesized_expression (_) @paren.inner) @paren
(cast_expression value: (_) @transparent.inner) @transparent
(method_invocation object: (_)? @call.object name: (_) @call.name arguments: (_) @call.arguments) @call
(object_creation_expression type: (_) @new.callee arguments: (_) @new.arguments) @new
(field_access object: (_) @member.object field: (_) @member.name) @member
(array_access array: (_) @index.object index: (_) @index.key) @index
(true) @true
(false) @false
(null_literal) @null
(string_literal) @string
[(decimal_integer_literal) (decimal_floating_point_literal) (character_literal) (class_literal) (super)] @pure
