//! Pull requests, whatever a host calls them, and what is asked of a host.

use crate::HostError;

/// A pull request as its host tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number, by which people know it.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// The branch it comes from.
    pub branch: String,
    /// Where it stands.
    pub state: State,
    /// Its title.
    pub title: String,
    /// Its text, with our marker.
    pub body: String,
    /// Its labels, in the host's order.
    pub labels: Vec<String>,
}

/// Where a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for an answer.
    Open,
    /// Somebody closed it: no.
    Closed,
    /// It went in.
    Merged,
}

/// A pull request to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPullRequest {
    /// The branch it comes from.
    pub branch: String,
    /// The branch it is for.
    pub base: String,
    /// Its title, one line.
    pub title: String,
    /// Its text, with our marker.
    pub body: String,
    /// Whether it is a draft.
    pub draft: bool,
}

/// What is to be different about a pull request or an issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// A new title.
    pub title: Option<String>,
    /// A new text.
    pub body: Option<String>,
    /// Whether it is to be closed.
    pub close: bool,
}

/// An issue of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// A code host, for one repository.
///
/// Reading is repeated when the host is in trouble. Writing is repeated only after a look whether it was done.
pub trait CodeHost {
    /// The host's name, for messages.
    fn name(&self) -> &str;

    /// Every pull request from this branch, the newest first, open or not.
    ///
    /// # Errors
    /// What the host says.
    fn pull_requests_of(&self, branch: &str) -> Result<Vec<PullRequest>, HostError>;

    /// Every open pull request whose branch begins with `prefix`.
    ///
    /// # Errors
    /// What the host says.
    fn open(&self, prefix: &str) -> Result<Vec<PullRequest>, HostError>;

    /// Makes a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn create(&self, new: &NewPullRequest) -> Result<PullRequest, HostError>;

    /// Changes a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn edit(&self, number: u64, edit: &Edit) -> Result<(), HostError>;

    /// Adds labels to a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn label(&self, number: u64, labels: &[String]) -> Result<(), HostError>;

    /// Asks people and teams (`@acme/checkout`, `@alice`) to review a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn ask_for_review(&self, number: u64, reviewers: &[String]) -> Result<(), HostError>;

    /// Says something below a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn comment(&self, number: u64, text: &str) -> Result<(), HostError>;

    /// What has been said below a pull request.
    ///
    /// # Errors
    /// What the host says.
    fn comments(&self, number: u64) -> Result<Vec<String>, HostError>;

    /// The open issues with this label.
    ///
    /// # Errors
    /// What the host says.
    fn issues(&self, label: &str) -> Result<Vec<Issue>, HostError>;

    /// Makes an issue.
    ///
    /// # Errors
    /// What the host says.
    fn create_issue(&self, title: &str, body: &str, label: &str) -> Result<Issue, HostError>;

    /// Changes an issue.
    ///
    /// # Errors
    /// What the host says.
    fn edit_issue(&self, number: u64, edit: &Edit) -> Result<(), HostError>;
}
