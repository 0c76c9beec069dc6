//! Answers recorded of a real server, and the snapshot that comes of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use std::sync::Mutex;

use downhaul_core::{
    Admins, Completion, FlagKey, Gap, GapReason, Scope, SdkVersion, Snapshot, Source, TokenKind, TokenStorage,
};
use downhaul_server::{Progress, ServerConfig, file};
use serde_json::{Value, json};

use crate::server::{Reply, Server, TIME, TOKEN, limits};

/// Part of each secret in the recorded answers.
const PLANTED: &str = "planted5ecret";

/// What was recorded for path and query; the message that Unleash gives for unknown routes for everything else.
pub(crate) fn recorded() -> impl Fn(&str) -> Reply + Send + Sync + 'static {
    answers_of(&cases().join("8.2.0"))
}

pub(crate) fn answers_of(case: &Path) -> impl Fn(&str) -> Reply + Send + Sync + use<> {
    let text = std::fs::read_to_string(case.join("answers.json")).expect("the case has answers");
    let answers: Vec<Value> = serde_json::from_str(&text).expect("a list of answers");
    let by_request: BTreeMap<String, (u16, Value)> = answers
        .into_iter()
        .map(|mut answer| {
            let request = answer["request"].as_str().expect("a request").replacen("GET ", "", 1);
            let status = answer["status"].as_u64().and_then(|status| status.try_into().ok()).expect("a status");
            (request, (status, answer["body"].take()))
        })
        .collect();
    move |target| match by_request.get(target) {
        Some((status, body)) => Reply::Json(*status, body.clone()),
        None => Reply::no_such_path(target),
    }
}

pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/servers/unleash")
}

fn capture(case: &Path) -> (Snapshot, Server) {
    let answers = answers_of(case);
    let server = Server::start(move |target, _| answers(target));
    let snapshot = server.capture().expect("the list of flags is there");
    (snapshot, server)
}

/// A folder is a case. 6.10.1 and 5.12.8 ignore filters and lack routes, which must be told.
/// The expected snapshot is a snapshot file; the address in it depends on the free port and is replaced.
#[test]
fn every_case_gives_its_snapshot() {
    let folders: Vec<PathBuf> = std::fs::read_dir(cases())
        .expect("there are cases")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    assert!(!folders.is_empty());
    for case in folders {
        let (mut snapshot, _) = capture(&case);
        snapshot.server.url = Some("http://unleash.example.com".to_owned());
        let expected = case.join("snapshot.json");
        let actual = file::write(&snapshot, "0.0.0", false);
        if std::fs::read(&expected).ok().as_deref() != Some(actual.as_slice()) {
            let new = case.join("snapshot.json.new");
            std::fs::write(&new, &actual).expect("the case can be written");
            panic!("{} differs from what came out; read {} and rename it", expected.display(), new.display());
        }
    }
}

#[test]
fn nothing_of_the_recorded_server_is_missing() {
    let (snapshot, _) = capture(&cases().join("8.2.0"));
    let paid: Vec<&Gap> = snapshot.gaps.iter().filter(|gap| gap.source.is_of_paid_editions()).collect();
    assert_eq!(paid.len(), 7, "each paid part is missing once: {paid:#?}");
    assert!(paid.iter().all(|gap| gap.reason == GapReason::Unsupported && gap.flag.is_none()), "{paid:#?}");
    assert_eq!(snapshot.gaps.len(), paid.len(), "{:#?}", snapshot.gaps);
    assert_eq!(snapshot.captured_at.to_string(), TIME, "the server's clock counts");
    assert_eq!(snapshot.server.version.as_deref(), Some("8.2.0"));
    assert_eq!(snapshot.server.anonymises_events, Some(false));
    assert_eq!(snapshot.server.segment_values, Some(1000));
    assert_eq!(snapshot.server.clock_ahead, Some(snapshot.captured_at.as_second()), "ours stands at the epoch");
    let key = FlagKey::new("recs-homepage-model").expect("a key");
    let kept = Completion::Kept { variant: Some("model-b".to_owned()) };
    assert_eq!(snapshot.flags[&key].lifecycle.completion, Some(kept), "the log alone knows the variant");
    let parent = &snapshot.flags["account-sso-beta"].parents[0];
    assert_eq!(parent.parent.as_str(), "account-new-profile");
    let archived = &snapshot.flags["infra-read-replica"];
    assert!(archived.archived_at.is_some());
    assert_eq!(archived.environments["production"].usage.as_ref().map(|usage| usage.yes), Some(3900));
}

#[test]
fn tokens_people_and_applications_are_there() {
    let (snapshot, _) = capture(&cases().join("8.2.0"));
    let access = &snapshot.access;
    let token = |name: &str| access.tokens.iter().find(|token| token.name == name).expect("it was made");
    let shop = token("shop-web-production");
    assert_eq!((&shop.kind, shop.storage), (&TokenKind::Backend, Some(TokenStorage::Clear)));
    assert_eq!(shop.projects, Scope::Only(vec!["default".to_owned()]));
    assert_eq!(shop.environments, Scope::Only(vec!["production".to_owned()]));
    assert!(shop.created_at.is_some() && shop.expires_at.is_some() && shop.seen_at.is_none());
    let admin = access.tokens.iter().find(|token| token.kind == TokenKind::Admin).expect("`up` makes one");
    assert_eq!((&admin.projects, &admin.environments, admin.expires_at), (&Scope::All, &Scope::All, None));
    assert_eq!(access.counts.map(|counts| (counts.people, counts.admin_tokens)), Some((6, Some(2))));
    assert_eq!(access.admins, Some(Admins { people: 3, service_accounts: 0 }));
    let alice = access.users.iter().find(|user| user.person.id == Some(2)).expect("she has a login");
    assert_eq!((alice.person.name.as_str(), alice.role.as_deref()), ("alice@example.com", Some("Editor")));

    let android = snapshot.applications.iter().find(|app| app.name == "android-app").expect("it asked");
    let sdk = SdkVersion { name: "unleash-android-sdk".to_owned(), version: "1.0.0".to_owned() };
    assert_eq!(android.sdks, Some([sdk].into()));
    assert_eq!(android.environments, ["production".to_owned()].into());
    let hook = &snapshot.integrations[0];
    assert_eq!((hook.provider.as_str(), hook.enabled, hook.events.len()), ("webhook", false, 2));
    let used: Vec<_> = snapshot.segments.values().map(|segment| segment.used_in.map(|used| used.flags)).collect();
    assert_eq!(used, [Some(1), Some(1), Some(0)]);
}

#[test]
fn secrets_that_the_server_sends_end_with_the_parse() {
    let recorded = std::fs::read_to_string(cases().join("8.2.0/answers.json")).expect("the case has answers");
    assert!(recorded.matches(PLANTED).count() > 10, "tokens, invitations and addresses of integrations");
    let heard = Mutex::new(String::new());
    struct Heard<'a>(&'a Mutex<String>);
    impl Progress for Heard<'_> {
        fn step(&self, what: &str, _: usize, _: Option<usize>) {
            self.0.lock().expect("no panic").push_str(what);
        }
    }
    let answers = self::recorded();
    let server = Server::start(move |target, _| answers(target));
    let snapshot = server.capture_with(&ServerConfig::default(), limits(), &Heard(&heard)).expect("there are flags");
    let told = heard.into_inner().expect("no panic");
    let file = String::from_utf8(file::write(&snapshot, "0.0.0", false)).expect("JSON is text");
    for text in [format!("{snapshot:?}"), format!("{:#?}", snapshot.gaps), told, file] {
        assert!(!text.is_empty() && !text.contains(PLANTED) && !text.contains(TOKEN));
    }
}

/// An answer about tokens that cannot be understood must not be quoted.
#[test]
fn secrets_in_an_answer_of_another_shape_are_not_quoted() {
    let answers = self::recorded();
    let server = Server::start(move |target, _| match target {
        "/api/admin/api-tokens" => Reply::Json(200, json!({"tokens": [PLANTED], "secret": PLANTED})),
        "/api/admin/user-admin" => Reply::Json(200, json!({"users": {"inviteLink": PLANTED}})),
        "/api/admin/addons" => Reply::Json(200, json!({"addons": [{"id": PLANTED, "parameters": PLANTED}]})),
        target => answers(target),
    });
    let snapshot = server.capture().expect("there are flags");
    let failed = |source| snapshot.gap(source, None).is_some_and(|gap| gap.reason == GapReason::Failed);
    assert!(failed(Source::Tokens) && failed(Source::Users) && failed(Source::Integrations), "{:#?}", snapshot.gaps);
    assert!(!format!("{snapshot:?}").contains(PLANTED), "{:#?}", snapshot.gaps);
}

#[test]
fn only_get_is_used_and_every_request_carries_the_token() {
    let (_, server) = capture(&cases().join("8.2.0"));
    let heads = server.heads();
    assert!(heads.len() > 30);
    for head in heads {
        assert!(head.starts_with("GET /api/admin/"), "{head}");
        assert!(head.to_ascii_lowercase().contains(&format!("authorization: {TOKEN}")), "{head}");
    }
}

#[test]
fn base_paths_are_kept() {
    let answers = recorded();
    let server = Server::start(move |target, _| match target.strip_prefix("/flags/eu") {
        Some(target) => answers(target),
        None => Reply::html(200, &[]),
    });
    let config = downhaul_server::ServerConfig::default();
    let now = downhaul_core::Timestamp::UNIX_EPOCH;
    for base in ["/flags/eu", "/flags/eu/", "/flags/eu/api"] {
        let url = format!("{}{base}", server.url());
        let unleash = downhaul_server::unleash::Unleash::new(&url, TOKEN, &config, now).expect("usable");
        let snapshot = downhaul_server::FlagServer::capture(&unleash, &()).expect("the server can be read");
        assert_eq!(snapshot.server.url, Some(format!("{}/flags/eu", server.url())));
    }
}
