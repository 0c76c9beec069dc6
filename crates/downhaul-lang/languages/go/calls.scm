; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (argument_list) @call.arguments) @call
