//! What other repositories refer to: their inventories, and whether absence from all of them can be told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::flag::FlagKey;
use crate::reference::{Confidence, KeyPattern, PathClass, ReferenceKind};

/// The inventories at hand, and those that should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repositories {
    /// Names of the repositories that have to be looked at before a flag can be called unused; empty when the policy
    /// names none.
    pub expected: Vec<String>,
    /// One for each repository, sorted by name.
    pub inventories: Vec<Inventory>,
    /// Days after which an inventory no longer tells that something is absent.
    pub max_age_days: u32,
}

impl Default for Repositories {
    fn default() -> Self {
        Repositories { expected: Vec::new(), inventories: Vec::new(), max_age_days: 7 }
    }
}

/// The inventory of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// Its name: `github:acme/shop`, or its address.
    pub repository: String,
    /// The commit that was scanned.
    pub commit: Option<String>,
    /// As of when it holds; `None` when the file does not say.
    pub as_of: Option<Timestamp>,
    /// Nothing in scope was left out.
    pub complete: bool,
    /// What it refers to.
    pub uses: BTreeMap<FlagKey, Vec<Use>>,
    /// Keys that are made at run time.
    pub patterns: BTreeSet<KeyPattern>,
}

/// A reference in another repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Relative to the root of that repository.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What the code does with the flag.
    pub kind: ReferenceKind,
    /// How sure it is that this is about a flag.
    pub confidence: Confidence,
    /// What kind of file it stands in, if the inventory says so.
    pub class: Option<PathClass>,
}

impl Repositories {
    /// Whether the inventories together can tell that something is absent.
    ///
    /// # Errors
    /// What is missing, too old or cut short, for people.
    pub fn can_tell_absence(&self, now: Timestamp) -> Result<(), String> {
        if self.expected.is_empty() {
            return Err("the policy does not say which repositories use the flags (`repos.expected`)".to_owned());
        }
        let mut wrong = Vec::new();
        for name in &self.expected {
            match self.inventories.iter().find(|inventory| inventory.repository == *name) {
                None => wrong.push(format!("the inventory of `{name}` is missing")),
                Some(inventory) => wrong.extend(inventory.shortcoming(now, self.max_age_days)),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }

    /// The uses of a flag in all inventories, with the repository.
    pub fn uses_of<'a>(&'a self, key: &'a FlagKey) -> impl Iterator<Item = (&'a str, &'a Use)> {
        self.inventories.iter().flat_map(move |inventory| {
            inventory.uses.get(key).into_iter().flatten().map(|used| (inventory.repository.as_str(), used))
        })
    }

    /// The repositories in which a key that is made at run time can be this one.
    pub fn may_build<'a>(&'a self, key: &'a FlagKey) -> impl Iterator<Item = &'a str> {
        let may = |inventory: &&Inventory| {
            inventory.patterns.iter().any(|pattern| !pattern.is_any() && pattern.matches(key.as_str()))
        };
        self.inventories.iter().filter(may).map(|inventory| inventory.repository.as_str())
    }
}

impl Inventory {
    fn shortcoming(&self, now: Timestamp, max_age_days: u32) -> Option<String> {
        let name = &self.repository;
        if !self.complete {
            return Some(format!("the inventory of `{name}` is not complete"));
        }
        let Some(as_of) = self.as_of else {
            return Some(format!("the inventory of `{name}` does not say as of when it holds"));
        };
        let is_old = now.duration_since(as_of) > SignedDuration::from_hours(24 * i64::from(max_age_days));
        is_old.then(|| format!("the inventory of `{name}` is older than {max_age_days} days"))
    }
}
