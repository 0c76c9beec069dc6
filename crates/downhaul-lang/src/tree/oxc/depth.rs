//! How deep a text may be nested, by a glance at its characters: oxc's parser calls itself for each level, and a stack
//! has an end.

/// The deepest text that is given to oxc.
const LIMIT: usize = 1_000;

/// Whether reading a text could take more of the stack than there is. What it counts is never less than what nests:
/// brackets, and within each of them the operators and words that let an expression or statement begin anew.
pub(super) fn is_deep(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut levels = Levels::default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => levels.space(*byte),
            b'(' | b'[' | b'{' => levels.open(),
            b')' | b']' | b'}' => levels.close(),
            b';' | b',' => levels.end(),
            b'"' | b'\'' => match string_end(bytes, at, *byte) {
                Some(end) => {
                    at = end;
                    levels.word();
                }
                // An apostrophe in prose.
                None => levels.seen(Before::Other),
            },
            b'/' if bytes.get(at) == Some(&b'/') => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
            }
            b'/' if bytes.get(at) == Some(&b'*') => {
                at += memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |end| end + 2);
            }
            // Markup closes what it opened.
            b'/' if bytes.get(at) == Some(&b'>') => levels.less(),
            b'<' if bytes.get(at) == Some(&b'/') => {
                at += 1;
                levels.less();
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80.. => {
                let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | 0x80..);
                at += bytes[at..].iter().take_while(part).count();
                levels.word();
            }
            b'=' | b'?' | b'!' | b'~' | b'<' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b':' => {
                levels.operator();
            }
            // The arrow of a function is an operator.
            b'>' if levels.before == Before::Operator => {}
            _ => levels.seen(Before::Other),
        }
        if levels.deepest > LIMIT {
            return true;
        }
    }
    false
}

/// Where a string ends that has begun; `None` if it does not end on its line.
fn string_end(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            byte if *byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[derive(Default)]
struct Levels {
    /// What has begun anew and not ended, in each open bracket.
    outer: Vec<usize>,
    /// The same within the innermost one.
    run: usize,
    /// All of it together, brackets too.
    sum: usize,
    deepest: usize,
    before: Before,
    /// A line has ended since the last character.
    new_line: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    #[default]
    Other,
    Word,
    Operator,
}

impl Levels {
    fn space(&mut self, byte: u8) {
        self.new_line |= byte == b'\n';
    }

    fn open(&mut self) {
        self.outer.push(std::mem::take(&mut self.run));
        self.sum += 1;
        self.deepest = self.deepest.max(self.sum);
        self.seen(Before::Other);
    }

    fn close(&mut self) {
        if let Some(run) = self.outer.pop() {
            self.sum -= self.run + 1;
            self.run = run;
        }
        self.seen(Before::Other);
    }

    fn end(&mut self) {
        self.sum -= std::mem::take(&mut self.run);
        self.seen(Before::Other);
    }

    fn operator(&mut self) {
        self.more();
        self.seen(Before::Operator);
    }

    fn less(&mut self) {
        if self.run > 0 {
            self.run -= 1;
            self.sum -= 1;
        }
        self.seen(Before::Operator);
    }

    fn word(&mut self) {
        if self.new_line && self.before != Before::Operator {
            self.end();
        } else if self.before == Before::Word {
            self.more();
        }
        self.seen(Before::Word);
    }

    fn more(&mut self) {
        self.run += 1;
        self.sum += 1;
        self.deepest = self.deepest.max(self.sum);
    }

    fn seen(&mut self, before: Before) {
        self.before = before;
        self.new_line = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_is_deep() {
        let repeated = |part: &str| is_deep(&part.repeat(1_200));
        for part in ["(", "[", "{a:", "`${", "!", "- ", "a=", "a=>", "a?b:", "typeof ", "if(a){}else ", "<a>", "new "] {
            assert!(repeated(part), "{part}");
        }
    }

    #[test]
    fn ordinary_text_is_not() {
        let repeated = |part: &str| is_deep(&part.repeat(20_000));
        for part in [
            "const a = (b, c) => { if (d) { e(); } else { f[g] = -1; } };\n",
            "const a = b\n",
            "<p>it's</p>\n",
            "f({ a: 'b)', c: [1, 2], d: \"http://e(\" });\n",
            "// --- ((( \n/* { */\n",
        ] {
            assert!(!repeated(part), "{part}");
        }
    }
}
