//! What `clean` has to say.

use serde::Serialize;

use downhaul_core::{CleanOutcome, CleanedFlag};

use super::{LocationEntry, Tool, VERSION};
use crate::report::CleanReport;

#[derive(Serialize)]
pub(crate) struct Clean<'a> {
    version: u32,
    tool: Tool<'a>,
    root: &'a str,
    complete: bool,
    applied: bool,
    flags: Vec<FlagEntry<'a>>,
}

#[derive(Serialize)]
struct FlagEntry<'a> {
    flag: &'a str,
    keep: String,
    outcome: &'static str,
    reason: Option<&'a str>,
    because: Option<&'a str>,
    files: Vec<FileEntry<'a>>,
    left: Vec<LeftEntry<'a>>,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    path: &'a str,
    edits: usize,
    deleted: bool,
}

#[derive(Serialize)]
struct LeftEntry<'a> {
    location: LocationEntry<'a>,
    why: &'a str,
}

impl<'a> From<&CleanReport<'a>> for Clean<'a> {
    fn from(report: &CleanReport<'a>) -> Self {
        let undecided = report.undecided.iter().map(|(flag, why)| FlagEntry {
            flag: flag.as_str(),
            keep: "auto".to_owned(),
            outcome: CleanOutcome::Refused.as_str(),
            reason: Some(why),
            because: None,
            files: Vec::new(),
            left: Vec::new(),
        });
        Clean {
            version: VERSION,
            tool: Tool { name: "downhaul", version: report.run.tool_version },
            root: report.run.root,
            complete: report.run.complete,
            applied: report.applied,
            flags: report.cleaned.flags.iter().map(|flag| entry(report, flag)).chain(undecided).collect(),
        }
    }
}

fn entry<'a>(report: &CleanReport<'a>, flag: &'a CleanedFlag) -> FlagEntry<'a> {
    let files = report.cleaned.files.iter().filter(|file| file.flags.contains(&flag.removal.flag));
    FlagEntry {
        flag: flag.removal.flag.as_str(),
        keep: flag.removal.keep.to_string(),
        outcome: flag.outcome().as_str(),
        reason: flag.refused.as_deref(),
        because: report.because.get(&flag.removal.flag).map(String::as_str),
        files: files
            .map(|file| FileEntry { path: &file.path, edits: file.edits.len(), deleted: file.deleted })
            .collect(),
        left: flag
            .left
            .iter()
            .map(|left| LeftEntry { location: LocationEntry::from(&left.location), why: &left.why })
            .collect(),
    }
}
