//! Every format of the sample, as it was last read and accepted.

use insta::assert_snapshot;

use super::sample::Sample;
use crate::report::{CheckReport, ScanReport, Style};
use crate::{Format, ReportError, render_check, render_scan};

/// What a check reads like.
pub(super) fn checked(report: &CheckReport<'_>, format: Format) -> String {
    let mut out = Vec::new();
    render_check(report, format, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("output is UTF-8")
}

/// What a scan reads like.
pub(super) fn scanned(report: &ScanReport<'_>, format: Format) -> String {
    let mut out = Vec::new();
    render_scan(report, format, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("output is UTF-8")
}

#[test]
fn every_format_shows_the_sample_of_a_check() {
    let sample = Sample::new();
    for format in Format::ALL {
        assert_snapshot!(format!("check_{format}"), checked(&sample.check(), format));
    }
}

#[test]
fn every_format_shows_a_check_without_findings() {
    let sample = Sample::clean();
    for format in Format::ALL {
        assert_snapshot!(format!("clean_check_{format}"), checked(&sample.check(), format));
    }
}

#[test]
fn every_format_for_it_shows_the_sample_of_a_scan() {
    let sample = Sample::new();
    for format in Format::ALL {
        if format.is_for_scan() {
            assert_snapshot!(format!("scan_{format}"), scanned(&sample.scan(), format));
        } else {
            let refused = render_scan(&sample.scan(), format, &mut Vec::new());
            assert!(matches!(refused, Err(ReportError::NotForScan(named)) if named == format));
        }
    }
}

#[test]
fn text_says_more_and_less_and_in_colour() {
    let sample = Sample::new();
    let mut check = sample.check();
    let mut scan = sample.scan();
    check.run.style = Style { color: true, links: true, verbose: true, width: 80, ..Style::default() };
    scan.run.style = check.run.style;
    assert_snapshot!("check_text_verbose", checked(&check, Format::Text));
    assert_snapshot!("scan_text_verbose", scanned(&scan, Format::Text));
    check.run.style = Style { quiet: true, ..Style::default() };
    scan.run.style = check.run.style;
    assert_snapshot!("check_text_quiet", checked(&check, Format::Text));
    assert_snapshot!("scan_text_quiet", scanned(&scan, Format::Text));
}

#[test]
fn no_references_is_said_of_a_whole_tree_only() {
    let sample = Sample::clean();
    let mut report = sample.scan();
    assert_eq!(scanned(&report, Format::Text), "0 references to 0 flags in 214 files\n");
    report.run.complete = false;
    let text = scanned(&report, Format::Text);
    assert!(!text.contains("0 references"), "{text}");
    assert!(text.contains("incomplete: the scan is not complete"), "{text}");
}
