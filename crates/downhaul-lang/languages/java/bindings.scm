; Names, functions, classes, imports.
(local_variable_declaration type: (_) @binding.type declarator: (variable_declarator name: (_) @binding.name value: (_)? @binding.value)) @binding
(resource type: (_) @binding.type name: (_) @binding.name value: (_) @binding.value) @binding
(field_declaration (modifiers)? @field.modifier type: (_) @field.type declarator: (variable_declarator name: (_) @field.name value: (_)? @field.value)) @field
(constant_declaration (modifiers)? @field.modifier type: (_) @field.type declarator: (variable_declarator name: (_) @field.name value: (_)? @field.value)) @field
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(formal_parameter type: (_) @parameter.type name: (_) @parameter.name) @parameter
(spread_parameter (_) @parameter.type (variable_declarator name: (_) @parameter.name)) @parameter
(method_declaration (modifiers)? @function.modifier type: (_) @function.type name: (_) @function.name parameters: (_) @function.parameters body: (_)? @function.body) @function
(constructor_declaration (modifiers)? @function.modifier name: (_) @function.name parameters: (_) @function.parameters body: (_) @function.body) @function
(lambda_expression parameters: (identifier) @function.parameter body: (_) @function.body) @function
(lambda_expression parameters: (_) @function.parameters body: (_) @function.body) @function
(return_statement (_)? @return.value) @return
(class_declaration (modifiers)? @class.modifier name: (_) @class.name superclass: (superclass (_) @class.base)? interfaces: (super_interfaces (type_list (_)* @class.base))? body: (_) @class.body) @class
(interface_declaration (modifiers)? @class.modifier name: (_) @class.name (extends_interfaces (type_list (_)* @class.base))? body: (_) @class.body) @class
(record_declaration (modifiers)? @class.modifier name: (_) @class.name parameters: (_) @class.parameters body: (_) @class.body) @class
(enum_declaration (modifiers)? @class.modifier name: (_) @class.name interfaces: (super_interfaces (type_list (_)* @class.base))? body: (_) @class.body) @class
(enum_constant name: (_) @enum_member.name arguments: (_)? @enum_member.arguments) @enum_member
(static_initializer (_) @static_init.body) @static_init
(import_declaration) @import
(package_declaration) @package
(block) @block
(enhanced_for_statement type: (_) name: (_) @loop.item value: (_) @loop.iterable body: (_) @loop.body) @loop
[(for_statement) (while_statement) (do_statement)] @while
(switch_label) @case
