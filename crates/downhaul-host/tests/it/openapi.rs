//! GitHub is spoken to as its published OpenAPI document says: Prism stands between us and the forge and compares.
//!
//! Prism and the document come from npm and are large, so `.ci/check-github-api` fetches them and sets the two variables
//! below; without them this is skipped, aloud.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use downhaul_host::{Outcome, dashboard};

use crate::forge::Forge;
use crate::journey::{Shop, options, outcomes, proposal};

/// How long Prism may take to read a document of thirteen megabytes.
const PATIENCE: Duration = Duration::from_secs(300);

/// Prism, in front of a forge.
struct Prism {
    process: Child,
    address: String,
    said: Arc<Mutex<Vec<String>>>,
}

impl Prism {
    /// `None` where the machine does not have it.
    fn before(forge: &Forge) -> Option<Self> {
        let [program, document] = ["DOWNHAUL_PRISM", "DOWNHAUL_GITHUB_OPENAPI"].map(std::env::var_os);
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
        let mut process = Command::new(program?)
            .arg("proxy")
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--verboseLevel", "trace"])
            .arg(document?)
            .arg(format!("{}/api/v3", forge.url()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Prism starts");
        let said = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(process.stdout.take().expect("its output"));
        let heard = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                heard.lock().expect("nobody panics while holding it").push(line);
            }
        });
        let prism = Prism { process, address: format!("http://127.0.0.1:{port}"), said };
        let begun = Instant::now();
        while !prism.lines().iter().any(|line| line.contains("Prism is listening")) {
            assert!(begun.elapsed() < PATIENCE, "Prism does not listen: {:?}", prism.lines());
            thread::sleep(Duration::from_millis(200));
        }
        Some(prism)
    }

    fn lines(&self) -> Vec<String> {
        self.said.lock().expect("nobody panics while holding it").clone()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn github_is_spoken_to_as_its_document_says() {
    let forge = Forge::start();
    let Some(prism) = Prism::before(&forge) else {
        let _ = writeln!(std::io::stderr(), "skipped: DOWNHAUL_PRISM and DOWNHAUL_GITHUB_OPENAPI are not set");
        return;
    };
    let shop = Shop::on(forge, "github", Some(&prism.address));
    // Every route that the host has: made, found, changed, commented on, closed; and an issue.
    let run = |proposals: &[_]| outcomes(&shop.run(proposals, &options()));
    assert_eq!(run(&[proposal("x"), proposal("y")]), ["created", "created"]);
    assert_eq!(run(&[proposal("x"), proposal("y")]), ["unchanged", "unchanged"]);
    let mut other = proposal("x");
    other.body = "It has been on for everyone since March.".to_owned();
    assert_eq!(run(&[other.clone(), proposal("y")]), ["updated", "unchanged"]);
    assert_eq!(run(&[other.clone()]), ["unchanged", "closed"]);
    shop.person_commits(&downhaul_host::branch(&other.subject, 1), "a.ts");
    other.changes[0].content = Some(b"something else\n".to_vec());
    assert_eq!(run(&[other]), ["left-to-person"]);
    let write = |body: &str| dashboard(&*shop.host, "Flags to remove", body, false).expect("a dashboard").0;
    assert_eq!([write("- x"), write("- x\n- y")], [Outcome::Created, Outcome::Updated]);

    let lines = prism.lines();
    let asked = lines.iter().filter(|line| line.contains("Request received")).count();
    assert!(asked >= 25, "{asked} requests went through Prism: {lines:#?}");
    let wrong: Vec<&String> = lines.iter().filter(|line| is_wrong(line)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Of its answers the forge gives what is read and no more, so that a field is missing there is no fault; that one has
/// another type or name is.
fn is_wrong(line: &str) -> bool {
    let is_missing = line.contains("must have required property");
    let of_an_answer = line.contains("response");
    line.contains("Violation") && !(of_an_answer && is_missing)
}
