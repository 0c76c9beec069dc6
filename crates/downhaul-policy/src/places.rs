//! Where each value of a policy stands, and what a value looks like when several files are laid over each other.

use std::collections::BTreeMap;

use downhaul_core::Location;
use toml::de::DeValue;

use crate::located::{Document, FileError};
use crate::presets::PRESETS;
use crate::rules::Entry;
use crate::strictness::{Change, change};

/// Key path (`rules.big-bang-release.max_step`, `override[2].project`) to its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<String, Location>);

impl Places {
    /// Reads the places of one file.
    ///
    /// # Errors
    /// The file is no TOML.
    pub fn of(path: &str, text: &str) -> Result<Self, FileError> {
        let document = Document::new(path, text);
        let table = document.parse()?;
        let mut places = Places::default();
        places.walk(&document, "", &DeValue::Table(table.into_inner()));
        Ok(places)
    }

    /// Where the value with this key path stands; where not itself, the nearest table around it.
    pub fn get(&self, key: &str) -> Option<&Location> {
        self.0.get(key)
    }

    fn walk(&mut self, document: &Document<'_>, name: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => {
                for (key, value) in table.iter() {
                    let name =
                        if name.is_empty() { key.get_ref().to_string() } else { format!("{name}.{}", key.get_ref()) };
                    self.0.insert(name.clone(), document.location(key.span()));
                    self.walk(document, &name, value.get_ref());
                }
            }
            DeValue::Array(list) => {
                for (index, value) in list.iter().enumerate().filter(|(_, value)| value.get_ref().is_table()) {
                    let name = format!("{name}[{index}]");
                    self.0.insert(name.clone(), document.location(value.span()));
                    self.walk(document, &name, value.get_ref());
                }
            }
            _ => {}
        }
    }

    /// Takes over `other`, whose lists of tables come after `counts` tables that are there already.
    fn extend(&mut self, other: Places, counts: &BTreeMap<String, usize>) {
        for (key, place) in other.0 {
            self.0.insert(shifted(&key, counts), place);
        }
    }
}

/// `override[0].project` as `override[2].project` where two overrides come before.
fn shifted(key: &str, counts: &BTreeMap<String, usize>) -> String {
    let parts = key.split_once('[').and_then(|(list, rest)| Some((list, rest.split_once(']')?)));
    match parts.and_then(|(list, (index, rest))| Some((list, index.parse::<usize>().ok()?, rest))) {
        Some((list, index, rest)) if counts.contains_key(list) => format!("{list}[{}]{rest}", index + counts[list]),
        _ => key.to_owned(),
    }
}

/// One policy file.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file, as it is to be shown.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// Lays policy files over each other, the most general first. Tables are merged, lists of tables follow each other,
/// everything else is replaced. A rule that a file locks may be made stricter by later files, and no milder.
///
/// # Errors
/// A file is no TOML, or loosens what an earlier one has locked.
pub fn merge(layers: &[Layer]) -> Result<(toml::Table, Places), FileError> {
    let mut merged = toml::Table::new();
    let mut places = Places::default();
    for layer in layers {
        let own = Places::of(&layer.path, &layer.text)?;
        let table: toml::Table = layer.text.parse().map_err(|error: toml::de::Error| FileError {
            path: layer.path.clone(),
            line: 1,
            problem: error.message().to_owned(),
        })?;
        keep_locks(&merged, &table).map_err(|(key, problem)| FileError {
            path: layer.path.clone(),
            line: own.get(&key).map_or(1, |place| place.start.line),
            problem: format!("{key}: {problem}"),
        })?;
        let counts = merged.iter().filter_map(|(key, value)| Some((key.clone(), tables(value)?))).collect();
        lay(&mut merged, table);
        places.extend(own, &counts);
    }
    Ok((merged, places))
}

/// How many tables a list of tables has.
fn tables(value: &toml::Value) -> Option<usize> {
    let list = value.as_array()?;
    list.iter().all(toml::Value::is_table).then_some(list.len())
}

fn lay(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => lay(old, new),
            (Some(old), toml::Value::Array(new)) if tables(old).is_some() && new.iter().all(toml::Value::is_table) => {
                if let Some(list) = old.as_array_mut() {
                    list.extend(new);
                }
            }
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// Compares what `above` says of locked rules with what holds below.
fn keep_locks(below: &toml::Table, above: &toml::Table) -> Result<(), (String, String)> {
    let Some(rules) = below.get("rules").and_then(toml::Value::as_table) else { return Ok(()) };
    let is_locked = |rule: &toml::Value| rule.get("locked").and_then(toml::Value::as_bool) == Some(true);
    for (id, rule) in rules.iter().filter(|(_, rule)| is_locked(rule)) {
        let Some(entry) = Entry::find(id) else { continue };
        let before = PRESETS.effective(below.get("preset").and_then(toml::Value::as_str), entry, rule.as_table());
        let says =
            |table: Option<&toml::Value>| table.and_then(|table| table.get("rules")?.get(id)?.as_table().cloned());
        let own = says(Some(&toml::Value::Table(above.clone()))).map(|table| (format!("rules.{id}"), table));
        let overrides = above.get("override").and_then(toml::Value::as_array).into_iter().flatten().enumerate();
        let in_overrides =
            overrides.filter_map(|(index, block)| Some((format!("override[{index}].rules.{id}"), says(Some(block))?)));
        for (base, table) in own.into_iter().chain(in_overrides) {
            for (option, value) in table.iter().filter(|(option, _)| *option != "locked") {
                let holds = before.get(option).is_some_and(|old| change(option, old, value) != Change::Looser);
                if !holds {
                    let old = before.get(option).map_or_else(|| "unset".to_owned(), toml::Value::to_string);
                    return Err((
                        format!("{base}.{option}"),
                        format!("the rule is locked at {old}, and this is not known to be stricter"),
                    ));
                }
            }
            if table.get("locked").and_then(toml::Value::as_bool) == Some(false) {
                return Err((
                    format!("{base}.locked"),
                    "the rule is locked by a file that this one extends".to_owned(),
                ));
            }
        }
    }
    Ok(())
}
