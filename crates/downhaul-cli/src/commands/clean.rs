//! `downhaul clean`: flags out of the code, as a diff or written.

mod apply;
mod sides;

use downhaul_cleanup::CleanRequest;
use downhaul_core::{CleanOutcome, Cleaned, FlagKey, Keep, Removal};
use downhaul_report::{CleanReport, Run};

use crate::args::{CleanArgs, Global};
use crate::errors::{CliError, Exit};
use crate::output;
use crate::revision::GitRevision;
use crate::settings::Settings;
use crate::sources::Sources;
use crate::texts::Texts;

pub(crate) use apply::written;
use sides::Sides;

pub(crate) fn run(global: &Global, args: &CleanArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    settings.refuse_formats(|format| format.is_for_clean(), "it cannot hold a clean-up")?;
    let sides = sides::sides(&settings, args)?;
    let texts = Texts::new(&settings.root);
    let clean = |removals: &[Removal]| {
        let references = &sides.scan.references;
        downhaul_cleanup::clean(&CleanRequest { removals, references, payloads: &sides.payloads }, &texts)
    };
    let mut cleaned = clean(&sides.removals);
    let mut applied = args.apply;
    match &args.verify {
        Some(command) => {
            cleaned = apply::apply_verified(&settings.root, command, cleaned, &sides.removals, clean)?;
            applied = true;
        }
        None if args.apply => apply::apply(&settings.root, &cleaned).map(drop)?,
        None => {}
    }
    let sources = Sources::new(settings.root.clone());
    let revision = GitRevision::default();
    let run = super::report_run(&settings, &sides.scan, &sources, &revision);
    let (because, undecided) = (&sides.because, sides.undecided.as_slice());
    let report = CleanReport { run, cleaned: &cleaned, applied, because, undecided };
    output::deliver(&settings, |format, style, out| {
        downhaul_report::render_clean(&CleanReport { run: Run { style, ..report.run }, ..report }, format, out)
    })?;
    Ok(verdict(&cleaned, &sides))
}

/// The flags and the sides that stay, each flag once.
pub(crate) fn removals(flags: &[String], keep: &str) -> Result<Vec<Removal>, CliError> {
    let keep = match keep {
        "on" => Keep::On,
        "off" => Keep::Off,
        "" => return Err(CliError::usage("--keep names no side").hint("write on, off, or the name of a variant")),
        variant => Keep::Variant(variant.to_owned()),
    };
    Ok(sides::keys(flags)?.into_iter().map(|flag| Removal { flag, keep: keep.clone() }).collect())
}

fn verdict(cleaned: &Cleaned, sides: &Sides) -> Exit {
    let exit = |outcome| match outcome {
        CleanOutcome::Done => Exit::Clean,
        CleanOutcome::Leftovers => Exit::Findings,
        CleanOutcome::Refused => Exit::Refused,
    };
    let undecided = if sides.undecided.is_empty() { Exit::Clean } else { Exit::Refused };
    cleaned.flags.iter().map(|flag| exit(flag.outcome())).fold(undecided, Exit::worst)
}

/// A flag for which no side could be told, and why.
type Undecided = (FlagKey, String);
