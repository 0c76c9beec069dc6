//! Why a file is not scanned: which rule, of which file, on which line. For people who ask; a scan does not need it.

use std::path::{Path, PathBuf};

use downhaul_lang::Catalog;
use ignore::Match;
use ignore::gitignore::{Gitignore, Glob};

use crate::decode::{Decoded, decode};
use crate::git::Repository;
use crate::walk::{OWN_FILES, globs};
use crate::{ScanError, ScanRequest};

/// Why a file that exists is not scanned, as a sentence without a full stop; `None` if it is.
///
/// `path` is relative to the root, with forward slashes.
///
/// # Errors
/// [`ScanError::BadGlob`] for a glob in the configuration that cannot be understood.
pub fn left_out(request: &ScanRequest, catalog: &Catalog, path: &str) -> Result<Option<String>, ScanError> {
    for glob in &request.config.exclude {
        if globs(std::slice::from_ref(glob))?.is_match(path) {
            return Ok(Some(format!("`exclude = [\"{glob}\"]` of [scan] leaves it out")));
        }
    }
    let root = request.root.canonicalize().unwrap_or_else(|_| request.root.clone());
    Ok(by_place(&root, path).or_else(|| by_rule(&root, path)).or_else(|| by_content(request, catalog, path)))
}

/// What its name, its kind or the folders around it say.
fn by_place(root: &Path, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let name = parts.last().copied().unwrap_or(path);
    if parts.contains(&".git") {
        return Some("it belongs to git itself".to_owned());
    }
    if OWN_FILES.contains(&name) {
        return Some("it is a file that downhaul writes: it names every flag and uses none".to_owned());
    }
    let is_in_repository = Repository::around(root).is_some();
    let mut folder = root.to_owned();
    for part in &parts {
        folder.push(part);
        let kind = folder.symlink_metadata().ok()?.file_type();
        let shown = shown(root, &folder);
        if kind.is_symlink() {
            return Some(format!(
                "{shown} is a symbolic link, and links are not followed; what it leads to is scanned where it is"
            ));
        }
        if is_in_repository && kind.is_dir() && folder.join(".git").exists() {
            return Some(format!("{shown} is a repository of its own"));
        }
    }
    (!folder.is_file()).then(|| "it is not a file".to_owned())
}

/// The rule that ignores it, unless git tracks it all the same.
fn by_rule(root: &Path, path: &str) -> Option<String> {
    let repository = Repository::around(root);
    let top = repository.as_ref().map_or(root, |repository| &repository.work_tree);
    let full = root.join(path);
    let is_tracked = || {
        let relative = full.strip_prefix(top).ok().map(|relative| relative.to_string_lossy().replace('\\', "/"));
        let tracked = repository.as_ref().and_then(|repository| repository.tracked().ok()).unwrap_or_default();
        relative.is_some_and(|relative| tracked.iter().any(|file| file.path == relative.as_bytes()))
    };
    // A folder that is ignored hides what is in it, so the outermost decision holds.
    let mut parts: Vec<&Path> = full.ancestors().take_while(|part| *part != top).collect();
    parts.reverse();
    for part in parts {
        let Some((file, rule)) = decision(top, repository.as_ref(), part, part != full) else { continue };
        let is_own = file.ends_with(".downhaulignore");
        if is_own || !is_tracked() {
            let line = std::fs::read_to_string(&file).ok().and_then(|text| {
                let at = text.lines().position(|line| line.trim_end() == rule)?;
                Some(format!(":{}", at + 1))
            });
            let what = if part == full { String::new() } else { format!(" ({} as a whole)", shown(root, part)) };
            return Some(format!(
                "the rule `{rule}` in {}{} ignores it{what}",
                shown(root, &file),
                line.unwrap_or_default()
            ));
        }
    }
    None
}

/// The rule that ignores a file or folder, and the file that it stands in; `None` where none does, or one says not to.
fn decision(top: &Path, repository: Option<&Repository>, part: &Path, is_folder: bool) -> Option<(PathBuf, String)> {
    let folders: Vec<&Path> = part.ancestors().skip(1).take_while(|folder| folder.starts_with(top)).collect();
    let of = |name: &'static str| folders.iter().map(move |folder| Gitignore::new(folder.join(name)).0);
    let exclude = repository.map(|repository| {
        let mut builder = ignore::gitignore::GitignoreBuilder::new(top);
        builder.add(repository.common_dir.join("info/exclude"));
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    });
    let global = repository.and_then(Repository::excludes_file).map(|file| {
        let mut builder = ignore::gitignore::GitignoreBuilder::new(top);
        builder.add(file);
        builder.build().unwrap_or_else(|_| Gitignore::empty())
    });
    let global = global.unwrap_or_else(|| Gitignore::global().0);
    let all = of(".downhaulignore").chain(of(".gitignore")).chain(exclude).chain([global]);
    for rules in all {
        match rules.matched(part, is_folder) {
            Match::None => {}
            Match::Whitelist(_) => return None,
            Match::Ignore(glob) => return Some(named(glob)),
        }
    }
    None
}

fn named(glob: &Glob) -> (PathBuf, String) {
    (glob.from().map(Path::to_owned).unwrap_or_default(), glob.original().to_owned())
}

/// What its bytes say.
fn by_content(request: &ScanRequest, catalog: &Catalog, path: &str) -> Option<String> {
    let full = request.root.join(path);
    let size = full.metadata().ok()?.len();
    let limit = request.config.max_file_size;
    if size > limit {
        return Some(format!("it is larger than `max_file_size` of [scan]: {size} bytes, the limit is {limit}"));
    }
    match std::fs::read(&full) {
        Err(error) => Some(format!("it cannot be read: {error}")),
        Ok(bytes) => match decode(bytes) {
            Decoded::Binary => Some("it is binary".to_owned()),
            Decoded::Unknown => Some("it is neither UTF-8 nor UTF-16 nor Latin-1".to_owned()),
            Decoded::Text(_) if catalog.language_of(path).is_none() && request.keys.is_empty() => Some(
                "its language is not known, so only known keys are looked for in it, and none were given".to_owned(),
            ),
            Decoded::Text(_) => None,
        },
    }
}

fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
