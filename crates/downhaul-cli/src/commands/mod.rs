//! One file for each subcommand.

pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod snapshot;
