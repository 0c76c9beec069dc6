//! Which flags go together, and who is asked to look.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Cleaned, FlagKey};
use downhaul_host::{OwnersFile, Subject};

use crate::args::GroupBy;
use crate::commands::judge::Judged;
use crate::commands::removals::Proposed;

/// Reviewers at most: GitHub takes no more, and nobody feels asked among twenty.
const REVIEWERS: usize = 5;

/// The flags of one pull request.
pub(super) struct Group<'a> {
    pub(super) subject: Subject,
    pub(super) removals: Vec<Proposed<'a>>,
    /// Who answers for its flags, as the manifest says.
    pub(super) owners: BTreeSet<String>,
}

/// One group a flag, or one for all the flags of an owner. A flag without an owner stays alone.
pub(super) fn group<'a>(by: GroupBy, removals: Vec<Proposed<'a>>, judged: &Judged) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<Subject, Group<'a>> = BTreeMap::new();
    for proposed in removals {
        let owner = owner(&proposed.removal.flag, judged);
        let subject = match (by, &owner) {
            (GroupBy::Owner, Some(owner)) => Subject::owner(owner),
            _ => Subject::flag(project(&proposed, judged), &proposed.removal.flag),
        };
        let group = groups.entry(subject.clone()).or_insert_with(|| Group {
            subject,
            removals: Vec::new(),
            owners: BTreeSet::new(),
        });
        group.owners.extend(owner);
        group.removals.push(proposed);
    }
    groups.into_values().collect()
}

fn owner(flag: &FlagKey, judged: &Judged) -> Option<String> {
    let declared = judged.evidence.manifest().flags.get(flag)?;
    Some(declared.owner.as_ref()?.value.clone())
}

fn project<'p>(proposed: &'p Proposed<'_>, judged: &'p Judged) -> Option<&'p str> {
    let snapshot = judged.evidence.snapshot().ok();
    let of_snapshot = || Some(snapshot?.flags.get(&proposed.removal.flag)?.project.as_str());
    proposed.finding.and_then(|finding| finding.project.as_deref()).or_else(of_snapshot)
}

/// Who is asked to review.
pub(super) struct Reviewers {
    owners_of_code: bool,
    owners_of_flags: bool,
    always: Vec<String>,
    file: Option<OwnersFile>,
}

impl Reviewers {
    /// `codeowners`, `flag-owner`, and names.
    pub(super) fn new(words: &[String], file: Option<OwnersFile>) -> Self {
        let names = words.iter().filter(|word| !matches!(word.as_str(), "codeowners" | "flag-owner"));
        Reviewers {
            owners_of_code: words.iter().any(|word| word == "codeowners"),
            owners_of_flags: words.iter().any(|word| word == "flag-owner"),
            always: names.cloned().collect(),
            file,
        }
    }

    /// Those for one group: an address that is no name on the host (`@…`) cannot be asked.
    pub(super) fn of(&self, group: &Group<'_>, cleaned: &Cleaned) -> Vec<String> {
        let mut all = self.always.clone();
        if self.owners_of_flags {
            all.extend(group.owners.iter().filter(|owner| owner.starts_with('@')).cloned());
        }
        if let Some(file) = self.file.as_ref().filter(|_| self.owners_of_code) {
            let owners = cleaned.files.iter().flat_map(|changed| file.of(&changed.path));
            all.extend(owners.filter(|owner| owner.starts_with('@')));
        }
        let mut seen = BTreeSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all.truncate(REVIEWERS);
        all
    }
}
