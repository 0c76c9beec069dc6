//! `downhaul merge`: inventories of several repositories as one file.

use serde_json::json;

use crate::args::MergeArgs;
use crate::errors::{CliError, Exit};
use crate::inventory::{self, Named};
use crate::output;

pub(crate) fn run(args: &MergeArgs) -> Result<Exit, CliError> {
    let mut all = Vec::new();
    for file in &args.files {
        all.extend(Named::new(file).read()?);
    }
    let merged = inventory::merge(all);
    let tool = json!({"name": "downhaul", "version": env!("CARGO_PKG_VERSION")});
    output::print(format!("{:#}\n", json!({"version": 1, "tool": tool, "inventories": merged})).as_bytes())?;
    Ok(Exit::Clean)
}
