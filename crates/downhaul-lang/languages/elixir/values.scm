; What has a value.
[(string) (quoted_atom) (atom) (charlist) (sigil)] @string
(quoted_content) @text
(escape_sequence) @escape
(interpolation (_) @substitution.inner) @substitution
[(identifier) (alias)] @name
(dot left: (_) @member.object right: (_) @member.name) @member
(unary_operator operator: "@" operand: (identifier) @transparent.inner) @transparent
(access_call target: (_) @index.object key: (_) @index.key) @index
(map (map_content (keywords) @transparent.inner)) @transparent
(map (map_content) @transparent.inner) @transparent
[(map_content) (keywords)] @object
(pair key: (_) @entry.key value: (_) @entry.value) @entry
(binary_operator left: (_) @entry.key operator: "=>" right: (_) @entry.value) @entry
[(list) (tuple)] @array
(binary_operator left: (_) @either.left operator: "||" right: (_) @either.right) @either
(binary_operator left: (_) @concat.left operator: "<>" right: (_) @concat.right) @concat
(binary_operator left: (_) @compare.left operator: ["==" "===" "!=" "in"] right: (_) @compare.right) @compare
(binary_operator left: (_) @pipe.left operator: "|>" right: (_) @pipe.right) @pipe
(unary_operator operator: ["!" "not"] operand: (_) @not.inner) @not
(boolean) @bool
[(integer) (float) (nil) (char)] @literal
