//! Arguments of Rust macros. The grammar leaves them as tokens; `syn` says which stretches of them are expressions, and
//! each stretch is read as if it stood in a function of its own, at its own place.

use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};

use super::Lower;
use crate::facts::{Arg, Call, CallForm, ExprId, ExprKind};
use crate::pattern::Match;
use crate::role::Part;
use crate::tree::Node;

/// What an expression is put into to be parsed by itself.
const BEFORE: &str = "fn f() { (";
const AFTER: &str = "); }";

impl Lower<'_> {
    pub(super) fn macro_call(&mut self, node: Node<'_>, found: &Match<'_>) -> Option<ExprId> {
        let (name, arguments) = (found.part(Part::Name)?, found.part(Part::Arguments)?);
        let id = self.expr(node, ExprKind::Opaque);
        let callee = self.inside(id, |lower| lower.value(name));
        let inner = arguments.start_byte() + 1..arguments.end_byte().saturating_sub(1).max(arguments.start_byte() + 1);
        let text = self.text.get(inner.clone()).unwrap_or_default();
        let args = self.inside(id, |lower| {
            expressions(text)
                .into_iter()
                .filter_map(|range| lower.reparse(inner.start + range.start..inner.start + range.end))
                .map(|value| Arg { name: None, value })
                .collect()
        });
        self.set(id, ExprKind::Call(Call { callee, args, form: CallForm::Call }));
        Some(id)
    }

    /// Reads a stretch of the text as an expression.
    fn reparse(&mut self, range: Range<usize>) -> Option<ExprId> {
        let code = format!("{BEFORE}{}{AFTER}", self.text.get(range.clone())?);
        let tree = self.engine.grammar.parse_all(&code)?;
        let middle = tree.root().covering(&(BEFORE.len() - 1..code.len() - AFTER.len() + 1));
        let expression = middle.named_child(0)?;
        let shift = i64::try_from(range.start).ok()? - i64::try_from(BEFORE.len()).ok()?;

        let mut inner = Lower::new(self.language, self.engine, &code);
        std::mem::swap(&mut inner.facts, &mut self.facts);
        (inner.scope, inner.parent, inner.slot, inner.in_loop) = (self.scope, self.parent, self.slot, self.in_loop);
        (inner.depth, inner.shift) = (self.depth, self.shift + shift);
        let value = inner.value(expression);
        self.too_deep |= inner.too_deep;
        std::mem::swap(&mut inner.facts, &mut self.facts);
        Some(value)
    }
}

/// The stretches of a macro's arguments that are expressions: all of it, or what stands between `,` `;` `=` and `=>`,
/// or the same inside a group that is none itself.
fn expressions(text: &str) -> Vec<Range<usize>> {
    let Ok(tokens) = text.parse::<TokenStream>() else { return Vec::new() };
    let mut ranges = Vec::new();
    collect(tokens, &mut ranges);
    ranges
}

fn collect(tokens: TokenStream, ranges: &mut Vec<Range<usize>>) {
    let mut stretch: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let separates = match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => true,
            TokenTree::Punct(punct) if punct.as_char() == '=' => {
                let next = match tokens.peek() {
                    Some(TokenTree::Punct(next)) => Some(next.as_char()),
                    _ => None,
                };
                let before = match stretch.last() {
                    Some(TokenTree::Punct(last)) => Some(last.as_char()),
                    _ => None,
                };
                let compares = next == Some('=') || matches!(before, Some('=' | '!' | '<' | '>' | '+' | '-' | '.'));
                if next == Some('>') {
                    tokens.next();
                }
                !compares
            }
            _ => false,
        };
        if separates {
            flush(&mut stretch, ranges);
        } else {
            stretch.push(token);
        }
    }
    flush(&mut stretch, ranges);
}

fn flush(stretch: &mut Vec<TokenTree>, ranges: &mut Vec<Range<usize>>) {
    let tokens = std::mem::take(stretch);
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
    let range = first.span().byte_range().start..last.span().byte_range().end;
    let stream: TokenStream = tokens.iter().cloned().collect();
    if syn::parse2::<syn::Expr>(stream).is_ok() {
        ranges.push(range);
        return;
    }
    // The condition of an arm of `select!`.
    if matches!(first, TokenTree::Ident(word) if word == "if") {
        flush(&mut tokens[1..].to_vec(), ranges);
        return;
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            collect(group.stream(), ranges);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::expressions;

    fn texts(text: &str) -> Vec<&str> {
        expressions(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn arguments_are_found() {
        assert_eq!(texts("c.on(\"a\"), \"{} is\", x"), ["c.on(\"a\")", "\"{} is\"", "x"]);
        assert_eq!(texts("a == b, c"), ["a == b", "c"]);
    }

    #[test]
    fn arms_of_select_are_found() {
        assert_eq!(texts("q.next(), if c.on(\"a\") => 1"), ["q.next()", "c.on(\"a\")", "1"]);
        assert_eq!(texts("v = c.on(\"a\") => { f(v) }"), ["v", "c.on(\"a\")", "{ f(v) }"]);
    }

    #[test]
    fn broken_tokens_give_nothing() {
        assert!(texts("\"").is_empty());
    }
}
