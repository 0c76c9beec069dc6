//! A finding explained: its evidence, the settings that decided, how to put it right, and how to have it accepted.

use std::fmt::Write;

use downhaul_core::{Evidence, Finding};
use downhaul_policy::{Decision, Policy, inline_allowed};
use downhaul_report::printable;

use crate::args::{Global, OnServerError, ScanArgs};
use crate::baseline;
use crate::commands::config::origin_text;
use crate::commands::judge::{self, Judged};
use crate::errors::CliError;
use crate::settings::Settings;

/// Which findings are asked about.
pub(super) enum Asked<'a> {
    /// Those of a rule about a flag.
    About { rule: &'a str, flag: &'a str },
    /// The one whose fingerprint begins so.
    Fingerprint(&'a str),
}

impl<'a> Asked<'a> {
    /// `RULE:FLAG`, or eight and more digits of a fingerprint; `None` for anything else.
    pub(super) fn new(subject: &'a str) -> Option<Self> {
        if let Some((rule, flag)) = subject.split_once(':') {
            return downhaul_policy::rule(rule).map(|_| Asked::About { rule, flag });
        }
        let is_fingerprint = subject.len() >= 8 && subject.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_fingerprint.then_some(Asked::Fingerprint(subject))
    }

    fn matches(&self, finding: &Finding) -> bool {
        match self {
            Asked::About { rule, flag } => {
                finding.rule == *rule && finding.flag.as_ref().is_some_and(|key| key.as_str() == *flag)
            }
            Asked::Fingerprint(start) => finding.fingerprint.as_str().starts_with(&start.to_ascii_lowercase()),
        }
    }
}

/// Judges the repository as `check` does, and explains the findings that are asked about.
pub(super) fn explain(global: &Global, asked: &Asked<'_>) -> Result<String, CliError> {
    let settings = Settings::new(global, None)?;
    let scan = ScanArgs::default();
    let baseline = baseline::read(&settings, &scan, None)?;
    let judged = judge::judge(&settings, &scan, OnServerError::Fail, baseline.as_ref(), judge::Look::Repository)?;
    let Judged { policy, evidence, verdicts, .. } = &judged;
    let found: Vec<&Finding> = verdicts.findings.iter().filter(|finding| asked.matches(finding)).collect();
    if found.is_empty() {
        return Err(none(asked, &judged));
    }
    Ok(found.into_iter().map(|finding| page(policy, evidence, finding)).collect::<Vec<_>>().join("\n"))
}

/// That there is no such finding is an answer too: the tally says whether it could have been told.
fn none(asked: &Asked<'_>, judged: &Judged) -> CliError {
    let what = match asked {
        Asked::About { rule, flag } => format!("`{rule}` finds nothing about `{flag}`"),
        Asked::Fingerprint(start) => format!("no finding has a fingerprint that begins with {start}"),
    };
    let error = CliError::usage(what);
    let Asked::About { rule, .. } = asked else {
        return error.hint("`downhaul check --format json` lists findings with their fingerprints");
    };
    match judged.verdicts.tally.iter().find(|tally| tally.rule == *rule) {
        None => error.hint("the policy switches the rule off, or it has nothing to say"),
        Some(tally) if tally.not_evaluated + tally.unsupported > 0 => {
            let why: Vec<&str> = tally.why.iter().map(String::as_str).collect();
            error.hint(format!("some of it could not be told: {}", printable(&why.join("; "))))
        }
        Some(_) => error.hint(format!("`downhaul explain {rule}` says what it looks for")),
    }
}

/// All that is known of one finding, part by part.
fn page(policy: &Policy, evidence: &Evidence, finding: &Finding) -> String {
    let mut lines = vec![format!("{} {}: {}", finding.severity.as_str(), finding.rule, finding.message)];
    if let Some(at) = finding.anchor.location() {
        lines.push(format!("  at {}:{}:{}", at.path, at.start.line, at.start.column));
    }
    for label in &finding.related {
        lines.push(format!("  {} at {}:{}", label.message, label.location.path, label.location.start.line));
    }
    if let Some(logical) = &finding.logical {
        let url = logical.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
        lines.push(format!("  {}{url}", logical.name));
    }
    part(
        &mut lines,
        "What it rests on",
        finding.evidence.iter().map(|item| {
            let when = item.when.map(|at| format!(", {at}")).unwrap_or_default();
            format!("{}{when} [{}]", item.what, item.source)
        }),
    );
    part(&mut lines, "What decided", policy.decisions(evidence, finding).into_iter().map(decision));
    part(&mut lines, "What to do", [finding.remediation.clone()]);
    part(&mut lines, "To have it accepted", acceptance(finding));
    let accepted = finding.suppressed.iter();
    part(&mut lines, "Accepted", accepted.map(|accepted| format!("{}: {}", accepted.kind, accepted.justification)));
    part(&mut lines, "Fingerprint", [finding.fingerprint.to_string()]);
    let mut text = String::new();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", printable(&line));
    }
    text
}

/// A heading and what stands under it; nothing where nothing does.
fn part(lines: &mut Vec<String>, heading: &str, entries: impl IntoIterator<Item = String>) {
    let mut entries = entries.into_iter().peekable();
    if entries.peek().is_some() {
        lines.extend([String::new(), heading.to_owned()]);
        lines.extend(entries.map(|entry| format!("  {entry}")));
    }
}

fn decision(Decision { setting, overruled }: Decision) -> String {
    let note = if overruled { " (overruled)" } else { "" };
    format!("{} = {}  {}{note}", setting.key, setting.value, origin_text(&setting.origin))
}

/// The marks that would accept it, ready to be filled in.
fn acceptance(finding: &Finding) -> Vec<String> {
    let mut ways = Vec::new();
    if let Some(at) = finding.anchor.location().filter(|_| inline_allowed(finding.rule)) {
        ways.push(format!(
            "a comment on {}:{} or the line above: downhaul: ignore {} reason=\"…\" until=2026-12-31",
            at.path, at.start.line, finding.rule
        ));
    }
    let flag = finding.flag.as_ref().map(|flag| format!("flag = \"{flag}\", ")).unwrap_or_default();
    let environment =
        finding.environment.as_ref().map(|name| format!("environment = \"{name}\", ")).unwrap_or_default();
    ways.push(format!(
        "[[exempt]] in the policy: rule = \"{}\", {flag}{environment}reason = \"…\", expires = 2026-12-31, approved_by = \"…\"",
        finding.rule
    ));
    ways
}
