; Names, functions, types, imports.
(preproc_def name: (_) @binding.name value: (_) @binding.value) @binding
(declaration type: (_) @binding.type declarator: (init_declarator declarator: (array_declarator declarator: (_) @binding.name) value: (_) @binding.value)) @binding
(declaration type: (_) @binding.type declarator: (init_declarator declarator: (pointer_declarator declarator: (array_declarator declarator: (_) @binding.name)) value: (_) @binding.value)) @binding
(declaration type: (_) @binding.type declarator: (init_declarator declarator: (_) @binding.name value: (_) @binding.value)) @binding
(declaration type: (_) @binding.type declarator: (identifier) @binding.name) @binding
(declaration type: (_) @binding.type declarator: (pointer_declarator declarator: (identifier) @binding.name)) @binding
(assignment_expression left: (_) @assign.target operator: "=" right: (_) @assign.value) @assign
(parameter_declaration type: (_) @parameter.type declarator: (pointer_declarator declarator: (identifier) @parameter.name)) @parameter
(parameter_declaration type: (_) @parameter.type declarator: (_)? @parameter.name) @parameter
(function_definition type: (_) @function.type declarator: (function_declarator declarator: (_) @function.name parameters: (_) @function.parameters) body: (_) @function.body) @function
(function_definition type: (_) @function.type declarator: (pointer_declarator declarator: (function_declarator declarator: (_) @function.name parameters: (_) @function.parameters)) body: (_) @function.body) @function
(return_statement (_)? @return.value) @return
(struct_specifier name: (_) @class.name body: (_) @class.body) @class
(field_declaration type: (_) @field.type declarator: (field_identifier) @field.name) @field
(field_declaration type: (_) @field.type declarator: (pointer_declarator declarator: (field_identifier) @field.name)) @field
(enum_specifier name: (_)? @class.name body: (_) @class.body) @class
(enumerator name: (_) @enum_member.name value: (_)? @enum_member.value) @enum_member
(preproc_include) @import
(compound_statement) @block
[(for_statement) (while_statement) (do_statement)] @while
(case_statement value: (_) @case.value (return_statement) @case.body) @case
(case_statement value: (_) @case.value) @case
