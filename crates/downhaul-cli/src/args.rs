//! What the user typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::git::Base;

const AFTER_HELP: &str = "\
Exit codes:
  0  clean
  1  findings at or above the fail level; clean: done, and something is left for a person
  2  wrong usage, configuration or input file
  3  evidence missing: the server was unreachable or refused, or a required rule could not be evaluated
  4  --strict, and something was skipped
  5  a fault of downhaul itself
  6  clean: refused, nothing was changed for at least one flag

Environment:
  UNLEASH_URL, UNLEASH_TOKEN   the flag server (a Viewer's personal access token is enough)
  DOWNHAUL_CONFIG              same as --config
  DOWNHAUL_FORMAT              same as --format
  DOWNHAUL_HOST_TOKEN          the code host, for `pr` (or GH_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN)
  NO_COLOR, CLICOLOR_FORCE     colour off, colour on

Inside GitHub Actions, `check` without --format also annotates the lines and writes the summary of the step.";

/// Finds every feature flag in a code base, checks it against the flag server and the release policy.
#[derive(Debug, Parser)]
#[command(name = "downhaul", version, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Policy file [default: downhaul.toml, upwards to the git root]
    #[arg(long, value_name = "FILE", env = "DOWNHAUL_CONFIG", hide_env = true, global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Root of the repository; paths in output are relative to it [default: the git root, else the working directory]
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) root: Option<PathBuf>,
    /// Format of what goes to standard output: text, concise, json, jsonl, sarif, sarif-full, github, gitlab,
    /// junit, markdown, rdjson
    #[arg(long, value_name = "FORMAT", env = "DOWNHAUL_FORMAT", hide_env = true, global = true)]
    pub(crate) format: Option<String>,
    /// Also write this format to this file; may be given several times
    #[arg(long = "output", value_name = "FORMAT=PATH", global = true)]
    pub(crate) outputs: Vec<String>,
    /// Use this snapshot file instead of the flag server
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) snapshot: Option<PathBuf>,
    /// Judge as of this moment (2026-11-22 or 2026-11-22T10:00:00Z) [default: when the snapshot was taken]
    #[arg(long, value_name = "TIME", global = true)]
    pub(crate) as_of: Option<String>,
    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto, global = true)]
    pub(crate) color: ColorWhen,
    /// No progress bar
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// How many threads to scan with [default: one for each core]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Neither read nor write a scan cache (this version keeps none)
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Speak to no server; use a snapshot file if there is one
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// Say less on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: list what was skipped, and why
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List every flag reference in the code; needs no server
    Scan(ScanArgs),
    /// Check this repository against the flag server and the policy; the exit code is the verdict
    ///
    /// Looks at what concerns this repository: its code, the change under review, and the flags that it refers to or
    /// declares, with what was done to them on the server. What concerns the server as a whole, or needs to know that
    /// no repository refers to a flag, is for `downhaul audit`. `downhaul rules` says who runs which rule.
    Check(CheckArgs),
    /// Take flags out of the code: prints a diff, or writes it with --apply
    Clean(CleanArgs),
    /// Open one pull request for each flag whose time has come; running it again changes nothing
    Pr(PrArgs),
    /// Accept the findings that there are now, or drop from the list those that are gone
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// Check the flag server as a whole, and what is absent from all repositories; the scheduled run
    ///
    /// Looks at every flag of the server, at who changed what and who may, and, with the inventories of the repositories
    /// that the policy expects, at flags that nobody refers to. Rules about code are for `downhaul check` in each
    /// repository. `downhaul rules` says who runs which rule.
    Audit(AuditArgs),
    /// Put the inventories of several repositories together, on standard output
    Merge(MergeArgs),
    /// What the flags are meant to be
    Manifest {
        #[command(subcommand)]
        command: ManifestCommand,
    },
    /// Show what the settings come to, and where each comes from
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Save what the flag server says now, for later runs without it; or compare two such files
    Snapshot(SnapshotArgs),
    /// Show the page of a rule, all that is known of a flag, what decided about a finding, or why a line is a reference
    Explain(ExplainArgs),
    /// List the rules
    Rules,
    /// Write a policy, a manifest and a workflow to begin with; what exists stays as it is
    Init(InitArgs),
    /// Say what works here, what does not, and what to do about it
    Doctor,
    /// Print the JSON Schema of a file that downhaul writes
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command into a folder
    Man(ManArgs),
}

/// What is scanned, and how.
#[derive(Debug, Default, Args)]
pub(crate) struct ScanArgs {
    /// Files and folders to scan [default: the root]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// File with known flag keys, one a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// Also list keys that stand in plain strings and comments
    #[arg(long)]
    pub(crate) mentions: bool,
    /// Exit with 4 when anything was skipped
    #[arg(long)]
    pub(crate) strict: bool,
    /// Only what was added since this commit, and what was taken away (`scan` tells moves and new formatting apart)
    #[arg(long, value_name = "REF", conflicts_with = "merge_base")]
    pub(crate) since: Option<String>,
    /// The same, since the present branch left this one
    #[arg(long, value_name = "REF")]
    pub(crate) merge_base: Option<String>,
}

impl ScanArgs {
    /// What the tree is to be compared with, if with anything.
    pub(crate) fn base(&self) -> Option<Base> {
        let since = self.since.clone().map(Base::Since);
        since.or_else(|| self.merge_base.clone().map(Base::MergeBase))
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
    /// Least severity that fails the run [default: error, or what the policy says]
    #[arg(long, value_name = "LEVEL", value_enum)]
    pub(crate) fail_on: Option<FailLevel>,
    /// Old findings that are accepted [default: downhaul.baseline.json beside the policy or in the root, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// What to do when the flag server cannot be read: fail with 3, or go on with the rules that need none
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnServerError::Fail)]
    pub(crate) on_server_error: OnServerError,
    /// Print how many subjects each rule passed, left out and could not tell
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Inventory of a repository (`scan --output json=refs.json`) or several merged; NAME=FILE says whose it is
    #[arg(long = "inventory", value_name = "[NAME=]FILE")]
    pub(crate) inventories: Vec<String>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Inventories, as `scan --output json=refs.json` writes them; NAME=FILE says whose it is
    #[arg(value_name = "[NAME=]FILE", required = true)]
    pub(crate) files: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ManifestCommand {
    /// Propose, as a diff, what the manifest would have to say to agree with the server
    Pull(PullArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// Flags to look at [default: those that the manifest declares or this repository refers to]
    #[arg(value_name = "FLAG")]
    pub(crate) flags: Vec<String>,
    /// Look at every flag of the server
    #[arg(long, conflicts_with = "flags")]
    pub(crate) all: bool,
    /// Write it, instead of printing it alone
    #[arg(long)]
    pub(crate) apply: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Write the list of all present findings; what is on it keeps its day and its reason
    Write {
        #[command(flatten)]
        baseline: BaselineArgs,
        /// Why findings that are not on the list yet are accepted; needed once there is a list
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Take off the list what is not found any more; never adds anything
    Prune {
        #[command(flatten)]
        baseline: BaselineArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    /// The list [default: downhaul.baseline.json beside the policy, else in the root]
    #[arg(long = "baseline", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// File with known flag keys, one a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// What to do when the flag server cannot be read: fail with 3, or go on with the rules that need none
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = OnServerError::Fail)]
    pub(crate) on_server_error: OnServerError,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting with the place that it comes from: an option, the environment, a file and line, a preset
    Show,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailLevel {
    Never,
    Note,
    Warning,
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnServerError {
    Fail,
    Warn,
}

const CLEAN_HELP: &str = "\
Examples:
  downhaul clean new-checkout --keep on                     a diff; nothing is written
  downhaul clean a b c --keep off --apply                   several flags; the files are written, all or none
  downhaul clean new-checkout --snapshot flags.json         keeps what production serves to everyone
  downhaul clean --stale --apply --verify 'npm test'        what the rules propose, as far as the tests agree

What is left for a person (a key that is built at run time, documentation) is listed with the reason.
Exit codes: 0 nothing is left; 1 something is left for a person, and listed; 2 wrong usage; 3 the server could not be
read; 6 refused: nothing was changed for at least one flag.";

#[derive(Debug, Args)]
#[command(after_help = CLEAN_HELP)]
pub(crate) struct CleanArgs {
    /// Keys of the flags to take out
    #[arg(value_name = "FLAG", required_unless_present = "stale", conflicts_with = "stale")]
    pub(crate) flags: Vec<String>,
    /// Every flag that `check` proposes to take out, with the side that it proposes
    #[arg(long)]
    pub(crate) stale: bool,
    /// The side that stays: on, off, the name of a variant, or auto: what production serves to everyone, as the server
    /// or the snapshot says [default: auto]
    #[arg(long, value_name = "SIDE")]
    pub(crate) keep: Option<String>,
    /// Write the files instead of printing a diff
    #[arg(long)]
    pub(crate) apply: bool,
    /// Run this command after the files are written, and put them back if it fails
    #[arg(long, value_name = "CMD", requires = "apply")]
    pub(crate) verify: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = PR_HELP)]
pub(crate) struct PrArgs {
    /// Keys of the flags to take out [default: every one that `check` calls removable]
    #[arg(value_name = "FLAG", requires = "keep")]
    pub(crate) flags: Vec<String>,
    /// The side that stays: on, off, or the name of a variant
    #[arg(long, value_name = "SIDE", requires = "flags")]
    pub(crate) keep: Option<String>,
    /// Say what would happen; write nothing to the host
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the changes as patches into this folder, and speak to no host
    #[arg(long, value_name = "DIR", conflicts_with = "dry_run")]
    pub(crate) patch_dir: Option<PathBuf>,
    /// The git remote that branches go to
    #[arg(long, value_name = "NAME", default_value = "origin")]
    pub(crate) remote: String,
    /// The branch that pull requests are for [default: the remote's default]
    #[arg(long, value_name = "BRANCH")]
    pub(crate) base: Option<String>,
    /// The kind of code host: github, gitlab or gitea [default: told by its name]
    #[arg(long, value_name = "KIND")]
    pub(crate) host: Option<String>,
    /// Open pull requests of downhaul at most
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) max_open: usize,
    /// New pull requests of this run at most
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) max_new: usize,
    /// One pull request a flag, or one for all flags of an owner
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = GroupBy::Flag)]
    pub(crate) group_by: GroupBy,
    /// Labels of new pull requests, separated by commas
    #[arg(long, value_name = "LABEL", value_delimiter = ',')]
    pub(crate) labels: Vec<String>,
    /// Who is asked to review: codeowners, flag-owner, or names; separated by commas
    #[arg(long, value_name = "WHO", value_delimiter = ',')]
    pub(crate) reviewers: Vec<String>,
    /// Make drafts
    #[arg(long)]
    pub(crate) draft: bool,
    /// Propose again what was refused by closing
    #[arg(long)]
    pub(crate) again: bool,
    /// Keep one issue up to date that lists every flag and where it stands
    #[arg(long)]
    pub(crate) dashboard: bool,
}

const PR_HELP: &str = "\
The branches are made beside your work tree, which is not touched. The token comes from DOWNHAUL_HOST_TOKEN, or from
GH_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN; it may write branches and pull requests.";

/// What makes one pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupBy {
    Flag,
    Owner,
}

const SNAPSHOT_HELP: &str = "\
Examples:
  downhaul snapshot                                            into downhaul.snapshot.json
  downhaul snapshot --since-snapshot old.json.gz new.json.gz   reads only the newer part of the event log
  downhaul snapshot --redact - | gzip > public.json.gz         people and constraint values as keyed hashes
  downhaul snapshot diff old.json.gz new.json.gz               what changed, in words

A capture that was cut short leaves FILE.partial; the same command goes on from there. Nothing is kept with --redact.

Environment:
  DOWNHAUL_REDACT_KEY   what --redact makes its hashes with: 16 characters at least; keep it as you keep a password";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = SNAPSHOT_HELP)]
pub(crate) struct SnapshotArgs {
    #[command(subcommand)]
    pub(crate) command: Option<SnapshotCommand>,
    #[command(flatten)]
    pub(crate) capture: CaptureArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    /// Say in words what changed between two snapshots, and by whom where the event log tells
    Diff(DiffArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CaptureArgs {
    /// Where to save it; `-` is standard output, a name that ends in .gz is compressed
    #[arg(value_name = "FILE", default_value = crate::settings::SNAPSHOT_FILE)]
    pub(crate) file: PathBuf,
    /// Continue this earlier snapshot: read only the newer part of the event log, and note the digest of the file
    #[arg(long, value_name = "FILE")]
    pub(crate) since_snapshot: Option<PathBuf>,
    /// Replace people and the values of constraints by hashes made with DOWNHAUL_REDACT_KEY
    #[arg(long)]
    pub(crate) redact: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The older snapshot
    #[arg(value_name = "OLD")]
    pub(crate) older: PathBuf,
    /// The newer one
    #[arg(value_name = "NEW")]
    pub(crate) newer: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Which CI the workflow is for [default: gitlab where there is a .gitlab-ci.yml, else github]
    #[arg(long, value_name = "CI", value_enum)]
    pub(crate) ci: Option<Ci>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    Github,
    Gitlab,
    None,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what; without it the names are listed
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule (fully-rolled-out-flag), a flag (new-checkout), a finding (RULE:FLAG or a fingerprint), a place
    /// (src/cart.ts:12) or a file
    #[arg(value_name = "RULE|FLAG|FINDING|FILE:LINE")]
    pub(crate) subject: String,
    /// File with known flag keys, one a line; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the page of every command into this folder, for `man` to find
    #[arg(long, value_name = "DIR")]
    pub(crate) out_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
