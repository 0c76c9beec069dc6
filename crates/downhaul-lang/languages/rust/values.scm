; What has a value.
[(string_literal) (raw_string_literal)] @string
(string_content) @text
(escape_sequence) @escape
[(identifier) (type_identifier) (field_identifier)] @name
(self) @this
(field_expression value: (_) @member.object field: (_) @member.name) @member
(scoped_identifier path: (_) @member.object name: (_) @member.name) @member
(scoped_type_identifier path: (_) @member.object name: (_) @member.name) @member
(index_expression (_) @index.object (_) @index.key) @index
[(array_expression) (tuple_expression)] @array
(struct_expression name: (_) @transparent.type body: (_) @transparent.inner) @transparent
(field_initializer_list) @object
(field_initializer field: (_) @entry.key value: (_) @entry.value) @entry
(shorthand_field_initializer (identifier) @shorthand.name) @shorthand
(if_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(if_expression condition: (_) @if.condition) @if
(else_clause (_) @transparent.inner) @transparent
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(unary_expression "!" (_) @not.inner) @not
(unary_expression (_) @transparent.inner) @transparent
(parenthesized_expression (_) @transparent.inner) @transparent
(await_expression (_) @transparent.inner) @transparent
(try_expression (_) @transparent.inner) @transparent
(reference_expression value: (_) @transparent.inner) @transparent
(type_cast_expression value: (_) @transparent.inner) @transparent
(generic_function function: (_) @transparent.inner) @transparent
(boolean_literal) @bool
[(integer_literal) (float_literal) (char_literal)] @literal
(match_expression) @switch
