; What has a value.
[(string) (interpolated_string)] @string
(interpolated_string_expression (interpolated_string) @transparent.inner) @transparent
(escape_sequence) @escape
(interpolation (_) @substitution.inner) @substitution
[(identifier) (type_identifier) (wildcard)] @name
(field_expression value: (_) @member.object field: (_) @member.name) @member
(stable_identifier (_) @member.object (_) @member.name) @member
(generic_function function: (_) @transparent.inner) @transparent
(infix_expression left: (_) @infix.left operator: (_) @infix.operator right: (_) @infix.right) @infix
(prefix_expression "!" (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(tuple_expression) @array
(if_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(boolean_literal) @bool
[(integer_literal) (floating_point_literal) (null_literal) (character_literal)] @literal
(match_expression) @switch
