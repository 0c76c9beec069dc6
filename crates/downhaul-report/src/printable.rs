//! Makes text that others wrote harmless for a terminal and for the log of a CI runner.

use std::borrow::Cow;

/// `text` on one line, with everything that steers a terminal made visible.
pub fn printable(text: &str) -> Cow<'_, str> {
    replace(text, steers)
}

/// The same for a line of source: tabs stay, whoever draws the line expands them.
pub(crate) fn printable_source(text: &str) -> Cow<'_, str> {
    replace(text, |c| c != '\t' && steers(c))
}

/// A path at the start of a line. A log line that begins with `::` would be a command to GitHub's runner.
pub(crate) fn path_at_line_start(path: &str) -> Cow<'_, str> {
    let path = printable(path);
    if path.trim_start().starts_with("::") { Cow::Owned(format!("./{path}")) } else { path }
}

/// Whether a character moves the cursor, starts an escape sequence, breaks a line or turns the order of reading.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn replace(text: &str, unwanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&unwanted) && !text.contains(OLD_COMMAND) {
        return Cow::Borrowed(text);
    }
    let shown: String = text.chars().map(|c| if unwanted(c) { picture(c) } else { c }).collect();
    Cow::Owned(break_commands(shown))
}

/// `text` without the start of a command that pieces put side by side may have made.
pub(crate) fn break_commands(text: String) -> String {
    if text.contains(OLD_COMMAND) { text.replace(OLD_COMMAND, "# #[") } else { text }
}

/// GitHub's runner still takes this for the start of a command, wherever in a line it stands.
const OLD_COMMAND: &str = "##[";

/// Unicode's own picture of a control character, where there is one.
fn picture(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_breaks_become_pictures() {
        assert_eq!(printable("a\u{1b}[31mb\r\nc\u{7f}\u{9b}\u{202e}"), "a␛[31mb␍␊c␡\u{fffd}\u{fffd}");
        assert_eq!(printable_source("\ta\u{7}"), "\ta␇");
        assert!(matches!(printable("new-checkout 😀"), Cow::Borrowed(_)));
    }

    #[test]
    fn commands_of_the_runner_are_broken() {
        assert_eq!(printable("x ##[error]y"), "x # #[error]y");
        assert_eq!(path_at_line_start(" ::error::x"), "./ ::error::x");
        assert_eq!(path_at_line_start("a::b"), "a::b");
    }
}
