//! What the user's words mean after configuration, environment and defaults have been laid over each other.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use downhaul_core::{FlagKey, Timestamp};
use downhaul_report::{Format, Style};

use crate::args::{ColorWhen, Global, ScanArgs};
use crate::ci::CiService;
use crate::config::Config;
use crate::errors::CliError;

/// Name of the snapshot file.
pub(crate) const SNAPSHOT_FILE: &str = "downhaul.snapshot.json";

/// Name of the baseline.
pub(crate) const BASELINE_FILE: &str = "downhaul.baseline.json";

/// Settings of one run; nothing in here can still be overridden.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Absolute; output paths are relative to it.
    pub(crate) root: PathBuf,
    /// The root as output shows it.
    pub(crate) shown_root: String,
    pub(crate) config: Config,
    pub(crate) format: Format,
    pub(crate) outputs: Vec<(Format, PathBuf)>,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) as_of: Option<Timestamp>,
    /// The CI service to serve, where no format was asked for.
    pub(crate) ci: Option<CiService>,
    /// How text on standard output looks.
    pub(crate) style: Style,
    pub(crate) progress: bool,
    pub(crate) threads: Option<usize>,
    pub(crate) offline: bool,
    pub(crate) quiet: bool,
}

impl Settings {
    /// `first_path` is where the root is looked for when none was named.
    pub(crate) fn new(global: &Global, first_path: Option<&Path>) -> Result<Self, CliError> {
        let cwd = std::env::current_dir()
            .map_err(|error| CliError::usage(format!("the working directory cannot be read: {error}")))?;
        let root = root(global.root.as_deref(), first_path, &cwd)?;
        let start = if global.root.is_some() || !cwd.starts_with(&root) { &root } else { &cwd };
        let top = git_root(start).unwrap_or_else(|| root.clone());
        let config = Config::find(global.config.as_deref(), start, &top, &root)?;
        let ci = CiService::of_environment();
        Ok(Settings {
            shown_root: root.display().to_string(),
            root,
            config,
            format: global.format.as_deref().map_or(Ok(Format::Text), format)?,
            outputs: global.outputs.iter().map(|text| output(text)).collect::<Result<_, _>>()?,
            snapshot: global.snapshot.clone(),
            as_of: global.as_of.as_deref().map(as_of).transpose()?,
            ci: ci.clone().filter(|_| global.format.is_none()),
            style: style(global, ci.as_ref()),
            progress: !global.no_progress
                && !global.quiet
                && std::io::stderr().is_terminal()
                && std::env::var_os("CI").is_none(),
            threads: global.threads.map(usize::from),
            offline: global.offline,
            quiet: global.quiet,
        })
    }

    /// The snapshot file to use when no server is asked: the named one, else the usual one beside the policy or in the root.
    pub(crate) fn usual_snapshot(&self) -> Option<PathBuf> {
        let beside_policy = self.config.path.as_deref().and_then(Path::parent);
        let folders = beside_policy.into_iter().chain([self.root.as_path()]);
        folders
            .flat_map(|folder| [folder.join(SNAPSHOT_FILE), folder.join(format!("{SNAPSHOT_FILE}.gz"))])
            .find(|path| path.is_file())
    }

    /// The baseline to use when none is named: the usual one beside the policy or in the root.
    pub(crate) fn usual_baseline(&self) -> Option<PathBuf> {
        let beside_policy = self.config.path.as_deref().and_then(Path::parent);
        let folders = beside_policy.into_iter().chain([self.root.as_path()]);
        folders.map(|folder| folder.join(BASELINE_FILE)).find(|path| path.is_file())
    }

    /// Whether this run writes the format somewhere.
    pub(crate) fn writes(&self, format: Format) -> bool {
        self.format == format || self.outputs.iter().any(|(other, _)| *other == format)
    }

    /// Refuses a format that a command cannot write, before it does any work.
    pub(crate) fn refuse_formats(&self, can_write: impl Fn(Format) -> bool, why: &str) -> Result<(), CliError> {
        let asked = std::iter::once(self.format).chain(self.outputs.iter().map(|(format, _)| *format));
        let Some(refused) = asked.into_iter().find(|format| !can_write(*format)) else { return Ok(()) };
        let names: Vec<&str> = Format::all().filter(|format| can_write(*format)).map(Format::as_str).collect();
        Err(CliError::usage(format!("format {refused} is not for this command: {why}"))
            .hint(format!("it can be written as {}", names.join(", "))))
    }

    /// A path as output shows it: relative to the root, with forward slashes.
    pub(crate) fn relative(&self, path: &Path) -> Option<String> {
        let absolute = path.canonicalize().ok()?;
        let relative = absolute.strip_prefix(&self.root).ok()?;
        Some(relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }
}

fn root(named: Option<&Path>, first_path: Option<&Path>, cwd: &Path) -> Result<PathBuf, CliError> {
    if let Some(named) = named {
        let root = existing(named)?;
        if !root.is_dir() {
            return Err(CliError::usage(format!("--root {} is not a directory", named.display())));
        }
        return Ok(root);
    }
    let start = first_path.map_or_else(|| Ok(cwd.to_owned()), existing)?;
    let folder = if start.is_dir() { start } else { start.parent().map_or_else(|| cwd.to_owned(), Path::to_owned) };
    if let Some(git) = git_root(&folder) {
        return Ok(git);
    }
    let cwd = cwd.canonicalize().unwrap_or_else(|_| cwd.to_owned());
    Ok(if folder.starts_with(&cwd) { cwd } else { folder })
}

/// A path without links in it, as the root is: one can be told to lie below the other.
pub(crate) fn existing(path: &Path) -> Result<PathBuf, CliError> {
    path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => CliError::usage(format!("{} does not exist", path.display())),
        _ => CliError::usage(format!("{} cannot be opened: {error}", path.display())),
    })
}

/// The nearest folder upwards that holds `.git` (a folder, or the file that worktrees and submodules have).
fn git_root(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

fn format(name: &str) -> Result<Format, CliError> {
    name.parse().map_err(|_| {
        let names: Vec<&str> = Format::all().map(Format::as_str).collect();
        let error = CliError::usage(format!("there is no format `{name}`"));
        error.hint(format!("formats are {}", names.join(", ")))
    })
}

fn output(text: &str) -> Result<(Format, PathBuf), CliError> {
    let (name, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
        CliError::usage(format!("--output {text} does not name a format and a file"))
            .hint("write it as FORMAT=PATH, for example --output sarif=downhaul.sarif")
    })?;
    Ok((format(name)?, PathBuf::from(path)))
}

fn as_of(text: &str) -> Result<Timestamp, CliError> {
    let instant = text.parse::<Timestamp>().ok();
    let midnight = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    instant.or_else(midnight).ok_or_else(|| {
        CliError::usage(format!("--as-of {text} is no date and no moment"))
            .hint("write 2026-11-22 (midnight UTC) or 2026-11-22T10:00:00Z")
    })
}

/// Colour on a terminal and in the logs of CI services that show it, unless asked for; `NO_COLOR` and `CLICOLOR_FORCE`
/// are respected.
fn style(global: &Global, ci: Option<&CiService>) -> Style {
    let stdout = std::io::stdout();
    let in_a_log = ci.is_some_and(CiService::shows_colors) && global.format.is_none() && !is_set("NO_COLOR");
    let color = match global.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => in_a_log || anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    let usual = Style::default();
    let width = terminal_width().filter(|_| stdout.is_terminal()).unwrap_or(usual.width);
    Style { color, links: color && stdout.is_terminal(), verbose: global.verbose, quiet: global.quiet, width }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn terminal_width() -> Option<usize> {
    let (_, columns) = console::Term::stdout().size_checked()?;
    Some(usize::from(columns))
}

/// The keys of `--keys`: one a line, blank lines and lines that begin with `#` left out.
pub(crate) fn keys(args: &ScanArgs) -> Result<BTreeSet<FlagKey>, CliError> {
    keys_of(args.keys.as_deref())
}

/// As [`keys`], of a file by its name.
pub(crate) fn keys_of(path: Option<&Path>) -> Result<BTreeSet<FlagKey>, CliError> {
    let Some(path) = path else { return Ok(BTreeSet::new()) };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    let shown = path.display();
    read.map_err(|error| CliError::usage(format!("the keys in {shown} cannot be read: {error}")))?;
    let text =
        String::from_utf8(bytes).map_err(|_| CliError::usage(format!("the keys in {shown} are not UTF-8 text")))?;
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(index, line)| {
            FlagKey::new(line).map_err(|error| CliError::usage(format!("{shown}:{}: {error}", index + 1)))
        })
        .collect()
}
