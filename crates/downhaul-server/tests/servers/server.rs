//! A small HTTP server on loopback that answers as a test tells it to.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use downhaul_core::{Snapshot, Timestamp};
use downhaul_server::unleash::{Limits, Unleash};
use downhaul_server::{FlagServer, Progress, ServerConfig, ServerError};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "user:5ec2e75ec2e75ec2e7";
/// What the server gives as its time.
pub(crate) const DATE: &str = "Sun, 22 Nov 2026 18:00:00 GMT";
/// The same for comparing.
pub(crate) const TIME: &str = "2026-11-22T18:00:00Z";

/// How a request is answered.
pub(crate) enum Reply {
    Json(u16, Value),
    Text {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Says that it is longer than it is, and hangs up.
    Half(String),
    /// Hangs up without a word.
    Nothing,
    /// Sends one byte now and then, so that the whole takes longer than anybody waits.
    Drip(String),
    /// Waits before it answers.
    Slow(Duration),
}

impl Reply {
    pub(crate) fn html(status: u16, headers: &[(&'static str, &str)]) -> Reply {
        let mut all = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
        all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Reply::Text { status, headers: all, body: "<!doctype html><title>No</title>".to_owned() }
    }

    pub(crate) fn no_such_path(path: &str) -> Reply {
        let message = format!("The path you were looking for ({path}) is not available.");
        Reply::Json(404, json!({"name": "NotFoundError", "message": message}))
    }
}

/// Runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// `answer` gets path and query of each request, and how often the same was asked before.
    pub(crate) fn start(answer: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (heads, stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let server = Server { address, heads: Arc::clone(&heads), stopped: Arc::clone(&stopped) };
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (heads, answer) = (Arc::clone(&heads), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream.expect("a connection"), &heads, answer.as_ref()));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no handler panicked").clone()
    }

    /// Path and query of all requests so far that begin with `prefix`.
    pub(crate) fn asked(&self, prefix: &str) -> Vec<String> {
        self.heads().iter().map(|head| target(head)).filter(|target| target.starts_with(prefix)).collect()
    }

    /// Captures with short pauses and the usual settings.
    pub(crate) fn capture(&self) -> Result<Snapshot, ServerError> {
        self.capture_with(&ServerConfig::default(), limits(), &())
    }

    pub(crate) fn capture_with(
        &self,
        config: &ServerConfig,
        limits: Limits,
        progress: &dyn Progress,
    ) -> Result<Snapshot, ServerError> {
        Unleash::with_limits(&self.url(), TOKEN, config, Timestamp::UNIX_EPOCH, limits)?.capture(progress)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; if nobody listens any more, all the better.
        drop(TcpStream::connect(self.address));
    }
}

/// The usual bounds with pauses short enough for a test.
pub(crate) fn limits() -> Limits {
    Limits { back_off: Duration::from_millis(2), request: Duration::from_secs(10), ..Limits::default() }
}

fn target(head: &str) -> String {
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn serve(stream: &TcpStream, heads: &Mutex<Vec<String>>, answer: &(dyn Fn(&str, usize) -> Reply + Send + Sync)) {
    let mut head = String::new();
    for line in BufReader::new(stream).lines() {
        match line {
            Ok(line) if !line.is_empty() => head = head + &line + "\n",
            _ => break,
        }
    }
    let target = target(&head);
    if target.is_empty() {
        return;
    }
    let before = {
        let mut heads = heads.lock().expect("no handler panicked");
        let before = heads.iter().filter(|head| self::target(head) == target).count();
        heads.push(head);
        before
    };
    // The client may have hung up: that is its right.
    drop(write(stream, answer(&target, before)));
}

fn write(mut stream: &TcpStream, reply: Reply) -> std::io::Result<()> {
    let json =
        |status, body: String| (status, vec![("Content-Type", "application/json; charset=utf-8".to_owned())], body);
    let (status, headers, body, missing) = match reply {
        Reply::Json(status, body) => {
            let (status, headers, body) = json(status, body.to_string());
            (status, headers, body, 0)
        }
        Reply::Text { status, headers, body } => (status, headers, body, 0),
        Reply::Half(body) => {
            let (status, headers, body) = json(200, body);
            (status, headers, body, 100)
        }
        Reply::Nothing => return Ok(()),
        Reply::Drip(body) => return drip(stream, &body),
        Reply::Slow(pause) => {
            std::thread::sleep(pause);
            let (status, headers, body) = json(200, "{}".to_owned());
            (status, headers, body, 0)
        }
    };
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\n")?;
    if headers.iter().all(|(name, _)| *name != "Date") {
        write!(stream, "Date: {DATE}\r\n")?;
    }
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len() + missing)
}

fn drip(mut stream: &TcpStream, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 X\r\nDate: {DATE}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )?;
    for byte in body.as_bytes().chunks(1) {
        stream.write_all(byte)?;
        std::thread::sleep(Duration::from_millis(40));
    }
    Ok(())
}
