//! From a syntax tree to [`Facts`]: one walk, led by the roles that the queries give to nodes.

mod choices;
mod classes;
mod declarations;
mod expressions;
mod functions;
mod imports;
mod macros;
mod strings;

use std::ops::Range;

use crate::facts::{
    Binding, BindingId, BindingKind, Bytes, ClassId, Expr, ExprId, ExprKind, Facts, FunctionId, Scope, ScopeId,
    ScopeKind, Slot, Step, Sym,
};
use crate::language::{Engine, Language};
use crate::role::{Part, Role};
use crate::template::Program;
use crate::tree::Node;

/// How deep a tree may be. Deeper ones are made by programs, and a stack has an end.
const MAX_DEPTH: usize = 1_200;

/// What came of a text.
#[derive(Debug)]
pub struct Parsed {
    /// What it says.
    pub facts: Facts,
    /// The places whose syntax is broken.
    pub broken: Vec<Range<usize>>,
}

impl Parsed {
    /// The first difference to what another parser made of the same text.
    pub fn difference(&self, other: &Parsed) -> Option<String> {
        let (own, others) = (format!("{:#?}", self.facts), format!("{:#?}", other.facts));
        let (mut own_lines, mut other_lines) = (own.lines(), others.lines());
        loop {
            let (own, other) = (own_lines.next(), other_lines.next());
            if own != other {
                let place = own_lines.find(|line| line.trim_start().starts_with("span: ")).unwrap_or_default();
                let said = |line: Option<&str>| line.unwrap_or("nothing").trim().to_owned();
                return Some(format!("{} and not {} before {}", said(own), said(other), place.trim()));
            }
            own?;
        }
    }
}

/// Why a text was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// The nesting is deeper than a stack allows.
    TooDeep,
    /// Parsing took longer than anyone would wait.
    TimedOut,
}

/// Parses `text` and reads it; `thoroughly` leaves a quicker parser out.
pub(crate) fn read(language: &Language, engine: &Engine, text: &str, thoroughly: bool) -> Result<Parsed, Unreadable> {
    let program = language.facts.template.as_ref().map(|template| template.program(text));
    let text = program.as_ref().map_or(text, |program| program.text.as_str());
    let mut lower = Lower::new(language, engine, text);
    lower.program = program.as_ref();
    let parsed = if thoroughly { engine.grammar.parse_all(text) } else { engine.grammar.parse(text) };
    let tree = parsed.ok_or(Unreadable::TimedOut)?;
    lower.children(tree.root());
    if lower.too_deep {
        return Err(Unreadable::TooDeep);
    }
    let mut broken = tree.broken;
    if let Some(program) = &program {
        broken.iter_mut().for_each(|range| *range = program.original(range.clone()));
        broken.sort_by_key(|range| (range.start, range.end));
        broken.dedup();
    }
    Ok(Parsed { facts: lower.facts, broken })
}

/// The walk.
pub(crate) struct Lower<'a> {
    language: &'a Language,
    engine: &'a Engine,
    text: &'a str,
    /// The program that a template was rewritten to, which knows where in the file its pieces stand.
    program: Option<&'a Program>,
    /// Added to the positions of nodes, for text that was parsed out of its place.
    shift: i64,
    facts: Facts,
    scope: ScopeId,
    parent: Option<ExprId>,
    slot: Slot,
    in_loop: bool,
    exporting: bool,
    depth: usize,
    too_deep: bool,
    /// Texts of attributes that wait for the member they stand before.
    attributes: Vec<ExprId>,
    /// How the members of the type that follows are written elsewhere.
    rename_all: Option<&'a str>,
    /// How the members of the type around are written elsewhere.
    member_case: Option<&'a str>,
    /// What the arms of the switch around lead to.
    arms: Vec<ExprId>,
    /// The switches around, by their index; `None` for one that looks at nothing.
    switches: Vec<Option<usize>>,
}

impl<'a> Lower<'a> {
    fn new(language: &'a Language, engine: &'a Engine, text: &'a str) -> Self {
        let mut facts = Facts::default();
        facts.scopes.push(Scope { parent: None, kind: ScopeKind::File });
        Lower {
            language,
            engine,
            text,
            program: None,
            shift: 0,
            facts,
            scope: ScopeId(0),
            parent: None,
            slot: Slot::Part,
            in_loop: false,
            exporting: false,
            depth: 0,
            too_deep: false,
            attributes: Vec::new(),
            rename_all: None,
            member_case: None,
            arms: Vec::new(),
            switches: Vec::new(),
        }
    }

    fn text_of(&self, node: Node<'_>) -> &'a str {
        &self.text[node.byte_range()]
    }

    fn sym(&mut self, node: Node<'_>) -> Sym {
        let text = self.text_of(node).trim_matches('`');
        self.facts.intern(text)
    }

    fn bytes(&self, node: Node<'_>) -> Bytes {
        if let Some(program) = self.program {
            let range = program.original(node.byte_range());
            let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
            return at(range.start)..at(range.end);
        }
        let at = |offset: usize| u32::try_from(i64::try_from(offset).unwrap_or(0) + self.shift).unwrap_or(0);
        at(node.start_byte())..at(node.end_byte())
    }

    /// Makes an expression; the parts are then read with it as their parent.
    fn expr(&mut self, node: Node<'_>, kind: ExprKind) -> ExprId {
        let id = ExprId(u32::try_from(self.facts.exprs.len()).unwrap_or(u32::MAX));
        let span = self.bytes(node);
        self.facts.exprs.push(Expr {
            kind,
            name_at: span.start,
            span,
            scope: self.scope,
            parent: self.parent,
            slot: self.slot,
            in_loop: self.in_loop,
        });
        id
    }

    fn set(&mut self, id: ExprId, kind: ExprKind) {
        self.facts.exprs[id.index()].kind = kind;
    }

    /// Runs `work` with `id` as the parent of what is read.
    fn inside<T>(&mut self, id: ExprId, work: impl FnOnce(&mut Self) -> T) -> T {
        let (parent, slot) = (self.parent.replace(id), std::mem::take(&mut self.slot));
        let result = work(self);
        (self.parent, self.slot) = (parent, slot);
        result
    }

    /// Runs `work` with what is read standing as `slot`.
    fn slotted<T>(&mut self, slot: Slot, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.slot, slot);
        let result = work(self);
        self.slot = before;
        result
    }

    /// Runs `work` in a new scope.
    fn scoped<T>(&mut self, kind: ScopeKind, work: impl FnOnce(&mut Self, ScopeId) -> T) -> T {
        let scope = self.new_scope(kind);
        self.in_scope(scope, |lower| work(lower, scope))
    }

    fn new_scope(&mut self, kind: ScopeKind) -> ScopeId {
        let scope = ScopeId(u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX));
        self.facts.scopes.push(Scope { parent: Some(self.scope), kind });
        scope
    }

    fn in_scope<T>(&mut self, scope: ScopeId, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.scope, scope);
        let exporting = std::mem::replace(&mut self.exporting, false);
        let result = work(self);
        self.scope = before;
        self.exporting = exporting;
        result
    }

    /// Runs `work` as the body of a loop.
    fn looped(&mut self, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.in_loop, true);
        work(self);
        self.in_loop = before;
    }

    /// Makes a name.
    fn bind(&mut self, name: Sym, name_span: Bytes, kind: BindingKind, path: Vec<Step>, types: Vec<Sym>) -> BindingId {
        let id = BindingId(u32::try_from(self.facts.bindings.len()).unwrap_or(u32::MAX));
        self.facts.bindings.push(Binding { name, name_span, scope: self.scope, kind, path, types, within: 0..0 });
        self.facts.by_name.entry((self.scope, name)).or_default().push(id);
        id
    }

    /// Reads the children of a node as statements.
    fn children(&mut self, node: Node<'_>) {
        for child in node.named_children() {
            self.statement(child);
        }
    }

    /// Reads a node whose value nobody takes.
    fn statement(&mut self, node: Node<'_>) {
        if self.depth > MAX_DEPTH {
            self.too_deep = true;
            return;
        }
        self.depth += 1;
        match self.engine.patterns.find(node, self.text) {
            None => self.children(node),
            Some(found) => {
                if !self.declaration(node, &found) {
                    self.expression(node, &found);
                }
            }
        }
        self.depth -= 1;
    }

    /// Reads a node for its value.
    fn value(&mut self, node: Node<'_>) -> ExprId {
        if self.depth > MAX_DEPTH {
            self.too_deep = true;
            return self.expr(node, ExprKind::Opaque);
        }
        self.depth += 1;
        let id = match self.engine.patterns.find(node, self.text) {
            None => self.opaque(node),
            Some(found) if matches!(found.role, Role::Block) => self.block_value(node),
            Some(found) => {
                let taken = self.value_of_declaration(node, &found);
                match taken.or_else(|| self.expression(node, &found)) {
                    Some(id) => id,
                    None => {
                        let id = self.expr(node, ExprKind::Opaque);
                        self.inside(id, |lower| lower.declaration(node, &found));
                        id
                    }
                }
            }
        };
        self.depth -= 1;
        id
    }

    fn opaque(&mut self, node: Node<'_>) -> ExprId {
        let id = self.expr(node, ExprKind::Opaque);
        self.inside(id, |lower| lower.children(node));
        id
    }

    /// The block's last expression, where the language says that it is the block's value.
    fn block_value(&mut self, node: Node<'_>) -> ExprId {
        self.scoped(ScopeKind::Block, |lower, _| {
            lower.statements_then_value(node).unwrap_or_else(|| lower.expr(node, ExprKind::Opaque))
        })
    }

    /// Reads statements; gives the value of the last one if it is an expression.
    fn statements_then_value(&mut self, node: Node<'_>) -> Option<ExprId> {
        let children: Vec<Node<'_>> = node.named_children().collect();
        let (last, rest) = children.split_last()?;
        for child in rest {
            self.statement(*child);
        }
        let ends_with_semicolon = last.children().last().is_some_and(|end| end.kind() == ";");
        if ends_with_semicolon {
            self.statement(*last);
            return None;
        }
        // `expression_statement` without a semicolon, as around a `match` at the end of a block.
        let inner = if self.engine.patterns.find(*last, self.text).is_none() && last.named_child_count() == 1 {
            last.named_child(0)
        } else {
            None
        };
        Some(self.value(inner.unwrap_or(*last)))
    }

    /// The identifiers in a type, outermost first, and its texts.
    fn types(&mut self, node: Option<Node<'_>>) -> Vec<Sym> {
        let mut names = Vec::new();
        if let Some(node) = node {
            self.collect_types(node, &mut names);
            self.slotted(Slot::Type, |lower| lower.type_parts(node));
        }
        names
    }

    fn collect_types(&mut self, node: Node<'_>, names: &mut Vec<Sym>) {
        if names.len() > 40 {
            return;
        }
        if matches!(self.engine.patterns.find(node, self.text), Some(found) if found.role == Role::String) {
            // A type in quotes (Python); the texts of a union of texts name no type that exists.
            let text = self.text_of(node).to_owned();
            let words = text.split(|char: char| !char.is_alphanumeric() && char != '_').filter(|word| !word.is_empty());
            if self.language.facts.function_scope {
                names.extend(words.map(|word| self.facts.intern(word)));
            }
            return;
        }
        if node.is_leaf() {
            let kind = node.kind();
            if kind.ends_with("identifier")
                || matches!(self.engine.patterns.find(node, self.text), Some(found) if found.role == Role::Name)
            {
                let sym = self.sym(node);
                names.push(sym);
            }
            return;
        }
        for child in node.named_children() {
            self.collect_types(child, names);
        }
    }

    /// Reads the texts that stand in a type.
    fn type_parts(&mut self, node: Node<'_>) {
        match self.engine.patterns.find(node, self.text) {
            Some(found) if found.role == Role::String => {
                self.expression(node, &found);
            }
            Some(found) if matches!(found.role, Role::Object | Role::Function | Role::Field) => self.statement(node),
            _ => {
                for child in node.named_children() {
                    self.type_parts(child);
                }
            }
        }
    }

    /// Whether one of the captured modifiers has this word in it.
    fn has_modifier(&self, found: &crate::pattern::Match<'_>, word: &str) -> bool {
        found.parts(Part::Modifier).any(|node| self.text_of(node).split_whitespace().any(|part| part == word))
    }

    fn class_scope(&self) -> Option<ClassId> {
        match self.facts.scope(self.scope).kind {
            ScopeKind::Class(class) => Some(class),
            _ => None,
        }
    }

    fn next_function(&self) -> FunctionId {
        FunctionId(u32::try_from(self.facts.functions.len()).unwrap_or(u32::MAX))
    }
}
