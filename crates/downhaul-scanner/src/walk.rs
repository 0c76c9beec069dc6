//! Which files there are: those that git would not ignore, outside a repository too.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use downhaul_core::{SkipReason, Skipped};
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::{WalkBuilder, WalkState};

use crate::{ScanError, ScanRequest};

/// The files that there are, sorted by path, and what could not be looked at.
pub(crate) struct Walked {
    /// Path relative to the root with forward slashes, and size in bytes.
    pub(crate) files: Vec<(String, u64)>,
    pub(crate) skipped: Vec<Skipped>,
}

/// Files that downhaul writes itself: they name every flag, and use none.
const OWN_FILES: &[&str] = &["downhaul.baseline.json", "downhaul.snapshot.json", "downhaul.snapshot.json.gz"];

/// Lists the files below the root, or below the paths that were asked for.
pub(crate) fn walk(request: &ScanRequest, threads: usize) -> Result<Walked, ScanError> {
    let root = &request.root;
    if !root.exists() {
        return Err(ScanError::NoRoot(root.clone()));
    }
    if !root.is_dir() {
        return Err(ScanError::RootIsNoFolder(root.clone()));
    }
    let exclude = globs(&request.config.exclude)?;
    let starts = starts(request)?;
    let (first, rest) = starts.split_first().ok_or_else(|| ScanError::NoRoot(root.clone()))?;
    let mut builder = WalkBuilder::new(first);
    for start in rest {
        builder.add(start);
    }
    builder
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .add_custom_ignore_filename(".downhaulignore")
        .threads(threads)
        .filter_entry(|entry| {
            let is_own = entry.file_name().to_str().is_some_and(|name| OWN_FILES.contains(&name));
            entry.file_name() != ".git" && !is_own
        });

    let found = Mutex::new(Walked { files: Vec::new(), skipped: Vec::new() });
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    lock(&found).skipped.push(problem(root, &error));
                    return WalkState::Continue;
                }
            };
            if let Some(error) = entry.error() {
                lock(&found).skipped.push(problem(root, error));
            }
            let Some(path) = relative(root, entry.path()) else { return WalkState::Continue };
            if entry.file_type().is_some_and(|kind| kind.is_symlink()) {
                if let Some(skipped) = broken_link(entry.path(), &path) {
                    lock(&found).skipped.push(skipped);
                }
                return WalkState::Continue;
            }
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if is_file && !exclude.is_match(&path) {
                match entry.metadata() {
                    Ok(metadata) => lock(&found).files.push((path, metadata.len())),
                    Err(error) => lock(&found).skipped.push(problem(root, &error)),
                }
            }
            WalkState::Continue
        })
    });
    let mut walked = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    walked.files.sort();
    walked.files.dedup();
    Ok(walked)
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

fn relative(root: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?;
    let parts: Vec<String> = inside
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
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
