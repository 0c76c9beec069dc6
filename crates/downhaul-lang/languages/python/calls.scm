; Calls and what is handed over.
(call function: (_) @call.callee arguments: (argument_list) @call.arguments) @call
(keyword_argument name: (_) @argument.name value: (_) @argument.value) @argument
(decorator (_) @decorator.inner) @decorator
