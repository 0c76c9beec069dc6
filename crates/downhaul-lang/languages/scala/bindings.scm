; Names, functions, classes, imports.
(val_definition (annotation)* @binding.modifier pattern: (_) @binding.name type: (_)? @binding.type value: (_) @binding.value) @binding
(var_definition pattern: (_) @binding.name type: (_)? @binding.type value: (_) @binding.value) @binding
(val_declaration name: (_) @field.name type: (_)? @field.type) @field
(parameter name: (_) @parameter.name type: (_)? @parameter.type default_value: (_)? @parameter.default) @parameter
(class_parameter name: (_) @parameter.name type: (_)? @parameter.type default_value: (_)? @parameter.default) @parameter
(binding name: (_) @parameter.name type: (_)? @parameter.type) @parameter
(function_definition (annotation)* @function.modifier name: (_) @function.name parameters: (_)? @function.parameters return_type: (_)? @function.type body: (_) @function.body) @function
(function_declaration name: (_) @function.name parameters: (_)? @function.parameters return_type: (_)? @function.type) @function
(lambda_expression parameters: (identifier) @function.parameter (_) @function.body) @function
(lambda_expression parameters: (_) @function.parameters (_) @function.body) @function
(return_expression (_)? @return.value) @return
(class_definition (annotation)* @class.modifier name: (_) @class.name class_parameters: (_)? @class.parameters extend: (_)? @class.base body: (_)? @class.body) @class
(object_definition name: (_) @class.name extend: (_)? @class.base body: (_)? @class.body) @class
(trait_definition name: (_) @class.name extend: (_)? @class.base body: (_)? @class.body) @class
(enum_definition name: (_) @class.name class_parameters: (_)? @class.parameters extend: (_)? @class.base body: (_) @class.body) @class
(simple_enum_case name: (_) @enum_member.name extend: (extends_clause arguments: (_) @enum_member.arguments)) @enum_member
(simple_enum_case name: (_) @enum_member.name) @enum_member
(type_definition name: (_) @alias.name type: (_) @alias.value) @alias
(import_declaration) @import
(package_clause name: (_) @package.name body: (_)? @package.body) @package
[(block) (indented_block)] @block
(for_expression enumerators: (enumerators (enumerator (_) @loop.item (_) @loop.iterable)) body: (_) @loop.body) @loop
[(while_expression) (do_while_expression)] @while
(case_clause pattern: (_) @case.value body: (_) @case.body) @case
