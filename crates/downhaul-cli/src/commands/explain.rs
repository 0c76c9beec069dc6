//! `downhaul explain`: the page of a rule, all that is known of a flag, or why a line is or is not a reference.

mod finding;
mod flag;
mod place;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use downhaul_core::{FlagKey, Snapshot};
use downhaul_lang::Catalog;
use downhaul_policy::did_you_mean;
use downhaul_scanner::{Scan, ScanRequest};

use crate::args::{ExplainArgs, Global};
use crate::commands::capture;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::progress::Progress;
use crate::settings::{self, Settings};

pub(crate) fn run(global: &Global, args: &ExplainArgs) -> Result<Exit, CliError> {
    if let Some(rule) = downhaul_policy::rule(&args.subject) {
        output::print(rule.info.docs.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let place = Place::read(&args.subject, global.root.as_deref());
    if let (None, Some(asked)) = (&place, finding::Asked::new(&args.subject)) {
        output::print(finding::explain(global, &asked)?.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let settings = Settings::new(global, place.as_ref().map(|place| place.file.as_path()))?;
    let known = Known::new(&settings, args)?;
    match place {
        Some(place) => place::explain(&settings, &known, &place),
        None => flag::explain(&settings, &known, &args.subject)?.ok_or_else(|| unknown(&args.subject, &known)),
    }
}

/// A file, and a line in it.
struct Place {
    file: PathBuf,
    /// From 1; `None` asks about the file.
    line: Option<u32>,
}

impl Place {
    /// `FILE:LINE`, `FILE:LINE:COLUMN` or `FILE`, from the working directory or from the root; `None` if there is no
    /// such file.
    fn read(subject: &str, root: Option<&Path>) -> Option<Place> {
        let (rest, last) = number_at_end(subject);
        let (file, before) = number_at_end(rest);
        let ways = [(subject, None), (rest, last), (file, before)];
        ways.into_iter().find_map(|(file, line)| {
            let from_root = root.map(|root| root.join(file));
            let file = std::iter::once(PathBuf::from(file)).chain(from_root).find(|file| {
                // A link that leads nowhere is a file to be explained too.
                file.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
            })?;
            Some(Place { file, line })
        })
    }
}

/// `a.ts:12` as `a.ts` and 12.
fn number_at_end(text: &str) -> (&str, Option<u32>) {
    match text.rsplit_once(':').and_then(|(rest, number)| Some((rest, number.parse().ok()?))) {
        Some((rest, number)) => (rest, Some(number)),
        None => (text, None),
    }
}

/// What an explanation rests on.
struct Known {
    snapshot: Option<Snapshot>,
    /// Why there is none.
    no_snapshot_because: Option<String>,
    request: ScanRequest,
}

impl Known {
    /// A named snapshot, or the usual file: an explanation asks no server.
    fn new(settings: &Settings, args: &ExplainArgs) -> Result<Known, CliError> {
        let file = settings.snapshot.clone().or_else(|| settings.usual_snapshot());
        let snapshot = file.as_deref().map(capture::read).transpose()?;
        let mut keys: BTreeSet<FlagKey> = settings::keys_of(args.keys.as_deref())?;
        keys.extend(snapshot.iter().flat_map(|snapshot| snapshot.flags.keys().cloned()));
        let no_snapshot_because = snapshot.is_none().then(|| {
            "no snapshot was given (`downhaul snapshot` saves one), so nothing is known of the server".to_owned()
        });
        let request = ScanRequest {
            keys,
            mentions: true,
            threads: settings.threads,
            config: settings.config.scan.clone(),
            ..ScanRequest::new(&settings.root)
        };
        Ok(Known { snapshot, no_snapshot_because, request })
    }

    /// Everything that can be said of the tree, mentions and guesses too.
    fn scan(&self, settings: &Settings) -> Result<Scan, CliError> {
        let progress = Progress::new(settings.progress);
        downhaul_scanner::scan(&self.request, Catalog::load(), &progress)
            .map_err(|error| CliError::usage(error.to_string()))
    }
}

fn unknown(subject: &str, known: &Known) -> CliError {
    let rules = || downhaul_policy::rules().map(|rule| rule.info.id);
    let keys = || known.request.keys.iter().map(FlagKey::as_str);
    let near = did_you_mean(subject, rules().chain(keys())).or_else(|| rules().find(|id| id.starts_with(subject)));
    let error =
        CliError::usage(format!("`{subject}` is no rule, no file of this tree, and no flag that is known here"));
    error.hint(match near {
        Some(near) => format!("did you mean `{near}`? `downhaul rules` lists the rules, `downhaul scan` the flags"),
        None => "`downhaul rules` lists the rules, `downhaul scan` the flags; a place is written FILE:LINE".to_owned(),
    })
}
