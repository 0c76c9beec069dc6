; What C++ adds to the names of C.
(function_definition type: (_)? @function.type declarator: (function_declarator declarator: (qualified_identifier scope: (_) @function.receiver name: (_) @function.name) parameters: (_) @function.parameters) (field_initializer_list)? body: (_) @function.body) @function
(function_definition type: (_)? @function.type declarator: (reference_declarator (function_declarator declarator: (_) @function.name parameters: (_) @function.parameters)) body: (_) @function.body) @function
(function_definition type: (_)? @function.type declarator: (function_declarator declarator: (_) @function.name parameters: (_) @function.parameters) (field_initializer_list)? body: (_) @function.body) @function
(lambda_expression declarator: (_ parameters: (_) @function.parameters)? body: (_) @function.body) @function
(optional_parameter_declaration type: (_) @parameter.type declarator: (_) @parameter.name default_value: (_) @parameter.default) @parameter
(parameter_declaration type: (_) @parameter.type declarator: (reference_declarator (identifier) @parameter.name)) @parameter
(field_declaration type: (_) @function.type declarator: (function_declarator declarator: (_) @function.name parameters: (_) @function.parameters)) @function
(field_declaration type: (_) @field.type declarator: (field_identifier) @field.name default_value: (_)? @field.value) @field
(field_declaration type: (_) @field.type declarator: (pointer_declarator declarator: (field_identifier) @field.name) default_value: (_)? @field.value) @field
(field_declaration type: (_) @field.type declarator: (reference_declarator (field_identifier) @field.name)) @field
(class_specifier name: (_) @class.name (base_class_clause (_)* @class.base)? body: (_) @class.body) @class
(struct_specifier name: (_) @class.name (base_class_clause (_)* @class.base)? body: (_) @class.body) @class
(alias_declaration name: (_) @alias.name type: (_) @alias.value) @alias
(declaration type: (_) @binding.type declarator: (reference_declarator (identifier) @binding.name)) @binding
(for_range_loop declarator: (_) @loop.item right: (_) @loop.iterable body: (_) @loop.body) @loop
