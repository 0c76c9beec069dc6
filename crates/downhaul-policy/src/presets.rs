//! The presets: named sets of severities, options and demands on the gate, kept as data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use downhaul_core::{RuleInfo, Severity};
use serde::Deserialize;

use crate::config::GateConfig;
use crate::rules::Entry;

/// The preset of a policy that names none.
pub const STANDARD: &str = "standard";

/// All of them.
pub(crate) static PRESETS: LazyLock<Presets> = LazyLock::new(|| {
    let read = |(name, text): (&'static str, &str)| {
        (name, toml::from_str(text).unwrap_or_else(|error| panic!("preset {name}: {error}")))
    };
    Presets(FILES.into_iter().map(read).collect())
});

const FILES: [(&str, &str); 3] = [
    ("starter", include_str!("../presets/starter.toml")),
    (STANDARD, include_str!("../presets/standard.toml")),
    ("regulated", include_str!("../presets/regulated.toml")),
];

/// Their names, from mild to strict.
pub const PRESET_NAMES: [&str; 3] = ["starter", STANDARD, "regulated"];

pub(crate) struct Presets(BTreeMap<&'static str, Preset>);

/// One of them, as its file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Preset {
    /// Rules that run; all of them when absent.
    only: Option<Vec<String>>,
    /// The most that a finding can be on an old line.
    at_most: Option<String>,
    /// What a finding is on an added line.
    on_new: Option<String>,
    /// Severity by group of rules.
    groups: BTreeMap<String, String>,
    /// Severity by rule.
    severities: BTreeMap<String, String>,
    /// Options by rule.
    rules: BTreeMap<String, toml::Table>,
    pub(crate) gate: GateConfig,
    pub(crate) marks: MarkDemands,
}

/// What a preset asks of marks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MarkDemands {
    /// A comment that accepts a finding has to say until when.
    pub(crate) inline_needs_until: bool,
    /// Groups that a baseline cannot silence.
    pub(crate) no_baseline: Vec<String>,
}

impl Presets {
    pub(crate) fn get(&self, name: &str) -> Option<&Preset> {
        self.0.get(name)
    }

    /// What holds for a rule under a preset and with what a policy says of it: severities and every option.
    pub(crate) fn effective(&self, preset: Option<&str>, entry: &Entry, own: Option<&toml::Table>) -> toml::Table {
        let mut table = (entry.options)();
        table.insert("severity".to_owned(), entry.info.severity.as_str().into());
        table.insert("severity_on_new".to_owned(), entry.info.severity_on_new.as_str().into());
        if let Some(preset) = self.get(preset.unwrap_or(STANDARD)) {
            table.extend(preset.table(entry.info));
        }
        table.extend(own.cloned().unwrap_or_default());
        table
    }
}

impl Preset {
    /// What it says of a rule, in the words of a policy.
    pub(crate) fn table(&self, info: &RuleInfo) -> toml::Table {
        let mut table = self.rules.get(info.id).cloned().unwrap_or_default();
        if self.only.as_ref().is_some_and(|only| !only.iter().any(|id| id == info.id)) && info.group != "exemption" {
            table.insert("severity".to_owned(), Severity::Off.as_str().into());
            return table;
        }
        let most = self.at_most.as_deref().and_then(Severity::from_name);
        let severity = most.map(|most| info.severity.min(most).as_str().to_owned());
        let severity =
            self.severities.get(info.id).cloned().or_else(|| self.groups.get(info.group).cloned()).or(severity);
        if let Some(severity) = severity {
            table.insert("severity".to_owned(), severity.into());
        }
        if let Some(severity) = &self.on_new {
            table.insert("severity_on_new".to_owned(), severity.clone().into());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of the catalogue.
    const GROUPS: [&str; 11] = [
        "access",
        "approval",
        "audit",
        "cleanup",
        "code",
        "exemption",
        "hygiene",
        "lifecycle",
        "monitoring",
        "review",
        "rollout",
    ];

    #[test]
    fn rules_belong_to_groups_of_the_catalogue() {
        for entry in Entry::ALL {
            assert!(GROUPS.contains(&entry.info.group), "{}: {}", entry.info.id, entry.info.group);
        }
    }

    #[test]
    fn presets_name_rules_that_exist_and_severities() {
        for (name, preset) in &PRESETS.0 {
            let named = preset.only.iter().flatten().chain(preset.severities.keys()).chain(preset.rules.keys());
            for id in named.chain(&preset.gate.require) {
                assert!(Entry::find(id).is_some(), "{name}: there is no rule `{id}`");
            }
            for severity in preset.severities.values().chain(preset.groups.values()).chain(&preset.on_new) {
                assert!(Severity::from_name(severity).is_some(), "{name}: {severity}");
            }
            for (id, options) in &preset.rules {
                let known = Entry::find(id).map(|entry| (entry.options)()).unwrap_or_default();
                assert!(options.keys().all(|option| known.contains_key(option)), "{name}: {id}");
            }
            for group in preset.groups.keys().chain(&preset.marks.no_baseline) {
                assert!(GROUPS.contains(&group.as_str()), "{name}: there is no group `{group}`");
            }
        }
        assert_eq!(PRESETS.0.len(), PRESET_NAMES.len());
    }
}
