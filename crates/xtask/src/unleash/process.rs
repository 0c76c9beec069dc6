//! Processes that outlive us: knowing them again, and ending them.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// A process, and when it began: its number alone may belong to somebody else by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pid: u32,
    began: String,
}

impl Mark {
    /// The mark of a live process.
    pub(super) fn of(pid: u32) -> Option<Self> {
        Some(Mark { pid, began: began(pid)? })
    }

    /// Whether that very process still runs.
    pub(super) fn is_alive(&self) -> bool {
        began(self.pid).as_ref() == Some(&self.began)
    }
}

/// How a process is asked to end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Term,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Signal::Interrupt => "INT",
            Signal::Term => "TERM",
        }
    }
}

/// Ends a process and waits until it is gone; after 20 s it is killed.
pub(super) fn end(mark: &Mark, signal: Signal) -> Result<()> {
    for (name, patience) in [(signal.name(), 20), ("KILL", 5)] {
        if !mark.is_alive() {
            return Ok(());
        }
        send(mark.pid, name)?;
        let deadline = Instant::now() + Duration::from_secs(patience);
        while mark.is_alive() && Instant::now() < deadline {
            sleep(Duration::from_millis(50));
        }
    }
    if mark.is_alive() {
        bail!("process {} does not end", mark.pid);
    }
    Ok(())
}

fn send(pid: u32, signal: &str) -> Result<()> {
    // The shell's own `kill`: the program of that name is missing on slim images.
    let status = Command::new("sh")
        .args(["-c", r#"kill -s "$1" "$2""#, "sh", signal, &pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .context("cannot run sh")?;
    match status.success() || began(pid).is_none() {
        true => Ok(()),
        false => bail!("process {pid} may not be stopped by this user"),
    }
}

/// When a live process began, in the system's own words; `None` when there is no such process, or it has ended already.
fn began(pid: u32) -> Option<String> {
    if cfg!(target_os = "linux") {
        return began_by_proc(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    }
    let answer = Command::new("ps").args(["-o", "stat=,lstart=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let (state, began) = text.trim().split_once(' ')?;
    (!state.starts_with('Z')).then(|| began.trim().to_owned())
}

/// Fields 3 (state) and 22 (start time) of `/proc/PID/stat`; field 2, the name, may itself hold blanks and parentheses.
fn began_by_proc(stat: &str) -> Option<String> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let state = fields.first()?;
    (!matches!(*state, "Z" | "X")).then(|| fields.get(19).map(|ticks| (*ticks).to_owned()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_time_is_found_behind_a_name_with_parentheses() {
        let stat = "77 (a) (b) S 1 77 77 0 -1 4194560 1 0 0 0 3 1 0 0 20 0 11 0 123456 9 9";
        assert_eq!(began_by_proc(stat).as_deref(), Some("123456"));
        assert_eq!(began_by_proc(&stat.replace(" S ", " Z ")), None);
    }

    #[test]
    fn ends_exactly_the_process_it_knows() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep runs");
        let mark = Mark::of(child.id()).expect("alive");
        let other = Mark { began: "never".to_owned(), ..mark.clone() };
        end(&other, Signal::Term).expect("nothing to do");
        assert!(mark.is_alive());
        end(&mark, Signal::Term).expect("ends");
        assert!(!mark.is_alive());
        child.wait().expect("reaped");
    }
}
