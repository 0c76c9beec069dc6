//! Files written, all or none; and put back when the user's own check fails.

use std::path::Path;
use std::process::{Command, Stdio};

use downhaul_core::{Cleaned, CleanedFile, CleanedFlag, FlagKey, Removal};

use crate::errors::CliError;
use crate::output;
use crate::texts::BYTE_ORDER_MARK;

/// What files held before they were written.
pub(super) struct Undo(Vec<(std::path::PathBuf, Vec<u8>)>);

impl Undo {
    /// Puts all of them back.
    fn restore(self) -> Result<(), CliError> {
        for (path, bytes) in self.0.into_iter().rev() {
            output::rewrite_file(&path, &bytes)?;
        }
        Ok(())
    }
}

/// Writes all files, or none of them.
pub(super) fn apply(root: &Path, cleaned: &Cleaned) -> Result<Undo, CliError> {
    let mut before = Vec::new();
    for file in &cleaned.files {
        before.push((root.join(&file.path), unchanged(root, file)?));
    }
    let mut undo = Undo(Vec::new());
    for (file, (path, bytes)) in cleaned.files.iter().zip(before) {
        let result = if file.deleted {
            let why = |error| CliError::usage(format!("{} cannot be deleted: {error}", file.path));
            std::fs::remove_file(&path).map_err(why)
        } else {
            output::rewrite_file(&path, &marked(&bytes, file))
        };
        if let Err(error) = result {
            undo.restore()?;
            return Err(error.hint("nothing has been changed"));
        }
        undo.0.push((path, bytes));
    }
    Ok(undo)
}

/// The bytes of a file that is as the scan saw it and may be written.
fn unchanged(root: &Path, file: &CleanedFile) -> Result<Vec<u8>, CliError> {
    let path = root.join(&file.path);
    let cannot = |error: std::io::Error| CliError::usage(format!("{} cannot be read: {error}", file.path));
    let bytes = std::fs::read(&path).map_err(cannot)?;
    if std::fs::metadata(&path).map_err(cannot)?.permissions().readonly() {
        return Err(CliError::usage(format!("{} is read-only", file.path)).hint("nothing has been changed"));
    }
    if bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(&bytes) != file.before.as_bytes() {
        return Err(CliError::usage(format!("{} has changed meanwhile", file.path)).hint("run it again"));
    }
    Ok(bytes)
}

/// The bytes of a changed file, with the byte order mark that it has.
pub(crate) fn written(path: &Path, file: &CleanedFile) -> Vec<u8> {
    marked(&std::fs::read(path).unwrap_or_default(), file)
}

fn marked(before: &[u8], file: &CleanedFile) -> Vec<u8> {
    let mark = if before.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" };
    format!("{mark}{}", file.after()).into_bytes()
}

/// Writes what the user's check agrees with. Where it fails for all flags together, each is tried alone, and those for
/// which it fails are refused.
pub(super) fn apply_verified(
    root: &Path,
    command: &str,
    cleaned: Cleaned,
    removals: &[Removal],
    clean: impl Fn(&[Removal]) -> Cleaned,
) -> Result<Cleaned, CliError> {
    if cleaned.files.is_empty() || tried(root, command, &cleaned)? {
        return Ok(cleaned);
    }
    if !passes(root, command)? {
        return Err(CliError::usage(format!("`{command}` fails without the change too"))
            .hint("nothing has been changed; make it pass first"));
    }
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for removal in removals {
        let alone = clean(std::slice::from_ref(removal));
        let is_good = removals.len() > 1 && (alone.files.is_empty() || passes_with(root, command, &alone)?);
        if is_good { good.push(removal.clone()) } else { bad.push(removal.clone()) }
    }
    let mut together = clean(&good);
    if !good.is_empty() && !tried(root, command, &together)? {
        bad.append(&mut good);
        together = clean(&[]);
    }
    let why = format!("`{command}` fails without it, so its files are as they were");
    together.flags.extend(bad.into_iter().map(|removal| refused(removal, &why)));
    let place = |flag: &FlagKey| removals.iter().position(|removal| removal.flag == *flag);
    together.flags.sort_by_key(|flag| place(&flag.removal.flag));
    Ok(together)
}

fn refused(removal: Removal, why: &str) -> CleanedFlag {
    CleanedFlag { removal, refused: Some(why.to_owned()), left: Vec::new() }
}

/// Whether the check passes with the change, which stays if it does.
fn tried(root: &Path, command: &str, cleaned: &Cleaned) -> Result<bool, CliError> {
    let undo = apply(root, cleaned)?;
    match passes(root, command) {
        Ok(true) => Ok(true),
        other => {
            undo.restore()?;
            other
        }
    }
}

/// Whether the check passes with the change, which does not stay.
fn passes_with(root: &Path, command: &str, cleaned: &Cleaned) -> Result<bool, CliError> {
    let undo = apply(root, cleaned)?;
    let passes = passes(root, command);
    undo.restore()?;
    passes
}

/// Runs the user's command; what it prints goes to standard error.
fn passes(root: &Path, command: &str) -> Result<bool, CliError> {
    output::note(&format!("running `{command}`"));
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let status = Command::new(shell)
        .args([option, command])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| CliError::usage(format!("`{command}` cannot be started: {error}")))?;
    Ok(status.success())
}
