//! Project automation: `cargo xtask …`.
//!
//! Exit status: 0 done, 1 it failed, 2 wrong usage, 3 the machine lacks something (a test should then skip aloud).

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub mod behaviour;
pub mod bench;
mod build;
pub mod corpus;
pub mod estate;
pub mod fuzz;
#[cfg(unix)]
pub mod unleash;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Project automation.")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generated programs, run before and after the clean-up: they must do the same.
    Behaviour(behaviour::Args),
    /// How long a scan takes, beside ripgrep over the same tree.
    Bench(bench::Args),
    /// Damaged sources of every language, for minutes.
    Fuzz(fuzz::Args),
    /// The finder measured on the labelled corpus: precision, recall, wrong keys.
    Corpus(corpus::Args),
    /// A real Unleash server on this machine: start, fill, stop.
    #[cfg(unix)]
    Unleash(unleash::Args),
    /// A real Unleash server on this machine: needs Linux or macOS.
    #[cfg(not(unix))]
    Unleash {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        rest: Vec<String>,
    },
}

/// This machine lacks something that has to be installed first.
#[derive(Debug)]
pub struct Lacking(
    /// What, and what helps.
    pub String,
);

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lacking {}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let result: anyhow::Result<()> = match Args::parse().command {
        Command::Behaviour(args) => behaviour::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        #[cfg(unix)]
        Command::Unleash(args) => unleash::run(&args),
        #[cfg(not(unix))]
        Command::Unleash { .. } => Err(Lacking("the server needs Linux or macOS".to_owned()).into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("{error:#}"));
            ExitCode::from(if error.is::<Lacking>() { 3 } else { 1 })
        }
    }
}

/// Progress and errors for people, on the error stream.
#[allow(clippy::print_stderr, reason = "xtask talks to the person who typed it")]
pub(crate) fn note(text: &str) {
    eprintln!("xtask: {text}");
}

/// Results for programs, on the output stream.
#[allow(clippy::print_stdout, reason = "xtask talks to the person who typed it")]
pub(crate) fn print(text: &str) {
    println!("{text}");
}

/// The top folder of this workspace.
pub(crate) fn workspace_root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}
