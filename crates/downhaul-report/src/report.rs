//! What a renderer may see: plain borrowed values, made by the caller.

use std::collections::BTreeMap;
use std::sync::Arc;

use downhaul_core::{Cleaned, Finding, FlagKey, Reference, RuleInfo, ServerInfo, Skipped, Timestamp, Verdicts};

/// What every report says of the run it comes from.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The version of downhaul, without a `v`.
    pub tool_version: &'a str,
    /// What paths are relative to, as it is to be shown.
    pub root: &'a str,
    /// Whether everything that was in scope was read as it should have been.
    pub complete: bool,
    /// What was not read as it should have been, sorted.
    pub skipped: &'a [Skipped],
    /// Counts for the summary.
    pub stats: Stats,
    /// The text of the files that locations point into.
    pub sources: &'a dyn SourceText,
    /// The commit that was looked at, if it is known.
    pub revision: Option<Revision<'a>>,
    /// How text is to look. Formats for programs do not depend on it.
    pub style: Style,
}

/// What `check` has to say.
#[derive(Clone, Copy)]
pub struct CheckReport<'a> {
    /// The run.
    pub run: Run<'a>,
    /// What the rules took for now.
    pub as_of: Timestamp,
    /// The flag server, if one was asked.
    pub server: Option<&'a ServerInfo>,
    /// What the gate decided.
    pub verdict: GateVerdict,
    /// Findings and tally.
    pub verdicts: &'a Verdicts,
    /// What is known of the rules that ran, in the catalogue's order.
    pub rules: &'a [&'static RuleInfo],
    /// What a reader may want beside the findings; `None` where nobody asked for it.
    pub details: Option<Details<'a>>,
}

/// What stands behind the findings: the way to each key, and the change that would put an end to each.
#[derive(Clone, Copy)]
pub struct Details<'a> {
    /// Every reference that was found, sorted by path and offset.
    pub references: &'a [Reference],
    /// For each flag that a finding proposes to remove, what that would change.
    pub fixes: &'a BTreeMap<FlagKey, Cleaned>,
}

impl<'a> CheckReport<'a> {
    /// The findings that nobody has accepted.
    pub fn open_findings(&self) -> impl Iterator<Item = &'a Finding> + use<'a> {
        self.verdicts.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// How many findings somebody has accepted.
    pub fn suppressed_count(&self) -> usize {
        self.verdicts.findings.iter().filter(|finding| finding.suppressed.is_some()).count()
    }

    /// How many subjects of any rule could not be told.
    pub fn not_evaluated_count(&self) -> usize {
        self.verdicts.tally.iter().map(|tally| tally.not_evaluated).sum()
    }
}

/// What `scan` has to say.
#[derive(Clone, Copy)]
pub struct ScanReport<'a> {
    /// The run.
    pub run: Run<'a>,
    /// What was found, sorted by path and offset; with `since`, what came with the change.
    pub references: &'a [Reference],
    /// As of when it holds: what the user said, else when the commit was made.
    pub as_of: Option<Timestamp>,
    /// The state that the tree was compared with, if it was.
    pub since: Option<Since<'a>>,
}

/// What a scan was compared with.
#[derive(Clone, Copy)]
pub struct Since<'a> {
    /// The commit or branch, as the user named it.
    pub base: &'a str,
    /// The commit that this came to.
    pub commit: &'a str,
    /// References that were there and are not any more, sorted by path and offset.
    pub removed: &'a [Reference],
}

/// What `clean` has to say.
#[derive(Clone, Copy)]
pub struct CleanReport<'a> {
    /// The run.
    pub run: Run<'a>,
    /// What was worked out.
    pub cleaned: &'a Cleaned,
    /// Whether the files have been written.
    pub applied: bool,
    /// Why this side of a flag stays, where the user did not say.
    pub because: &'a BTreeMap<FlagKey, String>,
    /// Flags for which no side could be told, and why.
    pub undecided: &'a [(FlagKey, String)],
}

/// What the gate decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateVerdict {
    /// Nothing at or above the fail level.
    Passed,
    /// Something at or above the fail level.
    Failed,
    /// Evidence that is required is missing.
    Incomplete,
}

impl GateVerdict {
    /// The name as output writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            GateVerdict::Passed => "passed",
            GateVerdict::Failed => "failed",
            GateVerdict::Incomplete => "incomplete",
        }
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Files in scope.
    pub files: usize,
    /// References found in them.
    pub references: usize,
    /// Different flags among these.
    pub flags: usize,
}

/// The commit that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision<'a> {
    /// The repository as an absolute URI.
    pub repository: Option<&'a str>,
    /// The full commit id.
    pub commit: Option<&'a str>,
    /// The branch.
    pub branch: Option<&'a str>,
    /// Where the host shows the files of the commit: the path of a file is put behind it.
    pub files: Option<&'a str>,
}

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Colours, as ANSI escapes.
    pub color: bool,
    /// Links, as OSC 8 escapes.
    pub links: bool,
    /// Lists what is otherwise counted: skipped files, accepted findings, rules without findings.
    pub verbose: bool,
    /// Leaves the summary out, except where it says that something is missing.
    pub quiet: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Style {
    /// As for a file: no escapes, 100 columns.
    fn default() -> Self {
        Style { color: false, links: false, verbose: false, quiet: false, width: 100 }
    }
}

/// The text of scanned files. A file is asked for once for each place in it, so whoever reads it had better keep it.
pub trait SourceText {
    /// The text of the file `path` (relative to the root) exactly as the scan decoded it: the byte offsets of
    /// locations are offsets into it. `None` where it cannot be had; formats then do without.
    fn text(&self, path: &str) -> Option<Arc<str>>;

    /// The same file as GitHub's upload of SARIF reads it, for the hashes of lines: as UTF-8 whatever it is, with
    /// U+FFFD for what is none, and with its byte order mark. The same as [`SourceText::text`] unless the scan took a
    /// mark off or decoded another encoding.
    fn text_as_uploaded(&self, path: &str) -> Option<Arc<str>> {
        self.text(path)
    }
}
