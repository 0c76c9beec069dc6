//! Words and counts that more than one format uses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use downhaul_core::{Confidence, Location, Reference, ReferencedKey, Severity, SkipReason, Skipped, Tally};

use crate::printable::{path_at_line_start, printable};
use crate::report::{CheckReport, Run};

/// Where a format puts what has no place but needs one: the file in which a policy would stand.
pub(crate) const PLACELESS: &str = "downhaul.toml";

/// `1 file`, `2 files`.
pub(crate) fn count(n: usize, singular: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {singular}{ending}")
}

/// `2 errors, 1 note`: worst first, what does not occur left out; `no findings` for none.
pub(crate) fn severities(of: impl Iterator<Item = Severity>) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    of.for_each(|severity| *counts.entry(severity).or_default() += 1);
    if counts.is_empty() {
        return "no findings".to_owned();
    }
    list(counts.iter().rev().map(|(severity, n)| count(*n, severity.as_str())))
}

/// `path:line:column`, fit for the start of a line.
pub(crate) fn place(location: &Location) -> String {
    format!("{}:{}:{}", path_at_line_start(&location.path), location.start.line, location.start.column)
}

/// The flag of a reference, or the pattern that its key fits.
pub(crate) fn key(reference: &Reference) -> Cow<'_, str> {
    match &reference.key {
        ReferencedKey::Known(key) => printable(key.as_str()),
        ReferencedKey::Pattern(pattern) => Cow::Owned(printable(&pattern.to_string()).into_owned()),
    }
}

/// What a reference is: `evaluation constant (isEnabled) ← src/flags.ts:3:14`.
pub fn description(reference: &Reference) -> String {
    let mut text = format!("{} {}", reference.kind.as_str(), reference.resolution.as_str());
    if let Some(call) = &reference.call {
        text.push_str(&format!(" ({})", printable(call)));
    }
    if reference.confidence == Confidence::Low {
        text.push_str(", low confidence");
    }
    for via in &reference.via {
        text.push_str(&format!(" ← {}", place(&via.location)));
    }
    text
}

/// What of the files was not seen, as a sentence; `None` when everything was.
pub(crate) fn missing_files(run: &Run<'_>) -> Option<String> {
    match (run.skipped.len(), run.complete) {
        (0, true) => None,
        (0, false) => Some("the scan is not complete".to_owned()),
        (n, _) => {
            let verb = if n == 1 { "was" } else { "were" };
            let places = count(n, "place");
            Some(format!("{places} in the tree {verb} not read as intended ({})", skip_reasons(run.skipped)))
        }
    }
}

/// What one rule could not tell, with the reasons; `None` when there is nothing of the kind.
pub(crate) fn missing_evidence(tally: &Tally) -> Option<String> {
    let counts = [(tally.not_evaluated, "not evaluated"), (tally.unsupported, "unsupported")];
    let counts = list(counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    if counts.is_empty() {
        return None;
    }
    Some(format!("{}: {counts} ({})", tally.rule, reasons(tally)))
}

fn reasons(tally: &Tally) -> String {
    let why = tally.why.iter().map(|why| printable(why)).collect::<Vec<_>>().join("; ");
    if why.is_empty() { "no reason was recorded".to_owned() } else { why }
}

/// What the rules could not tell: one sentence for each reason that several have in common, one for each other rule.
pub(crate) fn missing_evidence_by_reason(tally: &[Tally]) -> Vec<String> {
    let mut by_reason: BTreeMap<String, Vec<&Tally>> = BTreeMap::new();
    for tally in tally.iter().filter(|tally| tally.not_evaluated + tally.unsupported > 0) {
        by_reason.entry(reasons(tally)).or_default().push(tally);
    }
    let sentence = |(why, tallies): (String, Vec<&Tally>)| match tallies.as_slice() {
        [only] => missing_evidence(only),
        several => {
            let rules = list(several.iter().map(|tally| tally.rule.to_owned()));
            Some(format!("{} could not tell ({why}): {rules}", count(several.len(), "rule")))
        }
    };
    by_reason.into_iter().filter_map(sentence).collect()
}

/// Everything that was not seen or could not be told, as an id (a rule's, or `scan`) and a sentence.
pub(crate) fn incomplete(report: &CheckReport<'_>) -> impl Iterator<Item = (String, String)> {
    let evidence = report.verdicts.tally.iter();
    let evidence = evidence.filter_map(|tally| Some((tally.rule.to_owned(), missing_evidence(tally)?)));
    evidence.chain(missing_files(&report.run).map(|sentence| ("scan".to_owned(), sentence)))
}

/// `too-large: 1, unreadable: 2`.
fn skip_reasons(skipped: &[Skipped]) -> String {
    let mut counts: BTreeMap<SkipReason, usize> = BTreeMap::new();
    skipped.iter().for_each(|entry| *counts.entry(entry.reason).or_default() += 1);
    list(counts.iter().map(|(reason, n)| format!("{}: {n}", reason.as_str())))
}

/// `a, b, c`.
pub(crate) fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// At most `most` UTF-16 units of `text`, with an ellipsis in place of what was cut off.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_with_one_reason_share_a_sentence() {
        let tally = |rule, why: &str| Tally {
            rule,
            findings: 0,
            passed: 0,
            exempt: 0,
            unsupported: 0,
            not_evaluated: 2,
            why: [why.to_owned()].into(),
        };
        let sentences =
            missing_evidence_by_reason(&[tally("a", "no server"), tally("b", "403"), tally("c", "no server")]);
        assert_eq!(sentences, ["b: 2 not evaluated (403)", "2 rules could not tell (no server): a, c"]);
    }

    #[test]
    fn cutting_counts_utf16_units_and_keeps_characters_whole() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("a😀😀", 4), "a😀…");
        assert_eq!(cut("a😀😀", 3), "a…");
    }

    #[test]
    fn severities_are_counted_worst_first() {
        let of = [Severity::Note, Severity::Error, Severity::Error];
        assert_eq!(severities(of.into_iter()), "2 errors, 1 note");
        assert_eq!(severities([].into_iter()), "no findings");
    }
}
