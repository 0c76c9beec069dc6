//! Calls that the configuration tells of: `[[wrapper]]` and `[[sdk]]`.

use downhaul_core::Returns;
use downhaul_lang::facts::{BindingKind, Call, ExprId, ExprKind, ScopeId};
use serde::Deserialize;

use super::{FileId, Found, Hit, Project, Spec, Value};

/// `[[wrapper]]`: a function or method that asks for the flag it is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapperConfig {
    /// Its name; `Service.isOn` for a method of what is called or typed `Service`.
    pub name: String,
    /// The argument that is the key, from 0, or its name.
    #[serde(default)]
    pub argument: ArgumentConfig,
}

/// `[[sdk]]`: a call of a package or object that asks for the flag it is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkConfig {
    /// The module it is imported from.
    pub import: Option<String>,
    /// The name or type of the object it is called on.
    pub receiver: Option<String>,
    /// The name of the function or method.
    pub call: String,
    /// The argument that is the key, from 0, or its name.
    #[serde(default)]
    pub argument: ArgumentConfig,
    /// What it gives.
    #[serde(default)]
    pub kind: CallKind,
}

/// The argument that is the key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ArgumentConfig {
    /// By its position, from 0.
    Position(usize),
    /// By its name.
    Name(String),
}

impl Default for ArgumentConfig {
    fn default() -> Self {
        ArgumentConfig::Position(0)
    }
}

/// What a configured call gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// True or false.
    #[default]
    Bool,
    /// A variant.
    Variant,
    /// Nothing: the flag decides whether something is there.
    Gate,
}

/// An entry of either table.
#[derive(Debug, Clone)]
pub(crate) struct Configured {
    /// As the file has it, for messages.
    pub(crate) entry: String,
    /// The name of the function or method.
    pub(crate) name: String,
    receiver: Option<String>,
    import: Option<String>,
    argument: ArgumentConfig,
    /// What it gives.
    pub(crate) returns: Returns,
}

impl Configured {
    pub(crate) fn all(config: &crate::ScanConfig) -> Vec<Configured> {
        let wrappers = config.wrappers.iter().map(|wrapper| {
            let (receiver, name) = match wrapper.name.rsplit_once('.') {
                Some((receiver, name)) => (Some(receiver.to_owned()), name),
                None => (None, wrapper.name.as_str()),
            };
            Configured {
                entry: format!("[[wrapper]] {}", wrapper.name),
                name: name.to_owned(),
                receiver,
                import: None,
                argument: wrapper.argument.clone(),
                returns: Returns::Bool,
            }
        });
        let sdks = config.sdks.iter().map(|sdk| Configured {
            entry: format!("[[sdk]] {}", sdk.call),
            name: sdk.call.clone(),
            receiver: sdk.receiver.clone(),
            import: sdk.import.clone(),
            argument: sdk.argument.clone(),
            returns: match sdk.kind {
                CallKind::Bool => Returns::Bool,
                CallKind::Variant => Returns::Variant,
                CallKind::Gate => Returns::Gate,
            },
        });
        wrappers.chain(sdks).collect()
    }
}

impl Project<'_> {
    /// What a call is by the configuration.
    pub(super) fn configured_hit(&self, file: FileId, call: &Call) -> Option<Hit> {
        let (index, entry) =
            self.configured.iter().enumerate().find(|(_, entry)| self.is_configured(file, call, entry))?;
        let facts = &self.file(file).facts;
        let arg = match &entry.argument {
            ArgumentConfig::Position(position) => call.args.get(*position),
            ArgumentConfig::Name(name) => {
                call.args.iter().find(|arg| arg.name.is_some_and(|known| facts.text(known) == name))
            }
        };
        let keys = arg.map(|arg| self.keys(file, arg.value)).filter(|keys| !keys.is_empty());
        let keys = keys.unwrap_or_else(|| vec![Found::new(Value::Unknown)]);
        Some(Hit { spec: Spec::Configured(index), traced: true, keys, through: None, forward: None })
    }

    fn is_configured(&self, file: FileId, call: &Call, entry: &Configured) -> bool {
        let facts = &self.file(file).facts;
        let (name, object) = match facts.expr(self.plain(file, call.callee)).kind {
            ExprKind::Name(name) => (facts.text(name), None),
            ExprKind::Member(object, name) => (facts.text(name), Some(object)),
            _ => return false,
        };
        let is_name = name == entry.name
            || self
                .bound(file, facts.expr(call.callee).scope, facts.sym(name).unwrap_or(downhaul_lang::facts::Sym(0)))
                .iter()
                .any(|id| match facts.binding(*id).kind {
                    BindingKind::Import(index) => match facts.imports[index as usize].what {
                        downhaul_lang::facts::Imported::Name(name) => facts.text(name) == entry.name,
                        _ => false,
                    },
                    _ => false,
                })
                && object.is_none();
        let imports = |module: &str| facts.imports.iter().any(|import| facts.text(import.module).starts_with(module));
        is_name
            && entry.import.as_deref().is_none_or(imports)
            && entry
                .receiver
                .as_deref()
                .is_none_or(|receiver| object.is_some_and(|object| self.is_receiver(file, object, receiver)))
    }

    /// Whether an object is called or typed like the receiver of an entry.
    fn is_receiver(&self, file: FileId, object: ExprId, receiver: &str) -> bool {
        let facts = &self.file(file).facts;
        let (name, scope) = match facts.expr(self.plain(file, object)).kind {
            ExprKind::Name(name) => (name, facts.expr(object).scope),
            ExprKind::Member(_, name) => (name, ScopeId(0)),
            _ => return false,
        };
        let is_typed = |found: &Found| match found.value {
            Value::Instance(owner, class) | Value::Class(owner, class) => {
                let facts = &self.file(owner).facts;
                facts.class(class).name.is_some_and(|name| facts.text(name) == receiver)
            }
            _ => false,
        };
        facts.text(name) == receiver
            || self
                .bound(file, scope, name)
                .iter()
                .any(|id| facts.binding(*id).types.iter().any(|kind| facts.text(*kind) == receiver))
            || self.eval(file, object, super::values::DEPTH).iter().any(is_typed)
    }

    /// The entries that no call in the tree is an instance of.
    pub(crate) fn unused_entries(&self) -> Vec<String> {
        let is_used = |entry: &&Configured| {
            self.ids().any(|id| {
                let facts = &self.file(id).facts;
                self.file(id).calls.iter().any(|call| match &facts.expr(*call).kind {
                    ExprKind::Call(call) => self.is_configured(id, call, entry),
                    _ => false,
                })
            })
        };
        self.configured.iter().filter(|entry| !is_used(entry)).map(|entry| entry.entry.clone()).collect()
    }
}
