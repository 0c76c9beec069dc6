; Calls and what is handed over.
(call_expression function: (_) @call.callee arguments: (_) @call.arguments) @call
(const_object_expression (_) @new.type (arguments) @new.arguments) @new
(new_expression (_) @new.type (arguments) @new.arguments) @new
(annotation name: (_) @call.callee (annotation_arguments) @call.arguments) @call
(named_argument (label (identifier) @argument.name) (_) @argument.value) @argument
