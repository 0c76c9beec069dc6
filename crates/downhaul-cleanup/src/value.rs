//! What is known of a value once the flag is.

use crate::Payload;

/// A value that follows from the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    Null,
    Undefined,
    Text(String),
    Variant(Variant),
    Payload(Payload),
}

/// What is known of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) enabled: bool,
    pub(crate) name: Option<String>,
    pub(crate) payload: Option<Payload>,
}

impl Value {
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Value::Bool(value) => *value,
            Value::Null | Value::Undefined => false,
            Value::Text(text) => !text.is_empty(),
            Value::Variant(_) | Value::Payload(_) => true,
        }
    }

    /// A member of it, where that is known.
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        if let Value::Payload(payload) = self {
            return match name {
                "type" | "getType" => Some(Value::Text(payload.kind.clone())),
                "value" | "getValue" => Some(Value::Text(payload.value.clone())),
                _ => None,
            };
        }
        let Value::Variant(variant) = self else { return None };
        match name {
            "enabled" | "feature_enabled" | "featureEnabled" | "isEnabled" => Some(Value::Bool(variant.enabled)),
            "payload" => variant.payload.clone().map(Value::Payload),
            "name" | "getName" => variant.name.clone().map(Value::Text),
            _ => None,
        }
    }
}
