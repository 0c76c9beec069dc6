//! `cargo xtask bench`: how long a scan takes, beside `rg -c -F -f keys.txt` over the same tree in the same run.
//!
//! Wall time alone says little on a machine that others use too, so processor time stands beside it, and both are
//! given as ratios.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::{Lacking, print, workspace_root};

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// The tree to scan
    tree: PathBuf,
    /// File with flag keys, one a line
    #[arg(long)]
    keys: PathBuf,
    /// How often each is run; the fastest counts
    #[arg(long, default_value_t = 10)]
    runs: u32,
    /// The binary to measure [default: target/release/downhaul]
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// The fastest of some runs.
#[derive(Clone, Copy)]
struct Time {
    wall: Duration,
    /// User and system time; `None` where the system does not tell.
    processor: Option<Duration>,
}

/// Measures and prints a table.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let binary = args.binary.clone().unwrap_or_else(|| workspace_root().join("target/release/downhaul"));
    ensure!(binary.is_file(), Lacking(format!("{} is missing: `cargo build --release` makes it", binary.display())));
    let keys = args.keys.canonicalize().with_context(|| format!("{}", args.keys.display()))?;
    let many = with_more_keys(&keys)?;
    let empty = tempfile::tempdir()?;
    let rg = |tree: &Path| {
        let mut command = Command::new("rg");
        command.args(["-c", "-F", "-f"]).arg(&keys).current_dir(tree);
        command
    };
    let scan = |tree: &Path, keys: &Path| {
        let mut command = Command::new(&binary);
        command.args(["scan", "--no-progress", "--format", "json", "--keys"]).arg(keys).current_dir(tree);
        command
    };
    // In turns, so that a busy moment of the machine hits all of them.
    let mut commands =
        [rg(&args.tree), scan(&args.tree, &keys), scan(&args.tree, many.path()), scan(empty.path(), &keys)];
    let mut best: [Option<Time>; 4] = [None; 4];
    for _ in 0..args.runs {
        for (command, best) in commands.iter_mut().zip(&mut best) {
            let time = measure(command)?;
            *best = Some(best.map_or(time, |best| best.fastest(time)));
        }
    }
    let times: Vec<Time> = best.into_iter().flatten().collect();
    let base = times[0];
    print("| what | wall | processor | wall, × rg | processor, × rg |\n|---|---|---|---|---|");
    for (name, time) in ["`rg -c -F -f`", "scan", "scan, 5,000 keys more", "scan of nothing"].iter().zip(&times) {
        let processor = time.processor.map_or("?".to_owned(), milliseconds);
        let ratio = match (time.processor, base.processor) {
            (Some(time), Some(base)) => format!("{:.1}", time.as_secs_f64() / base.as_secs_f64()),
            _ => "?".to_owned(),
        };
        let wall = time.wall.as_secs_f64() / base.wall.as_secs_f64();
        print(&format!("| {name} | {} | {processor} | {wall:.1} | {ratio} |", milliseconds(time.wall)));
    }
    Ok(())
}

impl Time {
    fn fastest(self, other: Time) -> Time {
        let processor = match (self.processor, other.processor) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Time { wall: self.wall.min(other.wall), processor }
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

fn measure(command: &mut Command) -> anyhow::Result<Time> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let name = command.get_program().to_string_lossy().into_owned();
    let before = processor_of_children();
    let began = Instant::now();
    let status = command.status().map_err(|error| Lacking(format!("{name} cannot be run: {error}")))?;
    let wall = began.elapsed();
    let after = processor_of_children();
    // rg ends with 1 where nothing is found.
    ensure!(status.code().is_some_and(|code| code < 2), "{name} ended with {status}");
    Ok(Time { wall, processor: before.zip(after).map(|(before, after)| after.saturating_sub(before)) })
}

/// The processor time of all children that have ended, as Linux tells it: in hundredths of a second.
fn processor_of_children() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(13..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// The same keys and five thousand that are nowhere.
fn with_more_keys(keys: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let mut text = std::fs::read_to_string(keys)?;
    text.extend((0..5_000).map(|n| format!("\n{}-flag-number-{n}", ["new", "beta", "old", "exp", "team"][n % 5])));
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), text)?;
    Ok(file)
}
