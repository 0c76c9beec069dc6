//! Against a real Unleash server: set `UNLEASH_URL` and `UNLEASH_TOKEN`. `DOWNHAUL_LIVE=require` fails without them.

use std::env;
use std::io::Write;

use downhaul_core::{Gap, GapReason, Snapshot, Source, Timestamp};
use downhaul_server::unleash::Unleash;
use downhaul_server::{FlagServer, ServerConfig, file};

/// The server to test against; says aloud when there is none.
fn server() -> Option<Unleash> {
    match (env::var("UNLEASH_URL"), env::var("UNLEASH_TOKEN")) {
        (Ok(url), Ok(token)) => {
            let config = ServerConfig::default();
            Some(Unleash::new(&url, &token, &config, Timestamp::now()).expect("address and token can be used"))
        }
        _ => {
            let required = env::var("DOWNHAUL_LIVE").is_ok_and(|value| value == "require");
            assert!(!required, "DOWNHAUL_LIVE=require, but UNLEASH_URL and UNLEASH_TOKEN are not set");
            // Not with `eprintln!`, which the test harness would swallow.
            writeln!(std::io::stderr(), "skipped: no Unleash server (set UNLEASH_URL and UNLEASH_TOKEN)")
                .expect("stderr can be written");
            None
        }
    }
}

fn without_time(snapshot: Snapshot) -> Snapshot {
    Snapshot { captured_at: Timestamp::UNIX_EPOCH, ..snapshot }
}

#[test]
fn unchanged_server_gives_the_same_snapshot_twice() {
    let Some(server) = server() else { return };
    let first = server.capture(&()).expect("the server can be read");
    let second = server.capture(&()).expect("the server can be read");
    assert!(second.captured_at >= first.captured_at);
    assert!(!first.flags.is_empty(), "a server without flags proves nothing");
    // All that a Viewer is not shown: changes of segments that belong to no project.
    let hidden = |gap: &&Gap| gap.source == Source::Events && gap.reason == GapReason::Forbidden && gap.flag.is_some();
    let admins_only = [Source::Tokens, Source::Users, Source::Admins, Source::Integrations, Source::Headcount];
    let for_admins = |gap: &&Gap| gap.reason == GapReason::Forbidden && admins_only.contains(&gap.source);
    let paid = |gap: &&Gap| gap.reason == GapReason::Unsupported && gap.source.is_of_paid_editions();
    let others = first.gaps.iter().filter(|gap| !hidden(gap) && !for_admins(gap) && !paid(gap));
    let others: Vec<&Gap> = others.collect();
    assert!(others.is_empty(), "a Viewer may read everything else: {others:#?}");

    let bytes = file::write(&first, "0", true);
    assert_eq!(file::read(&bytes, "live.json.gz").expect("our own file can be read"), first);
    assert!(without_time(first) == without_time(second), "two captures of an unchanged server differ");
}

#[test]
fn wrong_token_is_refused() {
    if server().is_none() {
        return;
    }
    let url = env::var("UNLEASH_URL").expect("checked above");
    let config = ServerConfig::default();
    let secret = "user:0123456789abcdef0123456789abcdef";
    let server = Unleash::new(&url, secret, &config, Timestamp::now()).expect("address and token can be used");
    let error = server.capture(&()).expect_err("nobody has this token");
    assert!(matches!(error, downhaul_server::ServerError::Unauthorised { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("0123456789abcdef"));
}
