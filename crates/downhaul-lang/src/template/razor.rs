//! `@expression`, `@if (condition) {`, `@code { … }`: Razor pages and components, written as C#.

use super::Program;
use super::cursor::{find, inside, is_at, name, trimmed};

pub(super) fn rewrite(source: &str, program: &mut Program) {
    heads(source, program);
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if is_at(source, at, "@*") {
            at = find(source, at, "*@") + 2;
        } else if is_at(source, at, "<!--") {
            at = find(source, at, "-->") + 3;
        } else if bytes[at] == b'@' {
            let is_address = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'.');
            at = if is_at(source, at, "@@") {
                at + 2
            } else if is_address {
                at + 1
            } else {
                code(source, at + 1, program)
            };
        } else {
            at += 1;
        }
    }
}

/// `@using`, `@inject` and `@model`, before all other code.
fn heads(source: &str, program: &mut Program) {
    for (keyword, keeps_word) in [("@using ", true), ("@inject ", false)] {
        let mut at = 0;
        for line in source.split_inclusive('\n') {
            let range = trimmed(source, at..at + line.len());
            at += line.len();
            if source[range.clone()].starts_with(keyword) {
                let from = range.start + if keeps_word { 1 } else { keyword.len() };
                let end = from + source[from..range.end].trim_end_matches(';').len();
                program.copy(source, from..end);
                program.glue(";\n");
            }
        }
    }
    program.glue(";\n");
}

/// Reads what stands behind an `@`; gives where to go on.
fn code(source: &str, at: usize, program: &mut Program) -> usize {
    if is_at(source, at, "(") {
        let Some(inner) = inside(source, at) else { return at + 1 };
        let end = inner.end + 1;
        program.glue("var _ = ");
        program.copy(source, at..end);
        program.glue(";\n");
        return end;
    }
    if is_at(source, at, "{") {
        return block(source, at, program);
    }
    let word = name(source, at, "");
    let end_of_line = find(source, at, "\n");
    match &source[word.clone()] {
        "" => at,
        "using" | "inject" | "model" | "page" | "namespace" | "inherits" | "layout" | "attribute" | "addTagHelper"
        | "implements" | "typeparam" | "section" => end_of_line,
        "code" | "functions" => block(source, find(source, word.end, "{"), program),
        "if" | "while" | "switch" | "lock" | "foreach" | "for" => {
            let open = find(source, word.end, "(");
            let Some(inner) = inside(source, open) else { return word.end };
            let end = inner.end + 1;
            if matches!(&source[word], "if" | "while" | "switch") {
                program.glue("if (");
                program.copy(source, inner);
                program.glue(") {}\n");
            }
            end
        }
        _ => expression(source, word.start, program),
    }
}

/// `Name.Member(arguments)[index]`, as far as it goes.
fn expression(source: &str, start: usize, program: &mut Program) -> usize {
    let start = if is_at(source, start, "await ") { start + 6 } else { start };
    let mut at = name(source, start, "").end;
    loop {
        if is_at(source, at, "(") || is_at(source, at, "[") {
            match inside(source, at) {
                Some(inner) => at = inner.end + 1,
                None => break,
            }
        } else if is_at(source, at, "?.") && !name(source, at + 2, "").is_empty() {
            at = name(source, at + 2, "").end;
        } else if is_at(source, at, ".") && !name(source, at + 1, "").is_empty() {
            at = name(source, at + 1, "").end;
        } else {
            break;
        }
    }
    program.glue("var _ = ");
    program.copy(source, start..at);
    program.glue(";\n");
    at
}

/// `{ code }`: taken as it is; gives where it ends.
fn block(source: &str, at: usize, program: &mut Program) -> usize {
    let Some(inner) = inside(source, at) else { return at + 1 };
    let end = inner.end + 1;
    program.glue("\n");
    program.copy(source, inner);
    program.glue("\n;\n");
    end
}
