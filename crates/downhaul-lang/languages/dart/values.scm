; What has a value.
[(string_literal_single_quotes) (string_literal_double_quotes) (string_literal_single_quotes_multiple) (string_literal_double_quotes_multiple)] @string
[(raw_string_literal_single_quotes) (raw_string_literal_double_quotes) (raw_string_literal_single_quotes_multiple) (raw_string_literal_double_quotes_multiple)] @string
(string_literal (_) (_)) @joined
(string_literal (_) @transparent.inner) @transparent
[(template_chars_single_single) (template_chars_double_single) (template_chars_single) (template_chars_double) (template_chars_raw_slash)] @text
(escape_sequence) @escape
(template_substitution (_) @substitution.inner) @substitution
[(identifier) (type_identifier) (identifier_dollar_escaped)] @name
"this" @this
"super" @this
(member_expression object: "this" @member.object property: (_) @member.name) @member
(member_expression object: (_) @member.object property: (_) @member.name) @member
(constant_pattern (identifier) @member.object (identifier) @member.name) @member
(constant_pattern (_) @transparent.inner) @transparent
(assignable_expression (_) @member.object (identifier) @member.name) @member
(assignable_expression (_) @transparent.inner) @transparent
(index_expression object: (_) @index.object index: (_) @index.key) @index
(set_or_map_literal (map_element)) @object
(map_element key: (_) @entry.key value: (_) @entry.value) @entry
[(set_or_map_literal) (list_literal)] @array
(conditional_expression (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(if_null_expression (_) @either.left (_) @either.right) @either
(additive_expression (_) @concat.left (additive_operator) (_) @concat.right) @concat
(equality_expression (_) @compare.left (equality_operator) (_) @compare.right) @compare
(unary_expression operator: (negation_operator) (_) @not.inner) @not
(unary_expression (_) @transparent.inner) @transparent
(await_expression (_) @transparent.inner) @transparent
(parenthesized_expression (_) @transparent.inner) @transparent
(type_cast_expression (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(decimal_integer_literal) (decimal_floating_point_literal) (null_literal)] @literal
(switch_expression) @switch
[(type_arguments) (annotation_open_paren)] @skip
