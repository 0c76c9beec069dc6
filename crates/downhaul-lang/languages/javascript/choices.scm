; What chooses between ways.
(switch_statement value: (_) @choose.subject) @choose
(switch_default) @otherwise
(if_statement condition: (_) @if.condition alternative: (_)? @if.else) @if
