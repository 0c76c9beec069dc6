//! Runs many programs before and after the flag is taken out, and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::cleaner::{Cleaner, FLAG, Told};
use super::generate::Program;
use super::language::{Asking, CODE, Language, Run};

/// What is wrong with a cleaned program.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    /// The two outputs, or the complaint.
    pub(super) detail: String,
    /// Its files, cleaned.
    pub(super) cleaned: BTreeMap<String, String>,
}

/// How a cleaned program can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It does something else.
    Differs,
    /// The clean-up made something of it that does not parse, and said so.
    Refused,
    /// It cannot be compiled or run, or asks for the flag.
    DoesNotRun,
    /// The key still stands in it, and was not listed as left.
    KeyUntold,
    /// A second run would change it again.
    NotSettled,
}

impl Kind {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Kind::Differs => "does something else",
            Kind::Refused => "is refused: what came out would not parse",
            Kind::DoesNotRun => "cannot be run any more",
            Kind::KeyUntold => "still names the flag, and that was not told",
            Kind::NotSettled => "would be changed again by a second run",
        }
    }
}

/// What came of a batch.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) failures: BTreeMap<String, Failure>,
    /// Programs in which something was left for a person, by the reason.
    pub(super) left: BTreeMap<String, BTreeSet<String>>,
    pub(super) changed: usize,
}

/// Lays out, runs, cleans, runs again and compares programs that keep the same side.
pub(super) fn examine(language: Language, cleaner: &Cleaner, programs: &[Program]) -> Result<Results> {
    let mut results = Results::default();
    let Some(keep) = programs.first().map(|program| program.keep.clone()) else { return Ok(results) };
    let place = tempfile::tempdir()?;
    let root = place.path().canonicalize()?;
    let code = root.join(CODE);
    for program in programs {
        let folder = code.join(&program.name);
        fs::create_dir_all(&folder)?;
        for (path, text) in &program.files {
            fs::write(folder.join(path), text)?;
        }
    }
    language.prepare(&root)?;
    let mut runs: Vec<Run> =
        programs.iter().map(|program| Run { program: program.name.clone(), keep: keep.clone(), left: false }).collect();
    let before = language.run(&root, &runs, Asking::Allowed)?;
    for program in programs {
        if let Some(error) = &before[&program.name].error {
            let text: String = program.files.values().cloned().collect();
            ensure!(false, "the generator made a program that cannot be run: {error}\n{text}");
        }
    }
    let told = loop {
        let told = cleaner.clean(&code, &keep)?;
        let Some((program, why)) = told.refused.clone() else { break told };
        // It takes the others with it, since all share the flag: they go on without it.
        let cleaned = read_all(&code.join(&program))?;
        fs::remove_dir_all(code.join(&program))?;
        runs.retain(|run| run.program != program);
        results.failures.insert(program, Failure { kind: Kind::Refused, detail: why, cleaned });
    };
    let again = cleaner.again(&code, &keep)?;
    note_left(&mut results, &told);
    results.changed = told.changed.len();
    let left: BTreeSet<&String> = told.left.iter().map(|(program, _)| program).collect();
    for run in &mut runs {
        run.left = left.contains(&run.program);
    }
    let asking = if cleaner.removes() { Asking::Forbidden } else { Asking::Allowed };
    let after = language.run(&root, &runs, asking)?;
    for program in programs.iter().filter(|program| !results.failures.contains_key(&program.name)).collect::<Vec<_>>() {
        let cleaned = read_all(&code.join(&program.name))?;
        let names_it = cleaned.values().any(|text| text.contains(FLAG));
        let (expected, found) = (&before[&program.name], &after[&program.name]);
        let (kind, detail) = if let Some(error) = &found.error {
            (Kind::DoesNotRun, error.clone())
        } else if expected.trace != found.trace {
            (Kind::Differs, difference(&expected.trace, &found.trace))
        } else if names_it && cleaner.removes() && !left.contains(&program.name) {
            (Kind::KeyUntold, String::new())
        } else if again.changed.contains(&program.name) {
            (Kind::NotSettled, String::new())
        } else {
            continue;
        };
        results.failures.insert(program.name.clone(), Failure { kind, detail, cleaned });
    }
    Ok(results)
}

fn note_left(results: &mut Results, told: &Told) {
    for (program, why) in &told.left {
        results.left.entry(why.clone()).or_default().insert(program.clone());
    }
}

fn read_all(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

/// Where two traces part.
fn difference(expected: &str, found: &str) -> String {
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut same = 0;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => same += 1,
            (a, b) => {
                let show = |line: Option<&str>| line.map_or("nothing more".to_owned(), |line| format!("`{line}`"));
                return format!("after {same} equal notes: {} was expected, {} came", show(a), show(b));
            }
        }
    }
}
