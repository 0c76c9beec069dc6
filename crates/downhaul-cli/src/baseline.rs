//! The baseline file of a run, and what it was where the change under review began.

use std::path::Path;

use downhaul_policy::Baseline;

use crate::args::ScanArgs;
use crate::errors::CliError;
use crate::git::Git;
use crate::settings::Settings;

/// A baseline that was read.
pub(crate) struct BaselineFile {
    /// As it is shown.
    pub(crate) shown: String,
    pub(crate) now: Baseline,
    /// What it was at the base of the change under review; `None` without such a change, or where there was none.
    pub(crate) before: Option<Baseline>,
}

/// The named file, which has to exist, or the usual one, which need not.
pub(crate) fn read(
    settings: &Settings,
    args: &ScanArgs,
    named: Option<&Path>,
) -> Result<Option<BaselineFile>, CliError> {
    let Some(path) = named.map(Path::to_owned).or_else(|| settings.usual_baseline()) else { return Ok(None) };
    let shown = settings.relative(&path).unwrap_or_else(|| path.display().to_string());
    let now = parse(
        &shown,
        &std::fs::read(&path).map_err(|error| {
            CliError::usage(format!("the baseline {shown} cannot be read: {error}"))
                .hint("`downhaul baseline write` makes one")
        })?,
    )?;
    let before = before(settings, args, &path)?;
    Ok(Some(BaselineFile { shown, now, before }))
}

fn before(settings: &Settings, args: &ScanArgs, path: &Path) -> Result<Option<Baseline>, CliError> {
    let (Some(base), Some(relative)) = (args.base(), settings.relative(path)) else { return Ok(None) };
    let git = Git::open(&settings.root)?;
    let commit = git.resolve(&base)?;
    let bytes = git.file_at(&commit, &relative)?;
    bytes.map(|bytes| parse(&format!("{relative} at {commit}"), &bytes)).transpose()
}

fn parse(shown: &str, bytes: &[u8]) -> Result<Baseline, CliError> {
    Baseline::read(shown, &String::from_utf8_lossy(bytes)).map_err(|error| CliError::usage(error.to_string()))
}
