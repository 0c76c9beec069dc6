//! Texts that are put together: concatenations and templates of all notations.

use std::ops::Range;
use std::sync::Arc;

use downhaul_lang::facts::{Arg, Call, ExprId, ExprKind};

use super::values::SET;
use super::{FileId, Found, Hop, Project, Value};

/// Functions and methods that fill the gaps of a template; `%` is Python's operator.
const FORMATS: &[&str] = &["format", "Format", "formatted", "Sprintf", "sprintf", "%", "format_args"];

/// What a text is put together from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// The value of an expression.
    Expr(ExprId),
    /// This text.
    Text(String),
    /// Anything.
    Anything,
}

/// What fills a gap of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Gap {
    /// The next argument.
    Next,
    /// The argument at this position.
    At(usize),
    /// The argument with this name.
    Named(String),
}

impl Project<'_> {
    pub(super) fn concat(&self, file: FileId, pieces: &[Piece], depth: usize) -> Vec<Found> {
        let mut patterns: Vec<(Vec<String>, Vec<Hop>)> = vec![(vec![String::new()], Vec::new())];
        for piece in pieces {
            let texts = self.texts_of(file, piece, depth);
            let texts = if patterns.len() * texts.len() > SET { vec![None] } else { texts };
            patterns = patterns
                .into_iter()
                .flat_map(|(pattern, hops)| {
                    texts.iter().map(move |text| -> (Vec<String>, Vec<Hop>) {
                        let (mut pattern, mut hops) = (pattern.clone(), hops.clone());
                        match text {
                            Some((parts, more)) => {
                                append(&mut pattern, parts);
                                if hops.is_empty() {
                                    hops.extend(more.iter().cloned());
                                }
                            }
                            None => pattern.push(String::new()),
                        }
                        (pattern, hops)
                    })
                })
                .collect();
        }
        patterns
            .into_iter()
            .map(|(pattern, hops)| {
                let value = match <[String; 1]>::try_from(pattern) {
                    Ok([text]) => Value::Text(Arc::from(text)),
                    Err(parts) => Value::Pattern(parts),
                };
                Found { value, hops, made: None }
            })
            .collect()
    }

    /// The texts that a piece can be; `None` for one of which nothing is known.
    fn texts_of(&self, file: FileId, piece: &Piece, depth: usize) -> Vec<Option<(Vec<String>, Vec<Hop>)>> {
        match piece {
            Piece::Text(text) => vec![Some((vec![text.clone()], Vec::new()))],
            Piece::Anything => vec![None],
            Piece::Expr(expr) => {
                let values = self.eval(file, *expr, depth);
                if values.is_empty() { vec![None] } else { values.into_iter().map(text_of).collect() }
            }
        }
    }

    /// What a call gives that fills the gaps of a template; `None` if it is no such call.
    pub(super) fn formatted(&self, file: FileId, call: &Call, last: &str, depth: usize) -> Option<Vec<Found>> {
        if !FORMATS.contains(&last) {
            return None;
        }
        let facts = &self.file(file).facts;
        let text = |expr: ExprId| match &facts.expr(self.plain(file, expr)).kind {
            ExprKind::String(text) => Some(facts.text(*text)),
            _ => None,
        };
        let object = match facts.expr(self.plain(file, call.callee)).kind {
            ExprKind::Member(object, _) => Some(object),
            _ => None,
        };
        let (template, args) = match object.and_then(text) {
            Some(template) => (template, &call.args[..]),
            // A locale may stand before the template.
            None => {
                let owner = object.map(|object| &facts.expr(self.plain(file, object)).kind);
                let formats = match owner {
                    Some(ExprKind::Name(owner)) => matches!(facts.text(*owner), "String" | "string" | "fmt" | "Kernel"),
                    Some(_) => false,
                    None => true,
                };
                if !formats {
                    return None;
                }
                let at = call.args.iter().take(2).position(|arg| text(arg.value).is_some())?;
                (text(call.args[at].value)?, &call.args[at + 1..])
            }
        };
        let uses_percent = last != "format_args" && template.contains('%') && !template.contains('{');
        let spread = match args {
            // Python's `%` takes a tuple.
            [arg] if last == "%" => match &facts.expr(self.plain(file, arg.value)).kind {
                ExprKind::Array(items) => items.iter().map(|item| Arg { name: None, value: *item }).collect(),
                _ => args.to_vec(),
            },
            _ => args.to_vec(),
        };
        let gaps = if uses_percent { percent_gaps(template) } else { brace_gaps(template) };
        let mut next = 0;
        let mut pieces = Vec::new();
        let mut done = 0;
        for (place, gap) in gaps {
            pieces.push(Piece::Text(unescaped(&template[done..place.start], uses_percent)));
            done = place.end;
            let positional = |at: usize| spread.iter().filter(|arg| arg.name.is_none()).nth(at);
            let arg = match gap {
                Gap::Next => {
                    next += 1;
                    positional(next - 1)
                }
                Gap::At(at) => positional(at),
                Gap::Named(name) => spread.iter().find(|arg| arg.name.is_some_and(|known| facts.text(known) == name)),
            };
            pieces.push(arg.map_or(Piece::Anything, |arg| Piece::Expr(arg.value)));
        }
        pieces.push(Piece::Text(unescaped(&template[done..], uses_percent)));
        Some(self.concat(file, &pieces, depth))
    }
}

/// The gaps that begin with `%`: `%s`, `%-3d`, `%1$s`, `%(name)s`.
fn percent_gaps(template: &str) -> Vec<(Range<usize>, Gap)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    while let Some(start) = template[at..].find('%').map(|found| at + found) {
        let rest = &template[start + 1..];
        if rest.starts_with('%') {
            at = start + 2;
            continue;
        }
        let (named, skipped) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((name, _)) => (Some(name.to_owned()), name.len() + 2),
            None => (None, 0),
        };
        let Some(letter) = rest[skipped..].find(char::is_alphabetic) else { break };
        let flags = &rest[skipped..skipped + letter];
        let end = start + 1 + skipped + letter + 1;
        let end = (end..=template.len()).find(|end| template.is_char_boundary(*end)).unwrap_or(template.len());
        let position = flags.split_once('$').and_then(|(position, _)| position.parse::<usize>().ok());
        let gap = match (named, position) {
            (Some(name), _) => Gap::Named(name),
            (None, Some(position)) => Gap::At(position.saturating_sub(1)),
            (None, None) => Gap::Next,
        };
        gaps.push((start..end, gap));
        at = end;
    }
    gaps
}

/// The gaps in braces: `{}`, `{0}`, `{name}`, `{:>3}`.
fn brace_gaps(template: &str) -> Vec<(Range<usize>, Gap)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    while let Some(start) = template[at..].find('{').map(|found| at + found) {
        let rest = &template[start + 1..];
        if rest.starts_with('{') {
            at = start + 2;
            continue;
        }
        let Some(length) = rest.find('}') else { break };
        let name = rest[..length].split([':', '!', '.', '[']).next().unwrap_or_default().trim();
        let gap = match (name, name.parse::<usize>()) {
            ("", _) => Gap::Next,
            (_, Ok(position)) => Gap::At(position),
            (name, Err(_)) => Gap::Named(name.to_owned()),
        };
        at = start + 1 + length + 1;
        gaps.push((start..at, gap));
    }
    gaps
}

/// Literal text of a template.
fn unescaped(text: &str, uses_percent: bool) -> String {
    if uses_percent { text.replace("%%", "%") } else { text.replace("{{", "{").replace("}}", "}") }
}

/// What a text or pattern is made of.
fn text_of(found: Found) -> Option<(Vec<String>, Vec<Hop>)> {
    match found.value {
        Value::Text(text) => Some((vec![text.to_string()], found.hops)),
        Value::Pattern(parts) => Some((parts, found.hops)),
        _ => None,
    }
}

fn append(pattern: &mut Vec<String>, parts: &[String]) {
    let Some((first, rest)) = parts.split_first() else { return };
    if let Some(last) = pattern.last_mut() {
        last.push_str(first);
    }
    pattern.extend(rest.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::{Gap, brace_gaps, percent_gaps};

    #[test]
    fn gaps_of_templates() {
        assert_eq!(percent_gaps("a-%s-%%-%2$d"), [(2..4, Gap::Next), (8..12, Gap::At(1))]);
        assert_eq!(percent_gaps("%(name)s"), [(0..8, Gap::Named("name".to_owned()))]);
        assert_eq!(brace_gaps("a-{}-{{x}}-{id:>3}"), [(2..4, Gap::Next), (11..18, Gap::Named("id".to_owned()))]);
    }
}
