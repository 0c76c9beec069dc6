; Names, functions, classes, imports.
(assignment left: (identifier) @binding.name type: (_)? @binding.type right: (_)? @binding.value) @binding
(assignment left: (pattern_list) @binding.name right: (_)? @binding.value) @binding
(assignment left: (_) @assign.target type: (_)? @assign.type right: (_)? @assign.value) @assign
(augmented_assignment left: (_) @assign.target right: (_) @assign.value) @assign
(named_expression name: (_) @binding.name value: (_) @binding.value) @binding
[(pattern_list) (tuple_pattern)] @array_pattern
(typed_parameter (_) @parameter.name type: (_) @parameter.type) @parameter
(default_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter
(typed_default_parameter name: (_) @parameter.name type: (_) @parameter.type value: (_) @parameter.default) @parameter
(function_definition name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(lambda parameters: (_)? @function.parameters body: (_) @function.body) @function
(return_statement (_)? @return.value) @return
(class_definition name: (_) @class.name superclasses: (argument_list (_)* @class.base)? body: (_) @class.body) @class
[(import_statement) (import_from_statement)] @import
(future_import_statement) @skip
(for_statement left: (_) @loop.item right: (_) @loop.iterable body: (_) @loop.body) @loop
(for_in_clause left: (_) @loop.item right: (_) @loop.iterable) @loop
(while_statement) @while
(case_clause (case_pattern) @case.value) @case
(type_alias_statement left: (_) @alias.name right: (_) @alias.value) @alias
