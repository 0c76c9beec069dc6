//! `downhaul audit`: the scheduled run. It looks at the flag server as a whole, all of its flags, and with the inventories
//! of the repositories at hand at what is absent; the code of each repository is for `check`.

use crate::args::{AuditArgs, CheckArgs, Global};
use crate::commands::check;
use crate::commands::judge::Look;
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
    check::run_with(global, check, Look::Server(inventories))
}
