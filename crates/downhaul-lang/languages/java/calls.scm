; Calls and what is handed over.
(method_invocation object: (_)? @call.receiver name: (_) @call.name arguments: (_) @call.arguments) @call
(object_creation_expression type: (_) @new.type arguments: (_) @new.arguments (class_body)? @new.body) @new
(annotation name: (_) @call.callee arguments: (_) @call.arguments) @call
(element_value_pair key: (_) @argument.name value: (_) @argument.value) @argument
(modifiers) @decorator
