//! A proxy of ours between the client and a real Unleash, which loses, cuts, delays and forges answers.
//!
//! Set `UNLEASH_URL` and `UNLEASH_TOKEN`; `DOWNHAUL_LIVE=require` fails without them.

use std::env;
use std::io::Write;
use std::time::Duration;

use downhaul_core::Snapshot;
use downhaul_server::ServerConfig;
use downhaul_server::unleash::Limits;
use reqwest::blocking::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::faults::{FAULTS, dice, is_honest, short, without_gaps};
use crate::server::{Reply, Server, limits};

/// Asks the real server with the real token; the client knows another one.
fn upstream() -> Option<impl Fn(&str) -> Reply + Clone + Send + Sync + 'static> {
    let (Ok(url), Ok(token)) = (env::var("UNLEASH_URL"), env::var("UNLEASH_TOKEN")) else {
        let required = env::var("DOWNHAUL_LIVE").is_ok_and(|value| value == "require");
        assert!(!required, "DOWNHAUL_LIVE=require, but UNLEASH_URL and UNLEASH_TOKEN are not set");
        // Not with `eprintln!`, which the test harness would swallow.
        writeln!(std::io::stderr(), "skipped: no Unleash server (set UNLEASH_URL and UNLEASH_TOKEN)").expect("stderr");
        return None;
    };
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().no_proxy().build().expect("a client");
    Some(move |target: &str| {
        let answer = client.get(format!("{url}{target}")).header(AUTHORIZATION, &token).send().expect("it answers");
        let status = answer.status().as_u16();
        let kind =
            answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.text().expect("a body");
        match serde_json::from_str(&body) {
            Ok(json) if kind.contains("json") => Reply::Json(status, json),
            _ => Reply::Text { status, headers: vec![("Content-Type", kind)], body },
        }
    })
}

#[test]
fn live_faults_on_the_way_are_survived_or_told() {
    let Some(upstream) = upstream() else { return };
    at_rest(|| faults_on_the_way(&upstream));
}

fn faults_on_the_way(upstream: &(impl Fn(&str) -> Reply + Clone + Send + Sync + 'static)) -> Result<(), String> {
    let calm = settled(upstream);
    assert!(calm.flags.len() > 10 && !calm.events.is_empty(), "a server without flags proves nothing");
    let (mut complete, mut partial) = (0, 0);
    for seed in 0..5_u64 {
        let upstream = upstream.clone();
        let share = 1 + 5 * seed;
        let server = Server::start(move |target, before| {
            let persistent = dice(seed, target, usize::MAX) % 2000 < share * seed;
            let roll = dice(seed, target, before);
            let fault = FAULTS[usize::try_from(roll / 100 % 10).expect("less than ten")];
            let reply = upstream(target);
            if persistent || roll % 100 < share { fault.strike(reply) } else { reply }
        });
        let bounds = Limits { request: Duration::from_secs(1), total: Duration::from_secs(5), ..short() };
        match is_honest(server.capture_with(&ServerConfig::default(), bounds, &()), &calm) {
            Ok(true) => complete += 1,
            Ok(false) => partial += 1,
            Err(why) => return Err(format!("seed {seed}: {why}")),
        }
    }
    assert!(partial > 0, "{complete} complete, {partial} not: some have to fail");
    Ok(())
}

/// The server's own jobs go on each minute: what they change between two looks is not the work of a fault. Twice in a
/// row they do not.
fn at_rest(judge: impl Fn() -> Result<(), String>) {
    judge().or_else(|_| judge()).unwrap_or_else(|why| panic!("{why}"));
}

/// What the server says when it has nothing left to do: its jobs go on for a while after it was filled, and what they
/// change must not be taken for the work of a fault.
fn settled(upstream: &(impl Fn(&str) -> Reply + Clone + Send + Sync + 'static)) -> Snapshot {
    let read = || {
        let pass = upstream.clone();
        Server::start(move |target, _| pass(target)).capture().expect("the server can be read")
    };
    let mut calm = read();
    for _ in 0..20 {
        std::thread::sleep(Duration::from_secs(5));
        let next = read();
        let same = without_gaps(&next) == without_gaps(&calm);
        calm = next;
        if same {
            return calm;
        }
    }
    panic!("the server does not come to rest");
}

/// The list of flags is what nothing can be said without; the rest becomes a gap, whatever happens to it.
#[test]
fn live_routes_that_fail_in_every_way_are_told() {
    let Some(upstream) = upstream() else { return };
    at_rest(|| routes_that_fail(&upstream));
}

fn routes_that_fail(upstream: &(impl Fn(&str) -> Reply + Clone + Send + Sync + 'static)) -> Result<(), String> {
    let calm = settled(upstream);
    for (index, fault) in FAULTS.into_iter().enumerate() {
        let route = ["/search/events?limit", "/segments", "/projects/default/features/"][index % 3];
        let upstream = upstream.clone();
        let server = Server::start(move |target, _| {
            let reply = upstream(target);
            if target.contains(route) { fault.strike(reply) } else { reply }
        });
        let bounds = Limits { total: Duration::from_secs(4), attempts: 2, request: Duration::from_secs(1), ..limits() };
        let outcome = server.capture_with(&ServerConfig::default(), bounds, &());
        let is_complete = is_honest(outcome, &calm).map_err(|why| format!("{route} {fault:?}: {why}"))?;
        let harmless = matches!(fault, crate::faults::Fault::EmptyPage) && !route.contains("events");
        assert!(!is_complete || harmless, "{route} {fault:?} went unseen");
    }
    Ok(())
}
