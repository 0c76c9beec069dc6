//! A proxy of ours between the client and a real Unleash, which loses, cuts, delays and forges answers.
//!
//! Set `UNLEASH_URL` and `UNLEASH_TOKEN`; `DOWNHAUL_LIVE=require` fails without them.

use std::env;
use std::io::Write;
use std::time::Duration;

use downhaul_core::{Flag, Gap, Snapshot, Source, Timestamp};
use downhaul_server::unleash::{Limits, Unleash};
use downhaul_server::{FlagServer, ServerConfig, file};
use jiff::SignedDuration;
use reqwest::blocking::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::faults::{FAULTS, Fault, dice, is_honest, short, without_gaps};
use crate::server::{Reply, Server, TOKEN, limits};

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
        let bounds = Limits { request: Duration::from_secs(2), total: Duration::from_secs(20), ..short() };
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
    let routes = [
        ("/search/events?limit", Source::Events),
        ("/segments", Source::Segments),
        ("/projects/default/features/", Source::Details),
    ];
    for (index, fault) in FAULTS.into_iter().enumerate() {
        // Two last as long as they may: they are struck once each, with little time.
        let is_slow = matches!(fault, Fault::TooMany | Fault::Drip);
        let short = Limits { total: Duration::from_secs(8), request: Duration::from_secs(1), attempts: 2, ..limits() };
        let bounds = if is_slow { short } else { Limits { total: Duration::from_secs(90), attempts: 2, ..limits() } };
        for (nth, (route, source)) in routes.into_iter().enumerate() {
            if is_slow && nth != index % 3 {
                continue;
            }
            let upstream = upstream.clone();
            let server = Server::start(move |target, _| {
                let reply = upstream(target);
                if target.contains(route) { fault.strike(reply) } else { reply }
            });
            let outcome = server.capture_with(&ServerConfig::default(), bounds.clone(), &());
            let gaps = outcome.as_ref().map(|snapshot| snapshot.gaps.clone()).map_err(ToString::to_string)?;
            is_honest(outcome, &calm).map_err(|why| format!("{route} {fault:?}: {why}"))?;
            // A list that does not say how long it is may be empty.
            let harmless = matches!(fault, Fault::EmptyPage) && source != Source::Events;
            let is_told = gaps.iter().any(|gap| gap.source == source && !calm.gaps.contains(gap));
            if is_told == harmless {
                return Err(format!("{route} {fault:?}: told is {is_told}, {gaps:?}"));
            }
        }
    }
    Ok(())
}

/// The list still has it; its own routes answer as the real server does for a name that it does not have.
#[test]
fn live_flag_that_is_deleted_meanwhile_is_a_gap_of_this_flag() {
    let Some(upstream) = upstream() else { return };
    let calm = {
        let upstream = upstream.clone();
        Server::start(move |target, _| upstream(target)).capture().expect("the server can be read")
    };
    let is_evaluated = |flag: &&Flag| flag.environments.values().any(|state| state.last_seen_at.is_some());
    let victim = calm.flags.values().filter(|flag| flag.archived_at.is_none()).find(is_evaluated).expect("a flag");
    let name = victim.key.to_string();
    let gone = name.clone();
    let server = Server::start(move |target, _| upstream(&target.replace(&format!("/{gone}"), "/deleted-meanwhile")));
    let snapshot = server.capture().expect("the list of flags is there");
    let new: Vec<&Gap> = snapshot.gaps.iter().filter(|gap| !calm.gaps.contains(gap)).collect();
    assert!(!new.is_empty() && new.iter().all(|gap| gap.flag.as_ref() == Some(&victim.key)), "{new:#?}");
    assert!(new.iter().any(|gap| gap.source == Source::Details), "{new:#?}");
    assert_eq!(snapshot.flags.len(), calm.flags.len());
    assert!(snapshot.flags[&victim.key].environments.values().all(|state| state.strategies.is_none()), "{name}");
}

/// A server that lives a day and two hours ahead or behind: its clock is taken for the time of the capture, and told.
#[test]
fn live_clock_that_is_wrong_is_told() {
    let Some(upstream) = upstream() else { return };
    for hours in [-26, 26] {
        let (upstream, offset) = (upstream.clone(), SignedDuration::from_hours(hours));
        let server = Server::start(move |target, _| {
            let date = (Timestamp::now() + offset).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            match upstream(target) {
                Reply::Json(status, body) => {
                    let headers = vec![("Content-Type", "application/json".to_owned()), ("Date", date)];
                    Reply::Text { status, headers, body: body.to_string() }
                }
                other => other,
            }
        });
        let now = Timestamp::now();
        let config = ServerConfig { lookback_days: Some(3000), ..ServerConfig::default() };
        let unleash = Unleash::with_limits(&server.url(), TOKEN, &config, now, limits()).expect("usable");
        let snapshot = unleash.capture(&()).expect("the server can be read");
        let ahead = snapshot.server.clock_ahead.expect("it is told");
        assert!((ahead - offset.as_secs()).abs() < 60, "{hours}: {ahead}");
        assert!((snapshot.captured_at.duration_since(now) - offset).as_secs().abs() < 60, "{hours}");
        assert!(!snapshot.flags.is_empty() && !snapshot.events.is_empty());
        let bytes = file::write(&snapshot, "0", false);
        assert!(file::read(&bytes, "a.json").expect("our own file can be read") == snapshot);
    }
}
