//! What a call gives: the values that rules compare.

use std::fmt;

use downhaul_core::{Fallback, Keep, Reference, Returns};

/// What a flag comes to at one call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// Off; for a call that asks for a variant: none is served.
    Off,
    /// On.
    On,
    /// On, with this variant.
    Variant(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Off => f.write_str("off"),
            Value::On => f.write_str("on"),
            Value::Variant(name) => write!(f, "variant `{name}`"),
        }
    }
}

impl From<Value> for Keep {
    fn from(value: Value) -> Self {
        match value {
            Value::Off => Keep::Off,
            Value::On => Keep::On,
            Value::Variant(name) => Keep::Variant(name),
        }
    }
}

/// What the flag comes to at `site` when the server does not have it; `None` when that is known only at run time.
///
/// Without a fallback, SDKs say off. The fallback of a negated call is what the call gives, so the flag is its
/// opposite.
pub(crate) fn fallback_value(site: &Reference) -> Option<Value> {
    match (&site.fallback, site.returns) {
        (None, _) => Some(Value::Off),
        (Some(Fallback::Bool(value)), returns) if returns != Some(Returns::Variant) => {
            Some(if *value != site.negated { Value::On } else { Value::Off })
        }
        (Some(Fallback::Literal(name)), Some(Returns::Variant)) => Some(Value::Variant(name.clone())),
        _ => None,
    }
}
