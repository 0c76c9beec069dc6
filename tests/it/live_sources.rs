//! Every source of a live server, held against what was seeded there. A source without a check does not pass.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::harness::{downhaul, project, run};
use crate::live::{Server, estate, left_out, server};
use crate::live_estate::{days, last, list, strings, text};

/// The snapshot of an admin, whom nothing is hidden from, and the estate without what this version cannot have.
struct World {
    snapshot: Value,
    estate: toml::Value,
    flags: Vec<toml::Value>,
    /// When the estate was seeded: its times are days before.
    seeded_at: Timestamp,
}

type Check = fn(&World);

/// What the open-source server does not have, and says so.
const PAID: [&str; 7] =
    ["protections", "change-requests", "release-plans", "impact-metrics", "roles", "grants", "service-accounts"];

/// A check for each source of a snapshot.
const CHECKS: [(&str, Check); 19] = [
    ("flags", flags),
    ("archived-flags", archived),
    ("details", details),
    ("lifecycle", lifecycle),
    ("flag-types", flag_types),
    ("events", events),
    ("usage", usage),
    ("unknown-names", unknown_names),
    ("segments", segments),
    ("environments", environments),
    ("projects", projects),
    ("naming", naming),
    ("labels", labels),
    ("applications", applications),
    ("integrations", integrations),
    ("tokens", tokens),
    ("users", users),
    ("admins", admins),
    ("headcount", headcount),
];

#[test]
fn every_source_has_a_check() {
    let schema = run(downhaul(&project()).args(["schema", "snapshot"])).exits(0).json();
    let sources: BTreeSet<&str> = strings(&schema["$defs"]["Source"]["enum"]).into_iter().collect();
    let checked: BTreeSet<&str> = CHECKS.iter().map(|(name, _)| *name).chain(PAID).collect();
    assert!(sources.len() > 20 && sources == checked, "{:?}", sources.symmetric_difference(&checked));
}

#[test]
fn live_sources_are_as_they_were_seeded() {
    let Some(world) = World::read() else { return };
    let gaps = world.snapshot["gaps"].as_array().expect("gaps");
    for (name, check) in CHECKS {
        assert!(gaps.iter().all(|gap| gap["source"] != name), "{name} was not read as a whole: {gaps:?}");
        check(&world);
    }
    let paid: BTreeSet<&str> = gaps.iter().filter_map(|gap| gap["source"].as_str()).collect();
    assert_eq!(paid, PAID.into_iter().collect());
    assert!(gaps.iter().all(|gap| gap["reason"] == "unsupported" && gap.get("flag").is_none()), "{gaps:?}");
}

impl World {
    fn read() -> Option<World> {
        let server = server()?;
        let token = std::env::var("UNLEASH_ADMIN_TOKEN").expect("`cargo xtask unleash env` names it");
        let server = Server { token, ..server };
        let answer = server.downhaul(&["snapshot", "-q", "-"]).exits(0);
        let estate = toml::Value::Table(estate());
        let left_out = left_out();
        let is_there = |flag: &&toml::Value| !left_out.contains(text(flag, "name").unwrap_or_default());
        let flags: Vec<toml::Value> = list(&estate, "flag").iter().filter(is_there).cloned().collect();
        let mut world = World { snapshot: answer.json(), estate, flags, seeded_at: Timestamp::UNIX_EPOCH };
        let first = &world.flags[0];
        let made = moment(&world.captured(first)["created_at"]);
        world.seeded_at = made + ago(first, "age_days").expect("an age");
        Some(world)
    }

    fn captured(&self, flag: &toml::Value) -> &Value {
        let name = text(flag, "name").expect("a name");
        let all = self.snapshot["flags"].as_array().expect("flags");
        all.iter().find(|flag| flag["key"] == name).unwrap_or_else(|| panic!("{name} was not captured"))
    }

    fn before(&self, flag: &toml::Value, key: &str) -> Option<Timestamp> {
        ago(flag, key).map(|ago| self.seeded_at - ago)
    }

    /// Each seeded flag beside the captured one.
    fn pairs(&self) -> impl Iterator<Item = (&toml::Value, &Value)> {
        self.flags.iter().map(|flag| (flag, self.captured(flag)))
    }

    fn full_name(&self, user: &str) -> &str {
        let user = list(&self.estate, "user").iter().find(|one| text(one, "name") == Some(user));
        user.and_then(|user| text(user, "full_name")).expect("a user of the estate")
    }
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no moment"))
}

/// As the seeding counts: whole seconds.
fn ago(table: &toml::Value, key: &str) -> Option<SignedDuration> {
    let days = table.get(key).and_then(days)?;
    Some(SignedDuration::from_secs((days * 86_400.0).round() as i64))
}

fn names<'a>(list: &'a Value, key: &str) -> BTreeSet<&'a str> {
    list.as_array().into_iter().flatten().filter_map(|one| one[key].as_str()).collect()
}

fn seeded<'a>(world: &'a World, key: &str) -> impl Iterator<Item = &'a str> {
    list(&world.estate, key).iter().filter_map(|one| text(one, "name"))
}

fn flags(world: &World) {
    assert_eq!(world.snapshot["flags"].as_array().map(Vec::len), Some(world.flags.len()));
    for (flag, captured) in world.pairs() {
        assert_eq!(captured["type"].as_str(), text(flag, "type"), "{captured}");
        assert_eq!(captured["description"].as_str(), text(flag, "description"), "{captured}");
        assert_eq!(Some(moment(&captured["created_at"])), world.before(flag, "age_days"), "{captured}");
        assert_eq!(captured["stale"] == true, flag.get("stale_days").is_some(), "{captured}");
        assert_eq!(captured["project"], "default");
    }
}

fn archived(world: &World) {
    let mut count = 0;
    for (flag, captured) in world.pairs() {
        let at = captured.get("archived_at").map(moment);
        assert_eq!(at, world.before(flag, "archived_days"), "{captured}");
        count += usize::from(at.is_some());
    }
    assert!(count > 0, "an estate without archived flags proves nothing");
}

/// Strategies one by one are the matter of `live_estate`.
fn details(world: &World) {
    for (flag, captured) in world.pairs().filter(|(flag, _)| flag.get("archived_days").is_none()) {
        let name = text(flag, "name").expect("a name");
        let parent = flag.get("parent");
        let dependency = &captured["parents"][0];
        assert_eq!(dependency["parent"].as_str(), parent.and_then(|parent| text(parent, "flag")), "{name}");
        if let Some(on) = parent.and_then(|parent| parent.get("on")).and_then(toml::Value::as_bool) {
            assert_eq!(dependency["required_on"], on, "{name}");
        }
        let is_child = |other: &&toml::Value| {
            other.get("parent").and_then(|parent| text(parent, "flag")) == Some(name)
                && other.get("archived_days").is_none()
        };
        let children: BTreeSet<&str> =
            world.flags.iter().filter(is_child).filter_map(|flag| text(flag, "name")).collect();
        assert_eq!(strings(&captured["children"]).into_iter().collect::<BTreeSet<_>>(), children, "{name}");
        for environment in ["development", "production"] {
            assert!(captured["environments"][environment]["strategies"].is_array(), "{name} in {environment}");
        }
    }
}

fn lifecycle(world: &World) {
    for (flag, captured) in world.pairs() {
        let completed = flag.get("completed").unwrap_or(&toml::Value::Boolean(false)).clone();
        let at = |table: &toml::Value, key: &str| world.before(table, key);
        let seeded: Vec<(&str, Timestamp)> = [
            ("initial", at(flag, "age_days")),
            ("pre-live", at(flag, "pre_live_days")),
            ("live", at(flag, "live_days")),
            ("completed", at(&completed, "days")),
            ("archived", at(flag, "archived_days")),
        ]
        .into_iter()
        .filter_map(|(stage, at)| Some((stage, at?)))
        .collect();
        let stages = captured["stages"].as_array().into_iter().flatten();
        let stages: Vec<(&str, Timestamp)> =
            stages.map(|one| (one["stage"].as_str().expect("a stage"), moment(&one["entered_at"]))).collect();
        assert_eq!(stages, seeded, "{captured}");
        let kept = completed.get("kept").and_then(toml::Value::as_bool);
        let completion = captured.get("completion");
        assert_eq!(completion.is_some(), kept.is_some(), "{captured}");
        if let (Some(completion), Some(kept)) = (completion, kept) {
            assert_eq!(completion.get("kept").is_some(), kept, "{captured}");
            assert_eq!(completion["kept"]["variant"].as_str(), text(&completed, "variant"), "{captured}");
        }
    }
}

/// As a new server has them; version 8 came with `sunset`.
fn flag_types(world: &World) {
    let captured: BTreeMap<&str, Option<u64>> = world.snapshot["flag_types"]
        .as_array()
        .expect("types")
        .iter()
        .map(|one| (one["type"].as_str().expect("a type"), one["lifetime_days"].as_u64()))
        .collect();
    let mut expected = BTreeMap::from([
        ("experiment", Some(40)),
        ("kill-switch", None),
        ("operational", Some(7)),
        ("permission", None),
        ("release", Some(40)),
    ]);
    if captured.contains_key("sunset") {
        expected.insert("sunset", Some(90));
    }
    assert_eq!(captured, expected);
    assert_eq!(captured.contains_key("sunset"), left_out().is_empty(), "the estate has flags of this type");
}

/// What happened to each flag, in order, at its time and by whom.
fn events(world: &World) {
    let all = world.snapshot["events"].as_array().expect("events");
    for flag in &world.flags {
        let name = text(flag, "name").expect("a name");
        let own: Vec<&Value> = all.iter().filter(|event| event["flag"] == name).collect();
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for event in &own {
            *found.entry(kind(event)).or_default() += 1;
        }
        // The server's own sweep, once a minute, is no act of the seeding.
        found.remove("feature-potentially-stale-on");
        assert_eq!(found, expected_events(flag), "{name}");
        assert_eq!(kind(own[0]), "flag-created", "{name}");
        // Of what the seeding did at one moment, each step has a second of its own.
        let late = moment(&own[0]["at"]).duration_since(world.before(flag, "age_days").expect("an age"));
        assert!((0..60).contains(&late.as_secs()), "{name}: {late}");
        assert!(own.is_sorted_by_key(|event| moment(&event["at"])), "{name}");
        let by_token = flag.get("by_token").and_then(toml::Value::as_bool) == Some(true);
        let who = format!("{}@example.com", text(flag, "by").expect("a maker"));
        for event in own.iter().filter(|event| kind(event) != "feature-potentially-stale-on") {
            let actor = &event["actor"];
            let is_right = if by_token { actor["kind"] == "shared-token" } else { actor["name"] == *who };
            assert!(is_right, "{name}: {event}");
        }
    }
}

fn kind(event: &Value) -> String {
    let kind = &event["kind"];
    let name = kind.as_str().or_else(|| kind["other"].as_str());
    name.or_else(|| kind.as_object()?.keys().next().map(String::as_str)).expect("a kind").to_owned()
}

fn expected_events(flag: &toml::Value) -> BTreeMap<String, usize> {
    let mut expected = BTreeMap::from([("flag-created", 1)]);
    let mut add = |kind, count: usize| *expected.entry(kind).or_default() += count;
    let set = |key: &str| usize::from(flag.get(key).is_some());
    add("tagged", list(flag, "tags").len() + set("expires_days"));
    add("link-added", list(flag, "links").len());
    add("dependency-added", set("parent"));
    add("marked-stale", set("stale_days"));
    add("flag-completed", set("completed"));
    add("flag-archived", set("archived_days"));
    for environment in ["development", "production"].iter().filter_map(|name| flag.get(name)) {
        add("enabled", list(environment, "on_days").len());
        add("disabled", list(environment, "off_days").len());
        for strategy in list(environment, "strategy") {
            add("strategy-added", 1);
            add("strategy-updated", list(strategy, "rollout").len() - 1);
        }
    }
    expected.into_iter().filter(|(_, count)| *count > 0).map(|(kind, count)| (kind.to_owned(), count)).collect()
}

/// Counts are the matter of `live_estate`.
fn usage(world: &World) {
    for (flag, captured) in world.pairs() {
        for environment in ["development", "production"] {
            let state = &captured["environments"][environment];
            let metrics = flag.get(environment).and_then(|seeded| seeded.get("metrics"));
            let by: Vec<&str> = metrics.and_then(|metrics| text(metrics, "application")).into_iter().collect();
            assert_eq!(strings(&state["usage"]["applications"]), by, "{captured}");
            assert_eq!(state["usage"]["hours"], 48, "{captured}");
            assert!(metrics.is_none() || state.get("last_seen_at").is_some(), "{captured}");
        }
    }
}

fn unknown_names(world: &World) {
    let wanted: BTreeMap<&str, &str> = list(&world.estate, "unknown")
        .iter()
        .filter_map(|one| Some((text(one, "name")?, text(one, "seen_by")?)))
        .collect();
    let captured = world.snapshot["unknown_names"].as_array().expect("names");
    let found: BTreeMap<&str, &str> = captured
        .iter()
        .map(|one| {
            let application = one["reports"][0]["application"].as_str();
            (one["key"].as_str().expect("a name"), application.expect("an application"))
        })
        .collect();
    assert!(!wanted.is_empty() && found == wanted, "{found:?}");
}

fn segments(world: &World) {
    let captured = world.snapshot["segments"].as_array().expect("segments");
    assert_eq!(captured.len(), list(&world.estate, "segment").len());
    for segment in list(&world.estate, "segment") {
        let name = text(segment, "name").expect("a name");
        let found = captured.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no segment {name}"));
        assert_eq!(found["project"], "default");
        let constraints = found["constraints"].as_array().into_iter().flatten();
        let constraints: Vec<(&str, &str, Vec<&str>)> = constraints
            .map(|one| {
                let operator = &one["operator"]["other"];
                let (field, name) = (one["field"].as_str(), operator["name"].as_str());
                (field.expect("a field"), name.expect("a name"), strings(&operator["values"]))
            })
            .collect();
        let wanted: Vec<(&str, &str, Vec<&str>)> = list(segment, "constraint")
            .iter()
            .map(|one| {
                let values = list(one, "values").iter().filter_map(toml::Value::as_str).collect();
                (text(one, "field").expect("a field"), text(one, "operator").expect("an operator"), values)
            })
            .collect();
        assert_eq!(constraints, wanted, "{name}");
        let uses = |flag: &&toml::Value| {
            let strategies = ["development", "production"].into_iter().filter_map(|name| flag.get(name));
            strategies
                .flat_map(|environment| list(environment, "strategy"))
                .any(|strategy| list(strategy, "segments").iter().any(|one| one.as_str() == Some(name)))
        };
        let used = world.flags.iter().filter(uses).filter(|flag| flag.get("archived_days").is_none()).count();
        assert_eq!(found["used_in"]["flags"].as_u64(), u64::try_from(used).ok(), "{name}");
    }
}

fn environments(world: &World) {
    let all = world.snapshot["environments"].as_array().expect("environments");
    let all: Vec<(&str, &str)> =
        all.iter().map(|one| (one["name"].as_str().unwrap_or(""), one["kind"].as_str().unwrap_or(""))).collect();
    assert!(all.contains(&("development", "development")) && all.contains(&("production", "production")), "{all:?}");
    for (flag, captured) in world.pairs() {
        for name in ["development", "production"] {
            let empty = toml::Value::Table(toml::Table::new());
            let state = flag.get(name).unwrap_or(&empty);
            let on = last(state, "on_days") < last(state, "off_days");
            assert_eq!(captured["environments"][name]["enabled"], on, "{captured}");
        }
    }
}

fn projects(world: &World) {
    let all = &world.snapshot["projects"];
    assert_eq!(names(all, "id"), BTreeSet::from(["default"]));
    assert_eq!(all[0]["name"], "Default");
    assert_eq!(all[0]["owners"], serde_json::json!([]), "the server itself is nobody");
}

/// No project has a pattern on the open-source server.
fn naming(world: &World) {
    assert!(world.snapshot["projects"][0].get("naming").is_none());
}

fn labels(world: &World) {
    for (flag, captured) in world.pairs() {
        let by_token = flag.get("by_token").and_then(toml::Value::as_bool) == Some(true);
        let maker = world.full_name(text(flag, "by").expect("a maker"));
        if !by_token {
            assert_eq!(captured["created_by"], maker, "{captured}");
        }
        let mut tags: BTreeSet<String> =
            list(flag, "tags").iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        tags.extend(world.before(flag, "expires_days").map(|at| format!("expires:{}", at.strftime("%Y-%m-%d"))));
        let tag =
            |one: &Value| format!("{}:{}", one["kind"].as_str().unwrap_or(""), one["value"].as_str().unwrap_or(""));
        let found: BTreeSet<String> = captured["tags"].as_array().into_iter().flatten().map(tag).collect();
        assert_eq!(found, tags, "{captured}");
        // What only the answer about a flag has, and there is none about an archived one.
        if flag.get("archived_days").is_some() {
            continue;
        }
        let people = if by_token { Vec::new() } else { vec![maker] };
        assert_eq!(strings(&captured["collaborators"]), people, "{captured}");
        let urls: BTreeSet<&str> = list(flag, "links").iter().filter_map(|link| text(link, "url")).collect();
        assert_eq!(names(&captured["links"], "url"), urls, "{captured}");
    }
}

fn applications(world: &World) {
    let all = &world.snapshot["applications"];
    assert_eq!(names(all, "name"), seeded(world, "application").collect());
    for application in list(&world.estate, "application") {
        let found = all.as_array().into_iter().flatten().find(|one| one["name"].as_str() == text(application, "name"));
        let sdk = &found.expect("it was found above")["sdks"][0];
        let name = format!("{}:{}", sdk["name"].as_str().unwrap_or(""), sdk["version"].as_str().unwrap_or(""));
        assert_eq!(Some(name.as_str()), text(application, "sdk"));
    }
}

/// The estate has none.
fn integrations(world: &World) {
    assert_eq!(world.snapshot["integrations"], serde_json::json!([]));
}

fn tokens(world: &World) {
    let all = world.snapshot["access"]["tokens"].as_array().expect("tokens");
    let of = |token: &Value| {
        let environment = token["environments"]["only"][0].as_str().unwrap_or("all").to_owned();
        (token["kind"].as_str().unwrap_or("").to_owned(), environment, token["projects"] == "all")
    };
    let found: BTreeSet<(String, String, bool)> = all.iter().map(of).collect();
    let made = [("admin", "all"), ("backend", "development"), ("backend", "production"), ("frontend", "production")];
    let wanted = made.map(|(kind, environment)| (kind.to_owned(), environment.to_owned(), true));
    assert_eq!((all.len(), found), (4, wanted.into_iter().collect()));
    assert!(all.iter().all(|token| token.get("expires_at").is_none()), "they are made for ever");
}

fn users(world: &World) {
    let all = world.snapshot["access"]["users"].as_array().expect("users");
    let found: BTreeMap<&str, String> = all
        .iter()
        .map(|user| {
            let (name, role) = (user["person"]["name"].as_str(), user["role"].as_str());
            (name.expect("a name"), role.expect("a role").to_lowercase())
        })
        .collect();
    let mails: Vec<(String, String)> = list(&world.estate, "user")
        .iter()
        .map(|user| {
            let (name, role) = (text(user, "name").expect("a name"), text(user, "role").expect("a role"));
            (format!("{name}@example.com"), role.to_owned())
        })
        .chain([("admin".to_owned(), "admin".to_owned())])
        .collect();
    let wanted: BTreeMap<&str, String> = mails.iter().map(|(name, role)| (name.as_str(), role.clone())).collect();
    assert_eq!(found, wanted);
    let ids: BTreeSet<i64> = all.iter().filter_map(|user| user["person"]["id"].as_i64()).collect();
    assert_eq!(ids.len(), wanted.len(), "each has an id");
    // The same people act in the log, under the same ids.
    let by_id: BTreeMap<i64, &str> = all
        .iter()
        .filter_map(|user| Some((user["person"]["id"].as_i64()?, user["person"]["name"].as_str()?)))
        .collect();
    let log = world.snapshot["events"].as_array().expect("events");
    let mut seen = 0;
    for event in log.iter().filter(|event| event["actor"]["kind"] == "account" && event.get("flag").is_some()) {
        let actor = &event["actor"];
        assert_eq!(by_id.get(&actor["id"].as_i64().expect("an id")).copied(), actor["name"].as_str(), "{event}");
        seen += 1;
    }
    assert!(seen > 100);
}

fn admins(world: &World) {
    let own = list(&world.estate, "user").iter().filter(|user| text(user, "role") == Some("admin")).count();
    let found = &world.snapshot["access"]["admins"];
    // One is there from the beginning.
    assert_eq!(found["people"].as_u64(), u64::try_from(own + 1).ok(), "{found}");
}

fn headcount(world: &World) {
    let people = list(&world.estate, "user").len() + 1;
    let found = &world.snapshot["access"]["counts"];
    assert_eq!(found["people"].as_u64(), u64::try_from(people).ok(), "{found}");
    assert_eq!((found["service_accounts"].as_u64(), found["admin_tokens"].as_u64()), (Some(0), Some(1)), "{found}");
}
