//! Which commit is looked at, as git says; a report that names it can be read long after.

use std::path::Path;
use std::process::Command;

use downhaul_report::Revision;

/// The commit, branch and address of a repository; each is `None` where git does not say.
#[derive(Debug, Default)]
pub(crate) struct GitRevision {
    repository: Option<String>,
    commit: Option<String>,
    branch: Option<String>,
}

impl GitRevision {
    /// Asks git about the folder.
    pub(crate) fn of(root: &Path) -> Self {
        let origin = git(root, &["config", "--get", "remote.origin.url"]);
        GitRevision {
            repository: origin.as_deref().and_then(web_address),
            commit: git(root, &["rev-parse", "--verify", "--quiet", "HEAD"]),
            branch: git(root, &["symbolic-ref", "--short", "--quiet", "HEAD"]),
        }
    }

    /// As reports take it; `None` without a commit.
    pub(crate) fn as_report(&self) -> Option<Revision<'_>> {
        self.commit.as_ref()?;
        Some(Revision {
            repository: self.repository.as_deref(),
            commit: self.commit.as_deref(),
            branch: self.branch.as_deref(),
        })
    }
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}

/// `git@host:owner/name.git`, `ssh://git@host/owner/name` and `https://user:secret@host/owner/name` as
/// `https://host/owner/name`; a path on this machine has none.
fn web_address(origin: &str) -> Option<String> {
    let (host, path) = match origin.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        None => origin.split_once(':').filter(|(host, _)| host.contains('@'))?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/').trim_end_matches(".git");
    (!host.is_empty() && !path.is_empty()).then(|| format!("https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_become_addresses_without_credentials() {
        let is = |origin: &str, address: Option<&str>| assert_eq!(web_address(origin).as_deref(), address, "{origin}");
        is("git@code.example:acme/shop.git", Some("https://code.example/acme/shop"));
        is("ssh://git@code.example:2222/acme/shop.git", Some("https://code.example/acme/shop"));
        is("https://user:secret@code.example/acme/team/shop", Some("https://code.example/acme/team/shop"));
        is("/srv/git/shop.git", None);
        is("../shop", None);
        is("file:///srv/git/shop.git", None);
    }
}
