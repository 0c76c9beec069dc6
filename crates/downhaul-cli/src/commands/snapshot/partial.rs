//! The file beside a snapshot in which a capture keeps what it has read until it is through.

use std::cell::Cell;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use downhaul_core::{Snapshot, Timestamp};
use downhaul_server::FlagServer;
use downhaul_server::partial::{Left, Partial};

use crate::commands::capture;
use crate::errors::CliError;
use crate::output;
use crate::progress::Progress;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Beside the snapshot to come. Nothing is touched before the capture begins.
#[derive(Debug)]
pub(crate) struct PartialFile {
    path: PathBuf,
    state: Cell<State>,
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// This capture keeps nothing.
    Unused,
    /// It is through.
    Whole,
    /// Something is missing that another run can add.
    CutShort,
}

impl PartialFile {
    pub(crate) fn beside(snapshot: &Path, quiet: bool) -> Self {
        let mut name = snapshot.as_os_str().to_owned();
        name.push(".partial");
        PartialFile { path: name.into(), state: Cell::new(State::Unused), quiet }
    }

    /// Captures, going on from what an earlier run left.
    pub(crate) fn capture(&self, server: &dyn FlagServer, progress: &Progress) -> Result<Snapshot, CliError> {
        let Some(identity) = server.identity() else { return server.capture(progress).map_err(capture::to_cli) };
        let now = Timestamp::now();
        let mut file = self.open()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| self.cannot("be read", &error))?;
        let left = Left::read(&bytes, &self.path.display().to_string(), &identity, VERSION, now);
        drop(bytes);
        left.warnings.iter().for_each(|warning| output::warn(warning));
        if let Some(remark) = left.remark.as_deref().filter(|_| !self.quiet) {
            output::note(remark);
        }
        let behind = Behind { file, length: u64::try_from(left.length).ok() };
        let partial = Partial::new(left, Box::new(behind), identity, VERSION, now);
        self.state.set(State::CutShort);
        let snapshot = server.resume(&partial, progress);
        if let Some(trouble) = partial.trouble() {
            output::warn(&format!("{} is not whole and of no use any more: {trouble}", self.path.display()));
        }
        match &snapshot {
            Ok(_) if !partial.was_cut_short() => self.state.set(State::Whole),
            Err(error) if !error.is_passing() => {
                self.state.set(State::Unused);
                if self.is_empty() {
                    self.remove();
                }
            }
            Ok(_) => {}
            Err(_) => drop(self.settle()),
        }
        snapshot.map_err(capture::to_cli)
    }

    fn is_empty(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|about| about.len() == 0)
    }

    /// Once the snapshot is where it belongs: takes the file away, or says what it is good for. Whether the capture was
    /// cut short.
    pub(crate) fn settle(&self) -> bool {
        match self.state.get() {
            State::Unused => {}
            // A run that read nothing has nothing to keep.
            State::CutShort if !self.is_empty() => output::warn(&format!(
                "the server or the network was in trouble, and something is missing; what was read is kept in {}: run the \
                 same command again within a day to go on from there",
                self.path.display()
            )),
            State::Whole | State::CutShort => self.remove(),
        }
        self.state.get() == State::CutShort
    }

    fn remove(&self) {
        if let Err(error) = std::fs::remove_file(&self.path) {
            output::warn(&format!("{} cannot be deleted: {error}", self.path.display()));
        }
    }

    fn open(&self) -> Result<File, CliError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&self.path);
        let file = file.map_err(|error| self.cannot("be opened", &error))?;
        match file.try_lock() {
            // Where files cannot be locked, two captures into one file are the user's to avoid.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let busy = format!("another capture writes {} at this moment", self.path.display());
                Err(CliError::usage(busy).hint("wait for it, or name another file"))
            }
        }
    }

    fn cannot(&self, what: &str, error: &std::io::Error) -> CliError {
        CliError::usage(format!("{} cannot {what}: {error}", self.path.display()))
    }
}

/// A file from the end of its good part on; the rest is cut off when something is written, and not before.
struct Behind {
    file: File,
    length: Option<u64>,
}

impl Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(length) = self.length {
            self.file.set_len(length)?;
            self.file.seek(SeekFrom::Start(length))?;
            self.length = None;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
