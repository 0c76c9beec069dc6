; Elements of JSX.
(jsx_opening_element name: (_) @element.name attribute: (_)* @element.attribute) @element
(jsx_self_closing_element name: (_) @element.name attribute: (_)* @element.attribute) @element
(jsx_attribute (property_identifier) @attribute.name (_)? @attribute.value) @attribute
(jsx_expression (_) @transparent.inner) @transparent
(jsx_closing_element) @skip
