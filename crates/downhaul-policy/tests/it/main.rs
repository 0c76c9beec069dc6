//! The rules over their fixtures, the policy's own words, and what must hold for any evidence.

mod case;
mod case_flags;
mod case_refs;
mod case_server;
mod fixtures;
mod manifest;
mod marks;
mod outcome;
mod overrides;
mod policy;
mod properties;
