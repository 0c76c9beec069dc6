; Names, functions, classes, imports.
(local_declaration_statement (variable_declaration type: (_) @binding.type (variable_declarator name: (_) @binding.name "=" (_) @binding.value))) @binding
(local_declaration_statement (variable_declaration type: (_) @binding.type (variable_declarator name: (_) @binding.name))) @binding
(field_declaration (attribute_list)* @field.modifier (modifier)* @field.modifier (variable_declaration type: (_) @field.type (variable_declarator name: (_) @field.name "=" (_) @field.value))) @field
(field_declaration (attribute_list)* @field.modifier (modifier)* @field.modifier (variable_declaration type: (_) @field.type (variable_declarator name: (_) @field.name))) @field
(property_declaration (attribute_list)* @binding.modifier (modifier)* @binding.modifier type: (_) @binding.type name: (_) @binding.name value: (arrow_expression_clause) @binding.body) @binding
(property_declaration (attribute_list)* @binding.modifier (modifier)* @binding.modifier type: (_) @binding.type name: (_) @binding.name accessors: (accessor_list (accessor_declaration name: "get" body: (_) @binding.body))) @binding
(property_declaration (attribute_list)* @field.modifier (modifier)* @field.modifier type: (_) @field.type name: (_) @field.name accessors: (_) value: (_)? @field.value) @field
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(parameter (modifier)? type: (_) @parameter.type name: (_) @parameter.name "=" (_) @parameter.default) @parameter
(parameter (modifier)? type: (_) @parameter.type name: (_) @parameter.name) @parameter
(method_declaration (attribute_list)* @function.modifier (modifier)* @function.modifier returns: (_) @function.type name: (_) @function.name parameters: (_) @function.parameters body: (_)? @function.body) @function
(constructor_declaration (attribute_list)* @function.modifier (modifier)* @function.modifier name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(local_function_statement type: (_) @function.type name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(lambda_expression parameters: (implicit_parameter) @function.parameter body: (_) @function.body) @function
(lambda_expression parameters: (_) @function.parameters body: (_) @function.body) @function
(anonymous_method_expression parameters: (_)? @function.parameters (block) @function.body) @function
(return_statement (_)? @return.value) @return
(class_declaration (attribute_list)* @class.modifier name: (_) @class.name (parameter_list)? @class.parameters (base_list (_)* @class.base)? body: (_) @class.body) @class
(struct_declaration (attribute_list)* @class.modifier name: (_) @class.name (parameter_list)? @class.parameters (base_list (_)* @class.base)? body: (_) @class.body) @class
(record_declaration (attribute_list)* @class.modifier name: (_) @class.name (parameter_list)? @class.parameters (base_list (_)* @class.base)? body: (_)? @class.body) @class
(interface_declaration (attribute_list)* @class.modifier name: (_) @class.name (base_list (_)* @class.base)? body: (_) @class.body) @class
(enum_declaration (attribute_list)* @class.modifier name: (_) @class.name body: (_) @class.body) @class
(enum_member_declaration (attribute_list)* @enum_member.modifier name: (_) @enum_member.name value: (_)? @enum_member.value) @enum_member
(using_directive) @import
(file_scoped_namespace_declaration name: (_) @package.name) @package
(namespace_declaration name: (_) @package.name body: (_) @package.body) @package
(block) @block
(foreach_statement left: (_) @loop.item right: (_) @loop.iterable body: (_) @loop.body) @loop
[(for_statement) (while_statement) (do_statement)] @while
(switch_expression_arm (_) @case.value (_) @case.body) @case
(constant_pattern (_) @case.value) @case
