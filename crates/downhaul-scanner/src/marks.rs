//! Comments that accept a finding: `downhaul: ignore RULE reason="…" until=…`.

use std::sync::{Arc, Mutex, PoisonError};

use downhaul_core::LineIndex;
use downhaul_core::mark::{self, MARK, Mark};
use downhaul_lang::{Catalog, LanguageId};

/// What begins a comment in files whose language is not known.
const ANY_COMMENT: [&str; 7] = ["#", "//", "/*", "<!--", "--", ";", "%"];

/// The marks of all files, gathered as files are read.
#[derive(Default)]
pub(crate) struct Found(Mutex<Vec<Mark>>);

impl Found {
    /// Looks into the text of a file.
    pub(crate) fn look(&self, catalog: &Catalog, language: Option<LanguageId>, path: &str, text: &str) {
        // Most texts have none, and this is all that is done with them.
        if !text.contains(MARK) {
            return;
        }
        let own: Option<Vec<&str>> =
            language.map(|id| catalog.language(id).facts.comments.iter().map(String::as_str).collect());
        let marks = marks(path, text, own.as_deref().unwrap_or(&ANY_COMMENT));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(marks);
    }

    /// All of them, by path and line; a file that was read twice counts once.
    pub(crate) fn sorted(self) -> Vec<Mark> {
        let mut marks = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        marks.sort_by(|a, b| a.location.cmp(&b.location));
        marks.dedup();
        marks
    }
}

/// The marks of one text, in its order.
fn marks(path: &str, text: &str, comments: &[&str]) -> Vec<Mark> {
    let lines = LineIndex::new(text);
    let path: Arc<str> = Arc::from(path);
    let mut marks: Vec<Mark> = Vec::new();
    for (at, _) in text.match_indices(MARK) {
        let line_start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let line_end = text[at..].find(['\n', '\r']).map_or(text.len(), |end| at + end);
        let Some(opens) = opening(&text[line_start..at], comments) else { continue };
        let location = lines.location(Arc::clone(&path), text, at..line_end);
        // A comment that has its line to itself is about the next one.
        let alone =
            text[line_start..line_start + opens].trim_matches(|c: char| c.is_whitespace() || c == '{').is_empty();
        let line = location.start.line + u32::from(alone);
        marks.extend(mark::read(&text[at + MARK.len()..line_end], location, line));
    }
    // Of several that stand above each other, all are about the line below the last.
    for index in (1..marks.len()).rev() {
        let (own, next) = (&marks[index - 1], &marks[index]);
        if own.line == next.location.start.line && next.line > next.location.start.line {
            marks[index - 1].line = next.line;
        }
    }
    marks
}

/// Where the comment opens that `before` ends in; the mark has to be the first thing in it.
fn opening(before: &str, comments: &[&str]) -> Option<usize> {
    // `///`, `/**`, `##` and their like.
    let bare = before.trim_end().trim_end_matches(['!', '/', '#', '*', '-', ';', '%', '<']);
    let opens = bare.len();
    let tail = before[opens..].trim_start();
    let opens = before.len() - before[opens..].trim_start().len();
    let continues = tail.starts_with('*') && before[..opens].trim().is_empty() && comments.contains(&"/*");
    let is_comment = continues || comments.iter().any(|token| tail.starts_with(token));
    // Within quotes it is text. An apostrophe says nothing: too many stand alone.
    let quoted = ['"', '`'].iter().any(|quote| before[..opens].matches(*quote).count() % 2 == 1);
    (is_comment && !quoted).then_some(opens)
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: &[&str] = &["//", "/*"];

    fn lines(text: &str, comments: &[&str]) -> Vec<(String, u32)> {
        marks("a", text, comments).into_iter().map(|mark| (mark.rule, mark.line)).collect()
    }

    #[test]
    fn a_mark_is_about_its_own_line_or_the_next() {
        assert_eq!(lines("a(); // downhaul: ignore r reason='x'\n", C), [("r".to_owned(), 1)]);
        assert_eq!(lines("// downhaul: ignore r reason='x'\na();\n", C), [("r".to_owned(), 2)]);
        assert_eq!(lines("\n  /* downhaul: ignore r reason='x' */\na();\n", C), [("r".to_owned(), 3)]);
        assert_eq!(lines("<p>\n{/* downhaul: ignore r reason='x' */}\n", C), [("r".to_owned(), 3)]);
        assert_eq!(lines("/**\n * downhaul: ignore r reason='x'\n */\n", C), [("r".to_owned(), 3)]);
        assert_eq!(lines("x = 1  # downhaul: ignore r reason='x'\r\n", &["#"]), [("r".to_owned(), 1)]);
        assert_eq!(lines("<!-- downhaul: ignore r reason='x' -->\n", &ANY_COMMENT), [("r".to_owned(), 2)]);
    }

    #[test]
    fn marks_above_each_other_are_about_the_same_line() {
        let text = "// downhaul: ignore a reason='x'\n// downhaul: ignore b reason='x'\ncall();\n";
        assert_eq!(lines(text, C), [("a".to_owned(), 3), ("b".to_owned(), 3)]);
    }

    #[test]
    fn what_is_no_comment_is_no_mark() {
        assert!(lines("downhaul: ignore r", C).is_empty());
        assert!(lines("let s = \"// downhaul: ignore r\";", C).is_empty());
        assert!(lines("# downhaul: ignore r", C).is_empty());
        assert!(lines("// see downhaul: ignore r", C).is_empty());
        assert!(lines("let s = `// downhaul: ignore r`;", C).is_empty());
        assert!(lines("a * downhaul: ignore r", C).is_empty());
    }
}
