//! What downhaul knows of a vendor's calls.

use serde::Deserialize;

use downhaul_core::Returns;

/// Index of an SDK in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SdkId(pub usize);

/// An SDK: how it comes into a file, and the calls that have to do with a flag.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdk {
    /// The name of its file.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it is documented.
    pub docs: String,
    /// The languages it is used from.
    pub languages: Vec<String>,
    /// It runs where its users are: in a browser or an app.
    #[serde(default)]
    pub frontend: bool,
    /// Modules that it is imported from; what stands below them counts too.
    pub imports: Vec<String>,
    /// Words by which a file shows that it uses the SDK, where its imports are none that could be searched for.
    #[serde(default)]
    pub needles: Vec<String>,
    /// The name that the module gets when an import does not say (Go).
    #[serde(default)]
    pub package: Option<String>,
    /// Types whose methods are its calls.
    #[serde(default)]
    pub types: Vec<String>,
    /// Functions and classes that make a client: `initialize`, `Unleash.getInstance`.
    #[serde(default)]
    pub entry: Vec<String>,
    /// The calls.
    #[serde(rename = "call")]
    pub calls: Vec<SdkCall>,
    /// What it finds and what it does not.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

/// A family of calls that take their arguments alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkCall {
    /// Names of the function, method, component or annotation.
    pub names: Vec<String>,
    /// How it is written.
    pub form: Vec<Form>,
    /// Where the key stands.
    pub key: OneOrMany,
    /// Where the value for a silent server stands.
    #[serde(default)]
    pub default: OneOrMany,
    /// Where the evaluation context stands.
    #[serde(default)]
    pub context: OneOrMany,
    /// What it gives.
    #[serde(deserialize_with = "returns")]
    pub returns: Returns,
    /// It is true when the flag is off.
    #[serde(default)]
    pub negated: bool,
    /// What it does with the flag.
    #[serde(default)]
    pub role: CallRole,
    /// The only type that has it.
    #[serde(default)]
    pub on: Option<String>,
    /// The key is a member of an enum and not a string.
    #[serde(default)]
    pub key_is_member: bool,
    /// The name is too common to mean anything where the receiver cannot be traced.
    #[serde(default)]
    pub only_traced: bool,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `isEnabled(…)`, imported.
    Function,
    /// `client.isEnabled(…)`.
    Method,
    /// `<FeatureFlag …>`.
    Component,
    /// `@Toggle(…)`.
    Annotation,
}

/// What a call does with the flag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallRole {
    /// Asks for its value.
    #[default]
    Evaluation,
    /// Sets up a fake.
    Test,
}

/// Places to look for an argument, in order.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "RawArguments")]
pub struct OneOrMany(pub Vec<Argument>);

/// A place to look for an argument.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Position, from 0.
    #[serde(default)]
    pub position: Option<usize>,
    /// This position and all later ones.
    #[serde(default)]
    pub from: Option<usize>,
    /// The last argument, if it stands at this position or later.
    #[serde(default)]
    pub last_from: Option<usize>,
    /// The keyword or property that names it.
    #[serde(default)]
    pub name: Option<String>,
    /// The property of an object or struct handed over as any argument; `a.b` is the `b` of what stands in its `a`,
    /// and of each element if that is a list.
    #[serde(default)]
    pub field: Option<String>,
    /// The first argument of this function, called among the arguments.
    #[serde(default)]
    pub option: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawArguments {
    Position(usize),
    One(Argument),
    Many(Vec<Argument>),
}

impl From<RawArguments> for OneOrMany {
    fn from(raw: RawArguments) -> Self {
        OneOrMany(match raw {
            RawArguments::Position(position) => vec![Argument {
                position: Some(position),
                from: None,
                last_from: None,
                name: None,
                field: None,
                option: None,
            }],
            RawArguments::One(argument) => vec![argument],
            RawArguments::Many(arguments) => arguments,
        })
    }
}

/// A piece of code and the flags that are found in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Id of the language.
    pub language: String,
    /// The code.
    pub code: String,
    /// Keys that are known to the server; without any, only what can be traced counts.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Flags that are evaluated or faked in it, in source order; none for a near miss.
    pub finds: Vec<String>,
}

impl Argument {
    /// Whether one call can have several of it, each with a meaning of its own.
    pub fn is_many(&self) -> bool {
        self.from.is_some() || self.field.as_ref().is_some_and(|field| field.contains('.'))
    }
}

impl Sdk {
    pub(crate) fn read(id: &str, text: &str) -> Result<Sdk, String> {
        let sdk: Sdk = toml::from_str(text).map_err(|error| error.to_string())?;
        if sdk.id == id { Ok(sdk) } else { Err(format!("the file calls itself {}", sdk.id)) }
    }

    /// Whether `module` is one that this SDK is imported from.
    pub fn is_imported_from(&self, module: &str) -> bool {
        self.imports.iter().any(|import| {
            module
                .strip_prefix(import.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', ':', '\\']))
        })
    }

    /// Words by which a file shows that it uses this SDK.
    pub fn needles(&self) -> &[String] {
        if self.needles.is_empty() { &self.imports } else { &self.needles }
    }

    /// The calls with this name.
    pub fn calls_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a SdkCall> {
        self.calls.iter().filter(move |call| call.names.iter().any(|known| known == name))
    }
}

fn returns<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Returns, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = Returns::ALL.into_iter().find(|returns| returns.as_str() == name);
    known.ok_or_else(|| serde::de::Error::custom(format!("`{name}` is nothing that a call gives")))
}
