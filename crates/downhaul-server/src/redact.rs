//! A snapshot without names: people and the values of constraints become keyed hashes.
//!
//! Equal stays equal under one key, which is all that separation of duty asks for. What people wrote in prose
//! (descriptions, titles, comments, links, variant payloads) and the names of flags, tokens, segments, groups and
//! applications stay as they are.

use downhaul_core::{
    Access, Actor, ActorKind, Approvals, ChangeAction, ChangeRequest, Constraint, Event, EventKind, Flag,
    FlagEnvironment, Grant, Milestone, Operator, Owner, Person, ReleasePlan, RequestedChange, ServiceAccount, Snapshot,
    Strategy, StrategyKind,
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::ServerError;

/// A shorter key could be guessed, and with it everybody's name.
const MIN_KEY: usize = 16;
/// How many bits of a hash stand for an id: those that every program reads exactly.
const ID_MASK: u64 = (1 << 53) - 1;

/// What the hashes are made with. Neither `Debug` nor any message shows it.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

impl Key {
    /// Takes any bytes; those who should be able to compare two redacted snapshots need the same.
    ///
    /// # Errors
    /// [`ServerError::Setting`] for a key of less than 16 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, ServerError> {
        let too_short = || ServerError::Setting(format!("the key for redaction is shorter than {MIN_KEY} bytes"));
        if bytes.len() < MIN_KEY {
            return Err(too_short());
        }
        Hmac::new_from_slice(bytes).map(Key).map_err(|_| too_short())
    }

    /// The kind goes in, so that a person and a value of the same text differ.
    fn hash(&self, kind: &str, text: &str) -> [u8; 8] {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        first
    }

    fn name(&self, kind: &str, text: &mut String) {
        if !text.is_empty() {
            *text = format!("{kind}-{:016x}", u64::from_be_bytes(self.hash(kind, text)));
        }
    }

    /// Ids below 1 are the server itself and shared tokens, and mean the same everywhere.
    fn id(&self, id: &mut i64) {
        if *id > 0 {
            let hash = u64::from_be_bytes(self.hash("id", &id.to_string())) & ID_MASK;
            *id = i64::try_from(hash.max(1)).unwrap_or(i64::MAX);
        }
    }
}

/// Replaces people and the values of constraints everywhere in `snapshot`. One that is redacted already stays as it is.
pub fn redact(snapshot: &mut Snapshot, key: &Key) {
    // Every field is named: what comes to core has to be thought of here.
    let Snapshot {
        captured_at: _,
        server: _,
        projects,
        environments: _,
        flag_types: _,
        segments,
        flags,
        events,
        events_since: _,
        unknown_names: _,
        applications: _,
        integrations: _,
        access,
        approvals,
        release_templates,
        provenance,
        gaps: _,
    } = snapshot;
    if provenance.redacted {
        return;
    }
    provenance.redacted = true;
    for owner in projects.iter_mut().flat_map(|project| project.owners.iter_mut().flatten()) {
        if let Owner::Person(name) = owner {
            key.name("person", name);
        }
    }
    segments.values_mut().for_each(|segment| constraints(&mut segment.constraints, key));
    flags.values_mut().for_each(|one| flag(one, key));
    events.iter_mut().for_each(|one| event(one, key));
    self::access(access, key);
    self::approvals(approvals, key);
    release_templates.iter_mut().for_each(|template| milestones(&mut template.milestones, key));
}

fn person(person: &mut Person, key: &Key) {
    key.name("person", &mut person.name);
    person.id.iter_mut().for_each(|id| key.id(id));
}

fn constraints(list: &mut [Constraint], key: &Key) {
    for constraint in list {
        if let Operator::Other { values, .. } = &mut constraint.operator {
            values.iter_mut().for_each(|value| key.name("value", value));
        }
    }
}

fn strategy(strategy: &mut Strategy, key: &Key) {
    constraints(&mut strategy.constraints, key);
    if let StrategyKind::Targeted { values, .. } = &mut strategy.kind {
        values.iter_mut().for_each(|value| key.name("value", value));
    }
}

fn strategies(list: &mut [Strategy], key: &Key) {
    list.iter_mut().for_each(|one| strategy(one, key));
}

fn milestones(list: &mut [Milestone], key: &Key) {
    list.iter_mut().for_each(|milestone| strategies(&mut milestone.strategies, key));
}

fn flag(flag: &mut Flag, key: &Key) {
    flag.created_by.iter_mut().for_each(|name| key.name("person", name));
    flag.collaborators.iter_mut().for_each(|name| key.name("person", name));
    flag.collaborators.sort();
    for state in flag.environments.values_mut() {
        let FlagEnvironment { strategies: listed, release_plans, .. } = state;
        listed.iter_mut().for_each(|list| strategies(list, key));
        release_plans.iter_mut().for_each(|plan: &mut ReleasePlan| milestones(&mut plan.milestones, key));
    }
}

fn event(event: &mut Event, key: &Key) {
    let Actor { name, id, kind } = &mut event.actor;
    if *kind != ActorKind::System {
        key.name("person", name);
        id.iter_mut().for_each(|id| key.id(id));
    }
    match &mut event.kind {
        EventKind::StrategyAdded(after) => strategy(after, key),
        EventKind::StrategyUpdated { before, after } => {
            before.iter_mut().for_each(|before| strategy(before, key));
            strategy(after, key);
        }
        _ => {}
    }
}

fn access(access: &mut Access, key: &Key) {
    access.users.iter_mut().for_each(|user| person(&mut user.person, key));
    for Grant { people, .. } in &mut access.grants {
        people.iter_mut().for_each(|one| person(one, key));
    }
    for ServiceAccount { person: account, .. } in &mut access.service_accounts {
        person(account, key);
    }
    access.users.sort_by(|a, b| a.person.cmp(&b.person));
    access.service_accounts.sort_by(|a, b| a.person.cmp(&b.person));
}

fn approvals(approvals: &mut Approvals, key: &Key) {
    for ChangeRequest { author, approvals, rejections, comments, changes, .. } in &mut approvals.requests {
        person(author, key);
        approvals.iter_mut().chain(rejections).for_each(|review| person(&mut review.by, key));
        comments.iter_mut().for_each(|comment| person(&mut comment.by, key));
        changes.iter_mut().for_each(|one| change(one, key));
    }
}

fn change(change: &mut RequestedChange, key: &Key) {
    change.by.iter_mut().for_each(|by| person(by, key));
    if let ChangeAction::AddStrategy(one) | ChangeAction::UpdateStrategy(one) = &mut change.action {
        strategy(one, key);
    }
}
