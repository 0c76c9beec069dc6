//! A language's constructs as data: what can stand where, and what it is made of.
//!
//! A construct is a text with marks in `«»`:
//!
//! | mark | becomes |
//! |---|---|
//! | `«int»` | any construct of the sort `int` |
//! | `«block»`, `«body»` | statements; `block` in a scope of its own, `body` in the one around it |
//! | `«open block»`, `«open body»` | the same, and what follows can be reached |
//! | `«let x: int»`, `«let x: mut int»` | a new name, known after this construct; `«x»` repeats it |
//! | `«bind x: int»` | a new name, known from here on |
//! | `«fresh x: int»` | a new name that nothing else in the program has, known after this construct |
//! | `«key x»` | a name that means nothing by itself: a member, a keyword |
//! | `«var int»`, `«var x: int»`, `«set int»` | a known name; one that may be reassigned |
//! | `«scope block»`, `«scope function LABEL…»`, `«scope class»`, `«end»` | begin and end of a scope |
//! | `«#»` | a number of its own |
//! | `«program»` | the program's name |

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The sort of which blocks are made.
pub(super) const STATEMENT: &str = "statement";
/// More than any construct needs.
const NEVER: usize = 1000;

/// All that can be generated in one language.
#[derive(Debug)]
pub(super) struct Grammar {
    pub(super) facts: Facts,
    /// The files of a program in which constructs put something, with `«section»` marks.
    pub(super) files: BTreeMap<String, FileShape>,
    sorts: BTreeMap<String, Vec<Construct>>,
}

/// What the generator must know of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Facts {
    /// Between the program's folder and a file: nothing, in all languages so far.
    pub(super) names: Vec<String>,
    pub(super) shadowing: Shadowing,
    pub(super) captures: Captures,
}

/// Where a name may be declared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shadowing {
    /// In each block.
    Blocks,
    /// In each function; blocks share the names of their function.
    Functions,
    /// Only in classes.
    Classes,
}

/// What an inner function may do with a variable of an outer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Captures {
    /// Read and assign.
    Assign,
    /// Read.
    Read,
    /// Read, if it is never reassigned.
    Final,
}

/// A file of each program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileShape {
    /// Its text, with a mark for each section.
    pub(super) code: String,
    /// Whether it exists even if no construct puts anything in.
    #[serde(default)]
    pub(super) always: bool,
}

/// One thing that can be generated.
#[derive(Debug)]
pub(super) struct Construct {
    /// `sort/name`.
    pub(super) name: String,
    pub(super) weight: u32,
    pub(super) code: Vec<Token>,
    /// What else it needs: file, section, text.
    pub(super) also: Vec<(String, String, String)>,
    /// Labels that the scopes around it must bear.
    pub(super) inside: Vec<String>,
    /// The kept sides it is for; none means all.
    pub(super) keep: Vec<String>,
    pub(super) ends: Ends,
    /// How deep it is nested at least.
    pub(super) depth: usize,
}

/// Whether what follows can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ends {
    /// It can.
    #[default]
    Never,
    /// It cannot.
    Always,
    /// It cannot if no block inside lets through.
    WithAllBlocks,
}

/// A piece of a construct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Text(String),
    Sort(String),
    Statements {
        scope: bool,
        open: bool,
    },
    Declare {
        alias: String,
        kind: String,
        mutable: bool,
        when: When,
    },
    Key(String),
    /// What an alias stands for.
    Alias(String),
    Variable {
        alias: Option<String>,
        kind: String,
        assign: bool,
    },
    Open {
        kind: ScopeKind,
        labels: Vec<String>,
    },
    Close,
    Tag,
    Program,
}

/// From where on a name is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    After,
    Now,
    /// As `After`, and the name is unlike all others.
    Fresh,
}

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Block,
    Function,
    Class,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    language: Facts,
    file: BTreeMap<String, FileShape>,
    make: BTreeMap<String, BTreeMap<String, WireConstruct>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WireConstruct {
    Plain(String),
    Full(FullConstruct),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullConstruct {
    code: String,
    #[serde(default = "one")]
    weight: u32,
    /// `file#section` → text.
    #[serde(default)]
    also: BTreeMap<String, String>,
    #[serde(default)]
    inside: Vec<String>,
    #[serde(default)]
    keep: Vec<String>,
    #[serde(default)]
    ends: Ends,
}

fn one() -> u32 {
    1
}

impl Grammar {
    /// Reads a language's constructs.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let wire: Wire = toml::from_str(text)?;
        let mut sorts: BTreeMap<String, Vec<Construct>> = BTreeMap::new();
        for (sort, constructs) in wire.make {
            for (name, construct) in constructs {
                let name = format!("{sort}/{name}");
                let construct = read(&name, construct, &wire.file).with_context(|| name.clone())?;
                sorts.entry(sort.clone()).or_default().push(construct);
            }
        }
        let mut grammar = Grammar { facts: wire.language, files: wire.file, sorts };
        grammar.check_sorts()?;
        grammar.measure()?;
        Ok(grammar)
    }

    /// The constructs of a sort, simplest first.
    pub(super) fn of(&self, sort: &str) -> &[Construct] {
        self.sorts.get(sort).map_or(&[], Vec::as_slice)
    }

    /// All constructs.
    pub(super) fn constructs(&self) -> impl Iterator<Item = &Construct> {
        self.sorts.values().flatten()
    }

    fn check_sorts(&self) -> Result<()> {
        for construct in self.constructs() {
            for sort in construct.code.iter().filter_map(sort_of) {
                ensure!(self.sorts.contains_key(sort), "{}: there is no sort `{sort}`", construct.name);
            }
        }
        Ok(())
    }

    /// Works out how deep each construct is nested at least, and sorts by that.
    fn measure(&mut self) -> Result<()> {
        let mut least: BTreeMap<String, usize> = self.sorts.keys().map(|sort| (sort.clone(), NEVER)).collect();
        loop {
            let mut settled = true;
            for (sort, constructs) in &mut self.sorts {
                for construct in constructs {
                    let inner = construct.code.iter().filter_map(sort_of).map(|sort| least[sort]);
                    construct.depth = 1 + inner.max().unwrap_or(0);
                    if construct.depth < least[sort] {
                        least.insert(sort.clone(), construct.depth);
                        settled = false;
                    }
                }
            }
            if settled {
                break;
            }
        }
        for (sort, constructs) in &mut self.sorts {
            constructs.sort_by(|a, b| (a.depth, &a.name).cmp(&(b.depth, &b.name)));
            let sure = |construct: &Construct| {
                construct.inside.is_empty()
                    && construct.keep.is_empty()
                    && construct.ends == Ends::Never
                    && !construct.code.iter().any(|token| matches!(token, Token::Variable { .. }))
            };
            ensure!(constructs.iter().any(sure), "the sort `{sort}` has no construct that can stand anywhere");
            if let Some(endless) = constructs.iter().find(|construct| construct.depth > NEVER) {
                bail!("{} never ends", endless.name);
            }
        }
        Ok(())
    }
}

fn sort_of(token: &Token) -> Option<&str> {
    match token {
        Token::Sort(sort) => Some(sort),
        Token::Statements { .. } => Some(STATEMENT),
        _ => None,
    }
}

fn read(name: &str, wire: WireConstruct, files: &BTreeMap<String, FileShape>) -> Result<Construct> {
    let full = match wire {
        WireConstruct::Full(full) => full,
        WireConstruct::Plain(code) => {
            FullConstruct { code, weight: 1, also: BTreeMap::new(), inside: vec![], keep: vec![], ends: Ends::Never }
        }
    };
    let mut also = Vec::new();
    for (place, text) in full.also {
        let (file, section) = place.split_once('#').context("`also` wants file#section")?;
        let shape = files.get(file).with_context(|| format!("there is no file `{file}`"))?;
        ensure!(shape.code.contains(&format!("«{section}»")), "{file} has no section `{section}`");
        also.push((file.to_owned(), section.to_owned(), text.trim_end_matches('\n').to_owned()));
    }
    Ok(Construct {
        name: name.to_owned(),
        weight: full.weight,
        code: tokens(full.code.trim_end_matches('\n'))?,
        also,
        inside: full.inside,
        keep: full.keep,
        ends: full.ends,
        depth: NEVER,
    })
}

fn tokens(code: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut aliases: Vec<String> = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find('«') {
        if start > 0 {
            tokens.push(Token::Text(rest[..start].to_owned()));
        }
        let length = rest[start..].find('»').context("a « has no »")?;
        let token = token(&rest[start + '«'.len_utf8()..start + length], &aliases)?;
        match &token {
            Token::Declare { alias, .. } | Token::Key(alias) | Token::Variable { alias: Some(alias), .. } => {
                aliases.push(alias.clone());
            }
            _ => {}
        }
        tokens.push(token);
        rest = &rest[start + length + '»'.len_utf8()..];
    }
    if !rest.is_empty() {
        tokens.push(Token::Text(rest.to_owned()));
    }
    Ok(tokens)
}

fn token(mark: &str, aliases: &[String]) -> Result<Token> {
    if aliases.iter().any(|alias| alias == mark) {
        return Ok(Token::Alias(mark.to_owned()));
    }
    let words: Vec<&str> = mark.split([' ', ':']).filter(|word| !word.is_empty()).collect();
    let owned = |word: &&str| (*word).to_owned();
    let declare = |alias: &str, kind: &str, mutable, when| Token::Declare {
        alias: alias.to_owned(),
        kind: kind.to_owned(),
        mutable,
        when,
    };
    Ok(match words.as_slice() {
        ["#"] => Token::Tag,
        ["program"] => Token::Program,
        ["end"] => Token::Close,
        ["block"] => Token::Statements { scope: true, open: false },
        ["body"] => Token::Statements { scope: false, open: false },
        ["open", "block"] => Token::Statements { scope: true, open: true },
        ["open", "body"] => Token::Statements { scope: false, open: true },
        ["let", alias, "mut", kind] => declare(alias, kind, true, When::After),
        ["let", alias, kind] => declare(alias, kind, false, When::After),
        ["bind", alias, "mut", kind] => declare(alias, kind, true, When::Now),
        ["bind", alias, kind] => declare(alias, kind, false, When::Now),
        ["fresh", alias, "mut", kind] => declare(alias, kind, true, When::Fresh),
        ["fresh", alias, kind] => declare(alias, kind, false, When::Fresh),
        ["key", alias] => Token::Key(owned(alias)),
        ["var", kind] => Token::Variable { alias: None, kind: owned(kind), assign: false },
        ["var", alias, kind] => Token::Variable { alias: Some(owned(alias)), kind: owned(kind), assign: false },
        ["set", kind] => Token::Variable { alias: None, kind: owned(kind), assign: true },
        ["set", alias, kind] => Token::Variable { alias: Some(owned(alias)), kind: owned(kind), assign: true },
        ["scope", kind, labels @ ..] => {
            let kind = match *kind {
                "block" => ScopeKind::Block,
                "function" => ScopeKind::Function,
                "class" => ScopeKind::Class,
                other => bail!("no scope `{other}`"),
            };
            Token::Open { kind, labels: labels.iter().map(owned).collect() }
        }
        [sort] => Token::Sort(owned(sort)),
        _ => bail!("`«{mark}»` is no mark"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read() {
        let read = tokens("const «let a: flag» = «flag»; «a»").unwrap();
        let [Token::Text(_), Token::Declare { .. }, Token::Text(_), Token::Sort(sort), Token::Text(_), Token::Alias(a)] =
            read.as_slice()
        else {
            panic!("{read:?}")
        };
        assert_eq!((sort.as_str(), a.as_str()), ("flag", "a"));
        assert!(tokens("«let a»").is_err() && tokens("«open").is_err() && tokens("«scope moon»").is_err());
    }
}
