//! `downhaul pr`: one branch and one pull request for each flag whose time has come.
//!
//! Everything is judged and cleaned on a check-out of the base branch in a folder of its own: what lies uncommitted in
//! the user's work tree belongs into nobody's pull request.

mod grouping;
mod hosts;
mod outcome;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use downhaul_cleanup::CleanRequest;
use downhaul_core::{Cleaned, FlagKey, RuleInfo};
use downhaul_host::{Base, FileChange, Options, Outcome, Proposal, Proposer, Repository};
use downhaul_report::ProposalReport;

use crate::args::{Global, OnServerError, PrArgs, ScanArgs};
use crate::baseline;
use crate::commands::clean;
use crate::commands::judge::{self, Judged};
use crate::commands::removals::{Proposals, Proposed};
use crate::errors::{CliError, Exit};
use crate::settings::Settings;
use crate::texts::Texts;
use crate::{output, owners};

use grouping::Group;
use hosts::Connection;
use outcome::Row;

/// The group of rules whose findings carry removals.
const CLEANUP: &str = "cleanup";

pub(crate) fn run(global: &Global, args: &PrArgs) -> Result<Exit, CliError> {
    let here = Settings::new(global, None)?;
    here.refuse_formats(outcome::can_be_written, "it tells of findings, and this of pull requests")?;
    let repository = Repository::open(&here.root, &args.remote).map_err(hosts::error)?;
    let connection = match args.patch_dir {
        Some(_) => None,
        None => Some(Connection::open(args, &repository)?),
    };
    let repository = match &connection {
        Some(connection) => repository.with_token(&connection.token, connection.kind.git_user()),
        None => repository,
    };
    let base = repository.base(args.base.as_deref()).map_err(hosts::error)?;
    let tree = tempfile::Builder::new()
        .prefix("downhaul-")
        .tempdir()
        .map_err(|error| CliError::usage(format!("no temporary folder can be made: {error}")))?;
    repository.check_out(&base.commit, tree.path()).map_err(hosts::error)?;
    let there = Settings::new(&elsewhere(global, &here, tree.path(), repository.root()), None)?;
    let scan = ScanArgs { mentions: true, ..ScanArgs::default() };
    let baseline = baseline::read(&there, &scan, None)?;
    let judged = judge::judge(&there, &scan, OnServerError::Fail, baseline.as_ref(), judge::Look::Repository)?;
    let work = Work::new(args, &here, &there, &judged)?;
    let rows = match (&connection, &args.patch_dir) {
        (Some(connection), _) => work.propose(args, &repository, connection, &base)?,
        (None, Some(folder)) => work.write_patches(&repository, &base, folder)?,
        (None, None) => Vec::new(),
    };
    outcome::deliver(&here, &base, args.dry_run, &rows)?;
    Ok(outcome::exit(&rows))
}

/// The same command line for the check-out: same options, other root, and a snapshot file of the user's found first.
fn elsewhere(global: &Global, here: &Settings, tree: &Path, top: &Path) -> Global {
    let below = here.root.strip_prefix(top).unwrap_or(Path::new(""));
    let snapshot = global.snapshot.clone().or_else(|| here.usual_snapshot());
    // A server comes first, as everywhere: only without one the file that lies about is taken.
    let has_server = std::env::var_os("UNLEASH_URL").is_some() && !here.offline;
    let snapshot = snapshot.filter(|_| global.snapshot.is_some() || !has_server);
    Global { root: Some(tree.join(below)), snapshot, ..global.clone() }
}

/// What is to be proposed, worked out.
struct Work<'a> {
    judged: &'a Judged,
    groups: Vec<Group<'a>>,
    /// Where the root lies below the top of the repository.
    below: PathBuf,
    root: PathBuf,
    reviewers: grouping::Reviewers,
    /// Why nothing may be closed, if something forbids it.
    keep_open: Option<String>,
}

impl<'a> Work<'a> {
    fn new(args: &PrArgs, here: &Settings, there: &Settings, judged: &'a Judged) -> Result<Self, CliError> {
        let removals = removals(args, judged)?;
        let groups = grouping::group(args.group_by, removals, judged);
        let top = here.root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here.root);
        Ok(Work {
            judged,
            groups,
            below: here.root.strip_prefix(top).unwrap_or(Path::new("")).to_owned(),
            root: there.root.clone(),
            reviewers: grouping::Reviewers::new(&args.reviewers, owners::file(&there.root).map(|(_, file)| file)),
            keep_open: keep_open(args, judged),
        })
    }

    /// One clean-up, one proposal; `None` where nothing can be changed, with the row that tells why.
    fn proposal(&self, group: &Group<'a>) -> Result<Proposal, Box<Row>> {
        let removals: Vec<_> = group.removals.iter().map(|proposed| proposed.removal.clone()).collect();
        let request = CleanRequest::new(&removals, &self.judged.scanned.references);
        let cleaned = downhaul_cleanup::clean(&request, &Texts::new(&self.root));
        if cleaned.files.is_empty() {
            return Err(Box::new(Row::refused(group, &cleaned)));
        }
        let findings: Vec<_> = group.removals.iter().map(|proposed| proposed.finding).collect();
        let rules: Vec<&'static RuleInfo> = self.judged.policy.running().map(|(info, _, _)| info).collect();
        let report = ProposalReport {
            subject: &group.subject.name,
            cleaned: &cleaned,
            findings: &findings,
            rules: &rules,
            tool_version: env!("CARGO_PKG_VERSION"),
        };
        Ok(Proposal {
            subject: group.subject.clone(),
            title: report.title(),
            body: report.body(),
            reviewers: self.reviewers.of(group, &cleaned),
            changes: self.changes(&cleaned),
            removals,
        })
    }

    fn changes(&self, cleaned: &Cleaned) -> Vec<FileChange> {
        let change = |file: &downhaul_core::CleanedFile| FileChange {
            path: slashes(&self.below.join(&file.path)),
            content: (!file.deleted).then(|| clean::written(&self.root.join(&file.path), file)),
        };
        cleaned.files.iter().map(change).collect()
    }

    fn propose(
        &self,
        args: &PrArgs,
        repository: &Repository,
        connection: &Connection,
        base: &Base,
    ) -> Result<Vec<Row>, CliError> {
        let options = Options {
            max_open: args.max_open,
            max_new: args.max_new,
            labels: args.labels.clone(),
            draft: args.draft,
            again: args.again,
            dry_run: args.dry_run,
            ..Options::default()
        };
        let host = &*connection.host;
        let mut proposer = Proposer::new(repository, host, base, &options).map_err(hosts::error)?;
        let mut rows = Vec::new();
        for group in &self.groups {
            rows.push(match self.proposal(group) {
                Ok(proposal) => Row::proposed(group, proposer.propose(&proposal)),
                Err(refused) => *refused,
            });
        }
        match &self.keep_open {
            Some(why) => output::note(&format!("no pull request is closed: {why}")),
            None => {
                let wanted: BTreeSet<String> = rows.iter().map(|row| row.branch.clone()).collect();
                rows.extend(proposer.close_all_but(&wanted).into_iter().map(Row::closed));
            }
        }
        if args.dashboard {
            self.dashboard(args, connection, &rows)?;
        }
        Ok(rows)
    }

    fn dashboard(&self, args: &PrArgs, connection: &Connection, rows: &[Row]) -> Result<(), CliError> {
        let rows: Vec<_> = rows.iter().filter(|row| !row.flags.is_empty()).map(Row::line).collect();
        let body = downhaul_report::dashboard_body(&rows);
        let title = "Feature flags to remove";
        let (outcome, url) =
            downhaul_host::dashboard(&*connection.host, title, &body, args.dry_run).map_err(hosts::error)?;
        if outcome != Outcome::Unchanged {
            let place = url.unwrap_or_default();
            output::note(&format!(
                "the dashboard {} {place}",
                if args.dry_run { "would change" } else { "was written" }
            ));
        }
        Ok(())
    }

    fn write_patches(&self, repository: &Repository, base: &Base, folder: &Path) -> Result<Vec<Row>, CliError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| CliError::usage(format!("{} cannot be made: {error}", folder.display())))?;
        let mut rows = Vec::new();
        for group in &self.groups {
            let row = match self.proposal(group) {
                Err(refused) => *refused,
                Ok(proposal) => {
                    let commit =
                        repository.commit(base, &proposal.changes, &proposal.message()).map_err(hosts::error)?;
                    let branch = downhaul_host::branch(&proposal.subject, 1);
                    let name = format!("{}.patch", branch.rsplit('/').next().unwrap_or("flag"));
                    let patch = repository.patch(&commit).map_err(hosts::error)?;
                    output::write_file(&folder.join(&name), &patch)?;
                    Row::patched(group, branch, folder.join(name).display().to_string())
                }
            };
            rows.push(row);
        }
        Ok(rows)
    }
}

/// The removals asked for by hand, else those that the rules propose.
fn removals<'a>(args: &PrArgs, judged: &'a Judged) -> Result<Vec<Proposed<'a>>, CliError> {
    if let Some(keep) = &args.keep {
        let removals = clean::removals(&args.flags, keep)?;
        return Ok(removals.into_iter().map(|removal| Proposed { removal, finding: None }).collect());
    }
    let proposals = Proposals::of(&judged.verdicts);
    for flag in &proposals.contradictory {
        output::warn(&format!("`{}` is left out: the rules disagree about which side stays", flag.as_str()));
    }
    Ok(proposals.removals)
}

/// A flag that is not among the removals may be missing because nobody could look.
fn keep_open(args: &PrArgs, judged: &Judged) -> Option<String> {
    if !args.flags.is_empty() {
        return Some("only the named flags were looked at".to_owned());
    }
    let is_cleanup = |rule: &str| judged.policy.running().any(|(info, _, _)| info.id == rule && info.group == CLEANUP);
    let open = judged.verdicts.tally.iter().find(|tally| tally.not_evaluated > 0 && is_cleanup(tally.rule))?;
    let why = open.why.iter().cloned().collect::<Vec<_>>().join("; ");
    Some(format!("`{}` could not be evaluated for every flag ({why})", open.rule))
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The flags of a group, for people.
fn names(group: &Group<'_>) -> Vec<FlagKey> {
    group.removals.iter().map(|proposed| proposed.removal.flag.clone()).collect()
}
