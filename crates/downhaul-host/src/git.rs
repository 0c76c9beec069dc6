//! Commits and branches by git's plumbing: neither the work tree nor the user's index is touched.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{HostError, HostToken, RepositoryAddress};

/// Who commits. The address leads nowhere, so that no account gets the credit.
const NAME: &str = "downhaul";
const EMAIL: &str = "downhaul@noreply.invalid";

/// The trailer that every commit of ours bears.
const TRAILER: &str = "Downhaul-Flag";

/// A clone, and the remote that branches go to.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    remote: String,
    address: Option<RepositoryAddress>,
    /// Settings for this process's git alone: nothing of them is on a command line or in a file.
    settings: Vec<(String, String)>,
    token: Option<HostToken>,
}

/// The branch that pull requests are for, at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its name: `main`.
    pub branch: String,
    /// The commit's full id.
    pub commit: String,
}

/// A file as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the top of the repository, with forward slashes.
    pub path: String,
    /// What it is to hold; `None` deletes it.
    pub content: Option<Vec<u8>>,
}

/// A branch of ours on the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteBranch {
    /// Its name, without `refs/heads/`.
    pub name: String,
    /// The commit's full id.
    pub commit: String,
}

impl Repository {
    /// The clone that `folder` lies in.
    ///
    /// # Errors
    /// [`HostError::Git`] where there is no repository or no such remote.
    pub fn open(folder: &Path, remote: &str) -> Result<Self, HostError> {
        let mut repository = Repository {
            root: folder.to_owned(),
            remote: remote.to_owned(),
            address: None,
            settings: Vec::new(),
            token: None,
        };
        let no_repository = |_| HostError::Setting(format!("{} is in no git repository", folder.display()));
        repository.root = PathBuf::from(repository.text(&["rev-parse", "--show-toplevel"]).map_err(no_repository)?);
        let remotes = repository.text(&["remote"])?;
        if !remotes.lines().any(|name| name == remote) {
            let there_are = match remotes.lines().collect::<Vec<_>>().join(", ") {
                none if none.is_empty() => "there is none".to_owned(),
                names => format!("there are: {names}"),
            };
            return Err(HostError::Setting(format!(
                "the repository has no remote `{remote}` to send branches to ({there_are}); --remote names another"
            )));
        }
        let url = repository.text(&["remote", "get-url", "--", remote])?;
        repository.address = RepositoryAddress::parse(&url);
        Ok(repository)
    }

    /// The top folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the remote is; `None` for a path on this machine.
    pub fn address(&self) -> Option<&RepositoryAddress> {
        self.address.as_ref()
    }

    /// Lets git use a token with the remote's host, and with no other.
    ///
    /// What an earlier step left in the configuration for the same host is put aside: two headers are refused.
    #[must_use]
    pub fn with_token(mut self, token: &HostToken, user: &str) -> Self {
        self.token = Some(token.clone());
        if let Some(address) = &self.address {
            let key = format!("http.{}://{}/.extraheader", address.scheme, address.host);
            self.settings = vec![(key.clone(), String::new()), (key, token.git_header(user))];
        }
        self
    }

    /// The branch that pull requests are for, as the remote has it now: the named one, else its default.
    ///
    /// # Errors
    /// [`HostError::Git`] where the remote cannot be read or has no such branch.
    pub fn base(&self, named: Option<&str>) -> Result<Base, HostError> {
        let branch = match named {
            Some(branch) => branch.to_owned(),
            None => self.default_branch()?,
        };
        let reference = format!("refs/heads/{branch}");
        let listed = self.text(&["ls-remote", "--", &self.remote, &reference])?;
        let commit = listed.split_whitespace().next().map(str::to_owned).ok_or_else(|| HostError::Git {
            command: "ls-remote".to_owned(),
            detail: format!("the remote `{}` has no branch `{branch}`", self.remote),
        })?;
        self.have(&commit, &reference)?;
        Ok(Base { branch, commit })
    }

    fn default_branch(&self) -> Result<String, HostError> {
        let listed = self.text(&["ls-remote", "--symref", "--", &self.remote, "HEAD"])?;
        let named = listed.lines().find_map(|line| line.strip_prefix("ref: refs/heads/")?.strip_suffix("\tHEAD"));
        named.map(str::to_owned).ok_or_else(|| {
            HostError::Setting(format!("the remote `{}` does not say which branch is its default", self.remote))
        })
    }

    /// Writes the files of a commit below `folder`, as a check-out would.
    ///
    /// # Errors
    /// [`HostError::Git`] with git's words.
    pub fn check_out(&self, commit: &str, folder: &Path) -> Result<(), HostError> {
        let index = Index::new()?;
        self.run(&["read-tree", commit], Some(&index), None)?;
        let mut prefix = folder.as_os_str().to_owned();
        prefix.push("/");
        let mut option = std::ffi::OsString::from("--prefix=");
        option.push(prefix);
        self.run(
            &[OsStr::new("checkout-index"), OsStr::new("--all"), OsStr::new("--quiet"), &option],
            Some(&index),
            None,
        )?;
        Ok(())
    }

    /// A commit on top of `base`. The same input gives the same id: who and when do not depend on the machine.
    ///
    /// # Errors
    /// [`HostError::Git`] with git's words.
    pub fn commit(&self, base: &Base, changes: &[FileChange], message: &str) -> Result<String, HostError> {
        let index = Index::new()?;
        self.run(&["read-tree", &base.commit], Some(&index), None)?;
        let entries = changes.iter().map(|change| self.index_entry(base, change)).collect::<Result<Vec<_>, _>>()?;
        self.run(&["update-index", "-z", "--index-info"], Some(&index), Some(&entries.concat()))?;
        let tree = one_line(&self.run(&["write-tree"], Some(&index), None)?);
        let when = self.text(&["show", "--no-patch", "--format=%cI", &base.commit])?;
        let mut command = self.command(&["commit-tree", &tree, "-p", &base.commit, "-F", "-"], None);
        for (role, value) in [("NAME", NAME), ("EMAIL", EMAIL), ("DATE", &when)] {
            command.env(format!("GIT_AUTHOR_{role}"), value).env(format!("GIT_COMMITTER_{role}"), value);
        }
        Ok(one_line(&self.output(command, "commit-tree", Some(message.as_bytes()))?))
    }

    /// One line for `update-index --index-info`. A file keeps its mode; a new one is an ordinary one.
    fn index_entry(&self, base: &Base, change: &FileChange) -> Result<Vec<u8>, HostError> {
        let Some(content) = &change.content else {
            let gone = "0".repeat(base.commit.len());
            return Ok(format!("0 {gone}\t{}\0", change.path).into_bytes());
        };
        let listed = self.run(&["ls-tree", "-z", &base.commit, "--", &change.path], None, None)?;
        let mode =
            String::from_utf8_lossy(&listed).split(' ').next().filter(|mode| !mode.is_empty()).map(str::to_owned);
        let mode = mode.unwrap_or_else(|| "100644".to_owned());
        let path = format!("--path={}", change.path);
        let blob = one_line(&self.run(&["hash-object", "-w", "--stdin", &path], None, Some(content))?);
        Ok(format!("{mode} {blob}\t{}\0", change.path).into_bytes())
    }

    /// The branches on the remote that begin with `prefix`.
    ///
    /// # Errors
    /// [`HostError::Git`] where the remote cannot be read.
    pub fn branches(&self, prefix: &str) -> Result<Vec<RemoteBranch>, HostError> {
        let pattern = format!("refs/heads/{prefix}*");
        let listed = self.text(&["ls-remote", "--", &self.remote, &pattern])?;
        let branch = |line: &str| {
            let (commit, name) = line.split_once('\t')?;
            let name = name.strip_prefix("refs/heads/")?.to_owned();
            Some(RemoteBranch { name, commit: commit.to_owned() })
        };
        Ok(listed.lines().filter_map(branch).collect())
    }

    /// Whether a branch holds nothing but one commit of ours, so that nobody's work is lost when it is replaced.
    ///
    /// # Errors
    /// [`HostError::Git`] where the branch cannot be fetched.
    pub fn is_ours(&self, branch: &RemoteBranch, base: &Base) -> Result<bool, HostError> {
        self.have(&branch.commit, &format!("refs/heads/{}", branch.name))?;
        let format = format!("--format=%ae%x00%ce%x00%(trailers:key={TRAILER},valueonly)%x00%P");
        let shown = self.text(&["show", "--no-patch", &format, &branch.commit])?;
        let fields: Vec<&str> = shown.split('\0').map(str::trim).collect();
        let [author, committer, flag, parents] = fields[..] else { return Ok(false) };
        let made_by_us = author == EMAIL && committer == EMAIL && !flag.is_empty();
        // One commit of ours on top of the base, as it was then: anything between them is somebody's work.
        let on_base = !parents.is_empty() && !parents.contains(' ') && self.is_ancestor(parents, &base.commit)?;
        Ok(made_by_us && on_base)
    }

    /// In a shallow clone the parent may be unknown; then only what the remote's base branch holds would tell, and the
    /// answer is no.
    fn is_ancestor(&self, commit: &str, of: &str) -> Result<bool, HostError> {
        if !self.is_shallow()? {
            return Ok(self.text(&["merge-base", "--is-ancestor", commit, of]).is_ok());
        }
        let deepen = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--unshallow", "--", &self.remote];
        let known = || self.text(&["merge-base", "--is-ancestor", commit, of]).is_ok();
        Ok(known() || (self.text(&deepen).is_ok() && known()))
    }

    fn is_shallow(&self) -> Result<bool, HostError> {
        Ok(self.text(&["rev-parse", "--is-shallow-repository"])? == "true")
    }

    /// Whether two commits change the same files from the same content to the same content.
    ///
    /// # Errors
    /// [`HostError::Git`] with git's words.
    pub fn same_change(&self, a: &str, b: &str) -> Result<bool, HostError> {
        let raw = |commit| self.run(&["diff-tree", "-r", "-z", "--no-commit-id", "--no-renames", commit], None, None);
        Ok(a == b || raw(a)? == raw(b)?)
    }

    /// The change that a commit makes, as a patch.
    ///
    /// # Errors
    /// [`HostError::Git`] with git's words.
    pub fn patch(&self, commit: &str) -> Result<Vec<u8>, HostError> {
        self.run(&["format-patch", "--stdout", "--no-signature", "--zero-commit", "-1", commit], None, None)
    }

    /// Puts the commit on the branch, if the branch is still where it was seen (`None`: not there).
    ///
    /// # Errors
    /// [`HostError::Raced`] when it is not, [`HostError::Git`] for everything else that git says.
    pub fn push(&self, commit: &str, branch: &str, seen: Option<&str>) -> Result<(), HostError> {
        self.push_as(&format!("{commit}:refs/heads/{branch}"), branch, seen)
    }

    /// Takes the branch away, if it is still where it was seen.
    ///
    /// # Errors
    /// As [`Repository::push`].
    pub fn delete(&self, branch: &RemoteBranch) -> Result<(), HostError> {
        self.push_as(&format!(":refs/heads/{}", branch.name), &branch.name, Some(&branch.commit))
    }

    fn push_as(&self, what: &str, branch: &str, seen: Option<&str>) -> Result<(), HostError> {
        let lease = format!("--force-with-lease=refs/heads/{branch}:{}", seen.unwrap_or_default());
        match self.text(&["push", "--porcelain", "--no-verify", &lease, "--", &self.remote, what]) {
            Ok(_) => Ok(()),
            Err(HostError::Git { detail, .. }) if detail.contains("stale info") || detail.contains("(fetch first)") => {
                Err(HostError::Raced(branch.to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches a commit that is not here yet, without a trace among the user's branches.
    fn have(&self, commit: &str, reference: &str) -> Result<(), HostError> {
        let object = format!("{commit}^{{commit}}");
        if self.text(&["cat-file", "-e", &object]).is_ok() {
            return Ok(());
        }
        let mut fetch = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
        // A clone that has everything must stay so; one that has not need not grow.
        if self.is_shallow()? {
            fetch.push("--depth=2");
        }
        fetch.extend(["--", &self.remote, reference]);
        self.text(&fetch)?;
        self.text(&["cat-file", "-e", &object]).map(drop)
    }

    fn text(&self, arguments: &[&str]) -> Result<String, HostError> {
        let bytes = self.run(arguments, None, None)?;
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
    }

    fn run<S: AsRef<OsStr>>(
        &self,
        arguments: &[S],
        index: Option<&Index>,
        input: Option<&[u8]>,
    ) -> Result<Vec<u8>, HostError> {
        let name = arguments.first().map(|name| name.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
        self.output(self.command(arguments, index), &name, input)
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: &[S], index: Option<&Index>) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(arguments);
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("GIT_LITERAL_PATHSPECS", "1");
        command.env("GIT_CONFIG_COUNT", self.settings.len().to_string());
        for (number, (key, value)) in self.settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{number}"), key).env(format!("GIT_CONFIG_VALUE_{number}"), value);
        }
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index.path());
        }
        command
    }

    fn output(&self, mut command: Command, name: &str, input: Option<&[u8]>) -> Result<Vec<u8>, HostError> {
        let failed = |detail: String| HostError::Git { command: name.to_owned(), detail: self.safe(&detail) };
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(format!("it cannot be started: {error}")))?;
        // A git that ends early closes its input; what it says of it comes below.
        let writer = input.map(<[u8]>::to_vec).zip(child.stdin.take());
        let writer = writer.map(|(input, mut stdin)| std::thread::spawn(move || drop(stdin.write_all(&input))));
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        if let Some(writer) = writer {
            // A thread that writes to a pipe has nothing to panic about.
            let _ = writer.join();
        }
        match output.status.success() {
            true => Ok(output.stdout),
            false => {
                let said = [output.stdout, output.stderr].concat();
                Err(failed(last_words(&String::from_utf8_lossy(&said))))
            }
        }
    }

    fn safe(&self, text: &str) -> String {
        self.token.as_ref().map_or_else(|| text.to_owned(), |token| token.redact(text))
    }
}

/// An index of our own, so that the user's stays as it is.
struct Index(tempfile::TempDir);

impl Index {
    fn new() -> Result<Self, HostError> {
        let folder = tempfile::Builder::new().prefix("downhaul-").tempdir();
        folder.map(Index).map_err(|error| HostError::Setting(format!("no temporary folder can be made: {error}")))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("index")
    }
}

fn one_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The last lines: git says what went wrong at the end.
fn last_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let words = lines[lines.len().saturating_sub(6)..].join("; ");
    if words.is_empty() { "it said nothing".to_owned() } else { words }
}
