//! Why there is no snapshot: each reason in its own words, none with a token in it.

use std::net::TcpListener;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use downhaul_core::Timestamp;
use downhaul_server::unleash::{Limits, Unleash};
use downhaul_server::{FlagServer, Progress, ServerConfig, ServerError};
use serde_json::json;

use crate::recorded::recorded;
use crate::server::{Reply, Server, TOKEN, limits};

const SEARCH: &str = "/api/admin/search/features";

/// The error of a server that gives `reply` to everything, and how many requests it took.
fn error_of(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (ServerError, usize) {
    let server = Server::start(move |_, _| reply());
    let error = server.capture().expect_err("there is nothing to read");
    assert!(!error.is_users_input(), "{error:?}");
    (error, server.heads().len())
}

#[test]
fn unknown_token_is_unauthorised_and_not_tried_again() {
    let (error, requests) = error_of(|| Reply::Json(401, json!({"name": "UnauthorizedError", "message": "log in"})));
    assert!(matches!(error, ServerError::Unauthorised { .. }), "{error:?}");
    assert!(error.to_string().ends_with(
        "does not know the token: it is wrong, was deleted or has expired; what is needed is a personal access \
         token of a user with the root role Viewer"
    ));
    assert_eq!(requests, 1);
}

#[test]
fn missing_permission_is_named() {
    let body = json!({"name": "PermissionError", "message": "no", "permissions": ["ADMIN", "READ_FLAGS"]});
    let (error, _) = error_of(move || Reply::Json(403, body.clone()));
    assert_eq!(
        error.to_string(),
        format!(
            "the token may not read {SEARCH}: it lacks the permission `ADMIN` or `READ_FLAGS`; ask whoever gives out \
             tokens"
        )
    );
}

#[test]
fn token_of_the_wrong_kind_is_named() {
    let message = "invalid token: expected a different token type for this endpoint";
    let server = Server::start(move |_, _| Reply::Json(403, json!({"message": message})));
    let error = |token: &str| {
        Unleash::with_limits(&server.url(), token, &ServerConfig::default(), Timestamp::UNIX_EPOCH, limits())
            .and_then(|unleash| unleash.capture(&()))
            .expect_err("the token is of the wrong kind")
            .to_string()
    };
    let backend = error("default:production.0123456789abcdef");
    assert!(backend.contains("this is a backend or frontend token"), "{backend}");
    assert!(backend.contains("a personal access token of a user with the root role Viewer is enough"), "{backend}");
    let other = error(TOKEN);
    assert!(other.contains(message), "{other}");
}

#[test]
fn web_page_is_not_the_api() {
    for status in [200, 404] {
        let (error, requests) = error_of(move || Reply::html(status, &[]));
        assert!(matches!(error, ServerError::NotTheApi { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("a web page (text/html); check the address, perhaps its base path is missing"), "{text}");
        assert_eq!(requests, 1);
    }
}

#[test]
fn redirect_is_told_and_not_followed() {
    let elsewhere = Server::start(|_, _| Reply::html(200, &[]));
    let location = format!("{}/login?state=geheim", elsewhere.url());
    let (error, _) = error_of(move || Reply::html(302, &[("Location", &location)]));
    let text = error.to_string();
    assert!(text.contains(&format!("it redirects to `{}/login`", elsewhere.url())), "{text}");
    assert!(!text.contains("geheim"), "{text}");
    assert!(elsewhere.heads().is_empty(), "the token must not go elsewhere");
}

#[test]
fn failing_server_is_asked_a_few_times() {
    let (error, requests) = error_of(|| Reply::Json(500, json!({"message": "out of order"})));
    let expected = format!("the server refused {SEARCH} with status 500: out of order");
    assert_eq!(error.to_string(), expected);
    // Version and flags, four times each.
    assert_eq!(requests, 8);
}

#[test]
fn answer_that_breaks_off_is_unreachable() {
    let (error, requests) = error_of(|| Reply::Half("{\"version\":".to_owned()));
    assert!(matches!(&error, ServerError::Unreachable { detail, .. } if detail.starts_with("the answer broke off")));
    assert_eq!(requests, 4);
    let (error, _) = error_of(|| Reply::Nothing);
    assert!(matches!(error, ServerError::Unreachable { .. }), "{error:?}");
}

#[test]
fn slow_server_is_unreachable() {
    let server = Server::start(|_, _| Reply::Slow(Duration::from_secs(2)));
    let limits = Limits { request: Duration::from_millis(50), attempts: 2, ..limits() };
    let error = server.capture_with(&ServerConfig::default(), limits, &()).expect_err("nothing came in time");
    assert!(error.to_string().ends_with("cannot be reached: it did not answer in time"), "{error}");
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    drop(listener);
    let unleash = Unleash::with_limits(&url, TOKEN, &ServerConfig::default(), Timestamp::UNIX_EPOCH, limits());
    let error = unleash.expect("usable").capture(&()).expect_err("nobody listens");
    assert!(error.to_string().starts_with(&format!("{url} cannot be reached: ")), "{error}");
}

#[test]
fn answer_of_another_shape_is_told_with_its_place() {
    for body in [json!({"features": "none", "total": 0}), json!([]), json!({"total": 1})] {
        let (error, requests) = error_of(move || Reply::Json(200, body.clone()));
        assert!(matches!(&error, ServerError::BadAnswer { path, .. } if path == SEARCH), "{error:?}");
        assert_eq!(requests, 2, "the same question would get the same answer");
    }
    let broken = || Reply::Text {
        status: 200,
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: "{".to_owned(),
    };
    let (error, _) = error_of(broken);
    assert!(matches!(&error, ServerError::BadAnswer { detail, .. } if detail.contains("line 1")), "{error:?}");
}

#[test]
fn trouble_that_passes_leaves_no_trace() {
    let calm = Server::start({
        let answers = recorded();
        move |target, _| answers(target)
    });
    let expected = calm.capture().expect("the server can be read");
    let answers = recorded();
    let shaky = Server::start(move |target, before| match (before, target.len() % 4) {
        (0, 0) => Reply::Json(503, json!({"message": "starting"})),
        (0, 1) => Reply::html(429, &[("Retry-After", "0")]),
        (0, 2) => Reply::Nothing,
        (0, _) => Reply::Half("{".to_owned()),
        _ => answers(target),
    });
    let mut actual = shaky.capture().expect("the trouble passes");
    actual.server.url.clone_from(&expected.server.url);
    assert!(actual == expected, "{:?}", actual.gaps);
    assert_eq!(shaky.heads().len(), 2 * calm.heads().len());
}

struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn step(&self, what: &str, done: usize, total: Option<usize>) {
        self.0.lock().expect("no panic").push(format!("{what} {done}/{}", total.unwrap_or_default()));
    }
}

#[test]
fn rate_limit_is_waited_for_aloud() {
    let answers = recorded();
    let server = Server::start(move |target, before| {
        if target.starts_with(SEARCH) && before == 0 && !target.contains("archived") {
            return Reply::html(429, &[("Retry-After", "2"), ("RateLimit-Remaining", "0"), ("RateLimit-Reset", "2")]);
        }
        answers(target)
    });
    let heard = Heard(Mutex::default());
    let begun = Instant::now();
    server.capture_with(&ServerConfig::default(), limits(), &heard).expect("the limit ends");
    assert!(begun.elapsed() >= Duration::from_secs(2));
    let heard = heard.0.into_inner().expect("no panic");
    assert!(heard.iter().any(|line| line == "seconds until the server's rate limit ends 0/2"), "{heard:?}");
    assert_eq!(server.asked(SEARCH).len(), 3, "one refused, one for the flags, one for the archive");
}

#[test]
fn quota_that_is_used_up_is_not_overdrawn() {
    let answers = recorded();
    let server = Server::start(move |target, _| match (target.starts_with(SEARCH), answers(target)) {
        (true, Reply::Json(status, body)) => {
            let headers =
                [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1"), ("Content-Type", "application/json")];
            let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
            Reply::Text { status, headers, body: body.to_string() }
        }
        (_, reply) => reply,
    });
    let begun = Instant::now();
    server.capture().expect("the server can be read");
    assert!(begun.elapsed() >= Duration::from_millis(990), "the archive has to wait for the next minute");
}

#[test]
fn wait_beyond_the_end_of_the_capture_is_refused_at_once() {
    let (error, requests) = error_of(|| Reply::html(429, &[("Retry-After", "86400")]));
    let expected = "reading /api/admin/ui-config was given up: the whole capture may take 1200 seconds";
    assert_eq!((error.to_string().as_str(), requests), (expected, 1));
}

/// More than a clock can count, and more than fits into a number.
#[test]
fn wait_without_end_is_refused_at_once() {
    let forever = ["18446744073709551615", "99999999999999999999999", "Thu, 31 Dec 9998 23:59:59 GMT"];
    for (header, pause) in forever.iter().map(|pause| ("Retry-After", *pause)).chain([("RateLimit-Reset", forever[0])])
    {
        for status in [429, 503] {
            let headers = [(header, pause), ("RateLimit-Remaining", "0")];
            let (error, requests) = error_of(move || Reply::html(status, &headers));
            let is_given_up = matches!(error, ServerError::TimedOut { .. });
            assert!(is_given_up && requests == 1, "{header}: {pause}, {status}: {requests}, {error}");
        }
    }
}

/// The date is one of the server's clock, which is years away from the clock of this machine.
#[test]
fn date_after_which_to_ask_again_is_waited_for() {
    let answers = recorded();
    let server = Server::start(move |target, before| match before {
        0 if target.starts_with(SEARCH) => Reply::html(503, &[("Retry-After", "Sun, 22 Nov 2026 18:00:01 GMT")]),
        _ => answers(target),
    });
    let begun = Instant::now();
    server.capture().expect("the trouble passes");
    assert!((1..10).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[test]
fn token_is_in_no_text() {
    let secret = TOKEN.split_once(':').expect("a token has two parts").1;
    let echo = format!("you sent {TOKEN}, that is {secret}");
    for status in [200, 302, 400, 401, 403, 404, 410, 500] {
        for html in [true, false] {
            let echo = echo.clone();
            let (error, _) = error_of(move || match html {
                true => Reply::html(status, &[("Location", "/x")]),
                false => Reply::Json(status, json!({"name": "X", "message": echo, "permissions": [echo]})),
            });
            for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
                assert!(!text.contains(secret), "{status}: {text}");
            }
        }
    }
    let unleash = Unleash::new("http://127.0.0.1:1", TOKEN, &ServerConfig::default(), Timestamp::UNIX_EPOCH);
    assert!(!format!("{:?}", unleash.expect("usable")).contains(secret));
}

#[test]
fn settings_that_cannot_be_used_are_the_users() {
    let config = ServerConfig { kind: "flagsmith".to_owned(), ..ServerConfig::default() };
    let cases = [
        (
            "http://host",
            TOKEN,
            &config,
            "`kind = \"flagsmith\"` is no flag server that downhaul knows; it knows `unleash`",
        ),
        ("host", TOKEN, &ServerConfig::default(), "the address of the server must begin with `https://` or `http://`"),
        ("http://host", " ", &ServerConfig::default(), "the token is empty"),
    ];
    for (url, token, config, expected) in cases {
        let error = Unleash::new(url, token, config, Timestamp::UNIX_EPOCH).expect_err(expected);
        assert_eq!(error.to_string(), expected);
        assert!(error.is_users_input());
    }
}
