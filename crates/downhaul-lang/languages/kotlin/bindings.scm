; Names, functions, classes, imports.
(property_declaration (modifiers)? @binding.modifier (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) (property_delegate (_) @binding.value)) @binding
(property_declaration (modifiers)? @binding.modifier (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) (getter (function_body) @binding.body)) @binding
(property_declaration (modifiers)? @binding.modifier (variable_declaration (simple_identifier) @binding.name (_)? @binding.type) "=" (_) @binding.value) @binding
(property_declaration (modifiers)? @binding.modifier (variable_declaration (simple_identifier) @binding.name (_)? @binding.type)) @binding
(assignment (_) @assign.target (_) @assign.value) @assign
(class_parameter (binding_pattern_kind)? @parameter.modifier (simple_identifier) @parameter.name (_) @parameter.type (_)? @parameter.default) @parameter
(parameter (simple_identifier) @parameter.name (_) @parameter.type) @parameter
(lambda_literal (lambda_parameters)? @function.parameters (statements)? @function.body) @function
(anonymous_function (function_value_parameters) @function.parameters (function_body)? @function.body) @function
(function_declaration (modifiers)? @function.modifier (simple_identifier) @function.name (function_value_parameters) @function.parameters (user_type)? @function.type (function_body)? @function.body) @function
(secondary_constructor (function_value_parameters) @function.parameters (statements)? @function.body) @function
(jump_expression "return" (_)? @return.value) @return
(class_declaration (type_identifier) @class.name (primary_constructor)? @class.parameters (delegation_specifier)* @class.base (class_body) @class.body) @class
(class_declaration (type_identifier) @class.name (primary_constructor)? @class.parameters (delegation_specifier)* @class.base (enum_class_body) @class.body) @class
(class_declaration (type_identifier) @class.name (primary_constructor)? @class.parameters (delegation_specifier)* @class.base) @class
(object_declaration (type_identifier) @class.name (delegation_specifier)* @class.base (class_body)? @class.body) @class
(companion_object (class_body) @impl.body) @impl
(enum_entry (simple_identifier) @enum_member.name (value_arguments)? @enum_member.arguments) @enum_member
(anonymous_initializer (_) @block.body) @block
(type_alias (type_identifier) @alias.name (_) @alias.value) @alias
(import_header) @import
(package_header) @package
(for_statement (variable_declaration) @loop.item (_) @loop.iterable (control_structure_body)? @loop.body) @loop
[(while_statement) (do_while_statement)] @while
(when_entry "else" @arm.default (control_structure_body) @arm.body) @arm
(when_entry (control_structure_body) @arm.body) @arm
(when_condition (_) @case.value) @case
