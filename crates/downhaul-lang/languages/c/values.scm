; What has a value.
(string_literal) @string
(string_content) @text
(escape_sequence) @escape
(concatenated_string) @joined
(preproc_arg) @string
[(identifier) (field_identifier) (type_identifier)] @name
(field_expression argument: (_) @member.object field: (_) @member.name) @member
(subscript_expression argument: (_) @index.object index: (_) @index.key) @index
(initializer_list (initializer_pair)) @object
(initializer_pair designator: (field_designator (_) @entry.key) value: (_) @entry.value) @entry
(initializer_pair designator: (subscript_designator (_) @entry.key) value: (_) @entry.value) @entry
(initializer_list) @array
(conditional_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(unary_expression operator: "!" argument: (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(pointer_expression argument: (_) @transparent.inner) @transparent
(cast_expression value: (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(number_literal) (char_literal) (null)] @literal
