; Names, functions, classes, imports.
(variable_declarator name: (_) @binding.name value: (_)? @binding.value) @binding
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(object_pattern) @object_pattern
(array_pattern) @array_pattern
(pair_pattern key: (_) @pattern_entry.key value: (_) @pattern_entry.value) @pattern_entry
(assignment_pattern left: (_) @pattern_default.name right: (_) @pattern_default.default) @pattern_default
(object_assignment_pattern left: (_) @pattern_default.name right: (_) @pattern_default.default) @pattern_default
(function_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(generator_function_declaration name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(function_expression name: (_)? @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(arrow_function parameter: (_) @function.parameter body: (_) @function.body) @function
(arrow_function parameters: (_) @function.parameters body: (_) @function.body) @function
(method_definition "static"? @function.modifier "get"? @function.modifier name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(return_statement (_)? @return.value) @return
(class_declaration name: (_) @class.name (class_heritage (_) @class.base)? body: (_) @class.body) @class
(class name: (_)? @class.name (class_heritage (_) @class.base)? body: (_) @class.body) @class
(field_definition "static"? @field.modifier property: (_) @field.name value: (_)? @field.value) @field
(class_static_block body: (_) @static_init.body) @static_init
(import_statement) @import
(export_statement) @export
(statement_block) @block
(for_in_statement left: (_) @loop.item right: (_) @loop.iterable body: (_) @loop.body) @loop
[(for_statement) (while_statement) (do_statement)] @while
(switch_case value: (_) @case.value) @case
