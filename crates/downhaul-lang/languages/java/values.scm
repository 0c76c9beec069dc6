; What has a value.
(string_literal) @string
[(string_fragment) (multiline_string_fragment)] @text
(escape_sequence) @escape
(identifier) @name
(this) @this
(field_access object: (_) @member.object field: (_) @member.name) @member
(method_reference (_) @member.object (identifier) @member.name) @member
(array_access array: (_) @index.object index: (_) @index.key) @index
[(array_initializer) (element_value_array_initializer)] @array
(array_creation_expression value: (_) @transparent.inner) @transparent
(ternary_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(unary_expression operator: "!" operand: (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(cast_expression value: (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(decimal_integer_literal) (null_literal) (character_literal)] @literal
