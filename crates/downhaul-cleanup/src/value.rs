//! What is known of a value once the flag is.

/// A value that follows from the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Null,
    Text(String),
    Variant(Variant),
}

/// What is known of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) enabled: bool,
    pub(crate) name: Option<String>,
}

impl Value {
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Value::Bool(value) => *value,
            Value::Null => false,
            Value::Text(text) => !text.is_empty(),
            Value::Variant(_) => true,
        }
    }

    /// A member of it, where that is known.
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        let Value::Variant(variant) = self else { return None };
        match name {
            "enabled" | "feature_enabled" | "featureEnabled" | "isEnabled" => Some(Value::Bool(variant.enabled)),
            "name" | "getName" => variant.name.clone().map(Value::Text),
            _ => None,
        }
    }
}
