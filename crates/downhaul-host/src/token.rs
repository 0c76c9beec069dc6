//! The token for a code host: from the environment, into headers, and nowhere else.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::HostError;

/// A token. Neither `Debug` nor any message shows it.
#[derive(Clone)]
pub struct HostToken(String);

impl HostToken {
    /// Takes a token as environments hold it.
    ///
    /// # Errors
    /// [`HostError::Setting`] for what no token can be.
    pub fn new(text: &str) -> Result<Self, HostError> {
        let text = text.trim();
        match text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()) {
            true => Err(HostError::Setting("the token of the code host is empty or holds a blank".to_owned())),
            false => Ok(HostToken(text.to_owned())),
        }
    }

    /// `Bearer …`, for requests.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// `Authorization: Basic …`, the header in which git servers take a token, whoever the user is said to be.
    pub(crate) fn git_header(&self, user: &str) -> String {
        format!("Authorization: Basic {}", STANDARD.encode(format!("{user}:{}", self.0)))
    }

    /// `text` without the token, in clear or as git's header holds it.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.replace(&self.0, "[token]");
        for user in GIT_USERS {
            text = text.replace(&STANDARD.encode(format!("{user}:{}", self.0)), "[token]");
        }
        text
    }
}

impl fmt::Debug for HostToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

/// The user names under which hosts take a token over HTTP.
const GIT_USERS: [&str; 2] = ["x-access-token", "oauth2"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_it() {
        let token = HostToken::new(" ghp_planted \n").expect("a token");
        assert_eq!(format!("{token:?}"), "[token]");
        for user in GIT_USERS {
            let text = format!("fatal: {} and ghp_planted", token.git_header(user));
            assert_eq!(token.redact(&text), "fatal: Authorization: Basic [token] and [token]");
        }
        assert!(HostToken::new("a b").is_err() && HostToken::new("").is_err());
    }
}
