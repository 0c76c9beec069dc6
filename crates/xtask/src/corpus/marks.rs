//! The marks that say what is true of a line, how they are read, and how they are taken out again.
//!
//! ```text
//! on("a", "b") //~ evaluation a, evaluation b      each of them has to be found here
//! import { A } from "./flags"; //~? definition a   may be found, need not be
//! ask(`exp-${id}`) //~ pattern exp-*               a key made at run time: what is known of it
//! ask(request.flag) //~ dynamic                    … of which nothing is known
//! track("a"); //~ trap                             looks like a reference and is none
//! ```
//!
//! `#~` in Python, Ruby and Elixir, `{/*~ … */}` between the tags of JSX, `<!--~ … -->` in HTML. Where a file cannot hold marks, a line
//! `path:line evaluation a` of the case's `expected.txt` says the same.

use anyhow::{Context, Result, bail, ensure};

/// What is true of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Path inside the case, with `/`.
    pub(super) path: String,
    /// Counted from 1.
    pub(super) line: usize,
    /// What stands there.
    pub(super) truth: Truth,
}

/// A reference, or something that only looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    /// A reference.
    Reference {
        /// In the words of the finder's output.
        kind: String,
        /// Which flag.
        key: Key,
        /// Counts neither for nor against: an import, a re-export, the head of a wrapper.
        optional: bool,
    },
    /// No reference, however much it looks like one.
    Trap,
}

/// Which flag a reference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// This one.
    Flag(String),
    /// One that fits: `exp-*`.
    Pattern(String),
    /// Not known before run time.
    Unknown,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Flag(key) | Key::Pattern(key) => f.write_str(key),
            Key::Unknown => f.write_str("(unknown key)"),
        }
    }
}

/// The kinds that a mark may name.
const KINDS: [&str; 5] = ["evaluation", "definition", "wrapper", "test", "config"];

/// Reads the marks of a source file and gives its text without them; lines keep their numbers.
pub(super) fn take_out(path: &str, text: &str) -> Result<(String, Vec<Mark>)> {
    let mut clean = String::with_capacity(text.len());
    let mut marks = Vec::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let body = line.trim_end_matches(['\n', '\r']);
        let Some((code, words, optional)) = split(path, body) else {
            clean.push_str(line);
            continue;
        };
        let truths = read(words, optional).with_context(|| format!("{path}:{}", index + 1))?;
        marks.extend(truths.into_iter().map(|truth| Mark { path: path.to_owned(), line: index + 1, truth }));
        clean.push_str(code.trim_end());
        clean.push_str(&line[body.len()..]);
    }
    Ok((clean, marks))
}

/// Reads `path:line[?] kind key` lines.
pub(super) fn read_list(text: &str) -> Result<Vec<Mark>> {
    let mut marks = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (place, words) = line.split_once(' ').with_context(|| format!("`{line}` has no kind"))?;
        let (path, number) = place.rsplit_once(':').with_context(|| format!("`{place}` has no line number"))?;
        let optional = number.ends_with('?');
        let number: usize =
            number.trim_end_matches('?').parse().with_context(|| format!("`{place}` has no line number"))?;
        let truths = read(words, optional).with_context(|| format!("`{line}`"))?;
        marks.extend(truths.into_iter().map(|truth| Mark { path: path.to_owned(), line: number, truth }));
    }
    Ok(marks)
}

/// A line without its mark, the words of the mark, and whether it is optional.
fn split<'a>(path: &str, line: &'a str) -> Option<(&'a str, &'a str, bool)> {
    let has_hashes = [".py", ".rb", ".ex", ".exs", ".haml"].iter().any(|extension| path.ends_with(extension));
    let openers: &[&str] = if has_hashes { &["#~"] } else { &["//~", "/*~", "<!--~"] };
    let (at, opener) = openers.iter().filter_map(|o| line.rfind(o).map(|at| (at, *o))).max()?;
    let mut code = &line[..at];
    let mut words = &line[at + opener.len()..];
    if opener == "/*~" {
        words = words.split_once("*/")?.0;
        code = code.strip_suffix('{').unwrap_or(code);
    }
    if opener == "<!--~" {
        words = words.split_once("-->")?.0;
    }
    let optional = words.starts_with('?');
    Some((code, words.trim_start_matches('?'), optional))
}

fn read(words: &str, optional: bool) -> Result<Vec<Truth>> {
    words.split(',').map(|item| one(item.trim(), optional)).collect()
}

fn one(item: &str, optional: bool) -> Result<Truth> {
    let mut words = item.split_whitespace();
    let (first, key) = (words.next().unwrap_or_default(), words.next());
    ensure!(words.next().is_none(), "`{item}` has too many words");
    let reference = |kind: &str, key: Key| Truth::Reference { kind: kind.to_owned(), key, optional };
    Ok(match (first, key) {
        ("trap", None) if !optional => Truth::Trap,
        ("dynamic", None) => reference("evaluation", Key::Unknown),
        ("wrapper", None) => reference("wrapper", Key::Unknown),
        ("pattern", Some(pattern)) if pattern.contains('*') => {
            reference("evaluation", Key::Pattern(pattern.to_owned()))
        }
        (kind, Some(key)) if KINDS.contains(&kind) => reference(kind, Key::Flag(key.to_owned())),
        _ => bail!("`{item}` is no mark"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(kind: &str, key: &str, optional: bool) -> Truth {
        Truth::Reference { kind: kind.to_owned(), key: Key::Flag(key.to_owned()), optional }
    }

    fn marks(path: &str, text: &str) -> Vec<(usize, Truth)> {
        take_out(path, text).unwrap().1.into_iter().map(|mark| (mark.line, mark.truth)).collect()
    }

    #[test]
    fn several_references_stand_on_one_line() {
        let found = marks("a.ts", "x();\non(c ? 'a' : 'b'); //~ evaluation a, evaluation b\n");
        assert_eq!(found, [(2, flag("evaluation", "a", false)), (2, flag("evaluation", "b", false))]);
    }

    #[test]
    fn each_language_has_its_comment() {
        assert_eq!(marks("a.py", "A = 'a'  #~? definition a\n"), [(1, flag("definition", "a", true))]);
        assert_eq!(marks("a.tsx", "<b>{x}</b> {/*~ trap */}\n"), [(1, Truth::Trap)]);
        assert_eq!(marks("a.py", "url = 'http://~ trap'\n"), []);
    }

    #[test]
    fn marks_are_taken_out_and_lines_stay() {
        let (clean, _) =
            take_out("a.tsx", "a;\r\n  // why //~ trap\n<p>text</p> {/*~ trap */}\nlast //~ dynamic").unwrap();
        assert_eq!(clean, "a;\r\n  // why\n<p>text</p>\nlast");
    }

    #[test]
    fn patterns_and_unknown_keys() {
        let pattern = Truth::Reference { kind: "evaluation".into(), key: Key::Pattern("e-*".into()), optional: false };
        let unknown = Truth::Reference { kind: "evaluation".into(), key: Key::Unknown, optional: false };
        assert_eq!(marks("a.go", "x //~ pattern e-*\ny //~ dynamic\n"), [(1, pattern), (2, unknown)]);
    }

    #[test]
    fn what_is_no_mark_is_refused() {
        for line in
            ["//~ evaluaton a", "//~ evaluation", "//~ trap a", "//~ pattern a", "//~ evaluation a b", "//~? trap"]
        {
            assert!(take_out("a.ts", line).is_err(), "{line}");
        }
    }

    #[test]
    fn lists_stand_in_for_marks() {
        let found = read_list("a/b.java:3 evaluation a\n\na/b.java:9? definition b\na.ts:1 trap\n").unwrap();
        let place = |mark: &Mark| (mark.path.clone(), mark.line, mark.truth.clone());
        assert_eq!(place(&found[0]), ("a/b.java".into(), 3, flag("evaluation", "a", false)));
        assert_eq!(place(&found[1]), ("a/b.java".into(), 9, flag("definition", "b", true)));
        assert_eq!(place(&found[2]), ("a.ts".into(), 1, Truth::Trap));
        assert!(read_list("a.ts evaluation a").is_err());
    }
}
