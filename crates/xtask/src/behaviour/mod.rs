//! `cargo xtask behaviour`: does a program do the same after the clean-up as before?
//!
//! Programs are generated with a flag in every construct of their language (`behaviour/<language>/constructs.toml`),
//! run with the flag fixed at run time, cleaned, and run again with a client that forbids to ask for the flag.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

mod batch;
mod choices;
mod cleaner;
mod generate;
mod grammar;
mod language;
mod shrink;

use batch::{Failure, Kind, Results};
use choices::Choices;
use cleaner::Cleaner;
use generate::{Program, generate};
use grammar::Grammar;
pub use language::Language;

/// The sides that are kept, in turn.
const KEEPS: [&str; 3] = ["on", "off", "blue"];
/// Programs that are laid out, cleaned and run together.
const BATCH: usize = 500;

/// `cargo xtask behaviour …`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this language; may be given several times.
    #[arg(long, value_enum)]
    language: Vec<Language>,
    /// How many programs for each language.
    #[arg(long, default_value_t = 300)]
    programs: usize,
    /// Where the random decisions start.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only the program with this number.
    #[arg(long, value_name = "NUMBER")]
    only: Option<usize>,
    /// Who takes the flag out: `wrong` and `identity` try the proof itself.
    #[arg(long, value_enum, default_value = "downhaul")]
    cleaner: Who,
    /// The program to prove; built from this workspace unless told.
    #[arg(long, value_name = "PATH")]
    bin: Option<PathBuf>,
    /// How many failures are made small and printed for each way of failing.
    #[arg(long, default_value_t = 1)]
    show: usize,
    /// Print the first programs and do nothing else.
    #[arg(long, value_name = "COUNT")]
    print: Option<usize>,
    /// A language that this machine cannot run is a failure, and not only said.
    #[arg(long)]
    require: bool,
}

/// Who takes the flag out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Who {
    /// `downhaul clean`.
    Downhaul,
    /// Nobody.
    Identity,
    /// Somebody who puts the other side in.
    Wrong,
}

/// How many programs were run, and how many are wrong afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Programs run.
    pub programs: usize,
    /// Programs in which the clean-up changed something.
    pub changed: usize,
    /// Programs in which it told that something is left.
    pub left: usize,
    /// Programs that are wrong afterwards.
    pub wrong: usize,
}

/// Does what was asked.
///
/// # Errors
/// When a program is wrong after the clean-up, or nothing can be run.
pub fn run(args: &Args) -> Result<()> {
    let languages = if args.language.is_empty() { Language::ALL.to_vec() } else { args.language.clone() };
    let cleaner = match (args.cleaner, &args.bin) {
        (Who::Identity, _) => Cleaner::Identity,
        (Who::Wrong, _) => Cleaner::Wrong,
        (Who::Downhaul, _) if args.print.is_some() => Cleaner::Identity,
        (Who::Downhaul, Some(bin)) => Cleaner::Downhaul(std::path::absolute(bin)?),
        (Who::Downhaul, None) => Cleaner::Downhaul(crate::build::downhaul(&crate::workspace_root())?),
    };
    let mut wrong = Vec::new();
    for language in languages {
        if let Err(lacking) = language.check() {
            if args.require {
                return Err(lacking);
            }
            crate::note(&format!("skipped {}: {lacking}", language.name()));
            continue;
        }
        let tally = prove(language, &cleaner, args)?;
        if tally.wrong > 0 {
            wrong.push(format!("{}: {} of {} programs", language.name(), tally.wrong, tally.programs));
        }
    }
    if !wrong.is_empty() {
        bail!("wrong after the clean-up: {} (seed {})", wrong.join(", "), args.seed);
    }
    Ok(())
}

/// Proves one language, keeping the flag's `on` side alone, which is one batch.
///
/// # Errors
/// When programs cannot be run.
pub fn try_out(language: Language, who: Who, programs: usize, seed: u64) -> Result<Tally> {
    let cleaner = match who {
        Who::Identity => Cleaner::Identity,
        Who::Wrong => Cleaner::Wrong,
        Who::Downhaul => Cleaner::Downhaul(crate::build::downhaul(&crate::workspace_root())?),
    };
    let grammar = Grammar::parse(language.constructs())?;
    Ok(examine_all(
        language,
        &grammar,
        &cleaner,
        &(0..programs).map(|number| number * KEEPS.len()).collect::<Vec<_>>(),
        seed,
    )?
    .tally)
}

fn prove(language: Language, cleaner: &Cleaner, args: &Args) -> Result<Tally> {
    let grammar = Grammar::parse(language.constructs()).with_context(|| language.name())?;
    if let Some(count) = args.print {
        for number in 0..count {
            crate::print(&show(&make(&grammar, language, number, args.seed).files));
        }
        return Ok(Tally::default());
    }
    let numbers: Vec<usize> = args.only.map_or_else(|| (0..args.programs).collect(), |number| vec![number]);
    let seen = examine_all(language, &grammar, cleaner, &numbers, args.seed)?;
    let unused: Vec<&str> = grammar.constructs().map(|c| c.name.as_str()).filter(|c| !seen.used.contains(*c)).collect();
    let Tally { programs, changed, left, wrong } = seen.tally;
    crate::print(&format!(
        "{}: {programs} programs, seed {}: {changed} changed, {left} with something left, {wrong} wrong",
        language.name(),
        args.seed
    ));
    if !unused.is_empty() {
        crate::note(&format!("never made: {}", unused.join(", ")));
    }
    for (why, programs) in &seen.left {
        crate::note(&format!("left in {}: {why} (first in {})", programs.len(), programs.first().map_or("", |p| p)));
    }
    for (kind, failures) in &seen.failures {
        crate::print(&format!("{} {}: {}", failures.len(), kind.words(), names(failures)));
        for (program, failure) in failures.iter().filter(|(_, failure)| !failure.detail.is_empty()).take(20) {
            crate::note(&format!("{}: {}", program.name, failure.detail));
        }
        for (program, failure) in failures.iter().take(args.show) {
            let (small, why) = shrink::shrink(language, &grammar, cleaner, program, failure)?;
            let (keep, detail, cleaned) = (&small.keep, why.detail, show(&why.cleaned));
            crate::print(&format!(
                "--- {} made small, keeping {keep}: {detail}\n{}--- cleaned\n{cleaned}---",
                program.name,
                show(&small.files)
            ));
        }
    }
    Ok(seen.tally)
}

fn names(failures: &[(Program, Failure)]) -> String {
    let names: Vec<&str> = failures.iter().take(20).map(|(program, _)| program.name.as_str()).collect();
    names.join(" ")
}

/// What came of all batches.
#[derive(Default)]
struct Seen {
    tally: Tally,
    used: BTreeSet<String>,
    left: BTreeMap<String, BTreeSet<String>>,
    failures: BTreeMap<Kind, Vec<(Program, Failure)>>,
}

fn examine_all(language: Language, grammar: &Grammar, cleaner: &Cleaner, numbers: &[usize], seed: u64) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut with_left: BTreeSet<String> = BTreeSet::new();
    for keep in KEEPS {
        let kept: Vec<usize> = numbers.iter().copied().filter(|number| KEEPS[number % KEEPS.len()] == keep).collect();
        for numbers in kept.chunks(BATCH) {
            let programs: Vec<Program> = numbers.iter().map(|number| make(grammar, language, *number, seed)).collect();
            let Results { mut failures, left, changed } = batch::examine(language, cleaner, &programs)?;
            seen.tally.programs += programs.len();
            seen.tally.changed += changed;
            seen.tally.wrong += failures.len();
            for (why, programs) in left {
                with_left.extend(programs.iter().cloned());
                seen.left.entry(why).or_default().extend(programs);
            }
            for program in programs {
                seen.used.extend(program.constructs.iter().cloned());
                if let Some(failure) = failures.remove(&program.name) {
                    seen.failures.entry(failure.kind).or_default().push((program, failure));
                }
            }
        }
    }
    seen.tally.left = with_left.len();
    Ok(seen)
}

fn make(grammar: &Grammar, language: Language, number: usize, seed: u64) -> Program {
    let salt = choices::mix(seed ^ choices::mix(language as u64 + 1));
    let choices = Choices::random(choices::mix(salt ^ number as u64));
    generate(grammar, &format!("p{number:05}"), KEEPS[number % KEEPS.len()], choices)
}

fn show(files: &BTreeMap<String, String>) -> String {
    files.iter().map(|(path, text)| format!("// {path}\n{}\n", text.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_construct_is_made() {
        for language in Language::ALL {
            let grammar =
                Grammar::parse(language.constructs()).unwrap_or_else(|why| panic!("{}: {why:#}", language.name()));
            let mut used = BTreeSet::new();
            for number in 0..1200 {
                if used.len() == grammar.constructs().count() {
                    break;
                }
                used.extend(make(&grammar, language, number, 5).constructs);
            }
            let unused: Vec<_> = grammar.constructs().map(|c| &c.name).filter(|c| !used.contains(*c)).collect();
            assert!(unused.is_empty(), "{}: never made: {unused:?}", language.name());
        }
    }

    #[test]
    fn a_program_can_be_made_again_from_its_decisions() {
        let grammar = Grammar::parse(Language::Node.constructs()).unwrap();
        for number in 0..50 {
            let program = make(&grammar, Language::Node, number, 3);
            let again = generate(&grammar, &program.name, &program.keep, Choices::replay(program.choices.clone()));
            assert_eq!(program.files, again.files);
        }
    }
}
