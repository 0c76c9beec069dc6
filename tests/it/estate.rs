//! What an estate says to be true, and what a check found, in the same form.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::project;

/// `rule:reason` pairs by flag; those about the server itself are under an empty name.
pub(crate) type ByFlag = BTreeMap<String, BTreeSet<String>>;

/// What must be found, as the estate says.
pub(crate) fn expected(path: &str) -> ByFlag {
    let text = std::fs::read_to_string(project().join(path)).expect("the estate");
    let estate: toml::Table = text.parse().expect("the estate is TOML");
    let list = |value: Option<&toml::Value>| value.and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let pairs = |value: Option<&toml::Value>| -> BTreeSet<String> {
        list(value).iter().filter_map(|pair| pair.as_str().map(str::to_owned)).collect()
    };
    let mut expected = ByFlag::from([(String::new(), pairs(estate.get("expect")))]);
    for entry in list(estate.get("flag")).into_iter().chain(list(estate.get("unknown"))) {
        let name = entry.get("name").and_then(toml::Value::as_str).expect("a name").to_owned();
        expected.entry(name).or_default().extend(pairs(entry.get("expect")));
    }
    expected.retain(|_, pairs| !pairs.is_empty());
    expected
}

/// What was found.
pub(crate) fn found(check: &Value) -> ByFlag {
    let mut found = ByFlag::new();
    for finding in check["findings"].as_array().expect("findings") {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        found.entry(text("flag")).or_default().insert(format!("{}:{}", text("rule"), text("reason")));
    }
    found
}
