//! Which files there are: those that git sees, tracked or not ignored, outside a repository too.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use downhaul_core::{SkipReason, Skipped};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashSet;

use crate::git::Repository;
use crate::look::Look;
use crate::{ScanError, ScanRequest};

/// The files that there are, sorted by path, and what could not be looked at.
pub(crate) struct Walked {
    pub(crate) files: Vec<WalkedFile>,
    pub(crate) skipped: Vec<Skipped>,
}

/// A file, and what the first look at it gave.
pub(crate) struct WalkedFile {
    /// Relative to the root with forward slashes.
    pub(crate) path: String,
    /// Where it is, if its name is no text and `path` would not lead there.
    pub(crate) odd: Option<PathBuf>,
    pub(crate) look: Look,
}

/// Files that downhaul writes itself: they name every flag, and use none.
pub(crate) const OWN_FILES: &[&str] =
    &["downhaul.baseline.json", "downhaul.snapshot.json", "downhaul.snapshot.json.gz"];

/// Looks at each file below the root, or below the paths that were asked for.
pub(crate) fn walk(
    request: &ScanRequest,
    threads: usize,
    look: &(dyn Fn(&Path, &str) -> Look + Sync),
) -> Result<Walked, ScanError> {
    let root = &request.root;
    if !root.exists() {
        return Err(ScanError::NoRoot(root.clone()));
    }
    if !root.is_dir() {
        return Err(ScanError::RootIsNoFolder(root.clone()));
    }
    let starts = starts(request)?;
    let repository = Repository::around(root);
    let gatherer =
        Gatherer { root, exclude: globs(&request.config.exclude)?, look, found: Mutex::new((Vec::new(), Vec::new())) };
    walker(&starts, repository.as_ref(), threads).run(|| Box::new(|entry| gatherer.entry(entry)));
    if let Some(repository) = &repository {
        gatherer.tracked(repository, &starts);
    }
    let (mut files, skipped) = gatherer.found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    files.sort_by(|a, b| (&a.path, &a.odd).cmp(&(&b.path, &b.odd)));
    files.dedup_by(|a, b| a.path == b.path && a.odd == b.odd);
    Ok(Walked { files, skipped })
}

/// The walk that honours what git honours.
fn walker(starts: &[PathBuf], repository: Option<&Repository>, threads: usize) -> ignore::WalkParallel {
    let mut builder = WalkBuilder::empty();
    for start in starts {
        builder.add(start);
    }
    let in_repository = repository.is_some();
    builder
        .hidden(false)
        .ignore(false)
        .require_git(false)
        .follow_links(false)
        .add_custom_ignore_filename(".downhaulignore")
        .threads(threads)
        .filter_entry(move |entry| entry.depth() == 0 || is_ours(entry, in_repository));
    if let Some(repository) = repository {
        builder.current_dir(repository.work_tree.clone());
        if let Some(file) = repository.excludes_file().filter(|file| file.is_file()) {
            builder.git_global(false);
            builder.add_ignore(file);
        }
    }
    builder.build_parallel()
}

/// Whether an entry belongs to the tree: not to git, not to downhaul, and not to another repository in it.
fn is_ours(entry: &DirEntry, in_repository: bool) -> bool {
    let name = entry.file_name();
    if name == ".git" || name.to_str().is_some_and(|name| OWN_FILES.contains(&name)) {
        return false;
    }
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    !(in_repository && is_folder && entry.path().join(".git").exists())
}

/// Gathers what the threads of a walk find.
struct Gatherer<'a> {
    root: &'a Path,
    exclude: GlobSet,
    look: &'a (dyn Fn(&Path, &str) -> Look + Sync),
    found: Mutex<(Vec<WalkedFile>, Vec<Skipped>)>,
}

impl Gatherer<'_> {
    fn entry(&self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                self.skip(problem(self.root, &error));
                return WalkState::Continue;
            }
        };
        if let Some(error) = entry.error() {
            self.skip(problem(self.root, error));
        }
        let Some(path) = relative(self.root, entry.path()) else { return WalkState::Continue };
        match entry.file_type() {
            Some(kind) if kind.is_symlink() => {
                if let Some(skipped) = broken_link(entry.path(), &path) {
                    self.skip(skipped);
                }
            }
            Some(kind) if kind.is_file() => self.file(entry.path(), path),
            _ => {}
        }
        WalkState::Continue
    }

    fn file(&self, full: &Path, path: String) {
        if !self.exclude.is_empty() && self.exclude.is_match(&path) {
            return;
        }
        let look = (self.look)(full, &path);
        let odd = full.to_str().is_none().then(|| full.to_owned());
        lock(&self.found).0.push(WalkedFile { path, odd, look });
    }

    fn skip(&self, skipped: Skipped) {
        lock(&self.found).1.push(skipped);
    }

    /// Looks at the files that a rule ignores and git tracks all the same.
    fn tracked(&self, repository: &Repository, starts: &[PathBuf]) {
        let tracked = match repository.tracked() {
            Ok(tracked) => tracked,
            Err(why) => {
                let detail = format!("the index of git: {}; files that git tracks and ignores are not known", why.0);
                self.skip(Skipped { path: ".git/index".to_owned(), reason: SkipReason::Unreadable, detail });
                return;
            }
        };
        let walked: FxHashSet<String> = lock(&self.found).0.iter().map(|file| file.path.clone()).collect();
        let Ok(root) = self.root.canonicalize() else { return };
        let starts: Vec<PathBuf> = starts.iter().filter_map(|start| start.canonicalize().ok()).collect();
        let mut own = DownhaulIgnores::default();
        for file in tracked.iter().filter(|file| !file.is_submodule) {
            let Some(inside) = path_of_bytes(&file.path) else { continue };
            let full = repository.work_tree.join(inside);
            let Some(path) = relative(&root, &full) else { continue };
            let name = path.rsplit('/').next().unwrap_or(&path);
            if walked.contains(&path) || OWN_FILES.contains(&name) {
                continue;
            }
            let is_file = full.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
            if is_file && starts.iter().any(|start| full.starts_with(start)) && !own.ignore(&root, &full) {
                self.file(&self.root.join(&path), path);
            }
        }
    }
}

/// The rules of `.downhaulignore` files alone: unlike git's own, they hold for tracked files.
#[derive(Default)]
struct DownhaulIgnores {
    by_folder: HashMap<PathBuf, ignore::gitignore::Gitignore>,
}

impl DownhaulIgnores {
    fn ignore(&mut self, root: &Path, full: &Path) -> bool {
        let folders: Vec<&Path> = full.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).collect();
        // A folder that is ignored hides what is in it, so the outermost decision holds.
        let parts: Vec<&Path> = full.ancestors().take(folders.len()).collect();
        parts.into_iter().rev().any(|part| {
            let is_folder = part != full;
            folders.iter().filter(|folder| part.starts_with(folder) && part != **folder).find_map(|folder| {
                let rules = self
                    .by_folder
                    .entry(folder.to_path_buf())
                    .or_insert_with(|| ignore::gitignore::Gitignore::new(folder.join(".downhaulignore")).0);
                let decided = rules.matched(part, is_folder);
                (!decided.is_none()).then(|| decided.is_ignore())
            }) == Some(true)
        })
    }
}

#[cfg(unix)]
fn path_of_bytes(bytes: &[u8]) -> Option<&Path> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of_bytes(bytes: &[u8]) -> Option<&Path> {
    std::str::from_utf8(bytes).ok().map(Path::new)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn starts(request: &ScanRequest) -> Result<Vec<PathBuf>, ScanError> {
    if request.paths.is_empty() {
        return Ok(vec![request.root.clone()]);
    }
    let mut starts = Vec::new();
    for path in &request.paths {
        let full = if path.is_absolute() { path.clone() } else { request.root.join(path) };
        let inside = match (full.canonicalize(), request.root.canonicalize()) {
            (Ok(full), Ok(root)) => full.starts_with(root),
            _ => return Err(ScanError::NoSuchPath(path.clone())),
        };
        if !inside {
            return Err(ScanError::OutsideRoot { path: path.clone(), root: request.root.clone() });
        }
        starts.push(full);
    }
    Ok(starts)
}

/// A set of globs from the configuration.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet, ScanError> {
    let bad =
        |pattern: &str, error: globset::Error| ScanError::BadGlob { glob: pattern.to_owned(), why: error.to_string() };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(Glob::new(pattern).map_err(|error| bad(pattern, error))?);
    }
    set.build().map_err(|error| bad(&patterns.join(", "), error))
}

/// A path relative to the root with forward slashes; `None` for the root itself and for what is not below it.
fn relative(root: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?;
    let text = inside.to_string_lossy();
    let text = text.strip_prefix("./").unwrap_or(&text);
    (!text.is_empty() && text != ".")
        .then(|| if std::path::MAIN_SEPARATOR == '/' { text.to_owned() } else { text.replace('\\', "/") })
}

fn broken_link(full: &Path, path: &str) -> Option<Skipped> {
    let error = full.metadata().err()?;
    Some(Skipped { path: path.to_owned(), reason: SkipReason::BrokenLink, detail: error.to_string() })
}

fn problem(root: &Path, error: &ignore::Error) -> Skipped {
    let path = path_of(error).and_then(|path| relative(root, path)).unwrap_or_default();
    let reason = if is_about_ignore_file(error) { SkipReason::BadIgnoreFile } else { SkipReason::Unreadable };
    Skipped { path, reason, detail: error.to_string() }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        ignore::Error::WithLineNumber { err, .. } | ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}

fn is_about_ignore_file(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Glob { .. } => true,
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. }
        | ignore::Error::WithDepth { err, .. } => is_about_ignore_file(err),
        ignore::Error::Partial(errors) => errors.iter().any(is_about_ignore_file),
        _ => false,
    }
}
