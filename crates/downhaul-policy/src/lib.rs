//! The policy and its rules: evidence in, findings and a tally out.
//!
//! [`Policy::new`] turns the tables of `downhaul.toml` that belong to this crate into a validated [`Policy`];
//! [`check`] runs its rules over the evidence; [`Policy::gate`] says whether what came out may pass.
//!
//! Rules are pure functions of evidence and options: no network, no file system, and "now" is a part of the evidence.
//! A rule never sees another rule. It drafts findings; severities, ordinals and fingerprints are the engine's.

#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod baseline;
mod by_type;
mod calendar;
mod check;
mod completion;
mod config;
mod controls;
mod decisions;
mod draft;
mod exemption;
mod gate;
mod globs;
mod link;
mod located;
mod manifest;
mod marks;
mod options;
mod paid;
mod places;
mod policy;
mod presets;
mod production;
mod rules;
mod run;
mod selector;
mod sites;
mod strictness;
mod suggest;
mod value;
mod words;

pub use baseline::{Baseline, Changes as BaselineChanges, Entry as BaselineEntry};
pub use check::{check, check_change, check_marked, keep_new};
pub use config::{
    BaselineConfig, Day, ExemptConfig, FreezeConfig, GateConfig, OverrideConfig, PolicyConfig, SelectorConfig,
    WindowConfig,
};
pub use decisions::{Decision, Origin, Setting};
pub use gate::{FailOn, GateVerdict, MissingRequired};
pub use located::FileError;
pub use manifest::{FLAG as MANIFEST_KEYS, join_manifests, read_manifest, read_openfeature};
pub use marks::{Marks, inline_allowed};
pub use places::{Layer, Places, merge};
pub use policy::{Policy, PolicyError};
pub use presets::{PRESET_NAMES, STANDARD};
pub use rules::{RuleListing, diagnostics, rule, rules};
pub use strictness::is_stricter;
pub use suggest::did_you_mean;
