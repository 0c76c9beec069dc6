//! Calls to the server's HTTP API.

use std::sync::Once;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;

/// The API of one server.
pub(super) struct Api {
    base: String,
    client: Client,
}

/// Whether a server at `url` says that it is well.
pub(super) fn is_healthy(url: &str) -> bool {
    let answer = client(Duration::from_secs(5)).and_then(|client| Ok(client.get(format!("{url}/health")).send()?));
    answer.is_ok_and(|answer| answer.status().is_success())
}

impl Api {
    /// Calls go to `base`, never through a proxy.
    pub(super) fn new(base: &str) -> Result<Self> {
        Ok(Api { base: base.to_owned(), client: client(Duration::from_secs(60))? })
    }

    /// Reads.
    pub(super) fn get(&self, path: &str, token: &str) -> Result<Value> {
        self.json(self.client.get(self.url(path)), path, token)
    }

    fn json(&self, request: RequestBuilder, path: &str, token: &str) -> Result<Value> {
        let answer = request.header("Authorization", token).send().with_context(|| format!("no answer from {path}"))?;
        body(answer, path)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

fn body(answer: Response, path: &str) -> Result<Value> {
    let status = answer.status();
    let text = answer.text()?;
    if !status.is_success() {
        bail!("{path}: {status}: {}", text.chars().take(500).collect::<String>());
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn client(timeout: Duration) -> Result<Client> {
    static CRYPTO: Once = Once::new();
    CRYPTO.call_once(|| {
        // A second installation fails and changes nothing: there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().timeout(timeout).build().context("cannot make an HTTP client")
}
