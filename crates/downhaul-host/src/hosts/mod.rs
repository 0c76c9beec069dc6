//! One file for each kind of code host, and the list of them.

mod gitea;
mod github;
mod gitlab;

use std::fmt;
use std::str::FromStr;

use crate::http::Pace;
use crate::{CodeHost, HostError, HostToken, RepositoryAddress};

/// A kind of code host: how it is told, where its API is, and what speaks to it.
struct Kind {
    name: &'static str,
    /// The host of the public service.
    public: &'static str,
    /// What stands in the name of a host of one's own, by habit.
    hint: &'static str,
    /// Variables of the environment in which its CI service says where the API is.
    api_variables: &'static [&'static str],
    /// Variables of the environment in which a token is looked for.
    token_variables: &'static [&'static str],
    /// The user under which git hands over a token.
    git_user: &'static str,
    /// What stands between the repository and the commit in the address of a file's page.
    files: &'static str,
    /// The address of the API for a repository's host.
    api: fn(&RepositoryAddress) -> String,
    connect: Connect,
}

type Connect = fn(&str, &RepositoryAddress, &HostToken, Pace) -> Result<Box<dyn CodeHost>, HostError>;

const KINDS: [Kind; 3] = [gitea::KIND, github::KIND, gitlab::KIND];

/// Which kind of code host.
#[derive(Clone, Copy)]
pub struct HostKind(&'static Kind);

impl HostKind {
    /// Every kind, by name.
    pub fn all() -> impl Iterator<Item = HostKind> {
        KINDS.iter().map(HostKind)
    }

    /// The kind that a host's name gives away, if it does.
    pub fn of(address: &RepositoryAddress) -> Option<Self> {
        let host = address.host.split(':').next().unwrap_or_default();
        let public = Self::all().find(|kind| kind.0.public == host);
        public.or_else(|| Self::all().find(|kind| host.split(['.', '-']).any(|part| part == kind.0.hint)))
    }

    /// The name as options write it.
    pub fn as_str(self) -> &'static str {
        self.0.name
    }

    /// Variables in which its CI service says where the API is.
    pub fn api_variables(self) -> &'static [&'static str] {
        self.0.api_variables
    }

    /// Variables in which a token is looked for, in this order.
    pub fn token_variables(self) -> &'static [&'static str] {
        self.0.token_variables
    }

    /// The user under which git hands over a token.
    pub fn git_user(self) -> &'static str {
        self.0.git_user
    }

    /// Where the pages of the files of a commit are; the path of a file is put behind it.
    pub fn files_of(self, address: &RepositoryAddress, commit: &str) -> String {
        format!("{}/{}/{commit}/", address.web(), self.0.files)
    }

    /// Speaks to the host of a repository; `api` overrides where its API is.
    ///
    /// # Errors
    /// [`HostError::Setting`] for addresses that cannot be right.
    pub fn connect(
        self,
        api: Option<&str>,
        address: &RepositoryAddress,
        token: &HostToken,
        pace: Pace,
    ) -> Result<Box<dyn CodeHost>, HostError> {
        let api = api.map_or_else(|| (self.0.api)(address), str::to_owned);
        (self.0.connect)(&api, address, token, pace)
    }
}

impl FromStr for HostKind {
    type Err = HostError;

    fn from_str(name: &str) -> Result<Self, HostError> {
        Self::all().find(|kind| kind.as_str() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::all().map(HostKind::as_str).collect();
            HostError::Setting(format!("there is no code host `{name}`; they are {}", names.join(", ")))
        })
    }
}

impl fmt::Debug for HostKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Owner and name of a repository on a host where owners are no folders.
fn owner_and_name(address: &RepositoryAddress) -> Result<(String, String), HostError> {
    let two = address.owner_and_name().filter(|(owner, _)| !owner.contains('/'));
    let (owner, name) = two.ok_or_else(|| {
        HostError::Setting(format!("`{}` is not the address of a repository: OWNER/NAME is expected", address.path))
    })?;
    Ok((owner.to_owned(), name.to_owned()))
}

/// People and teams of `@alice` and `@acme/checkout`, by their bare names.
fn people_and_teams(reviewers: &[String]) -> (Vec<&str>, Vec<&str>) {
    let names = reviewers.iter().map(|name| name.trim_start_matches('@'));
    let (teams, people): (Vec<&str>, Vec<&str>) = names.partition(|name| name.contains('/'));
    (people, teams.into_iter().filter_map(|team| team.split('/').nth(1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hosts");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned())
            .filter(|name| name != "mod")
            .collect();
        files.sort();
        assert_eq!(files, HostKind::all().map(|kind| kind.as_str().to_owned()).collect::<Vec<_>>());
    }

    #[test]
    fn files_have_a_page_for_each_commit() {
        let page = |remote: &str| {
            let address = RepositoryAddress::parse(remote).expect("an address");
            HostKind::of(&address).expect("a kind").files_of(&address, "0a1b")
        };
        assert_eq!(page("git@github.com:a/b.git"), "https://github.com/a/b/blob/0a1b/");
        assert_eq!(page("https://gitlab.com/a/b/c"), "https://gitlab.com/a/b/c/-/blob/0a1b/");
        assert_eq!(page("https://codeberg.org/a/b"), "https://codeberg.org/a/b/src/commit/0a1b/");
    }

    #[test]
    fn a_host_is_told_by_its_name() {
        let of =
            |remote: &str| HostKind::of(&RepositoryAddress::parse(remote).expect("an address")).map(HostKind::as_str);
        assert_eq!(of("git@github.com:a/b"), Some("github"));
        assert_eq!(of("https://github.acme.example/a/b"), Some("github"));
        assert_eq!(of("https://gitlab.com/a/b/c"), Some("gitlab"));
        assert_eq!(of("git@gitlab.acme.example:a/b"), Some("gitlab"));
        assert_eq!(of("https://codeberg.org/a/b"), Some("gitea"));
        assert_eq!(of("https://gitea.acme.example/a/b"), Some("gitea"));
        assert_eq!(of("https://git.acme.example/a/b"), None);
        assert_eq!(of("https://mygithub.example/a/b"), None);
    }
}
