//! A small matcher for the part of tree-sitter's query language that describes one node and its parts.
//!
//! The files are ordinary queries and compile with tree-sitter itself (a test does so). What is read here is the
//! subset `(kind field: (kind) @role.part "token" (kind)* @role.part) @role`, no anchors, and of predicates only
//! `((…) (#any-of? @role.part "text" …))`. Parts are looked for in source order, each after the one before; the first
//! pattern that fits a node decides its role.
//! Compared with running the query, a walk with a table by kind is several times faster and starts at once.

use smallvec::SmallVec;

use crate::role::{Named, Part, Role};
use crate::tree::{Children, Grammar, Node};

/// The patterns of a language, by the kind of node they begin with.
#[derive(Debug)]
pub(crate) struct Patterns<R = Role, P = Part> {
    by_kind: Vec<Vec<Pattern<R, P>>>,
}

impl<R, P> Default for Patterns<R, P> {
    fn default() -> Self {
        Patterns { by_kind: Vec::new() }
    }
}

/// Nodes that were captured; there are seldom more than a few.
type Found<'t, P> = SmallVec<[(P, Node<'t>); 4]>;

/// What a node is, and its parts.
#[derive(Debug)]
pub(crate) struct Match<'t, R = Role, P = Part> {
    /// What the node is.
    pub(crate) role: R,
    /// The nodes captured, in source order.
    pub(crate) parts: Found<'t, P>,
}

impl<'t, R, P: Named> Match<'t, R, P> {
    /// The first node captured as `part`.
    pub(crate) fn part(&self, part: P) -> Option<Node<'t>> {
        self.parts.iter().find(|(name, _)| *name == part).map(|(_, node)| *node)
    }

    /// All nodes captured as `part`, in source order.
    pub(crate) fn parts(&self, part: P) -> impl Iterator<Item = Node<'t>> + '_ {
        self.parts.iter().filter(move |(name, _)| *name == part).map(|(_, node)| *node)
    }
}

#[derive(Debug)]
struct Pattern<R, P> {
    role: R,
    parts: Vec<Child<P>>,
}

#[derive(Debug)]
struct Child<P> {
    /// 0 for any.
    field: u16,
    /// Empty means any named node.
    kinds: Vec<u16>,
    capture: Option<P>,
    children: Vec<Child<P>>,
    repeat: Repeat,
    /// What it may say; empty for anything.
    texts: Vec<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Once,
    Optional,
    Any,
}

impl<R: Named, P: Named> Patterns<R, P> {
    /// Adds the patterns of one query file. With `lenient`, patterns about kinds of nodes that the grammar does not
    /// have are left out: they were inherited from a neighbouring language.
    ///
    /// # Errors
    /// The reason and the line where the file cannot be understood.
    pub(crate) fn add(&mut self, text: &str, grammar: &Grammar, lenient: bool) -> Result<(), String> {
        let mut reader = Reader { text, at: 0, grammar: &grammar.language };
        while reader.peek().is_some() {
            match reader.pattern::<R, P>() {
                Ok((kinds, pattern)) => self.insert(&kinds, pattern),
                Err(Trouble::UnknownKind(_)) if lenient => {}
                Err(Trouble::UnknownKind(why) | Trouble::Syntax(why)) => {
                    let line = text[..reader.at].matches('\n').count() + 1;
                    return Err(format!("line {line}: {why}"));
                }
            }
        }
        Ok(())
    }

    fn insert(&mut self, kinds: &[u16], pattern: Pattern<R, P>) {
        let (last, rest) = kinds.split_last().expect("a pattern begins with a kind");
        for kind in rest {
            self.slot(*kind)
                .push(Pattern { role: pattern.role, parts: pattern.parts.iter().map(Child::copy).collect() });
        }
        self.slot(*last).push(pattern);
    }

    fn slot(&mut self, kind: u16) -> &mut Vec<Pattern<R, P>> {
        let index = usize::from(kind);
        if self.by_kind.len() <= index {
            self.by_kind.resize_with(index + 1, Vec::new);
        }
        &mut self.by_kind[index]
    }

    /// The role of `node`, if it has one.
    pub(crate) fn find<'t>(&self, node: Node<'t>, text: &str) -> Option<Match<'t, R, P>> {
        let patterns = self.by_kind.get(usize::from(node.kind_id()))?;
        patterns.iter().find_map(|pattern| {
            let mut parts = Found::new();
            let fits = fit(&pattern.parts, node.children(), text, &mut parts);
            fits.then_some(Match { role: pattern.role, parts })
        })
    }
}

impl<P: Named> Child<P> {
    /// Says what the children captured as `part` may say; false if there is none.
    fn restrict(&mut self, part: P, texts: &[Box<str>]) -> bool {
        let mut found = false;
        for child in &mut self.children {
            if child.capture == Some(part) {
                child.texts = texts.to_vec();
                found = true;
            }
            found |= child.restrict(part, texts);
        }
        found
    }

    fn copy(&self) -> Child<P> {
        Child {
            field: self.field,
            kinds: self.kinds.clone(),
            capture: self.capture,
            children: self.children.iter().map(Child::copy).collect(),
            repeat: self.repeat,
            texts: self.texts.clone(),
        }
    }
}

/// Looks for the parts in source order, each behind the one before.
fn fit<'t, P: Named>(parts: &[Child<P>], mut rest: Children<'t>, text: &str, found: &mut Found<'t, P>) -> bool {
    for part in parts {
        let mut count = 0;
        loop {
            let mut ahead = rest.clone();
            let Some(child) = next(part, &mut ahead, text, found) else { break };
            found.extend(part.capture.map(|name| (name, child)));
            rest = ahead;
            count += 1;
            if part.repeat != Repeat::Any {
                break;
            }
        }
        if count == 0 && part.repeat == Repeat::Once {
            return false;
        }
    }
    true
}

fn next<'t, P: Named>(
    part: &Child<P>,
    children: &mut Children<'t>,
    text: &str,
    found: &mut Found<'t, P>,
) -> Option<Node<'t>> {
    children.filter(|child| !child.is_extra()).find(|child| {
        let kind_fits = if part.kinds.is_empty() { child.is_named() } else { part.kinds.contains(&child.kind_id()) };
        let says = || part.texts.is_empty() || part.texts.iter().any(|known| **known == text[child.byte_range()]);
        if !kind_fits || part.field != 0 && part.field != child.field_id() || !says() {
            return false;
        }
        let mark = found.len();
        let fits = part.children.is_empty() || fit(&part.children, child.children(), text, found);
        if !fits {
            found.truncate(mark);
        }
        fits
    })
}

enum Trouble {
    UnknownKind(String),
    Syntax(String),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    grammar: &'a tree_sitter::Language,
}

impl<'a> Reader<'a> {
    fn pattern<R: Named, P: Named>(&mut self) -> Result<(Vec<u16>, Pattern<R, P>), Trouble> {
        let start = self.at;
        let is_group = self.next_span().is_some_and(|(start, _)| self.text[start..].starts_with("(("));
        if is_group {
            self.token();
        }
        let result = self.node::<R, P>(true).and_then(|mut child| {
            if is_group {
                self.predicate(&mut child.0)?;
                self.expect()?;
            }
            Ok(child)
        });
        if result.is_err() {
            self.skip_form(start);
        }
        let child = result?;
        // Captures of a pattern's root are read as roles.
        Ok((
            child.0.kinds,
            Pattern { role: child.1.ok_or_else(|| syntax("a pattern needs a role"))?, parts: child.0.children },
        ))
    }

    /// `(#any-of? @role.part "text" …)`: what the part may say.
    fn predicate<P: Named>(&mut self, child: &mut Child<P>) -> Result<(), Trouble> {
        let mut part = None;
        let mut texts = Vec::new();
        while let Some(token) = self.token().filter(|token| *token != ")") {
            if let Some((_, name)) = token.strip_prefix('@').and_then(|name| name.split_once('.')) {
                part = P::from_name(name);
            } else if token.starts_with('"') {
                texts.push(Box::from(token.trim_matches('"')));
            }
        }
        let part = part.ok_or_else(|| syntax("a predicate needs a part"))?;
        if child.restrict(part, &texts) { Ok(()) } else { Err(syntax("the predicate is about no part")) }
    }

    /// Goes past one balanced form, its captures included, so that reading can go on after trouble.
    fn skip_form(&mut self, start: usize) {
        self.at = start;
        let mut depth = 0usize;
        while let Some(token) = self.token() {
            match token {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        while self.peek().is_some_and(|token| token.starts_with('@')) {
            self.token();
        }
    }

    fn node<R: Named, P: Named>(&mut self, root: bool) -> Result<(Child<P>, Option<R>), Trouble> {
        let mut child = Child {
            field: 0,
            kinds: Vec::new(),
            capture: None,
            children: Vec::new(),
            repeat: Repeat::Once,
            texts: Vec::new(),
        };
        let mut token = self.expect()?;
        if let Some(name) = token.strip_suffix(':') {
            let field = self.grammar.field_id_for_name(name);
            child.field = field.ok_or_else(|| Trouble::UnknownKind(format!("no field `{name}`")))?.get();
            token = self.expect()?;
        }
        match token {
            "(" => {
                let kind = self.expect()?;
                if kind != "_" {
                    child.kinds.push(self.kind(kind, true)?);
                }
                while self.peek() != Some(")") {
                    child.children.push(self.node::<R, P>(false)?.0);
                }
                self.expect()?;
            }
            "[" => {
                while self.peek() != Some("]") {
                    child.kinds.extend(self.node::<R, P>(false)?.0.kinds);
                }
                self.expect()?;
            }
            "_" => {}
            literal if literal.starts_with('"') => child.kinds.push(self.kind(literal.trim_matches('"'), false)?),
            other => return Err(syntax(&format!("unexpected `{other}`"))),
        }
        let mut role = None;
        while let Some(token) = self.peek() {
            if token == "?" || token == "*" {
                child.repeat = if token == "?" { Repeat::Optional } else { Repeat::Any };
            } else if let Some(name) = token.strip_prefix('@') {
                if root {
                    role = Some(R::from_name(name).ok_or_else(|| syntax(&format!("no role `{name}`")))?);
                } else {
                    let part = name.split_once('.').and_then(|(_, part)| P::from_name(part));
                    child.capture = Some(part.ok_or_else(|| syntax(&format!("no part `{name}`")))?);
                }
            } else {
                break;
            }
            self.token();
        }
        Ok((child, role))
    }

    fn kind(&self, name: &str, named: bool) -> Result<u16, Trouble> {
        match self.grammar.id_for_node_kind(name, named) {
            0 => Err(Trouble::UnknownKind(format!("the grammar has no node `{name}`"))),
            id => Ok(id),
        }
    }

    fn expect(&mut self) -> Result<&'a str, Trouble> {
        let span = self.next_span().ok_or_else(|| syntax("unexpected end"))?;
        self.at = span.1;
        Ok(&self.text[span.0..span.1])
    }

    fn token(&mut self) -> Option<&'a str> {
        let span = self.next_span()?;
        self.at = span.1;
        Some(&self.text[span.0..span.1])
    }

    fn peek(&self) -> Option<&'a str> {
        self.next_span().map(|(start, end)| &self.text[start..end])
    }

    fn next_span(&self) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        loop {
            while bytes.get(start).is_some_and(u8::is_ascii_whitespace) {
                start += 1;
            }
            if bytes.get(start) != Some(&b';') {
                break;
            }
            start = self.text[start..].find('\n').map_or(bytes.len(), |line| start + line);
        }
        let first = *bytes.get(start)?;
        let end = match first {
            b'(' | b')' | b'[' | b']' | b'?' | b'*' => start + 1,
            b'"' => self.text[start + 1..].find('"').map_or(bytes.len(), |quote| start + quote + 2),
            _ => {
                let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b'-');
                let length = bytes[start..].iter().take_while(|byte| word(byte)).count().max(1);
                start + length + usize::from(bytes.get(start + length) == Some(&b':'))
            }
        };
        Some((start, end))
    }
}

fn syntax(why: &str) -> Trouble {
    Trouble::Syntax(why.to_owned())
}
