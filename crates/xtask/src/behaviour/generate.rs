//! Makes one program out of a language's constructs.

use std::collections::{BTreeMap, BTreeSet};

use super::choices::Choices;
use super::grammar::{Captures, Construct, Ends, Grammar, STATEMENT, ScopeKind, Shadowing, Token, When};

/// Deeper than this there are no more blocks, and soon only the shallowest constructs.
const MAX_DEPTH: usize = 4;
/// After as many decisions a program comes to its end.
const MAX_CHOICES: usize = 160;

/// A program, and how it came to be.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Its folder, and its name in the traces.
    pub(super) name: String,
    /// The side that is kept: `on`, `off` or the name of a variant.
    pub(super) keep: String,
    /// Text by path inside the folder.
    pub(super) files: BTreeMap<String, String>,
    /// The constructs it is made of.
    pub(super) constructs: BTreeSet<String>,
    /// The decisions that made it.
    pub(super) choices: Vec<u32>,
    /// Which decisions belong together.
    pub(super) spans: Vec<(usize, usize)>,
}

impl Program {
    /// How much there is to read.
    pub(super) fn size(&self) -> usize {
        self.files.values().map(String::len).sum()
    }
}

/// Makes the program that these decisions lead to.
pub(super) fn generate(grammar: &Grammar, name: &str, keep: &str, choices: Choices) -> Program {
    let mut generator = Generator {
        grammar,
        name,
        keep,
        choices,
        scopes: Vec::new(),
        sections: BTreeMap::new(),
        constructs: BTreeSet::new(),
        tags: 0,
        fresh: 0,
    };
    let main = generator.one("main", 0).text;
    let mut files = BTreeMap::new();
    for (path, shape) in &grammar.files {
        let filled = generator.sections.get(path);
        if !shape.always && filled.is_none() {
            continue;
        }
        files.insert(path.clone(), fill(&shape.code, name, &main, filled));
    }
    let Generator { choices, constructs, .. } = generator;
    Program {
        name: name.to_owned(),
        keep: keep.to_owned(),
        files,
        constructs,
        choices: choices.taken,
        spans: choices.spans,
    }
}

/// Puts the sections where a file has marks for them; a line with an empty section goes.
fn fill(shape: &str, program: &str, main: &str, sections: Option<&BTreeMap<String, Vec<String>>>) -> String {
    let mut text = String::new();
    for line in shape.lines() {
        let Some((before, rest)) = line.split_once('«') else {
            push_line(&mut text, line);
            continue;
        };
        let (mark, after) = rest.split_once('»').unwrap_or((rest, ""));
        match mark {
            "program" => push_line(&mut text, &format!("{before}{program}{after}")),
            "main" => push_line(&mut text, &indented(main, before)),
            _ => {
                for piece in sections.and_then(|sections| sections.get(mark)).into_iter().flatten() {
                    push_line(&mut text, &indented(&piece.replace("«program»", program), before));
                }
            }
        }
    }
    text
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line.trim_end_matches(' '));
    text.push('\n');
}

fn indented(text: &str, indent: &str) -> String {
    let mut out = indent.to_owned();
    append(&mut out, text);
    out.replace(&format!("{indent}\n"), "\n")
}

/// Adds a text, its further lines as deep as the line it begins on.
fn append(out: &mut String, text: &str) {
    let line = out.rsplit('\n').next().unwrap_or_default();
    let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(&indent);
            }
        }
        out.push_str(line);
    }
}

struct Generator<'g> {
    grammar: &'g Grammar,
    name: &'g str,
    keep: &'g str,
    choices: Choices,
    scopes: Vec<Scope>,
    sections: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    constructs: BTreeSet<String>,
    tags: usize,
    fresh: usize,
}

struct Scope {
    kind: ScopeKind,
    labels: Vec<String>,
    variables: Vec<Variable>,
    /// Names of outer scopes that were used in here: declaring one of them now would change what was meant.
    used: BTreeSet<String>,
    /// Names that were declared anywhere inside, closed blocks included; of functions only.
    declared: BTreeSet<String>,
}

struct Variable {
    name: String,
    kind: String,
    mutable: bool,
    known: bool,
}

/// What a construct came to.
struct Made {
    text: String,
    ended: bool,
}

impl<'g> Generator<'g> {
    /// A construct of a sort.
    fn one(&mut self, sort: &str, depth: usize) -> Made {
        self.one_of(sort, depth, |_| true)
    }

    fn one_of(&mut self, sort: &str, depth: usize, allowed: impl Fn(&Construct) -> bool) -> Made {
        let start = self.choices.count();
        let all = self.grammar.of(sort);
        let mut fitting: Vec<&Construct> = all.iter().filter(|one| allowed(one) && self.fits(one)).collect();
        if depth >= MAX_DEPTH {
            let has_block = |one: &Construct| one.code.iter().any(|token| matches!(token, Token::Statements { .. }));
            fitting.retain(|construct| !has_block(construct));
        }
        if depth >= MAX_DEPTH + 2 || self.choices.count() >= MAX_CHOICES {
            let least = fitting.iter().map(|construct| construct.depth).min().unwrap_or(0);
            fitting.retain(|construct| construct.depth == least);
        }
        let weights: Vec<u32> = fitting.iter().map(|construct| construct.weight).collect();
        let chosen = fitting[self.choices.weighted(&weights)];
        let made = self.expand(chosen, depth);
        self.choices.close(start);
        made
    }

    fn fits(&self, construct: &Construct) -> bool {
        let labelled = |label: &String| self.labels().any(|other| other == label);
        (construct.keep.is_empty() || construct.keep.iter().any(|keep| keep == self.keep))
            && construct.inside.iter().all(labelled)
            && construct.code.iter().all(|token| match token {
                Token::Variable { kind, assign, .. } => self.variables(kind, *assign).next().is_some(),
                _ => true,
            })
    }

    /// The labels of the scopes around, up to the function.
    fn labels(&self) -> impl Iterator<Item = &String> {
        let mut outside = false;
        let around = self.scopes.iter().rev().take_while(move |scope| {
            let inside = !outside;
            outside |= scope.kind != ScopeKind::Block;
            inside
        });
        around.flat_map(|scope| &scope.labels)
    }

    /// The variables of a kind that can be used here, as places in the scopes.
    fn variables(&self, kind: &str, assign: bool) -> impl Iterator<Item = (usize, usize)> {
        let mut hidden = BTreeSet::new();
        let mut found = Vec::new();
        let mut foreign = false;
        for (level, scope) in self.scopes.iter().enumerate().rev() {
            for (index, variable) in scope.variables.iter().enumerate().rev() {
                let captured = match self.grammar.facts.captures {
                    Captures::Assign => true,
                    Captures::Read => !assign,
                    Captures::Final => !variable.mutable,
                };
                let fits = variable.known && variable.kind == kind && (!assign || variable.mutable);
                if hidden.insert(&variable.name) && fits && (!foreign || captured) {
                    found.push((level, index));
                }
            }
            foreign |= scope.kind != ScopeKind::Block;
            // A name of the whole function hides an outer one even where its block has ended.
            if self.grammar.facts.shadowing == Shadowing::Functions {
                hidden.extend(&scope.declared);
            }
        }
        found.into_iter()
    }

    fn expand(&mut self, construct: &'g Construct, depth: usize) -> Made {
        self.constructs.insert(construct.name.clone());
        for (file, section, text) in &construct.also {
            let pieces = self.sections.entry(file.clone()).or_default().entry(section.clone()).or_default();
            if !pieces.contains(text) {
                pieces.push(text.clone());
            }
        }
        let mut text = String::new();
        let needed = self.needed(construct);
        let mut aliases: BTreeMap<&str, String> = BTreeMap::new();
        let (level, mut later) = (self.scopes.len(), Vec::new());
        let (mut blocks, mut ended_blocks) = (0usize, 0usize);
        for token in &construct.code {
            match token {
                Token::Text(piece) => text.push_str(piece),
                Token::Sort(sort) => append(&mut text, &self.one(sort, depth + 1).text),
                Token::Statements { scope, open } => {
                    let made = self.statements(*scope, *open, depth + 1);
                    blocks += 1;
                    ended_blocks += usize::from(made.ended);
                    append(&mut text, &made.text);
                }
                Token::Declare { alias, kind, mutable, when } => {
                    let name = self.declare(kind, *mutable, *when, &needed);
                    if *when != When::Now && self.scopes.len() == level {
                        later.push(name.clone());
                    }
                    text.push_str(&name);
                    aliases.insert(alias, name);
                }
                Token::Key(alias) => {
                    let name = self.pool_name();
                    text.push_str(&name);
                    aliases.insert(alias, name);
                }
                Token::Alias(alias) => text.push_str(&aliases[alias.as_str()]),
                Token::Variable { alias, kind, assign } => {
                    let name = self.refer(kind, *assign);
                    text.push_str(&name);
                    if let Some(alias) = alias {
                        aliases.insert(alias, name);
                    }
                }
                Token::Open { kind, labels } => self.open(*kind, labels.clone()),
                Token::Close => {
                    self.scopes.pop();
                }
                Token::Tag => {
                    self.tags += 1;
                    text.push_str(&self.tags.to_string());
                }
                Token::Program => text.push_str(self.name),
            }
        }
        if let Some(scope) = self.scopes.last_mut() {
            for variable in scope.variables.iter_mut().filter(|variable| later.contains(&variable.name)) {
                variable.known = true;
            }
        }
        let ended = match construct.ends {
            Ends::Never => false,
            Ends::Always => true,
            Ends::WithAllBlocks => blocks > 0 && blocks == ended_blocks,
        };
        Made { text, ended }
    }

    fn statements(&mut self, scope: bool, open: bool, depth: usize) -> Made {
        if scope {
            self.open(ScopeKind::Block, Vec::new());
        }
        let mut text = String::new();
        let ended = loop {
            let start = self.choices.count();
            let made = self.one_of(STATEMENT, depth, |one| !open || one.ends == Ends::Never);
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&made.text);
            let longer = if depth <= 1 { 8 } else { 2 };
            let more = self.choices.pick(longer + 1) > usize::from(depth > 1);
            self.choices.close(start);
            if made.ended || !more || self.choices.count() >= MAX_CHOICES {
                break made.ended;
            }
        };
        if scope {
            self.scopes.pop();
        }
        Made { text, ended }
    }

    fn open(&mut self, kind: ScopeKind, labels: Vec<String>) {
        self.scopes.push(Scope {
            kind,
            labels,
            variables: Vec::new(),
            used: BTreeSet::new(),
            declared: BTreeSet::new(),
        });
    }

    fn pool_name(&mut self) -> String {
        let names = &self.grammar.facts.names;
        names[self.choices.pick(names.len())].clone()
    }

    /// Chooses a name that may be declared here, and declares it.
    fn declare(&mut self, kind: &str, mutable: bool, when: When, needed: &BTreeSet<String>) -> String {
        let may = |name: &&String| when != When::Fresh && !needed.contains(*name) && self.is_free(name);
        let free: Vec<String> = self.grammar.facts.names.iter().filter(may).cloned().collect();
        let name = if free.is_empty() {
            self.fresh += 1;
            format!("v{}", self.fresh)
        } else {
            free[self.choices.pick(free.len())].clone()
        };
        if let Some(function) = self.scopes.iter_mut().rfind(|scope| scope.kind != ScopeKind::Block) {
            function.declared.insert(name.clone());
        }
        if let Some(scope) = self.scopes.last_mut() {
            let kind = kind.to_owned();
            scope.variables.push(Variable { name: name.clone(), kind, mutable, known: when == When::Now });
        }
        name
    }

    /// The names that a construct means to use itself, and so must not hide.
    fn needed(&self, construct: &Construct) -> BTreeSet<String> {
        let kinds = construct.code.iter().filter_map(|token| match token {
            Token::Variable { kind, assign, .. } => Some((kind, *assign)),
            _ => None,
        });
        let places = kinds.flat_map(|(kind, assign)| self.variables(kind, assign));
        places.map(|(level, index)| self.scopes[level].variables[index].name.clone()).collect()
    }

    fn is_free(&self, name: &str) -> bool {
        let shadowing = self.grammar.facts.shadowing;
        for scope in self.scopes.iter().rev() {
            if scope.used.contains(name) || scope.variables.iter().any(|variable| variable.name == name) {
                return false;
            }
            let last = match shadowing {
                Shadowing::Blocks => true,
                Shadowing::Functions => scope.kind != ScopeKind::Block,
                Shadowing::Classes => scope.kind == ScopeKind::Class,
            };
            if last {
                return true;
            }
        }
        true
    }

    /// Uses one of the known names.
    fn refer(&mut self, kind: &str, assign: bool) -> String {
        let known: Vec<(usize, usize)> = self.variables(kind, assign).collect();
        let (level, index) = known[self.choices.pick(known.len())];
        let name = self.scopes[level].variables[index].name.clone();
        for scope in &mut self.scopes[level + 1..] {
            scope.used.insert(name.clone());
        }
        name
    }
}
