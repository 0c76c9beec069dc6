//! The removals that the rules propose, one a flag, each with the finding that it rests on.

use std::collections::BTreeMap;
use std::path::Path;

use downhaul_cleanup::CleanRequest;
use downhaul_core::{Cleaned, Finding, FlagKey, Removal, Verdicts};
use downhaul_scanner::Scan;

use crate::texts::Texts;

/// A removal, and why.
#[derive(Debug, Clone)]
pub(crate) struct Proposed<'a> {
    pub(crate) removal: Removal,
    /// `None` when it was asked for by hand.
    pub(crate) finding: Option<&'a Finding>,
}

/// What the rules would have removed. A flag for which two findings name two sides is left out and told: which one is
/// right is for a person to say.
pub(crate) struct Proposals<'a> {
    pub(crate) removals: Vec<Proposed<'a>>,
    pub(crate) contradictory: Vec<FlagKey>,
}

impl<'a> Proposals<'a> {
    /// Those of the findings that nobody has accepted.
    pub(crate) fn of(verdicts: &'a Verdicts) -> Self {
        let mut by_flag: BTreeMap<&FlagKey, Vec<(&Removal, &Finding)>> = BTreeMap::new();
        for finding in verdicts.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            if let Some(removal) = &finding.removal {
                by_flag.entry(&removal.flag).or_default().push((removal, finding));
            }
        }
        let mut proposals = Proposals { removals: Vec::new(), contradictory: Vec::new() };
        for (flag, all) in by_flag {
            let (removal, finding) = all[0];
            if all.iter().all(|(other, _)| other.keep == removal.keep) {
                proposals.removals.push(Proposed { removal: removal.clone(), finding: Some(finding) });
            } else {
                proposals.contradictory.push(flag.clone());
            }
        }
        proposals
    }
}

/// What each of the removals would change, worked out for itself: a reader takes one and leaves the other.
pub(crate) fn fixes(verdicts: &Verdicts, scanned: &Scan, root: &Path) -> BTreeMap<FlagKey, Cleaned> {
    let texts = Texts::new(root);
    let fix = |proposed: Proposed<'_>| {
        let removals = [proposed.removal];
        let request = CleanRequest::new(&removals, &scanned.references);
        let cleaned = downhaul_cleanup::clean(&request, &texts);
        let [removal] = removals;
        (removal.flag, cleaned)
    };
    Proposals::of(verdicts).removals.into_iter().map(fix).collect()
}
