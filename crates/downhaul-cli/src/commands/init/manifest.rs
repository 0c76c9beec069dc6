//! The manifest to begin with: the flags that the code refers to, with what the server knows of them.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Fallback, Flag, FlagKey, Reference, Snapshot};

const HEAD: &str = "\
# What each flag is meant to be. A change here is reviewed like code; the checks compare it with the code and the server.
# For each flag also: expires = 2027-01-31, not_before, removal = { issue = \"…\", keep = \"on\" }, guardrails = [\"alert:…\"],
# success = [{ metric = \"…\", goal = \"…\", window = \"14d\" }], env.production = { enabled = true, rollout = { max = 25 } },
# and after the launch review = { date = …, outcome = \"kept\", link = \"…\" }.
version = 1
";

/// The flags of the code, or those of the server when the code names none.
pub(crate) fn skeleton(snapshot: Option<&Snapshot>, references: &[Reference]) -> String {
    let mut fallbacks: BTreeMap<&FlagKey, BTreeSet<Option<bool>>> = BTreeMap::new();
    for reference in references.iter().filter(|reference| reference.is_production_evaluation()) {
        if let Some(key) = reference.flag() {
            let literal = match reference.fallback {
                Some(Fallback::Bool(value)) => Some(value),
                _ => None,
            };
            fallbacks.entry(key).or_default().insert(literal);
        }
    }
    let known = |key: &FlagKey| snapshot.and_then(|snapshot| snapshot.flags.get(key));
    let is_live = |key: &&FlagKey| known(key).is_none_or(|flag| flag.archived_at.is_none());
    let mut keys: BTreeSet<&FlagKey> = fallbacks.keys().copied().filter(is_live).collect();
    // A name that the server does not have is a finding, not an intention.
    if let Some(snapshot) = snapshot {
        keys.retain(|key| snapshot.flags.contains_key(*key));
        if keys.is_empty() {
            keys = snapshot.flags.keys().filter(is_live).collect();
        }
    }
    let mut text = HEAD.to_owned();
    for key in keys {
        let default = fallbacks.get(key).filter(|values| values.len() == 1).and_then(|values| values.first().copied());
        text.push_str(&entry(key, known(key), default.flatten()));
    }
    text
}

fn entry(key: &FlagKey, flag: Option<&Flag>, default: Option<bool>) -> String {
    let mut text = format!("\n[flags.{}]\n", bare_or_quoted(key.as_str()));
    let mut line = |name: &str, value: String| text.push_str(&format!("{name} = {value}\n"));
    if let Some(flag) = flag {
        line("type", quoted(flag.flag_type.as_str()));
        let owner = flag.tags.iter().find(|tag| tag.kind == "owner" || tag.kind == "team");
        if let Some(owner) = owner {
            line("owner", quoted(&owner.value));
        }
        if let Some(description) = &flag.description {
            line("description", quoted(description));
        }
    }
    if let Some(default) = default {
        line("default", default.to_string());
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn bare_or_quoted(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if key.chars().all(is_bare) { key.to_owned() } else { quoted(key) }
}
