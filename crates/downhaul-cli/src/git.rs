//! Git, asked as a program: where a branch began, which lines it added, and what the files held there.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use downhaul_core::AddedLines;

use crate::errors::CliError;

mod diff;

/// What the user wants a state of the tree to be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Base {
    /// This commit.
    Since(String),
    /// The commit where the present branch left this one.
    MergeBase(String),
}

/// A repository, seen from a folder in it; all paths are relative to that folder.
#[derive(Debug)]
pub(crate) struct Git {
    root: PathBuf,
}

/// What is different between a commit and the files as they are now, whatever is committed of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Lines that are there now and were not. Files that git does not know yet are new as a whole.
    pub(crate) added: AddedLines,
    /// Where lines were taken away: the line, from 1, before which they stood in the file as it is now.
    pub(crate) removed_at: std::collections::BTreeMap<String, Vec<u32>>,
    /// Files that are there now and are not the same as they were, sorted.
    pub(crate) changed: Vec<String>,
    /// Files that are gone, sorted.
    pub(crate) deleted: Vec<String>,
}

impl Git {
    /// The repository that `root` lies in.
    ///
    /// # Errors
    /// There is none, or there is no git. The user's move.
    pub(crate) fn open(root: &Path) -> Result<Git, CliError> {
        let git = Git { root: root.to_owned() };
        let answer = git.run(["rev-parse", "--is-inside-work-tree"])?;
        if answer.status.success() {
            return Ok(git);
        }
        let why = complaint(&answer);
        Err(CliError::usage(format!("{} is no git work tree: {why}", root.display()))
            .hint("--since and --merge-base compare with a commit; without them the whole is looked at"))
    }

    /// The commit that a base comes to.
    ///
    /// # Errors
    /// No such commit (the user's move), or a clone that is too shallow to tell (whoever cloned it).
    pub(crate) fn resolve(&self, base: &Base) -> Result<String, CliError> {
        match base {
            Base::Since(revision) => self.commit(revision),
            Base::MergeBase(revision) => self.merge_base(revision),
        }
    }

    fn commit(&self, revision: &str) -> Result<String, CliError> {
        let wanted = format!("{revision}^{{commit}}");
        let answer = self.run(["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        if answer.status.success() {
            return Ok(text(&answer.stdout));
        }
        if self.is_shallow()? {
            return Err(too_shallow(format!("this clone is shallow, and `{revision}` is not in it")));
        }
        Err(CliError::usage(format!("git knows no commit `{revision}`"))
            .hint("a branch of the remote has to be fetched and is named `origin/main`"))
    }

    fn merge_base(&self, revision: &str) -> Result<String, CliError> {
        let other = self.commit(revision)?;
        let answer = self.run(["merge-base", &other, "HEAD"])?;
        if answer.status.success() {
            return Ok(text(&answer.stdout));
        }
        if self.is_shallow()? {
            let what =
                format!("this clone is shallow, and the commit where this branch left `{revision}` is not in it");
            return Err(too_shallow(what));
        }
        let why = complaint(&answer);
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        Err(CliError::usage(format!("`{revision}` and HEAD have no commit in common{why}")))
    }

    fn is_shallow(&self) -> Result<bool, CliError> {
        Ok(text(&self.run(["rev-parse", "--is-shallow-repository"])?.stdout) == "true")
    }

    /// What is different now from how it was at `commit`.
    pub(crate) fn changes_since(&self, commit: &str) -> Result<Changes, CliError> {
        // What users may have set in their own configuration must not change the form.
        let diff = self.done([
            "-c",
            "core.quotePath=false",
            "diff",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules",
            "--find-renames",
            "--unified=0",
            "--inter-hunk-context=0",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--relative",
            commit,
            "--",
            ".",
        ])?;
        let mut changes = diff::parse(&diff);
        let unknown = self.done(["ls-files", "--others", "--exclude-standard", "-z"])?;
        for path in unknown.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let path = String::from_utf8_lossy(path).into_owned();
            changes.added.add(path.clone(), 1..=u32::MAX);
            changes.changed.push(path);
        }
        changes.changed.sort();
        changes.deleted.sort();
        Ok(changes)
    }

    /// The bytes of a file at `commit`; `None` if it was not there.
    pub(crate) fn file_at(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, CliError> {
        let answer = self.run(["cat-file", "blob", &format!("{commit}:./{path}")])?;
        Ok(answer.status.success().then_some(answer.stdout))
    }

    /// Writes the whole tree, as it was at `commit`, below `folder`, which has to be empty.
    pub(crate) fn export(&self, commit: &str, folder: &Path) -> Result<(), CliError> {
        // An index of our own: the user's is not to be touched.
        let index = folder.join(".downhaul-index");
        // In a folder below the top, git would write what is below that folder alone.
        let top = text(&self.done(["rev-parse", "--show-toplevel"])?);
        let run = |arguments: &[&OsStr]| {
            let arguments: Vec<&OsStr> = ["-C".as_ref(), top.as_ref()].iter().chain(arguments).copied().collect();
            let answer = self.command(&arguments).env("GIT_INDEX_FILE", &index).output();
            let arguments = &arguments;
            finished(answer, arguments)
        };
        let prefix = text(&self.done(["rev-parse", "--show-prefix"])?);
        let tree = format!("{commit}:{}", prefix.trim_end_matches('/'));
        run(&["read-tree".as_ref(), tree.as_ref()])?;
        let mut to = std::ffi::OsString::from("--prefix=");
        to.push(folder);
        to.push("/");
        // Content that is kept elsewhere is not fetched: a pointer has no flag in it.
        let lfs = ["-c", "filter.lfs.smudge=cat", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false"];
        let mut arguments: Vec<&OsStr> = lfs.iter().map(AsRef::as_ref).collect();
        arguments.extend::<[&OsStr; 4]>(["checkout-index".as_ref(), "--all".as_ref(), "--quiet".as_ref(), &to]);
        run(&arguments)?;
        // Left behind it would be scanned; that it cannot be removed harms nobody.
        let _ = std::fs::remove_file(&index);
        Ok(())
    }

    /// Runs git and gives what it printed; what it complains of is an error.
    fn done<const N: usize>(&self, arguments: [&str; N]) -> Result<Vec<u8>, CliError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        finished(self.command(&arguments).output(), &arguments)
    }

    fn run<const N: usize>(&self, arguments: [&str; N]) -> Result<Output, CliError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        self.command(&arguments).output().map_err(|error| no_git(&error))
    }

    fn command(&self, arguments: &[&OsStr]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).args(arguments).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        command
    }
}

fn finished(answer: std::io::Result<Output>, arguments: &[&OsStr]) -> Result<Vec<u8>, CliError> {
    let answer = answer.map_err(|error| no_git(&error))?;
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    let verb =
        arguments.iter().find(|word| ["diff", "ls-files", "read-tree", "checkout-index"].iter().any(|v| v == *word));
    let verb = verb.map_or_else(String::new, |verb| format!(" {}", verb.to_string_lossy()));
    Err(CliError::evidence(format!("git{verb} failed: {}", complaint(&answer))))
}

fn no_git(error: &std::io::Error) -> CliError {
    CliError::usage(format!("git cannot be run: {error}"))
}

fn too_shallow(what: String) -> CliError {
    CliError::evidence(what)
        .hint("fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` with actions/checkout")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The last thing that git complained of.
fn complaint(answer: &Output) -> String {
    let text = text(&answer.stderr);
    text.lines().last().unwrap_or_default().trim_start_matches("fatal: ").to_owned()
}
