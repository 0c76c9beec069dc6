//! Which commit is looked at, as git says; a report that names it can be read long after.

use std::path::Path;
use std::process::Command;

use downhaul_host::{HostKind, RepositoryAddress};
use downhaul_report::Revision;

/// The commit, branch and address of a repository; each is `None` where git does not say.
#[derive(Debug, Default)]
pub(crate) struct GitRevision {
    repository: Option<String>,
    commit: Option<String>,
    branch: Option<String>,
    files: Option<String>,
}

impl GitRevision {
    /// Asks git about the folder.
    pub(crate) fn of(root: &Path) -> Self {
        let origin = git(root, &["config", "--get", "remote.origin.url"]);
        let address = origin.as_deref().and_then(RepositoryAddress::parse);
        let commit = git(root, &["rev-parse", "--verify", "--quiet", "HEAD"]);
        // Paths in output are relative to the root, those of the host to the top of the repository.
        let below = git(root, &["rev-parse", "--show-prefix"]).unwrap_or_default();
        let files = address
            .as_ref()
            .zip(commit.as_ref())
            .and_then(|(address, commit)| Some(format!("{}{below}", HostKind::of(address)?.files_of(address, commit))));
        GitRevision {
            repository: address.map(|address| address.web()),
            files,
            commit,
            branch: git(root, &["symbolic-ref", "--short", "--quiet", "HEAD"]),
        }
    }

    /// The address of the repository.
    pub(crate) fn repository(&self) -> Option<&str> {
        self.repository.as_deref()
    }

    /// When the commit was made.
    pub(crate) fn committed_at(root: &Path) -> Option<downhaul_core::Timestamp> {
        git(root, &["show", "--no-patch", "--format=%cI", "HEAD"])?.parse().ok()
    }

    /// As reports take it; `None` without a commit.
    pub(crate) fn as_report(&self) -> Option<Revision<'_>> {
        self.commit.as_ref()?;
        Some(Revision {
            repository: self.repository.as_deref(),
            commit: self.commit.as_deref(),
            branch: self.branch.as_deref(),
            files: self.files.as_deref(),
        })
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}
