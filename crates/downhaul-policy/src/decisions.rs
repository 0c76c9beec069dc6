//! Where each setting of a policy comes from, and which of them decided about a finding.

use downhaul_core::{Evidence, Finding, Location, RuleInfo};

use crate::marks::DIAGNOSTICS;
use crate::policy::Policy;
use crate::presets::{PRESETS, STANDARD};
use crate::rules::{Entry, info};
use crate::selector::Traits;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything else.
    Default,
    /// The preset says so.
    Preset(String),
    /// A policy file says so.
    File(Location),
}

/// A value of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its key path.
    pub key: String,
    /// What it is.
    pub value: toml::Value,
    /// Who says so.
    pub origin: Origin,
}

/// A setting that had a part in a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The setting.
    pub setting: Setting,
    /// A later one took its place.
    pub overruled: bool,
}

impl Policy {
    /// Every setting of the gate and of every rule, with its origin, in a stable order.
    pub fn settings(&self) -> Vec<Setting> {
        let preset = self.config().preset.as_deref().unwrap_or(STANDARD);
        let mut settings = vec![self.setting("preset", preset.into())];
        settings.push(self.setting("timezone", self.config().timezone.as_deref().unwrap_or("UTC").into()));
        settings.extend(self.gate_settings());
        for (name, days) in &self.config().lifetimes {
            settings.push(self.setting(&format!("lifetimes.{name}"), i64::from(*days).into()));
        }
        for info in Entry::ALL.iter().map(|entry| entry.info).chain(DIAGNOSTICS) {
            settings.extend(self.settings_of(info));
        }
        for (index, block) in self.config().overrides.iter().enumerate() {
            for (id, table) in &block.rules {
                let base = format!("override[{index}].rules.{id}");
                settings.extend(table.iter().map(|(key, value)| self.setting(&format!("{base}.{key}"), value.clone())));
            }
        }
        settings
    }

    /// The settings of one rule, without overrides.
    pub fn settings_of(&self, info: &RuleInfo) -> Vec<Setting> {
        let config = self.config();
        let own = config.rules.get(info.id);
        let preset_name = config.preset.as_deref().unwrap_or(STANDARD);
        let of_preset = PRESETS.get(preset_name).map(|preset| preset.table(info)).unwrap_or_default();
        let mut table = Entry::find(info.id).map(|entry| (entry.options)()).unwrap_or_default();
        table.insert("severity".to_owned(), info.severity.as_str().into());
        table.insert("severity_on_new".to_owned(), info.severity_on_new.as_str().into());
        table.extend(of_preset.clone());
        table.extend(own.cloned().unwrap_or_default());
        let mut settings: Vec<Setting> = Vec::new();
        for (option, value) in table {
            let key = format!("rules.{}.{option}", info.id);
            let origin = match (config.places.get(&key), own.is_some_and(|own| own.contains_key(&option))) {
                (Some(place), true) => Origin::File(place.clone()),
                _ if of_preset.contains_key(&option) => Origin::Preset(preset_name.to_owned()),
                _ => Origin::Default,
            };
            settings.push(Setting { key, value, origin });
        }
        settings
    }

    /// The settings that decided about a finding: those of its rule, and those of the overrides that match it.
    pub fn decisions(&self, evidence: &Evidence, finding: &Finding) -> Vec<Decision> {
        let Some(info) = info(finding.rule) else { return Vec::new() };
        let mut settings = self.settings_of(info);
        let traits = Traits::of_finding(evidence, finding);
        for (index, block) in self.config().overrides.iter().enumerate() {
            let matches = self.overrides()[index].selector.matches(&traits) == Some(true);
            if let Some(table) = block.rules.get(info.id).filter(|_| matches) {
                let base = format!("override[{index}].rules.{}", info.id);
                settings.extend(table.iter().map(|(key, value)| self.setting(&format!("{base}.{key}"), value.clone())));
            }
        }
        let option = |setting: &Setting| setting.key.rsplit_once('.').map(|(_, option)| option.to_owned());
        let options: Vec<Option<String>> = settings.iter().map(option).collect();
        let is_last = |index: usize| !options[index + 1..].contains(&options[index]);
        settings
            .into_iter()
            .enumerate()
            .map(|(index, setting)| Decision { setting, overruled: !is_last(index) })
            .collect()
    }

    fn gate_settings(&self) -> Vec<Setting> {
        let config = &self.config().gate;
        let strings = |list: &[String]| toml::Value::Array(list.iter().map(|text| text.as_str().into()).collect());
        let fail_on = config.fail_on.as_deref().unwrap_or("error");
        let mut settings = vec![
            self.setting("gate.fail_on", fail_on.into()),
            self.setting("gate.fail_on_new", config.fail_on_new.as_deref().unwrap_or(fail_on).into()),
            self.required_setting(strings(&self.required().map(str::to_owned).collect::<Vec<_>>())),
            self.setting("gate.exemption_approvers", strings(&config.exemption_approvers)),
        ];
        if let Some(days) = config.max_exemption_days {
            settings.push(self.setting("gate.max_exemption_days", i64::from(days).into()));
        }
        if let Some(days) = self.config().baseline.max_age_days {
            settings.push(self.setting("baseline.max_age_days", i64::from(days).into()));
        }
        settings
    }

    /// The rules that have to be evaluated: those of the preset, and those of the file.
    fn required_setting(&self, value: toml::Value) -> Setting {
        let setting = self.setting("gate.require", value);
        let preset = self.config().preset.as_deref().unwrap_or(STANDARD);
        let by_preset = PRESETS.get(preset).is_some_and(|preset| !preset.gate.require.is_empty());
        match setting.origin {
            Origin::Default if by_preset => Setting { origin: Origin::Preset(preset.to_owned()), ..setting },
            _ => setting,
        }
    }

    fn setting(&self, key: &str, value: toml::Value) -> Setting {
        let origin = self.config().places.get(key).cloned().map_or(Origin::Default, Origin::File);
        Setting { key: key.to_owned(), value, origin }
    }
}
