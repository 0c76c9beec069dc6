; Names, functions, types, imports.
(let_declaration pattern: (_) @binding.name type: (_)? @binding.type value: (_)? @binding.value) @binding
(const_item name: (_) @binding.name type: (_) @binding.type value: (_)? @binding.value) @binding
(static_item name: (_) @binding.name type: (_) @binding.type value: (_)? @binding.value) @binding
(assignment_expression left: (_) @assign.target right: (_) @assign.value) @assign
(parameter pattern: (_) @parameter.name type: (_) @parameter.type) @parameter
(function_item name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(function_signature_item name: (_) @function.name parameters: (_) @function.parameters return_type: (_)? @function.type) @function
(closure_expression parameters: (_) @function.parameters body: (_) @function.body) @function
(return_expression (_)? @return.value) @return
(struct_item name: (_) @class.name body: (_)? @class.body) @class
(trait_item name: (_) @class.name body: (_) @class.body) @class
(enum_item name: (_) @class.name body: (_) @class.body) @class
(enum_variant name: (_) @enum_member.name) @enum_member
(impl_item trait: (_)? @impl.base type: (_) @impl.name body: (_) @impl.body) @impl
(field_declaration name: (_) @field.name type: (_) @field.type) @field
(type_item name: (_) @alias.name type: (_) @alias.value) @alias
(mod_item name: (_) @module.name body: (_)? @module.body) @module
(use_declaration) @import
(block) @block
(for_expression pattern: (_) @loop.item value: (_) @loop.iterable body: (_) @loop.body) @loop
[(while_expression) (loop_expression)] @while
(match_arm pattern: (match_pattern) @case.value value: (_) @case.body) @case
