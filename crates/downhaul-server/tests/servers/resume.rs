//! A capture that was cut short and is gone on with: it equals one that was not, whatever happened in between.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use downhaul_core::{GapReason, Snapshot, Source, Timestamp};
use downhaul_server::partial::{Left, Partial};
use downhaul_server::unleash::{Limits, Unleash};
use downhaul_server::{FlagServer, ServerConfig, ServerError, file};
use serde_json::{Value, json};

use crate::recorded::recorded;
use crate::server::{Reply, Server, TIME, TOKEN, limits};

/// The one that changes.
const FLAG: &str = "search-ranker-v2";

/// What happens to the server between two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    /// A link is added, as the log tells.
    Logged,
    /// An environment is switched and nothing logged: somebody was in the database.
    Unlogged,
    /// A flag elsewhere gets this one for its parent.
    Child,
    /// The environment is taken off the project, as an event without a flag tells.
    OfAll,
    /// An entry of the log is deleted, and the flag changed as well.
    LogDamaged,
    /// The log cannot be read any more, and the flag changed.
    LogGone,
}

struct World {
    /// So many requests are answered.
    budget: AtomicUsize,
    change: Mutex<Change>,
}

impl World {
    fn server(change: Change) -> (Arc<World>, Server) {
        let world = Arc::new(World { budget: AtomicUsize::new(usize::MAX), change: Mutex::new(change) });
        let (answers, seen) = (recorded(), Arc::clone(&world));
        let server = Server::start(move |target, _| {
            let left = seen.budget.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            if left.is_err() {
                return Reply::Nothing;
            }
            changed(*seen.change.lock().expect("no panic"), target, &answers)
        });
        (world, server)
    }
}

fn changed(change: Change, target: &str, answers: &impl Fn(&str) -> Reply) -> Reply {
    if let Some(query) = target.strip_prefix("/api/admin/search/events?limit=1000&offset=") {
        return log(change, query, answers);
    }
    let reply = answers(target);
    let Reply::Json(200, mut body) = reply else { return reply };
    let is_row = |row: &&mut Value| row["name"] == FLAG;
    match change {
        Change::Nothing => {}
        Change::Unlogged => {
            let switch = |of: &mut Value| {
                for environment in of["environments"].as_array_mut().into_iter().flatten() {
                    environment["enabled"] = json!(environment["enabled"] != true);
                }
            };
            if target.contains("/search/features") {
                body["features"].as_array_mut().into_iter().flatten().filter(is_row).for_each(switch);
            } else if target.contains(&format!("/features/{FLAG}?")) {
                switch(&mut body);
            }
        }
        Change::Child if target.contains(&format!("/features/{FLAG}?")) => body["children"] = json!(["another"]),
        _ if target.contains(&format!("/features/{FLAG}?")) => {
            body["links"] = json!([{"id": "1", "title": "new", "url": "https://example.com/new"}]);
        }
        _ => {}
    }
    Reply::Json(200, body)
}

fn log(change: Change, offset: &str, answers: &impl Fn(&str) -> Reply) -> Reply {
    let Reply::Json(_, body) = answers("/api/admin/search/events?limit=1000&offset=0") else {
        panic!("the log was recorded")
    };
    let mut events = body["events"].as_array().expect("events").clone();
    let id = events[0]["id"].as_i64().expect("an id") + 1;
    let mut add = |kind: &str, flag: Value| {
        events.insert(0, json!({"id": id, "type": kind, "createdAt": TIME, "featureName": flag, "project": "default"}));
    };
    match change {
        Change::Nothing | Change::Unlogged => {}
        Change::Logged => add("feature-tagged", json!(FLAG)),
        Change::Child => add("feature-dependency-added", json!("another")),
        Change::OfAll => add("project-environment-removed", Value::Null),
        Change::LogDamaged => drop(events.remove(20)),
        Change::LogGone => return Reply::Json(500, json!({"message": "out of order"})),
    }
    let total = events.len();
    // As a page of a few, so that there are several.
    let page: Vec<Value> = events.into_iter().skip(offset.parse().expect("an offset")).take(40).collect();
    Reply::Json(200, json!({"events": page, "total": total}))
}

/// The file of a capture, in memory.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Outcome {
    snapshot: Result<Snapshot, ServerError>,
    was_cut_short: bool,
}

fn run(server: &Server, token: &str, file: &Shared) -> Outcome {
    let limits = Limits { attempts: 1, request: Duration::from_secs(5), ..limits() };
    let now: Timestamp = TIME.parse().expect("a time");
    let unleash = Unleash::with_limits(&server.url(), token, &ServerConfig::default(), now, limits).expect("usable");
    let identity = unleash.identity().expect("it can be gone on with");
    let left = {
        let mut bytes = file.0.lock().expect("no panic");
        let left = Left::read(&bytes, "a.partial", &identity, "1", now);
        bytes.truncate(left.length);
        left
    };
    let partial = Partial::new(left, Box::new(file.clone()), identity, "1", now);
    let snapshot = unleash.resume(&partial, &());
    assert_eq!(partial.trouble(), None);
    let was_cut_short = partial.was_cut_short();
    Outcome { snapshot, was_cut_short }
}

fn without_clock(mut snapshot: Snapshot) -> Snapshot {
    snapshot.server.url = None;
    snapshot.server.clock_ahead = None;
    snapshot
}

fn uninterrupted(change: Change) -> Snapshot {
    let (_world, server) = World::server(change);
    without_clock(server.capture().expect("the server can be read"))
}

fn asked_for_details(server: &Server) -> usize {
    server.asked("/api/admin/projects/").iter().filter(|target| target.contains("variantEnvironments")).count()
}

#[test]
fn wherever_it_is_cut_it_comes_out_as_if_it_never_was() {
    let whole = uninterrupted(Change::Nothing);
    let (_, server) = World::server(Change::Nothing);
    drop(server.capture());
    let (requests, details) = (server.heads().len(), asked_for_details(&server));
    for budget in (0..requests).step_by(6) {
        let (world, server) = World::server(Change::Nothing);
        let file = Shared::default();
        world.budget.store(budget, Ordering::SeqCst);
        let first = run(&server, TOKEN, &file);
        assert!(first.was_cut_short, "{budget}");
        assert!(first.snapshot.map_or(true, |snapshot| snapshot.gaps.len() > whole.gaps.len()), "{budget}");
        let before = asked_for_details(&server);
        world.budget.store(usize::MAX, Ordering::SeqCst);
        let second = run(&server, TOKEN, &file);
        assert!(!second.was_cut_short);
        assert!(without_clock(second.snapshot.expect("it can be read")) == whole, "{budget}");
        let again = asked_for_details(&server) - before;
        // Those that were under way when it was cut are asked for twice.
        assert!(again + before <= details + 12, "{budget}: {before} and {again} of {details}");
    }
}

#[test]
fn many_cuts_come_to_an_end() {
    let whole = uninterrupted(Change::Nothing);
    let (world, server) = World::server(Change::Nothing);
    let file = Shared::default();
    for cut in 0.. {
        assert!(cut < 60, "each run must get on");
        world.budget.store(42, Ordering::SeqCst);
        let outcome = run(&server, TOKEN, &file);
        if !outcome.was_cut_short {
            assert!(cut > 0, "one run must not do");
            assert!(without_clock(outcome.snapshot.expect("it can be read")) == whole);
            return;
        }
    }
}

/// What was read before the change must not be taken for what is.
#[test]
fn what_changed_in_between_is_read_anew() {
    let changes = [Change::Logged, Change::Unlogged, Change::Child, Change::OfAll, Change::LogDamaged, Change::LogGone];
    for change in changes {
        let whole = uninterrupted(change);
        let (world, server) = World::server(Change::Nothing);
        let file = Shared::default();
        // Cut when all flags are there and their evaluations are not.
        world.budget.store(33, Ordering::SeqCst);
        assert!(run(&server, TOKEN, &file).was_cut_short);
        let kept = file.0.lock().expect("no panic").clone();
        let about = format!(r#"{{"details":{{"key":"{FLAG}""#);
        assert!(String::from_utf8(kept).expect("UTF-8").contains(&about), "the flag was read before it changed");
        *world.change.lock().expect("no panic") = change;
        world.budget.store(usize::MAX, Ordering::SeqCst);
        let second = run(&server, TOKEN, &file);
        assert_eq!(second.was_cut_short, change == Change::LogGone, "{change:?}");
        let second = without_clock(second.snapshot.expect("it can be read"));
        assert!(second == whole, "{change:?}");
        if change == Change::LogGone {
            assert_eq!(second.gap(Source::Events, None).map(|gap| gap.reason), Some(GapReason::Failed));
        }
    }
}

/// The change is seen by a run that is cut short as well; the third must not take the first one's word.
#[test]
fn what_changed_before_the_second_cut_is_read_anew() {
    let whole = uninterrupted(Change::Logged);
    for budget in [3, 9, 12, 13, 14, 15, 20] {
        let (world, server) = World::server(Change::Nothing);
        let file = Shared::default();
        world.budget.store(33, Ordering::SeqCst);
        assert!(run(&server, TOKEN, &file).was_cut_short);
        *world.change.lock().expect("no panic") = Change::Logged;
        world.budget.store(budget, Ordering::SeqCst);
        assert!(run(&server, TOKEN, &file).was_cut_short);
        world.budget.store(usize::MAX, Ordering::SeqCst);
        let third = run(&server, TOKEN, &file).snapshot.expect("it can be read");
        assert!(without_clock(third) == whole, "{budget}");
    }
}

#[test]
fn another_token_gets_nothing_of_it() {
    let (world, server) = World::server(Change::Nothing);
    let file = Shared::default();
    world.budget.store(33, Ordering::SeqCst);
    assert!(run(&server, TOKEN, &file).was_cut_short);
    let text = String::from_utf8(file.0.lock().expect("no panic").clone()).expect("UTF-8");
    assert!(!text.contains(TOKEN.rsplit(':').next().expect("a secret")), "the token is in the file");
    world.budget.store(usize::MAX, Ordering::SeqCst);
    let before = asked_for_details(&server);
    run(&server, "user:another0another0another0", &file).snapshot.expect("it can be read");
    let (_, calm) = World::server(Change::Nothing);
    drop(calm.capture());
    assert_eq!(asked_for_details(&server) - before, asked_for_details(&calm), "all of them");
}

#[test]
fn damaged_file_costs_its_last_lines_only_and_is_no_snapshot() {
    let whole = uninterrupted(Change::Nothing);
    let (world, server) = World::server(Change::Nothing);
    let file = Shared::default();
    world.budget.store(33, Ordering::SeqCst);
    assert!(run(&server, TOKEN, &file).was_cut_short);
    world.budget.store(usize::MAX, Ordering::SeqCst);
    let good = file.0.lock().expect("no panic").clone();
    for part in [1, 40, 300, good.len() / 2, good.len() - 1] {
        let half = Shared(Arc::new(Mutex::new(good[..part].to_vec())));
        let outcome = run(&server, TOKEN, &half);
        assert!(without_clock(outcome.snapshot.expect("it can be read")) == whole, "{part}");
    }
    let error = file::read(&good, "a.partial").expect_err("it is no snapshot");
    assert!(error.to_string().contains("a capture that was cut short"), "{error}");
}
