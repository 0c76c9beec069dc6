//! One case of the corpus: its files, its marks, and what the finder says of it.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use super::marks::{self, Key, Mark};
use super::score::Reported;

/// A case takes milliseconds; a finder that needs longer than this does not end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of `fixtures/corpus/<language>/`.
pub(super) struct Case {
    /// The folder's language.
    pub(super) language: String,
    /// What is true of it.
    pub(super) marks: Vec<Mark>,
    folder: PathBuf,
    files: Vec<Laid>,
    keys: Option<PathBuf>,
}

/// A file as the finder sees it: without its marks.
struct Laid {
    path: String,
    content: Vec<u8>,
}

/// Reads all cases, sorted by name.
pub(super) fn load_all(corpus: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for language in folders(corpus)? {
        for folder in folders(&language)? {
            cases.push(Case::load(folder)?);
        }
    }
    Ok(cases)
}

impl Case {
    fn load(folder: PathBuf) -> Result<Case> {
        let language = last(folder.parent().unwrap_or(&folder));
        let mut paths = Vec::new();
        collect(&folder, &mut paths)?;
        let mut case = Case { language, marks: Vec::new(), files: Vec::new(), keys: None, folder };
        for path in paths {
            let inside = path.strip_prefix(&case.folder)?.to_string_lossy().replace('\\', "/");
            let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
            case.add(&path, &inside, bytes).with_context(|| case.name())?;
        }
        ensure!(!case.marks.is_empty(), "{} has no marks", case.name());
        Ok(case)
    }

    fn add(&mut self, path: &Path, inside: &str, bytes: Vec<u8>) -> Result<()> {
        match inside {
            "keys.txt" => self.keys = Some(path.to_owned()),
            "expected.txt" => self.marks.extend(marks::read_list(&String::from_utf8(bytes)?)?),
            _ => {
                let content = match String::from_utf8(bytes) {
                    Ok(text) => {
                        let (clean, marks) = marks::take_out(inside, &text)?;
                        self.marks.extend(marks);
                        clean.into_bytes()
                    }
                    // Latin-1 and its kin: such a file has its truth in `expected.txt`.
                    Err(other) => other.into_bytes(),
                };
                self.files.push(Laid { path: inside.to_owned(), content });
            }
        }
        Ok(())
    }

    /// `language/case`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.language, last(&self.folder))
    }

    /// Lays the files out in a folder of their own and runs the finder over it.
    pub(super) fn scan(&self, bin: &Path) -> Result<Vec<Reported>> {
        let place = tempfile::tempdir()?;
        let root = place.path().canonicalize()?;
        for file in &self.files {
            let path = root.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap_or(&root))?;
            std::fs::write(path, &file.content)?;
        }
        let mut command = Command::new(bin);
        command.args(["scan", "--format", "json", "--no-cache", "--offline", "--root"]).arg(&root);
        if let Some(keys) = &self.keys {
            command.arg("--keys").arg(keys);
        }
        for name in ["UNLEASH_URL", "UNLEASH_TOKEN", "DOWNHAUL_CONFIG", "DOWNHAUL_FORMAT"] {
            command.env_remove(name);
        }
        let output = run(command.current_dir(&root)).with_context(|| format!("the finder on {}", self.name()))?;
        let document: Document =
            serde_json::from_slice(&output).with_context(|| format!("{}: what the finder printed", self.name()))?;
        ensure!(document.complete, "{}: the finder skipped something", self.name());
        Ok(document.references.into_iter().map(Reported::from).collect())
    }
}

/// What the finder printed, unless it fails or takes longer than [`PATIENCE`].
fn run(command: &mut Command) -> Result<Vec<u8>> {
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let mut child = command.stdout(out.try_clone()?).stderr(err.try_clone()?).spawn().context("cannot be started")?;
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("does not end within {} seconds", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    ensure!(status.success(), "ends with {status}: {}", String::from_utf8_lossy(&all_of(&mut err)?).trim());
    all_of(&mut out)
}

fn all_of(file: &mut File) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    Ok(content)
}

/// What of the finder's JSON is compared.
#[derive(Deserialize)]
struct Document {
    complete: bool,
    references: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    flag: Option<String>,
    pattern: Option<String>,
    kind: String,
    location: Place,
}

#[derive(Deserialize)]
struct Place {
    path: String,
    line: usize,
}

impl From<Found> for Reported {
    fn from(found: Found) -> Self {
        let known = |pattern: &String| pattern.chars().any(|c| c != '*');
        let key = match (found.flag, found.pattern.filter(known)) {
            (Some(flag), _) => Key::Flag(flag),
            (None, Some(pattern)) => Key::Pattern(pattern),
            (None, None) => Key::Unknown,
        };
        Reported { path: found.location.path, line: found.location.line, key, kind: found.kind }
    }
}

fn folders(of: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(of).with_context(|| of.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn last(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::marks::Truth;

    #[test]
    fn the_corpus_is_as_large_as_it_says() {
        let cases = load_all(&crate::workspace_root().join("fixtures/corpus")).unwrap();
        let languages: std::collections::BTreeSet<_> = cases.iter().map(|case| case.language.as_str()).collect();
        for folder in std::fs::read_dir(crate::workspace_root().join("crates/downhaul-lang/languages")).unwrap() {
            let language = last(&folder.unwrap().path());
            assert!(languages.contains(language.as_str()), "no case is in {language}");
        }
        let all = || cases.iter().flat_map(|case| &case.marks);
        let traps = all().filter(|mark| mark.truth == Truth::Trap).count();
        let required = all().filter(|mark| matches!(mark.truth, Truth::Reference { optional: false, .. })).count();
        assert!(traps >= 400 && required >= 800, "{required} references, {traps} traps");
    }

    #[test]
    fn no_line_is_a_trap_and_a_reference() {
        for case in load_all(&crate::workspace_root().join("fixtures/corpus")).unwrap() {
            for mark in case.marks.iter().filter(|mark| mark.truth == Truth::Trap) {
                let there = case.marks.iter().filter(|other| (&other.path, other.line) == (&mark.path, mark.line));
                assert_eq!(there.count(), 1, "{}/{}:{}", case.name(), mark.path, mark.line);
            }
        }
    }

    #[test]
    fn keys_are_read_from_the_json() {
        let found = |json: &str| Reported::from(serde_json::from_str::<Found>(json).unwrap());
        let at = r#""kind":"evaluation","location":{"path":"a.ts","line":2,"column":1}"#;
        assert_eq!(found(&format!(r#"{{"flag":"a","pattern":"a*",{at}}}"#)).key, Key::Flag("a".into()));
        assert_eq!(found(&format!(r#"{{"flag":null,"pattern":"a*",{at}}}"#)).key, Key::Pattern("a*".into()));
        assert_eq!(found(&format!(r#"{{"flag":null,"pattern":"*",{at}}}"#)).key, Key::Unknown);
        assert_eq!(found(&format!(r#"{{"flag":null,{at}}}"#)).key, Key::Unknown);
    }
}
