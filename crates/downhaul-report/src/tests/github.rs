//! Annotations, read back as the runner reads them.

use downhaul_core::{Anchor, Fingerprint, Severity};

use super::sample::{CHECKOUT, HOSTILE, NASTY, Sample, finding};
use super::snapshots::checked;
use crate::Format;

/// Kind, properties and message of one line.
fn parsed(line: &str) -> (String, Vec<(String, String)>, String) {
    let (info, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (kind, properties) = info.split_once(' ').unwrap();
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').unwrap();
        let value = value.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        (key.to_owned(), value.replace("%25", "%"))
    });
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    (kind.to_owned(), properties.collect(), data)
}

#[test]
fn hostile_names_and_messages_stay_in_their_place() {
    let text = checked(&Sample::new().check(), Format::Github);
    let of_hostile = text.lines().map(parsed).find(|(_, _, message)| message.contains("<b>see</b>")).unwrap();
    let (kind, properties, message) = of_hostile;
    assert_eq!(kind, "warning");
    assert_eq!(properties[0], ("file".to_owned(), HOSTILE.replace('\u{1b}', "␛")));
    assert_eq!(message.lines().count(), 2, "the message's own line break is made visible: {message}");
    assert!(NASTY.contains('\n') && NASTY.contains("##["));
    assert!(!text.contains("##[") && !text.contains('\u{1b}'));
    assert_eq!(text.lines().filter(|line| !line.starts_with("::")).count(), 0);
}

#[test]
fn columns_are_given_on_one_line_only() {
    let text = checked(&Sample::new().check(), Format::Github);
    for (_, properties, _) in text.lines().map(parsed) {
        let get = |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        assert!(get("col").is_none() || get("line") == get("endLine"));
    }
    assert!(text.contains("line=7,endLine=10,title="), "{text}");
}

#[test]
fn ten_of_a_kind_and_the_last_says_how_many_more() {
    let mut sample = Sample::clean();
    let anchor = Anchor::Code(sample.sources.find(CHECKOUT, "ctx"));
    for n in 0..12 {
        let mut one = finding("unknown-flag", Severity::Warning, anchor.clone(), &"é".repeat(5_000));
        one.new = n == 11;
        one.message.insert_str(0, &format!("number {n} "));
        one.fingerprint = Fingerprint::of(&[&n.to_string()]);
        sample.verdicts.findings.push(one);
    }
    let text = checked(&sample.check(), Format::Github);
    let lines: Vec<_> = text.lines().map(parsed).collect();
    assert_eq!(lines.len(), 10);
    assert!(lines[0].2.starts_with("number 11 "), "a finding on an added line comes first");
    assert_eq!(lines[0].2.encode_utf16().count(), 4_096);
    assert_eq!(lines[9].2, "3 more warnings; a report in another format holds them all.");
}
