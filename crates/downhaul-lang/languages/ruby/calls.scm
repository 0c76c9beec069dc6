; Calls and what is handed over.
(call receiver: (_)? @call.receiver method: (_) @call.name arguments: (_)? @call.arguments block: (_)? @call.lambda) @call
(block_argument (_) @transparent.inner) @transparent
