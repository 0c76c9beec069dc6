; Names, functions, classes.
(assignment left: (constant) @binding.name right: (_) @binding.value) @binding
(assignment left: (left_assignment_list (_)* @binding.name) right: (_) @binding.value) @binding
(assignment left: (_) @assign.target right: (_) @assign.value) @assign
(operator_assignment left: (_) @assign.target operator: "||=" right: (_) @assign.value) @assign
(optional_parameter name: (_) @parameter.name value: (_) @parameter.default) @parameter
(keyword_parameter name: (_) @parameter.name value: (_)? @parameter.default) @parameter
(splat_parameter name: (_)? @parameter.name) @parameter
(hash_splat_parameter name: (_)? @parameter.name) @parameter
(block_parameter name: (_)? @parameter.name) @parameter
(method name: (_) @function.name parameters: (_)? @function.parameters body: (_)? @function.body) @function
(singleton_method name: (_) @function.name parameters: (_)? @function.parameters body: (_)? @function.body) @function
(block parameters: (_)? @function.parameters body: (_)? @function.body) @function
(do_block parameters: (_)? @function.parameters body: (_)? @function.body) @function
(lambda parameters: (_)? @function.parameters body: (block body: (_) @function.body)) @function
(lambda parameters: (_)? @function.parameters body: (do_block body: (_) @function.body)) @function
(return (argument_list (_) @return.value)) @return
(class name: (scope_resolution name: (_) @class.name) superclass: (superclass (_) @class.base)? body: (_)? @class.body) @class
(class name: (_) @class.name superclass: (superclass (_) @class.base)? body: (_)? @class.body) @class
(module name: (scope_resolution name: (_) @class.name) body: (_)? @class.body) @class
(module name: (_) @class.name body: (_)? @class.body) @class
(singleton_class body: (_) @impl.body) @impl
[(body_statement) (block_body) (then) (else) (do)] @block
(for pattern: (_) @loop.item value: (in (_) @loop.iterable) body: (_) @loop.body) @loop
[(while) (until)] @while
(pattern (_) @case.value) @case
(when body: (_) @arm.body) @arm
