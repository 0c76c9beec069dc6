//! Files in which code stands between other text. They are rewritten to a program in the language of their code, which
//! is then read like any other; each piece of it knows where in the file it came from.

mod cursor;
mod delimited;
mod directives;
mod expressions;
mod lines;
mod markup;
mod program;
mod razor;

use serde::Deserialize;

pub(crate) use program::Program;

/// The `[template]` table of a `language.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// How the code stands in the text.
    pub style: Style,
    /// What begins a stretch of code, for [`Style::Delimited`].
    #[serde(default)]
    pub open: String,
    /// What ends it.
    #[serde(default)]
    pub close: String,
    /// What must stand between two stretches.
    #[serde(default)]
    pub end: String,
}

/// How code stands in the text of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// `<% code %>`.
    Delimited,
    /// `{{ expression }}`, `{% tag expression %}`.
    Expressions,
    /// `@directive(arguments)`, `{{ expression }}`.
    Directives,
    /// `@expression`, `@if (condition) {`, `@code { … }`.
    Razor,
    /// `- code` and `= code` on lines of their own.
    Lines,
    /// Elements whose attributes are code by how their names begin: Vue.
    Vue,
    /// Elements whose code stands in braces.
    Svelte,
    /// Elements whose attributes are code by the brackets around their names, and all other HTML.
    Angular,
}

impl Template {
    /// The program that a template stands for.
    pub(crate) fn program(&self, source: &str) -> Program {
        let mut program = Program::default();
        match self.style {
            Style::Delimited => delimited::rewrite(self, source, &mut program),
            Style::Expressions => expressions::rewrite(source, &mut program),
            Style::Directives => directives::rewrite(source, &mut program),
            Style::Razor => razor::rewrite(source, &mut program),
            Style::Lines => lines::rewrite(source, &mut program),
            Style::Vue | Style::Svelte | Style::Angular => markup::rewrite(self.style, source, &mut program),
        }
        program
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(style: Style, source: &str) -> Program {
        let template = Template { style, open: "<%".to_owned(), close: "%>".to_owned(), end: ";".to_owned() };
        template.program(source)
    }

    fn text(style: Style, source: &str) -> String {
        program(style, source).text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn code_between_delimiters() {
        assert_eq!(text(Style::Delimited, "<b><% if (a) { %>x<%= b -%><%# c %><% } %>"), "if (a) { ; b ; } ;");
    }

    #[test]
    fn expressions_and_tags() {
        assert_eq!(
            text(Style::Expressions, "{# a #}{% if on('a') %}{{ b|f(1) }}{% feature 'c' %}"),
            "(on('a')) (f(b, 1)) feature('c')"
        );
    }

    #[test]
    fn directives_are_calls() {
        assert_eq!(
            text(Style::Directives, "@featureEnabled('a') a@b.c {{ $d }} {{-- @e('f') --}}"),
            "<?php featureEnabled('a'); $d ;"
        );
    }

    #[test]
    fn razor_pages() {
        assert_eq!(
            text(
                Style::Razor,
                "@using A.B\n@inject IFlags Flags\n@if (Flags.On(\"a\")) {<b>@@x @Flags.Get(\"b\").C</b>}"
            ),
            "using A.B; IFlags Flags; ; if (Flags.On(\"a\")) {} var _ = Flags.Get(\"b\").C;"
        );
    }

    #[test]
    fn lines_of_code() {
        assert_eq!(text(Style::Lines, "%p\n  - if on? 'a'\n    = b 'c'\n  %i.d= e\n  -# f"), "on? 'a' b 'c' e");
    }

    #[test]
    fn markup_becomes_elements() {
        assert_eq!(
            text(Style::Vue, "<script setup>let a = 1</script><p v-if=\"on('x')\" :a.b=\"c\" @d=\"e()\">{{ f }}</p>"),
            "let a = 1 ; <p v-if={on('x')} a={c} d={() => {e()}} />; ( f );"
        );
        assert_eq!(
            text(Style::Svelte, "{#if $on('x')}<my-tag a={b} {c} d=\"e\"/>{:else if f}{/if}"),
            "($on('x')); <MyTag a={b} c={c} d=\"e\" />; (f);"
        );
        assert_eq!(
            text(Style::Angular, "<a *ngIf=\"f('x') | async; else b\" [c]=\"d\" (e)=\"g()\">@if (h < i) {<br>}</a>"),
            "<a ngIf={async(f('x') )} c={d} e={() => {g()}} />; (h < i); <br />;"
        );
    }

    #[test]
    fn places_are_those_of_the_file() {
        let source = "<p v-if=\"on('x')\">\n{{ f('y') }}";
        let program = program(Style::Vue, source);
        for word in ["on('x')", "f('y')"] {
            let at = program.text.find(word).unwrap();
            let range = program.original(at..at + word.len());
            assert_eq!(&source[range], word);
        }
    }
}
