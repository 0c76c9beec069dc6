//! Requests to a code host's REST API: paced, repeated with care, refused in plain words.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::{HostError, HostToken};

/// How patient a client is.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two requests that write. Hosts take a stream of them for an attack.
    pub between_writes: Duration,
    /// Before the second attempt; doubled for each further one.
    pub back_off: Duration,
    /// Attempts at most.
    pub attempts: u32,
    /// The longest pause that a host may ask for.
    pub longest: Duration,
}

impl Default for Pace {
    /// One write a second, as GitHub asks for; four attempts; pauses of five minutes at most.
    fn default() -> Self {
        Pace {
            between_writes: Duration::from_secs(1),
            back_off: Duration::from_secs(2),
            attempts: 4,
            longest: Duration::from_secs(300),
        }
    }
}

/// Pages at most: a repository has fewer open removals than this holds.
const PAGES: u32 = 50;

/// A conversation with one host.
pub(crate) struct Http {
    client: Client,
    base: Url,
    host: String,
    token: HostToken,
    pace: Pace,
    last_write: Mutex<Option<Instant>>,
}

/// What became of a request.
enum Outcome {
    Answer(Vec<u8>),
    Refused(HostError),
    /// Worth another attempt, after this pause if the host named one.
    Trouble(HostError, Option<Duration>),
}

impl Http {
    /// `base` is the root of the API, `headers` what this host wants besides the token.
    pub(crate) fn new(
        base: &str,
        token: &HostToken,
        headers: &[(&'static str, &'static str)],
        pace: Pace,
    ) -> Result<Self, HostError> {
        let wrong = |why: String| HostError::Setting(format!("the address of the code host {why}"));
        let base = Url::parse(base).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let host = base.host_str().ok_or_else(|| wrong("names no host".to_owned()))?.to_owned();
        let is_loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
        if base.scheme() != "https" && !is_loopback {
            return Err(wrong("must begin with `https://`: a token would be sent in clear".to_owned()));
        }
        static RING: OnceLock<()> = OnceLock::new();
        // An error means that the program has chosen a provider already, which is as good.
        RING.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let builder = if is_loopback { Client::builder().no_proxy() } else { Client::builder() };
        let client = builder
            .user_agent(concat!("downhaul/", env!("CARGO_PKG_VERSION")))
            .default_headers(default_headers(token, headers)?)
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            // The token would go wherever a redirect leads.
            .redirect(Policy::none())
            .build()
            .map_err(|error| HostError::Setting(format!("no HTTP client can be made: {error}")))?;
        Ok(Http { client, base, host, token: token.clone(), pace, last_write: Mutex::default() })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Reads a route.
    pub(crate) fn get<T: DeserializeOwned>(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<T, HostError> {
        self.repeated(&Method::GET, segments, query, None)
    }

    /// Reads every page of a list.
    pub(crate) fn pages<T: DeserializeOwned>(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        size: (&str, u32),
    ) -> Result<Vec<T>, HostError> {
        let mut all = Vec::new();
        let per_page = size.1.to_string();
        for page in 1..=PAGES {
            let page = page.to_string();
            let paging = [(size.0, per_page.as_str()), ("page", page.as_str())];
            let query: Vec<(&str, &str)> = query.iter().chain(&paging).copied().collect();
            let items: Vec<T> = self.get(segments, &query)?;
            let last = items.len() < size.1 as usize;
            all.extend(items);
            if last {
                return Ok(all);
            }
        }
        Err(self.unexpected(&Method::GET, segments, format!("more than {PAGES} pages")))
    }

    /// Changes something that may be changed twice to the same effect.
    pub(crate) fn change<T: DeserializeOwned>(
        &self,
        method: &Method,
        segments: &[&str],
        body: &impl Serialize,
    ) -> Result<T, HostError> {
        self.repeated(method, segments, &[], Some(self.encode(body)?))
    }

    /// Makes something, once: whether it was made is for the caller to look up when the answer got lost.
    pub(crate) fn make<T: DeserializeOwned>(&self, segments: &[&str], body: &impl Serialize) -> Result<T, HostError> {
        let body = self.encode(body)?;
        let mut attempt = 1;
        loop {
            match self.once(&Method::POST, segments, &[], Some(body.clone())) {
                Outcome::Answer(answer) => return self.parse(&Method::POST, segments, &answer),
                // Being told to wait means that nothing was made.
                Outcome::Trouble(_, Some(pause)) if attempt < self.pace.attempts => {
                    thread::sleep(pause.min(self.pace.longest));
                    attempt += 1;
                }
                Outcome::Refused(error) | Outcome::Trouble(error, _) => return Err(error),
            }
        }
    }

    fn repeated<T: DeserializeOwned>(
        &self,
        method: &Method,
        segments: &[&str],
        query: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Result<T, HostError> {
        let mut attempt = 1;
        loop {
            let (error, pause) = match self.once(method, segments, query, body.clone()) {
                Outcome::Answer(answer) => return self.parse(method, segments, &answer),
                Outcome::Refused(error) => return Err(error),
                Outcome::Trouble(error, pause) => (error, pause),
            };
            if attempt >= self.pace.attempts {
                return Err(error);
            }
            let back_off = self.pace.back_off * 2_u32.saturating_pow(attempt - 1);
            thread::sleep(pause.unwrap_or(back_off).min(self.pace.longest));
            attempt += 1;
        }
    }

    fn once(&self, method: &Method, segments: &[&str], query: &[(&str, &str)], body: Option<Vec<u8>>) -> Outcome {
        if *method != Method::GET {
            self.wait_between_writes();
        }
        let mut request = self.client.request(method.clone(), self.route(segments, query));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let what = what(method, segments);
        let unreachable = |detail: String| HostError::Unreachable {
            host: self.host.clone(),
            what: what.clone(),
            detail: self.token.redact(&detail),
        };
        let response = match request.send() {
            Ok(response) => response,
            Err(error) => return Outcome::Trouble(unreachable(cause(&error)), None),
        };
        let (status, pause) = (response.status().as_u16(), pause(&response));
        let body = match response.bytes() {
            Ok(body) => body.to_vec(),
            Err(error) => return Outcome::Trouble(unreachable(cause(&error)), None),
        };
        let refused = HostError::Refused {
            host: self.host.clone(),
            what: what.clone(),
            status,
            detail: self.token.redact(&said(&body)),
        };
        match status {
            200..=299 => Outcome::Answer(body),
            429 => Outcome::Trouble(refused, Some(pause.unwrap_or(self.pace.back_off))),
            // GitHub says 403 for a limit too, and then how long to wait.
            403 if pause.is_some() => Outcome::Trouble(refused, pause),
            500..=599 => Outcome::Trouble(refused, None),
            _ => Outcome::Refused(refused),
        }
    }

    fn wait_between_writes(&self) {
        let mut last = self.last_write.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = *last {
            thread::sleep(self.pace.between_writes.saturating_sub(last.elapsed()));
        }
        *last = Some(Instant::now());
    }

    fn route(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn encode(&self, body: &impl Serialize) -> Result<Vec<u8>, HostError> {
        serde_json::to_vec(body).map_err(|error| HostError::Setting(format!("no JSON can be made: {error}")))
    }

    fn parse<T: DeserializeOwned>(&self, method: &Method, segments: &[&str], body: &[u8]) -> Result<T, HostError> {
        // What answers nothing answers null.
        let body = if body.is_empty() { b"null" } else { body };
        serde_json::from_slice(body).map_err(|error| self.unexpected(method, segments, error.to_string()))
    }

    fn unexpected(&self, method: &Method, segments: &[&str], detail: String) -> HostError {
        HostError::Unexpected { host: self.host.clone(), what: what(method, segments), detail }
    }
}

fn default_headers(token: &HostToken, headers: &[(&'static str, &'static str)]) -> Result<HeaderMap, HostError> {
    let mut authorization = HeaderValue::from_str(&token.bearer())
        .map_err(|_| HostError::Setting("the token cannot be sent in a header".to_owned()))?;
    authorization.set_sensitive(true);
    let mut all =
        HeaderMap::from_iter([(AUTHORIZATION, authorization), (ACCEPT, HeaderValue::from_static("application/json"))]);
    all.extend(headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))));
    Ok(all)
}

fn what(method: &Method, segments: &[&str]) -> String {
    format!("{method} /{}", segments.join("/"))
}

/// How long the host wants to be left alone: `Retry-After`, else the end of a quota that is used up.
fn pause(response: &Response) -> Option<Duration> {
    let number = |name: &str| response.headers().get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let retry_after = number("retry-after").map(Duration::from_secs);
    let quota = || {
        let used_up = number("x-ratelimit-remaining") == Some(0);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        number("x-ratelimit-reset").filter(|_| used_up).map(|reset| Duration::from_secs(reset.saturating_sub(now) + 1))
    };
    retry_after.or_else(quota)
}

/// The host's own words: `message` and the fields it complains of, else nothing of a body that is no JSON.
fn said(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else {
        return "the answer is no JSON".to_owned();
    };
    let mut words = Vec::new();
    for key in ["message", "error", "error_description", "errors"] {
        match &value[key] {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => words.push(text.clone()),
            other => words.push(other.to_string()),
        }
    }
    let text: String = words.join("; ").chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect();
    if text.is_empty() { "no reason given".to_owned() } else { text }
}

fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
