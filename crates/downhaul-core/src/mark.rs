//! The inline mark: `downhaul: ignore RULE reason="…" until=2026-12-31` in a comment.

use jiff::civil::Date;

use crate::source::Location;

/// What a mark begins with.
pub const MARK: &str = "downhaul:";

/// A mark in a comment that says: this finding, on this line, is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The rule that it names, as written.
    pub rule: String,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// What cannot be understood in it, for people.
    pub problem: Option<String>,
    /// Where the mark stands.
    pub location: Location,
    /// The line, from 1, whose findings it is about.
    pub line: u32,
}

/// What the text after [`MARK`] says; `None` if it is no mark.
pub fn read(text: &str, location: Location, line: u32) -> Option<Mark> {
    let text = text.trim_start().strip_prefix("ignore")?;
    if !text.is_empty() && !text.starts_with(char::is_whitespace) {
        return None;
    }
    let text = text.trim_end().trim_end_matches(CLOSERS).trim();
    let (rule, mut rest) = split_word(text);
    let mut mark = Mark { rule: rule.to_owned(), reason: None, until: None, problem: None, location, line };
    if rule.is_empty() || rule.contains('=') {
        mark.rule = String::new();
        mark.problem = Some("it names no rule".to_owned());
        return Some(mark);
    }
    while !rest.trim_start().is_empty() {
        let Some((name, value, after)) = field(rest.trim_start()) else {
            mark.problem = Some(format!("`{}` is neither reason=\"…\" nor until=2026-12-31", split_word(rest).0));
            break;
        };
        match (name, value.parse::<Date>()) {
            ("reason", _) if value.trim().is_empty() => mark.problem = Some("its reason is empty".to_owned()),
            ("reason", _) => mark.reason = Some(value.to_owned()),
            ("until", Ok(day)) => mark.until = Some(day),
            ("until", Err(_)) => mark.problem = Some(format!("`{value}` is no day; write it as 2026-12-31")),
            _ => mark.problem = Some(format!("`{name}` is neither `reason` nor `until`")),
        }
        rest = after;
    }
    Some(mark)
}

/// What closes a comment in some language.
const CLOSERS: &[char] = &['*', '/', '-', '>', '}', '%', '#', ' ', '\t'];

fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// `name=value` or `name="value with spaces"`, and what comes after it.
fn field(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    if name.is_empty() || name.contains(char::is_whitespace) {
        return None;
    }
    match rest.chars().next().filter(|quote| ['"', '\''].contains(quote)) {
        Some(quote) => {
            let (value, after) = rest[1..].split_once(quote)?;
            Some((name, value, after))
        }
        None => {
            let (value, after) = split_word(rest);
            Some((name, value, after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> Mark {
        read(text, Location::file_start("a.ts"), 2).expect("a mark")
    }

    #[test]
    fn reason_and_day_are_read_in_any_order() {
        for text in [
            " ignore big-bang-release reason=\"one step is enough\" until=2026-06-30",
            " ignore big-bang-release until=2026-06-30 reason='one step is enough' */}",
            " ignore  big-bang-release  until=2026-06-30  reason=\"one step is enough\" -->",
        ] {
            let mark = mark(text);
            assert_eq!(mark.rule, "big-bang-release");
            assert_eq!(mark.reason.as_deref(), Some("one step is enough"), "{text}");
            assert_eq!(mark.until.expect("a day").to_string(), "2026-06-30");
            assert_eq!(mark.problem, None);
        }
    }

    #[test]
    fn what_cannot_be_understood_is_kept() {
        assert_eq!(mark(" ignore").problem.as_deref(), Some("it names no rule"));
        assert_eq!(mark(" ignore a reason=\"\"").problem.as_deref(), Some("its reason is empty"));
        assert_eq!(mark(" ignore a until=soon").problem.as_deref(), Some("`soon` is no day; write it as 2026-12-31"));
        assert_eq!(mark(" ignore a becaus='x'").problem.as_deref(), Some("`becaus` is neither `reason` nor `until`"));
        let loose = mark(" ignore a because we can");
        assert_eq!(loose.problem.as_deref(), Some("`because` is neither reason=\"…\" nor until=2026-12-31"));
        assert_eq!(mark(" ignore a reason=\"never closed").reason, None);
    }

    #[test]
    fn other_words_are_no_marks() {
        assert_eq!(read(" ignored by all", Location::file_start("a"), 1), None);
        assert_eq!(read(" a tool", Location::file_start("a"), 1), None);
    }
}
