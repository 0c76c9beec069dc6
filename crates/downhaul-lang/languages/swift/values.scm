; What has a value.
[(line_string_literal) (multi_line_string_literal) (raw_string_literal)] @string
[(line_str_text) (multi_line_str_text)] @text
(str_escaped_char) @escape
(interpolated_expression value: (_) @substitution.inner) @substitution
(regex_literal) @regex
(simple_identifier) @name
(self_expression) @this
(navigation_expression target: (_) @member.object suffix: (navigation_suffix suffix: (_) @member.name)) @member
(directly_assignable_expression (_) @transparent.inner) @transparent
(prefix_expression operation: "." target: (_) @implicit_member.name) @implicit_member
(call_expression (_) @index.object (call_suffix (value_arguments "[" (value_argument value: (_) @index.key)))) @index
(array_literal) @array
(dictionary_literal) @object
(ternary_expression condition: (_) @conditional.condition if_true: (_) @conditional.then if_false: (_) @conditional.else) @conditional
(nil_coalescing_expression value: (_) @either.left if_nil: (_) @either.right) @either
(additive_expression lhs: (_) @concat.left op: "+" rhs: (_) @concat.right) @concat
(equality_expression lhs: (_) @compare.left rhs: (_) @compare.right) @compare
(prefix_expression operation: (bang) target: (_) @not.inner) @not
(postfix_expression target: (_) @transparent.inner) @transparent
(try_expression expr: (_) @transparent.inner) @transparent
(await_expression expr: (_) @transparent.inner) @transparent
(as_expression expr: (_) @transparent.inner) @transparent
(tuple_expression value: (_) @transparent.inner ")") @transparent
(boolean_literal) @bool
[(integer_literal) (real_literal)] @literal
(switch_statement) @switch
