//! The branch of a removal: the same name for the same subject, whatever the subject is called.

use sha2::{Digest, Sha256};

use crate::Subject;

/// What all our branches begin with.
pub(crate) const PREFIX: &str = "downhaul/remove/";

/// Characters of the flag's name that go into the branch's.
const SLUG: usize = 48;

/// The branch of a subject: `downhaul/remove/<slug>-<8 hex digits>`, `…-2` for the second attempt.
///
/// The digits are of all that makes the subject what it is, so that two names with one slug have two branches. Nothing
/// but `[a-z0-9-]` comes out of the name: it goes to git, to URLs and to shells of other people's scripts.
pub fn branch(subject: &Subject, attempt: u32) -> String {
    let digest = Sha256::digest(subject.identity.as_bytes());
    let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let slug = slug(&subject.name);
    let dash = if slug.is_empty() { "" } else { "-" };
    let again = if attempt > 1 { format!("-{attempt}") } else { String::new() };
    format!("{PREFIX}{slug}{dash}{hex}{again}")
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9') => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= SLUG {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use downhaul_core::FlagKey;

    use super::*;

    fn of(name: &str) -> String {
        branch(&Subject::flag(Some("default"), &FlagKey::new(name).expect("a key")), 1)
    }

    #[test]
    fn git_takes_every_name() {
        let hostile = ["new-checkout", "a..b", "$(id)", "`x`; rm", "ünï/cödé.lock", "-rf", "@{u}", &"x".repeat(300)];
        for name in hostile {
            let branch = of(name);
            assert!(branch.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '/')), "{branch}");
            let checked = Command::new("git").args(["check-ref-format", "--branch", &branch]).output().expect("git");
            assert!(checked.status.success(), "{branch}");
        }
    }

    #[test]
    fn names_with_one_slug_have_two_branches() {
        assert_ne!(of("a_b"), of("a-b"));
        let flag = FlagKey::new("new-checkout").expect("a key");
        let [none, a, b] = [None, Some("a"), Some("b")].map(|project| Subject::flag(project, &flag));
        assert_ne!(branch(&a, 1), branch(&b, 1));
        assert_ne!(branch(&none, 1), branch(&Subject::owner("new-checkout"), 1));
        assert_eq!(branch(&none, 2), format!("{}-2", branch(&none, 1)));
        assert!(of("new-checkout").starts_with("downhaul/remove/new-checkout-"));
    }
}
