; What chooses between ways.
(expression_switch_statement value: (_) @choose.subject) @choose
(default_case) @otherwise
(if_statement condition: (_) @if.condition alternative: (_)? @if.else) @if
