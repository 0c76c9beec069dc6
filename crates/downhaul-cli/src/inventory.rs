//! Inventories of repositories: what `scan --output json=refs.json` wrote, or several of them put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use downhaul_core::{
    Confidence, FlagKey, Inventory, KeyPattern, Reference, ReferenceKind, ReferencedKey, Timestamp, Use,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors::CliError;

/// One repository, as both kinds of document write it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WireInventory {
    pub(crate) repository: Option<String>,
    #[serde(default)]
    pub(crate) commit: Option<String>,
    #[serde(default)]
    pub(crate) as_of: Option<String>,
    complete: bool,
    references: Vec<WireReference>,
}

#[derive(Clone, Serialize, Deserialize)]
struct WireReference {
    flag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    kind: String,
    confidence: String,
    location: WireLocation,
}

#[derive(Clone, Serialize, Deserialize)]
struct WireLocation {
    path: String,
    line: u32,
}

/// A file of inventories that the user named: `refs.json`, or `github:acme/shop=refs.json`.
pub(crate) struct Named<'a> {
    name: Option<&'a str>,
    path: &'a Path,
}

impl<'a> Named<'a> {
    /// What the user typed; a file that exists is a file, whatever is in its name.
    pub(crate) fn new(text: &'a str) -> Self {
        let whole = Named { name: None, path: Path::new(text) };
        if whole.path.exists() {
            return whole;
        }
        text.split_once('=').map_or(whole, |(name, path)| Named { name: Some(name), path: Path::new(path) })
    }

    /// Reads the inventories of the file.
    pub(crate) fn read(&self) -> Result<Vec<WireInventory>, CliError> {
        let shown = self.path.display();
        let wrong = |why: String| {
            CliError::usage(format!("{shown} is no inventory: {why}"))
                .hint("an inventory is what `downhaul scan --output json=refs.json` writes")
        };
        let bytes = std::fs::read(self.path)
            .map_err(|error| CliError::usage(format!("the inventory {shown} cannot be read: {error}")))?;
        // Read by hand first: a flattened option hides what is wrong with it.
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        let version = value["version"].as_u64();
        if version != Some(1) {
            return Err(wrong(format!("its version is {}, this downhaul knows version 1", value["version"])));
        }
        let mut inventories: Vec<WireInventory> = match value.get("inventories") {
            Some(list) => serde_json::from_value(list.clone()).map_err(|error| wrong(error.to_string()))?,
            None => vec![serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?],
        };
        if let Some(name) = self.name {
            let [only] = inventories.as_mut_slice() else {
                return Err(wrong(format!("`{name}` cannot name the {} repositories in it", inventories.len())));
            };
            only.repository = Some(name.to_owned());
        }
        for inventory in &inventories {
            if inventory.repository.is_none() {
                let error = wrong("it does not say which repository it is of".to_owned());
                return Err(error.hint(format!("name it: github:acme/shop={shown}")));
            }
            inventory.read().map_err(wrong)?;
        }
        Ok(inventories)
    }
}

impl WireInventory {
    /// As rules see it.
    pub(crate) fn read(&self) -> Result<Inventory, String> {
        let mut uses: BTreeMap<FlagKey, Vec<Use>> = BTreeMap::new();
        let mut patterns = BTreeSet::new();
        for reference in &self.references {
            if let Some(flag) = &reference.flag {
                let key = FlagKey::new(flag).map_err(|error| format!("{flag:?}: {error}"))?;
                uses.entry(key).or_default().push(reference.read()?);
            } else if let Some(pattern) = &reference.pattern {
                patterns.insert(KeyPattern { parts: pattern.split('*').map(str::to_owned).collect() });
            }
        }
        let as_of =
            self.as_of.as_deref().map(str::parse::<Timestamp>).transpose().map_err(|error| error.to_string())?;
        Ok(Inventory {
            repository: canonical(self.repository.as_deref().unwrap_or_default()),
            commit: self.commit.clone(),
            as_of,
            complete: self.complete,
            uses,
            patterns,
        })
    }
}

impl WireReference {
    fn read(&self) -> Result<Use, String> {
        let kinds = [
            ReferenceKind::Evaluation,
            ReferenceKind::Definition,
            ReferenceKind::Wrapper,
            ReferenceKind::Test,
            ReferenceKind::Config,
            ReferenceKind::Mention,
        ];
        let kind = kinds.into_iter().find(|kind| kind.as_str() == self.kind);
        let confidence = [Confidence::Low, Confidence::High].into_iter().find(|sure| sure.as_str() == self.confidence);
        Ok(Use {
            path: self.location.path.clone(),
            line: self.location.line,
            kind: kind.ok_or_else(|| format!("there is no kind of reference `{}`", self.kind))?,
            confidence: confidence.ok_or_else(|| format!("there is no confidence `{}`", self.confidence))?,
            class: None,
        })
    }
}

/// What this run itself found, as an inventory.
pub(crate) fn of_run(repository: &str, as_of: Timestamp, complete: bool, references: &[Reference]) -> Inventory {
    let mut uses: BTreeMap<FlagKey, Vec<Use>> = BTreeMap::new();
    let mut patterns = BTreeSet::new();
    for reference in references {
        match &reference.key {
            ReferencedKey::Known(key) => uses.entry(key.clone()).or_default().push(Use {
                path: reference.location.path.to_string(),
                line: reference.location.start.line,
                kind: reference.kind,
                confidence: reference.confidence,
                class: Some(reference.class),
            }),
            ReferencedKey::Pattern(pattern) => {
                patterns.insert(pattern.clone());
            }
        }
    }
    Inventory { repository: canonical(repository), commit: None, as_of: Some(as_of), complete, uses, patterns }
}

/// One name for one repository: `github:acme/shop` for `https://github.com/acme/shop.git`.
pub(crate) fn canonical(name: &str) -> String {
    let bare = name.trim().trim_end_matches('/').trim_end_matches(".git");
    let address = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).unwrap_or(bare);
    for (host, short) in [("github.com/", "github:"), ("gitlab.com/", "gitlab:"), ("bitbucket.org/", "bitbucket:")] {
        if let Some(rest) = address.strip_prefix(host) {
            return format!("{short}{rest}");
        }
    }
    address.to_owned()
}

/// Puts the inventories together, one for each repository: of several of one repository, the newest.
pub(crate) fn merge(inventories: Vec<WireInventory>) -> Vec<WireInventory> {
    let mut newest: BTreeMap<String, WireInventory> = BTreeMap::new();
    for mut inventory in inventories {
        let name = canonical(inventory.repository.as_deref().unwrap_or_default());
        inventory.repository = Some(name.clone());
        let moment = |inventory: &WireInventory| inventory.as_of.as_ref().and_then(|at| at.parse::<Timestamp>().ok());
        let is_older = newest.get(&name).is_some_and(|other| moment(other) > moment(&inventory));
        if !is_older {
            newest.insert(name, inventory);
        }
    }
    newest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_one_name() {
        for name in [
            "github:acme/shop",
            "https://github.com/acme/shop",
            "https://github.com/acme/shop.git",
            "github.com/acme/shop/",
        ] {
            assert_eq!(canonical(name), "github:acme/shop", "{name}");
        }
        assert_eq!(canonical("https://code.example/team/shop"), "code.example/team/shop");
        assert_eq!(canonical("shop"), "shop");
    }
}
