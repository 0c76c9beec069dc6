//! `downhaul completions`: a completion script for a shell.

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::errors::{CliError, Exit};
use crate::output;

pub(crate) fn run(args: &CompletionsArgs) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "downhaul", &mut script);
    output::print(&script)?;
    Ok(Exit::Clean)
}
