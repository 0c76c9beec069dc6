//! What an answer of the server means: something to read, a reason to try again, or whose move it is.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use url::Url;

use super::Dialect;
use super::address::{Address, Token};
use crate::ServerError;

/// How much of a server's own words goes into a message.
const MAX_QUOTE: usize = 200;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) location: Option<String>,
    /// How long the server asks to wait.
    pub(crate) pause: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Who is asked, by whom, and how.
#[derive(Clone, Copy)]
pub(crate) struct Conversation<'a> {
    pub(crate) address: &'a Address,
    pub(crate) token: &'a Token,
    pub(crate) dialect: &'a Dialect,
}

/// The body of a refusal, as far as servers agree on it.
#[derive(Deserialize, Default)]
struct Refusal {
    /// Words, or an object that names what is wrong with which field.
    message: Option<Value>,
    error: Option<Value>,
    #[serde(default)]
    permissions: Option<Vec<String>>,
}

impl Refusal {
    fn words(&self) -> Option<String> {
        let said = self.message.as_ref().or(self.error.as_ref())?;
        Some(said.as_str().map_or_else(|| said.to_string(), str::to_owned))
    }
}

/// What to do about it.
pub(crate) enum Verdict {
    /// Read it.
    Body(Vec<u8>),
    /// Ask again after this time: too many requests.
    Wait(Duration),
    /// Ask again, if attempts are left; after this time, if the server named one.
    Trouble(ServerError, Option<Duration>),
    /// Asking again would not help.
    Refused(ServerError),
}

/// Decides about an answer to `path`. A server that wants to be left alone and does not say how long gets eight times
/// `back_off`.
pub(crate) fn judge(answer: Answer, path: &str, conversation: &Conversation<'_>, back_off: Duration) -> Verdict {
    let Conversation { address, token, dialect } = *conversation;
    let is_json = answer.content_type.contains("json");
    match answer.status {
        200..=299 if is_json => Verdict::Body(answer.body),
        200..=299 => Verdict::Refused(not_the_api(address, &format!("it answers with {}", kind_of(&answer)))),
        300..=399 => Verdict::Refused(redirect(&answer, address)),
        401 => Verdict::Refused(unauthorised(address, dialect)),
        403 => Verdict::Refused(forbidden(&answer, path, token, dialect)),
        404 if is_json => Verdict::Refused(missing(&answer, path, token, dialect)),
        404 => Verdict::Refused(not_the_api(address, &format!("status 404 with {}", kind_of(&answer)))),
        429 => Verdict::Wait(answer.pause.unwrap_or(back_off * 8).max(back_off)),
        500..=599 => Verdict::Trouble(refused(&answer, path, token), answer.pause),
        _ => Verdict::Refused(refused(&answer, path, token)),
    }
}

/// Reads the body of an answer to `path`.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8], path: &str) -> Result<T, ServerError> {
    serde_json::from_slice(body)
        .map_err(|error| ServerError::BadAnswer { path: path.to_owned(), detail: what_is_wrong(&error) })
}

/// What the parser expected and where. What it found instead is not quoted: that may be a secret.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if error.classify() != Category::Data || text.starts_with("missing field `") {
        return text;
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("a value cannot be read at line {} column {}", error.line(), error.column()),
    }
}

fn not_the_api(address: &Address, what: &str) -> ServerError {
    let detail = format!("{what}; check the address, perhaps its base path is missing or wrong");
    ServerError::NotTheApi { url: address.to_string(), detail }
}

/// Names host and path of the new place; what follows a `?` can be a secret of a login page.
fn redirect(answer: &Answer, address: &Address) -> ServerError {
    let location = answer.location.as_deref().unwrap_or_default();
    let place = match Url::parse(location) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => location.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    let detail = format!(
        "it redirects to `{place}`, and downhaul does not send a token elsewhere; give the address that answers itself"
    );
    ServerError::NotTheApi { url: address.to_string(), detail }
}

fn unauthorised(address: &Address, dialect: &Dialect) -> ServerError {
    let detail = format!("it is wrong, was deleted or has expired; what is needed is {}", dialect.right_token);
    ServerError::Unauthorised { url: address.to_string(), detail }
}

fn forbidden(answer: &Answer, path: &str, token: &Token, dialect: &Dialect) -> ServerError {
    let refusal: Option<Refusal> = serde_json::from_slice(&answer.body).ok();
    let detail = match &refusal {
        None => "something in front of the server refuses the request".to_owned(),
        Some(Refusal { permissions: Some(permissions), .. }) if !permissions.is_empty() => {
            let names = permissions.join("` or `");
            format!("it lacks the permission `{}`; ask whoever gives out tokens", token.redact(&names))
        }
        Some(_) if token.is_for_sdks() => {
            let right = dialect.right_token;
            format!("this is a backend or frontend token, made for evaluating flags; {right} is enough")
        }
        Some(refusal) => {
            let words = quote(&refusal.words().unwrap_or_default(), token);
            format!("the server says `{words}`; {} is enough", dialect.right_token)
        }
    };
    ServerError::Forbidden { path: path.to_owned(), detail }
}

/// Servers have one sentence for all routes that they do not have; other words are about the thing.
fn missing(answer: &Answer, path: &str, token: &Token, dialect: &Dialect) -> ServerError {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let message = refusal.words().unwrap_or_default();
    if message.starts_with(dialect.no_such_route) {
        return ServerError::Unsupported { path: path.to_owned() };
    }
    ServerError::NotFound { path: path.to_owned(), detail: quote(&message, token) }
}

fn refused(answer: &Answer, path: &str, token: &Token) -> ServerError {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let detail = match refusal.words() {
        Some(message) => quote(&message, token),
        None => format!("no reason given, but {}", kind_of(answer)),
    };
    ServerError::Refused { status: answer.status, path: path.to_owned(), detail }
}

fn kind_of(answer: &Answer) -> String {
    let kind = answer.content_type.split(';').next().unwrap_or_default().trim();
    match kind {
        "" => "content of no named type".to_owned(),
        "text/html" => "a web page (text/html)".to_owned(),
        kind => format!("content of type {}", kind.chars().take(MAX_QUOTE).collect::<String>()),
    }
}

/// The server's own words on one line, without the token and not too many.
fn quote(words: &str, token: &Token) -> String {
    let one_line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let redacted = token.redact(&one_line);
    match redacted.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &redacted[..end]),
        None => redacted,
    }
}
