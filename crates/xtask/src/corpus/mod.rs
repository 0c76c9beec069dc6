//! `cargo xtask corpus`: runs the finder over the labelled corpus and says how often it is right.
//!
//! One folder of `fixtures/corpus/<language>/` is one case. What is true stands in its sources as line-end marks
//! (see [`marks`]); they are taken out before the finder sees the files, so nothing it reads tells it the answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

mod case;
mod marks;
mod score;
mod table;

use case::Case;
use score::{Score, Verdict};

/// What `--check` holds the finder to, over all languages.
const MIN_PRECISION: f64 = 0.99;
/// See [`MIN_PRECISION`].
const MIN_RECALL: f64 = 0.98;

/// `cargo xtask corpus …`
#[derive(clap::Args)]
pub struct Args {
    /// Only this language (a folder of `fixtures/corpus`); may be given several times.
    #[arg(long, value_name = "LANGUAGE")]
    language: Vec<String>,
    /// Only cases whose path contains this.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// The finder; built from this workspace unless told.
    #[arg(long, value_name = "PATH")]
    bin: Option<PathBuf>,
    /// Put the table into `docs/corpus.md`.
    #[arg(long, conflicts_with_all = ["language", "case"])]
    write: bool,
    /// Fail when precision, recall or the number of wrong keys misses its goal, or the table in the docs is stale.
    #[arg(long)]
    check: bool,
}

/// Does what was asked.
///
/// # Errors
/// When a mark cannot be read, the finder cannot be run, or a goal is missed under `--check`.
pub fn run(args: &Args) -> Result<()> {
    let root = crate::workspace_root();
    let cases = chosen(case::load_all(&root.join("fixtures/corpus"))?, args)?;
    let bin = match &args.bin {
        Some(path) => std::path::absolute(path)?,
        None => crate::build::downhaul(&root)?,
    };
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in &cases {
        let reported = case.scan(&bin).unwrap_or_else(|error| {
            failed.push(format!("{error:#}"));
            Vec::new()
        });
        let verdict = score::judge(&case.marks, &reported);
        tell(case, &verdict);
        scores.entry(case.language.clone()).or_default().add(case, &verdict);
    }
    let rendered = table::render(&scores);
    crate::print(&rendered);
    let page = root.join("docs/corpus.md");
    // A case that cannot be run counts as missed altogether, and never passes unsaid.
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    if args.write {
        table::write(&page, &rendered)?;
    }
    let whole = args.language.is_empty() && args.case.is_none();
    if args.check { check(&scores, whole.then_some((page.as_path(), rendered.as_str()))) } else { Ok(()) }
}

fn chosen(cases: Vec<Case>, args: &Args) -> Result<Vec<Case>> {
    let wanted = |case: &Case| {
        (args.language.is_empty() || args.language.contains(&case.language))
            && args.case.as_ref().is_none_or(|text| case.name().contains(text))
    };
    let cases: Vec<Case> = cases.into_iter().filter(wanted).collect();
    ensure!(!cases.is_empty(), "no case of the corpus is meant by that");
    Ok(cases)
}

/// Prints what the finder got wrong in one case.
fn tell(case: &Case, verdict: &Verdict) {
    for (path, line, text) in verdict.complaints() {
        crate::print(&format!("{}/{path}:{line}: {text}", case.name()));
    }
}

fn check(scores: &BTreeMap<String, Score>, page: Option<(&Path, &str)>) -> Result<()> {
    let total = Score::total(scores.values());
    let mut missed = Vec::new();
    if total.precision() < MIN_PRECISION {
        missed.push(format!("precision {:.3} is under {MIN_PRECISION}", total.precision()));
    }
    if total.recall() < MIN_RECALL {
        missed.push(format!("recall {:.3} is under {MIN_RECALL}", total.recall()));
    }
    if total.wrong_keys > 0 {
        missed.push(format!("{} answers with the wrong key", total.wrong_keys));
    }
    if let Some((page, rendered)) = page
        && !table::is_fresh(page, rendered)?
    {
        missed.push("the table in docs/corpus.md is stale: `cargo xtask corpus --write` refreshes it".to_owned());
    }
    if !missed.is_empty() {
        bail!("{}", missed.join("; "));
    }
    Ok(())
}
