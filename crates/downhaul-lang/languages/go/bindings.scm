; Names, functions, types, imports.
(const_spec name: (identifier)* @binding.name type: (_)? @binding.type value: (expression_list)? @binding.value) @binding
(var_spec name: (identifier)* @binding.name type: (_)? @binding.type value: (expression_list)? @binding.value) @binding
(short_var_declaration left: (expression_list (_)* @binding.name) right: (expression_list) @binding.value) @binding
(assignment_statement left: (expression_list (_) @assign.target) right: (expression_list (_) @assign.value)) @assign
(parameter_declaration name: (identifier)* @parameter.name type: (_) @parameter.type) @parameter
(variadic_parameter_declaration name: (identifier)? @parameter.name type: (_) @parameter.type) @parameter
(function_declaration name: (_) @function.name parameters: (_) @function.parameters result: (_)? @function.type body: (_)? @function.body) @function
(method_declaration receiver: (parameter_list (parameter_declaration) @function.receiver) name: (_) @function.name parameters: (_) @function.parameters result: (_)? @function.type body: (_)? @function.body) @function
(func_literal parameters: (_) @function.parameters body: (_) @function.body) @function
(method_elem name: (_) @function.name parameters: (_) @function.parameters) @function
(return_statement (expression_list (_) @return.value)) @return
(type_spec name: (_) @class.name type: (struct_type (field_declaration_list) @class.body)) @class
(type_spec name: (_) @class.name type: (interface_type) @class.body) @class
(type_spec name: (_) @alias.name type: (_) @alias.value) @alias
(type_alias name: (_) @alias.name type: (_) @alias.value) @alias
(field_declaration name: (_)* @field.name type: (_) @field.type) @field
(import_spec) @import
(package_clause) @package
(block) @block
(for_statement (range_clause left: (expression_list (_)* @loop.item) right: (_) @loop.iterable) body: (_) @loop.body) @loop
(for_statement) @while
(expression_case value: (_) @case.value) @case
