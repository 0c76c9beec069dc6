//! Languages and flag SDKs as data, and the small engine that reads them.
//!
//! A language is a folder of facts and queries that say what its nodes are; it never names a vendor. An SDK is a file
//! that says which calls mean "evaluate a flag"; it never contains a query. What a file says, in terms that are the
//! same for all languages, is its [`Facts`]; the scanner joins them.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod catalog;
pub mod facts;
mod grammar;
mod language;
mod lower;
mod pattern;
mod role;
mod sdk;
pub mod syntax;
mod template;
mod tree;

pub use catalog::{Catalog, LangError};
pub use facts::Facts;
pub use language::{ImportStyle, Language, LanguageId, Tail};
pub use lower::{Parsed, Unreadable};
pub use sdk::{Argument, CallRole, Example, Form, Sdk, SdkCall, SdkId};
pub use syntax::{CleanupFacts, NodeId, SyntaxTree};
