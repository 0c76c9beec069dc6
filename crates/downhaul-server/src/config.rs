//! The `[server]` table of `downhaul.toml`.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the flags live and how to read them. The token itself is never part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct ServerConfig {
    /// The provider; see [`crate::providers::NAMES`].
    pub kind: String,
    /// Name of the environment variable that holds the address of the server.
    pub url_env: String,
    /// Name of the environment variable that holds the token.
    pub token_env: String,
    /// Projects that the token is expected to see; one that it does not see is a gap in the snapshot.
    pub projects: Vec<String>,
    /// Of providers that are files: which one, relative to the policy.
    pub file: Option<PathBuf>,
    /// Of providers that tell of one environment only: which one it is.
    pub environment: Option<String>,
    /// Of GitLab: the number of the project, or its path.
    pub project: Option<String>,
    /// Names of the environments that count as production; empty means those of type production.
    pub production: Vec<String>,
    /// How many days of the event log to read; `None` reads it to its beginning.
    pub lookback_days: Option<u32>,
    /// How long one request may take, in seconds.
    pub timeout_seconds: u64,
    /// How long a whole capture may take, in seconds; what is missing then is a gap.
    pub total_timeout_seconds: u64,
    /// A file with more certificate authorities (PEM), relative to the policy: a company's, or the certificate of a
    /// server that signed its own.
    pub ca_file: Option<PathBuf>,
    /// Takes any certificate, so that whoever sits between can read the token. For trying things out only.
    pub accept_any_certificate: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        ServerConfig {
            kind: "unleash".to_owned(),
            url_env: "UNLEASH_URL".to_owned(),
            token_env: "UNLEASH_TOKEN".to_owned(),
            projects: Vec::new(),
            file: None,
            environment: None,
            project: None,
            production: Vec::new(),
            lookback_days: None,
            timeout_seconds: 30,
            total_timeout_seconds: 20 * 60,
            ca_file: None,
            accept_any_certificate: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ServerConfig;

    #[test]
    fn what_is_not_set_has_a_default_and_what_is_unknown_is_refused() {
        let read = |text| serde_json::from_str::<ServerConfig>(text);
        assert_eq!(read("{}").expect("nothing is required"), ServerConfig::default());
        let some = read(r#"{"production": ["live"], "lookback_days": 90, "token_env": "T"}"#).expect("known keys");
        let expected = ServerConfig {
            production: vec!["live".to_owned()],
            lookback_days: Some(90),
            token_env: "T".to_owned(),
            ..ServerConfig::default()
        };
        assert_eq!(some, expected);
        let error = read(r#"{"token": "user:0123"}"#).expect_err("a token does not belong into a file");
        assert!(error.to_string().starts_with("unknown field `token`"), "{error}");
    }
}
