//! `@directive(arguments)` and `{{ expression }}`: Blade, written as PHP.

use super::Program;
use super::cursor::{find, inside, is_at, name};

/// Directives whose arguments are an expression and not about the directive.
const CONDITIONS: &[&str] =
    &["if", "elseif", "unless", "isset", "empty", "switch", "case", "while", "class", "checked"];

pub(super) fn rewrite(source: &str, program: &mut Program) {
    program.glue("<?php\n");
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if is_at(source, at, "{{--") {
            at = find(source, at, "--}}") + 4;
        } else if is_at(source, at, "{{") || is_at(source, at, "{!!") {
            let (open, close) = if is_at(source, at, "{{") { (2, "}}") } else { (3, "!!}") };
            let end = find(source, at + open, close);
            statement(source, (at + open).min(end)..end, program);
            at = end + close.len();
        } else if is_at(source, at, "<?php") || is_at(source, at, "<?=") {
            let start = at + if is_at(source, at, "<?=") { 3 } else { 5 };
            let end = find(source, start, "?>");
            statement(source, start..end, program);
            at = end + 2;
        } else if bytes[at] == b'@' {
            at = directive(source, at, program);
        } else {
            at += 1;
        }
    }
}

fn directive(source: &str, at: usize, program: &mut Program) -> usize {
    let follows_word =
        at > 0 && (source.as_bytes()[at - 1].is_ascii_alphanumeric() || source.as_bytes()[at - 1] == b'@');
    let word = name(source, at + 1, "");
    if follows_word || word.is_empty() {
        return at + 1;
    }
    let text = &source[word.clone()];
    if text == "php" && !is_at(source, word.end, "(") {
        let end = find(source, word.end, "@endphp");
        statement(source, word.end..end, program);
        return end;
    }
    let Some(arguments) = inside(source, find_bracket(source, word.end)) else { return word.end };
    let end = arguments.end + 1;
    if matches!(text, "foreach" | "forelse" | "for" | "include" | "extends" | "section" | "yield" | "lang" | "vite") {
        return end;
    }
    if !CONDITIONS.contains(&text) {
        program.copy(source, word);
    }
    program.glue("(");
    program.copy(source, arguments);
    program.glue(");\n");
    end
}

/// The bracket that begins the arguments of a directive; a space may stand before it.
fn find_bracket(source: &str, at: usize) -> usize {
    if is_at(source, at, " (") { at + 1 } else { at }
}

fn statement(source: &str, range: std::ops::Range<usize>, program: &mut Program) {
    program.copy(source, range);
    program.glue(";\n");
}
