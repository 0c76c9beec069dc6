//! Every format of the sample, as it was last read and accepted.

use std::sync::Arc;

use downhaul_core::{Anchor, Label, LineIndex};
use insta::assert_snapshot;

use super::sample::{CHECKOUT, HOSTILE, MINIFIED, NASTY, Sample};
use crate::report::{CheckReport, ScanReport, SourceText, Style};
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
    for format in Format::all() {
        assert_snapshot!(format!("check_{format}"), checked(&sample.check(), format));
    }
}

#[test]
fn every_format_shows_a_check_without_findings() {
    let sample = Sample::clean();
    for format in Format::all() {
        assert_snapshot!(format!("clean_check_{format}"), checked(&sample.check(), format));
    }
}

#[test]
fn every_format_for_it_shows_the_sample_of_a_scan() {
    let sample = Sample::new();
    for format in Format::all() {
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

/// Terminals may be any size, and a span may be as long as its file.
#[test]
fn text_stands_any_width_and_any_span() {
    let mut sample = Sample::new();
    for path in [CHECKOUT, HOSTILE, MINIFIED] {
        let text = sample.sources.text(path).expect("the sample has the file");
        let all = LineIndex::new(&text).location(Arc::from(path), &text, 0..text.len());
        let mut whole = sample.verdicts.findings[0].clone();
        whole.related = vec![Label { location: all.clone(), message: NASTY.to_owned() }];
        whole.anchor = Anchor::Code(all);
        sample.verdicts.findings.push(whole);
    }
    for width in [0, 1, 7, 40, 1_000] {
        for color in [false, true] {
            let mut report = sample.check();
            report.run.style = Style { width, color, ..Style::default() };
            let text = checked(&report, Format::Text);
            assert!(text.ends_with(if color { "check failed\u{1b}[0m\n" } else { "check failed\n" }));
            assert!(text.len() < 50_000, "{} bytes at width {width}", text.len());
        }
    }
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
