//! Hosts that refuse, stall, lose answers and race; and a token that must not be seen.

use std::time::{Duration, Instant};

use downhaul_host::{HostError, HostKind, HostToken, Options, Outcome, Pace, Proposed, Repository};

use crate::forge::{Fault, git};
use crate::journey::{Shop, proposal};

fn options() -> Options {
    Options { patience: Duration::from_millis(1), ..Options::default() }
}

fn run(shop: &Shop) -> Proposed {
    shop.run(&[proposal("x")], &options()).remove(0)
}

#[test]
fn reading_is_repeated() {
    for fault in [Fault::Status(502, vec![]), Fault::Drop, Fault::DoneAndLost, Fault::Status(503, vec![])] {
        let shop = Shop::new("github");
        shop.forge.fail_next("GET /api/v3/repos/acme/shop/pulls", fault.clone());
        assert_eq!(run(&shop).outcome, Outcome::Created, "{fault:?}");
    }
}

#[test]
fn limits_are_waited_for() {
    let seconds = |seconds: u64| vec![("Retry-After", seconds.to_string())];
    for fault in [Fault::Status(429, seconds(1)), Fault::Status(403, seconds(1))] {
        let shop = Shop::new("github");
        shop.forge.fail_next("POST /api/v3/repos/acme/shop/pulls", fault);
        let start = Instant::now();
        assert_eq!(run(&shop).outcome, Outcome::Created);
        assert!(start.elapsed() >= Duration::from_secs(1));
        assert_eq!(shop.forge.memory().pulls.len(), 1);
    }
}

/// Whether the answer got lost before or after, there is one pull request in the end.
#[test]
fn a_lost_answer_makes_no_second_one() {
    for fault in [Fault::Drop, Fault::DoneAndLost, Fault::Status(502, vec![]), Fault::Status(422, vec![])] {
        for kind in ["github", "gitlab", "gitea"] {
            let shop = Shop::new(kind);
            for route in ["POST /api/v3/repos/acme/shop/pulls", "POST /api/v4/", "POST /api/v1/repos/acme/shop/pulls"] {
                shop.forge.fail_next(route, fault.clone());
            }
            let made = run(&shop);
            let took_place = shop.forge.memory().pulls.len();
            assert_eq!((&made.outcome, took_place), (&Outcome::Created, 1), "{kind} {fault:?} {made:?}");
        }
    }
}

#[test]
fn a_refusal_is_told_and_stops_nothing_else() {
    let shop = Shop::new("github");
    shop.forge.fail_next("POST /api/v3/repos/acme/shop/pulls", Fault::Status(403, vec![]));
    let proposed = shop.run(&[proposal("x"), proposal("y")], &options());
    let Outcome::Failed(HostError::Refused { status: 403, detail, .. }) = &proposed[0].outcome else {
        panic!("{proposed:?}");
    };
    assert_eq!(detail, "told to fail with 403");
    assert_eq!(proposed[1].outcome, Outcome::Created);
    // The next run finds the branch that was pushed and goes on from there.
    assert_eq!(run(&shop).outcome, Outcome::Created);
}

#[test]
fn reviewers_that_cannot_be_had_are_a_note() {
    let shop = Shop::new("github");
    let mut proposal = proposal("x");
    proposal.reviewers = vec!["@ghost".to_owned()];
    let made = shop.run(&[proposal], &options()).remove(0);
    assert_eq!(made.outcome, Outcome::Created);
    assert!(made.notes[0].contains("nobody was asked to review it"), "{made:?}");
}

/// Somebody pushes between our look and our push: their commit stays.
#[test]
fn a_race_is_lost_with_grace() {
    let shop = Shop::new("github");
    let base = shop.base();
    let made = run(&shop);
    let seen = shop.forge.tip(&made.branch).expect("a branch");
    let ours =
        shop.repository.commit(&base, &proposal("x").changes[..1], "Other\n\nDownhaul-Flag: x\n").expect("a commit");
    let bare = shop.forge.bare();
    git(&bare, &["update-ref", &format!("refs/heads/{}", made.branch), &base.commit]);
    let pushed = shop.repository.push(&ours, &made.branch, Some(&seen));
    assert_eq!(pushed, Err(HostError::Raced(made.branch.clone())));
    assert_eq!(shop.repository.push(&ours, &made.branch, None), Err(HostError::Raced(made.branch.clone())));
    assert_eq!(shop.forge.tip(&made.branch), Some(base.commit));
}

/// A wrong token is refused by git and by the API, and neither error shows it.
#[test]
fn a_token_is_never_shown() {
    const WRONG: &str = "ghp_anothersecret9876543210";
    let shop = Shop::new("github");
    let token = HostToken::new(WRONG).expect("a token");
    let kind: HostKind = "github".parse().expect("a kind");
    let repository =
        Repository::open(shop.repository.root(), "origin").expect("a repository").with_token(&token, kind.git_user());
    let by_git = repository.base(None).expect_err("git is refused");
    let address = repository.address().expect("an address").clone();
    let pace = Pace { back_off: Duration::from_millis(1), ..Pace::default() };
    let host = kind.connect(None, &address, &token, pace).expect("a host");
    let by_api = host.open("downhaul/").expect_err("the API refuses");
    assert!(
        matches!(&by_api, HostError::Refused { status: 401, detail, .. } if detail == "Bad credentials"),
        "{by_api}"
    );
    for error in [&by_git, &by_api] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(WRONG) && !shown.contains("Basic "), "{shown}");
    }
    let config = std::fs::read_to_string(shop.repository.root().join(".git/config")).expect("a configuration");
    assert!(!config.contains("extraheader") && !config.contains("ghp_"), "{config}");
}

#[test]
fn a_token_is_not_sent_in_clear() {
    let token = HostToken::new("ghp_x").expect("a token");
    let kind: HostKind = "github".parse().expect("a kind");
    let address = downhaul_host::RepositoryAddress::parse("http://code.example/acme/shop").expect("an address");
    let refused = kind.connect(None, &address, &token, Pace::default()).err().expect("it is refused");
    assert!(refused.to_string().contains("https://"), "{refused}");
}
