//! `junit`: JUnit's XML, which most CI servers show as test results.
//!
//! A rule is a suite. A finding is a failure whatever its severity, which is the failure's type; a rule that found
//! nothing is one passed test; what somebody has accepted and what could not be told is skipped, with the reason.

use std::io::{self, Write};

use downhaul_core::{Finding, Tally};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::printable::printable;
use crate::report::CheckReport;
use crate::wording;

/// Writes a suite for each rule that ran, and one for what was not read.
pub(crate) fn check(report: &CheckReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Report::new("downhaul");
    junit.add_test_suites(report.verdicts.tally.iter().map(|tally| suite(report, tally)));
    junit.add_test_suites(unlisted(report));
    junit.add_test_suites(wording::missing_files(&report.run).map(|sentence| {
        let mut suite = TestSuite::new("scan");
        suite.add_test_case(skipped("scan", "files", &sentence));
        suite
    }));
    junit.serialize(out).map_err(io::Error::other)
}

fn suite(report: &CheckReport<'_>, tally: &Tally) -> TestSuite {
    let mut suite = TestSuite::new(tally.rule);
    suite.add_test_cases(report.verdicts.findings.iter().filter(|finding| finding.rule == tally.rule).map(case));
    if tally.passed > 0 {
        let name = format!("{} passed", wording::count(tally.passed, "subject"));
        suite.add_test_case(with_class(TestCase::new(name, TestCaseStatus::success()), tally.rule));
    }
    if let Some(sentence) = wording::missing_evidence(tally) {
        suite.add_test_case(skipped(tally.rule, "not evaluated", &sentence));
    }
    suite
}

/// A rule that left no tally has no suite above; what it found must not be lost with it.
fn unlisted(report: &CheckReport<'_>) -> Option<TestSuite> {
    let listed = |finding: &&Finding| report.verdicts.tally.iter().any(|tally| tally.rule == finding.rule);
    let findings = report.verdicts.findings.iter().filter(|finding| !listed(finding));
    let mut suite = TestSuite::new("downhaul");
    suite.add_test_cases(findings.map(case));
    (!suite.test_cases.is_empty()).then_some(suite)
}

fn case(finding: &Finding) -> TestCase {
    let place = finding.anchor.location().map_or_else(|| "-".to_owned(), wording::place);
    let name = name(finding);
    let message = printable(&finding.message);
    let Some(accepted) = &finding.suppressed else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(message.as_ref()).set_type(finding.severity.as_str());
        status.set_description(description(finding, &place));
        return with_class(TestCase::new(name, status), finding.rule);
    };
    skipped(finding.rule, &name, &format!("accepted ({}): {}", accepted.kind, printable(&accepted.justification)))
}

/// The same from run to run, so that a CI server can tell a new failure from an old one: no line goes in.
fn name(finding: &Finding) -> String {
    let flag = finding.flag.as_ref().map(|flag| printable(flag.as_str()).into_owned());
    let path = finding.anchor.location().map(|location| printable(&location.path).into_owned());
    let fingerprint = format!("[{}]", &finding.fingerprint.as_str()[..8]);
    let parts = [Some(finding.reason.to_owned()), flag, path, Some(fingerprint)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn description(finding: &Finding, place: &str) -> String {
    let mut text = format!("{place}: {}\n{}", printable(&finding.message), printable(&finding.remediation));
    for label in &finding.related {
        text.push_str(&format!("\n{}: {}", wording::place(&label.location), printable(&label.message)));
    }
    text
}

fn skipped(rule: &str, name: &str, why: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    with_class(TestCase::new(name, status), rule)
}

fn with_class(mut case: TestCase, rule: &str) -> TestCase {
    case.set_classname(rule);
    case
}
