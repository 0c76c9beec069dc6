; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
