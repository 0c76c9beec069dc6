//! The languages whose programs are generated: their constructs, and how their programs are run.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::Lacking;

/// A batch that has not ended by then holds a program that does not end.
const PATIENCE: Duration = Duration::from_secs(120);

/// The folder of the programs; what runs them stands beside it, out of the clean-up's sight.
pub(super) const CODE: &str = "code";

/// A language with its runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// JavaScript, run by Node.
    Node,
    /// Python 3.
    Python,
    /// Java, compiled and run by a JDK.
    Java,
}

/// Who may ask for the removed flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// Everyone: the flag is fixed at run time.
    Allowed,
    /// Only programs in which the clean-up told that something is left.
    Forbidden,
}

/// A program to run.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) program: String,
    pub(super) keep: String,
    /// Whether the clean-up told that something is left.
    pub(super) left: bool,
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Outcome {
    program: String,
    /// What it noted, in order.
    pub(super) trace: String,
    /// Why it could not be run, or asked for what is gone.
    pub(super) error: Option<String>,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [Language::Node, Language::Python, Language::Java];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Language::Node => "node",
            Language::Python => "python",
            Language::Java => "java",
        }
    }

    /// What its programs are made of.
    pub(super) fn constructs(self) -> &'static str {
        match self {
            Language::Node => include_str!("../../behaviour/node/constructs.toml"),
            Language::Python => include_str!("../../behaviour/python/constructs.toml"),
            Language::Java => include_str!("../../behaviour/java/constructs.toml"),
        }
    }

    /// Files beside the programs: what notes, what stands for the SDK, what runs all.
    fn support(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Language::Node => &[
                ("package.json", "{ \"type\": \"module\" }\n"),
                ("run.mjs", include_str!("../../behaviour/node/run.mjs")),
                ("support/trace.js", include_str!("../../behaviour/node/trace.js")),
                ("node_modules/unleash-client/package.json", "{ \"type\": \"module\", \"main\": \"index.js\" }\n"),
                ("node_modules/unleash-client/index.js", include_str!("../../behaviour/node/unleash-client.js")),
            ],
            Language::Python => &[
                ("support/run.py", include_str!("../../behaviour/python/run.py")),
                ("support/trace.py", include_str!("../../behaviour/python/trace.py")),
                ("support/UnleashClient/__init__.py", include_str!("../../behaviour/python/unleash_client.py")),
            ],
            Language::Java => &[
                ("support/src/support/Run.java", include_str!("../../behaviour/java/Run.java")),
                ("support/src/support/Trace.java", include_str!("../../behaviour/java/Trace.java")),
                ("support/src/io/getunleash/Unleash.java", include_str!("../../behaviour/java/Unleash.java")),
                (
                    "support/src/io/getunleash/DefaultUnleash.java",
                    include_str!("../../behaviour/java/DefaultUnleash.java"),
                ),
                ("support/src/io/getunleash/Variant.java", include_str!("../../behaviour/java/Variant.java")),
            ],
        }
    }

    /// Which programs of the machine it needs.
    fn needs(self) -> &'static [&'static str] {
        match self {
            Language::Node => &["node"],
            Language::Python => &["python3"],
            Language::Java => &["javac", "java"],
        }
    }

    /// Whether the machine can run it.
    ///
    /// # Errors
    /// [`Lacking`] when it cannot.
    pub fn check(self) -> Result<()> {
        for program in self.needs() {
            let answer = Command::new(program).arg("--version").output();
            if !answer.is_ok_and(|answer| answer.status.success()) {
                return Err(Lacking(format!("`{program}` is missing: {} programs cannot be run", self.name())).into());
            }
        }
        Ok(())
    }

    /// Lays out what the programs need beside them.
    pub(super) fn prepare(self, root: &Path) -> Result<()> {
        for (path, text) in self.support() {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
        if self == Language::Java {
            let sources = self.support().iter().map(|(path, _)| root.join(path));
            let output = javac(&root.join("support/classes"), &[], &sources.collect::<Vec<_>>())?;
            anyhow::ensure!(output.is_empty(), "the support for Java does not compile: {output}");
        }
        Ok(())
    }

    /// Runs programs below `root`, one after another in one process.
    pub(super) fn run(self, root: &Path, runs: &[Run], asking: Asking) -> Result<BTreeMap<String, Outcome>> {
        let mut outcomes = BTreeMap::new();
        if self == Language::Java {
            outcomes.extend(compile_all(root, runs)?);
        }
        loop {
            let rest: Vec<&Run> = runs.iter().filter(|run| !outcomes.contains_key(&run.program)).collect();
            let Some(first) = rest.first() else { return Ok(outcomes) };
            let (answers, trouble) = self.start(root, &rest, asking)?;
            let before = outcomes.len();
            outcomes.extend(answers.into_iter().map(|outcome| (outcome.program.clone(), outcome)));
            // The first that is missing took the whole process with it.
            let culprit = rest.iter().find(|run| !outcomes.contains_key(&run.program));
            if let Some(culprit) = culprit.or((outcomes.len() == before).then_some(first)) {
                outcomes.insert(culprit.program.clone(), failed(&culprit.program, &trouble));
            }
        }
    }

    fn start(self, root: &Path, runs: &[&Run], asking: Asking) -> Result<(Vec<Outcome>, String)> {
        let strict = if asking == Asking::Forbidden { "1" } else { "0" };
        let mut command = match self {
            Language::Node => {
                let mut command = Command::new("node");
                command.arg(root.join("run.mjs"));
                command
            }
            Language::Python => {
                let mut command = Command::new("python3");
                command.args(["-B", "-W", "ignore"]).arg(root.join("support/run.py"));
                command
            }
            Language::Java => {
                let path = std::env::join_paths([root.join("support/classes"), root.join("classes")])?;
                let mut command = Command::new("java");
                command.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"]);
                command.arg(path).arg("support.Run");
                command
            }
        };
        let lines: String = runs.iter().map(|run| run.line()).collect();
        let (output, trouble) = talk(command.arg(root.join(CODE)).arg(strict), &lines)?;
        let outcomes = output.lines().filter_map(|line| serde_json::from_str(line).ok());
        Ok((outcomes.collect(), trouble))
    }
}

impl Run {
    fn line(&self) -> String {
        format!("{} {} {}\n", self.program, self.keep, if self.left { "left" } else { "done" })
    }
}

fn failed(program: &str, why: &str) -> Outcome {
    Outcome { program: program.to_owned(), trace: String::new(), error: Some(why.to_owned()) }
}

/// Runs a program with this input; its output, and what it complained of or that it did not end.
fn talk(command: &mut Command, input: &str) -> Result<(String, String)> {
    let mut out = tempfile::NamedTempFile::new()?;
    let mut err = tempfile::NamedTempFile::new()?;
    let mut given = tempfile::NamedTempFile::new()?;
    given.write_all(input.as_bytes())?;
    command.stdin(Stdio::from(given.reopen()?)).stdout(out.reopen()?).stderr(err.reopen()?);
    let mut child = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let began = Instant::now();
    let mut trouble = String::new();
    while child.try_wait()?.is_none() {
        if began.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            "the program does not end".clone_into(&mut trouble);
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    if trouble.is_empty() {
        trouble = text_of(&mut err)?;
    }
    Ok((text_of(&mut out)?, trouble))
}

fn text_of(file: &mut tempfile::NamedTempFile) -> Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(file.path())?).into_owned())
}

/// Compiles all that can be compiled; the outcomes of those that cannot.
fn compile_all(root: &Path, runs: &[Run]) -> Result<BTreeMap<String, Outcome>> {
    let mut bad: BTreeMap<String, Outcome> = BTreeMap::new();
    let classes = root.join("classes");
    let _ = fs::remove_dir_all(&classes);
    loop {
        let good = runs.iter().filter(|run| !bad.contains_key(&run.program));
        let mut sources = Vec::new();
        for run in good {
            for entry in fs::read_dir(root.join(CODE).join(&run.program))? {
                sources.push(entry?.path());
            }
        }
        if sources.is_empty() {
            return Ok(bad);
        }
        sources.sort();
        let output = javac(&classes, &[root.join("support/classes")], &sources)?;
        let before = bad.len();
        for line in output.lines().filter(|line| line.contains(": error: ")) {
            let Ok(inside) = Path::new(line).strip_prefix(root.join(CODE)) else { continue };
            let Some(program) = inside.components().next() else { continue };
            let program = program.as_os_str().to_string_lossy().into_owned();
            bad.entry(program.clone()).or_insert_with(|| failed(&program, line));
        }
        if bad.len() == before {
            anyhow::ensure!(output.is_empty(), "javac failed: {output}");
            return Ok(bad);
        }
    }
}

/// Compiles; what javac complained of.
fn javac(classes: &Path, path: &[PathBuf], sources: &[PathBuf]) -> Result<String> {
    fs::create_dir_all(classes)?;
    let list: String = sources.iter().map(|source| format!("\"{}\"\n", source.display())).collect();
    let arguments = classes.with_extension("args");
    fs::write(&arguments, list)?;
    let mut command = Command::new("javac");
    command.args(["-nowarn", "-proc:none", "-g:none", "-Xlint:none", "-Xmaxerrs", "100000"]);
    command.args(["-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1"]);
    command.arg("-d").arg(classes).arg("-cp").arg(std::env::join_paths(path)?);
    let output = command.arg(format!("@{}", arguments.display())).output().context("cannot start javac")?;
    if output.status.success() { Ok(String::new()) } else { Ok(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
