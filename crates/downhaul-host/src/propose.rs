//! Carries the proposals out: one branch and one pull request a subject, the same ones however often it runs.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use downhaul_core::Removal;

use crate::branch::{PREFIX, branch};
use crate::decide::{Found, Step, Tip, decide};
use crate::git::{Base, FileChange, RemoteBranch, Repository};
use crate::marker::Marker;
use crate::pull_request::{CodeHost, Edit, NewPullRequest, PullRequest, State};
use crate::{HostError, Subject};

/// Removals as they are to be proposed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it is about.
    pub subject: Subject,
    /// The flags and the sides that stay.
    pub removals: Vec<Removal>,
    /// One line.
    pub title: String,
    /// What a reviewer has to know, in Markdown that is safe to show.
    pub body: String,
    /// The files as they are to be.
    pub changes: Vec<FileChange>,
    /// Who is asked to review it.
    pub reviewers: Vec<String>,
}

impl Proposal {
    /// The commit's message. The trailers say what it is for and by which we know it again.
    pub fn message(&self) -> String {
        let one_line = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let mut message = format!("{}\n\n", one_line(&self.title));
        for removal in &self.removals {
            let (flag, keep) = (one_line(removal.flag.as_str()), one_line(&removal.keep.to_string()));
            message.push_str(&format!("Downhaul-Flag: {flag}\nDownhaul-Keep: {keep}\n"));
        }
        message
    }
}

/// How proposals are made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Open pull requests of ours at most; what is beyond waits for the next run.
    pub max_open: usize,
    /// Pull requests made in one run at most.
    pub max_new: usize,
    /// Labels of new ones.
    pub labels: Vec<String>,
    /// Whether new ones are drafts.
    pub draft: bool,
    /// Propose again what was refused by closing.
    pub again: bool,
    /// Look, decide and say, but write nothing to the host.
    pub dry_run: bool,
    /// Between two looks for a pull request that a host has yet to show.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            max_open: 5,
            max_new: 5,
            labels: Vec::new(),
            draft: false,
            again: false,
            dry_run: false,
            patience: Duration::from_secs(2),
        }
    }
}

/// What became of one proposal, or of a pull request that is open for no reason any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What it is about; `None` for a pull request whose subject is no longer known.
    pub subject: Option<Subject>,
    /// The branch.
    pub branch: String,
    /// What happened, or would.
    pub outcome: Outcome,
    /// The pull request's page, where there is one.
    pub url: Option<String>,
    /// What did not go as asked and stops nothing.
    pub notes: Vec<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A pull request was made.
    Created,
    /// An open one was brought up to date.
    Updated,
    /// It is as it is to be.
    Unchanged,
    /// It was closed by somebody, and stays so.
    Refused,
    /// Somebody has worked on the branch.
    LeftToPerson,
    /// There are enough open ones.
    Postponed,
    /// Its flag is no longer to go, so it was closed.
    Closed,
    /// It could not be done.
    Failed(HostError),
}

impl Outcome {
    /// The name in kebab-case.
    pub fn as_str(&self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::Refused => "refused-by-closing",
            Outcome::LeftToPerson => "left-to-person",
            Outcome::Postponed => "postponed",
            Outcome::Closed => "closed",
            Outcome::Failed(_) => "failed",
        }
    }
}

/// Attempts at one flag: each merged pull request that left something behind is followed by another branch.
const ATTEMPTS: u32 = 20;

/// What our comments bear, so that each is made once.
const LEFT_TO_PERSON: &str = "<!-- downhaul:left-to-person -->";

/// Proposes removals to one host.
pub struct Proposer<'a> {
    repository: &'a Repository,
    host: &'a dyn CodeHost,
    base: &'a Base,
    options: &'a Options,
    branches: Vec<RemoteBranch>,
    open: Vec<PullRequest>,
    made: usize,
}

impl<'a> Proposer<'a> {
    /// Looks at what is there.
    ///
    /// # Errors
    /// What git or the host says.
    pub fn new(
        repository: &'a Repository,
        host: &'a dyn CodeHost,
        base: &'a Base,
        options: &'a Options,
    ) -> Result<Self, HostError> {
        let (branches, open) = (repository.branches(PREFIX)?, host.open(PREFIX)?);
        Ok(Proposer { repository, host, base, options, branches, open, made: 0 })
    }

    /// Proposes one removal. Nothing that fails here stops the next one.
    pub fn propose(&mut self, proposal: &Proposal) -> Proposed {
        let first = branch(&proposal.subject, 1);
        let mut proposed = Proposed {
            subject: Some(proposal.subject.clone()),
            branch: first,
            outcome: Outcome::Unchanged,
            url: None,
            notes: Vec::new(),
        };
        if let Err(error) = self.propose_into(proposal, &mut proposed) {
            proposed.outcome = Outcome::Failed(error);
        }
        proposed
    }

    fn propose_into(&mut self, proposal: &Proposal, proposed: &mut Proposed) -> Result<(), HostError> {
        let newest = self.current_attempt(proposal, proposed)?;
        proposed.url = newest.as_ref().map(|pull| pull.url.clone());
        let marker = Marker::new(&proposal.subject, &proposal.removals, &proposal.title, &proposal.body);
        let commit = self.repository.commit(self.base, &proposal.changes, &proposal.message())?;
        let there = self.branches.iter().find(|branch| branch.name == proposed.branch).cloned();
        let tip = there.as_ref().map(|branch| self.tip(branch, &commit)).transpose()?;
        let step = decide(&Found { newest: newest.as_ref(), tip }, &marker, self.options.again);
        let seen = there.as_ref().map(|branch| branch.commit.as_str());
        match step {
            Step::Nothing => {}
            Step::Refused => proposed.outcome = Outcome::Refused,
            Step::LeaveToPerson => {
                proposed.outcome = Outcome::LeftToPerson;
                self.say_once(newest.as_ref().filter(|pull| pull.state == State::Open))?;
            }
            Step::Create { .. } if self.open.len() >= self.options.max_open || self.made >= self.options.max_new => {
                proposed.outcome = Outcome::Postponed;
            }
            Step::Create { push } => {
                proposed.outcome = Outcome::Created;
                self.made += 1;
                if !self.options.dry_run {
                    self.push(push, &commit, &proposed.branch, seen)?;
                    let pull = self.create(proposal, &marker, &proposed.branch)?;
                    proposed.url = Some(pull.url.clone());
                    self.dress(proposal, &pull, &mut proposed.notes);
                    self.open.push(pull);
                }
            }
            Step::Update { push, text } => {
                proposed.outcome = Outcome::Updated;
                if let Some(pull) = newest.filter(|_| !self.options.dry_run) {
                    self.push(push, &commit, &proposed.branch, seen)?;
                    if text {
                        let edit = Edit {
                            title: Some(proposal.title.clone()),
                            body: Some(marker.append_to(&proposal.body)),
                            close: false,
                        };
                        self.host.edit(pull.number, &edit)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The first branch whose newest pull request has not gone in, and that pull request.
    fn current_attempt(&self, proposal: &Proposal, proposed: &mut Proposed) -> Result<Option<PullRequest>, HostError> {
        for attempt in 1..=ATTEMPTS {
            proposed.branch = branch(&proposal.subject, attempt);
            let newest = self.host.pull_requests_of(&proposed.branch)?.into_iter().next();
            if newest.as_ref().is_none_or(|pull| pull.state != State::Merged) {
                return Ok(newest);
            }
        }
        let why =
            format!("{ATTEMPTS} pull requests for `{}` have gone in, and it is still there", proposal.subject.name);
        Err(HostError::Setting(why))
    }

    fn tip(&self, branch: &RemoteBranch, commit: &str) -> Result<Tip, HostError> {
        let ours = self.repository.is_ours(branch, self.base)?;
        Ok(Tip { ours, same: ours && self.repository.same_change(&branch.commit, commit)? })
    }

    fn push(&self, wanted: bool, commit: &str, branch: &str, seen: Option<&str>) -> Result<(), HostError> {
        if wanted { self.repository.push(commit, branch, seen) } else { Ok(()) }
    }

    /// Makes the pull request. Whatever the host answers, it counts as made when it is there: an answer can get lost,
    /// another run can have been quicker, and a host needs a moment to see a branch that was just pushed.
    fn create(&self, proposal: &Proposal, marker: &Marker, branch: &str) -> Result<PullRequest, HostError> {
        let new = NewPullRequest {
            branch: branch.to_owned(),
            base: self.base.branch.clone(),
            title: proposal.title.clone(),
            body: marker.append_to(&proposal.body),
            draft: self.options.draft,
        };
        let mut attempt = 1;
        loop {
            let error = match self.host.create(&new) {
                Ok(pull) => return Ok(pull),
                Err(error) => error,
            };
            let there = self.host.pull_requests_of(branch)?.into_iter().find(|pull| pull.state == State::Open);
            if let Some(pull) = there {
                return Ok(pull);
            }
            let may_pass = match &error {
                HostError::Refused { status, .. } => *status == 422 || *status >= 500,
                HostError::Unreachable { .. } => true,
                _ => false,
            };
            if !may_pass || attempt == 3 {
                return Err(error);
            }
            thread::sleep(self.options.patience * attempt);
            attempt += 1;
        }
    }

    /// Labels and reviewers, once: whoever takes one away means it. Where they cannot be had the pull request stands.
    fn dress(&self, proposal: &Proposal, pull: &PullRequest, notes: &mut Vec<String>) {
        if !self.options.labels.is_empty()
            && let Err(error) = self.host.label(pull.number, &self.options.labels)
        {
            notes.push(format!("it bears no label: {error}"));
        }
        if !proposal.reviewers.is_empty()
            && let Err(error) = self.host.ask_for_review(pull.number, &proposal.reviewers)
        {
            notes.push(format!("nobody was asked to review it: {error}"));
        }
    }

    fn say_once(&self, pull: Option<&PullRequest>) -> Result<(), HostError> {
        let Some(pull) = pull.filter(|_| !self.options.dry_run) else { return Ok(()) };
        if self.host.comments(pull.number)?.iter().any(|comment| comment.contains(LEFT_TO_PERSON)) {
            return Ok(());
        }
        let text = format!(
            "Somebody has worked on this branch, so downhaul leaves it alone from here on. \
             Delete the branch to get a fresh proposal.\n\n{LEFT_TO_PERSON}\n"
        );
        self.host.comment(pull.number, &text)
    }

    /// Closes what is open for flags that are no longer to go, unless somebody has worked on it.
    pub fn close_all_but(&mut self, wanted: &BTreeSet<String>) -> Vec<Proposed> {
        let stale: Vec<PullRequest> = self.open.iter().filter(|pull| !wanted.contains(&pull.branch)).cloned().collect();
        stale.iter().map(|pull| self.close(pull)).collect()
    }

    fn close(&self, pull: &PullRequest) -> Proposed {
        let mut closed = Proposed {
            subject: None,
            branch: pull.branch.clone(),
            outcome: Outcome::Closed,
            url: Some(pull.url.clone()),
            notes: Vec::new(),
        };
        let there = self.branches.iter().find(|branch| branch.name == pull.branch);
        let done = || {
            let ours = there.map_or(Ok(true), |branch| self.repository.is_ours(branch, self.base))?;
            // Without our marker it is somebody's pull request, whatever its branch is called.
            if !ours || Marker::read(&pull.body).is_none() {
                return Ok(Outcome::LeftToPerson);
            }
            if !self.options.dry_run {
                self.host.comment(pull.number, "The flag is no longer to be removed, so downhaul closes this.")?;
                self.host.edit(pull.number, &Edit { close: true, ..Edit::default() })?;
                there.map_or(Ok(()), |branch| self.repository.delete(branch))?;
            }
            Ok(Outcome::Closed)
        };
        closed.outcome = done().unwrap_or_else(Outcome::Failed);
        closed
    }
}
