; What chooses between ways.
(match_statement subject: (_) @choose.subject) @choose
(if_statement condition: (_) @if.condition alternative: (elif_clause condition: (_) @if.condition)* alternative: (else_clause)? @if.else) @if
