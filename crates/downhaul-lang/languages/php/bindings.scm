; Names, functions, classes, imports.
(const_declaration (attribute_list)? (const_element (name) @binding.name (_) @binding.value)) @binding
(property_declaration (attribute_list)? @field.modifier (static_modifier)? @field.modifier type: (_)? @field.type (property_element name: (variable_name (name) @field.name) default_value: (_)? @field.value)) @field
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(augmented_assignment_expression left: (_) @assign.target operator: "??=" right: (_) @assign.value) @assign
(property_promotion_parameter visibility: (_) @parameter.modifier type: (_)? @parameter.type name: (variable_name (name) @parameter.name) default_value: (_)? @parameter.default) @parameter
(simple_parameter type: (_)? @parameter.type name: (variable_name (name) @parameter.name) default_value: (_)? @parameter.default) @parameter
(variadic_parameter type: (_)? @parameter.type name: (variable_name (name) @parameter.name)) @parameter
(method_declaration attributes: (_)? @function.modifier (static_modifier)? @function.modifier name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_)? @function.body) @function
(function_definition attributes: (_)? @function.modifier name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(arrow_function parameters: (_) @function.parameters body: (_) @function.body) @function
(anonymous_function parameters: (_) @function.parameters body: (_) @function.body) @function
(return_statement (_)? @return.value) @return
(class_declaration attributes: (_)? @class.modifier name: (_) @class.name (base_clause (_)* @class.base)? (class_interface_clause (_)* @class.base)? body: (_) @class.body) @class
(trait_declaration name: (_) @class.name body: (_) @class.body) @class
(interface_declaration name: (_) @class.name (base_clause (_)* @class.base)? body: (_) @class.body) @class
(enum_declaration attributes: (_)? @class.modifier name: (_) @class.name (class_interface_clause (_)* @class.base)? body: (_) @class.body) @class
(enum_case attributes: (_)? @enum_member.modifier name: (_) @enum_member.name value: (_)? @enum_member.value) @enum_member
(use_declaration (_)* @impl.base) @impl
(namespace_use_declaration) @import
(namespace_definition name: (_) @package.name body: (_)? @package.body) @package
(compound_statement) @block
(foreach_statement (_) @loop.iterable "as" (_) @loop.item body: (_) @loop.body) @loop
[(for_statement) (while_statement) (do_statement)] @while
(case_statement value: (_) @case.value) @case
(match_conditional_expression conditional_expressions: (match_condition_list (_) "," (_)) return_expression: (_) @arm.body) @arm
(match_conditional_expression conditional_expressions: (match_condition_list (_) @case.value) return_expression: (_) @case.body) @case
(match_condition_list) @case
(match_default_expression return_expression: (_) @arm.body) @arm
