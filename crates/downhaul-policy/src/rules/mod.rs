//! One file for each rule, and the list of them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use downhaul_core::{Evidence, FlagType, RuleInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::draft::Outcomes;

mod fully_rolled_out_flag;

/// One check: a pure function of the evidence and of its own options.
pub(crate) trait Rule: Debug + Send + Sync {
    /// Looks at every subject of the rule and puts it where it belongs.
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes);
}

/// What a rule writes. The struct is the rule's options: field names are option names, `Default` their defaults.
pub(crate) trait Define: Rule + Default + Serialize + DeserializeOwned + 'static {
    /// What is known of the rule before any run.
    const INFO: &'static RuleInfo;

    /// Takes over what the policy says to all rules alike.
    fn adopt(&mut self, _shared: &Shared) {}
}

/// What the policy says to all rules alike.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared {
    /// `[lifetimes]`: days by type; 0 means for ever.
    pub(crate) lifetimes: BTreeMap<FlagType, u32>,
}

/// A rule in the list.
pub(crate) struct Entry {
    pub(crate) info: &'static RuleInfo,
    /// The options with their defaults.
    pub(crate) options: fn() -> toml::Table,
    /// The rule with these options.
    pub(crate) build: fn(toml::Table, &Shared) -> Result<Box<dyn Rule>, toml::de::Error>,
}

impl Entry {
    /// Every rule, by id.
    pub(crate) const ALL: &[Entry] = &[Entry::of::<fully_rolled_out_flag::FullyRolledOutFlag>()];

    const fn of<T: Define>() -> Self {
        Entry { info: T::INFO, options: options::<T>, build: build::<T> }
    }

    pub(crate) fn find(id: &str) -> Option<&'static Entry> {
        Entry::ALL.iter().find(|entry| entry.info.id == id)
    }
}

fn options<T: Define>() -> toml::Table {
    // Options are plain numbers, texts, lists and tables, and every one has a default, so this cannot fail.
    toml::Table::try_from(T::default()).unwrap_or_default()
}

fn build<T: Define>(table: toml::Table, shared: &Shared) -> Result<Box<dyn Rule>, toml::de::Error> {
    let mut rule: T = table.try_into()?;
    rule.adopt(shared);
    Ok(Box::new(rule))
}

/// A rule as listings and explanations show it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleListing {
    /// What is known of the rule.
    pub info: &'static RuleInfo,
    /// Its own options with their defaults; `severity` and `severity_on_new` come on top.
    pub options: toml::Table,
}

/// Every rule, in the catalogue's order: by id.
pub fn rules() -> impl Iterator<Item = RuleListing> {
    Entry::ALL.iter().map(|entry| RuleListing { info: entry.info, options: (entry.options)() })
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<RuleListing> {
    Entry::find(id).map(|entry| RuleListing { info: entry.info, options: (entry.options)() })
}
