//! `cargo xtask fuzz`: damaged sources of every language, for minutes. The mutants themselves are made by the test
//! `mutants` of the scanner, of which each test run makes a few.

use std::process::Command;

use anyhow::ensure;

use crate::workspace_root;

/// Options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub struct Args {
    /// For how long, for each language
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// The first seed; each seed makes the same mutants everywhere [default: the clock]
    #[arg(long)]
    seed: Option<u64>,
    /// Only sources with this extension
    #[arg(long)]
    language: Option<String>,
}

/// Runs the test; what goes wrong names its seed and where the files are.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let clock = || jiff::Timestamp::now().as_second().unsigned_abs();
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(workspace_root())
        .args([
            "test",
            "--locked",
            "--package",
            "downhaul-scanner",
            "--test",
            "mutants",
            "--",
            "--nocapture",
            "mutants_do",
        ])
        .env("DOWNHAUL_FUZZ_SECONDS", args.seconds.to_string())
        .env("DOWNHAUL_FUZZ_SEED", args.seed.unwrap_or_else(clock).to_string());
    if let Some(language) = &args.language {
        command.env("DOWNHAUL_FUZZ_LANGUAGE", language);
    }
    let status = command.status()?;
    ensure!(
        status.success(),
        "a mutant did harm: the seed and the files are named above; keep what it takes in crates/downhaul-scanner/tests/mutants/"
    );
    Ok(())
}
