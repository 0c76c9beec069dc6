//! HTML and its relatives, written as TSX: scripts as they are, each element with its attributes, each expression.

use std::ops::Range;

use super::cursor::{find, inside, is_at, name, split, trimmed};
use super::expressions::piped;
use super::{Program, Style};

/// An attribute: its name and its value without quotes.
struct Attribute {
    name: Range<usize>,
    value: Option<Range<usize>>,
    /// The value stands in braces of its own.
    braced: bool,
}

pub(super) fn rewrite(style: Style, source: &str, program: &mut Program) {
    Markup { style, source, program }.all();
}

struct Markup<'a> {
    style: Style,
    source: &'a str,
    program: &'a mut Program,
}

impl Markup<'_> {
    fn all(&mut self) {
        let bytes = self.source.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at = match bytes[at] {
                b'<' if is_at(self.source, at, "<!--") => find(self.source, at + 4, "-->") + 3,
                b'<' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => self.element(at),
                b'{' if self.style == Style::Svelte => self.braces(at),
                b'{' if is_at(self.source, at, "{{") => self.interpolation(at),
                b'@' if self.style == Style::Angular => self.control(at),
                _ => at + 1,
            };
        }
    }

    /// Reads a start tag, for scripts and styles with what is in them; gives where to go on.
    fn element(&mut self, at: usize) -> usize {
        let tag = name(self.source, at + 1, "-.:");
        let (attributes, end) = self.attributes(tag.end);
        let word = self.source[tag.clone()].to_ascii_lowercase();
        if word == "script" || word == "style" {
            let close = find_closing(self.source, end, &word);
            if word == "script" && self.is_code(&attributes) {
                self.program.copy(self.source, end..close);
                self.program.glue("\n;\n");
            }
            return close;
        }
        self.program.glue("<");
        if word.contains('-') {
            let pascal: String = word.split('-').map(capitalised).collect();
            self.program.glue(&pascal);
        } else {
            self.program.copy(self.source, tag);
        }
        let mut apart = Vec::new();
        for attribute in attributes {
            apart.extend(self.attribute(attribute));
        }
        self.program.glue(" />;\n");
        for expression in apart {
            self.expression(expression);
        }
        end
    }

    /// The attributes of a tag from `at` on, and where the tag ends.
    fn attributes(&self, mut at: usize) -> (Vec<Attribute>, usize) {
        let bytes = self.source.as_bytes();
        let mut attributes = Vec::new();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => return (attributes, at + 1),
                byte if byte.is_ascii_whitespace() || *byte == b'/' => at += 1,
                b'{' if self.style == Style::Svelte => {
                    let Some(inner) = inside(self.source, at) else { return (attributes, at + 1) };
                    at = inner.end + 1;
                    attributes.push(Attribute { name: inner.start..inner.start, value: Some(inner), braced: true });
                }
                _ => {
                    let length =
                        bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace() && !b"=>".contains(byte));
                    let length = length.count().max(1);
                    let name = at..at + length;
                    at += length;
                    let mut value = None;
                    let mut braced = false;
                    if bytes.get(at) == Some(&b'=') {
                        (value, braced, at) = self.value(at + 1);
                    }
                    attributes.push(Attribute { name, value, braced });
                }
            }
        }
        (attributes, at)
    }

    /// The value of an attribute, whether it stands in braces, and where it ends.
    fn value(&self, at: usize) -> (Option<Range<usize>>, bool, usize) {
        let bytes = self.source.as_bytes();
        match bytes.get(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let quote = if *quote == b'"' { "\"" } else { "'" };
                let end = find(self.source, at + 1, quote);
                (Some(at + 1..end), false, end + 1)
            }
            Some(b'{') if self.style == Style::Svelte => match inside(self.source, at) {
                Some(inner) => (Some(inner.clone()), true, inner.end + 1),
                None => (None, false, at + 1),
            },
            _ => {
                let rest = bytes.get(at..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'>').count();
                (Some(at..at + length), false, at + length)
            }
        }
    }

    /// Writes an attribute; gives the expressions that are no value of a name.
    fn attribute(&mut self, attribute: Attribute) -> Vec<Range<usize>> {
        let text = &self.source[attribute.name.clone()];
        let Some(value) = attribute.value else { return Vec::new() };
        let is_event = text.starts_with('@') || text.starts_with('(') || text.starts_with("v-on:");
        let is_vue = text.starts_with([':', '@', '#']) || text.starts_with("v-");
        let is_angular = text.starts_with(['*', '[', '(']) || text.starts_with("bind-");
        let is_code = match self.style {
            Style::Vue => is_vue,
            Style::Svelte => attribute.braced,
            _ => is_angular,
        };
        let name = self.plain_name(attribute.name);
        if !is_code {
            return self.static_attribute(name, value);
        }
        let value = match text {
            "v-for" => after(self.source, value, &[" in ", " of "]),
            "*ngFor" => after(self.source, split(self.source, value, b';').swap_remove(0), &[" of "]),
            _ if text.starts_with('*') => until_as(self.source, split(self.source, value, b';').swap_remove(0)),
            _ => value,
        };
        if text.starts_with('#') || text.starts_with("v-slot") {
            return Vec::new();
        }
        if attribute.braced && name.is_empty() {
            let is_name = self.source[value.clone()].chars().all(|char| char.is_alphanumeric() || char == '_');
            if !is_name {
                return vec![value];
            }
            self.named(value.clone(), |markup| markup.program.copy(markup.source, value));
        } else if name.is_empty() {
            return vec![value];
        } else if is_event {
            self.named(name, |markup| {
                markup.program.glue("() => {");
                markup.program.copy(markup.source, value);
                markup.program.glue("}");
            });
        } else {
            self.named(name, |markup| piped(markup.source, value, b':', markup.program));
        }
        Vec::new()
    }

    /// `name={…}`.
    fn named(&mut self, name: Range<usize>, value: impl FnOnce(&mut Self)) {
        self.program.glue(" ");
        self.program.copy(self.source, name);
        self.program.glue("={");
        value(self);
        self.program.glue("}");
    }

    /// An attribute whose value is text, perhaps with expressions in it.
    fn static_attribute(&mut self, name: Range<usize>, value: Range<usize>) -> Vec<Range<usize>> {
        let text = &self.source[value.clone()];
        let open = if self.style == Style::Svelte { "{" } else { "{{" };
        if text.contains(open) {
            let mut apart = Vec::new();
            let mut at = find(self.source, value.start, open);
            while at < value.end {
                let end = find(self.source, at, if open == "{" { "}" } else { "}}" }).min(value.end);
                apart.push(at + open.len()..end.max(at + open.len()));
                at = find(self.source, end, open);
            }
            return apart;
        }
        let first = self.source[name.clone()].chars().next();
        if first.is_some_and(char::is_alphabetic) && !text.contains(['"', '\'', '\\', '&']) && !text.is_empty() {
            self.program.glue(" ");
            self.program.copy(self.source, name);
            self.program.glue("=\"");
            self.program.copy(self.source, value);
            self.program.glue("\"");
        }
        Vec::new()
    }

    /// The name of an attribute without the marks around it.
    fn plain_name(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.source[range.clone()];
        let start = range.start + (text.len() - text.trim_start_matches([':', '@', '#', '*', '[', '(']).len());
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b':';
        let bytes = &self.source.as_bytes()[start..range.end];
        let length = bytes.iter().take_while(|byte| is_letter(**byte)).count();
        start..start + length
    }

    fn interpolation(&mut self, at: usize) -> usize {
        let end = find(self.source, at + 2, "}}");
        self.expression(at + 2..end.max(at + 2));
        end + 2
    }

    /// `{expression}`, `{#if condition}`, `{:else if condition}`, `{@html expression}`.
    fn braces(&mut self, at: usize) -> usize {
        let Some(inner) = inside(self.source, at) else { return at + 1 };
        let end = inner.end + 1;
        let text = &self.source[inner.clone()];
        let rest = match text.as_bytes().first() {
            Some(b'#' | b'@' | b':') => {
                let word = name(self.source, inner.start + 1, "");
                match &self.source[word.clone()] {
                    "else" => match self.source[word.end..inner.end].find("if ") {
                        Some(offset) => word.end + offset + 3..inner.end,
                        None => return end,
                    },
                    "each" => word.end..find(self.source, word.end, " as ").min(inner.end),
                    "await" => word.end..find(self.source, word.end, " then ").min(inner.end),
                    "then" | "catch" | "debug" | "snippet" => return end,
                    _ => word.end..inner.end,
                }
            }
            Some(b'/') | None => return end,
            _ => inner,
        };
        self.expression(trimmed(self.source, rest));
        end
    }

    /// `@if (condition)`, `@let name = value;` of Angular.
    fn control(&mut self, at: usize) -> usize {
        let word = name(self.source, at + 1, "");
        match &self.source[word.clone()] {
            "if" | "else" | "switch" | "case" | "for" => {
                let head = if is_at(self.source, word.end, " if") { word.end + 3 } else { word.end };
                let open = find(self.source, head, "(");
                if !self.source[head..open].trim().is_empty() {
                    return word.end;
                }
                let Some(inner) = inside(self.source, open) else { return word.end };
                let end = inner.end + 1;
                let condition = split(self.source, inner, b';').swap_remove(0);
                let is_loop = &self.source[word] == "for";
                self.expression(if is_loop { after(self.source, condition, &[" of "]) } else { condition });
                end
            }
            "let" => {
                let end = find(self.source, word.end, ";");
                self.program.glue("var ");
                self.program.copy(self.source, word.end..end);
                self.program.glue(";\n");
                end
            }
            _ => word.end.max(at + 1),
        }
    }

    fn expression(&mut self, range: Range<usize>) {
        if self.source.get(range.clone()).is_none_or(|text| text.trim().is_empty()) {
            return;
        }
        self.program.glue("(");
        piped(self.source, range, b':', self.program);
        self.program.glue(");\n");
    }

    /// Whether a script is code and no data.
    fn is_code(&self, attributes: &[Attribute]) -> bool {
        let kind = attributes.iter().find(|attribute| &self.source[attribute.name.clone()] == "type");
        let kind = kind.and_then(|attribute| attribute.value.clone()).map(|value| &self.source[value]);
        kind.is_none_or(|kind| {
            kind.is_empty() || kind == "module" || kind.contains("javascript") || kind.contains("typescript")
        })
    }
}

/// Where the closing tag of a script or style begins.
fn find_closing(source: &str, at: usize, tag: &str) -> usize {
    let mut next = at;
    loop {
        let close = find(source, next, "</");
        let word = name(source, close + 2, "");
        if close >= source.len() || source.get(word).is_some_and(|word| word.eq_ignore_ascii_case(tag)) {
            return close;
        }
        next = close + 2;
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What stands behind the first of these words.
fn after(source: &str, range: Range<usize>, words: &[&str]) -> Range<usize> {
    let found = words.iter().find_map(|word| source[range.clone()].find(word).map(|at| range.start + at + word.len()));
    found.unwrap_or(range.start)..range.end
}

/// `condition as name` without the name.
fn until_as(source: &str, range: Range<usize>) -> Range<usize> {
    let end = source[range.clone()].find(" as ").map_or(range.end, |at| range.start + at);
    range.start..end
}
