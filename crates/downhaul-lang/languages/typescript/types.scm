; What TypeScript adds.
(as_expression (_) @transparent.inner) @transparent
(satisfies_expression (_) @transparent.inner) @transparent
(non_null_expression (_) @transparent.inner) @transparent
(type_assertion (_) (_) @transparent.inner) @transparent
(instantiation_expression (_) @transparent.inner) @transparent
(variable_declarator name: (_) @binding.name type: (type_annotation)? @binding.type value: (_)? @binding.value) @binding
(required_parameter (accessibility_modifier)? @parameter.modifier pattern: (_) @parameter.name type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(optional_parameter (accessibility_modifier)? @parameter.modifier pattern: (_) @parameter.name type: (_)? @parameter.type value: (_)? @parameter.default) @parameter
(function_declaration name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(arrow_function parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(method_definition "static"? @function.modifier "get"? @function.modifier name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(method_signature name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type) @function
(abstract_method_signature name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type) @function
(function_signature name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type) @function
(class_declaration name: (_) @class.name (class_heritage (extends_clause value: (_) @class.base)? (implements_clause (_)* @class.base)?)? body: (_) @class.body) @class
(abstract_class_declaration name: (_) @class.name (class_heritage (extends_clause value: (_) @class.base)? (implements_clause (_)* @class.base)?)? body: (_) @class.body) @class
(class name: (_)? @class.name (class_heritage (extends_clause value: (_) @class.base)? (implements_clause (_)* @class.base)?)? body: (_) @class.body) @class
(public_field_definition "static"? @field.modifier name: (_) @field.name type: (_)? @field.type value: (_)? @field.value) @field
(property_signature name: (_) @field.name type: (_)? @field.type) @field
(interface_declaration name: (_) @class.name (extends_type_clause (_)* @class.base)? body: (_) @class.body) @class
(enum_declaration name: (_) @class.name body: (_) @class.body) @class
(enum_assignment name: (_) @enum_member.name value: (_) @enum_member.value) @enum_member
(type_alias_declaration name: (_) @alias.name value: (_) @alias.value) @alias
(object_type) @object
(internal_module name: (_) @module.name body: (_) @module.body) @module
[(predefined_type) (type_parameters)] @skip
