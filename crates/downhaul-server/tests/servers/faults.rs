//! Faults between client and server, at random but repeatably: whatever happens, a snapshot without new gaps is the
//! whole truth, anything less says so, and nothing panics.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use downhaul_core::{Gap, GapReason, Snapshot, Source};
use downhaul_server::unleash::Limits;
use downhaul_server::{ServerConfig, ServerError, file};
use serde_json::{Value, json};

use crate::recorded::recorded;
use crate::server::{Reply, Server, TIME, limits};

/// What can happen to an answer on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    Dropped,
    Half,
    TooMany,
    Failing,
    Maintenance,
    Drip,
    WebPage,
    EmptyPage,
    Gone,
    OtherShape,
}

pub(crate) const FAULTS: [Fault; 10] = [
    Fault::Dropped,
    Fault::Half,
    Fault::TooMany,
    Fault::Failing,
    Fault::Maintenance,
    Fault::Drip,
    Fault::WebPage,
    Fault::EmptyPage,
    Fault::Gone,
    Fault::OtherShape,
];

impl Fault {
    pub(crate) fn strike(self, reply: Reply) -> Reply {
        match (self, reply) {
            (Fault::Dropped, _) => Reply::Nothing,
            (Fault::Half, Reply::Json(_, body)) => {
                let text = body.to_string();
                let half = (0..=text.len() / 2).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
                Reply::Half(text[..half].to_owned())
            }
            (Fault::TooMany, _) => Reply::html(429, &[]),
            (Fault::Failing, _) => Reply::Json(500, json!({"name": "Error", "message": "out of order"})),
            (Fault::Maintenance, _) => Reply::Json(503, json!({"message": "maintenance"})),
            (Fault::Drip, Reply::Json(_, body)) => Reply::Drip(body.to_string()),
            (Fault::WebPage, _) => Reply::html(200, &[]),
            (Fault::EmptyPage, Reply::Json(200, body)) => Reply::Json(200, emptied(body)),
            (Fault::Gone, _) => Reply::Json(404, json!({"name": "NotFoundError", "message": "it is gone"})),
            (Fault::OtherShape, _) => Reply::Json(200, json!(["surprise"])),
            (_, reply) => reply,
        }
    }
}

/// A page without rows that still counts them all, as the server gives on an error in its database. An answer that
/// does not count cannot be seen through, and stays as it is.
fn emptied(mut body: Value) -> Value {
    if body.get("total").and_then(Value::as_u64).is_some_and(|total| total > 0) {
        for name in ["features", "events", "applications"] {
            if let Some(list) = body.get_mut(name) {
                *list = json!([]);
            }
        }
    }
    body
}

pub(crate) fn dice(seed: u64, target: &str, turn: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, target, turn).hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn short() -> Limits {
    Limits { request: Duration::from_millis(150), total: Duration::from_secs(2), ..limits() }
}

fn calm() -> Snapshot {
    let answers = recorded();
    Server::start(move |target, _| answers(target)).capture().expect("the server can be read")
}

/// Everything but the gaps and the address, which has the free port in it.
pub(crate) fn without_gaps(snapshot: &Snapshot) -> Snapshot {
    let mut bare = snapshot.clone();
    bare.gaps.clear();
    bare.server.url = None;
    bare
}

/// Says what is wrong with the outcome of a capture that was disturbed.
pub(crate) fn is_honest(outcome: Result<Snapshot, ServerError>, calm: &Snapshot) -> Result<bool, String> {
    let snapshot = match outcome {
        Ok(snapshot) => snapshot,
        Err(error) if error.is_users_input() => return Err(format!("the user is blamed: {error}")),
        Err(_) => return Ok(false),
    };
    let bytes = file::write(&snapshot, "0", false);
    if file::read(&bytes, "a.json").ok().as_ref() != Some(&snapshot) {
        return Err("the file does not give the snapshot back".to_owned());
    }
    let is_new = |gap: &&Gap| !calm.gaps.contains(gap);
    let is_complete = snapshot.gaps.iter().filter(is_new).count() == 0;
    // The version has no gap: a server that does not tell it is still read.
    let mut bare = without_gaps(&snapshot);
    bare.server.version.clone_from(&calm.server.version);
    bare.server.edition = calm.server.edition;
    if is_complete && bare != without_gaps(calm) {
        return Err("it is incomplete and does not say so".to_owned());
    }
    Ok(is_complete)
}

#[test]
fn faults_at_random_are_survived_or_told() {
    let calm = calm();
    let (mut complete, mut partial) = (0, 0);
    for seed in 0..24_u64 {
        let answers = recorded();
        // From one answer in fifty to one in four, now and then for good.
        let share = 2 + seed;
        let server = Server::start(move |target, before| {
            let persistent = dice(seed, target, usize::MAX) % 400 < share;
            let roll = dice(seed, target, before);
            let fault = FAULTS[usize::try_from(roll / 100 % 10).expect("less than ten")];
            let reply = answers(target);
            if persistent || roll % 100 < share { fault.strike(reply) } else { reply }
        });
        let outcome = server.capture_with(&ServerConfig::default(), short(), &());
        match is_honest(outcome, &calm) {
            Ok(true) => complete += 1,
            Ok(false) => partial += 1,
            Err(why) => panic!("seed {seed}: {why}"),
        }
    }
    assert!(complete > 0 && partial > 0, "{complete} complete, {partial} not: both have to be seen");
}

/// One route after the other fails for good, in every way.
#[test]
fn each_route_may_fail_in_every_way() {
    let calm = calm();
    let routes = ["/search/features", "/search/events?limit", "/api-tokens", "/metrics/applications", "/raw?"];
    for route in routes {
        for fault in FAULTS {
            let answers = recorded();
            let server = Server::start(move |target, _| {
                let reply = answers(target);
                if target.contains(route) { fault.strike(reply) } else { reply }
            });
            let limits = Limits { total: Duration::from_millis(700), attempts: 2, ..short() };
            let outcome = server.capture_with(&ServerConfig::default(), limits, &());
            let harmless = matches!(fault, Fault::EmptyPage) && ["/api-tokens", "/raw?"].contains(&route);
            match is_honest(outcome, &calm) {
                Ok(is_complete) => assert_eq!(is_complete, harmless, "{route} {fault:?}"),
                Err(why) => panic!("{route} {fault:?}: {why}"),
            }
        }
    }
}

#[test]
fn flag_that_is_deleted_meanwhile_is_a_gap_of_this_flag() {
    let answers = recorded();
    let server = Server::start(move |target, _| match target.contains("/features/search-ranker-v2") {
        true if target.ends_with("/lifecycle") => Reply::Json(200, json!([])),
        true => Reply::Json(404, json!({"name": "NotFoundError", "message": "Could not find feature"})),
        false => answers(target),
    });
    let snapshot = server.capture().expect("the list of flags is there");
    let new: Vec<&Gap> = snapshot.gaps.iter().filter(|gap| !gap.source.is_of_paid_editions()).collect();
    assert!(new.iter().all(|gap| gap.flag.as_ref().is_some_and(|flag| flag.as_str() == "search-ranker-v2")));
    let sources: Vec<Source> = new.iter().map(|gap| gap.source).collect();
    assert_eq!(sources, [Source::Details, Source::Usage]);
    assert!(new.iter().all(|gap| gap.reason == GapReason::Failed));
}

/// The clock of this machine is half a century behind in these tests.
#[test]
fn servers_clock_counts_and_not_ours() {
    assert_eq!(calm().captured_at.to_string(), TIME);
}
