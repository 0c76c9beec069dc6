; What has a value.
(string_literal) @string
(string_content) @text
(character_escape_seq) @escape
(interpolated_expression (_) @substitution.inner) @substitution
(interpolated_identifier) @substitution
(simple_identifier) @name
(this_expression) @this
(navigation_expression (_) @member.object (navigation_suffix (simple_identifier) @member.name)) @member
(directly_assignable_expression (_) @member.object (navigation_suffix (simple_identifier) @member.name)) @member
(directly_assignable_expression (_) @transparent.inner) @transparent
(indexing_expression (_) @index.object (indexing_suffix (_) @index.key)) @index
(collection_literal) @array
(if_expression condition: (_) @conditional.condition consequence: (_) @conditional.then alternative: (_) @conditional.else) @conditional
(if_expression condition: (_) @if.condition) @if
(control_structure_body (_) @transparent.inner) @transparent
(elvis_expression (_) @either.left (_) @either.right) @either
(additive_expression (_) @concat.left "+" (_) @concat.right) @concat
(equality_expression (_) @compare.left (_) @compare.right) @compare
(check_expression (_) @compare.left (_) @compare.right) @compare
(prefix_expression "!" (_) @not.inner) @not
(parenthesized_expression (_) @transparent.inner) @transparent
(postfix_expression (_) @transparent.inner) @transparent
(as_expression (_) @transparent.inner) @transparent
(boolean_literal) @bool
[(integer_literal) (null_literal) (character_literal)] @literal
(infix_expression (_) @entry.key (simple_identifier) (_) @entry.value) @entry
(when_expression) @switch
