//! Reads the flag manifest of the OpenFeature command line: type of value, default and description of each flag.

use std::collections::BTreeMap;

use downhaul_core::{Declaration, DefaultValue, FlagKey, Location, Manifest, Stated};
use serde::Deserialize;
use serde_json::Value;

use crate::located::{Document, FileError};

/// `{"flags": {"key": {"flagType": "boolean", "defaultValue": false}}}`; what else stands there is not ours.
#[derive(Deserialize)]
struct Wire {
    flags: BTreeMap<String, WireFlag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFlag {
    default_value: Value,
    description: Option<String>,
}

/// Reads one such file. `path` is relative to the root, as findings will show it.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read_openfeature(path: &str, text: &str) -> Result<Manifest, FileError> {
    let text = text.trim_start_matches('\u{feff}');
    let document = Document::new(path, text);
    let wire: Wire = serde_json::from_str(text).map_err(|error| FileError {
        path: path.to_owned(),
        line: u32::try_from(error.line()).unwrap_or(1).max(1),
        problem: format!("this is no OpenFeature flag manifest: {error}"),
    })?;
    let mut flags = BTreeMap::new();
    for (name, flag) in wire.flags {
        let span = key_span(text, &name);
        let key = FlagKey::new(&name).map_err(|error| document.error(span.clone(), error.to_string()))?;
        let location = document.location(span);
        flags.insert(key.clone(), declaration(key, flag, location));
    }
    Ok(Manifest { files: vec![path.to_owned()], flags })
}

fn declaration(key: FlagKey, flag: WireFlag, location: Location) -> Declaration {
    let stated = |value| Stated { value, location: location.clone() };
    Declaration {
        default: Some(Stated { value: default(&flag.default_value), location: location.clone() }),
        description: flag.description.filter(|text| !text.trim().is_empty()).map(stated),
        ..Declaration::new(key, location.clone())
    }
}

fn default(value: &Value) -> DefaultValue {
    match value {
        Value::Bool(value) => DefaultValue::Bool(*value),
        Value::String(text) => DefaultValue::Text(text.clone()),
        Value::Number(number) => DefaultValue::Number(number.to_string()),
        other => DefaultValue::Structure(other.to_string()),
    }
}

/// Where the key stands: JSON values do not remember their places, but a key is a text before a colon.
fn key_span(text: &str, name: &str) -> std::ops::Range<usize> {
    let quoted = Value::String(name.to_owned()).to_string();
    let is_key = |(at, _): &(usize, &str)| text[at + quoted.len()..].trim_start().starts_with(':');
    text.match_indices(&quoted).find(is_key).map_or(0..0, |(at, _)| at..at + quoted.len())
}
