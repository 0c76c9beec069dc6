; Calls and what is handed over.
(member_call_expression object: (_) @call.receiver name: (_) @call.name arguments: (_) @call.arguments) @call
(nullsafe_member_call_expression object: (_) @call.receiver name: (_) @call.name arguments: (_) @call.arguments) @call
(scoped_call_expression scope: (_) @call.receiver name: (_) @call.name arguments: (_) @call.arguments) @call
(function_call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(object_creation_expression (_) @new.type (arguments)? @new.arguments) @new
(attribute (_) @call.callee parameters: (_)? @call.arguments) @call
(argument name: (_) @argument.name (_) @argument.value) @argument
(argument (_) @argument.value) @argument
(attribute_list) @decorator
