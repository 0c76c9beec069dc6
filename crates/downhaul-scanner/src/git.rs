//! What git knows of a tree: which files it tracks although a rule ignores them, and which folders are repositories of
//! their own.
//!
//! The index is read directly: asking git costs more than all the rest of the walk, and a scan must work where git is
//! not installed or refuses a folder that belongs to someone else.

use std::path::{Path, PathBuf};

/// The repository that a folder belongs to.
pub(crate) struct Repository {
    /// The folder with `.git` in it.
    pub(crate) work_tree: PathBuf,
    /// Where the index is.
    git_dir: PathBuf,
    /// Where the settings are: the same, but for further work trees of one repository.
    pub(crate) common_dir: PathBuf,
}

/// A file that git tracks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tracked {
    /// Relative to the work tree, as bytes: git does not mind what they are.
    pub(crate) path: Vec<u8>,
    /// It is a repository of its own.
    pub(crate) is_submodule: bool,
}

/// The index cannot be understood; the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadIndex(pub(crate) &'static str);

impl Repository {
    /// The repository around a folder.
    pub(crate) fn around(folder: &Path) -> Option<Repository> {
        let folder = folder.canonicalize().ok()?;
        let work_tree = folder.ancestors().find(|folder| folder.join(".git").exists())?;
        let dot_git = work_tree.join(".git");
        let git_dir = if dot_git.is_dir() {
            dot_git
        } else {
            // Of a submodule or a further work tree: `gitdir: PATH`.
            let text = std::fs::read_to_string(&dot_git).ok()?;
            work_tree.join(text.strip_prefix("gitdir:")?.trim())
        };
        let common = std::fs::read_to_string(git_dir.join("commondir")).ok();
        let common_dir = common.map_or_else(|| git_dir.clone(), |common| git_dir.join(common.trim()));
        Some(Repository { work_tree: work_tree.to_owned(), git_dir, common_dir })
    }

    /// The files that it tracks; none in a repository without an index, such as a new one.
    pub(crate) fn tracked(&self) -> Result<Vec<Tracked>, BadIndex> {
        match std::fs::read(self.git_dir.join("index")) {
            Ok(bytes) => {
                // Object names are 32 bytes long in repositories that say so, 20 in all others.
                let settings = self.settings();
                let is_sha256 = settings.lines().any(|line| setting(line, "objectformat") == Some("sha256"));
                read_index(&bytes, if is_sha256 { 32 } else { 20 })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(_) => Err(BadIndex("it cannot be read")),
        }
    }

    /// The file with more ignore rules that the settings of this very repository name.
    pub(crate) fn excludes_file(&self) -> Option<PathBuf> {
        let settings = self.settings();
        let named = settings.lines().filter_map(|line| setting(line, "excludesfile")).next_back()?;
        match named.strip_prefix("~/") {
            Some(rest) => Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)),
            None => Some(self.work_tree.join(named)),
        }
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.common_dir.join("config")).unwrap_or_default()
    }
}

/// The value on a line of a settings file, if the line is about `name`, which is written in lower case.
fn setting<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (key, value) = line.split_once('=')?;
    key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
}

/// Reads an index of version 2, 3 or 4; see gitformat-index(5).
fn read_index(bytes: &[u8], hash: usize) -> Result<Vec<Tracked>, BadIndex> {
    let short = BadIndex("it ends too early");
    let number = |at: usize| {
        let four = bytes.get(at..at + 4).and_then(|four| four.first_chunk::<4>());
        four.map(|four| u32::from_be_bytes(*four))
    };
    if bytes.get(..4) != Some(b"DIRC") {
        return Err(BadIndex("it is no index"));
    }
    let (Some(version @ 2..=4), Some(count)) = (number(4), number(8)) else {
        return Err(BadIndex("its version is not known"));
    };
    let mut entries = Vec::new();
    let mut at = 12;
    let mut before: Vec<u8> = Vec::new();
    for _ in 0..count {
        // Ten numbers (the seventh is the mode), the object's name, flags.
        let (Some(mode), Some(flags)) = (number(at + 24), bytes.get(at + 40 + hash)) else { return Err(short) };
        let is_extended = version >= 3 && flags & 0x40 != 0;
        let mut name_at = at + 40 + hash + 2 + if is_extended { 2 } else { 0 };
        if version == 4 {
            let (cut, length) = variable(bytes.get(name_at..).unwrap_or_default()).ok_or(short)?;
            before.truncate(before.len().saturating_sub(cut));
            name_at += length;
        } else {
            before.clear();
        }
        let rest = bytes.get(name_at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == 0).ok_or(short)?;
        before.extend_from_slice(&rest[..length]);
        let end = name_at + length;
        // Entries of the older versions are filled up to a multiple of eight, with one zero at least.
        at = if version == 4 { end + 1 } else { at + ((end - at) / 8 + 1) * 8 };
        entries.push(Tracked { path: before.clone(), is_submodule: mode & 0xf000 == 0xe000 });
    }
    Ok(entries)
}

/// A number of variable length as pack files have them, and how many bytes it takes.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = usize::from(bytes.first()? & 0x7f);
    let mut length = 1;
    while bytes[length - 1] & 0x80 != 0 && length < 9 {
        value = ((value + 1) << 7) | usize::from(bytes.get(length)? & 0x7f);
        length += 1;
    }
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn settings_are_read() {
        assert_eq!(setting("\texcludesFile = ~/x y", "excludesfile"), Some("~/x y"));
        assert_eq!(setting("[core]", "excludesfile"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_index_or_none(mut bytes in prop::collection::vec(any::<u8>(), 0..400), version in 0u8..6) {
            let head = [b'D', b'I', b'R', b'C', 0, 0, 0, version, 0, 0, 0, 3];
            for (at, byte) in head.iter().enumerate().take(bytes.len()) {
                bytes[at] = *byte;
            }
            let _ = read_index(&bytes, 20);
        }
    }
}
