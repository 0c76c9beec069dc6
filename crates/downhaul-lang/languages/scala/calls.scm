; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (arguments) @call.arguments) @call
(call_expression function: (_) @call.callee arguments: (_) @call.lambda) @call
(instance_expression (_) @new.type arguments: (_)? @new.arguments (template_body)? @new.body) @new
(extends_clause type: (_) @call.callee arguments: (_) @call.arguments) @call
(annotation name: (_) @call.callee arguments: (_) @call.arguments) @call
(assignment_expression left: (identifier) @argument.name right: (_) @argument.value) @argument
