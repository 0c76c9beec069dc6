//! The validated policy: which rules run, how strict they are, and when a run fails.

use std::collections::BTreeMap;
use std::str::FromStr;

use downhaul_core::{FlagType, RuleInfo, Severity, Verdicts};
use thiserror::Error;

use crate::config::{GateConfig, PolicyConfig};
use crate::gate::{FailOn, Gate, GateVerdict};
use crate::rules::{Entry, Rule, Shared};
use crate::suggest::did_you_mean;

/// A policy that names no unknown rule, option or value. The default one has every rule at its own defaults.
#[derive(Debug)]
pub struct Policy {
    active: Vec<Active>,
    gate: Gate,
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

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

/// A rule that runs.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) info: &'static RuleInfo,
    pub(crate) rule: Box<dyn Rule>,
    pub(crate) severity: Severities,
}

/// How bad the findings of a rule are; `None` where the policy leaves it to the rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Severities {
    set: Option<Severity>,
    set_on_new: Option<Severity>,
    info: &'static RuleInfo,
}

impl Severities {
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
        if let Some(id) = config.rules.keys().find(|id| Entry::find(id).is_none()) {
            return Err(unknown_rule(format!("rules.{id}"), id));
        }
        let shared = Shared { lifetimes: lifetimes(&config.lifetimes)? };
        let mut active = Vec::new();
        for entry in Entry::ALL {
            let table = config.rules.get(entry.info.id).cloned().unwrap_or_default();
            active.extend(activate(entry, table, &shared)?);
        }
        let gate = gate(&config.gate, &active)?;
        Ok(Policy { active, gate })
    }

    /// Whether `verdicts` may pass. `fail_on` (from the command line) takes the place of both levels of the policy.
    pub fn gate(&self, verdicts: &Verdicts, fail_on: Option<FailOn>) -> GateVerdict {
        self.gate.judge(verdicts, fail_on)
    }

    /// The rules that run, with the severity they have on old lines and on added ones; in the catalogue's order.
    pub fn running(&self) -> impl Iterator<Item = (&'static RuleInfo, Severity, Severity)> {
        self.active.iter().map(|active| (active.info, active.severity.of(false).0, active.severity.of(true).0))
    }

    pub(crate) fn active(&self) -> &[Active] {
        &self.active
    }
}

fn unknown_rule(path: String, id: &str) -> PolicyError {
    let suggestion = did_you_mean(id, Entry::ALL.iter().map(|entry| entry.info.id)).map(str::to_owned);
    PolicyError::UnknownRule { path, id: id.to_owned(), suggestion }
}

/// The rule ready to run, or `None` if the policy switches it off.
fn activate(entry: &Entry, mut table: toml::Table, shared: &Shared) -> Result<Option<Active>, PolicyError> {
    let base = format!("rules.{}", entry.info.id);
    let set = severity(&mut table, &base, "severity", &Severity::ALL)?;
    let set_on_new = severity(&mut table, &base, "severity_on_new", &Severity::ALL[1..])?;
    let rule = build(entry, table, shared, &base)?;
    if set == Some(Severity::Off) {
        return match set_on_new {
            None => Ok(None),
            Some(_) => Err(PolicyError::BadValue {
                path: format!("{base}.severity_on_new"),
                problem: "the rule does not run at all with `severity = \"off\"`".to_owned(),
            }),
        };
    }
    Ok(Some(Active { info: entry.info, rule, severity: Severities { set, set_on_new, info: entry.info } }))
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
        let words = known.keys().map(String::as_str).chain(["severity", "severity_on_new"]);
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

fn gate(config: &GateConfig, active: &[Active]) -> Result<Gate, PolicyError> {
    if let Some(key) = config.unknown.keys().next() {
        let suggestion = did_you_mean(key, ["fail_on", "fail_on_new", "require"]).map(str::to_owned);
        return Err(PolicyError::UnknownOption { path: format!("gate.{key}"), suggestion });
    }
    let level = |key: &str, name: &Option<String>| {
        let read = name.as_deref().map(FailOn::from_str).transpose();
        read.map_err(|problem| PolicyError::BadValue { path: format!("gate.{key}"), problem })
    };
    let fail_on = level("fail_on", &config.fail_on)?.unwrap_or_default();
    let fail_on_new = level("fail_on_new", &config.fail_on_new)?.unwrap_or(fail_on);
    let require = config.require.iter().map(|id| required(id, active)).collect::<Result<_, _>>()?;
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
