; What TypeScript adds.
(variable_declarator name: (_) @binding.name type: (_)? @binding.type value: (_)? @binding.value) @binding
(as_expression (_) @transparent.inner) @transparent
(satisfies_expression (_) @transparent.inner) @transparent
(non_null_expression (_) @transparent.inner) @transparent
(class_declaration name: (_) @class.name body: (_) @class.body) @class
(abstract_class_declaration name: (_) @class.name body: (_) @class.body) @class
(interface_declaration name: (_) @class.name body: (_) @class.body) @class
(type_alias_declaration name: (_) @class.name value: (_) @class.body) @class
(enum_declaration name: (_) @class.name body: (_) @class.body) @class
(enum_body) @list
(enum_assignment name: (_) @enum_member.name value: (_) @enum_member.value) @enum_member
[(interface_body) (object_type)] @members
(property_signature name: (_) @field.name type: (_)? @field.type) @field
(public_field_definition (accessibility_modifier)? @field.modifier name: (_) @field.name value: (_)? @field.value) @field
(required_parameter pattern: (_) @parameter.name type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(optional_parameter pattern: (_) @parameter.name type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(method_signature name: (_) @function.name parameters: (_) @function.parameters) @function
(function_signature name: (_) @function.name parameters: (_) @function.parameters) @function
(abstract_method_signature name: (_) @function.name parameters: (_) @function.parameters) @function
(union_type) @union
(type_identifier) @type_name
(ambient_declaration (_) @statement.inner) @statement
