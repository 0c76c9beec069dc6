; What has a value.
[(string) (encapsed_string) (heredoc_body) (nowdoc_body)] @string
[(string_content) (nowdoc_string)] @text
(escape_sequence) @escape
(heredoc value: (_) @transparent.inner) @transparent
(nowdoc value: (_) @transparent.inner) @transparent
(name) @name
(relative_scope) @name
(variable_name (name) @transparent.inner) @transparent
(qualified_name (name) @transparent.inner) @transparent
(member_access_expression object: (_) @member.object name: (_) @member.name) @member
(nullsafe_member_access_expression object: (_) @member.object name: (_) @member.name) @member
(scoped_property_access_expression scope: (_) @member.object name: (variable_name (name) @member.name)) @member
(class_constant_access_expression (_) @member.object (_) @member.name) @member
(subscript_expression (_) @index.object (_) @index.key) @index
(array_creation_expression (array_element_initializer (_) "=>" (_))) @object
(array_element_initializer (_) @entry.key "=>" (_) @entry.value) @entry
(array_creation_expression) @array
(array_element_initializer (_) @transparent.inner) @transparent
(conditional_expression condition: (_) @conditional.condition body: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(conditional_expression condition: (_) @either.left alternative: (_) @either.right) @either
(binary_expression left: (_) @either.left operator: "??" right: (_) @either.right) @either
(binary_expression left: (_) @concat.left operator: "." right: (_) @concat.right) @concat
(binary_expression left: (_) @compare.left operator: ["===" "==" "!==" "!="] right: (_) @compare.right) @compare
(unary_op_expression operator: "!" argument: (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(cast_expression value: (_) @transparent.inner) @transparent
(boolean) @bool
[(integer) (float) (null)] @literal
(match_expression) @switch
