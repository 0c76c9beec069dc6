//! What a node is to the clean-up, as `cleanup.scm` of a language names it.

use crate::role::names;

names! {
    /// What a node is to the clean-up.
    pub enum Role {
        /// A list of statements; with delimiters or without.
        Block = "block",
        /// Nothing of its own: its children are those of what it is in, and the first stands for it.
        Splice = "splice",
        /// The statements of a block; where the block is a node of its own they are part of it, else they are one.
        Items = "items",
        /// The body of a class, interface or enum.
        Members = "members",
        /// `if` (`condition`, `then`, any number of `branch`, `else`).
        If = "if",
        /// A further condition of the same `if` (`condition`, `then`).
        Branch = "branch",
        /// The last part of an `if`, where it is a node of its own (`body`).
        Else = "else",
        /// An expression that is one of two (`condition`, `then`, `else`).
        Conditional = "conditional",
        /// Both (`left`, `right`).
        And = "and",
        /// One of them (`left`, `right`).
        Or = "or",
        /// The left unless it is null (`left`, `right`).
        Nullish = "nullish",
        /// The opposite (`inner`).
        Not = "not",
        /// Parentheses (`inner`).
        Paren = "paren",
        /// What changes nothing about `inner`: casts, `await`.
        Transparent = "transparent",
        /// `left == right`.
        Equal = "equal",
        /// `left != right`.
        Unequal = "unequal",
        /// An operator or literal that does nothing but compute from its parts.
        Pure = "pure",
        /// An expression or statement that does something by being there.
        Effect = "effect",
        /// Like `pure`, and gives true or false.
        Test = "test",
        /// Leaves the function with a `value`.
        Return = "return",
        /// Leaves the block in another way: throw, break, continue.
        Jump = "jump",
        /// `switch` (`subject`, `body`, `case`).
        Switch = "switch",
        /// One of its cases (`value`, `body`); without a value the default.
        Case = "case",
        /// The word and values that a case begins with.
        Label = "label",
        /// A loop as long as `condition` holds (`condition`, `body`).
        While = "while",
        /// A loop whose body comes before its `condition` (`condition`, `body`).
        Do = "do",
        /// A statement with a label (`name`, `body`).
        Labeled = "labeled",
        /// A statement that only one thread at a time is in (`body`).
        Locked = "locked",
        /// What a choice that is an expression comes to (`value`).
        Result = "result",
        /// A value handed out by a generator.
        Yield = "yield",
        /// Another loop (`item`, `iterable`, `init`, `condition`, `body`).
        For = "for",
        /// An expression as a statement (`inner`).
        Statement = "statement",
        /// A statement that makes names (`binding`).
        Declaration = "declaration",
        /// The making of a name (`name`, `value`).
        Binding = "binding",
        /// A change of what a name means (`target`, `value`).
        Assign = "assign",
        /// A function, method or lambda (`name`, `parameters`, `parameter`, `body`).
        Function = "function",
        /// What makes an object of a class (`name`, `parameters`, `body`).
        Constructor = "constructor",
        /// What one constructor hands to another (`callee`, `arguments`).
        Delegate = "delegate",
        /// Code that runs when a class or object is made (`body`).
        Initializer = "initializer",
        /// How a property is read or written, in it or behind it (`body`).
        Accessor = "accessor",
        /// A condition that lets through what fits (`condition`).
        Filter = "filter",
        /// A function or class with decorators above it (`declaration`).
        Decorated = "decorated",
        /// A statement whose names mean those of a scope further out.
        Outer = "outer",
        /// A parameter (`name`, `type`, `default`).
        Parameter = "parameter",
        /// A call (`callee`, `arguments`).
        Call = "call",
        /// A call written between its operands (`left`, `name`, `right`).
        Infix = "infix",
        /// The making of an object (`callee`, `arguments`).
        New = "new",
        /// The place that a file says it is in.
        Package = "package",
        /// A statement that brings names from elsewhere (`module`).
        Import = "import",
        /// One such name (`name`, and `alias` where it is another here).
        ImportName = "import_name",
        /// A statement that gives names to others (`declaration`, `module`).
        Export = "export",
        /// One such name (`name`, `alias`).
        ExportName = "export_name",
        /// A class, interface, enum or named type (`name`, `parameters`, `base`, `body`).
        Class = "class",
        /// A member of a class, interface or type (`name`, `value`).
        Field = "field",
        /// A member of an enum (`name`, `value`).
        EnumMember = "enum_member",
        /// Items with separators between them.
        List = "list",
        /// Alternatives of a type.
        Union = "union",
        /// A map, object or record literal.
        Object = "object",
        /// One of its entries (`key`, `value`).
        Entry = "entry",
        /// An entry whose key is also the name of its value.
        Shorthand = "shorthand",
        /// All that another object or list has (`inner`).
        Spread = "spread",
        /// A pattern that takes something apart, with names in it.
        Pattern = "pattern",
        /// A name that a pattern makes.
        PatternName = "pattern_name",
        /// A part of a pattern under a key (`key`, `value`).
        PatternEntry = "pattern_entry",
        /// A part of a pattern with a default (`name`, `default`).
        PatternDefault = "pattern_default",
        /// `object.name`.
        Member = "member",
        /// `object[key]`.
        Index = "index",
        /// The object whose code this is.
        This = "this",
        /// An identifier in an expression.
        Name = "name",
        /// An identifier in a type.
        TypeName = "type_name",
        /// True.
        True = "true",
        /// False.
        False = "false",
        /// No value.
        Null = "null",
        /// No value, of another kind.
        Undefined = "undefined",
        /// A text.
        String = "string",
        /// A text with computed parts.
        Template = "template",
        /// A computed part of a text (`inner`).
        Substitution = "substitution",
        /// An element of a markup tree (`name`, `attribute`).
        Element = "element",
        /// An attribute of an element (`name`, `value`).
        Attribute = "attribute",
        /// An expression in a markup tree (`inner`).
        Slot = "slot",
        /// A region with names of its own that is nothing else.
        Scope = "scope",
        /// Code whose failure is caught (`resources`, `body`, `catch`, `finally`).
        Try = "try",
        /// The name that a caught failure gets (`type`, `name`, `body`).
        Catch = "catch",
    }
}

names! {
    /// What a captured child is to its node; see [`Role`].
    pub enum Part {
        /// The name that an import has here.
        Alias = "alias",
        /// What is handed over.
        Arguments = "arguments",
        /// What separates a case from the one thing it does.
        Arrow = "arrow",
        /// What an element is given.
        Attribute = "attribute",
        /// What a class is made from.
        Base = "base",
        /// What one is made of.
        Binding = "binding",
        /// The statements, or the one statement or expression.
        Body = "body",
        /// A further condition.
        Branch = "branch",
        /// What is called.
        Callee = "callee",
        /// One case.
        Case = "case",
        /// What happens when it fails.
        Catch = "catch",
        /// What decides.
        Condition = "condition",
        /// What is declared.
        Declaration = "declaration",
        /// What holds where nothing is given.
        Default = "default",
        /// What holds where the condition does not.
        Else = "else",
        /// What happens at the end in any case.
        Finally = "finally",
        /// How a property is worked out.
        Getter = "getter",
        /// The word that makes a declaration hold for the whole function.
        Hoisted = "hoisted",
        /// What happens before a loop.
        Init = "init",
        /// The expression inside.
        Inner = "inner",
        /// The name in a loop.
        Item = "item",
        /// What is gone through.
        Iterable = "iterable",
        /// The key of an entry.
        Key = "key",
        /// The word that says what kind of name is made.
        Kind = "kind",
        /// The function that is handed over behind the others.
        Lambda = "lambda",
        /// The left operand.
        Left = "left",
        /// A word before a declaration.
        Modifier = "modifier",
        /// Where a name comes from.
        Module = "module",
        /// The name.
        Name = "name",
        /// What a member belongs to.
        Object = "object",
        /// The only parameter.
        Parameter = "parameter",
        /// The parameters.
        Parameters = "parameters",
        /// What is opened for it, and closed after it.
        Resources = "resources",
        /// The right operand.
        Right = "right",
        /// What a switch looks at.
        Subject = "subject",
        /// What is changed.
        Target = "target",
        /// What holds where the condition does.
        Then = "then",
        /// The type.
        Type = "type",
        /// The value.
        Value = "value",
    }
}
