//! Trees of JavaScript and TypeScript from oxc, many times faster than from tree-sitter and of the same shape.
//!
//! A text that oxc does not read without complaint is none of its business: tree-sitter says what is wrong with it.
//! Tokens are left out unless queries ask for them; a test compares what is read out of the trees of both.

mod classes;
mod depth;
mod expressions;
mod functions;
mod markup;
mod modules;
mod names;
mod patterns;
mod statements;
mod types;

use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType, Span};

use super::{Data, Grammar, Tree};
use names::{Field, Kind, Numbers, Token};

/// How deep a tree may be; what is deeper is left to tree-sitter, which does not call itself.
const MAX_DEPTH: usize = 1_500;

/// What tree-sitter's grammars call the three languages that oxc reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    JavaScript,
    TypeScript,
    Tsx,
}

impl Dialect {
    /// The dialect that a grammar is about.
    fn named(grammar: &str) -> Option<Self> {
        match grammar {
            "javascript" => Some(Dialect::JavaScript),
            "typescript" => Some(Dialect::TypeScript),
            "tsx" => Some(Dialect::Tsx),
            _ => None,
        }
    }

    fn source_type(self) -> SourceType {
        match self {
            Dialect::JavaScript => SourceType::jsx(),
            Dialect::TypeScript => SourceType::ts(),
            Dialect::Tsx => SourceType::tsx(),
        }
    }
}

/// What is needed to build trees of one grammar.
#[derive(Debug)]
pub(crate) struct Oxc {
    dialect: Dialect,
    numbers: Numbers,
}

impl Oxc {
    /// For the grammar with this name; `None` if oxc does not read its language.
    pub(crate) fn named(grammar: &str, language: &tree_sitter::Language) -> Option<Self> {
        Some(Oxc { dialect: Dialect::named(grammar)?, numbers: Numbers::of(language) })
    }

    /// The tree of a text; `None` for a text that tree-sitter had better read.
    pub(crate) fn parse<'g>(&'g self, grammar: &'g Grammar, text: &str) -> Option<Tree<'g>> {
        // The memory of one text serves for the next one of the thread.
        thread_local!(static ARENA: RefCell<Allocator> = RefCell::new(Allocator::default()));
        if depth::is_deep(text) {
            return None;
        }
        ARENA.with_borrow_mut(|arena| {
            let tree = self.parse_in(arena, grammar, text);
            arena.reset();
            tree
        })
    }

    fn parse_in<'g>(&'g self, arena: &Allocator, grammar: &'g Grammar, text: &str) -> Option<Tree<'g>> {
        let options =
            ParseOptions { allow_return_outside_function: true, enable_ident_hashes: false, ..ParseOptions::default() };
        let parsed = Parser::new(arena, text, self.dialect.source_type()).with_options(options).parse();
        if parsed.panicked || !parsed.diagnostics.is_empty() {
            return None;
        }
        let mut builder = Builder {
            text,
            typed: self.dialect != Dialect::JavaScript,
            numbers: &self.numbers,
            tree: Tree::new(grammar),
            open: Vec::new(),
            too_deep: false,
        };
        builder.tree.nodes.reserve(text.len() / 6);
        builder.program(&parsed.program);
        (!builder.too_deep).then_some(builder.tree)
    }
}

/// Makes nodes while it goes through oxc's tree.
struct Builder<'a, 'g> {
    text: &'a str,
    /// The grammar knows types.
    typed: bool,
    numbers: &'g Numbers,
    tree: Tree<'g>,
    /// The nodes that are being made, outermost first.
    open: Vec<u32>,
    too_deep: bool,
}

impl Builder<'_, '_> {
    /// Makes a node; `inside` makes what is in it.
    fn node(&mut self, field: Field, kind: Kind, span: Span, inside: impl FnOnce(&mut Self)) {
        if self.open.len() >= MAX_DEPTH {
            self.too_deep = true;
            return;
        }
        let at = self.push(self.numbers.kind(kind), field, span, true);
        self.open.push(at);
        self.tree.depth = self.tree.depth.max(self.open.len());
        inside(self);
        self.open.pop();
        self.tree.nodes[at as usize].last = self.next();
    }

    /// Makes a node with nothing in it.
    fn leaf(&mut self, field: Field, kind: Kind, span: Span) {
        self.push(self.numbers.kind(kind), field, span, true);
    }

    /// Makes a token.
    fn token(&mut self, field: Field, token: Token, span: Span) {
        self.push(self.numbers.token(token), field, span, false);
    }

    /// Makes a token of the first place in `span` that says `word`, if one does.
    fn word(&mut self, token: Token, word: &str, span: Span) {
        if let Some(at) = self.slice(span).find(word) {
            let start = span.start + at as u32;
            self.token(Field::None, token, Span::new(start, start + word.len() as u32));
        }
    }

    fn push(&mut self, kind: u16, field: Field, span: Span, named: bool) -> u32 {
        let at = self.next();
        self.tree.nodes.push(Data {
            start: span.start,
            end: span.end,
            parent: self.open.last().copied().unwrap_or(0),
            last: at + 1,
            kind,
            field: self.numbers.field(field),
            named,
            extra: false,
            broken: false,
        });
        at
    }

    fn next(&self) -> u32 {
        u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX)
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The first place at or behind `at` that is no space and no comment.
    fn skip_space(&self, at: u32) -> u32 {
        let mut at = at as usize;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let bare = rest.trim_start();
            at += rest.len() - bare.len();
            let end = match bare.as_bytes() {
                [b'/', b'/', ..] => bare.find('\n'),
                [b'/', b'*', ..] => bare.find("*/").map(|end| end + 2),
                _ => return at as u32,
            };
            at += end.unwrap_or(bare.len());
        }
    }

    /// The parentheses around what a statement asks, which oxc has no node for; `from` is behind the keyword.
    fn parentheses(&self, from: u32, inner: &impl GetSpan) -> Span {
        Span::new(self.skip_space(from), self.skip_space(inner.span().end) + 1)
    }
}
