; Statements. What has braces is a block, and what has not is the one expression in it.
(source_file) @block
(statements) @items
(control_structure_body "{") @block
(control_structure_body) @splice
(function_body "{") @block
(function_body) @splice
(if_expression condition: (_) @if.condition consequence: (_)? @if.then alternative: (_)? @if.else) @if
(while_statement (_) @while.condition (control_structure_body)? @while.body) @while
(do_while_statement (control_structure_body)? @do.body (_) @do.condition) @do
(for_statement (_) @for.item (_) @for.iterable (control_structure_body)? @for.body) @for
(when_expression (when_subject "val") @switch.subject (when_entry)* @switch.case) @switch
(when_subject "val" (variable_declaration (simple_identifier) @binding.name) (_) @binding.value) @binding
(when_expression (when_subject (_) @switch.subject) (when_entry)* @switch.case) @switch
(when_expression (when_entry)* @switch.case) @switch
(when_entry (when_condition)* @case.value "->" @case.arrow (control_structure_body) @case.body) @case
(when_condition) @splice
(try_expression (statements)? @try.body (catch_block)* @try.catch (finally_block (statements) @try.finally)?) @try
(catch_block (simple_identifier) @catch.name (_) @catch.type (statements)? @catch.body) @catch
(jump_expression "return" (_)? @return.value) @return
(jump_expression) @jump
; Imports.
(package_header) @package
(import_list) @splice
(import_header (wildcard_import)) @effect
(import_header (import_alias (type_identifier) @import.name)) @import
(import_header (identifier) @import.name) @import
; Functions and classes.
(function_declaration (modifiers)? @function.modifier (simple_identifier) @function.name (function_value_parameters) @function.parameters (function_body)? @function.body) @function
(anonymous_function (function_value_parameters) @function.parameters (function_body)? @function.body) @function
(lambda_literal (lambda_parameters)? @function.parameters (statements)? @function.body) @function
(annotated_lambda) @splice
(call_suffix) @splice
(secondary_constructor (modifiers)? @constructor.modifier (function_value_parameters) @constructor.parameters (statements)? @constructor.body) @constructor
(constructor_delegation_call (value_arguments) @delegate.arguments) @delegate
(anonymous_initializer (statements)? @initializer.body) @initializer
(class_parameter (modifiers)? @parameter.modifier (binding_pattern_kind)? @parameter.kind (simple_identifier) @parameter.name (_) @parameter.type (_)? @parameter.default) @parameter
(parameter (simple_identifier) @parameter.name (_) @parameter.type) @parameter
[(primary_constructor) (function_value_parameters) (lambda_parameters) (value_arguments) (collection_literal)] @list
(value_argument (simple_identifier) @entry.key "=" (_) @entry.value) @entry
(value_argument) @splice
(spread_expression (_) @spread.inner) @spread
(class_declaration (modifiers)? @class.modifier (type_identifier) @class.name (primary_constructor)? @class.parameters (delegation_specifier)* @class.base (enum_class_body) @class.body) @class
(class_declaration (modifiers)? @class.modifier (type_identifier) @class.name (primary_constructor)? @class.parameters (delegation_specifier)* @class.base (class_body)? @class.body) @class
(object_declaration (modifiers)? @class.modifier (type_identifier) @class.name (delegation_specifier)* @class.base (class_body)? @class.body) @class
[(class_body) (enum_class_body)] @members
(enum_entry (simple_identifier) @enum_member.name (value_arguments)? @enum_member.arguments) @enum_member
(type_alias (type_identifier) @class.name (_) @class.body) @class
; Names.
(property_declaration (modifiers)? @binding.modifier (binding_pattern_kind)? @binding.kind (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) "=" (_) @binding.value) @binding
(property_declaration (modifiers)? @binding.modifier (binding_pattern_kind)? @binding.kind (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) (getter) @binding.getter) @binding
(property_declaration (modifiers)? @binding.modifier (binding_pattern_kind)? @binding.kind (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) (property_delegate)? @binding.value) @binding
(property_declaration (modifiers)? @binding.modifier (multi_variable_declaration) @binding.name (_)? @binding.value) @binding
(getter (function_body)? @accessor.body) @accessor
(setter) @accessor
(variable_declaration) @pattern
(multi_variable_declaration) @pattern
(simple_identifier) @name
(interpolated_identifier) @name
(type_identifier) @type_name
(this_expression) @this
(assignment (directly_assignable_expression) @assign.target (_) @assign.value) @assign
(directly_assignable_expression (_) @member.object (navigation_suffix (simple_identifier) @member.name)) @member
(directly_assignable_expression (_) @index.object (indexing_suffix (_) @index.key)) @index
(directly_assignable_expression) @splice
(postfix_expression (_) @assign.target "++") @assign
(postfix_expression (_) @assign.target "--") @assign
(prefix_expression "++" (_) @assign.target) @assign
(prefix_expression "--" (_) @assign.target) @assign
; Expressions.
(conjunction_expression (_) @and.left (_) @and.right) @and
(disjunction_expression (_) @or.left (_) @or.right) @or
(elvis_expression (_) @nullish.left (_) @nullish.right) @nullish
(equality_expression (_) @equal.left "==" (_) @equal.right) @equal
(equality_expression (_) @equal.left "===" (_) @equal.right) @equal
(equality_expression (_) @unequal.left (_) @unequal.right) @unequal
[(comparison_expression) (check_expression)] @test
[(additive_expression) (multiplicative_expression) (range_expression)] @pure
(prefix_expression "!" (_) @not.inner) @not
(prefix_expression (_)) @pure
(postfix_expression (_) @transparent.inner "!!") @transparent
(parenthesized_expression (_) @paren.inner) @paren
(as_expression (_) @transparent.inner) @transparent
(infix_expression (_) @infix.left (simple_identifier) @infix.name (_) @infix.right) @infix
(call_expression (_) @call.callee (call_suffix (value_arguments)? @call.arguments (annotated_lambda (lambda_literal) @call.lambda)?)) @call
(navigation_expression (_) @member.object (navigation_suffix (simple_identifier) @member.name)) @member
(navigation_suffix) @splice
(indexing_expression (_) @index.object (indexing_suffix (_) @index.key)) @index
(boolean_literal "true") @true
(boolean_literal) @false
(null_literal) @null
(string_literal (interpolated_expression)) @template
(string_literal (interpolated_identifier)) @template
(string_literal) @string
(interpolated_expression (_) @substitution.inner) @substitution
[(integer_literal) (real_literal) (character_literal) (super_expression)] @pure
