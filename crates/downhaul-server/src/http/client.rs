//! GET requests to the admin API: paced, repeated when the server is in trouble, and refused in plain words.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use downhaul_core::Timestamp;
use reqwest::Certificate;
use reqwest::blocking::{Client, ClientBuilder, Response};
use reqwest::header::{ACCEPT, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

use super::Trust;
use super::answer::{self, Answer, Conversation, Verdict};
use super::limits::Limits;
use super::wait;
use crate::{Progress, ServerError};

const RATE_LIMIT_REMAINING: &str = "ratelimit-remaining";
const RATE_LIMIT_RESET: &str = "ratelimit-reset";

/// The HTTP client for a server and a token.
///
/// Redirects are not followed: the token would go wherever they lead. The usual proxy variables count, except for a
/// server on this very machine, which no proxy could reach.
pub(crate) fn http_client(
    conversation: &Conversation<'_>,
    more_headers: &[(&'static str, &str)],
    limits: &Limits,
    trust: &Trust,
) -> Result<Client, ServerError> {
    let Conversation { address, token, dialect } = *conversation;
    static RING: OnceLock<()> = OnceLock::new();
    // An error means that the program has chosen a provider already, which is as good.
    RING.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let mut authorization = HeaderValue::from_str(token.reveal())
        .map_err(|_| ServerError::Setting("the token cannot be sent in a header".to_owned()))?;
    authorization.set_sensitive(true);
    let header = HeaderName::from_static(dialect.token_header);
    let mut headers =
        HeaderMap::from_iter([(header, authorization), (ACCEPT, HeaderValue::from_static("application/json"))]);
    for (name, value) in more_headers {
        let value = HeaderValue::from_str(value)
            .map_err(|_| ServerError::Setting(format!("`{value}` cannot be sent in the header {name}")))?;
        headers.insert(HeaderName::from_static(name), value);
    }
    let builder = if address.is_loopback() { Client::builder().no_proxy() } else { Client::builder() };
    trusting(builder, trust)?
        .user_agent(concat!("downhaul/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(limits.connect)
        .timeout(limits.request)
        .redirect(Policy::none())
        .build()
        .map_err(|error| ServerError::Setting(format!("no HTTP client can be made: {}", root_cause(&error))))
}

fn trusting(builder: ClientBuilder, trust: &Trust) -> Result<ClientBuilder, ServerError> {
    let wrong = |why: String| ServerError::Setting(format!("the file of certificate authorities {why}"));
    let Some(pem) = &trust.authorities else { return Ok(builder.tls_danger_accept_invalid_certs(trust.anything)) };
    let more =
        Certificate::from_pem_bundle(pem).map_err(|error| wrong(format!("is no PEM: {}", root_cause(&error))))?;
    if more.is_empty() {
        return Err(wrong("holds no certificate (`-----BEGIN CERTIFICATE-----`)".to_owned()));
    }
    Ok(builder.tls_certs_merge(more).tls_danger_accept_invalid_certs(trust.anything))
}

/// One capture's conversation with a server. It has an end, and remembers what the server asked for.
pub(crate) struct Session<'a> {
    http: &'a Client,
    conversation: Conversation<'a>,
    limits: &'a Limits,
    progress: &'a dyn Progress,
    deadline: Instant,
    server_time: OnceLock<Timestamp>,
    failures: AtomicU32,
    was_cut_short: AtomicBool,
    /// Whether the first page of each list and a few of each kind are enough.
    is_sample: bool,
    /// Routes whose quota is used up, and until when.
    exhausted: Mutex<BTreeMap<String, Instant>>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        http: &'a Client,
        conversation: Conversation<'a>,
        limits: &'a Limits,
        progress: &'a dyn Progress,
    ) -> Self {
        Session {
            http,
            conversation,
            limits,
            progress,
            deadline: wait::end_of(limits.total),
            server_time: OnceLock::new(),
            failures: AtomicU32::new(0),
            was_cut_short: AtomicBool::new(false),
            is_sample: false,
            exhausted: Mutex::default(),
        }
    }

    /// The first page of each list and a few of each kind are enough.
    pub(crate) fn sampling(self) -> Self {
        Session { is_sample: true, ..self }
    }

    /// Whether the first page of each list and a few of each kind are enough.
    pub(crate) fn is_sample(&self) -> bool {
        self.is_sample
    }

    /// The server's clock at its first answer, to the second.
    pub(crate) fn server_time(&self) -> Option<Timestamp> {
        self.server_time.get().copied()
    }

    pub(crate) fn progress(&self) -> &dyn Progress {
        self.progress
    }

    /// After so many failures in a row a source is given up.
    pub(crate) fn failures_in_a_row(&self) -> u32 {
        self.limits.failures_in_a_row
    }

    /// How many requests may run at the same time.
    pub(crate) fn in_flight(&self) -> usize {
        self.limits.in_flight.max(1)
    }

    /// Reads a route of the API.
    pub(crate) fn get<T: DeserializeOwned>(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<T, ServerError> {
        let path = format!("/{}/{}", self.conversation.dialect.root.join("/"), segments.join("/"));
        let body = self.body(&path, segments, query).inspect_err(|error| {
            if error.is_passing() {
                self.was_cut_short.store(true, Ordering::Relaxed);
            }
        })?;
        answer::parse(&body, &path)
    }

    /// Whether something was not had that the server would give another time.
    pub(crate) fn was_cut_short(&self) -> bool {
        self.was_cut_short.load(Ordering::Relaxed)
    }

    fn body(&self, path: &str, segments: &[&str], query: &[(&str, &str)]) -> Result<Vec<u8>, ServerError> {
        if self.failures.load(Ordering::Relaxed) >= self.limits.failures_in_a_row {
            let detail = format!("{} requests in a row were not answered", self.limits.failures_in_a_row);
            return Err(ServerError::TimedOut { path: path.to_owned(), detail });
        }
        let mut attempt = 1;
        loop {
            self.wait_for_quota(path)?;
            let (error, pause) = match self.once(path, segments, query) {
                Verdict::Body(body) => {
                    self.failures.store(0, Ordering::Relaxed);
                    return Ok(body);
                }
                Verdict::Refused(error) => return Err(error),
                // Being told to wait is no failure: only the time for the whole capture bounds it.
                Verdict::Wait(pause) => {
                    self.pause(path, "seconds until the server's rate limit ends", pause)?;
                    continue;
                }
                Verdict::Trouble(error, pause) => (error, pause),
            };
            if attempt >= self.limits.attempts.max(1) {
                // A route that fails is its own trouble; a server that is gone is everybody's.
                if matches!(error, ServerError::Unreachable { .. }) {
                    self.failures.fetch_add(1, Ordering::Relaxed);
                }
                return Err(error);
            }
            let back_off = pause.unwrap_or_else(|| back_off(self.limits.back_off, attempt));
            self.pause(path, "seconds until the next attempt", back_off)?;
            attempt += 1;
        }
    }

    fn once(&self, path: &str, segments: &[&str], query: &[(&str, &str)]) -> Verdict {
        let Conversation { address, token, dialect } = self.conversation;
        self.progress.request();
        let sent = self.http.get(address.route(dialect, segments, query)).send();
        let read = sent.and_then(|response| {
            self.note(path, &response);
            let (status, location) = (response.status().as_u16(), text_of(&response, LOCATION.as_str()));
            let content_type = text_of(&response, CONTENT_TYPE.as_str()).unwrap_or_default();
            let retry_after = retry_after(&response);
            let reset = seconds_of(&response, RATE_LIMIT_RESET);
            let body = response.bytes()?.into();
            Ok(Answer { status, content_type, location, pause: retry_after.or(reset), body })
        });
        match read {
            Ok(answer) => answer::judge(answer, path, &self.conversation, self.limits.back_off),
            Err(error) => {
                let detail = token.redact(&what_failed(&error));
                Verdict::Trouble(ServerError::Unreachable { url: address.to_string(), detail }, None)
            }
        }
    }

    /// Remembers the server's clock and, if no request is left on this route, when there is one again.
    fn note(&self, path: &str, response: &Response) {
        if let Some(date) = text_of(response, DATE.as_str()).and_then(|text| wait::http_date(&text)) {
            self.server_time.get_or_init(|| date);
        }
        let used_up = seconds_of(response, RATE_LIMIT_REMAINING) == Some(Duration::ZERO);
        if let (true, Some(reset)) = (used_up, seconds_of(response, RATE_LIMIT_RESET)) {
            let mut exhausted = self.exhausted.lock().unwrap_or_else(PoisonError::into_inner);
            exhausted.insert(path.to_owned(), wait::end_of(reset));
        }
    }

    fn wait_for_quota(&self, path: &str) -> Result<(), ServerError> {
        let until = self.exhausted.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        let pause = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        self.pause(path, "seconds until the server's rate limit ends", pause)
    }

    /// Sleeps, tells once a second, and refuses to sleep beyond the end of the capture.
    fn pause(&self, path: &str, what: &str, pause: Duration) -> Result<(), ServerError> {
        let end = wait::end_of(pause);
        if end >= self.deadline {
            let detail = format!("the whole capture may take {} seconds", self.limits.total.as_secs());
            return Err(ServerError::TimedOut { path: path.to_owned(), detail });
        }
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if pause > Duration::from_secs(1) {
                let seconds = |duration: Duration| usize::try_from(duration.as_secs()).unwrap_or(usize::MAX);
                self.progress.step(what, seconds(pause - left), Some(seconds(pause)));
            }
            std::thread::sleep(left.min(Duration::from_secs(1)));
        }
    }
}

/// The pause after so many attempts: it doubles each time, and up to half of it is left to chance, so that requests
/// that failed together do not all come back together.
fn back_off(first: Duration, attempt: u32) -> Duration {
    let whole = first * 2_u32.saturating_pow(attempt - 1);
    let chance = u32::try_from(RandomState::new().build_hasher().finish() % 512).unwrap_or_default();
    whole - whole * chance / 1024
}

fn text_of(response: &Response, header: &str) -> Option<String> {
    response.headers().get(header).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn seconds_of(response: &Response, header: &str) -> Option<Duration> {
    text_of(response, header).and_then(|text| wait::seconds(&text))
}

/// A date is one of the server's clock; only a server that does not tell its time is believed to have ours.
fn retry_after(response: &Response) -> Option<Duration> {
    let now = text_of(response, DATE.as_str()).and_then(|text| wait::http_date(&text)).unwrap_or_else(Timestamp::now);
    text_of(response, RETRY_AFTER.as_str()).and_then(|text| wait::retry_after(&text, now))
}

/// What went wrong below HTTP, without the URL, which the caller names.
fn what_failed(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it did not answer in time".to_owned();
    }
    let cause = root_cause(error);
    if cause.contains("InvalidContentType") {
        return "it does not speak TLS; perhaps the address must begin with `http://`".to_owned();
    }
    if cause.contains("certificate") {
        return format!("its certificate is not trusted ({cause}); `ca_file` in `[server]` names more authorities");
    }
    if error.is_body() || error.is_decode() { format!("the answer broke off ({cause})") } else { cause }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    #[test]
    fn pauses_double_and_a_part_of_them_is_chance() {
        let first = Duration::from_millis(1000);
        let mut seen = BTreeSet::new();
        for attempt in 1..=3 {
            let whole = first * 2_u32.pow(attempt - 1);
            for _ in 0..50 {
                let pause = super::back_off(first, attempt);
                assert!(pause > whole / 2 && pause <= whole, "{attempt}: {pause:?}");
                seen.insert(pause);
            }
        }
        assert!(seen.len() > 20, "they differ");
    }
}
