; Calls and what is handed over.
(invocation_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(object_creation_expression type: (_) @new.type arguments: (_) @new.arguments) @new
(attribute name: (_) @call.callee (attribute_argument_list) @call.arguments) @call
(argument name: (_) @argument.name ":" (_) @argument.value) @argument
(argument (_) @argument.value) @argument
(attribute_argument name: (_) @argument.name (_) @argument.value) @argument
(attribute_argument (_) @argument.value) @argument
(attribute_list) @decorator
