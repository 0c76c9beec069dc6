//! Small builders: a test says only what it is about.

use downhaul_core::{
    Actor, ActorKind, Constraint, Dependency, Edition, Environment, EnvironmentKind, Event, EventKind, Evidence,
    EvidenceBuilder, Flag, FlagEnvironment, FlagKey, FlagType, Gap, GapReason, Lifecycle, Operator, Segment, SegmentId,
    ServerInfo, Snapshot, Source, Strategy, StrategyKind, Timestamp, Variant,
};

/// The moment at which most tests look.
pub(crate) const NOW: &str = "2026-06-01";
/// The environment that most tests look at.
pub(crate) const ENV: &str = "production";

pub(crate) fn key(text: &str) -> FlagKey {
    FlagKey::new(text).expect("a key")
}

/// Midnight UTC of a day, or a full timestamp.
pub(crate) fn time(text: &str) -> Timestamp {
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    full.parse().expect("a time")
}

pub(crate) fn flag(name: &str) -> Flag {
    Flag {
        key: key(name),
        project: "payments".to_owned(),
        flag_type: FlagType::Release,
        description: None,
        created_at: Some(time("2026-01-01")),
        created_by: None,
        archived_at: None,
        stale: false,
        impression_data: false,
        tags: Vec::new(),
        links: Vec::new(),
        collaborators: Vec::new(),
        impact_metrics: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        lifecycle: Lifecycle::default(),
        environments: Default::default(),
    }
}

/// A flag with one environment.
pub(crate) fn flag_in(name: &str, state: FlagEnvironment) -> Flag {
    let mut flag = flag(name);
    flag.environments.insert(ENV.to_owned(), state);
    flag
}

pub(crate) fn on(strategies: Vec<Strategy>) -> FlagEnvironment {
    FlagEnvironment { enabled: true, strategies: Some(strategies), ..FlagEnvironment::default() }
}

pub(crate) fn off() -> FlagEnvironment {
    FlagEnvironment { strategies: Some(vec![percent(100)]), ..FlagEnvironment::default() }
}

pub(crate) fn percent(percent: u8) -> Strategy {
    of_kind(StrategyKind::Rollout { percent, stickiness: "default".to_owned(), group: "g".to_owned() })
}

pub(crate) fn sticky(share: u8, field: &str) -> Strategy {
    of_kind(StrategyKind::Rollout { percent: share, stickiness: field.to_owned(), group: "g".to_owned() })
}

pub(crate) fn targeted() -> Strategy {
    of_kind(StrategyKind::Targeted { by: "userId".to_owned(), values: Vec::new() })
}

pub(crate) fn of_kind(kind: StrategyKind) -> Strategy {
    Strategy {
        id: "s1".to_owned(),
        title: None,
        kind,
        constraints: Vec::new(),
        segments: Vec::new(),
        variants: Vec::new(),
        disabled: false,
    }
}

/// Changes of a strategy, one after the other.
pub(crate) trait StrategyExt {
    fn id(self, id: &str) -> Self;
    fn when(self, operator: Operator, inverted: bool) -> Self;
    fn segment(self, id: &str) -> Self;
    fn variants(self, variants: &[(&str, u32)]) -> Self;
    fn disabled(self) -> Self;
}

impl StrategyExt for Strategy {
    fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    fn when(mut self, operator: Operator, inverted: bool) -> Self {
        self.constraints.push(constraint(operator, inverted));
        self
    }

    fn segment(mut self, id: &str) -> Self {
        self.segments.push(SegmentId(id.to_owned()));
        self
    }

    fn variants(mut self, list: &[(&str, u32)]) -> Self {
        self.variants = variants(list);
        self
    }

    fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

pub(crate) fn constraint(operator: Operator, inverted: bool) -> Constraint {
    Constraint { field: "field".to_owned(), operator, inverted, case_insensitive: false }
}

/// A condition on something else than time.
pub(crate) fn of_context() -> Operator {
    Operator::Other { name: "IN".to_owned(), values: vec!["no".to_owned()] }
}

pub(crate) fn after(day: &str) -> Operator {
    Operator::After(time(day))
}

pub(crate) fn before(day: &str) -> Operator {
    Operator::Before(time(day))
}

pub(crate) fn variants(list: &[(&str, u32)]) -> Vec<Variant> {
    list.iter().map(|(name, weight)| Variant { name: (*name).to_owned(), weight: *weight, payload: None }).collect()
}

pub(crate) fn needs(parent: &str, required_on: bool, variants: &[&str]) -> Dependency {
    let variants = variants.iter().map(|name| (*name).to_owned()).collect();
    Dependency { parent: key(parent), required_on, variants }
}

pub(crate) fn snapshot(flags: Vec<Flag>) -> Snapshot {
    Snapshot {
        captured_at: time(NOW),
        server: ServerInfo { kind: "unleash".to_owned(), edition: Edition::OpenSource, ..ServerInfo::default() },
        projects: Vec::new(),
        environments: vec![Environment { name: ENV.to_owned(), kind: EnvironmentKind::Production, enabled: true }],
        flag_types: Vec::new(),
        segments: Default::default(),
        flags: flags.into_iter().map(|flag| (flag.key.clone(), flag)).collect(),
        events: Vec::new(),
        events_since: None,
        unknown_names: Vec::new(),
        applications: Vec::new(),
        integrations: Vec::new(),
        access: Default::default(),
        approvals: Default::default(),
        release_templates: Vec::new(),
        provenance: Default::default(),
        gaps: Vec::new(),
    }
}

pub(crate) fn segment(snapshot: &mut Snapshot, id: &str, constraints: Vec<Constraint>) {
    let id = SegmentId(id.to_owned());
    let segment = Segment { id: id.clone(), name: "s".to_owned(), constraints, ..Segment::default() };
    snapshot.segments.insert(id, segment);
}

pub(crate) fn gap(source: Source, reason: GapReason) -> Gap {
    Gap { source, flag: None, reason, detail: "the token may not read it".to_owned() }
}

/// An event of the flag `f`; ids count up in the order of the calls in `log`.
pub(crate) fn event(at: &str, environment: Option<&str>, kind: EventKind) -> Event {
    Event {
        id: 0,
        at: time(at),
        actor: Actor { name: "ana".to_owned(), id: None, kind: ActorKind::Account },
        kind,
        flag: Some(key("f")),
        project: None,
        environment: environment.map(str::to_owned),
        group: None,
    }
}

pub(crate) fn log(events: Vec<Event>) -> Vec<Event> {
    events.into_iter().zip(1..).map(|(event, id)| Event { id, ..event }).collect()
}

/// Evidence without references, at [`NOW`].
pub(crate) fn evidence(snapshot: &Snapshot) -> Evidence {
    Evidence::new(EvidenceBuilder { snapshot: Some(snapshot.clone()), ..EvidenceBuilder::at(time(NOW)) })
}
