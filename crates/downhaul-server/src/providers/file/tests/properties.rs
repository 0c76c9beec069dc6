//! Whatever names, numbers and times there are: writing and reading back gives the same snapshot.

use downhaul_core::{
    ApiToken, ChangeRequest, Comment, Person, RequestState, Review, Scope, Timestamp, TokenKind, TokenStorage,
};
use proptest::prelude::*;

use super::{full, read, write};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}", Just("a\"b\\c\n\u{0}\u{2028}".to_owned()), Just("*".to_owned())]
}

fn time() -> impl Strategy<Value = Timestamp> {
    (-60_000_000_000_i64..250_000_000_000, 0..1_000_000_000_i32)
        .prop_filter_map("out of range", |(second, nano)| Timestamp::new(second, nano).ok())
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![Just(Scope::All), prop::collection::vec(text(), 0..3).prop_map(Scope::Only)]
}

fn token() -> impl Strategy<Value = ApiToken> {
    let kind = prop_oneof![Just(TokenKind::Admin), Just(TokenKind::Frontend), text().prop_map(TokenKind::Other)];
    let storage = prop::option::of(prop_oneof![Just(TokenStorage::Clear), Just(TokenStorage::Hashed)]);
    let times = prop::array::uniform3(prop::option::of(time()));
    (text(), kind, scope(), scope(), times, storage).prop_map(|(name, kind, projects, environments, times, storage)| {
        let [created_at, expires_at, seen_at] = times;
        ApiToken { name, kind, projects, environments, created_at, expires_at, seen_at, storage }
    })
}

fn person() -> impl Strategy<Value = Person> {
    (prop::option::of(any::<i64>()), text()).prop_map(|(id, name)| Person { id, name })
}

fn review() -> impl Strategy<Value = Review> {
    (person(), prop::option::of(time())).prop_map(|(by, at)| Review { by, at })
}

fn state() -> impl Strategy<Value = RequestState> {
    prop_oneof![Just(RequestState::InReview), Just(RequestState::Applied), text().prop_map(RequestState::Other)]
}

/// What varies is laid over a request that has everything.
fn request(template: ChangeRequest) -> impl Strategy<Value = ChangeRequest> {
    let comments = prop::collection::vec((review(), text()), 0..3);
    let entered = prop::collection::btree_map(state(), time(), 0..4);
    let reviews = prop::collection::vec(review(), 0..3);
    (any::<i64>(), state(), person(), time(), reviews, comments, entered).prop_map(
        move |(id, state, author, created_at, approvals, comments, entered)| {
            let comment = |(review, text): (Review, String)| Comment { by: review.by, at: review.at, text };
            let comments = comments.into_iter().map(comment).collect();
            ChangeRequest { id, state, author, created_at, approvals, comments, entered, ..template.clone() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_snapshot_comes_back(
        tokens in prop::collection::vec(token(), 0..4),
        requests in prop::collection::vec(request(full().approvals.requests.remove(1)), 0..3),
        previous in prop::option::of(text()),
        gz in any::<bool>(),
    ) {
        let mut snapshot = full();
        snapshot.access.tokens = tokens;
        snapshot.approvals.requests = requests;
        snapshot.provenance.previous = previous;
        let bytes = write(&snapshot, "1", gz);
        prop_assert_eq!(read(&bytes, "a.json").expect("our own file can be read"), snapshot);
    }
}
