//! All that a rule may look at: the snapshot, the references and what the repository states, joined by flag.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::change::Change;
use crate::event::{Event, EventKind};
use crate::flag::{Flag, FlagKey};
use crate::inventory::Repositories;
use crate::manifest::{Declaration, Manifest};
use crate::owners::CodeOwners;
use crate::reference::{Reference, ReferencedKey};
use crate::secret::Secret;
use crate::skipped::Skipped;
use crate::snapshot::Snapshot;
use crate::source::Location;

/// What a run looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RunScope {
    /// What concerns this repository: its code, and the flags that it refers to or declares.
    #[default]
    Repository,
    /// The flag server as a whole, with all of its flags.
    Server,
}

/// The parts that evidence is made of.
#[derive(Debug, Clone)]
pub struct EvidenceBuilder {
    /// The flag server, if there is one.
    pub snapshot: Option<Snapshot>,
    /// Why there is no snapshot, for people.
    pub no_snapshot_because: Option<String>,
    /// What the scan found, in any order.
    pub references: Vec<Reference>,
    /// Keys to flag servers that stand in files, in any order.
    pub secrets: Vec<Secret>,
    /// Files of which the scan did not see the text.
    pub unread: Vec<Skipped>,
    /// What the run looks at.
    pub scope: RunScope,
    /// "Now" for every rule.
    pub now: Timestamp,
    /// Environments that count as production; empty means those of type production.
    pub production: Vec<String>,
    /// Where findings without code are shown.
    pub policy_anchor: Option<Location>,
    /// What the flags are meant to be.
    pub manifest: Manifest,
    /// What the branch under review changes; `None` when the whole is looked at.
    pub change: Option<Change>,
    /// What other repositories refer to.
    pub repositories: Repositories,
    /// Who answers for the files; `None` when the repository has no CODEOWNERS.
    pub code_owners: Option<CodeOwners>,
    /// Extension of a file to the id of its language, and to that of the one it is a dialect of.
    pub languages: BTreeMap<String, Vec<String>>,
}

impl EvidenceBuilder {
    /// Nothing but a moment.
    pub fn at(now: Timestamp) -> Self {
        EvidenceBuilder {
            snapshot: None,
            no_snapshot_because: None,
            references: Vec::new(),
            secrets: Vec::new(),
            unread: Vec::new(),
            scope: RunScope::default(),
            now,
            production: Vec::new(),
            policy_anchor: None,
            manifest: Manifest::default(),
            change: None,
            repositories: Repositories::default(),
            code_owners: None,
            languages: BTreeMap::new(),
        }
    }
}

/// Immutable once made. Rules are pure functions of it and of their options.
#[derive(Debug, Clone)]
pub struct Evidence {
    parts: EvidenceBuilder,
    production: BTreeSet<String>,
    by_flag: BTreeMap<FlagKey, Vec<usize>>,
    built: Vec<usize>,
    log: EventIndex,
}

/// Positions in the event log. Logs hold many more entries than there are flags, so no rule walks them.
#[derive(Debug, Clone, Default)]
struct EventIndex {
    all: Vec<usize>,
    by_flag: BTreeMap<FlagKey, Vec<usize>>,
    of_segments: Vec<usize>,
}

impl EventIndex {
    fn new(events: &[Event]) -> Self {
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|index| (events[*index].at, events[*index].id));
        let mut log = EventIndex::default();
        for index in order.iter().copied() {
            if let Some(key) = &events[index].flag {
                log.by_flag.entry(key.clone()).or_default().push(index);
            }
            if matches!(events[index].kind, EventKind::SegmentUpdated(_)) {
                log.of_segments.push(index);
            }
        }
        log.all = order;
        log
    }
}

impl Evidence {
    /// Joins the parts.
    pub fn new(mut parts: EvidenceBuilder) -> Self {
        parts.references.sort_by(by_place);
        parts.secrets.sort_by(|a, b| a.location.cmp(&b.location));
        let production = match &parts.snapshot {
            Some(snapshot) if parts.production.is_empty() => {
                snapshot.production_environments().map(str::to_owned).collect()
            }
            _ => parts.production.drain(..).collect(),
        };
        let mut by_flag: BTreeMap<FlagKey, Vec<usize>> = BTreeMap::new();
        let mut built = Vec::new();
        for (index, reference) in parts.references.iter().enumerate() {
            match &reference.key {
                ReferencedKey::Known(key) => by_flag.entry(key.clone()).or_default().push(index),
                ReferencedKey::Pattern(_) => built.push(index),
            }
        }
        let log =
            EventIndex::new(parts.snapshot.as_ref().map(|snapshot| snapshot.events.as_slice()).unwrap_or_default());
        Evidence { parts, production, by_flag, built, log }
    }

    /// The flag server; the error says for people why there is none.
    ///
    /// # Errors
    /// The reason, ready to be given to "not evaluated".
    pub fn snapshot(&self) -> Result<&Snapshot, &str> {
        let why = self.parts.no_snapshot_because.as_deref().unwrap_or("no flag server and no snapshot was given");
        self.parts.snapshot.as_ref().ok_or(why)
    }

    /// "Now": when the snapshot was taken, or what the user set.
    pub fn now(&self) -> Timestamp {
        self.parts.now
    }

    /// All references, sorted by path and offset.
    pub fn references(&self) -> &[Reference] {
        &self.parts.references
    }

    /// Keys to flag servers that stand in files, sorted by path and offset.
    pub fn secrets(&self) -> &[Secret] {
        &self.parts.secrets
    }

    /// What the run looks at.
    pub fn scope(&self) -> RunScope {
        self.parts.scope
    }

    /// Files of which the scan did not see the text.
    pub fn unread(&self) -> &[Skipped] {
        &self.parts.unread
    }

    /// Names of the production environments.
    pub fn production(&self) -> impl Iterator<Item = &str> {
        self.production.iter().map(String::as_str)
    }

    /// Where findings without code are shown.
    pub fn policy_anchor(&self) -> Option<&Location> {
        self.parts.policy_anchor.as_ref()
    }

    /// What the flags are meant to be.
    pub fn manifest(&self) -> &Manifest {
        &self.parts.manifest
    }

    /// What one flag is meant to be, if the manifest says so.
    pub fn declared(&self, key: &FlagKey) -> Option<&Declaration> {
        self.parts.manifest.flags.get(key)
    }

    /// What the branch under review changes.
    pub fn change(&self) -> Option<&Change> {
        self.parts.change.as_ref()
    }

    /// What other repositories refer to.
    pub fn repositories(&self) -> &Repositories {
        &self.parts.repositories
    }

    /// Who answers for the files.
    pub fn code_owners(&self) -> Option<&CodeOwners> {
        self.parts.code_owners.as_ref()
    }

    /// What the language that a file is written in is called, by its extension; empty where it is not known.
    pub fn languages_of(&self, path: &str) -> &[String] {
        let extension = path.rsplit_once('.').map(|(_, extension)| extension);
        extension.and_then(|extension| self.parts.languages.get(extension)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The flags that the code refers to, sorted.
    pub fn referenced_flags(&self) -> impl Iterator<Item = &FlagKey> {
        self.by_flag.keys()
    }

    /// References whose key is made at run time, sorted by path and offset.
    pub fn built_keys(&self) -> impl Iterator<Item = &Reference> {
        self.built.iter().map(|index| &self.parts.references[*index])
    }

    /// References to one flag, sorted by path and offset.
    pub fn references_to(&self, key: &FlagKey) -> impl Iterator<Item = &Reference> {
        self.by_flag.get(key).into_iter().flatten().map(|index| &self.parts.references[*index])
    }

    /// Evaluations of one flag in production code, of high confidence, sorted by path and offset.
    pub fn evaluations_of(&self, key: &FlagKey) -> impl Iterator<Item = &Reference> {
        self.references_to(key).filter(|reference| reference.is_production_evaluation())
    }

    /// A flag as the server knows it, archived ones included.
    pub fn flag(&self, key: &FlagKey) -> Option<&Flag> {
        self.parts.snapshot.as_ref().and_then(|snapshot| snapshot.flags.get(key))
    }

    /// The whole event log, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events_at(&self.log.all)
    }

    /// Entries of the event log about one flag, oldest first.
    pub fn events_of(&self, key: &FlagKey) -> impl DoubleEndedIterator<Item = &Event> {
        self.events_at(self.log.by_flag.get(key).map(Vec::as_slice).unwrap_or_default())
    }

    /// Entries of the event log about segments, oldest first.
    pub fn segment_events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events_at(&self.log.of_segments)
    }

    fn events_at<'a>(&'a self, positions: &'a [usize]) -> impl DoubleEndedIterator<Item = &'a Event> {
        let events = self.parts.snapshot.as_ref().map(|snapshot| snapshot.events.as_slice()).unwrap_or_default();
        positions.iter().map(|index| &events[*index])
    }
}

/// By path and offset; several of one place in an order that does not depend on who listed them.
fn by_place(a: &Reference, b: &Reference) -> std::cmp::Ordering {
    let of_one_place = || (&a.key, a.kind).cmp(&(&b.key, b.kind)).then_with(|| format!("{a:?}").cmp(&format!("{b:?}")));
    a.location.cmp(&b.location).then_with(of_one_place)
}
