//! `downhaul audit`: the scheduled run. As `check`, with the inventories of the other repositories at hand, so that
//! absence can be told.

use crate::args::{AuditArgs, CheckArgs, Global};
use crate::commands::check;
use crate::errors::{CliError, Exit};
use crate::inventory::{self, Named};

pub(crate) fn run(global: &Global, args: &AuditArgs) -> Result<Exit, CliError> {
    let mut read = Vec::new();
    for file in &args.inventories {
        read.extend(Named::new(file).read()?);
    }
    let inventories = inventory::merge(read);
    // What cannot be understood was refused when it was read.
    let inventories = inventories.iter().filter_map(|inventory| inventory.read().ok()).collect();
    let check: &CheckArgs = &args.check;
    check::run_with(global, check, inventories)
}
