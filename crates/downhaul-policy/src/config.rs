//! The tables of `downhaul.toml` that belong to the policy, as they stand in the file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::places::Places;
use crate::selector::SelectorConfig;

/// The tables of the policy, not yet validated.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// `starter`, `standard` (the default) or `regulated`.
    pub preset: Option<String>,
    /// IANA name of the zone that days are read in; UTC where absent.
    pub timezone: Option<String>,
    /// When a run fails, and what may be exempt from it.
    pub gate: GateConfig,
    /// What is accepted as old.
    pub baseline: BaselineConfig,
    /// Type of flag to the days it may live; 0 means for ever. The server's values apply where a type is absent.
    pub lifetimes: BTreeMap<String, u32>,
    /// Rule id to `severity`, `severity_on_new` and the rule's own options.
    pub rules: BTreeMap<String, toml::Table>,
    /// Other settings for some flags, environments and places; later blocks win.
    #[serde(rename = "override")]
    pub overrides: Vec<OverrideConfig>,
    /// Findings that are accepted for a while.
    #[serde(rename = "exempt")]
    pub exemptions: Vec<ExemptConfig>,
    /// Where each value stands.
    #[serde(skip)]
    pub places: Places,
}

/// `[gate]`, not yet validated.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GateConfig {
    /// `never`, `note`, `warning` or `error` (the default): the mildest severity that fails the run.
    pub fail_on: Option<String>,
    /// The same for findings on added lines; `fail_on` where absent.
    pub fail_on_new: Option<String>,
    /// Ids of the rules that have to be evaluated, beside those of the preset.
    pub require: Vec<String>,
    /// Days from today beyond which no exemption may reach.
    pub max_exemption_days: Option<u32>,
    /// Who may approve exemptions; anybody where empty.
    pub exemption_approvers: Vec<String>,
    /// Keys that `[gate]` does not have, kept so that the error can say what was probably meant.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, toml::Value>,
}

/// `[baseline]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BaselineConfig {
    /// Days after which an old finding comes due.
    pub max_age_days: Option<u32>,
    /// The same by rule.
    pub max_age_days_by_rule: BTreeMap<String, u32>,
}

/// `[[override]]`: selectors, and settings of rules for what they match.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OverrideConfig {
    /// Glob over projects.
    pub project: Option<String>,
    /// Glob over environments.
    pub environment: Option<String>,
    /// Kind of environment.
    pub environment_type: Option<String>,
    /// Glob over flags.
    pub flag: Option<String>,
    /// Type of flag.
    pub flag_type: Option<String>,
    /// `kind:value`, or the value alone.
    pub tag: Option<String>,
    /// Glob over owners.
    pub owner: Option<String>,
    /// Glob over paths.
    pub path: Option<String>,
    /// Id of a language.
    pub language: Option<String>,
    /// A preset whose settings hold for what is matched.
    pub preset: Option<String>,
    /// Rule id to settings, as under `[rules]`.
    pub rules: BTreeMap<String, toml::Table>,
}

/// `[[exempt]]`: findings of one rule that are accepted until a day.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExemptConfig {
    /// Id of the rule.
    pub rule: Option<String>,
    /// Glob over projects.
    pub project: Option<String>,
    /// Glob over environments.
    pub environment: Option<String>,
    /// Kind of environment.
    pub environment_type: Option<String>,
    /// Glob over flags.
    pub flag: Option<String>,
    /// Type of flag.
    pub flag_type: Option<String>,
    /// `kind:value`, or the value alone.
    pub tag: Option<String>,
    /// Glob over owners.
    pub owner: Option<String>,
    /// Glob over paths.
    pub path: Option<String>,
    /// Id of a language.
    pub language: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Day>,
    /// Who agreed.
    pub approved_by: Option<String>,
}

/// The selectors of a block that has more than selectors.
macro_rules! selectors {
    ($block:expr) => {
        SelectorConfig {
            project: $block.project.clone(),
            environment: $block.environment.clone(),
            environment_type: $block.environment_type.clone(),
            flag: $block.flag.clone(),
            flag_type: $block.flag_type.clone(),
            tag: $block.tag.clone(),
            owner: $block.owner.clone(),
            path: $block.path.clone(),
            language: $block.language.clone(),
        }
    };
}

impl OverrideConfig {
    pub(crate) fn selectors(&self) -> SelectorConfig {
        selectors!(self)
    }
}

impl ExemptConfig {
    pub(crate) fn selectors(&self) -> SelectorConfig {
        selectors!(self)
    }
}

/// A day of the calendar: a TOML date, or the same as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::Datetime(datetime) => datetime.to_string(),
            toml::Value::String(text) => text,
            other => {
                return Err(serde::de::Error::custom(format!("a day such as 2026-06-30 is expected, not {other}")));
            }
        };
        let day = text.parse().map(Day);
        day.map_err(|_| serde::de::Error::custom(format!("`{text}` is no day; write it as 2026-06-30")))
    }
}
