//! Where words go: results to standard output, everything else to standard error, files by rename.

use std::io::{self, Write};
use std::path::Path;

use downhaul_report::{Format, ReportError, Style};

use crate::errors::CliError;
use crate::settings::Settings;

/// An error, on standard error.
pub(crate) fn complain(message: &str) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    say_with(style, "error", message);
}

/// Something the user should know but that stops nothing, on standard error.
pub(crate) fn warn(message: &str) {
    let style = anstyle::AnsiColor::Yellow.on_default().bold();
    say_with(style, "warning", message);
}

/// A remark on standard error.
pub(crate) fn note(message: &str) {
    let style = anstyle::AnsiColor::Cyan.on_default().bold();
    say_with(style, "note", message);
}

/// Lines that were asked for and are no result, on standard error.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

fn say_with(style: anstyle::Style, word: &str, message: &str) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(anstream::stderr(), "{style}{word}{style:#}: {message}");
}

/// Renders to standard output, and to each file that was asked for. Nothing is written unless everything renders.
pub(crate) fn deliver(
    settings: &Settings,
    render: impl Fn(Format, Style, &mut dyn Write) -> Result<(), ReportError>,
) -> Result<(), CliError> {
    let rendered = |format: Format, style: Style| {
        let mut bytes = Vec::new();
        render(format, style, &mut bytes).map_err(|error| CliError::usage(error.to_string()))?;
        Ok(bytes)
    };
    let stdout = rendered(settings.format, settings.style)?;
    let file_style = Style { color: false, links: false, ..settings.style };
    let files = settings
        .outputs
        .iter()
        .map(|(format, path)| Ok((path, rendered(*format, file_style)?)))
        .collect::<Result<Vec<_>, CliError>>()?;
    for (path, bytes) in files {
        write_file(path, &bytes)?;
    }
    print(&stdout)
}

/// Writes results to standard output. A reader that went away (`| head`) is no error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), CliError> {
    print_with(|out| out.write_all(bytes))
}

/// As [`print()`], for what is too large to be held as a whole.
pub(crate) fn print_with(write: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::usage(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all: beside its place first, then by rename.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    write_file_with(path, |file| file.write_all(bytes))
}

/// As [`write_file`], for what is too large to be held as a whole.
pub(crate) fn write_file_with(
    path: &Path,
    write: impl FnOnce(&mut std::fs::File) -> io::Result<()>,
) -> Result<(), CliError> {
    let beside = write_beside(path, write)?;
    beside.persist(path).map(drop).map_err(|error| cannot_write(path, &error.error))
}

/// Writes a user's file anew, whole or not at all, with the permissions that it has.
pub(crate) fn rewrite_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let permissions = std::fs::metadata(path).map(|data| data.permissions());
    write_file(path, bytes)?;
    match permissions {
        Ok(permissions) => std::fs::set_permissions(path, permissions)
            .map_err(|error| CliError::usage(format!("{} cannot be made as it was: {error}", path.display()))),
        Err(_) => Ok(()),
    }
}

/// Like [`write_file`], but never over a file that is there already.
pub(crate) fn write_new_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let beside = write_beside(path, |file| file.write_all(bytes))?;
    beside.persist_noclobber(path).map(drop).map_err(|error| cannot_write(path, &error.error))
}

fn write_beside(
    path: &Path,
    write: impl FnOnce(&mut std::fs::File) -> io::Result<()>,
) -> Result<tempfile::NamedTempFile, CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".downhaul-")
        .permissions_like_a_new_file()
        .tempfile_in(folder)
        .map_err(|error| cannot_write(path, &error))?;
    write(file.as_file_mut()).map_err(|error| cannot_write(path, &error))?;
    Ok(file)
}

fn cannot_write(path: &Path, error: &io::Error) -> CliError {
    CliError::usage(format!("{} cannot be written: {error}", path.display()))
}

/// Temporary files are made for their owner alone; a result is made like any other file.
trait PermissionsLikeANewFile {
    fn permissions_like_a_new_file(&mut self) -> &mut Self;
}

impl PermissionsLikeANewFile for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_like_a_new_file(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        // The system takes the user's umask off.
        self.permissions(std::fs::Permissions::from_mode(0o666))
    }

    #[cfg(not(unix))]
    fn permissions_like_a_new_file(&mut self) -> &mut Self {
        self
    }
}
