//! The tables of `downhaul.toml` that belong to the policy, as they stand in the file.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[gate]`, `[lifetimes]` and `[rules.<id>]`, not yet validated.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// When a run fails.
    pub gate: GateConfig,
    /// Type of flag to the days it may live; 0 means for ever. The server's values apply where a type is absent.
    pub lifetimes: BTreeMap<String, u32>,
    /// Rule id to `severity`, `severity_on_new` and the rule's own options.
    pub rules: BTreeMap<String, toml::Table>,
}

/// `[gate]`, not yet validated.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GateConfig {
    /// `never`, `note`, `warning` or `error` (the default): the mildest severity that fails the run.
    pub fail_on: Option<String>,
    /// The same for findings on added lines; `fail_on` where absent.
    pub fail_on_new: Option<String>,
    /// Ids of the rules that have to be evaluated.
    pub require: Vec<String>,
    /// Keys that `[gate]` does not have, kept so that the error can say what was probably meant.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, toml::Value>,
}
