//! What is connected to the flag server: applications that ask it, and services that it tells of changes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::access::Scope;

/// A program that asks for flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The name it gives itself.
    pub name: String,
    /// When the server first heard of it.
    pub created_at: Option<Timestamp>,
    /// When the server last heard of it.
    pub seen_at: Option<Timestamp>,
    /// Environments it asks in.
    pub environments: BTreeSet<String>,
    /// The SDKs of its instances; `None` when the server does not say.
    pub sdks: Option<BTreeSet<SdkVersion>>,
}

/// An SDK as it names itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SdkVersion {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A service that the server tells of changes. Its parameters, which hold addresses and secrets, have no place here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// The server's id.
    pub id: i64,
    /// What kind of service: `webhook`.
    pub provider: String,
    /// What its makers wrote about it.
    pub description: Option<String>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Which events it is told of, by the server's names.
    pub events: Vec<String>,
    /// Of which projects.
    pub projects: Scope,
    /// Of which environments.
    pub environments: Scope,
    /// How the latest message went; `None` when there was none, or the server does not say.
    pub last_delivery: Option<Delivery>,
}

/// How a message to an integration went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When it was sent.
    pub at: Timestamp,
    /// Whether it arrived.
    pub succeeded: bool,
}
