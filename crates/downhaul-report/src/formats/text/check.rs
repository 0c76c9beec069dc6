//! Findings with their code, then what it comes to.

use std::io::{self, Write};

use super::{GREEN, RED, YELLOW, finding, missing_files, paint};
use crate::report::{CheckReport, GateVerdict};
use crate::wording::{self, count};

/// Writes the findings that nobody has accepted (all of them where much is wanted), and the summary.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.verdicts.findings {
        if finding.suppressed.is_none() || report.run.style.verbose {
            writeln!(out, "{}\n", finding::render(finding, &report.run))?;
        }
    }
    if !report.run.style.quiet {
        summary(report, out)?;
    }
    missing_evidence(report, out)?;
    missing_files(&report.run, out)?;
    if report.run.style.quiet { Ok(()) } else { verdict(report, out) }
}

fn summary(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let open = wording::severities(report.open_findings().map(|finding| finding.severity));
    let accepted = match report.suppressed_count() {
        0 => String::new(),
        n => format!(", {n} accepted"),
    };
    writeln!(out, "{open}{accepted}")?;

    let stats = &report.run.stats;
    let (references, files) = (count(stats.references, "reference"), count(stats.files, "file"));
    writeln!(out, "{} referenced, {references} in {files}", count(stats.flags, "flag"))?;

    let tally = &report.verdicts.tally;
    let total = |part: fn(&downhaul_core::Tally) -> usize| tally.iter().map(part).sum::<usize>();
    let (passed, exempt) = (total(|rule| rule.passed), total(|rule| rule.exempt));
    let (unsupported, open) = (total(|rule| rule.unsupported), total(|rule| rule.not_evaluated));
    writeln!(
        out,
        "{}: {passed} passed, {exempt} exempt, {unsupported} unsupported, {open} not evaluated",
        count(tally.len(), "rule"),
    )?;
    if report.run.style.verbose {
        for rule in tally {
            writeln!(
                out,
                "  {}: {}, {} passed, {} exempt",
                rule.rule,
                count(rule.findings, "finding"),
                rule.passed,
                rule.exempt
            )?;
        }
    }
    Ok(())
}

/// Says for each rule what it could not tell, and why: a rule that could not look has not passed.
fn missing_evidence(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    for sentence in wording::missing_evidence_by_reason(&report.verdicts.tally) {
        writeln!(out, "{}: {sentence}", paint(&report.run.style, YELLOW, "missing"))?;
    }
    Ok(())
}

fn verdict(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (colour, sentence) = match report.verdict {
        GateVerdict::Passed => (GREEN, "check passed"),
        GateVerdict::Failed => (RED, "check failed"),
        GateVerdict::Incomplete => (YELLOW, "check incomplete: evidence that the policy requires is missing"),
    };
    writeln!(out, "{}", paint(&report.run.style, colour, sentence))
}
