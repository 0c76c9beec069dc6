; What chooses between ways.
(match_expression value: (_) @switch.subject) @switch
