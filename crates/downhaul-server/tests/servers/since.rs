//! A capture that continues an earlier one: fewer events are read, none is lost, and what was deleted is told.

use downhaul_core::{GapReason, Snapshot, Source, Timestamp};
use downhaul_server::unleash::Unleash;
use downhaul_server::{FlagServer, ServerConfig, ServerError, file};
use serde_json::{Value, json};

use crate::recorded::recorded;
use crate::server::{Reply, Server, TIME, TOKEN, limits};

/// A server whose log holds one event an hour, the last of them now, but for those with an id in `deleted`.
fn server(total: usize, deleted: &'static [usize]) -> Server {
    let answers = recorded();
    let now: Timestamp = TIME.parse().expect("a time");
    let event = move |id: usize| {
        let hours = i64::try_from(total - id).expect("small");
        let at = now - jiff::SignedDuration::from_hours(hours);
        (at, json!({"id": id, "type": "feature-created", "createdAt": at.to_string(), "createdBy": "a"}))
    };
    Server::start(move |target, _| {
        if !target.starts_with("/api/admin/search/events?limit=1000") {
            return answers(target);
        }
        let parameter = |name: &str| target.split(['?', '&']).find_map(|pair| pair.strip_prefix(name));
        let offset: usize = parameter("offset=").and_then(|text| text.parse().ok()).expect("an offset");
        let from = parameter("from=IS%3A").map(|day| format!("{day}T00:00:00Z").parse().expect("a day"));
        let is_there = |(at, event): &(Timestamp, Value)| {
            from.is_none_or(|from: Timestamp| *at >= from)
                && !deleted.iter().any(|id| event["id"].as_u64() == u64::try_from(*id).ok())
        };
        let all: Vec<Value> = (1..=total).rev().map(event).filter(is_there).map(|(_, event)| event).collect();
        let page: Vec<Value> = all.iter().skip(offset).take(1000).cloned().collect();
        Reply::Json(200, json!({"events": page, "total": all.len()}))
    })
}

fn unleash(server: &Server, lookback_days: Option<u32>) -> Unleash {
    let config = ServerConfig { lookback_days, ..ServerConfig::default() };
    Unleash::with_limits(&server.url(), TOKEN, &config, Timestamp::UNIX_EPOCH, limits()).expect("usable")
}

/// What an earlier capture would have given: two days ago there were 48 events less.
fn earlier(server: &Server, whole: &Snapshot) -> Snapshot {
    let mut earlier = whole.clone();
    earlier.captured_at = whole.captured_at - jiff::SignedDuration::from_hours(48);
    earlier.events.retain(|event| event.at <= earlier.captured_at);
    earlier.server.url = Some(server.url());
    earlier
}

#[test]
fn only_newer_events_are_read_and_the_log_is_the_same() {
    let server = server(5000, &[]);
    let whole = unleash(&server, None).capture(&()).expect("the server can be read");
    assert_eq!(whole.provenance.previous, None);
    let before = server.asked("/api/admin/search/events?limit=1000").len();
    let earlier = earlier(&server, &whole);
    let bytes = file::write(&earlier, "1", true);
    let digest = file::digest(&bytes, "a.json.gz").expect("our own file can be read");
    let mut next = unleash(&server, None).since(earlier, digest.clone()).expect("it fits").capture(&()).expect("read");
    let asked = server.asked("/api/admin/search/events?limit=1000").split_off(before);
    assert_eq!(asked, ["/api/admin/search/events?limit=1000&offset=0&from=IS%3A2026-11-19"], "one page, not five");
    assert_eq!(next.provenance.previous.take(), Some(digest));
    assert!(next == whole, "the log is put together without a seam: {} {}", next.events.len(), whole.events.len());
}

#[test]
fn digest_is_that_of_the_plain_file() {
    let server = server(3, &[]);
    let snapshot = unleash(&server, None).capture(&()).expect("the server can be read");
    let (plain, packed) = (file::write(&snapshot, "1", false), file::write(&snapshot, "1", true));
    let digest = file::digest(&plain, "a.json").expect("plain");
    assert_eq!(file::digest(&packed, "a.json.gz").expect("gzip"), digest);
    assert_eq!(digest.len(), 64);
    assert_ne!(file::digest(&file::write(&snapshot, "2", false), "a.json").expect("plain"), digest);
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(file::digest(b"", "a.json").expect("plain"), nothing, "as `sha256sum` has it");
}

#[test]
fn deleted_entries_of_the_log_are_told() {
    let server = server(300, &[250, 251]);
    let whole = unleash(&self::server(300, &[]), None).capture(&()).expect("the server can be read");
    let earlier = earlier(&server, &whole);
    let next = unleash(&server, None).since(earlier, String::new()).expect("it fits").capture(&()).expect("read");
    let gap = next.gap(Source::Events, None).expect("two are gone");
    assert_eq!(gap.reason, GapReason::Truncated);
    assert!(gap.detail.starts_with("2 events of the previous snapshot, from event 250 on"), "{}", gap.detail);
    assert_eq!(next.events.len(), 300, "what was captured once is kept");
}

#[test]
fn log_that_cannot_be_continued_is_read_anew() {
    let server = server(2500, &[]);
    let whole = unleash(&server, None).capture(&()).expect("the server can be read");
    let cases: [fn(&mut Snapshot); 3] = [
        |base| base.events_since = Some(base.captured_at),
        |base| base.captured_at = Timestamp::MAX,
        |base| {
            let detail = "half".to_owned();
            let (source, reason) = (Source::Events, GapReason::Truncated);
            base.gaps.push(downhaul_core::Gap { source, flag: None, reason, detail });
        },
    ];
    for spoil in cases {
        let mut base = earlier(&server, &whole);
        base.events.truncate(10);
        spoil(&mut base);
        let mut next = unleash(&server, None).since(base, String::new()).expect("it fits").capture(&()).expect("read");
        next.provenance.previous = None;
        assert!(next == whole);
    }
}

#[test]
fn look_back_still_holds() {
    let server = server(2500, &[]);
    let whole = unleash(&server, None).capture(&()).expect("the server can be read");
    let base = earlier(&server, &whole);
    let next = unleash(&server, Some(10)).since(base, String::new()).expect("it fits").capture(&()).expect("read");
    assert_eq!(next.events.len(), 241);
    assert_eq!(next.events_since, Some(whole.captured_at - jiff::SignedDuration::from_hours(240)));
}

#[test]
fn snapshot_that_does_not_fit_is_refused() {
    let server = server(3, &[]);
    let whole = unleash(&server, None).capture(&()).expect("the server can be read");
    let refusal = |spoil: fn(&mut Snapshot)| {
        let mut base = whole.clone();
        spoil(&mut base);
        let error = unleash(&server, None).since(base, String::new()).expect_err("it does not fit");
        assert!(matches!(error, ServerError::Setting(_)), "{error:?}");
        error.to_string()
    };
    let other = refusal(|base| base.server.url = Some("https://elsewhere.example.com".to_owned()));
    assert!(other.starts_with("the previous snapshot is of https://elsewhere.example.com, not of http://"), "{other}");
    assert!(refusal(|base| base.provenance.redacted = true).starts_with("the previous snapshot is redacted"));
}
