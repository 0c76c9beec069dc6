//! The two files that Unleash itself makes: the answer that SDKs get, and an export.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Both at once: which of the two it is shows by the lists that it has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) features: Vec<Feature>,
    /// In an export.
    pub(super) feature_environments: Option<Vec<FeatureEnvironment>>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) feature_strategies: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) feature_tags: Vec<FeatureTag>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) dependencies: Vec<FeatureDependencies>,
    /// What SDKs get holds constraints here, an export only names.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) segments: Vec<Segment>,
    pub(super) query: Option<Query>,
}

#[derive(Deserialize)]
pub(super) struct Query {
    pub(super) environment: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Feature {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) description: Option<String>,
    pub(super) project: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) enabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) stale: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) impression_data: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) strategies: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<Value>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeatureEnvironment {
    pub(super) feature_name: String,
    pub(super) environment: String,
    pub(super) enabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeatureTag {
    pub(super) feature_name: String,
    pub(super) tag_type: String,
    pub(super) tag_value: String,
}

#[derive(Deserialize)]
pub(super) struct FeatureDependencies {
    pub(super) feature: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) feature: String,
    pub(super) enabled: Option<bool>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) variants: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) name: Option<String>,
    pub(super) constraints: Option<Vec<Value>>,
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
