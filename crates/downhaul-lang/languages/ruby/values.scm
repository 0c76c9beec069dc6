; What has a value.
[(string) (bare_string) (bare_symbol) (simple_symbol) (delimited_symbol) (heredoc_body)] @string
[(string_content) (heredoc_content)] @text
(escape_sequence) @escape
(interpolation (_) @substitution.inner) @substitution
(chained_string) @joined
(regex) @regex
[(identifier) (constant) (instance_variable) (class_variable) (global_variable)] @name
(self) @this
(scope_resolution scope: (_) @member.object name: (_) @member.name) @member
(scope_resolution name: (_) @transparent.inner) @transparent
(element_reference object: (_) @index.object (_) @index.key) @index
(hash) @object
(pair key: (_) @entry.key value: (_) @entry.value) @entry
[(array) (string_array) (symbol_array)] @array
(conditional condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(if condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (else) @conditional.else) @conditional
(unless condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (else) @conditional.else) @conditional
(binary left: (_) @either.left operator: ["||" "or"] right: (_) @either.right) @either
(binary left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat
(binary left: (_) @compare.left operator: ["==" "!="] right: (_) @compare.right) @compare
(binary left: (string) @format.left operator: "%" right: (_) @format.right) @format
(unary operator: ["!" "not"] operand: (_) @not.inner) @not
(parenthesized_statements (_) @transparent.inner) @transparent
(true) @true
(false) @false
[(integer) (float) (nil)] @literal
(case) @switch
