; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (arguments) @call.arguments) @call
(macro_invocation macro: (_) @macro.name (token_tree) @macro.arguments) @macro
(attribute_item) @decorator
