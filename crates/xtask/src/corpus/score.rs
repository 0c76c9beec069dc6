//! Compares what the finder reported with what is true, place by place and key by key.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::marks::{Key, Mark, Truth};

/// A reference as the finder reported it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reported {
    /// Path inside the case, with `/`.
    pub(super) path: String,
    /// Counted from 1.
    pub(super) line: usize,
    /// Which flag.
    pub(super) key: Key,
    /// In the finder's words.
    pub(super) kind: String,
}

/// What came of one case.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Required references that were found.
    found: usize,
    misses: Vec<Mark>,
    false_answers: Vec<False>,
    /// Found, and called something else than it is.
    confusions: Vec<Confusion>,
}

#[derive(Debug)]
struct False {
    reported: Reported,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// A reference of this kind stands there, to another flag.
    WrongKey,
    /// The line was made to look like a reference.
    Trap,
    /// Nothing stands there.
    Nothing,
}

#[derive(Debug)]
struct Confusion {
    mark: Mark,
    expected: String,
    reported: String,
}

/// Judges the answers on one case. A place and key reported twice counts once.
pub(super) fn judge(marks: &[Mark], reported: &[Reported]) -> Verdict {
    let mut verdict = Verdict::default();
    for mark in marks {
        let Truth::Reference { kind, key, optional: false } = &mark.truth else { continue };
        let kinds: BTreeSet<&str> =
            reported.iter().filter(|r| is_at(r, mark) && fits(&r.key, key)).map(|r| r.kind.as_str()).collect();
        if kinds.is_empty() {
            verdict.misses.push(mark.clone());
            continue;
        }
        verdict.found += 1;
        if !kinds.contains(kind.as_str()) {
            let reported = kinds.into_iter().collect::<Vec<_>>().join("+");
            verdict.confusions.push(Confusion { mark: mark.clone(), expected: kind.clone(), reported });
        }
    }
    let mut seen = BTreeSet::new();
    for answer in reported.iter().filter(|answer| seen.insert((&answer.path, answer.line, &answer.key))) {
        if let Some(why) = what_is_wrong(marks, answer) {
            verdict.false_answers.push(False { reported: answer.clone(), why });
        }
    }
    verdict
}

fn what_is_wrong(marks: &[Mark], answer: &Reported) -> Option<Why> {
    let mut why = Why::Nothing;
    for mark in marks.iter().filter(|mark| is_at(answer, mark)) {
        match &mark.truth {
            Truth::Reference { key, .. } if fits(&answer.key, key) => return None,
            // Right as far as it goes: there is a reference, its key was not found out. It counts as a miss already.
            // The same holds for a lambda called a wrapper on the line of the call it is handed to.
            Truth::Reference { .. } if answer.key == Key::Unknown => return None,
            Truth::Reference { kind, .. } if *kind == answer.kind && matches!(answer.key, Key::Flag(_)) => {
                why = Why::WrongKey;
            }
            Truth::Reference { .. } => {}
            Truth::Trap => why = Why::Trap,
        }
    }
    Some(why)
}

fn is_at(reported: &Reported, mark: &Mark) -> bool {
    reported.path == mark.path && reported.line == mark.line
}

fn fits(reported: &Key, truth: &Key) -> bool {
    reported == truth
}

impl Verdict {
    /// What was wrong, sorted by place: path, line, sentence.
    pub(super) fn complaints(&self) -> Vec<(&str, usize, String)> {
        let mut all = Vec::new();
        for Mark { path, line, truth } in &self.misses {
            if let Truth::Reference { kind, key, .. } = truth {
                all.push((path.as_str(), *line, format!("missed: {kind} {key}")));
            }
        }
        for False { reported, why } in &self.false_answers {
            let what = match why {
                Why::WrongKey => "wrong key",
                Why::Trap => "false answer on a trap",
                Why::Nothing => "false answer",
            };
            all.push((reported.path.as_str(), reported.line, format!("{what}: {} {}", reported.kind, reported.key)));
        }
        for Confusion { mark, expected, reported } in &self.confusions {
            all.push((mark.path.as_str(), mark.line, format!("kind: {reported} instead of {expected}")));
        }
        all.sort();
        all
    }
}

/// The sums of a language, or of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    pub(super) cases: usize,
    /// Required references.
    pub(super) references: usize,
    pub(super) traps: usize,
    /// Required references found.
    pub(super) found: usize,
    /// Places reported where no such reference is.
    pub(super) false_answers: usize,
    /// Of the false answers: on lines where a reference to another flag stands.
    pub(super) wrong_keys: usize,
    /// (what it is, what the finder called it) → how often.
    pub(super) confusions: BTreeMap<(String, String), usize>,
}

impl Score {
    /// Adds what came of one case.
    pub(super) fn add(&mut self, case: &Case, verdict: &Verdict) {
        self.traps += case.marks.iter().filter(|mark| mark.truth == Truth::Trap).count();
        self.cases += 1;
        self.count(verdict);
    }

    fn count(&mut self, verdict: &Verdict) {
        self.references += verdict.found + verdict.misses.len();
        self.found += verdict.found;
        self.false_answers += verdict.false_answers.len();
        self.wrong_keys += verdict.false_answers.iter().filter(|answer| answer.why == Why::WrongKey).count();
        for Confusion { expected, reported, .. } in &verdict.confusions {
            *self.confusions.entry((expected.clone(), reported.clone())).or_default() += 1;
        }
    }

    /// The sum of several.
    pub(super) fn total<'a>(scores: impl IntoIterator<Item = &'a Score>) -> Score {
        let mut total = Score::default();
        for score in scores {
            total.cases += score.cases;
            total.references += score.references;
            total.traps += score.traps;
            total.found += score.found;
            total.false_answers += score.false_answers;
            total.wrong_keys += score.wrong_keys;
            for (pair, count) in &score.confusions {
                *total.confusions.entry(pair.clone()).or_default() += count;
            }
        }
        total
    }

    /// Of what was reported, the part that is right; 0 to 1. Optional references are left out.
    pub(super) fn precision(&self) -> f64 {
        ratio(self.found, self.found + self.false_answers)
    }

    /// Of what had to be found, the part that was; 0 to 1.
    pub(super) fn recall(&self) -> f64 {
        ratio(self.found, self.references)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of a few hundred")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::marks::take_out;

    const TEXT: &str =
        "ask('a') //~ evaluation a\nA = 'b' //~? definition b\ntrack('a') //~ trap\nask(x) //~ dynamic\n";

    fn answer(line: usize, kind: &str, key: Key) -> Reported {
        Reported { path: "a.ts".into(), line, key, kind: kind.into() }
    }

    fn flag(line: usize, kind: &str, key: &str) -> Reported {
        answer(line, kind, Key::Flag(key.into()))
    }

    fn score(reported: &[Reported]) -> (Score, Vec<String>) {
        let verdict = judge(&take_out("a.ts", TEXT).unwrap().1, reported);
        let mut score = Score::default();
        score.count(&verdict);
        (score, verdict.complaints().into_iter().map(|(_, line, text)| format!("{line} {text}")).collect())
    }

    #[test]
    fn all_right() {
        let (score, complaints) =
            score(&[flag(1, "evaluation", "a"), flag(2, "definition", "b"), answer(4, "evaluation", Key::Unknown)]);
        assert_eq!((score.references, score.found, score.false_answers), (2, 2, 0));
        assert!(complaints.is_empty(), "{complaints:?}");
        assert!((score.precision() - 1.0).abs() < f64::EPSILON && (score.recall() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn misses_lower_recall_and_optional_ones_do_not() {
        let (score, complaints) = score(&[flag(1, "evaluation", "a")]);
        assert!((score.recall() - 0.5).abs() < f64::EPSILON && (score.precision() - 1.0).abs() < f64::EPSILON);
        assert_eq!(complaints, ["4 missed: evaluation (unknown key)"]);
    }

    #[test]
    fn false_answers_are_told_apart() {
        let (score, complaints) = score(&[
            flag(1, "evaluation", "a"),
            flag(1, "evaluation", "b"),
            flag(3, "evaluation", "a"),
            flag(9, "definition", "b"),
        ]);
        assert_eq!((score.false_answers, score.wrong_keys), (3, 1));
        let three =
            ["1 wrong key: evaluation b", "3 false answer on a trap: evaluation a", "9 false answer: definition b"];
        for text in three {
            assert!(complaints.iter().any(|complaint| complaint == text), "{text}: {complaints:?}");
        }
        assert!((score.precision() - 0.25).abs() < f64::EPSILON);
    }

    #[test]
    fn a_text_taken_for_a_definition_beside_an_evaluation_is_no_wrong_key() {
        let (score, _) = score(&[flag(1, "definition", "b")]);
        assert_eq!((score.false_answers, score.wrong_keys), (1, 0));
    }

    #[test]
    fn another_kind_is_found_and_told() {
        let (score, complaints) = score(&[flag(1, "test", "a"), flag(1, "test", "a")]);
        assert_eq!((score.found, score.false_answers), (1, 0));
        assert_eq!(score.confusions[&("evaluation".to_owned(), "test".to_owned())], 1);
        assert!(complaints.contains(&"1 kind: test instead of evaluation".to_owned()));
    }

    #[test]
    fn an_unknown_key_is_a_miss_on_a_reference_and_false_elsewhere() {
        let (score, _) = score(&[
            answer(1, "evaluation", Key::Unknown),
            answer(1, "wrapper", Key::Unknown),
            answer(3, "evaluation", Key::Unknown),
        ]);
        assert_eq!((score.found, score.references, score.false_answers), (0, 2, 1));
    }

    #[test]
    fn a_pattern_in_place_of_a_flag_is_false_and_has_no_wrong_key() {
        let (score, _) = score(&[answer(1, "evaluation", Key::Pattern("a*".into()))]);
        assert_eq!((score.found, score.false_answers, score.wrong_keys), (0, 1, 0));
    }
}
