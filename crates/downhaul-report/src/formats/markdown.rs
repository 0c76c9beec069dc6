//! `markdown`: for the step summary of a workflow and for a comment on a pull request.
//!
//! What others wrote is shown as they wrote it: it makes no link, mentions nobody and closes no tag. The whole stays
//! below what a comment may hold; what does not fit is counted.

use std::io::{self, Write};

use downhaul_core::{Finding, Location, Severity};

use crate::markup::{code, prose};
use crate::printable::printable;
use crate::report::{CheckReport, GateVerdict};
use crate::uri;
use crate::wording::{self, count};

/// Bytes at most. GitHub takes 65,536 characters in a comment and 1 MiB in a step summary, and drops longer ones whole.
const MOST: usize = 60_000;

/// Room kept for what always has to be said.
const RESERVED: usize = 8_000;

/// Lines about what is missing; the rest is counted.
const MISSING: usize = 40;

/// Writes the verdict, the findings that nobody has accepted, and what is missing.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::default();
    page.push(&format!("## downhaul: {}\n\n{}\n", verdict(report.verdict), headline(report)));
    let left_out = findings(report, &mut page);
    if left_out > 0 {
        page.always(&format!("\nAnd {}, which do not fit here.\n", count(left_out, "more finding")));
    }
    missing(report, &mut page);
    out.write_all(page.text.as_bytes())
}

fn verdict(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Passed => "check passed ✅",
        GateVerdict::Failed => "check failed ❌",
        GateVerdict::Incomplete => "check incomplete ⚠️",
    }
}

fn headline(report: &CheckReport<'_>) -> String {
    let open = wording::severities(report.open_findings().map(|finding| finding.severity));
    let accepted = match report.suppressed_count() {
        0 => String::new(),
        n => format!(", {n} accepted"),
    };
    let stats = &report.run.stats;
    let seen = format!("{} in {}", count(stats.references, "reference"), count(stats.files, "file"));
    format!("**{open}**{accepted} · {} referenced, {seen}", count(stats.flags, "flag"))
}

/// Worst first, notes folded. Gives back how many did not fit.
fn findings(report: &CheckReport<'_>, page: &mut Page) -> usize {
    let mut left_out = 0;
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Note, "Notes")] {
        let of_it: Vec<&Finding> = report.open_findings().filter(|finding| finding.severity == severity).collect();
        if of_it.is_empty() {
            continue;
        }
        let folded = severity == Severity::Note;
        let (head, foot) = match folded {
            true => (format!("\n<details><summary>{title} ({})</summary>\n\n", of_it.len()), "\n</details>\n"),
            false => (format!("\n### {title}\n\n"), ""),
        };
        if !page.push(&head) {
            left_out += of_it.len();
            continue;
        }
        left_out += of_it.iter().filter(|finding| !page.push(&item(finding, report))).count();
        page.always(foot);
    }
    left_out
}

fn item(finding: &Finding, report: &CheckReport<'_>) -> String {
    let place = match finding.anchor.location() {
        Some(location) => place(location, report),
        None => "no place in the code".to_owned(),
    };
    let new = if finding.new { " · new" } else { "" };
    let more = match finding.related.len() {
        0 => String::new(),
        n => format!(" and {}", count(n, "more place")),
    };
    let remediation = match finding.remediation.is_empty() {
        true => String::new(),
        false => format!("  \n  {}", prose(&finding.remediation)),
    };
    format!("- {} · {place}{more}{new}  \n  {}{remediation}\n", code(finding.rule), prose(&finding.message))
}

/// Path and line, as a link where the host has a page of the file.
fn place(location: &Location, report: &CheckReport<'_>) -> String {
    let shown = code(&format!("{}:{}", printable(&location.path), location.start.line));
    match report.run.revision.and_then(|revision| revision.files).filter(|files| uri::is_plain(files)) {
        Some(files) => {
            format!("[{shown}]({files}{}#L{})", uri::of_path_in_markdown(&location.path), location.start.line)
        }
        None => shown,
    }
}

fn missing(report: &CheckReport<'_>, page: &mut Page) {
    let mut sentences = wording::missing_evidence_by_reason(&report.verdicts.tally);
    sentences.extend(wording::missing_files(&report.run));
    if sentences.is_empty() {
        return;
    }
    page.always("\n### Not seen, not told\n\n");
    let fitting = sentences
        .iter()
        .take(MISSING)
        .take_while(|sentence| page.within(MOST, &format!("- {}\n", prose(&wording::cut(sentence, 400)))))
        .count();
    if fitting < sentences.len() {
        page.always(&format!("- and {}\n", count(sentences.len() - fitting, "more line")));
    }
}

/// A page that knows how much it may still take.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Takes `part` if it leaves room for what always has to be said.
    fn push(&mut self, part: &str) -> bool {
        self.within(MOST - RESERVED, part)
    }

    fn within(&mut self, most: usize, part: &str) -> bool {
        let fits = self.text.len() + part.len() <= most;
        if fits {
            self.text.push_str(part);
        }
        fits
    }

    fn always(&mut self, part: &str) {
        self.text.push_str(part);
    }
}
