//! `gitlab`: a Code Quality report, which GitLab shows in merge requests.
//!
//! GitLab drops an issue whose fingerprint has occurred before, and shows nothing but the description: so fingerprints
//! are made unique, and the description begins with the rule. What has no place stands where a policy would.

use std::collections::BTreeMap;
use std::io::{self, Write};

use downhaul_core::{Finding, Fingerprint, Severity};
use serde::Serialize;

use crate::printable::printable;
use crate::report::CheckReport;
use crate::wording::{self, PLACELESS};

/// One entry of the report, as GitLab's documentation describes it.
#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the findings that nobody has accepted, and what is missing.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let findings = report.open_findings().map(|finding| issue(finding, ordinal(&mut seen, &finding.fingerprint)));
    let missing = wording::incomplete(report).map(|(id, sentence)| incomplete(&id, &sentence));
    let issues: Vec<Issue> = findings.chain(missing).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn ordinal<'f>(seen: &mut BTreeMap<&'f str, usize>, fingerprint: &'f Fingerprint) -> usize {
    let count = seen.entry(fingerprint.as_str()).or_default();
    *count += 1;
    *count - 1
}

fn issue(finding: &Finding, ordinal: usize) -> Issue {
    let location = finding.anchor.location();
    let text = format!("{}: {} {}", finding.rule, printable(&finding.message), printable(&finding.remediation));
    let mut fingerprint = finding.fingerprint.as_str().to_owned();
    if ordinal > 0 {
        fingerprint.push_str(&format!("-{ordinal}"));
    }
    Issue {
        description: text.trim_end().to_owned(),
        check_name: finding.rule.to_owned(),
        fingerprint,
        severity: severity(finding.severity),
        location: Place {
            path: location.map_or_else(|| PLACELESS.to_owned(), |at| printable(&at.path).into_owned()),
            lines: location.map_or(Lines { begin: 1, end: 1 }, |at| Lines { begin: at.start.line, end: at.end.line }),
        },
    }
}

/// GitLab knows five degrees; the worst two are for what nobody can leave until tomorrow.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note | Severity::Off => "info",
    }
}

fn incomplete(id: &str, sentence: &str) -> Issue {
    Issue {
        description: format!("incomplete: {sentence}"),
        check_name: "incomplete".to_owned(),
        fingerprint: Fingerprint::of(&["incomplete", id]).as_str().to_owned(),
        severity: "info",
        location: Place { path: PLACELESS.to_owned(), lines: Lines { begin: 1, end: 1 } },
    }
}
