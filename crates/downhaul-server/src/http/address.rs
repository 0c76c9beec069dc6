//! Where the server is, and the token that opens it: both checked once, neither ever printed with a secret.

use std::fmt;

use url::{Host, Url};

use super::Dialect;
use crate::ServerError;

/// The address of a server, with its base path, without a slash at the end.
#[derive(Debug, Clone)]
pub(crate) struct Address(Url);

impl Address {
    /// Reads an address with or without a base path, a slash at the end, or the path of the API at the end.
    pub(crate) fn parse(text: &str, dialect: &Dialect) -> Result<Self, ServerError> {
        let text = text.trim();
        let wrong = |why: &str| ServerError::Setting(format!("the address of the server {why}"));
        if text.is_empty() {
            return Err(wrong("is empty"));
        }
        if !text.starts_with("https://") && !text.starts_with("http://") {
            return Err(wrong("must begin with `https://` or `http://`"));
        }
        let mut url = Url::parse(text).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a user name or password: the token is all that is needed"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let base = dialect.suffixes.iter().find_map(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
        let base = base.trim_end_matches('/').to_owned();
        url.set_path(&base);
        Ok(Address(url))
    }

    /// Whether the server runs on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The URL of a route of the API; what stands in `segments` is encoded.
    pub(crate) fn route(&self, dialect: &Dialect, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(dialect.root).extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// A token. Neither `Debug` nor any message shows it.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// Takes the token as people paste it: with white space around it, or after `Bearer`.
    pub(crate) fn parse(text: &str) -> Result<Self, ServerError> {
        let text = text.trim();
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        if text.is_empty() {
            return Err(ServerError::Setting("the token is empty".to_owned()));
        }
        if !text.chars().all(|c| c.is_ascii_graphic()) {
            let why = "the token holds characters that no token has (a blank, a line break, a letter outside ASCII)";
            return Err(ServerError::Setting(why.to_owned()));
        }
        Ok(Token(text.to_owned()))
    }

    /// For the header of a request and nothing else.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it looks like a backend or frontend token, `project:environment.secret`: good for evaluating flags only.
    pub(crate) fn is_for_sdks(&self) -> bool {
        match self.0.split_once(':') {
            Some(("user" | "*", _)) => self.0.starts_with("*:") && !self.0.starts_with("*:*."),
            Some((_, rest)) => rest.contains('.'),
            None => false,
        }
    }

    /// `text` without the token, should a server or a proxy have repeated it.
    pub(crate) fn redact(&self, text: &str) -> String {
        let text = text.replace(&self.0, "[token]");
        // A server may name the secret part alone.
        match self.0.rsplit([':', '.']).next() {
            Some(secret) if secret.len() >= 8 => text.replace(secret, "[token]"),
            _ => text,
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Token};
    use crate::unleash::DIALECT;

    #[test]
    fn addresses_are_understood_as_people_write_them() {
        let cases = [
            ("https://host", "https://host", "https://host/api/admin/projects"),
            ("https://host/", "https://host", "https://host/api/admin/projects"),
            (" http://host:4242/api/ \n", "http://host:4242", "http://host:4242/api/admin/projects"),
            ("https://host/unleash", "https://host/unleash", "https://host/unleash/api/admin/projects"),
            ("https://host/unleash/api/admin/", "https://host/unleash", "https://host/unleash/api/admin/projects"),
            ("https://host/eu/api/client?x=1#y", "https://host/eu", "https://host/eu/api/admin/projects"),
            ("https://host/myapi", "https://host/myapi", "https://host/myapi/api/admin/projects"),
        ];
        for (text, shown, route) in cases {
            let address = Address::parse(text, &DIALECT).expect(text);
            assert_eq!(address.to_string(), shown, "{text}");
            assert_eq!(address.route(&DIALECT, &["projects"], &[]).as_str(), route, "{text}");
        }
    }

    #[test]
    fn this_machine_is_known() {
        for (text, expected) in [("localhost:1", true), ("127.0.0.2", true), ("[::1]:80", true), ("10.0.0.1", false)] {
            let address = Address::parse(&format!("http://{text}"), &DIALECT).expect(text);
            assert_eq!(address.is_loopback(), expected, "{text}");
        }
    }

    #[test]
    fn names_in_routes_are_encoded() {
        let address = Address::parse("https://host", &DIALECT).expect("an address");
        let url = address.route(&DIALECT, &["features", "a/b?c#d e"], &[("lifecycle", "IS:archived")]);
        assert_eq!(url.as_str(), "https://host/api/admin/features/a%2Fb%3Fc%23d%20e?lifecycle=IS%3Aarchived");
    }

    #[test]
    fn unusable_addresses_say_why_without_their_password() {
        let cases = [
            ("", "the address of the server is empty"),
            ("localhost:4242", "the address of the server must begin with `https://` or `http://`"),
            ("https://", "the address of the server cannot be read: empty host"),
            (
                "https://me:geheim@host",
                "the address of the server must not hold a user name or password: the token is all that is needed",
            ),
        ];
        for (text, expected) in cases {
            let error = Address::parse(text, &DIALECT).expect_err(text);
            assert_eq!(error.to_string(), expected, "{text}");
            assert!(error.is_users_input());
        }
    }

    #[test]
    fn tokens_are_taken_as_pasted_and_never_shown() {
        let token = Token::parse(" Bearer user:0123456789abcdef\n").expect("a token");
        assert_eq!(token.reveal(), "user:0123456789abcdef");
        assert_eq!(format!("{token:?}"), "[token]");
        assert_eq!(token.redact("bad user:0123456789abcdef, 0123456789abcdef"), "bad [token], [token]");
        for wrong in ["", "  ", "a b", "user:ü", "user:a\nb"] {
            assert!(Token::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn sdk_tokens_are_known_by_their_form() {
        let for_sdks = [
            ("default:production.0123", true),
            ("[]:development.0123", true),
            ("*:production.0123", true),
            ("*:*.0123", false),
            ("user:0123", false),
            ("user:v2_01.23", false),
            ("0123", false),
        ];
        for (text, expected) in for_sdks {
            assert_eq!(Token::parse(text).expect("a token").is_for_sdks(), expected, "{text}");
        }
    }
}
