//! The life of a proposal, on each host: made, found again, brought up to date, refused, taken over, gone in, closed.

use std::collections::BTreeSet;
use std::time::Duration;

use downhaul_core::{FlagKey, Keep, Removal};
use downhaul_host::{
    Base, CodeHost, FileChange, HostKind, HostToken, Options, Outcome, Pace, Proposal, Proposed, Proposer, Repository,
    Subject, branch, dashboard,
};

use crate::forge::{Forge, TOKEN, git};

/// A clone of a small repository on a forge, seen through one kind of host.
pub(crate) struct Shop {
    pub(crate) forge: Forge,
    clone: tempfile::TempDir,
    pub(crate) repository: Repository,
    pub(crate) host: Box<dyn CodeHost>,
}

impl Shop {
    pub(crate) fn new(kind: &str) -> Self {
        Shop::on(Forge::start(), kind, None)
    }

    /// With the API at an address of its own.
    pub(crate) fn on(forge: Forge, kind: &str, api: Option<&str>) -> Self {
        let clone = tempfile::tempdir().expect("a temporary folder");
        let folder = clone.path();
        git(folder, &["init", "--quiet", "--initial-branch=main"]);
        std::fs::write(folder.join("a.ts"), "if (on('x')) {\n  one();\n}\n").expect("a file");
        std::fs::write(folder.join("b.ts"), "gone();\n").expect("a file");
        git(folder, &["add", "."]);
        git(folder, &["commit", "--quiet", "--message", "First"]);
        let bare = forge.bare();
        git(folder, &["push", "--quiet", &bare.to_string_lossy(), "main"]);
        git(folder, &["remote", "add", "origin", &forge.remote()]);
        let token = HostToken::new(TOKEN).expect("a token");
        let kind: HostKind = kind.parse().expect("a kind");
        let repository = Repository::open(folder, "origin").expect("a repository").with_token(&token, kind.git_user());
        let address = repository.address().expect("an address").clone();
        let pace = Pace { between_writes: Duration::ZERO, back_off: Duration::from_millis(1), ..Pace::default() };
        let host = kind.connect(api, &address, &token, pace).expect("a host");
        Shop { forge, clone, repository, host }
    }

    pub(crate) fn base(&self) -> Base {
        self.repository.base(None).expect("a base")
    }

    pub(crate) fn run(&self, proposals: &[Proposal], options: &Options) -> Vec<Proposed> {
        let base = self.base();
        let mut proposer = Proposer::new(&self.repository, &*self.host, &base, options).expect("a look");
        let mut all: Vec<Proposed> = proposals.iter().map(|proposal| proposer.propose(proposal)).collect();
        let wanted: BTreeSet<String> = all.iter().map(|proposed| proposed.branch.clone()).collect();
        all.extend(proposer.close_all_but(&wanted));
        all
    }

    /// A person's commit on a branch of the remote.
    pub(crate) fn person_commits(&self, branch: &str, path: &str) {
        let other = tempfile::tempdir().expect("a temporary folder");
        let bare = self.forge.bare();
        git(other.path(), &["clone", "--quiet", "--branch", branch, &bare.to_string_lossy(), "."]);
        std::fs::write(other.path().join(path), "a person's work\n").expect("a file");
        git(other.path(), &["add", "."]);
        git(other.path(), &["commit", "--quiet", "--message", "By hand"]);
        git(other.path(), &["push", "--quiet", "origin", branch]);
    }
}

pub(crate) fn proposal(flag: &str) -> Proposal {
    let key = FlagKey::new(flag).expect("a key");
    Proposal {
        subject: Subject::flag(Some("default"), &key),
        removals: vec![Removal { flag: key, keep: Keep::On }],
        title: format!("Remove the flag {flag}"),
        body: "It has been on for everyone.".to_owned(),
        changes: vec![
            FileChange { path: "a.ts".to_owned(), content: Some(b"one();\n".to_vec()) },
            FileChange { path: "b.ts".to_owned(), content: None },
            FileChange { path: format!("notes/{}.txt", flag.len()), content: Some(b"new\n".to_vec()) },
        ],
        reviewers: vec!["@alice".to_owned(), "@acme/checkout".to_owned()],
    }
}

pub(crate) fn outcomes(proposed: &[Proposed]) -> Vec<&'static str> {
    proposed.iter().map(|one| one.outcome.as_str()).collect()
}

pub(crate) fn options() -> Options {
    Options { labels: vec!["label-1".to_owned()], patience: Duration::from_millis(1), ..Options::default() }
}

/// What differs between hosts is how a pull request is made, found, told apart and closed; the rest is tried on one.
const KINDS: [&str; 3] = ["github", "gitlab", "gitea"];

#[test]
fn a_proposal_is_made_once_and_found_again() {
    for kind in KINDS {
        let shop = Shop::new(kind);
        let before = git(shop.clone.path(), &["status", "--porcelain"]);
        let made = shop.run(&[proposal("new-checkout")], &options());
        assert_eq!(outcomes(&made), ["created"], "{kind}: {made:?}");
        assert_eq!(made[0].notes, Vec::<String>::new(), "{kind}");
        let name = branch(&proposal("new-checkout").subject, 1);
        assert_eq!(shop.forge.file(&name, "a.ts").as_deref(), Some("one();\n"), "{kind}");
        assert_eq!(shop.forge.file(&name, "b.ts"), None, "{kind}");
        assert_eq!(shop.forge.file(&name, "notes/12.txt").as_deref(), Some("new\n"), "{kind}");
        {
            let memory = shop.forge.memory();
            let pull = &memory.pulls[0];
            assert_eq!((pull.base.as_str(), pull.labels.len(), pull.draft), ("main", 1, false), "{kind}");
            assert!(!pull.reviewers.is_empty(), "{kind}");
        }
        // The second run changes nothing, neither here nor there.
        let (writes, tip) = (shop.forge.memory().writes.len(), shop.forge.tip(&name));
        assert_eq!(outcomes(&shop.run(&[proposal("new-checkout")], &options())), ["unchanged"], "{kind}");
        assert_eq!((shop.forge.memory().writes.len(), shop.forge.tip(&name)), (writes, tip), "{kind}");
        assert_eq!(git(shop.clone.path(), &["status", "--porcelain"]), before, "{kind}");
        assert_eq!(git(shop.clone.path(), &["branch", "--format=%(refname)"]), "refs/heads/main", "{kind}");
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let shop = Shop::new("github");
    let dry = Options { dry_run: true, ..options() };
    assert_eq!(outcomes(&shop.run(&[proposal("a"), proposal("b")], &dry)), ["created", "created"]);
    assert_eq!(shop.forge.memory().writes, Vec::<String>::new());
    assert_eq!(git(&shop.forge.bare(), &["branch", "--format=%(refname)"]), "refs/heads/main");
}

#[test]
fn what_changes_is_brought_up_to_date() {
    let shop = Shop::new("github");
    shop.run(&[proposal("x")], &options());
    let mut other = proposal("x");
    other.body = "It has been on for everyone since March.".to_owned();
    assert_eq!(outcomes(&shop.run(&[other.clone()], &options())), ["updated"]);
    assert!(shop.forge.memory().pulls[0].body.contains("since March"));
    other.changes[0].content = Some(b"one(); // better\n".to_vec());
    assert_eq!(outcomes(&shop.run(&[other.clone()], &options())), ["updated"]);
    assert_eq!(outcomes(&shop.run(&[other], &options())), ["unchanged"]);
    // The base moves on elsewhere: the proposal is the same, so nobody is bothered.
    shop.person_commits("main", "elsewhere.txt");
    let mut same = proposal("x");
    same.body = "It has been on for everyone since March.".to_owned();
    same.changes[0].content = Some(b"one(); // better\n".to_vec());
    assert_eq!(outcomes(&shop.run(&[same], &options())), ["unchanged"]);
}

#[test]
fn closing_refuses_until_asked_again_or_for_another_side() {
    for kind in KINDS {
        let shop = Shop::new(kind);
        shop.run(&[proposal("x")], &options());
        shop.forge.memory().pulls[0].open = false;
        assert_eq!(outcomes(&shop.run(&[proposal("x")], &options())), ["refused-by-closing"], "{kind}");
        let again = Options { again: true, ..options() };
        assert_eq!(outcomes(&shop.run(&[proposal("x")], &again)), ["created"], "{kind}");
        shop.forge.memory().pulls[1].open = false;
        let mut other_side = proposal("x");
        other_side.removals[0].keep = Keep::Off;
        assert_eq!(outcomes(&shop.run(&[other_side], &options())), ["created"], "{kind}");
    }
}

#[test]
fn a_persons_commit_takes_the_branch_over() {
    let shop = Shop::new("github");
    let made = shop.run(&[proposal("x")], &options());
    shop.person_commits(&made[0].branch, "a.ts");
    let tip = shop.forge.tip(&made[0].branch);
    let mut other = proposal("x");
    other.changes[0].content = Some(b"something else\n".to_vec());
    for _ in 0..2 {
        assert_eq!(outcomes(&shop.run(&[other.clone()], &options())), ["left-to-person"]);
    }
    assert_eq!(shop.forge.tip(&made[0].branch), tip);
    assert_eq!(shop.forge.memory().comments.len(), 1);
    // Not even when the flag is no longer to go.
    assert_eq!(outcomes(&shop.run(&[], &options())), ["left-to-person"]);
    assert!(shop.forge.memory().pulls[0].open);
}

#[test]
fn what_a_merged_one_left_is_proposed_on_another_branch() {
    let shop = Shop::new("github");
    let made = shop.run(&[proposal("x")], &options());
    {
        let pull = &mut shop.forge.memory().pulls[0];
        (pull.open, pull.merged) = (false, true);
    }
    let next = shop.run(&[proposal("x")], &options());
    assert_eq!(outcomes(&next), ["created"]);
    assert_eq!(next[0].branch, format!("{}-2", made[0].branch));
}

#[test]
fn what_is_no_longer_to_go_is_closed() {
    for kind in KINDS {
        let shop = Shop::new(kind);
        let made = shop.run(&[proposal("x"), proposal("y")], &options());
        assert_eq!(outcomes(&shop.run(&[proposal("y")], &options())), ["unchanged", "closed"], "{kind}");
        assert_eq!(shop.forge.tip(&made[0].branch), None, "{kind}");
        let memory = shop.forge.memory();
        assert_eq!(memory.pulls.iter().filter(|pull| pull.open).count(), 1, "{kind}");
        assert_eq!(memory.comments.len(), 1, "{kind}");
    }
}

#[test]
fn there_are_never_more_than_allowed() {
    let shop = Shop::new("github");
    let four: Vec<Proposal> = ["a", "b", "c", "d"].into_iter().map(proposal).collect();
    let two_new = Options { max_new: 2, ..options() };
    assert_eq!(outcomes(&shop.run(&four, &two_new)), ["created", "created", "postponed", "postponed"]);
    let three_open = Options { max_open: 3, ..options() };
    assert_eq!(outcomes(&shop.run(&four, &three_open)), ["unchanged", "unchanged", "created", "postponed"]);
}

#[test]
fn the_dashboard_is_one_issue() {
    for kind in KINDS {
        let shop = Shop::new(kind);
        let write = |body: &str, dry| dashboard(&*shop.host, "Flags to remove", body, dry).expect("a dashboard").0;
        if kind == "gitea" {
            // Labels are numbers there, and the forge's memory knows names only.
            continue;
        }
        assert_eq!(write("- x", true), Outcome::Created);
        assert_eq!(shop.forge.memory().issues.len(), 0);
        assert_eq!(write("- x", false), Outcome::Created, "{kind}");
        assert_eq!(write("- x", false), Outcome::Unchanged, "{kind}");
        assert_eq!(write("- x\n- y", false), Outcome::Updated, "{kind}");
        assert_eq!(shop.forge.memory().issues.len(), 1, "{kind}");
    }
}

/// Flags are called what people call them; nothing of it may reach git or the host as more than text.
#[test]
fn hostile_names_do_no_harm() {
    let shop = Shop::new("github");
    let names = ["$(touch pwned)", "`id`", "--upload-pack=touch pwned", "a\u{202e}b", "x' OR '1", "<!-- --> @all #1"];
    for (number, name) in names.iter().enumerate() {
        let mut proposal = proposal(name);
        proposal.changes.truncate(1);
        proposal.changes.push(FileChange { path: format!("-rf/{number} $(id).txt"), content: Some(b"x".to_vec()) });
        let options = Options { max_open: 20, ..options() };
        let made = shop.run(&[proposal.clone()], &options);
        assert_eq!(made[0].outcome, Outcome::Created, "{name}: {made:?}");
        let path = format!("-rf/{number} $(id).txt");
        assert_eq!(shop.forge.file(&made[0].branch, &path).as_deref(), Some("x"), "{name}");
        assert_eq!(outcomes(&shop.run(&[proposal], &options))[0], "unchanged", "{name}");
    }
    assert!(!shop.clone.path().join("pwned").exists() && !shop.forge.bare().join("pwned").exists());
}

#[test]
fn the_same_change_is_the_same_commit() {
    let shop = Shop::new("github");
    let base = shop.base();
    let commit =
        || shop.repository.commit(&base, &proposal("x").changes, "Message\n\nDownhaul-Flag: x\n").expect("a commit");
    let first = commit();
    // Commits count in seconds.
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(commit(), first);
}
