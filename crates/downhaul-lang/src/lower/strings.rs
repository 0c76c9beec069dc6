//! Texts: plain, with escapes, with computed parts.

use super::Lower;
use crate::facts::{ExprId, ExprKind};
use crate::role::{Part, Role};
use crate::tree::Node;

impl Lower<'_> {
    /// A text; with computed parts it becomes a concatenation.
    pub(super) fn string(&mut self, node: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        let mut literal = String::new();
        let mut parts: Vec<ExprId> = Vec::new();
        let mut roles = 0;
        let children: Vec<Node<'_>> = node.children().collect();
        let is_text = |child: &&Node<'_>| matches!(self.engine.patterns.find(**child, self.text), Some(found) if matches!(found.role, Role::Text | Role::Escape));
        // Literal text without a node of its own stands between the parts that are computed (Scala).
        let is_computed = |child: &Node<'_>| {
            let found = self.engine.patterns.find(*child, self.text);
            found.is_some_and(|found| found.role == Role::Substitution)
        };
        let has_gaps = children.iter().any(is_computed) && !children.iter().any(|child| is_text(&child));
        let quotes = self.text_of(node).len() - self.text_of(node).trim_start_matches('"').len();
        let inside = node.start_byte() + quotes..node.end_byte().saturating_sub(quotes).max(node.start_byte() + quotes);
        let mut gap = has_gaps.then_some(inside.start);
        for child in children {
            if let Some(at) = gap.as_mut() {
                literal.push_str(self.text.get(*at..child.start_byte()).unwrap_or_default());
                *at = child.end_byte();
            }
            if !child.is_named() {
                continue;
            }
            let Some(found) = self.engine.patterns.find(child, self.text) else { continue };
            roles += 1;
            match found.role {
                Role::Text => self.text_part(child, &mut literal),
                Role::Escape => unescape(self.text_of(child), &mut literal),
                Role::Substitution => {
                    if !literal.is_empty() {
                        let text = std::mem::take(&mut literal);
                        parts.push(self.inside(id, |lower| lower.text_expr(node, &text)));
                    }
                    let inner = found.part(Part::Inner).unwrap_or(child);
                    let part = self.inside(id, |lower| match found.part(Part::Inner) {
                        Some(inner) => lower.value(inner),
                        None => {
                            let sym = lower.sym(inner);
                            lower.expr(inner, ExprKind::Name(sym))
                        }
                    });
                    parts.push(part);
                }
                // A computed part without marks of its own: PHP's `"exp-$id"`.
                Role::Name | Role::Member | Role::Index | Role::Transparent | Role::Call => {
                    if !literal.is_empty() {
                        let text = std::mem::take(&mut literal);
                        parts.push(self.inside(id, |lower| lower.text_expr(node, &text)));
                    }
                    let part = self.inside(id, |lower| lower.value(child));
                    parts.push(part);
                }
                _ => {}
            }
        }
        if let Some(at) = gap {
            literal.push_str(self.text.get(at..inside.end).unwrap_or_default());
        }
        if roles == 0 {
            literal = unquoted(self.text_of(node)).to_owned();
        }
        let kind = if parts.is_empty() {
            ExprKind::String(self.facts.intern(&literal))
        } else {
            if !literal.is_empty() {
                parts.push(self.inside(id, |lower| lower.text_expr(node, &literal)));
            }
            ExprKind::Concat(parts)
        };
        self.set(id, kind);
        id
    }

    /// Literal text, whose escapes may stand inside its node.
    fn text_part(&mut self, node: Node<'_>, literal: &mut String) {
        let mut at = node.start_byte();
        for child in node.named_children() {
            literal.push_str(&self.text[at..child.start_byte()]);
            unescape(self.text_of(child), literal);
            at = child.end_byte();
        }
        literal.push_str(&self.text[at..node.end_byte()]);
    }

    fn text_expr(&mut self, node: Node<'_>, text: &str) -> ExprId {
        let sym = self.facts.intern(text);
        self.expr(node, ExprKind::String(sym))
    }
}

/// What stands between the quotes, whatever they look like: `"a"`, `#"a"#`, `@"a"`, `:a`.
fn unquoted(text: &str) -> &str {
    let text = text.strip_prefix(':').filter(|rest| !rest.is_empty()).unwrap_or(text);
    let text = text.strip_prefix('@').filter(|rest| rest.starts_with('"')).unwrap_or(text);
    let text = if text.starts_with('#') { text.trim_matches('#') } else { text };
    text.trim_matches(['"', '\'', '`'])
}

/// The character that an escape stands for; an unknown escape stays as it is.
fn unescape(escape: &str, out: &mut String) {
    let mut chars = escape.chars();
    let (Some('\\'), Some(letter)) = (chars.next(), chars.next()) else {
        out.push_str(escape);
        return;
    };
    let rest = chars.as_str().trim_matches(['{', '}']);
    match letter {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        '0' if rest.is_empty() => out.push('\0'),
        'x' | 'u' | 'U' => match u32::from_str_radix(rest, 16).ok().and_then(char::from_u32) {
            Some(char) => out.push(char),
            None => out.push_str(escape),
        },
        '\n' | '\r' => {}
        other if rest.is_empty() => out.push(other),
        _ => out.push_str(escape),
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_stand_for_characters() {
        let read = |escape: &str| {
            let mut out = String::new();
            unescape(escape, &mut out);
            out
        };
        assert_eq!(read("\\u002d"), "-");
        assert_eq!(read("\\u{2d}"), "-");
        assert_eq!(read("\\x2d"), "-");
        assert_eq!(read("\\\""), "\"");
        assert_eq!(read("\\N{DASH}"), "\\N{DASH}");
    }
}
