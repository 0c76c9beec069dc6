//! `{{ expression }}` and `{% tag expression %}`: Twig, Jinja and their relatives, written as Python, which their
//! expressions resemble.

use std::ops::Range;

use super::Program;
use super::cursor::{find, is_at, name, split, trimmed};

/// Tags whose rest is an expression.
const CONDITIONS: &[&str] =
    &["if", "elif", "elseif", "elsif", "unless", "case", "when", "while", "return", "do", "print"];

/// Tags that have nothing to do with flags.
const PLAIN: &[&str] = &[
    "else",
    "block",
    "extends",
    "include",
    "import",
    "from",
    "macro",
    "embed",
    "use",
    "raw",
    "verbatim",
    "autoescape",
    "comment",
    "load",
    "trans",
    "translate",
    "blocktrans",
    "url",
    "static",
    "csrf_token",
    "filter",
    "apply",
    "spaceless",
];

pub(super) fn rewrite(source: &str, program: &mut Program) {
    let mut at = 0;
    while let Some(offset) = source[at..].find('{') {
        let open = at + offset;
        let (close, kind) = match source.as_bytes().get(open + 1) {
            Some(b'{') => ("}}", b'{'),
            Some(b'%') => ("%}", b'%'),
            Some(b'#') => ("#}", b'#'),
            _ => {
                at = open + 1;
                continue;
            }
        };
        let end = find(source, open + 2, close);
        let marked = |at: usize| usize::from(is_at(source, at, "-") || is_at(source, at, "~"));
        let start = open + 2 + marked(open + 2);
        let inner = trimmed(source, start..end.max(start));
        at = (end + 2).min(source.len());
        match kind {
            b'{' => expression(source, inner, program),
            b'%' => tag(source, inner, program),
            _ => {}
        }
    }
}

fn tag(source: &str, inner: Range<usize>, program: &mut Program) {
    let word = name(source, inner.start, "");
    let rest = trimmed(source, word.end..inner.end.max(word.end));
    let text = &source[word.clone()];
    match text {
        "set" | "assign" | "with" => {
            program.copy(source, rest);
            program.glue("\n");
        }
        "for" => {
            let list = source[rest.clone()].find(" in ").map_or(rest.start, |at| rest.start + at + 4);
            expression(source, list..rest.end, program);
        }
        _ if CONDITIONS.contains(&text) => expression(source, rest, program),
        _ if text.starts_with("end") || PLAIN.contains(&text) || rest.is_empty() => {}
        // A tag of an extension: its first word is what it is about.
        _ => {
            let first = split(source, rest, b' ').into_iter().next().unwrap_or(word.clone());
            program.copy(source, word);
            program.glue("(");
            program.copy(source, first);
            program.glue(")\n");
        }
    }
}

fn expression(source: &str, inner: Range<usize>, program: &mut Program) {
    program.glue("(");
    piped(source, inner, b',', program);
    program.glue(")\n");
}

/// `a|f(b)|g` is `g(f(a, b))`; Angular writes `a | f: b`.
pub(super) fn piped(source: &str, inner: Range<usize>, argument_mark: u8, program: &mut Program) {
    let parts = split(source, inner, b'|');
    let Some((value, pipes)) = parts.split_first() else { return };
    let pipes: Vec<(Range<usize>, Range<usize>)> = pipes
        .iter()
        .map(|pipe| {
            let pipe = trimmed(source, pipe.clone());
            let name = name(source, pipe.start, "");
            let rest = trimmed(source, name.end..pipe.end.max(name.end));
            let is_list = source[rest.clone()].starts_with('(') && source[rest.clone()].ends_with(')');
            let inside = if is_list { rest.start + 1..rest.end - 1 } else { rest };
            (name, inside)
        })
        .collect();
    for (name, _) in pipes.iter().rev() {
        program.copy(source, name.clone());
        program.glue("(");
    }
    program.copy(source, value.clone());
    for (_, arguments) in &pipes {
        for argument in split(source, arguments.clone(), argument_mark) {
            let argument = trimmed(source, argument);
            if !argument.is_empty() {
                program.glue(", ");
                program.copy(source, argument);
            }
        }
        program.glue(")");
    }
}
