//! What could not be read of the server, with whose move it is.

use downhaul_core::{FlagKey, Gap, GapReason, Source};

use crate::ServerError;

/// The gaps of one capture.
#[derive(Default)]
pub(super) struct Gaps(Vec<Gap>);

impl Gaps {
    /// Notes that all of `source` is concerned.
    pub(super) fn add(&mut self, source: Source, reason: GapReason, detail: impl Into<String>) {
        self.0.push(Gap { source, flag: None, reason, detail: detail.into() });
    }

    /// Notes that one flag is concerned.
    pub(super) fn add_for(&mut self, source: Source, flag: &FlagKey, reason: GapReason, detail: impl Into<String>) {
        self.0.push(Gap { source, flag: Some(flag.clone()), reason, detail: detail.into() });
    }

    /// What was read, or nothing and a gap.
    pub(super) fn value<T: Default>(&mut self, source: Source, read: Result<T, ServerError>) -> T {
        read.unwrap_or_else(|error| {
            self.add(source, reason(&error), error.to_string());
            T::default()
        })
    }

    /// Notes what failed for single flags: once for all if the whole source is out of reach, else flag by flag.
    pub(super) fn add_failures(&mut self, source: Source, asked: usize, failures: Vec<(FlagKey, ServerError)>) {
        let Some((_, first)) = failures.first() else { return };
        let same = failures.iter().all(|(_, error)| reason(error) == reason(first));
        if same && failures.len() == asked {
            return self.add(source, reason(first), first.to_string());
        }
        for (flag, error) in failures {
            self.add_for(source, &flag, reason(&error), error.to_string());
        }
    }

    /// All of them, in a stable order.
    pub(super) fn into_sorted(mut self) -> Vec<Gap> {
        self.0.sort_by(|a, b| (a.source, &a.flag, a.reason, &a.detail).cmp(&(b.source, &b.flag, b.reason, &b.detail)));
        self.0
    }
}

/// What kind of gap an error leaves.
pub(super) fn reason(error: &ServerError) -> GapReason {
    match error {
        ServerError::Forbidden { .. } => GapReason::Forbidden,
        ServerError::Unsupported { .. } => GapReason::Unsupported,
        _ => GapReason::Failed,
    }
}
