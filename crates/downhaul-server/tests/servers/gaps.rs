//! What could not be read is a gap with a reason, and everything else is there all the same.

use downhaul_core::{Gap, GapReason, Snapshot, Source};
use downhaul_server::ServerConfig;
use serde_json::{Value, json};

use crate::recorded::recorded;
use crate::server::{Reply, Server, limits};

/// The recorded server, except where `instead` answers.
fn except(instead: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let answers = recorded();
    Server::start(move |target, _| instead(target).unwrap_or_else(|| answers(target)))
}

fn capture(server: &Server) -> Snapshot {
    server.capture().expect("the list of flags is there")
}

fn forbidden() -> Reply {
    Reply::Json(403, json!({"name": "PermissionError", "message": "no", "permissions": ["ADMIN"]}))
}

/// Source, flag and reason of each gap, but for what the recorded edition does not have.
fn reasons<'a>(snapshot: &'a Snapshot) -> Vec<(Source, Option<&'a str>, GapReason)> {
    let short = |gap: &'a Gap| (gap.source, gap.flag.as_ref().map(|key| key.as_str()), gap.reason);
    snapshot.gaps.iter().filter(|gap| !gap.source.is_of_paid_editions()).map(short).collect()
}

#[test]
fn each_source_has_its_gap() {
    let routes = [
        ("/api/admin/search/features?limit=100&offset=0&sortBy=name&sortOrder=asc&", Source::ArchivedFlags),
        ("/api/admin/environments", Source::Environments),
        ("/api/admin/projects?", Source::Projects),
        ("/api/admin/feature-types", Source::FlagTypes),
        ("/api/admin/segments", Source::Segments),
        ("/api/admin/metrics/unknown-flags", Source::UnknownNames),
        ("/api/admin/search/events", Source::Events),
        ("/api/admin/client-metrics/", Source::Usage),
        ("/api/admin/metrics/applications", Source::Applications),
        ("/api/admin/addons", Source::Integrations),
        ("/api/admin/api-tokens", Source::Tokens),
        ("/api/admin/user-admin?", Source::Users),
        ("/api/admin/user-admin/admin-count", Source::Admins),
        ("/api/admin/instance-admin/statistics", Source::Headcount),
    ];
    for (route, source) in routes {
        // Lists without a query are the beginning of other routes.
        let server = except(move |target| {
            let is_it = format!("{target}?").starts_with(route) || target.starts_with(route);
            is_it.then(forbidden)
        });
        let snapshot = capture(&server);
        assert_eq!(reasons(&snapshot), [(source, None, GapReason::Forbidden)], "{route}: {:#?}", snapshot.gaps);
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let replies: [(fn() -> Reply, GapReason); 5] = [
        (forbidden, GapReason::Forbidden),
        (|| Reply::no_such_path("/x"), GapReason::Unsupported),
        (|| Reply::Json(404, json!({"name": "NotFoundError", "message": "disabled"})), GapReason::Failed),
        (|| Reply::Json(500, json!({})), GapReason::Failed),
        (|| Reply::Json(200, json!("surprise")), GapReason::Failed),
    ];
    for (reply, reason) in replies {
        let server = except(move |target| target.ends_with("/lifecycle").then(reply));
        let snapshot = capture(&server);
        assert_eq!(reasons(&snapshot), [(Source::Lifecycle, None, reason)], "{:#?}", snapshot.gaps);
    }
}

#[test]
fn older_server_is_read_as_far_as_it_goes() {
    let server = except(|target| {
        let lacks = ["/lifecycle", "/unknown-flags", "/search/events"].iter().any(|part| target.contains(part));
        lacks.then(|| Reply::no_such_path(target))
    });
    let snapshot = capture(&server);
    let expected = [
        (Source::Lifecycle, None, GapReason::Unsupported),
        (Source::Events, None, GapReason::Unsupported),
        (Source::UnknownNames, None, GapReason::Unsupported),
    ];
    assert_eq!(reasons(&snapshot), expected);
    assert!(snapshot.flags["recs-homepage-model"].lifecycle.current().is_some(), "the search knows the last stage");
    let asked = server.heads().iter().filter(|head| head.contains("/lifecycle")).count();
    assert!(asked <= 6, "at most those in flight: a route that is not there is not asked for each flag: {asked}");
}

#[test]
fn failure_of_one_flag_concerns_this_flag() {
    let server = except(|target| target.contains("/features/mobile-new-nav?").then(|| Reply::Json(500, json!({}))));
    let snapshot = capture(&server);
    assert_eq!(reasons(&snapshot), [(Source::Details, Some("mobile-new-nav"), GapReason::Failed)]);
    let states = &snapshot.flags["mobile-new-nav"].environments;
    assert!(states.values().all(|state| state.strategies.is_none()), "not read is not the same as none");
    assert!(snapshot.flags["search-ranker-v2"].environments["production"].strategies.is_some());
}

#[test]
fn server_that_dies_is_given_up_soon() {
    let server = except(|target| {
        (!target.contains("/search/features") && !target.contains("ui-config")).then_some(Reply::Nothing)
    });
    let snapshot = capture(&server);
    // Measures are not asked of an open-source server.
    let asked = |gap: &&Gap| gap.source != Source::ImpactMetrics;
    assert!(snapshot.gaps.iter().filter(asked).all(|gap| gap.reason == GapReason::Failed));
    assert!(snapshot.gaps.len() >= 9, "{:#?}", snapshot.gaps);
    // Eight failures in a row with four attempts each, those in flight, and the three answers before.
    let requests = server.heads().len();
    assert!(requests <= 3 + 4 * (8 + 6), "{requests}");
}

#[test]
fn hidden_changes_of_segments_are_gaps_of_the_flags_that_use_them() {
    let server =
        except(|target| target.contains("type=IS_ANY_OF").then(|| Reply::Json(200, json!({"events": [], "total": 0}))));
    let snapshot = capture(&server);
    let of = |flag| (Source::Events, Some(flag), GapReason::Forbidden);
    assert_eq!(reasons(&snapshot), [of("account-admin-export"), of("account-sso-beta")]);

    let server = except(|target| target.contains("type=IS_ANY_OF").then(|| Reply::Json(500, json!({}))));
    let snapshot = capture(&server);
    let of = |flag| (Source::Events, Some(flag), GapReason::Failed);
    assert_eq!(reasons(&snapshot), [of("account-admin-export"), of("account-sso-beta")]);
    assert!(!snapshot.events.is_empty(), "the log itself was read");
}

fn row(index: usize) -> Value {
    json!({"name": format!("flag-{index:03}"), "project": "default", "type": "release", "environments": []})
}

/// A page of so many flags as a server with `there` of them gives, if it says that it has `total`.
fn page(target: &str, there: usize, total: usize) -> Reply {
    let number = |name: &str| {
        let value = target.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).expect("the query is complete");
        value.parse::<usize>().expect("a number")
    };
    let (offset, limit) = (number("offset="), number("limit="));
    let features: Vec<Value> = (offset..there.min(offset + limit)).map(row).collect();
    // Past the end the server says that there is nothing at all.
    let total = if features.is_empty() { 0 } else { total };
    Reply::Json(200, json!({"features": features, "total": total}))
}

fn many_flags(there: usize, total: usize) -> Server {
    except(move |target| {
        let is_search = target.starts_with("/api/admin/search/features");
        if is_search && target.contains("archived") {
            return Some(Reply::Json(200, json!({"features": [], "total": 0})));
        }
        is_search.then(|| page(target, there, total))
    })
}

#[test]
fn flags_come_in_pages() {
    for count in [0, 1, 100, 101, 250] {
        let server = many_flags(count, count);
        let snapshot = capture(&server);
        assert_eq!(snapshot.flags.len(), count);
        let pages = server.asked("/api/admin/search/features").len() - 2;
        assert_eq!(pages, count.div_ceil(100).max(1), "{count}");
        assert_eq!(snapshot.gap(Source::Flags, None), None);
    }
}

#[test]
fn flags_that_are_counted_and_not_given_are_a_gap() {
    let snapshot = capture(&many_flags(120, 130));
    assert_eq!(snapshot.flags.len(), 120);
    let gap = snapshot.gap(Source::Flags, None).expect("ten are missing");
    assert_eq!(gap.reason, GapReason::Truncated);
    assert!(gap.detail.starts_with("the server counts 130 flags and gave 120"), "{}", gap.detail);
}

#[test]
fn server_that_ignores_the_filter_for_archived_flags_is_asked_otherwise() {
    let archived =
        json!({"features": [{"name": "old", "project": "default", "archivedAt": "2026-01-01T00:00:00Z"}], "total": 1});
    let live = json!({"features": [row(1)], "total": 1});
    let (first, second) = (live.clone(), archived);
    let server = except(move |target| {
        let body = if target.contains("archived=IS%3Atrue") { &second } else { &first };
        target.starts_with("/api/admin/search/features").then(|| Reply::Json(200, body.clone()))
    });
    let snapshot = capture(&server);
    assert_eq!(snapshot.flags.keys().map(|key| key.as_str()).collect::<Vec<_>>(), ["flag-001", "old"]);
    assert_eq!(snapshot.gap(Source::ArchivedFlags, None), None);

    let server =
        except(move |target| target.starts_with("/api/admin/search/features").then(|| Reply::Json(200, live.clone())));
    let neither = capture(&server);
    let gap = neither.gap(Source::ArchivedFlags, None).expect("neither filter is understood");
    assert_eq!(gap.reason, GapReason::Unsupported);
}

/// As version 7 does: it knows the first filter and finds nothing by it.
#[test]
fn nothing_found_by_one_filter_does_not_mean_that_nothing_is_archived() {
    let old = json!({"name": "old", "project": "default", "archivedAt": "2026-01-01T00:00:00Z"});
    let server = except(move |target| {
        let rows = match target {
            _ if !target.starts_with("/api/admin/search/features") => return None,
            _ if target.contains("lifecycle=IS%3Aarchived") => json!([]),
            _ if target.contains("archived=IS%3Atrue") => json!([old]),
            _ => json!([row(1)]),
        };
        Some(Reply::Json(200, json!({"total": rows.as_array().map(Vec::len), "features": rows})))
    });
    let snapshot = capture(&server);
    assert!(snapshot.flags["old"].archived_at.is_some());
    assert_eq!(snapshot.gap(Source::ArchivedFlags, None), None);
}

/// A log of `total` events, one an hour, newest first, of which only the newest `given` are handed out.
fn log(given: usize, total: usize) -> Server {
    let event = move |index: usize| {
        let at: downhaul_core::Timestamp = crate::server::TIME.parse().expect("a time");
        let at = at - jiff::SignedDuration::from_hours(i64::try_from(index).expect("small"));
        json!({"id": total - index, "type": "feature-created", "createdAt": at.to_string(), "createdBy": "a"})
    };
    except(move |target| {
        if !target.starts_with("/api/admin/search/events?limit=1000") {
            return None;
        }
        let offset = target.split("offset=").nth(1).and_then(|rest| rest.split('&').next()).expect("an offset");
        let offset: usize = offset.parse().expect("a number");
        let events: Vec<Value> = (offset..given.min(offset + 1000)).map(event).collect();
        Some(Reply::Json(200, json!({"events": events, "total": total})))
    })
}

#[test]
fn event_log_is_read_to_its_beginning() {
    let server = log(2500, 2500);
    let snapshot = capture(&server);
    assert_eq!((snapshot.events.len(), snapshot.events_since), (2500, None));
    assert!(snapshot.events.is_sorted_by_key(|event| (event.at, event.id)), "oldest first");
    assert_eq!(server.asked("/api/admin/search/events?limit=1000").len(), 3);
    assert_eq!(snapshot.gap(Source::Events, None), None);
}

#[test]
fn event_log_that_ends_early_is_a_gap_and_says_where_it_begins() {
    let snapshot = capture(&log(1200, 2500));
    assert_eq!(snapshot.events.len(), 1200);
    assert_eq!(snapshot.events_since, Some(snapshot.events[0].at));
    let gap = snapshot.gap(Source::Events, None).expect("half the log is missing");
    assert_eq!(gap.reason, GapReason::Truncated);
    assert_eq!(gap.detail, "the server counts 2500 events and gave 1200; try again");

    let snapshot = capture(&log(0, 2500));
    assert_eq!((snapshot.events.len(), snapshot.events_since), (0, None));
    assert_eq!(snapshot.gap(Source::Events, None).map(|gap| gap.reason), Some(GapReason::Truncated));
}

#[test]
fn look_back_asks_for_a_day_more_and_cuts_by_the_instant() {
    let server = log(100, 100);
    let config = ServerConfig { lookback_days: Some(2), ..ServerConfig::default() };
    let snapshot = server.capture_with(&config, limits(), &()).expect("the list of flags is there");
    assert_eq!(snapshot.events_since, Some("2026-11-20T18:00:00Z".parse().expect("a time")));
    assert_eq!(snapshot.events.len(), 49, "now, and 48 hours before");
    let asked = server.asked("/api/admin/search/events?limit=1000");
    assert_eq!(asked, ["/api/admin/search/events?limit=1000&offset=0&from=IS%3A2026-11-19"]);
    assert_eq!(snapshot.gap(Source::Events, None), None);
}

#[test]
fn expected_project_that_is_not_seen_is_a_gap() {
    let server = except(|_| None);
    let projects = vec!["default".to_owned(), "mobile".to_owned(), "payments".to_owned()];
    let config = ServerConfig { projects, ..ServerConfig::default() };
    let snapshot = server.capture_with(&config, limits(), &()).expect("the list of flags is there");
    assert_eq!(reasons(&snapshot), [(Source::Projects, None, GapReason::Absent)]);
    let gap = snapshot.gap(Source::Projects, None).expect("one is not seen");
    assert!(gap.detail.starts_with("the project `payments` is expected and was not seen"));
}

/// These lists have no count beside them, and no server has them empty.
#[test]
fn list_that_cannot_be_empty_and_is_is_a_gap() {
    let cases = [
        ("/api/admin/projects", "projects", Source::Projects),
        ("/api/admin/environments", "environments", Source::Environments),
        ("/api/admin/feature-types", "types", Source::FlagTypes),
        ("/api/admin/user-admin", "users", Source::Users),
    ];
    for (path, list, source) in cases {
        let answers = recorded();
        let server = Server::start(move |target, _| match answers(target) {
            Reply::Json(200, mut body) if target == path => {
                assert!(body[list].as_array().is_some_and(|list| !list.is_empty()), "{path} has something to lose");
                body[list] = json!([]);
                Reply::Json(200, body)
            }
            reply => reply,
        });
        let snapshot = server.capture().expect("the flags are there");
        let gap = snapshot.gaps.iter().find(|gap| gap.source == source);
        assert!(gap.is_some_and(|gap| gap.reason == GapReason::Failed && gap.detail.contains("is empty")), "{gap:?}");
    }
}
