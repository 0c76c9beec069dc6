//! Makes text that others wrote harmless in Markdown: it makes no link, mentions nobody and closes no tag.

use crate::printable::printable;

/// Our own sentences set names in backticks. Whatever stands between two of them becomes code, the rest plain text:
/// a name that brings backticks along can move the border and nothing else, since both sides are made harmless.
pub(crate) fn prose(text: &str) -> String {
    let text = printable(text);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let mut made = String::new();
    for (index, part) in parts.iter().enumerate() {
        let between = index % 2 == 1 && index < last;
        match (between, index % 2 == 1) {
            (true, _) => made.push_str(&code(part)),
            (false, true) => made.push_str(&format!("\\`{}", plain(part))),
            (false, false) => made.push_str(&plain(part)),
        }
    }
    made
}

/// Text as code. It holds no backtick: those were taken for borders, or are shown as an apostrophe.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace('`', "'");
    if text.trim().is_empty() { String::new() } else { format!("`{text}`") }
}

/// Text in which Markdown, HTML and the code host find nothing to do. A zero-width space ends what would become a
/// mention, a reference to an issue, or a link: those are made after escapes have been taken away.
fn plain(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '@' | '#' => made.extend([c, '\u{200b}']),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '&' => made.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => made.extend(['\\', c]),
            _ => made.push(c),
        }
    }
    made.replace("://", ":\u{200b}//").replace("www.", "www\u{200b}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_code_and_the_rest_is_harmless() {
        assert_eq!(prose("flag `a_b` is off"), "flag `a_b` is off");
        assert_eq!(prose("`x` by @bob, see #1"), "`x` by @\u{200b}bob, see #\u{200b}1");
        assert_eq!(prose("<img src=x> [a](b) **c**"), "&lt;img src=x&gt; \\[a\\](b) \\*\\*c\\*\\*");
        assert_eq!(
            prose("https://evil.example www.evil.example"),
            "https:\u{200b}//evil.example www\u{200b}.evil.example"
        );
        assert_eq!(prose("one ` tick"), "one \\` tick");
        assert_eq!(prose("a `b` c ` d"), "a `b` c \\` d");
    }

    #[test]
    fn code_cannot_be_left_from_within() {
        assert_eq!(code("a`b``c"), "`a'b''c`");
        assert_eq!(code("  "), "");
    }
}
