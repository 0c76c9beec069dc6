; What has a value.
(string) @string
(template_string) @string
(string_fragment) @text
(escape_sequence) @escape
(template_substitution (_) @substitution.inner) @substitution
(regex) @regex
(identifier) @name
(this) @this
(member_expression object: (_) @member.object property: (_) @member.name) @member
(subscript_expression object: (_) @index.object index: (_) @index.key) @index
(object) @object
(pair key: (_) @entry.key value: (_) @entry.value) @entry
(shorthand_property_identifier) @shorthand
(computed_property_name (_) @transparent.inner) @transparent
(array) @array
(ternary_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(binary_expression left: (_) @either.left operator: ["||" "??"] right: (_) @either.right) @either
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["===" "==" "!==" "!=" "in"] right: (_) @compare.right) @compare
(unary_expression operator: "!" argument: (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(await_expression (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(number) (null) (undefined)] @literal
