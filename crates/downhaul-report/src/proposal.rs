//! The words of a pull request that takes flags out: what goes, on which evidence, and what is left for a person.
//!
//! The same evidence gives the same words: no day count goes in, or the text would have to be written anew each night.

use downhaul_core::{Cleaned, CleanedFlag, EvidenceItem, Finding, RuleInfo};

use crate::markup::{code, prose};
use crate::printable::printable;
use crate::wording::{count, cut};

/// Bytes at most; GitHub takes 65,536 characters, and a marker has to fit too.
const MOST: usize = 58_000;

/// Lines of one list; the rest is counted.
const LISTED: usize = 50;

/// UTF-16 units of a title.
const TITLE: usize = 120;

/// What a pull request tells.
#[derive(Clone, Copy)]
pub struct ProposalReport<'a> {
    /// What it is about, as people call it.
    pub subject: &'a str,
    /// What changes, and what is left.
    pub cleaned: &'a Cleaned,
    /// For each flag of [`Cleaned::flags`], the finding that says that it is to go, if a rule says so.
    pub findings: &'a [Option<&'a Finding>],
    /// What is known of the rules.
    pub rules: &'a [&'static RuleInfo],
    /// The version of downhaul, without a `v`.
    pub tool_version: &'a str,
}

impl ProposalReport<'_> {
    /// One line.
    pub fn title(&self) -> String {
        let title = match self.cleaned.flags.as_slice() {
            [only] => format!("Remove the flag {} (keep {})", only.removal.flag.as_str(), only.removal.keep),
            all => format!("Remove {} of {}", count(all.len(), "flag"), self.subject),
        };
        cut(&printable(&title), TITLE)
    }

    /// The text, in Markdown that is safe to show.
    pub fn body(&self) -> String {
        let mut body = String::new();
        for (flag, finding) in self.cleaned.flags.iter().zip(self.findings) {
            body.push_str(&self.why(flag, *finding));
        }
        body.push_str(&self.files());
        body.push_str(&self.left());
        let foot = self.foot();
        if body.len() + foot.len() > MOST {
            let end = (0..=MOST - foot.len() - 100).rev().find(|end| body.is_char_boundary(*end)).unwrap_or(0);
            let line = body[..end].rfind('\n').unwrap_or(0);
            body.truncate(line);
            body.push_str("\n\nThere is more than fits here; the change itself is whole.\n");
        }
        body + &foot
    }

    fn why(&self, flag: &CleanedFlag, finding: Option<&Finding>) -> String {
        let key = code(&printable(flag.removal.flag.as_str()));
        let keep = prose(&flag.removal.keep.describe());
        let Some(finding) = finding else {
            return format!("### {key}: {keep} stays\n\nAsked for by hand.\n\n");
        };
        let info = self.rules.iter().find(|info| info.id == finding.rule);
        let summary = info.map_or_else(String::new, |info| format!("{} ", prose(info.summary)));
        let mut why = format!("### {key}: {keep} stays\n\n{summary}({})\n\n", code(finding.rule));
        for item in finding.evidence.iter().take(LISTED) {
            why.push_str(&format!("- {}\n", fact(item)));
        }
        why.push('\n');
        why
    }

    fn files(&self) -> String {
        let files = &self.cleaned.files;
        let deleted = files.iter().filter(|file| file.deleted).count();
        let changed = count(files.len() - deleted, "file");
        match deleted {
            0 => format!("{changed} changed.\n\n"),
            n => format!("{changed} changed, {n} deleted.\n\n"),
        }
    }

    fn left(&self) -> String {
        let lefts: Vec<_> = self.cleaned.flags.iter().flat_map(|flag| &flag.left).collect();
        if lefts.is_empty() {
            return String::new();
        }
        let mut text = "### Left for a person\n\n".to_owned();
        for left in lefts.iter().take(LISTED) {
            let place = code(&format!("{}:{}", printable(&left.location.path), left.location.start.line));
            text.push_str(&format!("- {place} {}\n", prose(&left.why)));
        }
        if lefts.len() > LISTED {
            text.push_str(&format!("- and {}\n", count(lefts.len() - LISTED, "more place")));
        }
        text.push('\n');
        text
    }

    fn foot(&self) -> String {
        format!(
            "---\n\nClose this to refuse: it is not proposed again while the evidence says the same. Commit to this branch, \
             and it is yours: it is not touched any more. Made by downhaul {}.\n",
            self.tool_version
        )
    }
}

/// A fact with its time and its source, in words that stay.
fn fact(item: &EvidenceItem) -> String {
    let when = item.when.map_or_else(String::new, |when| format!(" on {}", when.strftime("%Y-%m-%d")));
    let source = if item.source.is_empty() { String::new() } else { format!(" ({})", prose(&item.source)) };
    format!("{}{when}{source}", prose(&item.what))
}
