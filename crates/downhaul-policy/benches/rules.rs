//! All rules over a large server and a large code base: 5,000 flags, 20,000 references, 100,000 events, with change
//! requests, tokens, people, segments, a manifest, overrides, exemptions, comments and a baseline.
//!
//! `cargo bench -p downhaul-policy`. It says how long the joining and the rules took, which rules took longest, what came
//! out, and the most memory that was in use (on Linux). Wanted are a second for the rules and 300 MB.

#![allow(
    clippy::print_stdout,
    clippy::manual_is_multiple_of,
    reason = "a program of its own, and remainders read better"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use downhaul_core::access::{Access, ApiToken, Person, Scope, TokenKind, User};
use downhaul_core::approval::{Approvals, ChangeAction, ChangeRequest, ChangeTarget, Protection, RequestState};
use downhaul_core::approval::{RequestedChange, Review};
use downhaul_core::{
    Actor, ActorKind, AddedLines, Confidence, Constraint, Context, Edition, Enclosing, Environment, EnvironmentKind,
    Event, EventKind, Evidence, EvidenceBuilder, Fallback, Flag, FlagEnvironment, FlagKey, FlagType, FlagTypeInfo,
    Lifecycle, Location, Mark, Operator, PathClass, Position, Project, Provenance, Reference, ReferenceKind,
    ReferencedKey, Resolution, Returns, Segment, SegmentId, ServerInfo, Snapshot, Stage, StageEntry, Strategy,
    StrategyKind, Tag, Timestamp, Usage, Verdicts,
};
use downhaul_policy::{Baseline, Marks, Policy, PolicyConfig, check_marked, read_manifest, rules};

const FLAGS: usize = 5_000;
const REFERENCES: usize = 20_000;
const EVENTS: usize = 100_000;
const DAY: i64 = 86_400;
const NOW: i64 = 1_780_000_000;

fn main() {
    let policy = policy(None);
    let manifest = read_manifest("flags.toml", &manifest()).expect("a manifest");
    let parts = EvidenceBuilder {
        snapshot: Some(snapshot()),
        references: references(),
        manifest,
        policy_anchor: Some(Location::file_start("downhaul.toml")),
        ..EvidenceBuilder::at(at(NOW))
    };
    let begun = Instant::now();
    let evidence = Evidence::new(parts);
    let joined = begun.elapsed();
    let inline = comments();
    let check = |policy: &Policy, baseline: Option<&Baseline>| -> Verdicts {
        let baseline = baseline.map(|baseline| (baseline, "downhaul.baseline.json"));
        let marks = Marks { inline: &inline, baseline, whole: true, ..Marks::default() };
        check_marked(&evidence, policy, &AddedLines::default(), &marks)
    };
    let day = policy.day(evidence.now());
    let old = |fingerprint: &str| fingerprint.as_bytes()[0] % 3 != 0;
    let mut first = check(&policy, None);
    first.findings.retain(|finding| old(finding.fingerprint.as_str()));
    let (baseline, _) = Baseline::default().renewed(&evidence, &first, |_| true, day, None);
    let best = best_of(5, || check(&policy, Some(&baseline)));
    let verdicts = check(&policy, Some(&baseline));
    let accepted = verdicts.findings.iter().filter(|finding| finding.suppressed.is_some()).count();
    println!("{FLAGS} flags, {REFERENCES} references, {EVENTS} events, {} rules", verdicts.tally.len());
    println!(
        "joined in {joined:.0?}; checked in {best:.0?} (best of 5); {} findings, {accepted} of them accepted",
        verdicts.findings.len()
    );
    if let Some(peak) = peak_memory() {
        println!("at most {peak} MB in use");
    }
    for (rule, took) in slowest(|policy| check(policy, None)) {
        println!("{took:>9.1?}  {rule}");
    }
}

fn best_of<T>(times: usize, mut work: impl FnMut() -> T) -> Duration {
    let once = |_| {
        let begun = Instant::now();
        std::hint::black_box(work());
        begun.elapsed()
    };
    (0..times).map(once).min().unwrap_or_default()
}

/// Each rule alone, the slowest first.
fn slowest(check: impl Fn(&Policy) -> Verdicts) -> Vec<(&'static str, Duration)> {
    let alone = |rule: &'static str| {
        let policy = policy(Some(rule));
        (rule, best_of(2, || check(&policy)))
    };
    let mut all: Vec<_> = rules().map(|listing| alone(listing.info.id)).collect();
    all.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    all.truncate(8);
    all
}

/// With overrides and exemptions; of all rules, or of one alone.
fn policy(only: Option<&str>) -> Policy {
    let mut text = String::from(
        "preset = \"standard\"\ntimezone = \"Europe/Oslo\"\n\
         [[override]]\nproject = \"project-3\"\nrules.stalled-rollout.after_days = 10\n\
         [[override]]\nflag = \"team-7.*\"\nrules.fully-rolled-out-flag = { severity = \"note\", after_days = 60 }\n\
         [[override]]\npath = \"services/service-9/**\"\nrules.conflicting-defaults.severity = \"note\"\n",
    );
    for index in 0..200 {
        let _ = write!(
            text,
            "[[exempt]]\nrule = \"flag-past-lifetime\"\nflag = \"{}\"\nreason = \"a contract\"\n\
             expires = 2026-12-31\napproved_by = \"@acme/release\"\n",
            key(index * 9)
        );
    }
    let mut config: PolicyConfig = toml::from_str(&text).expect("a policy");
    for listing in rules().filter(|listing| only.is_some_and(|only| listing.info.id != only)) {
        let table = config.rules.entry(listing.info.id.to_owned()).or_default();
        table.insert("severity".to_owned(), "off".into());
    }
    if only.is_some() {
        config.overrides.clear();
    }
    Policy::new(config).expect("a policy")
}

/// An entry for four flags of five.
fn manifest() -> String {
    let mut text = String::from("version = 1\n");
    for index in (0..FLAGS).filter(|index| index % 5 != 0) {
        let _ = write!(
            text,
            "[flags.\"{}\"]\nowner = \"@acme/team-{}\"\ndefault = false\nexpires = 2026-{:02}-28\n\
             removal = {{ issue = \"SHOP-{index}\" }}\nsuccess = [{{ metric = \"orders\", goal = \">= 1 %\" }}]\n\
             env.production = {{ enabled = true, rollout = {{ max = {} }} }}\n",
            key(index),
            index % 40,
            index % 12 + 1,
            share(index + index % 2),
        );
    }
    text
}

/// Comments that accept findings, of which some have nothing to accept.
fn comments() -> Vec<Mark> {
    let mark = |index: usize| {
        let line = u32::try_from(index % 400 + 1).expect("small");
        let path = format!("services/service-{}/src/module-{}.ts", index % 50, index % 700);
        Mark {
            rule: "conflicting-defaults".to_owned(),
            reason: Some("agreed".to_owned()),
            until: None,
            problem: None,
            location: Location::file_start(path),
            line,
        }
    };
    (0..300).map(|index| mark(index * 13)).collect()
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
        segments: if index % 10 == 0 { vec![SegmentId((index % 30).to_string())] } else { Vec::new() },
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
            let second = moment(index, step);
            events.push(event(events.len(), second, index, kind));
        }
    }
    // Segments change too, and each change concerns all flags that use them.
    for (nth, place) in (0..EVENTS).step_by(EVENTS / 300).enumerate() {
        events[place].kind = EventKind::SegmentUpdated(SegmentId((nth % 30).to_string()));
        (events[place].flag, events[place].environment) = (None, None);
    }
    events
}

fn moment(index: usize, step: usize) -> i64 {
    created(index) + i64::try_from(step).expect("small") * DAY / 5
}

/// Whether an event of a flag came through a change request.
fn is_requested(index: usize, step: usize) -> bool {
    step > 1 && (index + step) % 3 == 0
}

fn person(number: usize) -> Person {
    Person { id: Some(i64::try_from(number % 90).expect("small") + 1), name: format!("person-{}", number % 90) }
}

/// A request for every third change.
fn requests() -> Vec<ChangeRequest> {
    let mut requests = Vec::new();
    for index in 0..FLAGS {
        for step in (0..EVENTS / FLAGS).filter(|step| is_requested(index, *step)) {
            let second = moment(index, step);
            requests.push(ChangeRequest {
                id: request_id(index, step),
                title: Some("the next step".to_owned()),
                project: format!("project-{}", index % 20),
                environment: "production".to_owned(),
                state: RequestState::Applied,
                author: person(index),
                created_at: at(second - 3600),
                required: Some(1),
                approvals: vec![Review { by: person(index + step % 2), at: Some(at(second - 600)) }],
                rejections: Vec::new(),
                comments: Vec::new(),
                entered: [(RequestState::Applied, at(second))].into(),
                schedule: None,
                changes: vec![RequestedChange {
                    target: ChangeTarget::Flag(key(index)),
                    action: ChangeAction::UpdateStrategy(Box::new(rollout(index, share(index)))),
                    by: Some(person(index)),
                    at: None,
                }],
            });
        }
    }
    requests
}

fn request_id(index: usize, step: usize) -> i64 {
    i64::try_from(index * 100 + step).expect("small")
}

fn access() -> Access {
    let token = |index: usize| ApiToken {
        name: format!("token-{index}"),
        kind: if index % 50 == 0 { TokenKind::Admin } else { TokenKind::Backend },
        projects: if index % 9 == 0 { Scope::All } else { Scope::Only(vec![format!("project-{}", index % 20)]) },
        environments: Scope::Only(vec!["production".to_owned()]),
        created_at: Some(at(NOW - DAY * 300)),
        expires_at: (index % 3 == 0).then(|| at(NOW + DAY * 30)),
        seen_at: Some(at(NOW - DAY)),
        storage: None,
    };
    let user = |index: usize| User {
        person: person(index),
        role: Some("Editor".to_owned()),
        created_at: Some(at(NOW - DAY * 900)),
        seen_at: Some(at(NOW - DAY)),
    };
    Access { tokens: (0..500).map(token).collect(), users: (0..90).map(user).collect(), ..Access::default() }
}

fn segment(index: usize) -> (SegmentId, Segment) {
    let id = SegmentId(index.to_string());
    let operator = Operator::Other { name: "IN".to_owned(), values: vec!["no".to_owned(), "se".to_owned()] };
    let constraints =
        vec![Constraint { field: "country".to_owned(), operator, inverted: false, case_insensitive: false }];
    (id.clone(), Segment { id, name: format!("segment {index}"), constraints, ..Segment::default() })
}

fn event(id: usize, second: i64, index: usize, kind: EventKind) -> Event {
    let requested = is_requested(index, id % (EVENTS / FLAGS));
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
        group: requested.then(|| ("change-request".to_owned(), request_id(index, id % (EVENTS / FLAGS)).to_string())),
    }
}

fn protection(index: usize) -> Protection {
    Protection { project: format!("project-{index}"), environment: "production".to_owned(), required: Some(1) }
}

fn snapshot() -> Snapshot {
    let environment =
        |(name, kind): (&str, EnvironmentKind)| Environment { name: name.to_owned(), kind, enabled: true };
    Snapshot {
        captured_at: at(NOW),
        server: ServerInfo { kind: "unleash".to_owned(), edition: Edition::Enterprise, ..ServerInfo::default() },
        projects: (0..20).map(|one| Project { id: format!("project-{one}"), ..Project::default() }).collect(),
        environments: [
            ("development", EnvironmentKind::Development),
            ("staging", EnvironmentKind::PreProduction),
            ("production", EnvironmentKind::Production),
        ]
        .map(environment)
        .into(),
        flag_types: vec![FlagTypeInfo { flag_type: FlagType::Release, lifetime_days: Some(40) }],
        segments: (0..30).map(segment).collect(),
        flags: (0..FLAGS).map(|index| (key(index), flag(index))).collect(),
        events: events(),
        events_since: None,
        unknown_names: Vec::new(),
        applications: Vec::new(),
        integrations: Vec::new(),
        access: access(),
        approvals: Approvals { protections: (0..20).map(protection).collect(), requests: requests() },
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
