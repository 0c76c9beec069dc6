; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (arguments) @call.arguments) @call
(new_expression constructor: (_) @new.type arguments: (arguments)? @new.arguments) @new
(decorator (_) @decorator.inner) @decorator
