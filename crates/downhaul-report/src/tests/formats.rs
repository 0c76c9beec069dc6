//! The list of formats, compared with the folder and with the sentences that name it.

use std::path::Path;

use super::sample::Sample;
use super::snapshots::{checked, scanned};
use crate::printable::steers;
use crate::{Format, ReportError};

#[test]
fn the_list_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/formats");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().replace('_', "-"))
        .filter(|name| name != "mod")
        .collect();
    files.sort();
    assert_eq!(files, Format::all().map(|format| format.as_str().to_owned()).collect::<Vec<_>>());
}

#[test]
fn names_lead_back_to_their_formats() {
    for format in Format::all() {
        assert_eq!(format.as_str().parse::<Format>().ok(), Some(format));
    }
}

#[test]
fn errors_say_what_could_be_had_instead() {
    let unknown = "xml".parse::<Format>().unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "there is no format `xml`; the formats are concise, github, gitlab, json, jsonl, junit, markdown, rdjson, sarif, \
         sarif-full, text"
    );
    let refused = ReportError::NotForScan(Format::Sarif);
    assert_eq!(refused.to_string(), "format sarif is for check; scan can be written as concise, json, jsonl, text");
}

/// Nothing that others wrote may steer the terminal or the runner, in any format.
#[test]
fn no_format_lets_anything_through() {
    let sample = Sample::new();
    for format in Format::all() {
        let scan = if format.is_for_scan() { scanned(&sample.scan(), format) } else { String::new() };
        let text = checked(&sample.check(), format) + &scan;
        let steering: Vec<char> = text.chars().filter(|c| *c != '\n' && steers(*c)).collect();
        assert_eq!(steering, [], "{format}");
        assert!(!text.contains("##["), "{format}");
        let injected = |line: &&str| line.trim_start().starts_with("::error::");
        assert_eq!(text.lines().filter(injected).count(), 0, "{format}");
    }
}
