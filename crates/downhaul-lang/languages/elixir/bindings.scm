; Names, functions, modules, imports: all of them calls, told apart by what is called.
; What types say is no code.
((unary_operator operator: "@" operand: (call target: (identifier) @skip.keyword)) @skip (#any-of? @skip.keyword "spec" "type" "typep" "opaque" "callback" "macrocallback"))
((call target: (identifier) @class.keyword (arguments (alias) @class.name) (do_block) @class.body) @class (#any-of? @class.keyword "defmodule" "defprotocol"))
((call target: (identifier) @function.keyword (arguments (call target: (identifier) @function.name (arguments)? @function.parameters)) (do_block) @function.body) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @function.keyword (arguments (call target: (identifier) @function.name (arguments)? @function.parameters) (keywords (pair value: (_) @function.body)))) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @function.keyword (arguments (binary_operator left: (call target: (identifier) @function.name (arguments)? @function.parameters) operator: "when")) (do_block) @function.body) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @function.keyword (arguments (binary_operator left: (call target: (identifier) @function.name (arguments)? @function.parameters) operator: "when") (keywords (pair value: (_) @function.body)))) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @function.keyword (arguments (identifier) @function.name) (do_block) @function.body) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @function.keyword (arguments (identifier) @function.name (keywords (pair value: (_) @function.body)))) @function (#any-of? @function.keyword "def" "defp" "defmacro" "defmacrop"))
((call target: (identifier) @import.keyword) @import (#any-of? @import.keyword "alias" "import" "require" "use"))
((call target: (identifier) @loop.keyword (arguments (binary_operator left: (_) @loop.item operator: "<-" right: (_) @loop.iterable)) (do_block) @loop.body) @loop (#any-of? @loop.keyword "for"))
((call target: (identifier) @loop.keyword (arguments (binary_operator left: (_) @loop.item operator: "<-" right: (_) @loop.iterable) (keywords (pair value: (_) @loop.body)))) @loop (#any-of? @loop.keyword "for"))
(unary_operator operator: "@" operand: (call target: (identifier) @binding.name (arguments (_) @binding.value))) @binding
(binary_operator left: (identifier) @binding.name operator: "=" right: (_) @binding.value) @binding
(anonymous_function (stab_clause left: (arguments) @function.parameters right: (_) @function.body)) @function
[(do_block) (body) (else_block)] @block
(stab_clause left: (arguments (_) @case.value) right: (_) @case.body) @case
