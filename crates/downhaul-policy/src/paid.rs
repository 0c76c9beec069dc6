//! What only paid editions of a server have.

use downhaul_core::{GapReason, Snapshot, Source};

use crate::draft::Outcome;

/// Why a source of the paid editions cannot be relied upon: the server lacks it, or it could not be read.
pub(crate) fn paid_gap(snapshot: &Snapshot, source: Source) -> Option<Outcome> {
    let gap = snapshot.gaps.iter().find(|gap| gap.source == source)?;
    Some(match gap.reason {
        GapReason::Unsupported => Outcome::unsupported(format!(
            "{}: {}; on such a server `unapproved-state-drift` takes its place",
            source.as_str(),
            gap.detail.trim_end_matches('.'),
        )),
        _ => Outcome::NotEvaluated(format!("{}: {}", source.as_str(), gap.detail)),
    })
}
