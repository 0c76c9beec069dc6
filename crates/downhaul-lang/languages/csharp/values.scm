; What has a value.
[(string_literal) (verbatim_string_literal) (raw_string_literal) (interpolated_string_expression)] @string
[(string_literal_content) (raw_string_content) (string_content)] @text
(escape_sequence) @escape
(interpolation (interpolation_brace) (_) @substitution.inner) @substitution
[(identifier) (predefined_type) "base"] @name
"this" @this
(member_access_expression "this" @member.object name: (_) @member.name) @member
(member_access_expression expression: (_) @member.object name: (generic_name (identifier) @member.name)) @member
(member_access_expression expression: (_) @member.object name: (_) @member.name) @member
(conditional_access_expression condition: (_) @member.object (member_binding_expression name: (_) @member.name)) @member
(qualified_name qualifier: (_) @member.object name: (_) @member.name) @member
(generic_name (identifier) @transparent.inner) @transparent
(element_access_expression expression: (_) @index.object subscript: (bracketed_argument_list (argument (_) @index.key))) @index
(object_creation_expression type: (_) initializer: (_) @transparent.inner) @transparent
(implicit_object_creation_expression (initializer_expression) @transparent.inner) @transparent
(initializer_expression (assignment_expression)) @object
(initializer_expression (initializer_expression)) @object
[(initializer_expression) (collection_expression)] @array
(element_binding_expression (argument (_) @transparent.inner)) @transparent
(implicit_array_creation_expression (initializer_expression) @transparent.inner) @transparent
(array_creation_expression (initializer_expression) @transparent.inner) @transparent
(collection_element (_) @transparent.inner) @transparent
(expression_element (_) @transparent.inner) @transparent
(conditional_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @either.left operator: "??" right: (_) @either.right) @either
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(prefix_unary_expression "!" (_) @not.inner) @not
(postfix_unary_expression (_) @transparent.inner "!") @transparent
(parenthesized_expression (_) @transparent.inner) @transparent
(await_expression (_) @transparent.inner) @transparent
(cast_expression value: (_) @transparent.inner) @transparent
(as_expression left: (_) @transparent.inner) @transparent
(boolean_literal) @bool
[(integer_literal) (real_literal) (null_literal) (character_literal)] @literal
(switch_expression) @switch
