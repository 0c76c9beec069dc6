//! All rules over a large server and a large code base: 5,000 flags, 20,000 references, 100,000 events.
//!
//! `cargo bench -p downhaul-policy`. It says how long the joining and the rules took, what came out, and the most memory
//! that was in use (on Linux). Wanted are a second for the rules and 300 MB.

#![allow(
    clippy::print_stdout,
    clippy::manual_is_multiple_of,
    reason = "a program of its own, and remainders read better"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use downhaul_core::{
    Actor, ActorKind, Confidence, Context, Edition, Enclosing, Environment, EnvironmentKind, Event, EventKind,
    Evidence, EvidenceBuilder, Fallback, Flag, FlagEnvironment, FlagKey, FlagType, FlagTypeInfo, Lifecycle, Location,
    PathClass, Position, Project, Provenance, Reference, ReferenceKind, ReferencedKey, Resolution, Returns, ServerInfo,
    Snapshot, Stage, StageEntry, Strategy, StrategyKind, Tag, Timestamp, Usage,
};
use downhaul_policy::{Policy, PolicyConfig, check};

const FLAGS: usize = 5_000;
const REFERENCES: usize = 20_000;
const EVENTS: usize = 100_000;
const DAY: i64 = 86_400;
const NOW: i64 = 1_780_000_000;

fn main() {
    let policy = Policy::new(PolicyConfig::default()).expect("the default policy");
    let parts =
        EvidenceBuilder { snapshot: Some(snapshot()), references: references(), ..EvidenceBuilder::at(at(NOW)) };
    let begun = Instant::now();
    let evidence = Evidence::new(parts);
    let joined = begun.elapsed();
    let mut best = None;
    for _ in 0..5 {
        let begun = Instant::now();
        let verdicts = check(&evidence, &policy);
        let took = begun.elapsed();
        best = Some(best.map_or(took, |best: std::time::Duration| best.min(took)));
        std::hint::black_box(&verdicts);
    }
    let verdicts = check(&evidence, &policy);
    println!("{FLAGS} flags, {REFERENCES} references, {EVENTS} events, {} rules", verdicts.tally.len());
    println!(
        "joined in {joined:.0?}; checked in {:.0?} (best of 5); {} findings",
        best.unwrap_or_default(),
        verdicts.findings.len()
    );
    if let Some(peak) = peak_memory() {
        println!("at most {peak} MB in use");
    }
}

/// In megabytes, as the kernel counts.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

fn key(index: usize) -> FlagKey {
    FlagKey::new(&format!("team-{}.feature-{index}", index % 40)).expect("a key")
}

fn created(index: usize) -> i64 {
    NOW - DAY * (5 + i64::try_from(index % 900).expect("small"))
}

fn rollout(index: usize, percent: u8) -> Strategy {
    Strategy {
        id: format!("strategy-{index}"),
        title: None,
        kind: StrategyKind::Rollout {
            percent,
            stickiness: if index % 7 == 0 { "userId" } else { "default" }.to_owned(),
            group: format!("feature-{index}"),
        },
        constraints: Vec::new(),
        segments: Vec::new(),
        variants: Vec::new(),
        disabled: false,
    }
}

fn share(index: usize) -> u8 {
    [100, 100, 25, 50, 5][index % 5]
}

fn flag(index: usize) -> Flag {
    let is_on = index % 3 != 0;
    let state = |environment: &str| FlagEnvironment {
        enabled: is_on || environment == "development",
        strategies: Some(vec![rollout(index, share(index))]),
        last_seen_at: (index % 11 != 0).then(|| at(NOW - 3600)),
        usage: Some(Usage { hours: 48, yes: (index % 11) as u64, ..Usage::default() }),
        ..FlagEnvironment::default()
    };
    let types =
        [FlagType::Release, FlagType::Release, FlagType::Experiment, FlagType::Operational, FlagType::KillSwitch];
    Flag {
        key: key(index),
        project: format!("project-{}", index % 20),
        flag_type: types[index % types.len()].clone(),
        description: Some("What it does, in a sentence of some length, as people write it.".to_owned()),
        created_at: Some(at(created(index))),
        created_by: Some(format!("person-{}", index % 90)),
        archived_at: (index % 17 == 0).then(|| at(NOW - 3 * DAY)),
        stale: index % 23 == 0,
        impression_data: false,
        tags: vec![Tag { kind: "team".to_owned(), value: format!("team-{}", index % 40) }],
        links: Vec::new(),
        collaborators: Vec::new(),
        impact_metrics: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        lifecycle: Lifecycle {
            stages: vec![StageEntry { stage: Stage::Live, entered_at: at(created(index) + DAY) }],
            completion: None,
        },
        environments: ["development", "staging", "production"].map(|name| (name.to_owned(), state(name))).into(),
    }
}

/// Twenty events a flag: made, switched on, then from share to share.
fn events() -> Vec<Event> {
    let each = EVENTS / FLAGS;
    let mut events = Vec::with_capacity(EVENTS);
    for index in 0..FLAGS {
        for step in 0..each {
            let kind = match step {
                0 => EventKind::FlagCreated,
                1 => EventKind::StrategyAdded(Box::new(rollout(index, 5))),
                2 => EventKind::Enabled,
                last if last + 1 == each => {
                    EventKind::StrategyUpdated { before: None, after: Box::new(rollout(index, share(index))) }
                }
                step => {
                    let percent = u8::try_from(step * 4 % 100).expect("below 100");
                    EventKind::StrategyUpdated { before: None, after: Box::new(rollout(index, percent)) }
                }
            };
            let second = created(index) + i64::try_from(step).expect("small") * DAY / 5;
            events.push(event(events.len(), second, index, kind));
        }
    }
    events
}

fn event(id: usize, second: i64, index: usize, kind: EventKind) -> Event {
    let person = i64::try_from(index % 90).expect("small");
    let environment = (kind != EventKind::FlagCreated).then(|| "production".to_owned());
    Event {
        id: i64::try_from(id).expect("small"),
        at: at(second),
        actor: Actor { name: format!("person-{person}"), id: Some(person + 1), kind: ActorKind::Account },
        kind,
        flag: Some(key(index)),
        project: Some(format!("project-{}", index % 20)),
        environment,
        group: None,
    }
}

fn snapshot() -> Snapshot {
    let environment =
        |(name, kind): (&str, EnvironmentKind)| Environment { name: name.to_owned(), kind, enabled: true };
    Snapshot {
        captured_at: at(NOW),
        server: ServerInfo { kind: "unleash".to_owned(), edition: Edition::OpenSource, ..ServerInfo::default() },
        projects: (0..20).map(|one| Project { id: format!("project-{one}"), ..Project::default() }).collect(),
        environments: [
            ("development", EnvironmentKind::Development),
            ("staging", EnvironmentKind::PreProduction),
            ("production", EnvironmentKind::Production),
        ]
        .map(environment)
        .into(),
        flag_types: vec![FlagTypeInfo { flag_type: FlagType::Release, lifetime_days: Some(40) }],
        segments: BTreeMap::new(),
        flags: (0..FLAGS).map(|index| (key(index), flag(index))).collect(),
        events: events(),
        events_since: None,
        unknown_names: Vec::new(),
        applications: Vec::new(),
        integrations: Vec::new(),
        access: Default::default(),
        approvals: Default::default(),
        release_templates: Vec::new(),
        provenance: Provenance::default(),
        gaps: Vec::new(),
    }
}

fn references() -> Vec<Reference> {
    let reference = |index: usize| {
        let line = u32::try_from(index % 400 + 1).expect("small");
        let start = Position { line, column: 5 };
        let path = format!("services/service-{}/src/module-{}.ts", index % 50, index % 700);
        Reference {
            key: ReferencedKey::Known(key(index * 7 % FLAGS)),
            kind: ReferenceKind::Evaluation,
            resolution: Resolution::Literal,
            confidence: Confidence::High,
            sdk: Some("node".to_owned()),
            call: Some("isEnabled".to_owned()),
            returns: Some(Returns::Bool),
            negated: false,
            fallback: (index % 4 == 0).then_some(Fallback::Bool(index % 8 == 0)),
            context: if index % 2 == 0 { Context::Opaque } else { Context::Absent },
            variant: None,
            location: Location { start, end: start, ..Location::file_start(path) },
            via: Vec::new(),
            enclosing: Enclosing::default(),
            expression: format!("unleash.isEnabled('feature-{index}')"),
            class: if index % 9 == 0 { PathClass::Test } else { PathClass::Production },
        }
    };
    (0..REFERENCES).map(reference).collect()
}
