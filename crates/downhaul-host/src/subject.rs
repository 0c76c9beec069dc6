//! What a pull request is about: one flag, or all the flags of an owner.

use downhaul_core::FlagKey;

/// The subject of a pull request. The same subject has the same branch, run after run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// As people call it.
    pub name: String,
    /// All that makes it what it is.
    pub(crate) identity: String,
}

impl Subject {
    /// A flag of a project of the flag server.
    pub fn flag(project: Option<&str>, flag: &FlagKey) -> Self {
        let identity = format!("{}\0{}", project.unwrap_or_default(), flag.as_str());
        Subject { name: flag.as_str().to_owned(), identity }
    }

    /// Everything that an owner has to look at.
    pub fn owner(name: &str) -> Self {
        Subject { name: name.to_owned(), identity: format!("owner\0\0{name}") }
    }
}
