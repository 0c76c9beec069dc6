//! Flag servers and snapshot files: where the state of a flag comes from.
//!
//! Every provider has a folder under `providers/`: `wire.rs` holds the shapes it reads, `mod.rs` maps them to the
//! vocabulary of `downhaul-core`. A vendor's JSON never leaves its folder. Nothing here writes to a server, and
//! nothing here reads the clock or the environment: the caller hands in address, token and time.

mod config;
pub mod diff;
mod error;
mod http;
mod progress;
pub mod providers;
pub mod redact;

use downhaul_core::Snapshot;

pub use config::ServerConfig;
pub use error::ServerError;
pub use http::Trust;
pub use progress::Progress;
pub use providers::file::partial;
pub use providers::{bootstrap, file, flagd, gitlab, unleash};

/// Something that can tell the state of all flags at one instant.
pub trait FlagServer {
    /// Reads everything that the source has. What could not be read is listed in the gaps of the snapshot.
    ///
    /// # Errors
    /// [`ServerError`] when there is no snapshot worth having: the file cannot be understood, or the list of flags
    /// cannot be read.
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError>;

    /// Whose capture can go on from what an earlier one left; `None` where captures are too short for that.
    fn identity(&self) -> Option<partial::Identity> {
        None
    }

    /// As [`FlagServer::capture`], but goes on from what `partial` has, and keeps there what it reads.
    ///
    /// # Errors
    /// As for a capture.
    fn resume(&self, partial: &partial::Partial, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let read = self.capture(progress);
        partial.end(read.is_err());
        read
    }

    /// Reads a little of everything: enough to tell what can be read and what cannot, not enough to judge by.
    ///
    /// # Errors
    /// As for a capture.
    fn probe(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        self.capture(progress)
    }
}
