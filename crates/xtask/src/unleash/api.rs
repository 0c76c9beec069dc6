//! Calls to the server's HTTP API.

use std::sync::Once;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

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

    /// Sends a body, for what comes back.
    pub(super) fn post(&self, path: &str, token: &str, body: &Value) -> Result<Value> {
        self.json(with_body(self.client.post(self.url(path)), body), path, token)
    }

    /// Replaces.
    pub(super) fn put(&self, path: &str, token: &str, body: &Value) -> Result<Value> {
        self.json(with_body(self.client.put(self.url(path)), body), path, token)
    }

    /// Deletes; on flags that means archiving.
    pub(super) fn delete(&self, path: &str, token: &str) -> Result<Value> {
        self.json(self.client.delete(self.url(path)), path, token)
    }

    /// Logs a user in and makes a personal access token that lasts a year.
    pub(super) fn personal_token(&self, user: &str, password: &str) -> Result<String> {
        let path = "/auth/simple/login";
        let login = json!({ "username": user, "password": password });
        let answer = with_body(self.client.post(self.url(path)), &login).send()?;
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let session = cookie.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        body(answer, path)?;
        let session = session.context("the login set no cookie")?;
        let path = "/api/admin/user/tokens";
        let expires = Timestamp::now() + SignedDuration::from_hours(365 * 24);
        let wish = json!({ "description": "made by xtask", "expiresAt": expires });
        let made = body(with_body(self.client.post(self.url(path)).header("Cookie", session), &wish).send()?, path)?;
        made["secret"].as_str().map(str::to_owned).context("no secret in the answer")
    }

    fn json(&self, request: RequestBuilder, path: &str, token: &str) -> Result<Value> {
        let answer = request.header("Authorization", token).send().with_context(|| format!("no answer from {path}"))?;
        body(answer, path)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

fn with_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("Content-Type", "application/json").body(body.to_string())
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
