//! `missing-owner`: nobody answers for a flag, or only somebody who is not there any more.

use std::collections::BTreeMap;

use downhaul_core::{
    Evidence, Flag, FlagKey, Owner, PathClass, RuleInfo, RuleScope, Severity, Snapshot, Source, Subject,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::sites::{concerned, gap, put_unlisted};
use crate::words::{days, days_between, list, quoted};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MissingOwner {
    /// Days after which somebody who does not sign in answers for nothing; 0 does not ask.
    inactive_days: u32,
    /// Where an owner is looked for; the first that names one decides.
    order: Vec<Place>,
    /// Kinds of tags that name an owner.
    tags: Vec<String>,
    /// Whether a person alone is not enough.
    team_required: bool,
}

/// A place that can name an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    Manifest,
    Tag,
    Project,
    CodeOwners,
    Creator,
}

impl Default for MissingOwner {
    fn default() -> Self {
        Self {
            inactive_days: 0,
            order: vec![Place::Manifest, Place::Tag, Place::Project, Place::CodeOwners, Place::Creator],
            tags: ["owner", "team"].map(str::to_owned).to_vec(),
            team_required: false,
        }
    }
}

impl Define for MissingOwner {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "missing-owner",
        summary: "nobody answers for the flag",
        docs: include_str!("missing_owner.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "hygiene",
        reasons: &["individual", "none", "unresolved"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for MissingOwner {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        if let Ok(snapshot) = evidence.snapshot() {
            put_unlisted(evidence, snapshot, outcomes);
        }
        for key in concerned(evidence) {
            let outcome = self.judge(evidence, key).unwrap_or_else(|outcome| outcome);
            outcomes.put(Subject::Flag(key.clone()), outcome);
        }
    }
}

/// Who answers for a flag.
struct Found {
    place: Place,
    names: Vec<String>,
    is_team: bool,
}

impl MissingOwner {
    fn judge(&self, evidence: &Evidence, key: &FlagKey) -> Result<Outcome, Outcome> {
        let snapshot = evidence.snapshot().ok();
        let flag = snapshot.and_then(|snapshot| snapshot.flags.get(key));
        if flag.is_some_and(|flag| flag.archived_at.is_some()) {
            return Err(Outcome::exempt("archived"));
        }
        let has_server = snapshot.is_some();
        if has_server && flag.is_none() && evidence.declared(key).is_none() {
            let unread = snapshot.and_then(|snapshot| gap(snapshot, Source::Flags, key));
            return Err(unread.map_or(Outcome::exempt("no live flag of the server"), Outcome::NotEvaluated));
        }
        let found = self.order.iter().find_map(|place| self.look(evidence, snapshot, flag, key, *place));
        let (reason, message) = match &found {
            None => match self.unread(evidence, snapshot, key) {
                Some(why) => return Err(Outcome::NotEvaluated(why)),
                None => ("none", format!("Nobody answers for `{key}`; looked for in {}.", self.places())),
            },
            Some(found) if self.team_required && !found.is_team => (
                "individual",
                format!("Only a person answers for `{key}`: {}, by {}.", quoted(&found.names), found.place.describe()),
            ),
            Some(found) => match self.unresolved(evidence, snapshot, found) {
                Some(why) => {
                    let (names, place) = (quoted(&found.names), found.place.describe());
                    ("unresolved", format!("`{key}` is owned by {names}, by {place}, {why}."))
                }
                None => return Err(self.pass(snapshot, found)),
            },
        };
        let mut draft = Draft::of_flag(evidence, key, reason);
        draft.message = message;
        draft.remediation =
            "Name who answers for it: `owner` in the manifest, or a tag such as `team:checkout`.".to_owned();
        if let Some(found) = &found {
            draft.evidence.push(fact(format!("owner {}", quoted(&found.names)), None, found.place.describe()));
        }
        let suggestion = suggestion(evidence, flag, key);
        if let Some(name) = suggestion.filter(|name| found.as_ref().is_none_or(|found| !found.names.contains(name))) {
            draft.remediation.push_str(&format!(" `{name}` may know whom."));
        }
        match (snapshot, flag) {
            (Some(snapshot), Some(flag)) => Ok(draft.on_server(snapshot, flag, None).into()),
            _ => Ok(draft.into()),
        }
    }

    fn look(
        &self,
        evidence: &Evidence,
        snapshot: Option<&Snapshot>,
        flag: Option<&Flag>,
        key: &FlagKey,
        place: Place,
    ) -> Option<Found> {
        let found = |names: Vec<String>, is_team| (!names.is_empty()).then_some(Found { place, names, is_team });
        match place {
            Place::Manifest => {
                let owner = &evidence.declared(key)?.owner.as_ref()?.value;
                found(vec![owner.clone()], is_team(owner))
            }
            Place::Tag => {
                let tags = flag?.tags.iter().filter(|tag| self.tags.contains(&tag.kind));
                let names: Vec<String> = tags.map(|tag| tag.value.clone()).collect();
                // A tag that says `team` names one whatever it is called.
                let is_team = flag?.tags.iter().any(|tag| tag.kind == "team") || names.iter().any(|name| is_team(name));
                found(names, is_team)
            }
            Place::Project => {
                let project =
                    snapshot?.projects.iter().find(|project| project.id == flag.map_or("", |flag| &flag.project))?;
                let owners = project.owners.as_deref()?;
                let names = owners.iter().map(|owner| match owner {
                    Owner::Person(name) | Owner::Group(name) => name.clone(),
                });
                found(names.collect(), owners.iter().any(|owner| matches!(owner, Owner::Group(_))))
            }
            Place::CodeOwners => {
                let names = code_owners(evidence, key);
                let is_team = names.iter().any(|name| is_team(name));
                found(names, is_team)
            }
            Place::Creator => found(vec![flag?.created_by.clone()?], false),
        }
    }

    /// Why an owner that was found is none.
    fn unresolved(&self, evidence: &Evidence, snapshot: Option<&Snapshot>, found: &Found) -> Option<String> {
        if found.place == Place::Manifest
            && let Some(owners) = evidence.code_owners()
            && let Some(team) = found.names.iter().find(|name| is_team(name) && !owners.names.contains(name))
        {
            return Some(format!("and `{}` does not know `{team}`", owners.file));
        }
        if found.is_team || self.inactive_days == 0 {
            return None;
        }
        let snapshot = snapshot.filter(|snapshot| snapshot.gap(Source::Users, None).is_none())?;
        let name = found.names.first()?;
        match snapshot.access.users.iter().find(|user| user.person.name == *name) {
            Some(user) => {
                let seen = user.seen_at.or(user.created_at)?;
                let away = days_between(seen, evidence.now());
                (away >= self.inactive_days).then(|| format!("who has not signed in for {}", days(away)))
            }
            // An address in the manifest need not be a login of the server.
            None if found.place == Place::Creator => Some("who has no login any more".to_owned()),
            None => None,
        }
    }

    /// An owner is there; whether they still are may not be known.
    fn pass(&self, snapshot: Option<&Snapshot>, found: &Found) -> Outcome {
        let users = snapshot.and_then(|snapshot| snapshot.gap(Source::Users, None));
        match users.filter(|_| self.inactive_days > 0 && !found.is_team) {
            Some(gap) => {
                Outcome::NotEvaluated(format!("whether the owner is still there is not known: {}", gap.detail))
            }
            None => Outcome::Pass,
        }
    }

    /// What could not be read and might name an owner.
    fn unread(&self, evidence: &Evidence, snapshot: Option<&Snapshot>, key: &FlagKey) -> Option<String> {
        let Some(snapshot) = snapshot else { return evidence.snapshot().err().map(str::to_owned) };
        let sources = self.order.iter().filter_map(|place| match place {
            Place::Tag | Place::Creator => Some(Source::Labels),
            Place::Project => Some(Source::Projects),
            Place::Manifest | Place::CodeOwners => None,
        });
        sources.chain([Source::Flags]).find_map(|source| gap(snapshot, source, key))
    }

    fn places(&self) -> String {
        let places: Vec<&str> = self.order.iter().map(|place| place.describe()).collect();
        list(&places)
    }
}

impl Place {
    fn describe(self) -> &'static str {
        match self {
            Place::Manifest => "the manifest",
            Place::Tag => "a tag",
            Place::Project => "its project",
            Place::CodeOwners => "CODEOWNERS",
            Place::Creator => "its maker",
        }
    }
}

/// Teams of code hosts: `@acme/checkout`.
fn is_team(name: &str) -> bool {
    name.starts_with('@') && name.contains('/')
}

/// The owners of the file that refers to the flag most.
fn code_owners(evidence: &Evidence, key: &FlagKey) -> Vec<String> {
    let Some(owners) = evidence.code_owners() else { return Vec::new() };
    let mut by_path: BTreeMap<&str, usize> = BTreeMap::new();
    for reference in evidence.references_to(key).filter(|reference| reference.class == PathClass::Production) {
        *by_path.entry(&reference.location.path).or_default() += 1;
    }
    let most = by_path.into_iter().max_by_key(|(path, many)| (*many, std::cmp::Reverse(*path)));
    most.map(|(path, _)| owners.of(path).to_vec()).unwrap_or_default()
}

/// Who may know: the owners of the code, else the maker.
fn suggestion(evidence: &Evidence, flag: Option<&Flag>, key: &FlagKey) -> Option<String> {
    code_owners(evidence, key).into_iter().next().or_else(|| flag?.created_by.clone())
}
