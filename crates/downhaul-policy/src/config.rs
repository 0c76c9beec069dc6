//! The tables of `downhaul.toml` that belong to the policy, as they stand in the file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::places::Places;

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
    /// When production may be changed.
    pub windows: Vec<WindowConfig>,
    /// When it is left alone.
    #[serde(rename = "freeze")]
    pub freezes: Vec<FreezeConfig>,
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
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverrideConfig {
    /// What it is about.
    pub about: SelectorConfig,
    /// A preset whose settings hold for what is matched.
    pub preset: Option<String>,
    /// Rule id to settings, as under `[rules]`.
    pub rules: BTreeMap<String, toml::Table>,
}

/// `[[exempt]]`: findings of one rule that are accepted until a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExemptConfig {
    /// Id of the rule.
    pub rule: Option<String>,
    /// What it is about.
    pub about: SelectorConfig,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Day>,
    /// Who agreed.
    pub approved_by: Option<String>,
}

/// The selectors of a block; all that are there have to match, and a block without any selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SelectorConfig {
    /// Glob over projects.
    pub project: Option<String>,
    /// Glob over environments.
    pub environment: Option<String>,
    /// `production`, `pre-production`, `development` or `test`.
    pub environment_type: Option<String>,
    /// Glob over flags.
    pub flag: Option<String>,
    /// Type of flag.
    pub flag_type: Option<String>,
    /// `kind:value`, or the value alone.
    pub tag: Option<String>,
    /// Glob over owners.
    pub owner: Option<String>,
    /// Glob over paths; all places of a finding have to match.
    pub path: Option<String>,
    /// Id of a language, which stands for those that are written in it too: `typescript` for TSX.
    pub language: Option<String>,
}

impl SelectorConfig {
    /// The names and values of those that are there.
    pub fn said(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("project", &self.project),
            ("environment", &self.environment),
            ("environment_type", &self.environment_type),
            ("flag", &self.flag),
            ("flag_type", &self.flag_type),
            ("tag", &self.tag),
            ("owner", &self.owner),
            ("path", &self.path),
            ("language", &self.language),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

/// How many keys of a block are selectors; they stand first in its list of keys.
const SELECTORS: usize = 9;

/// The keys of `[[override]]`.
const OVERRIDE: &[&str] = &[
    "project",
    "environment",
    "environment_type",
    "flag",
    "flag_type",
    "tag",
    "owner",
    "path",
    "language",
    "preset",
    "rules",
];

/// The keys of `[[exempt]]`.
const EXEMPT: &[&str] = &[
    "project",
    "environment",
    "environment_type",
    "flag",
    "flag_type",
    "tag",
    "owner",
    "path",
    "language",
    "rule",
    "reason",
    "expires",
    "approved_by",
];

/// The keys of a block that are not its selectors, and its selectors. Serde cannot flatten and refuse unknown keys at
/// once, so the table is divided by hand.
fn divided<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    keys: &'static [&'static str],
) -> Result<(T, SelectorConfig), D::Error> {
    let mut selectors = toml::Table::deserialize(deserializer)?;
    if let Some(unknown) = selectors.keys().find(|key| !keys.contains(&key.as_str())) {
        return Err(serde::de::Error::unknown_field(unknown, keys));
    }
    let taken = keys[SELECTORS..].iter().filter_map(|key| selectors.remove_entry(*key));
    let rest: toml::Table = taken.collect();
    let wrong = |error: toml::de::Error| serde::de::Error::custom(error.message());
    Ok((rest.try_into().map_err(wrong)?, selectors.try_into().map_err(wrong)?))
}

impl<'de> Deserialize<'de> for OverrideConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Own {
            preset: Option<String>,
            #[serde(default)]
            rules: BTreeMap<String, toml::Table>,
        }
        let (Own { preset, rules }, about) = divided(deserializer, OVERRIDE)?;
        Ok(OverrideConfig { about, preset, rules })
    }
}

impl<'de> Deserialize<'de> for ExemptConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Own {
            rule: Option<String>,
            reason: Option<String>,
            expires: Option<Day>,
            approved_by: Option<String>,
        }
        let (own, about) = divided(deserializer, EXEMPT)?;
        let Own { rule, reason, expires, approved_by } = own;
        Ok(ExemptConfig { rule, about, reason, expires, approved_by })
    }
}

/// `[[windows]]`: hours of the week in which production may be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WindowConfig {
    /// What people call it.
    pub name: Option<String>,
    /// `mon` to `sun`; every day where absent.
    pub days: Vec<String>,
    /// Time of day from which on: `08:00`.
    pub from: Option<String>,
    /// Time of day until which; one that is not later than `from` is on the next day.
    pub to: Option<String>,
    /// IANA name of its zone; that of the policy where absent.
    pub zone: Option<String>,
    /// Glob over projects.
    pub project: Option<String>,
    /// Glob over environments.
    pub environment: Option<String>,
}

/// `[[freeze]]`: days on which production is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FreezeConfig {
    /// What people call it.
    pub name: Option<String>,
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
    /// IANA name of its zone; that of the policy where absent.
    pub zone: Option<String>,
    /// Glob over projects.
    pub project: Option<String>,
    /// Glob over environments.
    pub environment: Option<String>,
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
