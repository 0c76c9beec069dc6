; Calls and what is handed over. What looks like a keyword is a call too, and those that make names stand in `bindings`.
(call target: (_) @call.callee (arguments)? @call.arguments (do_block)? @call.lambda) @call
