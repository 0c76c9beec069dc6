; What chooses between ways.
(when_expression (when_subject (_) @switch.subject)) @switch
