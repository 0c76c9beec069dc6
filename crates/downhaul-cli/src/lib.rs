//! The `downhaul` command line: arguments, settings, wiring, exit codes.
//!
//! This is the only crate that reads the clock, the environment and the terminal, and the only one that writes the
//! user's files. It decides nothing about flags.

mod args;
mod baseline;
mod change;
mod ci;
mod commands;
mod compare;
mod config;
mod errors;
mod git;
mod inventory;
mod manifest;
mod output;
mod owners;
mod progress;
mod revision;
mod settings;
mod sources;
mod texts;

use std::process::ExitCode;

use clap::Parser;

pub use errors::{CliError, Exit};

use args::{Cli, Command};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap writes each where it belongs.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
            let _ = error.print();
            return ExitCode::from(exit.code());
        }
    };
    let exit = std::panic::catch_unwind(|| run(&cli)).unwrap_or_else(|_| {
        output::complain("this is a fault of downhaul, please report it with the lines above");
        Exit::Fault
    });
    ExitCode::from(exit.code())
}

fn run(cli: &Cli) -> Exit {
    let result = match &cli.command {
        Command::Scan(args) => commands::scan::run(&cli.global, args),
        Command::Check(args) => commands::check::run(&cli.global, args),
        Command::Clean(args) => commands::clean::run(&cli.global, args),
        Command::Pr(args) => commands::pr::run(&cli.global, args),
        Command::Baseline { command } => commands::baseline::run(&cli.global, command),
        Command::Audit(args) => commands::audit::run(&cli.global, args),
        Command::Merge(args) => commands::merge::run(args),
        Command::Manifest { command } => commands::manifest::run(&cli.global, command),
        Command::Config { command } => commands::config::run(&cli.global, command),
        Command::Snapshot(args) => commands::snapshot::run(&cli.global, args),
        Command::Explain(args) => commands::explain::run(&cli.global, args),
        Command::Rules => commands::rules::run(&cli.global),
        Command::Init(args) => commands::init::run(&cli.global, args),
        Command::Doctor => commands::doctor::run(&cli.global),
        Command::Schema(args) => commands::schema::run(args),
        Command::Completions(args) => commands::completions::run(args),
        Command::Man(args) => commands::man::run(args),
    };
    result.unwrap_or_else(|error| {
        output::complain(&error.to_string());
        error.exit()
    })
}
