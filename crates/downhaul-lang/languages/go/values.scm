; What has a value.
[(interpreted_string_literal) (raw_string_literal)] @string
[(interpreted_string_literal_content) (raw_string_literal_content)] @text
(escape_sequence) @escape
[(identifier) (type_identifier) (field_identifier) (package_identifier)] @name
(selector_expression operand: (_) @member.object field: (_) @member.name) @member
(index_expression operand: (_) @index.object index: (_) @index.key) @index
(composite_literal type: [(type_identifier) (qualified_type) (generic_type)] @transparent.type body: (_) @transparent.inner) @transparent
(composite_literal body: (_) @transparent.inner) @transparent
(literal_value (keyed_element)) @object
(literal_value) @array
(keyed_element key: (_) @entry.key value: (_) @entry.value) @entry
(literal_element (_) @transparent.inner) @transparent
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(unary_expression operator: "!" operand: (_) @not.inner) @not
(unary_expression operand: (_) @transparent.inner) @transparent
(parenthesized_expression (_) @transparent.inner) @transparent
(type_assertion_expression operand: (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(int_literal) (float_literal) (nil) (rune_literal)] @literal
