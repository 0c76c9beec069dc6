//! Who agreed to what happened in production: the event log beside the change requests.
//!
//! A server that asks for approvals prevents most of what is looked for here. What it does not prevent (skipping with
//! a permission, the API, an admin token, an approval of one's own) leaves an event without a request, or a request
//! without enough people; only both together tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::access::Person;
use crate::approval::{ChangeRequest, ChangeTarget, RequestState};
use crate::event::{Actor, ActorKind, Event, EventKind, RequestStep};
use crate::evidence::Evidence;
use crate::flag::FlagKey;

/// The kind of group that events written by a change request belong to.
const GROUP_OF_REQUEST: &str = "change-request";
/// Without groups, what happened so close to the applying of a request is what it did.
const SAME_MOMENT: SignedDuration = SignedDuration::from_secs(10);

/// A change request that was put into effect, and the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The server's id.
    pub id: i64,
    /// The project, where it is known.
    pub project: Option<String>,
    /// The environment, where it is known.
    pub environment: Option<String>,
    /// Who asked; `None` when neither the request nor the log says so.
    pub author: Option<Person>,
    /// Who else put changes into it.
    pub editors: BTreeSet<Person>,
    /// Who said yes before it was applied.
    pub approvals: BTreeSet<Person>,
    /// Who put it into effect; the log alone knows.
    pub applied_by: Option<Person>,
    /// When.
    pub applied_at: Option<Timestamp>,
    /// How many approvals it needed.
    pub required: Option<u32>,
    /// The flags it was about; `None` when the request itself is gone.
    flags: Option<BTreeSet<FlagKey>>,
}

/// How an event was matched with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// The server wrote both into one group.
    Group,
    /// Same place, same moment.
    Time,
}

/// Events of one flag in one environment that somebody caused at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<'a> {
    /// Oldest first; never empty.
    pub events: Vec<&'a Event>,
}

impl<'a> Act<'a> {
    /// The last of its events: what it came to.
    pub fn last(&self) -> Option<&'a Event> {
        self.events.last().copied()
    }

    /// It only switched something off, which is always allowed.
    pub fn only_switches_off(&self) -> bool {
        self.events.iter().all(|event| event.kind == EventKind::Disabled)
    }
}

/// Every request that was applied, ready to be asked which of them is behind an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreements {
    by_id: BTreeMap<i64, Agreed>,
    by_group: BTreeMap<String, i64>,
    /// From here on the server surely writes groups, so that an event without one belongs to no request.
    groups_since: Option<Timestamp>,
}

impl Agreements {
    /// From the requests of the snapshot and from the log, which knows of those that are gone too.
    pub fn of(evidence: &Evidence) -> Self {
        let requests = evidence.snapshot().map(|snapshot| snapshot.approvals.requests.as_slice()).unwrap_or_default();
        let mut by_id: BTreeMap<i64, Agreed> = requests
            .iter()
            .filter(|request| was_applied(request))
            .map(|request| (request.id, of_request(request)))
            .collect();
        add_from_log(evidence, &mut by_id);
        by_id.retain(|_, agreed| agreed.applied_at.is_some());
        let by_group = groups(evidence, &by_id);
        let groups_since = groups_since(evidence, &by_group);
        Agreements { by_id, by_group, groups_since }
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Agreed> {
        self.by_id.values()
    }

    /// The request that an event comes from. `project` is that of the flag, for events that do not say.
    pub fn behind(&self, event: &Event, project: &str) -> Option<(&Agreed, MatchedBy)> {
        if let Some((kind, group)) = &event.group
            && kind == GROUP_OF_REQUEST
            && let Some(agreed) = self.by_group.get(group).and_then(|id| self.by_id.get(id))
        {
            return Some((agreed, MatchedBy::Group));
        }
        if self.groups_since.is_some_and(|since| event.at >= since) {
            return None;
        }
        let project = event.project.as_deref().unwrap_or(project);
        let fits = |agreed: &&Agreed| {
            agreed.applied_at.is_some_and(|at| at.duration_since(event.at).abs() <= SAME_MOMENT)
                && agreed.project.as_deref().is_none_or(|name| name == project)
                && (agreed.environment.is_none()
                    || event.environment.is_none()
                    || agreed.environment == event.environment)
                && event.flag.as_ref().is_none_or(|flag| agreed.is_about(flag))
        };
        self.by_id.values().find(fits).map(|agreed| (agreed, MatchedBy::Time))
    }

    /// Whether a request about the flag in the environment was applied before `at`: a plan that it started moves on
    /// by itself.
    pub fn has_earlier(&self, flag: &FlagKey, environment: Option<&str>, at: Timestamp) -> bool {
        self.by_id.values().any(|agreed| {
            agreed.applied_at.is_some_and(|applied| applied <= at)
                && agreed.flags.as_ref().is_some_and(|flags| flags.contains(flag))
                && agreed.environment.as_deref() == environment
        })
    }
}

impl Agreed {
    fn is_about(&self, flag: &FlagKey) -> bool {
        self.flags.as_ref().is_none_or(|flags| flags.is_empty() || flags.contains(flag))
    }
}

/// Whether two records are about one person: by id where both have one, else by name.
pub fn is_same_person(one: &Person, other: &Person) -> bool {
    match (one.id, other.id) {
        (Some(one), Some(other)) => one == other,
        _ => one.name == other.name,
    }
}

/// Changes of what production serves since `from`, put together to acts; oldest first.
pub fn production_acts(evidence: &Evidence, from: Timestamp) -> Vec<Act<'_>> {
    let production: BTreeSet<&str> = evidence.production().collect();
    let mut acts: Vec<Act> = Vec::new();
    let mut open: BTreeMap<(Option<&FlagKey>, Option<&str>), usize> = BTreeMap::new();
    for event in evidence.events().filter(|event| from <= event.at && event.at <= evidence.now()) {
        let in_production = event.environment.as_deref().is_some_and(|name| production.contains(name));
        if !in_production || !event.kind.may_change_exposure() {
            continue;
        }
        let place = (event.flag.as_ref(), event.environment.as_deref());
        let joins = open.get(&place).copied().filter(|index| {
            acts[*index].last().is_some_and(|last| {
                last.actor == event.actor
                    && last.group == event.group
                    && event.at.duration_since(last.at) <= SAME_MOMENT
            })
        });
        match joins {
            Some(index) => acts[index].events.push(event),
            None => {
                open.insert(place, acts.len());
                acts.push(Act { events: vec![event] });
            }
        }
    }
    acts
}

fn was_applied(request: &ChangeRequest) -> bool {
    request.state == RequestState::Applied || request.entered.contains_key(&RequestState::Applied)
}

fn of_request(request: &ChangeRequest) -> Agreed {
    let applied_at = request.entered.get(&RequestState::Applied).copied();
    let in_time = |at: Option<Timestamp>| at.is_none_or(|at| applied_at.is_none_or(|applied| at <= applied));
    let flags = request.changes.iter().filter_map(|change| match &change.target {
        ChangeTarget::Flag(flag) => Some(flag.clone()),
        ChangeTarget::Segment(_) => None,
    });
    let editors = request.changes.iter().filter_map(|change| change.by.clone());
    Agreed {
        id: request.id,
        project: Some(request.project.clone()),
        environment: Some(request.environment.clone()),
        author: Some(request.author.clone()),
        editors: editors.filter(|editor| !is_same_person(editor, &request.author)).collect(),
        approvals: request
            .approvals
            .iter()
            .filter(|review| in_time(review.at))
            .map(|review| review.by.clone())
            .collect(),
        applied_by: None,
        applied_at,
        required: request.required,
        flags: Some(flags.collect()),
    }
}

/// The log adds who applied a request, and all that is left of requests that are gone.
fn add_from_log(evidence: &Evidence, by_id: &mut BTreeMap<i64, Agreed>) {
    let known: BTreeSet<i64> = by_id.keys().copied().collect();
    for event in evidence.events() {
        let EventKind::RequestMoved { id: Some(id), step } = &event.kind else { continue };
        let agreed = by_id.entry(*id).or_insert_with(|| Agreed {
            id: *id,
            project: event.project.clone(),
            environment: event.environment.clone(),
            author: None,
            editors: BTreeSet::new(),
            approvals: BTreeSet::new(),
            applied_by: None,
            applied_at: None,
            required: None,
            flags: None,
        });
        let by = person(&event.actor);
        match step {
            RequestStep::Applied => {
                agreed.applied_by = Some(by).filter(|_| event.actor.kind != ActorKind::System);
                agreed.applied_at.get_or_insert(event.at);
            }
            _ if known.contains(id) => {}
            RequestStep::Created => agreed.author = Some(by),
            RequestStep::Edited => {
                agreed.editors.insert(by);
            }
            RequestStep::ApprovalAdded | RequestStep::Approved => {
                agreed.approvals.insert(by);
            }
            _ => {}
        }
    }
}

fn person(actor: &Actor) -> Person {
    Person { id: actor.id, name: actor.name.clone() }
}

/// The request of each group: the one that was applied in it, or the one whose id is the group's.
fn groups(evidence: &Evidence, by_id: &BTreeMap<i64, Agreed>) -> BTreeMap<String, i64> {
    let mut by_group = BTreeMap::new();
    for event in evidence.events() {
        let Some((kind, group)) = &event.group else { continue };
        if kind != GROUP_OF_REQUEST {
            continue;
        }
        match &event.kind {
            EventKind::RequestMoved { id: Some(id), step: RequestStep::Applied } => {
                by_group.insert(group.clone(), *id);
            }
            _ => {
                if let Some(id) = group.parse().ok().filter(|id| by_id.contains_key(id)) {
                    by_group.entry(group.clone()).or_insert(id);
                }
            }
        }
    }
    by_group
}

/// The first change of a flag that stands in the group of a request: from then on the server fills groups.
fn groups_since(evidence: &Evidence, by_group: &BTreeMap<String, i64>) -> Option<Timestamp> {
    let stands_in_group = |event: &&Event| {
        let group = event.group.as_ref().filter(|(kind, _)| kind == GROUP_OF_REQUEST);
        event.kind.may_change_exposure() && group.is_some_and(|(_, group)| by_group.contains_key(group))
    };
    evidence.events().find(stands_in_group).map(|event| event.at)
}
