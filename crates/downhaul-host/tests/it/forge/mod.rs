//! A code host for tests: git over HTTP from a real bare repository, and an API that remembers.
//!
//! It speaks the three dialects to one memory, asks for the token, counts what is written, and can be told to fail.

mod api;
mod backend;
mod wire;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

pub(crate) use api::Memory;

use wire::{Answer, Request};

/// The token that opens it.
pub(crate) const TOKEN: &str = "ghp_plantedsecret0123456789";

/// Something that goes wrong once.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// This status with these headers, and nothing is done.
    Status(u16, Vec<(&'static str, String)>),
    /// The connection ends without an answer, and nothing is done.
    Drop,
    /// It is done, and the answer gets lost.
    DoneAndLost,
}

/// The forge. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Forge {
    address: SocketAddr,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    memory: Mutex<Memory>,
    faults: Mutex<Vec<(String, Fault)>>,
    folder: tempfile::TempDir,
}

impl Forge {
    /// A forge with one empty repository, `acme/shop`.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bare = folder.path().join("acme/shop.git");
        git(folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", &bare.to_string_lossy()]);
        git(&bare, &["config", "http.receivepack", "true"]);
        let shared = Arc::new(Shared { memory: Mutex::default(), faults: Mutex::default(), folder });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let forge = Forge { address: listener.local_addr().expect("an address"), shared };
        let serving = forge.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let forge = serving.clone();
                thread::spawn(move || wire::serve(stream, |request| forge.answer(request)));
            }
        });
        forge
    }

    /// Its web address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the repository is cloned from.
    pub(crate) fn remote(&self) -> String {
        format!("{}/acme/shop.git", self.url())
    }

    /// The bare repository itself.
    pub(crate) fn bare(&self) -> PathBuf {
        self.shared.folder.path().join("acme/shop.git")
    }

    /// What it remembers.
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.shared.memory.lock().expect("nobody panics while holding it")
    }

    /// The next request of which `METHOD /path` contains `what` goes wrong.
    pub(crate) fn fail_next(&self, what: &str, fault: Fault) {
        self.shared.faults.lock().expect("nobody panics while holding it").push((what.to_owned(), fault));
    }

    /// The commit of a branch, if it is there.
    pub(crate) fn tip(&self, branch: &str) -> Option<String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.bare())
            .args(["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")])
            .output()
            .expect("git runs");
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|commit| !commit.is_empty())
    }

    /// A file of a branch.
    pub(crate) fn file(&self, branch: &str, path: &str) -> Option<String> {
        let object = format!("refs/heads/{branch}:{path}");
        let output = Command::new("git").arg("-C").arg(self.bare()).args(["show", &object]).output().expect("git runs");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn answer(&self, request: &Request) -> Option<Answer> {
        let is_git = request.path.contains(".git/");
        if !request.is_authorised(TOKEN) {
            let challenge = vec![("WWW-Authenticate", "Basic realm=\"forge\"".to_owned())];
            return Some(Answer::json(401, &serde_json::json!({ "message": "Bad credentials" })).with(challenge));
        }
        let fault = self.take_fault(request);
        match &fault {
            Some(Fault::Status(status, headers)) => {
                let body = serde_json::json!({ "message": format!("told to fail with {status}") });
                return Some(Answer::json(*status, &body).with(headers.clone()));
            }
            Some(Fault::Drop) => return None,
            Some(Fault::DoneAndLost) | None => {}
        }
        let answer = match is_git {
            true => backend::answer(self.shared.folder.path(), request),
            false => {
                let exists = |branch: &str| self.tip(branch).is_some();
                self.memory().answer(request, &self.url(), &exists)
            }
        };
        if fault.is_some() { None } else { Some(answer) }
    }

    fn take_fault(&self, request: &Request) -> Option<Fault> {
        let mut faults = self.shared.faults.lock().expect("nobody panics while holding it");
        let line = format!("{} {}", request.method, request.path);
        let position = faults.iter().position(|(what, _)| line.contains(what.as_str()))?;
        Some(faults.remove(position).1)
    }
}

/// Runs git, which has to succeed, as somebody who is not downhaul.
#[track_caller]
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Person", "-c", "user.email=person@example.com", "-c", "commit.gpgsign=false"];
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(who)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .expect("git runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
