; Statements.
[(module) (block)] @block
(if_statement condition: (_) @if.condition consequence: (_) @if.then alternative: (elif_clause)* @if.branch alternative: (else_clause body: (_) @if.else)?) @if
(elif_clause condition: (_) @branch.condition consequence: (_) @branch.then) @branch
(else_clause body: (_) @else.body) @else
(while_statement condition: (_) @while.condition body: (_) @while.body alternative: (else_clause)? @while.else) @while
(for_statement left: (_) @for.item right: (_) @for.iterable body: (_) @for.body) @for
(for_in_clause left: (_) @for.item right: (_) @for.iterable) @for
(if_clause (_) @filter.condition) @filter
[(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @scope
(return_statement (_)? @return.value) @return
[(raise_statement) (break_statement) (continue_statement)] @jump
(yield) @yield
(try_statement body: (_) @try.body (except_clause)* @try.catch (finally_clause (_) @try.finally)?) @try
(as_pattern alias: (as_pattern_target (_) @catch.name)) @catch
(case_pattern (dotted_name (_) @catch.name)) @catch
[(global_statement) (nonlocal_statement)] @outer
(delete_statement (_) @assign.target) @assign
(expression_statement (assignment left: (identifier)) @declaration.binding) @declaration
(expression_statement (assignment left: (pattern_list)) @declaration.binding) @declaration
(expression_statement (_) @statement.inner) @statement
[(assert_statement) (exec_statement) (print_statement)] @effect
; Imports.
(import_from_statement module_name: (_) @import.module name: (_)* @import.name) @import
(import_statement name: (_)* @import.name) @import
(future_import_statement) @effect
(aliased_import name: (_) @import_name.name alias: (_) @import_name.alias) @import_name
; Functions and classes.
(decorated_definition definition: (_) @decorated.declaration) @decorated
(function_definition name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(lambda parameters: (_)? @function.parameters body: (_) @function.body) @function
(typed_parameter (_) @parameter.name type: (_) @parameter.type) @parameter
(default_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter
(typed_default_parameter name: (_) @parameter.name type: (_) @parameter.type value: (_) @parameter.default) @parameter
(class_definition name: (_) @class.name body: (_) @class.body) @class
[(parameters) (lambda_parameters) (argument_list) (list) (set) (tuple) (expression_list)] @list
; Names.
(identifier) @name
[(pattern_list) (tuple_pattern) (list_pattern)] @pattern
(assignment left: (identifier) @binding.name type: (_)? @binding.type right: (_)? @binding.value) @binding
(assignment left: (pattern_list) @binding.name right: (_)? @binding.value) @binding
(assignment left: (tuple_pattern) @binding.name right: (_)? @binding.value) @binding
(assignment left: (_) @assign.target right: (_)? @assign.value) @assign
(augmented_assignment left: (_) @assign.target right: (_) @assign.value) @assign
(named_expression name: (_) @binding.name value: (_) @binding.value) @binding
; Expressions.
(conditional_expression (_) @conditional.then (_) @conditional.condition (_) @conditional.else) @conditional
(boolean_operator left: (_) @and.left operator: "and" right: (_) @and.right) @and
(boolean_operator left: (_) @or.left operator: "or" right: (_) @or.right) @or
(comparison_operator (_) @equal.left operators: ["==" "is"] (_) @equal.right) @equal
(comparison_operator (_) @unequal.left operators: ["!=" "is not"] (_) @unequal.right) @unequal
(comparison_operator) @test
(not_operator argument: (_) @not.inner) @not
[(binary_operator) (unary_operator)] @pure
(parenthesized_expression (_) @paren.inner) @paren
(await (_) @transparent.inner) @transparent
(call function: (_) @call.callee arguments: (_) @call.arguments) @call
(attribute object: (_) @member.object attribute: (_) @member.name) @member
(subscript value: (_) @index.object subscript: (_) @index.key) @index
(keyword_argument name: (_) @entry.key value: (_) @entry.value) @entry
(dictionary) @object
(list_splat (_) @spread.inner) @spread
(dictionary_splat (_) @spread.inner) @spread
(true) @true
(false) @false
(none) @null
(string (interpolation)) @template
(string) @string
(interpolation expression: (_) @substitution.inner) @substitution
[(integer) (float) (ellipsis)] @pure
