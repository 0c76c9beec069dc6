//! References of a case.

use downhaul_core::{
    Confidence, Context, Enclosing, Fallback, KeyPattern, Location, PathClass, Position, Reference, ReferenceKind,
    ReferencedKey, Resolution, Returns, Secret, SecretKind, SecretUser, Timing, VariantChoice, VariantUse,
};
use serde::Deserialize;

use crate::case::key;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReferenceCase {
    /// Absent for a key that is made at run time.
    flag: Option<String>,
    /// `src/cart.ts:12:9`.
    at: String,
    #[serde(default = "evaluation")]
    kind: String,
    #[serde(default = "literal")]
    resolution: String,
    #[serde(default = "high")]
    confidence: String,
    #[serde(default = "production")]
    class: String,
    #[serde(default = "bool")]
    returns: String,
    /// `true`, `false`, a text, or `computed`; absent: none is given.
    fallback: Option<toml::Value>,
    /// `opaque`, or the fields that are passed; absent: none is passed.
    context: Option<toml::Value>,
    /// What the variant's name is compared with: `12 blue green else`, a line and names.
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    asks_if_served: bool,
    #[serde(default)]
    negated: bool,
    function: Option<String>,
    #[serde(default = "per_call")]
    timing: String,
    #[serde(default)]
    stored: bool,
    expression: Option<String>,
}

fn evaluation() -> String {
    "evaluation".to_owned()
}

fn literal() -> String {
    "literal".to_owned()
}

fn high() -> String {
    "high".to_owned()
}

fn production() -> String {
    "production".to_owned()
}

fn bool() -> String {
    "bool".to_owned()
}

fn per_call() -> String {
    "per-call".to_owned()
}

impl ReferenceCase {
    pub(crate) fn build(&self) -> Reference {
        let name = self.flag.as_deref().unwrap_or("*");
        Reference {
            key: match &self.flag {
                Some(flag) => ReferencedKey::Known(key(flag)),
                None => ReferencedKey::Pattern(KeyPattern::any()),
            },
            kind: one_of(&KINDS, &self.kind),
            resolution: one_of(&RESOLUTIONS, &self.resolution),
            confidence: one_of(&[("high", Confidence::High), ("low", Confidence::Low)], &self.confidence),
            sdk: Some("node".to_owned()),
            call: Some("isEnabled".to_owned()),
            returns: Returns::ALL.into_iter().find(|returns| returns.as_str() == self.returns),
            negated: self.negated,
            fallback: self.fallback.as_ref().map(fallback),
            context: self.context.as_ref().map(context).unwrap_or_default(),
            variant: self.variant(),
            location: location(&self.at),
            via: Vec::new(),
            enclosing: Enclosing {
                function: self.function.clone(),
                timing: one_of(&TIMINGS, &self.timing),
                stored: self.stored,
                in_loop: false,
            },
            expression: self.expression.clone().unwrap_or_else(|| format!("isEnabled('{name}')")),
            class: one_of(&CLASSES, &self.class),
        }
    }
}

impl ReferenceCase {
    fn variant(&self) -> Option<VariantUse> {
        let path = location(&self.at).path;
        let choice = |text: &String| {
            let mut words = text.split_whitespace();
            let line = words.next().unwrap_or_else(|| panic!("{text:?} has no line"));
            let at = location(&format!("{path}:{line}:1"));
            let (default, names): (Vec<&str>, Vec<&str>) = words.partition(|word| *word == "else");
            let names = names.into_iter().map(|name| (name.to_owned(), at.clone())).collect();
            VariantChoice { location: at, names, has_default: !default.is_empty() }
        };
        let choices: Vec<VariantChoice> = self.choices.iter().map(choice).collect();
        (!choices.is_empty()).then_some(VariantUse { choices, asks_if_served: self.asks_if_served })
    }
}

/// A key to the flag server that stands in a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretCase {
    /// `.env:3:1`.
    at: String,
    masked: String,
    #[serde(default = "environment")]
    kind: String,
    #[serde(default = "unknown")]
    used_by: String,
    #[serde(default = "production")]
    class: String,
    #[serde(default = "entropy")]
    entropy: u32,
}

fn environment() -> String {
    "environment".to_owned()
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn entropy() -> u32 {
    38
}

impl SecretCase {
    pub(crate) fn build(&self) -> Secret {
        let kinds = [
            ("admin", SecretKind::Admin),
            ("personal", SecretKind::Personal),
            ("environment", SecretKind::Environment),
        ];
        let users =
            [("back-end", SecretUser::BackEnd), ("front-end", SecretUser::FrontEnd), ("unknown", SecretUser::Unknown)];
        Secret {
            kind: one_of(&kinds, &self.kind),
            masked: self.masked.clone(),
            entropy: self.entropy,
            used_by: one_of(&users, &self.used_by),
            class: one_of(&CLASSES, &self.class),
            location: location(&self.at),
        }
    }
}

const KINDS: [(&str, ReferenceKind); 6] = [
    ("evaluation", ReferenceKind::Evaluation),
    ("definition", ReferenceKind::Definition),
    ("wrapper", ReferenceKind::Wrapper),
    ("test", ReferenceKind::Test),
    ("config", ReferenceKind::Config),
    ("mention", ReferenceKind::Mention),
];

const RESOLUTIONS: [(&str, Resolution); 8] = [
    ("literal", Resolution::Literal),
    ("constant", Resolution::Constant),
    ("wrapper", Resolution::Wrapper),
    ("set", Resolution::Set),
    ("pattern", Resolution::Pattern),
    ("dynamic", Resolution::Dynamic),
    ("text", Resolution::Text),
    ("lexical", Resolution::Lexical),
];

const CLASSES: [(&str, PathClass); 5] = [
    ("production", PathClass::Production),
    ("test", PathClass::Test),
    ("docs", PathClass::Docs),
    ("generated", PathClass::Generated),
    ("vendored", PathClass::Vendored),
];

const TIMINGS: [(&str, Timing); 8] = [
    ("per-call", Timing::PerCall),
    ("module-load", Timing::ModuleLoad),
    ("static-initialiser", Timing::StaticInitialiser),
    ("class-attribute", Timing::ClassAttribute),
    ("decorator-argument", Timing::DecoratorArgument),
    ("default-argument", Timing::DefaultArgument),
    ("once-cell", Timing::OnceCell),
    ("init-function", Timing::InitFunction),
];

fn one_of<T: Copy>(table: &[(&str, T)], name: &str) -> T {
    let found = table.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no such word: `{name}`")).1
}

fn context(value: &toml::Value) -> Context {
    match value {
        toml::Value::Array(fields) => {
            Context::Fields(fields.iter().map(|field| field.as_str().expect("a field").to_owned()).collect())
        }
        _ => Context::Opaque,
    }
}

fn fallback(value: &toml::Value) -> Fallback {
    match value {
        toml::Value::Boolean(value) => Fallback::Bool(*value),
        toml::Value::String(text) if text == "computed" => Fallback::Computed,
        toml::Value::String(text) => Fallback::Literal(text.clone()),
        other => panic!("no fallback: {other}"),
    }
}

/// Files of a case have no text, so offsets are made up: they only have to keep the order of lines and columns.
fn location(text: &str) -> Location {
    let mut parts = text.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse::<u32>().ok()).unwrap_or_else(|| panic!("{text:?}"));
    let (column, line) = (number(), number());
    let path = parts.next().unwrap_or_else(|| panic!("{text:?} has no path"));
    let offset = (line * 1000 + column) as usize;
    Location {
        path: path.into(),
        start_byte: offset,
        end_byte: offset + 10,
        start: Position { line, column },
        end: Position { line, column: column + 10 },
    }
}
