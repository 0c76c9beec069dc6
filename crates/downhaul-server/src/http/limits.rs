//! How long and how often a server is asked before downhaul gives up.

use std::time::Duration;

use crate::ServerConfig;

/// Bounds of a capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long making a connection may take.
    pub connect: Duration,
    /// How long one request may take, its answer included.
    pub request: Duration,
    /// How long the whole capture may take; what is missing then is a gap.
    pub total: Duration,
    /// How often a request is made when the server fails or cannot be reached. At least 1.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles for each one after.
    pub back_off: Duration,
    /// How many requests run at the same time. At least 1.
    pub in_flight: usize,
    /// After so many requests that failed in spite of all attempts, in a row, nothing more is asked.
    pub failures_in_a_row: u32,
}

impl Limits {
    /// The usual bounds with the times that a policy sets.
    pub fn of(config: &ServerConfig) -> Self {
        let seconds = |seconds: u64| Duration::from_secs(seconds.max(1));
        Limits {
            request: seconds(config.timeout_seconds),
            total: seconds(config.total_timeout_seconds),
            ..Limits::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            total: Duration::from_secs(20 * 60),
            attempts: 4,
            back_off: Duration::from_millis(250),
            in_flight: 6,
            failures_in_a_row: 8,
        }
    }
}
