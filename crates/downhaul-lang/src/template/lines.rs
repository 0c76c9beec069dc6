//! `- code` and `= code` on lines of their own: HAML and Slim, written as Ruby.

use super::Program;
use super::cursor::trimmed;

/// Words whose rest is a condition; the lines below them end where their indentation does.
const CONDITIONS: &[&str] = &["if ", "elsif ", "unless ", "case ", "when ", "while ", "until "];

pub(super) fn rewrite(source: &str, program: &mut Program) {
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let range = trimmed(source, at..at + line.len());
        at += line.len();
        let Some(start) = code_of(&source[range.clone()]) else { continue };
        let mut code = trimmed(source, range.start + start..range.end);
        let text = &source[code.clone()];
        if matches!(text, "else" | "ensure" | "begin" | "end") {
            continue;
        }
        if let Some(word) = CONDITIONS.iter().find(|word| text.starts_with(**word)) {
            code.start += word.len();
        }
        let opens_block = text.ends_with(" do") || text.ends_with('|') && text.contains(" do |");
        program.copy(source, code);
        program.glue(if opens_block { "; end\n" } else { "\n" });
    }
}

/// Where the code of a line begins, if it has any.
fn code_of(line: &str) -> Option<usize> {
    let is_code = line.starts_with(['-', '=']) || line.starts_with("!=") || line.starts_with("&=");
    if is_code {
        let marks = line.len() - line.trim_start_matches(['-', '=', '!', '&', '<', '>', '\'']).len();
        return (!line[marks..].starts_with('#')).then_some(marks);
    }
    // `%tag.class{…}= code`, `tag.class == code`: the first `= ` behind a name alone.
    let at = line.find("= ")?;
    let before = line[..at].trim_end_matches(['=', '!', '&', '<', '>']);
    let before = before.split(['{', '(']).next().unwrap_or_default();
    let is_tag = !before.is_empty() && before.chars().all(|char| char.is_alphanumeric() || "%.#-_:".contains(char));
    is_tag.then_some(at + 2)
}
