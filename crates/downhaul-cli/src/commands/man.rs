//! `downhaul man`: the manual pages, to read or to install.

use std::path::Path;

use clap::CommandFactory;

use crate::args::{Cli, ManArgs};
use crate::errors::{CliError, Exit};
use crate::output;

/// The page of the program on standard output, or every page into a folder.
pub(crate) fn run(args: &ManArgs) -> Result<Exit, CliError> {
    let mut program = Cli::command();
    program.build();
    match &args.out_dir {
        None => output::print(&page(&program)?)?,
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(|error| CliError::usage(format!("{} cannot be made: {error}", folder.display())))?;
            write_pages(&program, folder)?;
        }
    }
    Ok(Exit::Clean)
}

/// One page for the program and one for each command, named as `man downhaul-check` looks for them.
fn write_pages(command: &clap::Command, folder: &Path) -> Result<(), CliError> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    output::write_file(&folder.join(format!("{name}.1")), &page(command)?)?;
    command.get_subcommands().try_for_each(|command| write_pages(command, folder))
}

fn page(command: &clap::Command) -> Result<Vec<u8>, CliError> {
    let mut text = Vec::new();
    let source = format!("downhaul {}", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command.clone())
        .source(source)
        .manual("downhaul manual")
        .render(&mut text)
        .map_err(|error| CliError::usage(format!("the manual page cannot be made: {error}")))?;
    Ok(text)
}
