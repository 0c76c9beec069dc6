//! A flag definition of flagd, the reference server of OpenFeature (its schema v0).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) flags: BTreeMap<String, Flag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flag {
    pub(super) state: State,
    pub(super) variants: Map<String, Value>,
    /// Without it SDKs give the value in the code.
    pub(super) default_variant: Option<String>,
    /// JSON Logic with operators of flagd's own.
    #[serde(default)]
    pub(super) targeting: Value,
    #[serde(default)]
    pub(super) metadata: Map<String, Value>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    Enabled,
    Disabled,
}
