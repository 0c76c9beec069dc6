//! `git http-backend` as the program behind the web server that it is made to be.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::wire::{Answer, Request};

pub(crate) fn answer(root: &Path, request: &Request) -> Answer {
    let header = |name: &str| request.headers.get(name).cloned().unwrap_or_default();
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "person")
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("REQUEST_METHOD", &request.method)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git http-backend starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let body = request.body.clone();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let output = child.wait_with_output().expect("git http-backend ends");
    writer.join().expect("the writer ends");
    parse(&output.stdout)
}

/// Headers, a blank line, the body; the status among the headers.
fn parse(output: &[u8]) -> Answer {
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").expect("a blank line");
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let mut answer = Answer { status: 200, headers: Vec::new(), body: output[end + 4..].to_vec() };
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        match name {
            "Status" => answer.status = value[..3].parse().expect("a status"),
            _ => answer.headers.push((name.to_owned(), value.to_owned())),
        }
    }
    answer
}
