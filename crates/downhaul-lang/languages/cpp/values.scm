; What C++ adds to the values of C.
(raw_string_literal) @string
(raw_string_content) @text
[(namespace_identifier) (auto)] @name
(this) @this
(qualified_identifier scope: (_) name: (qualified_identifier) @transparent.inner) @transparent
(qualified_identifier scope: (_) @member.object name: (_) @member.name) @member
(qualified_identifier name: (_) @transparent.inner) @transparent
(template_function name: (_) @transparent.inner) @transparent
(template_type name: (_) @transparent.inner) @transparent
(subscript_expression argument: (_) @index.object indices: (subscript_argument_list (_) @index.key)) @index
(initializer_list (initializer_list)) @object
(binary_expression left: (_) @concat.left operator: "+" right: (_) @concat.right) @concat

