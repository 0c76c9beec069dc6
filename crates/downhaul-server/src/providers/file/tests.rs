//! Writing and reading back gives the same snapshot; what cannot be read says why.

mod governance;
mod properties;
mod schema;

use std::collections::BTreeMap;

use downhaul_core::{
    Access, Actor, ActorKind, Approvals, Completion, Constraint, Dependency, Edition, Environment, EnvironmentKind,
    Event, EventKind, Flag, FlagEnvironment, FlagKey, FlagType, FlagTypeInfo, Gap, GapReason, ImpactMetric, Lifecycle,
    Link, NamingPattern, Operator, Owner, Project, Provenance, RequestStep, SafeguardAction, Segment, SegmentId,
    SegmentUse, ServerInfo, Side, Snapshot, Source, Stage, StageEntry, Strategy, StrategyKind, Tag, Timestamp,
    UnknownName, Usage, Variant,
};

use super::{SnapshotFile, read, write};
use crate::{FlagServer, ServerError};

fn at(second: i64) -> Timestamp {
    Timestamp::new(1_700_000_000 + second, 123_000_000).expect("a time in range")
}

fn key(text: &str) -> FlagKey {
    FlagKey::new(text).expect("a valid key")
}

fn environments() -> Vec<Environment> {
    let kinds = [
        EnvironmentKind::Production,
        EnvironmentKind::PreProduction,
        EnvironmentKind::Development,
        EnvironmentKind::Test,
        EnvironmentKind::Other("edge \"quoted\"".to_owned()),
    ];
    let name = |(index, kind): (usize, EnvironmentKind)| Environment {
        name: format!("environment-{index}"),
        kind,
        enabled: index % 2 == 0,
    };
    kinds.into_iter().enumerate().map(name).collect()
}

fn constraints() -> Vec<Constraint> {
    let operators = [
        Operator::After(at(1)),
        Operator::Before(at(2)),
        Operator::Other { name: "IN".to_owned(), values: vec!["a".to_owned(), String::new()] },
        Operator::Other { name: "EXISTS".to_owned(), values: Vec::new() },
    ];
    let constraint = |(index, operator)| Constraint {
        field: format!("field-{index}"),
        operator,
        inverted: index == 1,
        case_insensitive: index == 2,
    };
    operators.into_iter().enumerate().map(constraint).collect()
}

fn strategies() -> Vec<Strategy> {
    let kinds = [
        StrategyKind::Rollout { percent: 37, stickiness: "userId".to_owned(), group: "g".to_owned() },
        StrategyKind::Targeted { by: "userIds".to_owned(), values: vec!["7".to_owned()] },
        StrategyKind::Unreadable("rollout is `many`".to_owned()),
    ];
    let variants = vec![
        Variant { name: "a".to_owned(), weight: 400, payload: Some(("{\"x\":1}".to_owned(), "json".to_owned())) },
        Variant { name: "b".to_owned(), weight: 600, payload: None },
    ];
    let strategy = |(index, kind)| Strategy {
        id: format!("s{index}"),
        title: (index == 1).then(|| "Pilot".to_owned()),
        kind,
        constraints: if index == 0 { constraints() } else { Vec::new() },
        segments: vec![SegmentId("7".to_owned())],
        variants: if index == 0 { variants.clone() } else { Vec::new() },
        disabled: index == 2,
    };
    kinds.into_iter().enumerate().map(strategy).collect()
}

fn full_flag() -> Flag {
    let usage = Usage {
        hours: 48,
        yes: u64::MAX,
        no: 3,
        variants: BTreeMap::from([("a".to_owned(), 1)]),
        applications: vec!["shop".to_owned()],
        last_at: Some(at(7)),
    };
    let production = FlagEnvironment {
        enabled: true,
        strategies: Some(strategies()),
        variants: vec![Variant { name: "old".to_owned(), weight: 1000, payload: None }],
        last_seen_at: Some(at(3)),
        usage: Some(usage),
        release_plans: vec![governance::plan(strategies())],
        safeguards: vec![governance::safeguard(SafeguardAction::SwitchOff, Side::Below)],
    };
    let no_strategy = FlagEnvironment { strategies: Some(Vec::new()), ..FlagEnvironment::default() };
    let stages = [Stage::Initial, Stage::PreLive, Stage::Live, Stage::Completed, Stage::Archived];
    Flag {
        key: key("shipping.slot picker/ü"),
        project: "default".to_owned(),
        flag_type: FlagType::Other("wish".to_owned()),
        description: Some("Line one\nline two".to_owned()),
        created_at: Some(at(4)),
        created_by: Some("Alice".to_owned()),
        archived_at: Some(at(5)),
        stale: true,
        impression_data: true,
        tags: vec![Tag { kind: "team".to_owned(), value: "checkout".to_owned() }],
        links: vec![
            Link { title: Some("Ticket".to_owned()), url: "https://example.com/1".to_owned() },
            Link { title: None, url: "https://example.com/2".to_owned() },
        ],
        collaborators: vec!["Bob".to_owned()],
        impact_metrics: vec![ImpactMetric { metric: "errors".to_owned(), title: Some("Errors".to_owned()) }],
        parents: vec![Dependency { parent: key("p"), required_on: false, variants: vec!["a".to_owned()] }],
        children: vec![key("c")],
        lifecycle: Lifecycle {
            stages: stages.map(|stage| StageEntry { stage, entered_at: at(6) }).to_vec(),
            completion: Some(Completion::Kept { variant: Some("a".to_owned()) }),
        },
        environments: BTreeMap::from([
            ("production".to_owned(), production),
            ("staging".to_owned(), no_strategy),
            ("unread".to_owned(), FlagEnvironment::default()),
        ]),
    }
}

fn bare_flag(name: &str, completion: Option<Completion>) -> Flag {
    Flag {
        key: key(name),
        project: "p".to_owned(),
        flag_type: FlagType::KillSwitch,
        description: None,
        created_at: None,
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
        lifecycle: Lifecycle { stages: Vec::new(), completion },
        environments: BTreeMap::new(),
    }
}

fn event_kinds() -> Vec<EventKind> {
    let one = strategies().remove(0);
    vec![
        EventKind::FlagCreated,
        EventKind::FlagRevived,
        EventKind::FlagArchived,
        EventKind::FlagDeleted,
        EventKind::FlagCompleted { kept: Some(true), variant: Some("a".to_owned()) },
        EventKind::FlagCompleted { kept: None, variant: None },
        EventKind::FlagUncompleted,
        EventKind::MarkedStale,
        EventKind::UnmarkedStale,
        EventKind::FlagMoved,
        EventKind::Enabled,
        EventKind::Disabled,
        EventKind::StrategyAdded(Box::new(one.clone())),
        EventKind::StrategyUpdated { before: Some(Box::new(one.clone())), after: Box::new(one.clone()) },
        EventKind::StrategyUpdated { before: None, after: Box::new(one) },
        EventKind::StrategyRemoved { id: Some("s1".to_owned()) },
        EventKind::StrategyRemoved { id: None },
        EventKind::StrategiesReordered,
        EventKind::VariantsUpdated,
        EventKind::DependencyAdded,
        EventKind::DependencyRemoved,
        EventKind::RolloutProgressed,
        EventKind::SafeguardTriggered,
        EventKind::Described { description: Some("why".to_owned()) },
        EventKind::LinkAdded(Link { title: None, url: "https://example.com/3".to_owned() }),
        EventKind::Tagged(Tag { kind: "owner".to_owned(), value: "a".to_owned() }),
        EventKind::Untagged(Tag { kind: "owner".to_owned(), value: "a".to_owned() }),
        EventKind::RequestMoved { id: Some(214), step: RequestStep::Applied },
        EventKind::RequestMoved { id: None, step: RequestStep::Other("x".to_owned()) },
        EventKind::SegmentUpdated(SegmentId("7".to_owned())),
        EventKind::Other("user-created".to_owned()),
    ]
}

fn events() -> Vec<Event> {
    let actors = [ActorKind::Account, ActorKind::SharedToken, ActorKind::System, ActorKind::Unknown];
    let event = |(index, kind): (usize, EventKind)| Event {
        id: index as i64,
        at: at(index as i64),
        actor: Actor { name: String::new(), id: (index > 3).then_some(-42), kind: actors[index % 4] },
        kind,
        flag: (index > 1).then(|| key("f")),
        project: (index > 1).then(|| "p".to_owned()),
        environment: (index > 2).then(|| "production".to_owned()),
        group: (index > 3).then(|| ("transaction".to_owned(), "01".to_owned())),
    };
    event_kinds().into_iter().enumerate().map(event).collect()
}

/// Every variant of every enumeration, every field once set and once not.
fn full() -> Snapshot {
    let flags = [
        full_flag(),
        bare_flag("bare", None),
        bare_flag("discarded", Some(Completion::Discarded)),
        bare_flag("unspecified", Some(Completion::Unspecified)),
        bare_flag("kept", Some(Completion::Kept { variant: None })),
    ];
    let segment = |id: &str, project: Option<&str>, constraints| Segment {
        id: SegmentId(id.to_owned()),
        name: format!("segment {id}"),
        project: project.map(str::to_owned),
        created_at: project.map(|_| at(8)),
        constraints,
        used_in: (id == "7").then_some(SegmentUse { flags: 2, projects: 1 }),
    };
    let segments = [segment("7", Some("p"), constraints()), segment("8", None, Vec::new())];
    let gap = |(index, source): (usize, Source)| Gap {
        source,
        flag: (index == 2).then(|| key("f")),
        reason: GapReason::ALL[index % GapReason::ALL.len()],
        detail: "no".to_owned(),
    };
    Snapshot {
        captured_at: at(0),
        server: ServerInfo {
            kind: "unleash".to_owned(),
            url: Some("https://unleash.example.com".to_owned()),
            version: Some("8.2.0".to_owned()),
            edition: Edition::Enterprise,
            clock_ahead: Some(-7),
            anonymises_events: Some(true),
            segment_values: Some(1000),
        },
        projects: projects(),
        environments: environments(),
        flag_types: vec![
            FlagTypeInfo { flag_type: FlagType::Release, lifetime_days: Some(40) },
            FlagTypeInfo { flag_type: FlagType::KillSwitch, lifetime_days: None },
        ],
        segments: segments.into_iter().map(|segment| (segment.id.clone(), segment)).collect(),
        flags: flags.into_iter().map(|flag| (flag.key.clone(), flag)).collect(),
        events: events(),
        events_since: Some(at(-1000)),
        unknown_names: vec![
            UnknownName {
                key: key("gone"),
                last_seen_at: Some(at(9)),
                reports: vec![("shop".to_owned(), "production".to_owned())],
            },
            UnknownName { key: key("never"), last_seen_at: None, reports: Vec::new() },
        ],
        applications: governance::applications(),
        integrations: governance::integrations(),
        access: governance::access(),
        approvals: governance::approvals(strategies().remove(0)),
        release_templates: vec![governance::template(strategies())],
        provenance: Provenance { previous: Some("0123".to_owned()), redacted: true },
        gaps: Source::ALL.into_iter().enumerate().map(gap).collect(),
    }
}

fn projects() -> Vec<Project> {
    let naming = NamingPattern { pattern: "[a-z-]+".to_owned(), example: Some("a-b".to_owned()), description: None };
    let owners = vec![Owner::Group("Checkout".to_owned()), Owner::Person("Alice".to_owned())];
    let bare = Project { id: "bare".to_owned(), name: "Bare".to_owned(), ..Project::default() };
    vec![
        Project { id: "default".to_owned(), name: "Default".to_owned(), owners: Some(owners), naming: Some(naming) },
        bare,
    ]
}

/// Nothing but what must be there.
fn empty(edition: Edition) -> Snapshot {
    Snapshot {
        captured_at: at(0),
        server: ServerInfo { kind: "unleash".to_owned(), edition, ..ServerInfo::default() },
        projects: Vec::new(),
        environments: Vec::new(),
        flag_types: Vec::new(),
        segments: BTreeMap::new(),
        flags: BTreeMap::new(),
        events: Vec::new(),
        events_since: None,
        unknown_names: Vec::new(),
        applications: Vec::new(),
        integrations: Vec::new(),
        access: Access::default(),
        approvals: Approvals::default(),
        release_templates: Vec::new(),
        provenance: Provenance::default(),
        gaps: Vec::new(),
    }
}

#[test]
fn everything_comes_back() {
    for snapshot in [full(), empty(Edition::OpenSource), empty(Edition::Unknown)] {
        for (name, gz) in [("a.json", false), ("a.json.gz", true)] {
            let bytes = write(&snapshot, "1.2.3", gz);
            assert_eq!(read(&bytes, name).expect("our own file can be read"), snapshot);
            assert_eq!(write(&snapshot, "1.2.3", gz), bytes, "the same snapshot gives the same bytes");
        }
    }
}

#[test]
fn provider_gives_the_snapshot() {
    let file = SnapshotFile::new("a.json", write(&full(), "1.2.3", false));
    assert_eq!(file.capture(&()).expect("our own file can be read"), full());
}

#[test]
fn file_says_first_what_it_is_and_has_one_event_a_line() {
    let text = String::from_utf8(write(&full(), "1.2.3", false)).expect("text");
    let head = "{\n  \"version\": 1,\n  \"tool\": {\n    \"name\": \"downhaul\",\n    \"version\": \"1.2.3\"\n  },\n";
    assert!(text.starts_with(head), "{text}");
    let log = text.rsplit_once("\n  \"events\": [\n").expect("the log is there").1;
    assert_eq!(log.lines().count(), event_kinds().len() + 2);
    assert!(text.ends_with("\n  ]\n}\n"));
}

#[test]
fn gzip_is_recognised_under_any_name() {
    assert_eq!(read(&write(&full(), "1", true), "a.json").expect("gzip is recognised"), full());
}

#[test]
fn fields_of_a_later_version_are_ignored() {
    let text = String::from_utf8(write(&full(), "1", false)).expect("text");
    let text = text.replacen("\"server\": {", "\"weather\": \"fine\",\n  \"server\": {\n    \"colour\": 3,", 1);
    assert_eq!(read(text.as_bytes(), "a.json").expect("unknown fields are ignored"), full());
}

#[test]
fn what_an_earlier_downhaul_did_not_read_is_a_gap() {
    let text = String::from_utf8(write(&empty(Edition::Enterprise), "1", false)).expect("text");
    let mut older: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let lacks = ["applications", "integrations", "access", "approvals", "release_templates"];
    for name in lacks {
        assert!(older.as_object_mut().expect("an object").remove(name).is_some(), "{name}");
    }
    let read = read(older.to_string().as_bytes(), "a.json").expect("an older file can be read");
    assert!(read.gaps.iter().all(|gap| gap.reason == GapReason::Absent && gap.flag.is_none()));
    let mut sources: Vec<Source> = read.gaps.iter().map(|gap| gap.source).collect();
    sources.sort();
    assert_eq!(sources, Source::ALL[13..], "each source that was added later");
}

#[test]
fn cut_off_file_says_where_it_ends() {
    let bytes = write(&full(), "1", false);
    let whole_lines = bytes.len() / 2;
    let error = read(&bytes[..whole_lines], "a.json").expect_err("half a file");
    assert!(matches!(error, ServerError::SnapshotTruncated { line, .. } if line > 10), "{error:?}");
    let error = read(b"", "a.json").expect_err("no file at all");
    assert!(matches!(error, ServerError::SnapshotTruncated { .. }), "{error:?}");
}

#[test]
fn what_is_no_json_says_so() {
    let error = read(b"<html>", "a.json").expect_err("HTML");
    assert_eq!(error.to_string(), "a.json is not JSON: expected value at line 1 column 1");
    assert!(error.is_users_input());
}

#[test]
fn newer_format_asks_for_an_update() {
    let text = String::from_utf8(write(&full(), "1", false)).expect("text");
    let newer = text.replacen("\"version\": 1", "\"version\": 2", 1);
    let error = read(newer.as_bytes(), "a.json").expect_err("a newer format");
    assert_eq!(
        error.to_string(),
        "a.json was written by a newer downhaul (format 2, this one reads up to 1): update downhaul"
    );
}

#[test]
fn other_json_is_told_apart() {
    let cases = [
        ("[]", "it is JSON, but not the object that a snapshot is"),
        ("{}", "it is JSON without a format number (`version`)"),
        (r#"{"version":"1"}"#, "it is JSON without a format number (`version`)"),
        (r#"{"version":2,"features":[]}"#, "it does not say which tool wrote it (`tool`)"),
        (r#"{"version":1,"tool":{}}"#, "it has no `captured_at` and `flags`"),
        (r#"{"version":1,"tool":{},"references":[]}"#, "it holds references, as written by `downhaul scan`"),
        (
            r#"{"version":1,"tool":{},"findings":[]}"#,
            "it holds findings, as written by `downhaul check` or as a baseline",
        ),
    ];
    for (text, expected) in cases {
        match read(text.as_bytes(), "a.json") {
            Err(ServerError::NotASnapshot { detail, .. }) => assert_eq!(detail, expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn broken_gzip_says_so() {
    let bytes = write(&full(), "1", true);
    for broken in [&bytes[..bytes.len() / 2], b"{}", b""] {
        let error = read(broken, "a.json.gz").expect_err("no gzip");
        assert!(matches!(error, ServerError::SnapshotGzip { .. }), "{error:?}");
    }
}

#[test]
fn fault_inside_tells_the_line() {
    let text = String::from_utf8(write(&full(), "1", false)).expect("text");
    let cases = [
        ("\"key\": \"bare\"", "\"key\": \"\"", "a flag key must not be empty"),
        ("\"key\": \"bare\"", "\"key\": \"kept\"", "the flag `kept` stands there twice"),
        ("\"id\": \"8\"", "\"id\": \"7\"", "the segment `7` stands there twice"),
        ("\"percent\": 37", "\"percent\": 3700", "line"),
        ("\"percent\": 37", "\"percent\": 101", "a share is between 0 and 100 percent"),
        ("\"edition\": \"enterprise\"", "\"edition\": \"gold\"", "(written by downhaul 1)"),
    ];
    for (from, to, expected) in cases {
        assert!(text.contains(from), "{from}");
        match read(text.replacen(from, to, 1).as_bytes(), "a.json") {
            Err(ServerError::SnapshotInvalid { detail, .. }) => assert!(detail.contains(expected), "{detail}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}
