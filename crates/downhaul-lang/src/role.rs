//! The closed list of what a node can be, as the query files name it.

/// A closed list whose members have names in the query files.
pub(crate) trait Named: Copy + PartialEq {
    /// The one with this name.
    fn from_name(name: &str) -> Option<Self>;
}

macro_rules! names {
    ($(#[$doc:meta])* $visible:vis enum $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visible enum $type { $($(#[$variant_doc])* $variant,)* }

        impl $crate::role::Named for $type {
            fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some($type::$variant),)* _ => None }
            }
        }
    };
}

pub(crate) use names;

names! {
    /// What a node is.
    pub(crate) enum Role {
        /// A string, with or without parts that are computed.
        String = "string",
        /// Literal text inside a string.
        Text = "text",
        /// An escape inside a string.
        Escape = "escape",
        /// A computed part of a string (`inner`).
        Substitution = "substitution",
        /// Strings side by side that mean one.
        Joined = "joined",
        /// A regular expression.
        Regex = "regex",
        /// An identifier.
        Name = "name",
        /// The object that a method belongs to.
        This = "this",
        /// `object.name`.
        Member = "member",
        /// `.name`: a member of the type that is wanted there.
        ImplicitMember = "implicit_member",
        /// `object[key]`.
        Index = "index",
        /// A call (`callee`, or `name` with an optional `receiver`; `arguments`, `lambda`).
        Call = "call",
        /// The making of an object (`type`, `arguments`, `body`).
        New = "new",
        /// An argument by name (`name`, `value`), or a wrapper around one (`value`).
        Argument = "argument",
        /// A map, object or record literal.
        Object = "object",
        /// One of its entries (`key`, `value`).
        Entry = "entry",
        /// An entry whose key is also the name of its value.
        Shorthand = "shorthand",
        /// A list, set or tuple literal.
        Array = "array",
        /// `condition ? then : else`.
        Conditional = "conditional",
        /// The `left` or, failing that, the `right`.
        Either = "either",
        /// `left + right`.
        Concat = "concat",
        /// `left operator right`, where the operator is told by its text alone; any other is a method of the left.
        Infix = "infix",
        /// `left |> call`: the left is the first argument of the call.
        Pipe = "pipe",
        /// `!inner`.
        Not = "not",
        /// What changes nothing about `inner`: parentheses, casts, `await`; the `type` of a literal.
        Transparent = "transparent",
        /// A literal true.
        True = "true",
        /// A literal false.
        False = "false",
        /// A literal true or false, by its text.
        Bool = "bool",
        /// Another literal.
        Literal = "literal",
        /// A function, method or lambda (`name`, `parameters`, `parameter`, `body`, `type`, `receiver`).
        Function = "function",
        /// A parameter (`name`, `type`, `default`).
        Parameter = "parameter",
        /// `return value`.
        Return = "return",
        /// The making of a name (`name`, `value`, `type`).
        Binding = "binding",
        /// A change of a name or member (`target`, `value`).
        Assign = "assign",
        /// A pattern that takes an object apart.
        ObjectPattern = "object_pattern",
        /// A pattern that takes a list apart.
        ArrayPattern = "array_pattern",
        /// One part of an object pattern (`key`, `value`).
        PatternEntry = "pattern_entry",
        /// A part of a pattern with a default (`name`, `default`).
        PatternDefault = "pattern_default",
        /// A class, struct, interface or object (`name`, `base`, `body`, `parameters`).
        Class = "class",
        /// Methods for a type that stands elsewhere (`name`, `base`, `body`).
        Impl = "impl",
        /// A member of a class (`name`, `value`, `type`).
        Field = "field",
        /// A member of an enum (`name`, `value`, `arguments`).
        EnumMember = "enum_member",
        /// A name for a type (`name`, `value`).
        Alias = "alias",
        /// Names from elsewhere.
        Import = "import",
        /// Names for elsewhere.
        Export = "export",
        /// What names the module that a file belongs to.
        Package = "package",
        /// A module inside a file (`name`, `body`).
        Module = "module",
        /// A region with names of its own.
        Block = "block",
        /// A loop over a collection (`item`, `iterable`, `body`).
        Loop = "loop",
        /// A loop of another kind.
        While = "while",
        /// A choice of a switch (`value`).
        Case = "case",
        /// One of its arms, where the choice is a node of its own (`body`).
        Arm = "arm",
        /// A switch that gives the value of one of its arms (`subject`).
        Switch = "switch",
        /// A switch that is a statement (`subject`).
        Choose = "choose",
        /// The arm of a switch that is taken when no other fits.
        Otherwise = "otherwise",
        /// A statement with conditions (`condition`, `else`).
        If = "if",
        /// A template on the `left` whose gaps the `right` fills.
        Format = "format",
        /// `left == right`, `left in right`.
        Compare = "compare",
        /// An annotation or decorator.
        Decorator = "decorator",
        /// Code that the language runs once for a class.
        StaticInit = "static_init",
        /// An element of a markup tree (`name`, `attribute`).
        Element = "element",
        /// One of its attributes (`name`, `value`).
        Attribute = "attribute",
        /// A macro whose arguments the grammar leaves as tokens (`name`, `arguments`).
        Macro = "macro",
        /// Nothing to look at.
        Skip = "skip",
    }
}

names! {
    /// What a captured child is to its node.
    pub(crate) enum Part {
        /// See [`Role`].
        Alias = "alias",
        /// See [`Role`].
        Arguments = "arguments",
        /// See [`Role`].
        Attribute = "attribute",
        /// See [`Role`].
        Base = "base",
        /// See [`Role`].
        Body = "body",
        /// See [`Role`].
        Callee = "callee",
        /// See [`Role`].
        Condition = "condition",
        /// See [`Role`].
        Default = "default",
        /// See [`Role`].
        Else = "else",
        /// See [`Role`].
        Inner = "inner",
        /// See [`Role`].
        Item = "item",
        /// See [`Role`].
        Iterable = "iterable",
        /// See [`Role`].
        Key = "key",
        /// What tells calls apart that look like keywords.
        Keyword = "keyword",
        /// See [`Role`].
        Lambda = "lambda",
        /// See [`Role`].
        Left = "left",
        /// A word before a declaration: `static`, `const`.
        Modifier = "modifier",
        /// See [`Role`].
        Name = "name",
        /// See [`Role`].
        Object = "object",
        /// See [`Role`].
        Operator = "operator",
        /// See [`Role`].
        Parameter = "parameter",
        /// See [`Role`].
        Parameters = "parameters",
        /// See [`Role`].
        Receiver = "receiver",
        /// See [`Role`].
        Right = "right",
        /// See [`Role`].
        Subject = "subject",
        /// See [`Role`].
        Target = "target",
        /// See [`Role`].
        Then = "then",
        /// See [`Role`].
        Type = "type",
        /// See [`Role`].
        Value = "value",
    }
}
