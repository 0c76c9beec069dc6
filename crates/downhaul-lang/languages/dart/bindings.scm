; Names, functions, classes, imports.
(top_level_variable_declaration (type)? @binding.type (static_final_declaration_list (static_final_declaration name: (_) @binding.name value: (_) @binding.value))) @binding
(top_level_variable_declaration (type)? @binding.type (initialized_identifier_list (initialized_identifier name: (_) @binding.name value: (_)? @binding.value))) @binding
(local_variable_declaration (initialized_variable_declaration (type)? @binding.type name: (_) @binding.name value: (_)? @binding.value)) @binding
(declaration "static"? @field.modifier (type)? @field.type (static_final_declaration_list (static_final_declaration name: (_) @field.name value: (_) @field.value))) @field
(declaration "static"? @field.modifier (type)? @field.type (initialized_identifier_list (initialized_identifier name: (_) @field.name value: (_)? @field.value))) @field
(declaration (constant_constructor_signature parameters: (_) @function.parameters)) @function
(declaration (constructor_signature parameters: (_) @function.parameters)) @function
(declaration (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters)) @function
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(formal_parameter (field_formal_parameter name: (_) @parameter.name)) @parameter
(formal_parameter (super_formal_parameter name: (_) @parameter.name)) @parameter
(formal_parameter (type) @parameter.type name: (_) @parameter.name) @parameter
(formal_parameter (identifier) @parameter.name) @parameter
(method_declaration (annotation)* @binding.modifier signature: (method_signature (getter_signature return_type: (_)? @binding.type name: (_) @binding.name)) body: (function_body "=>" (_) @binding.body)) @binding
(method_declaration (annotation)* @binding.modifier signature: (method_signature (getter_signature return_type: (_)? @binding.type name: (_) @binding.name)) body: (function_body (block) @binding.body)) @binding
(method_declaration (annotation)* @function.modifier signature: (method_signature "static"? @function.modifier (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters)) body: (function_body "=>" (_) @function.body)) @function
(method_declaration (annotation)* @function.modifier signature: (method_signature "static"? @function.modifier (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters)) body: (function_body (block) @function.body)) @function
(method_declaration signature: (method_signature (constructor_signature parameters: (_) @function.parameters)) body: (function_body (block) @function.body)) @function
(function_declaration signature: (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters) body: (function_body "=>" (_) @function.body)) @function
(function_declaration signature: (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters) body: (function_body (block) @function.body)) @function
(local_function_declaration (function_signature return_type: (_)? @function.type name: (_) @function.name parameters: (_) @function.parameters) (function_body "=>" (_) @function.body)) @function
(function_expression parameters: (_) @function.parameters body: (function_expression_body "=>" (_) @function.body)) @function
(function_expression parameters: (_) @function.parameters body: (function_expression_body (block) @function.body)) @function
(return_statement (_)? @return.value) @return
(class_declaration (annotation)* @class.modifier name: (_) @class.name superclass: (superclass (type)? @class.base (mixins (type)* @class.base)?)? interfaces: (interfaces (type)* @class.base)? body: (_) @class.body) @class
(mixin_declaration name: (_) @class.name body: (_) @class.body) @class
(enum_declaration name: (_) @class.name body: (_) @class.body) @class
(enum_entry name: (_) @enum_member.name (arguments)? @enum_member.arguments) @enum_member
(extension_declaration class: (_) @impl.name body: (_) @impl.body) @impl
(import_specification) @import
(block) @block
(for_statement name: (_) @loop.item value: (_) @loop.iterable body: (_) @loop.body) @loop
[(while_statement) (do_statement)] @while
(switch_statement_case (constant_pattern) @case.value (return_statement) @case.body) @case
(switch_statement_case (constant_pattern) @case.value) @case
(switch_expression_case (constant_pattern) @case.value (_) @case.body) @case
