//! The validated policy: which rules run, how strict they are, and when a run fails.

use std::collections::BTreeMap;
use std::str::FromStr;

use downhaul_core::{FlagType, RuleInfo, Severity, Timestamp, Verdicts};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::calendar::{Calendar, Zone};
use crate::config::{GateConfig, OverrideConfig, PolicyConfig};
use crate::exemption::Exemption;
use crate::gate::{FailOn, Gate, GateVerdict};
use crate::marks::DIAGNOSTICS;
use crate::presets::{PRESET_NAMES, PRESETS, Preset, STANDARD};
use crate::rules::{Entry, Rule, Shared};
use crate::selector::Selector;
use crate::suggest::did_you_mean;

/// A policy that names no unknown rule, option or value. The default one has every rule at its own defaults.
#[derive(Debug)]
pub struct Policy {
    active: Vec<Active>,
    diagnostics: Vec<(&'static RuleInfo, Severities)>,
    overrides: Vec<Override>,
    exemptions: Vec<Exemption>,
    gate: Gate,
    terms: Terms,
    config: PolicyConfig,
}

/// A block of other settings, by what it matches.
#[derive(Debug)]
pub(crate) struct Override {
    pub(crate) selector: Selector,
    preset: Option<&'static Preset>,
}

/// What marks have to keep to.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) inline_needs_until: bool,
    pub(crate) max_exemption_days: Option<u32>,
    pub(crate) approvers: Vec<String>,
    no_baseline: Vec<String>,
    max_age_days: Option<u32>,
    max_age_days_by_rule: BTreeMap<String, u32>,
    zone: Zone,
}

impl Terms {
    /// The day that it is, where the policy is at home.
    pub(crate) fn day(&self, now: Timestamp) -> Date {
        self.zone.day(now)
    }

    /// Days for which an entry of the baseline holds.
    pub(crate) fn max_age_days(&self, rule: &str) -> Option<u32> {
        self.max_age_days_by_rule.get(rule).copied().or(self.max_age_days)
    }

    /// Whether the baseline can silence findings of this rule.
    pub(crate) fn baseline_may_hold(&self, rule: &str) -> bool {
        crate::rules::info(rule).is_some_and(|info| !self.no_baseline.iter().any(|group| group == info.group))
    }
}

/// What is wrong with a policy. Every variant is the move of whoever writes the policy file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// The user named a rule that does not exist.
    #[error("{path}: there is no rule `{id}`{}", hint(.suggestion.as_deref()))]
    UnknownRule {
        /// The key in the policy file.
        path: String,
        /// The id as written.
        id: String,
        /// The id that was probably meant.
        suggestion: Option<String>,
    },
    /// The user set an option that the rule, or the gate, does not have.
    #[error("{path}: there is no such option{}", hint(.suggestion.as_deref()))]
    UnknownOption {
        /// The key in the policy file.
        path: String,
        /// The option that was probably meant.
        suggestion: Option<String>,
    },
    /// The user gave an option a value that it cannot have.
    #[error("{path}: {problem}")]
    BadValue {
        /// The key in the policy file.
        path: String,
        /// What is wrong with the value.
        problem: String,
    },
}

impl PolicyError {
    /// The key in the policy file.
    pub fn path(&self) -> &str {
        match self {
            PolicyError::UnknownRule { path, .. }
            | PolicyError::UnknownOption { path, .. }
            | PolicyError::BadValue { path, .. } => path,
        }
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// A rule that runs.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) info: &'static RuleInfo,
    pub(crate) rule: Box<dyn Rule>,
    pub(crate) severity: Severities,
    /// What overrides say of it, in the order of the file.
    pub(crate) adjustments: Vec<Adjustment>,
    build: fn(toml::Table, &Shared) -> crate::rules::Built,
    options: toml::Table,
    shared: Shared,
}

/// What one override says of one rule.
#[derive(Debug)]
pub(crate) struct Adjustment {
    /// Index of the override.
    pub(crate) index: usize,
    pub(crate) options: toml::Table,
    set: Option<Severity>,
    set_on_new: Option<Severity>,
}

impl Active {
    /// The rule with the options of these adjustments, laid over each other in order.
    pub(crate) fn with(&self, positions: &[usize]) -> Box<dyn Rule> {
        let mut options = self.options.clone();
        for adjustment in positions.iter().map(|position| &self.adjustments[*position]) {
            options.extend(adjustment.options.clone());
        }
        // Each option was read on its own when the policy was, and options do not depend on each other.
        (self.build)(options, &self.shared).unwrap_or_else(|error| panic!("{}: {error}", self.info.id))
    }

    /// The severities where these overrides match.
    pub(crate) fn severity_with(&self, matches: impl Fn(usize) -> bool) -> Severities {
        let matching = self.adjustments.iter().filter(|adjustment| matches(adjustment.index));
        matching.fold(self.severity, Severities::adjusted)
    }
}

/// How bad the findings of a rule are; `None` where the policy leaves it to the rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Severities {
    set: Option<Severity>,
    set_on_new: Option<Severity>,
    info: &'static RuleInfo,
}

impl Severities {
    /// Whether the rule does not speak.
    pub(crate) fn is_off(&self) -> bool {
        self.set.unwrap_or(self.info.severity) == Severity::Off
    }

    fn adjusted(self, adjustment: &Adjustment) -> Self {
        let set_on_new = if adjustment.set == Some(Severity::Off) { None } else { self.set_on_new };
        Severities {
            set: adjustment.set.or(self.set),
            set_on_new: adjustment.set_on_new.or(set_on_new),
            info: self.info,
        }
    }

    /// The severity of a finding, and whether the policy set it.
    pub(crate) fn of(&self, new: bool) -> (Severity, bool) {
        let usual = self.set.unwrap_or(self.info.severity);
        match (new, self.set_on_new) {
            (true, Some(set)) => (set, true),
            // An added line is never judged more mildly than an old one, unless somebody asks for it.
            (true, None) => (usual.max(self.info.severity_on_new), false),
            (false, _) => (usual, self.set.is_some()),
        }
    }
}

impl Policy {
    /// Validates the tables.
    ///
    /// # Errors
    /// The first unknown rule, unknown option or impossible value, with its key path.
    pub fn new(config: PolicyConfig) -> Result<Self, PolicyError> {
        let known = |id: &String| Entry::find(id).is_some() || DIAGNOSTICS.iter().any(|info| info.id == id);
        if let Some(id) = config.rules.keys().find(|id| !known(id)) {
            return Err(unknown_rule(format!("rules.{id}"), id));
        }
        let preset = preset(config.preset.as_deref().unwrap_or(STANDARD), "preset")?;
        let zone = config.timezone.as_ref().map_or_else(|| Ok(Zone::default()), |name| zone_named(name, "timezone"))?;
        let calendar = Calendar::new(&config, &zone)?;
        let shared = Shared { lifetimes: lifetimes(&config.lifetimes)?, zone: zone.clone(), calendar };
        let overrides = overrides(&config.overrides)?;
        let mut active = Vec::new();
        for entry in Entry::ALL {
            active.extend(activate(entry, &config, preset, &overrides, &shared)?);
        }
        let diagnostics =
            DIAGNOSTICS.iter().map(|info| diagnostic(info, &config, preset)).collect::<Result<Vec<_>, _>>()?;
        let exemptions = config.exemptions.iter().enumerate().map(|(index, exemption)| {
            let base = format!("exempt[{index}]");
            Exemption::new(exemption, &base, config.places.get(&base).cloned())
        });
        let exemptions = exemptions.collect::<Result<Vec<_>, _>>()?;
        let gate = gate(&config.gate, preset, &active)?;
        let terms = terms(&config, preset, zone)?;
        Ok(Policy {
            active,
            diagnostics: diagnostics.into_iter().filter(|(_, severities)| !severities.is_off()).collect(),
            overrides,
            exemptions,
            gate,
            terms,
            config,
        })
    }

    /// Whether `verdicts` may pass. `fail_on` (from the command line) takes the place of both levels of the policy.
    pub fn gate(&self, verdicts: &Verdicts, fail_on: Option<FailOn>) -> GateVerdict {
        self.gate.judge(verdicts, fail_on)
    }

    /// The rules that run, with the severity they have on old lines and on added ones; in the catalogue's order.
    pub fn running(&self) -> impl Iterator<Item = (&'static RuleInfo, Severity, Severity)> {
        self.active.iter().map(|active| (active.info, active.severity.of(false).0, active.severity.of(true).0))
    }

    /// The rules about marks that run.
    pub fn running_diagnostics(&self) -> impl Iterator<Item = &'static RuleInfo> {
        self.diagnostics.iter().map(|(info, _)| *info)
    }

    /// Ids of the rules that have to be evaluated.
    pub fn required(&self) -> impl Iterator<Item = &'static str> {
        self.gate.require.iter().copied()
    }

    /// As it was written.
    pub fn config(&self) -> &PolicyConfig {
        &self.config
    }

    /// The day that it is, where the policy is at home.
    pub fn day(&self, now: Timestamp) -> Date {
        self.terms.day(now)
    }

    /// Whether a baseline can silence findings of this rule.
    pub fn baseline_may_hold(&self, rule: &str) -> bool {
        self.terms.baseline_may_hold(rule)
    }

    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }

    pub(crate) fn diagnostics(&self) -> &[(&'static RuleInfo, Severities)] {
        &self.diagnostics
    }

    pub(crate) fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    pub(crate) fn exemptions(&self) -> &[Exemption] {
        &self.exemptions
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// The preset with this name; `path` is the key that names it.
fn preset(name: &str, path: &str) -> Result<&'static Preset, PolicyError> {
    PRESETS.get(name).ok_or_else(|| {
        let suggestion = did_you_mean(name, PRESET_NAMES);
        let names = PRESET_NAMES.join(", ");
        let problem = format!("`{name}` is none of {names}{}", hint(suggestion));
        PolicyError::BadValue { path: path.to_owned(), problem }
    })
}

/// The zone with this IANA name; `path` is the key that names it.
pub(crate) fn zone_named(name: &str, path: &str) -> Result<Zone, PolicyError> {
    TimeZone::get(name).map(Zone).map_err(|_| PolicyError::BadValue {
        path: path.to_owned(),
        problem: format!("there is no time zone `{name}`; write it as Europe/Oslo"),
    })
}

fn overrides(configs: &[OverrideConfig]) -> Result<Vec<Override>, PolicyError> {
    let build = |(index, config): (usize, &OverrideConfig)| {
        let base = format!("override[{index}]");
        if let Some(id) = config.rules.keys().find(|id| Entry::find(id).is_none()) {
            return Err(unknown_rule(format!("{base}.rules.{id}"), id));
        }
        if config.rules.is_empty() && config.preset.is_none() {
            let problem = "an override names a preset, settings of rules, or both".to_owned();
            return Err(PolicyError::BadValue { path: base, problem });
        }
        let preset = config.preset.as_deref().map(|name| preset(name, &format!("{base}.preset"))).transpose()?;
        if config.about.said().next().is_none() {
            let problem = "an override without a selector matches everything; write it under [rules]".to_owned();
            return Err(PolicyError::BadValue { path: base, problem });
        }
        Ok(Override { selector: Selector::new(&config.about, &base)?, preset })
    };
    configs.iter().enumerate().map(build).collect()
}

fn terms(config: &PolicyConfig, preset: &Preset, zone: Zone) -> Result<Terms, PolicyError> {
    let by_rule = &config.baseline.max_age_days_by_rule;
    if let Some(id) = by_rule.keys().find(|id| Entry::find(id).is_none()) {
        return Err(unknown_rule(format!("baseline.max_age_days_by_rule.{id}"), id));
    }
    Ok(Terms {
        inline_needs_until: preset.marks.inline_needs_until,
        max_exemption_days: config.gate.max_exemption_days,
        approvers: config.gate.exemption_approvers.clone(),
        no_baseline: preset.marks.no_baseline.clone(),
        max_age_days: config.baseline.max_age_days,
        max_age_days_by_rule: by_rule.clone(),
        zone,
    })
}

pub(crate) fn unknown_rule(path: String, id: &str) -> PolicyError {
    let suggestion = did_you_mean(id, Entry::ALL.iter().map(|entry| entry.info.id)).map(str::to_owned);
    PolicyError::UnknownRule { path, id: id.to_owned(), suggestion }
}

/// What a policy says of a rule: its preset, and over it its own words.
fn laid_over(preset: &Preset, info: &RuleInfo, own: Option<&toml::Table>) -> toml::Table {
    let mut table = preset.table(info);
    let own = own.cloned().unwrap_or_default();
    let is_off = own.get("severity").and_then(toml::Value::as_str) == Some(Severity::Off.as_str());
    if is_off {
        table.remove("severity_on_new");
    }
    table.extend(own);
    table.remove("locked");
    table
}

/// The rule ready to run, or `None` if the policy switches it off everywhere.
fn activate(
    entry: &Entry,
    config: &PolicyConfig,
    preset: &Preset,
    overrides: &[Override],
    shared: &Shared,
) -> Result<Option<Active>, PolicyError> {
    let info = entry.info;
    let base = format!("rules.{}", info.id);
    let mut options = laid_over(preset, info, config.rules.get(info.id));
    let severity = severities(&mut options, &base, info)?;
    let rule = build(entry, options.clone(), shared, &base)?;
    let mut adjustments = Vec::new();
    for (index, block) in overrides.iter().enumerate() {
        let own = config.overrides[index].rules.get(info.id);
        if own.is_none() && block.preset.is_none() {
            continue;
        }
        let base = format!("override[{index}].{base}");
        let mut options = laid_over(block.preset.unwrap_or(&Preset::default()), info, own);
        let Severities { set, set_on_new, .. } = severities(&mut options, &base, info)?;
        build(entry, options.clone(), shared, &base)?;
        adjustments.push(Adjustment { index, options, set, set_on_new });
    }
    if severity.is_off() && adjustments.iter().all(|one| one.set.is_none_or(|set| set == Severity::Off)) {
        return Ok(None);
    }
    Ok(Some(Active { info, rule, severity, adjustments, build: entry.build, options, shared: shared.clone() }))
}

/// A rule about marks has severities and no options.
fn diagnostic(
    info: &'static RuleInfo,
    config: &PolicyConfig,
    preset: &Preset,
) -> Result<(&'static RuleInfo, Severities), PolicyError> {
    let base = format!("rules.{}", info.id);
    let mut table = laid_over(preset, info, config.rules.get(info.id));
    let severities = severities(&mut table, &base, info)?;
    match table.keys().next() {
        None => Ok((info, severities)),
        Some(key) => {
            let suggestion = did_you_mean(key, ["severity", "severity_on_new"]).map(str::to_owned);
            Err(PolicyError::UnknownOption { path: format!("{base}.{key}"), suggestion })
        }
    }
}

/// Takes both severities out of a rule's table.
fn severities(table: &mut toml::Table, base: &str, info: &'static RuleInfo) -> Result<Severities, PolicyError> {
    let set = severity(table, base, "severity", &Severity::ALL)?;
    let set_on_new = severity(table, base, "severity_on_new", &Severity::ALL[1..])?;
    if set == Some(Severity::Off) && set_on_new.is_some() {
        return Err(PolicyError::BadValue {
            path: format!("{base}.severity_on_new"),
            problem: "the rule does not run at all with `severity = \"off\"`".to_owned(),
        });
    }
    Ok(Severities { set, set_on_new, info })
}

/// Takes a severity out of a rule's table.
fn severity(
    table: &mut toml::Table,
    base: &str,
    key: &str,
    allowed: &[Severity],
) -> Result<Option<Severity>, PolicyError> {
    let Some(value) = table.remove(key) else { return Ok(None) };
    let named = value.as_str().and_then(Severity::from_name).filter(|severity| allowed.contains(severity));
    named.map(Some).ok_or_else(|| {
        let names: Vec<&str> = allowed.iter().map(|severity| severity.as_str()).collect();
        PolicyError::BadValue {
            path: format!("{base}.{key}"),
            problem: format!("{value} is none of {}", names.join(", ")),
        }
    })
}

fn build(entry: &Entry, table: toml::Table, shared: &Shared, base: &str) -> Result<Box<dyn Rule>, PolicyError> {
    let known = (entry.options)();
    let unknown = table.keys().find(|key| !known.contains_key(*key));
    if let Some(key) = unknown {
        let words = known.keys().map(String::as_str).chain(["locked", "severity", "severity_on_new"]);
        let suggestion = did_you_mean(key, words).map(str::to_owned);
        return Err(PolicyError::UnknownOption { path: format!("{base}.{key}"), suggestion });
    }
    // Options are read one by one first, so that an error names the one that is wrong.
    for (key, value) in &table {
        let alone = toml::Table::from_iter([(key.clone(), value.clone())]);
        if let Err(error) = (entry.build)(alone, shared) {
            let problem = error.message().trim_end().to_owned();
            return Err(PolicyError::BadValue { path: format!("{base}.{key}"), problem });
        }
    }
    (entry.build)(table, shared)
        .map_err(|error| PolicyError::BadValue { path: base.to_owned(), problem: error.message().to_owned() })
}

fn lifetimes(config: &BTreeMap<String, u32>) -> Result<BTreeMap<FlagType, u32>, PolicyError> {
    let read = |(name, days): (&String, &u32)| {
        flag_type(name)
            .map(|flag_type| (flag_type, *days))
            .map_err(|problem| PolicyError::BadValue { path: format!("lifetimes.{name}"), problem })
    };
    config.iter().map(read).collect()
}

/// A type that downhaul knows by name.
pub(crate) fn flag_type(name: &str) -> Result<FlagType, String> {
    const NAMES: [&str; 6] = ["release", "experiment", "operational", "kill-switch", "permission", "sunset"];
    match FlagType::from_name(name) {
        FlagType::Other(_) => {
            let suggestion = did_you_mean(name, NAMES);
            Err(format!("there is no flag type `{name}`{}", hint(suggestion)))
        }
        known => Ok(known),
    }
}

fn gate(config: &GateConfig, preset: &Preset, active: &[Active]) -> Result<Gate, PolicyError> {
    if let Some(key) = config.unknown.keys().next() {
        let known = ["exemption_approvers", "fail_on", "fail_on_new", "max_exemption_days", "require"];
        let suggestion = did_you_mean(key, known).map(str::to_owned);
        return Err(PolicyError::UnknownOption { path: format!("gate.{key}"), suggestion });
    }
    let level = |key: &str| {
        let name =
            |config: &GateConfig| if key == "fail_on" { config.fail_on.clone() } else { config.fail_on_new.clone() };
        let name = name(config).or_else(|| name(&preset.gate));
        let read = name.as_deref().map(FailOn::from_str).transpose();
        read.map_err(|problem| PolicyError::BadValue { path: format!("gate.{key}"), problem })
    };
    let fail_on = level("fail_on")?.unwrap_or_default();
    let fail_on_new = level("fail_on_new")?.unwrap_or(fail_on);
    let ids = preset.gate.require.iter().chain(&config.require);
    let mut require = ids.map(|id| required(id, active)).collect::<Result<Vec<_>, _>>()?;
    require.sort_unstable();
    require.dedup();
    Ok(Gate { fail_on, fail_on_new, require })
}

/// A required rule has to exist and to run.
fn required(id: &str, active: &[Active]) -> Result<&'static str, PolicyError> {
    let path = "gate.require".to_owned();
    let entry = Entry::find(id).ok_or_else(|| unknown_rule(path.clone(), id))?;
    if active.iter().any(|active| active.info.id == entry.info.id) {
        return Ok(entry.info.id);
    }
    Err(PolicyError::BadValue { path, problem: format!("`{id}` is required and switched off under `rules.{id}`") })
}
