//! The removals that the rules propose, one a flag, each with the finding that it rests on.

use std::collections::BTreeMap;

use downhaul_core::{Finding, FlagKey, Removal, Verdicts};

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
