; What has a value.
(string) @string
(string_content) @text
(escape_sequence) @escape
(interpolation expression: (_) @substitution.inner) @substitution
(concatenated_string) @joined
(identifier) @name
(attribute object: (_) @member.object attribute: (_) @member.name) @member
(subscript value: (_) @index.object subscript: (_) @index.key) @index
(dictionary) @object
(pair key: (_) @entry.key value: (_) @entry.value) @entry
[(list) (set) (tuple) (expression_list)] @array
(conditional_expression (_) @conditional.then (_) @conditional.condition (_) @conditional.else) @conditional
(boolean_operator left: (_) @either.left operator: "or" right: (_) @either.right) @either
(binary_operator left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(comparison_operator (_) @compare.left operators: ["==" "!=" "in" "is"] (_) @compare.right) @compare
(not_operator argument: (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(await (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(integer) (float) (none)] @literal
(binary_operator left: (_) @format.left operator: "%" right: (_) @format.right) @format
