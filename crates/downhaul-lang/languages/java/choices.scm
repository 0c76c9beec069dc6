; What chooses between ways.
(switch_expression condition: (_) @choose.subject) @choose
(if_statement condition: (_) @if.condition alternative: (_)? @if.else) @if
