; Calls and what is handed over.
(call_expression (prefix_expression operation: (bang) target: (_) @call.callee) (call_suffix (value_arguments)? @call.arguments (lambda_literal)? @call.lambda)) @call
(call_expression (_) @call.callee (call_suffix (value_arguments)? @call.arguments (lambda_literal)? @call.lambda)) @call
(value_argument name: (value_argument_label (_) @argument.name) value: (_) @argument.value) @argument
(value_argument value: (_) @argument.value) @argument
(modifiers) @decorator
