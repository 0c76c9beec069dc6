//! Code hosts: branches and pull requests that take flags out, and who is asked to look at them.
//!
//! A removal is proposed on a branch that git's plumbing builds beside the user's work tree, in a pull request whose
//! name is the branch's: running twice finds what the first run made and writes nothing. What people do is respected:
//! closing refuses, a commit takes the branch over. This crate knows no rule and renders nothing; texts come in whole.

mod address;
mod branch;
mod codeowners;
mod dashboard;
mod decide;
mod error;
mod git;
mod hosts;
mod http;
mod marker;
mod propose;
mod pull_request;
mod subject;
mod token;

pub use address::RepositoryAddress;
pub use branch::branch;
pub use codeowners::{OWNERS_PLACES, OwnersFile};
pub use dashboard::dashboard;
pub use error::HostError;
pub use git::{Base, FileChange, RemoteBranch, Repository};
pub use hosts::HostKind;
pub use http::Pace;
pub use propose::{Options, Outcome, Proposal, Proposed, Proposer};
pub use pull_request::{CodeHost, Edit, Issue, NewPullRequest, PullRequest, State};
pub use subject::Subject;
pub use token::HostToken;
