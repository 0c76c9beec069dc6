//! What identifies a finding from run to run. The recipe is part of the contract with users.

use std::fmt;

use sha2::{Digest, Sha256};

/// `downhaulFinding/v1`: the first 32 hex digits of SHA-256 over parts joined by NUL.
///
/// No line number, day count or percentage may ever be a part: the finding would be a new one every day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The key under which formats carry it.
    pub const SCHEME: &'static str = "downhaulFinding/v1";

    /// The fingerprint of these parts.
    pub fn of(parts: &[&str]) -> Self {
        let digest = Sha256::digest(parts.join("\0").as_bytes());
        Fingerprint(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// For what lives on the server, and for findings of which there is one a flag: no place goes in.
    pub fn of_subject(
        rule: &str,
        reason: &str,
        server_kind: &str,
        project: &str,
        flag: &str,
        environment: &str,
        record: Option<&str>,
    ) -> Self {
        let mut parts = vec![rule, reason, server_kind, project, flag, environment];
        parts.extend(record);
        Self::of(&parts)
    }

    /// For findings about one line. `ordinal` counts equals in the file, from 0.
    pub fn of_line(
        rule: &str,
        reason: &str,
        flag: &str,
        path: &str,
        function: &str,
        expression: &str,
        ordinal: usize,
    ) -> Self {
        let bare: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
        Self::of(&[rule, reason, flag, path, function, &bare, &ordinal.to_string()])
    }

    /// The 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fixed for ever: a change here makes every accepted finding of every user a new one.
    #[test]
    fn the_recipe_does_not_change() {
        assert_eq!(Fingerprint::of(&["a", "b"]).as_str(), "59b271ae1bbcb1d31d41929817f4b16f");
    }

    #[test]
    fn white_space_in_the_expression_does_not_count() {
        let at = |expression| Fingerprint::of_line("r", "x", "f", "p", "fn", expression, 0);
        assert_eq!(at("a( 'f',\n  c )"), at("a('f',c)"));
        assert_ne!(at("a('f',c)"), at("a('f',d)"));
    }
}
