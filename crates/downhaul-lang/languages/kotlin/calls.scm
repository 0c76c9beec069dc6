; Calls and what is handed over.
(call_expression (_) @call.callee (call_suffix (value_arguments)? @call.arguments (annotated_lambda (lambda_literal) @call.lambda)?)) @call
(value_argument (simple_identifier) @argument.name "=" (_) @argument.value) @argument
(value_argument (_) @argument.value) @argument
(constructor_invocation (user_type (type_identifier) @call.callee) (value_arguments) @call.arguments) @call
(annotation (_) @decorator.inner) @decorator
(type_identifier) @name
