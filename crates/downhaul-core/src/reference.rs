//! A place in code that evaluates, defines, wraps, fakes or mentions a flag.

use std::fmt;

use crate::flag::FlagKey;
use crate::source::Location;

/// A place in code that has to do with a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Which flag, as far as it is known.
    pub key: ReferencedKey,
    /// What the code does with it.
    pub kind: ReferenceKind,
    /// How the key was found out.
    pub resolution: Resolution,
    /// How sure it is that this is about a flag.
    pub confidence: Confidence,
    /// Id of the SDK whose call it is.
    pub sdk: Option<String>,
    /// The call's name as written: `isEnabled`.
    pub call: Option<String>,
    /// What the call gives.
    pub returns: Option<Returns>,
    /// The call is true when the flag is off.
    pub negated: bool,
    /// What is used when the server is silent.
    pub fallback: Option<Fallback>,
    /// What is known of the evaluation context.
    pub context: Context,
    /// What becomes of the name of the variant; `None` where nothing compares it.
    pub variant: Option<VariantUse>,
    /// Where: the call expression; its method name's line is the line people see.
    pub location: Location,
    /// The places that led here, nearest first.
    pub via: Vec<Via>,
    /// What stands around it.
    pub enclosing: Enclosing,
    /// The expression with white space taken out: what a fingerprint holds on to.
    pub expression: String,
    /// What kind of file it stands in.
    pub class: PathClass,
}

impl Reference {
    /// The flag, where exactly one is known.
    pub fn flag(&self) -> Option<&FlagKey> {
        match &self.key {
            ReferencedKey::Known(key) => Some(key),
            ReferencedKey::Pattern(_) => None,
        }
    }

    /// An evaluation in production code that a rule may complain about.
    pub fn is_production_evaluation(&self) -> bool {
        self.kind == ReferenceKind::Evaluation
            && self.class == PathClass::Production
            && self.confidence == Confidence::High
    }
}

/// Which flag a reference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferencedKey {
    /// This one.
    Known(FlagKey),
    /// One that fits a pattern.
    Pattern(KeyPattern),
}

/// What is known of a key that is made at run time: `exp-*`, or `*` when nothing is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPattern {
    /// Literal parts; between any two of them stands anything.
    pub parts: Vec<String>,
}

impl KeyPattern {
    /// Nothing is known.
    pub fn any() -> Self {
        KeyPattern { parts: vec![String::new(), String::new()] }
    }

    /// Whether nothing at all is known of the key.
    pub fn is_any(&self) -> bool {
        self.parts.iter().all(String::is_empty)
    }

    /// Whether `key` can be meant.
    pub fn matches(&self, key: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let Some(mut left) = key.strip_prefix(first.as_str()) else { return false };
        let Some((last, middle)) = rest.split_last() else { return left.is_empty() };
        for part in middle {
            let Some(at) = left.find(part.as_str()) else { return false };
            left = &left[at + part.len()..];
        }
        left.ends_with(last.as_str())
    }
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.parts.join("*"))
    }
}

/// What the code does with the flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// Asks for its value or variant.
    Evaluation,
    /// A constant, enum or type member, registry or map entry, case label.
    Definition,
    /// Hands its parameter on to an evaluation.
    Wrapper,
    /// A fake, mock, bootstrap or override.
    Test,
    /// The key in configuration or a template.
    Config,
    /// The key as a plain string or in a comment.
    Mention,
}

impl ReferenceKind {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            ReferenceKind::Evaluation => "evaluation",
            ReferenceKind::Definition => "definition",
            ReferenceKind::Wrapper => "wrapper",
            ReferenceKind::Test => "test",
            ReferenceKind::Config => "config",
            ReferenceKind::Mention => "mention",
        }
    }
}

/// How a key was found out; from sure to weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// A literal at the call.
    Literal,
    /// Through a constant, member or variable.
    Constant,
    /// Through a function that hands it on.
    Wrapper,
    /// One of several literals.
    Set,
    /// Fits a literal prefix or suffix.
    Pattern,
    /// Made at run time.
    Dynamic,
    /// Plain text that equals a key.
    Text,
    /// The file did not parse; found by its words.
    Lexical,
}

impl Resolution {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Resolution::Literal => "literal",
            Resolution::Constant => "constant",
            Resolution::Wrapper => "wrapper",
            Resolution::Set => "set",
            Resolution::Pattern => "pattern",
            Resolution::Dynamic => "dynamic",
            Resolution::Text => "text",
            Resolution::Lexical => "lexical",
        }
    }
}

/// How sure it is that a place is about a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The name alone speaks for it.
    Low,
    /// The receiver is traced to an SDK, or the key is the server's.
    High,
}

impl Confidence {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Low => "low",
        }
    }
}

/// What a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Returns {
    /// On or off.
    Bool,
    /// A variant.
    Variant,
    /// A text.
    String,
    /// A number.
    Number,
    /// A structure.
    Object,
    /// A value with how it came about.
    Details,
    /// All flags.
    List,
    /// The flag's definition.
    Definition,
    /// Runs or shows a body.
    Block,
    /// Lets a request through.
    Gate,
    /// Nothing.
    Nothing,
}

impl Returns {
    /// Every one.
    pub const ALL: [Returns; 11] = [
        Returns::Bool,
        Returns::Variant,
        Returns::String,
        Returns::Number,
        Returns::Object,
        Returns::Details,
        Returns::List,
        Returns::Definition,
        Returns::Block,
        Returns::Gate,
        Returns::Nothing,
    ];

    /// The name, as in SDK descriptions and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Returns::Bool => "bool",
            Returns::Variant => "variant",
            Returns::String => "string",
            Returns::Number => "number",
            Returns::Object => "object",
            Returns::Details => "details",
            Returns::List => "list",
            Returns::Definition => "definition",
            Returns::Block => "block",
            Returns::Gate => "gate",
            Returns::Nothing => "none",
        }
    }
}

/// The value that a call uses when the server is silent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fallback {
    /// A literal true or false.
    Bool(bool),
    /// Another literal, as written in the source without quotes.
    Literal(String),
    /// Known only at run time.
    Computed,
}

/// What is known of the evaluation context at a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Context {
    /// None is passed.
    #[default]
    Absent,
    /// An object literal with these fields, in source order.
    Fields(Vec<String>),
    /// Something that cannot be looked into.
    Opaque,
}

/// What code makes of the variant that a call gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariantUse {
    /// Where the way depends on the variant's name, in source order.
    pub choices: Vec<VariantChoice>,
    /// The code also asks whether any variant is served.
    pub asks_if_served: bool,
}

/// A switch over the name of a variant, a chain of conditions on it, or one comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantChoice {
    /// Where.
    pub location: Location,
    /// The names that it compares with, each with its place, in source order.
    pub names: Vec<(String, Location)>,
    /// Something is done, or may be, when none of the names fits.
    pub has_default: bool,
}

/// One step on the way from a key to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// Where.
    pub location: Location,
    /// What stands there.
    pub role: ViaRole,
}

/// What a step on the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViaRole {
    /// The key's own text, where it is not on the call's line.
    Key,
    /// A constant, variable or member that holds the key.
    Constant,
    /// An import or re-export.
    Import,
    /// A function that hands the key on.
    Wrapper,
}

impl ViaRole {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            ViaRole::Key => "key",
            ViaRole::Constant => "constant",
            ViaRole::Import => "import",
            ViaRole::Wrapper => "wrapper",
        }
    }
}

/// What stands around a reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enclosing {
    /// Qualified name of the nearest function or class (`Cart.total`); `None` at the top of a file.
    pub function: Option<String>,
    /// When the expression is evaluated.
    pub timing: Timing,
    /// The value is kept in a binding, field or argument.
    pub stored: bool,
    /// Stands in a loop of the same function.
    pub in_loop: bool,
}

/// When an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Timing {
    /// Each time its function runs.
    #[default]
    PerCall,
    /// Once, when the module is loaded.
    ModuleLoad,
    /// Once, when the class is loaded.
    StaticInitialiser,
    /// Once, when a class body runs.
    ClassAttribute,
    /// Once, when something is decorated or annotated.
    DecoratorArgument,
    /// Once, as the default of a parameter.
    DefaultArgument,
    /// Once, at first use.
    OnceCell,
    /// Once, in an initialiser that the language runs at start.
    InitFunction,
}

impl Timing {
    /// How a message says it: "evaluated …".
    pub fn describe(self) -> &'static str {
        match self {
            Timing::PerCall => "each time the function runs",
            Timing::ModuleLoad => "once, when the module is loaded",
            Timing::StaticInitialiser => "once, in a static initialiser",
            Timing::ClassAttribute => "once, as a class attribute",
            Timing::DecoratorArgument => "once, as the argument of a decorator",
            Timing::DefaultArgument => "once, as the default of a parameter",
            Timing::OnceCell => "once, at first use, in a lazy cell",
            Timing::InitFunction => "once, in an init function",
        }
    }

    /// Whether the value is frozen after the first evaluation.
    pub fn is_once(self) -> bool {
        self != Timing::PerCall
    }
}

/// What kind of file a reference stands in; each kind has a severity of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathClass {
    /// Code that ships.
    Production,
    /// Tests and their helpers.
    Test,
    /// Documentation and examples.
    Docs,
    /// Written by a program.
    Generated,
    /// Somebody else's code, kept here.
    Vendored,
}

impl PathClass {
    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            PathClass::Production => "production",
            PathClass::Test => "test",
            PathClass::Docs => "docs",
            PathClass::Generated => "generated",
            PathClass::Vendored => "vendored",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_they_say() {
        let pattern = |parts: &[&str]| KeyPattern { parts: parts.iter().map(ToString::to_string).collect() };
        assert!(pattern(&["exp-", ""]).matches("exp-blue"));
        assert!(!pattern(&["exp-", ""]).matches("new-exp-blue"));
        assert!(pattern(&["a", "-", "z"]).matches("ab-yz"));
        assert!(!pattern(&["aa", "aa"]).matches("aaa"));
        assert!(KeyPattern::any().matches("x"));
        assert_eq!(pattern(&["exp-", ""]).to_string(), "exp-*");
    }
}
