//! When to stop asking for one thing flag by flag.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::ServerError;

/// Runs out when the server does not have the route, or fails on it over and over.
pub(crate) struct Patience<'a> {
    what: &'a str,
    limit: u32,
    failures: AtomicU32,
    over: OnceLock<ServerError>,
}

impl<'a> Patience<'a> {
    /// Patience for `limit` failures in a row.
    pub(crate) fn new(what: &'a str, limit: u32) -> Self {
        Patience { what, limit, failures: AtomicU32::new(0), over: OnceLock::new() }
    }

    /// Why nothing more is to be asked.
    pub(crate) fn given_up(&self) -> Option<ServerError> {
        self.over.get().cloned()
    }

    /// An answer came.
    pub(crate) fn restore(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// No answer came. That one flag went away, or is hidden, says nothing about the next.
    pub(crate) fn lose(&self, error: &ServerError) {
        match error {
            ServerError::Unsupported { .. } => drop(self.over.set(error.clone())),
            ServerError::NotFound { .. } | ServerError::Forbidden { .. } => {}
            _ if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= self.limit => {
                let detail = format!("{} requests in a row had failed, the last of them so: {error}", self.limit);
                drop(self.over.set(ServerError::TimedOut { path: self.what.to_owned(), detail }));
            }
            _ => {}
        }
    }
}
