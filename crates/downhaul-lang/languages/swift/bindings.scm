; Names, functions, classes, imports.
(property_declaration (modifiers)? @binding.modifier (value_binding_pattern) name: (pattern bound_identifier: (_) @binding.name) (type_annotation)? @binding.type computed_value: (computed_property (statements) @binding.body)) @binding
(property_declaration (modifiers)? @binding.modifier (value_binding_pattern) name: (pattern bound_identifier: (_) @binding.name) (type_annotation)? @binding.type computed_value: (computed_property (computed_getter (statements) @binding.body))) @binding
(property_declaration (modifiers)? @binding.modifier (value_binding_pattern) name: (pattern bound_identifier: (_) @binding.name) (type_annotation)? @binding.type "=" value: (_) @binding.value) @binding
(property_declaration (modifiers)? @binding.modifier (value_binding_pattern) name: (pattern bound_identifier: (_) @binding.name) (type_annotation)? @binding.type) @binding
(protocol_property_declaration name: (pattern bound_identifier: (_) @field.name) (type_annotation)? @field.type) @field
(assignment target: (_) @assign.target result: (_) @assign.value) @assign
(parameter external_name: (_)? @parameter.key name: (_) @parameter.name ":" (_) @parameter.type) @parameter
(lambda_parameter name: (_) @parameter.name (_)? @parameter.type) @parameter
(lambda_literal type: (lambda_function_type (lambda_function_type_parameters (lambda_parameter)* @function.parameter)) (statements)? @function.body) @function
(lambda_literal (statements)? @function.body) @function
(function_declaration (modifiers)? @function.modifier name: (_) @function.name (parameter)* @function.parameter (user_type)? @function.type body: (function_body (statements) @function.body)) @function
(protocol_function_declaration name: (_) @function.name (parameter)* @function.parameter (user_type)? @function.type) @function
(init_declaration name: "init" @function.name (parameter)* @function.parameter body: (function_body (statements)? @function.body)) @function
(control_transfer_statement "return" result: (_)? @return.value) @return
(class_declaration declaration_kind: "extension" name: (_) @impl.name (inheritance_specifier)* @impl.base body: (_) @impl.body) @impl
(class_declaration (modifiers)? @class.modifier name: (_) @class.name (inheritance_specifier)* @class.base body: (_) @class.body) @class
(protocol_declaration name: (_) @class.name (inheritance_specifier)* @class.base body: (_) @class.body) @class
(enum_entry name: (_)* @enum_member.name) @enum_member
(typealias_declaration name: (_) @alias.name value: (_) @alias.value) @alias
(import_declaration) @import
(statements) @block
(for_statement item: (pattern bound_identifier: (_) @loop.item) collection: (_) @loop.iterable (statements)? @loop.body) @loop
[(while_statement) (repeat_while_statement)] @while
(switch_entry (switch_pattern) "," (switch_pattern) (statements) @arm.body) @arm
(switch_entry (switch_pattern (pattern (_) @case.value)) (statements) @case.body) @case
(switch_entry (default_keyword) (statements) @arm.body) @arm
(switch_pattern (pattern (_) @case.value)) @case
