; What C++ adds to the calls of C.
(new_expression type: (_) @new.type arguments: (_)? @new.arguments) @new
