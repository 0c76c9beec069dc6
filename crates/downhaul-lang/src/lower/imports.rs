//! Imports and exports, read from their tokens: what stands between the words differs by language, not by much.

use super::Lower;
use crate::facts::{BindingKind, EntryKey, Export, ExportTarget, ExprId, ExprKind, Import, Imported, Sym};
use crate::language::ImportStyle;
use crate::pattern::Match;
use crate::role::Part;
use crate::tree::Node;

/// One name that an import makes: the module, what of it, and the name.
type Made = (String, Imported0, String);

/// What of a module is imported, before names are interned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Imported0 {
    Module,
    Default,
    Name(String),
    All,
}

impl Lower<'_> {
    pub(super) fn import(&mut self, node: Node<'_>) {
        let tokens = self.tokens(node);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let made = match self.language.facts.imports {
            ImportStyle::Es => es(&tokens),
            ImportStyle::Python => python(&tokens),
            ImportStyle::Java => java(&tokens),
            ImportStyle::Go => go(&tokens),
            ImportStyle::Rust => rust(&tokens),
            ImportStyle::Csharp => csharp(&tokens),
            ImportStyle::Php => php(&tokens),
            ImportStyle::Module => module(&tokens),
            ImportStyle::Dart => dart(&tokens),
            ImportStyle::Scala => scala(&tokens),
            ImportStyle::Elixir => elixir(&tokens),
            ImportStyle::Include => include(&tokens),
            ImportStyle::None => Vec::new(),
        };
        let span = self.bytes(node);
        for (module, what, local) in made {
            let index = u32::try_from(self.facts.imports.len()).unwrap_or(u32::MAX);
            let module = self.facts.intern(&module);
            let what = self.imported(what);
            self.facts.imports.push(Import { module, what, span: span.clone() });
            if !local.is_empty() {
                let local = self.facts.intern(&local);
                self.bind(local, span.clone(), BindingKind::Import(index), Vec::new(), Vec::new());
            }
        }
    }

    fn imported(&mut self, what: Imported0) -> Imported {
        match what {
            Imported0::Module => Imported::Module,
            Imported0::Default => Imported::Default,
            Imported0::Name(name) => Imported::Name(self.facts.intern(&name)),
            Imported0::All => Imported::All,
        }
    }

    /// The words of a node, without comments; texts lose their quotes and begin with a `"`.
    fn tokens(&self, node: Node<'_>) -> Vec<String> {
        let mut tokens = Vec::new();
        self.collect_tokens(node, &mut tokens);
        tokens
    }

    fn collect_tokens(&self, node: Node<'_>, tokens: &mut Vec<String>) {
        if node.is_extra() {
            return;
        }
        if node.kind().contains("string") && node.is_named() {
            tokens.push(format!("\"{}", self.text_of(node).trim_matches(['"', '\'', '`'])));
        } else if node.child(0).is_none() {
            let text = self.text_of(node).trim();
            if !text.is_empty() {
                tokens.push(text.trim_matches('`').to_owned());
            }
        } else {
            let mut at = node.start_byte();
            for child in node.children() {
                // Some grammars hide their punctuation.
                let hidden = self.text.get(at..child.start_byte()).unwrap_or_default().trim();
                if !hidden.is_empty() {
                    tokens.push(hidden.to_owned());
                }
                self.collect_tokens(child, tokens);
                at = child.end_byte();
            }
        }
    }

    pub(super) fn export(&mut self, node: Node<'_>) {
        let is_default = node.child(1).is_some_and(|word| word.kind() == "default");
        if let Some(declaration) = node.child_by_field_name("declaration") {
            self.exporting = true;
            let first = self.facts.exports.len();
            self.statement(declaration);
            self.exporting = false;
            if is_default {
                let default = self.facts.intern("default");
                for export in self.facts.exports.iter_mut().skip(first).take(1) {
                    export.name = Some(default);
                }
                if self.facts.exports.len() == first {
                    self.export_nameless_default(declaration, default);
                }
            }
        } else if let Some(value) = node.child_by_field_name("value") {
            let value = self.value(value);
            let name = self.facts.intern("default");
            self.facts.exports.push(Export { name: Some(name), target: ExportTarget::Value(value) });
        } else {
            self.export_list(node);
        }
        for decorator in node.named_children().filter(|child| child.kind() == "decorator") {
            self.statement(decorator);
        }
    }

    /// `export default function () {}`: the declaration that was just read has no name.
    fn export_nameless_default(&mut self, declaration: Node<'_>, default: Sym) {
        let span = self.bytes(declaration);
        let function = self.facts.functions.iter().rposition(|function| function.span == span);
        if let Some(index) = function {
            let function = crate::facts::FunctionId(u32::try_from(index).unwrap_or(u32::MAX));
            let id = self.expr(declaration, ExprKind::Function(function));
            self.facts.exports.push(Export { name: Some(default), target: ExportTarget::Value(id) });
        }
    }

    fn export_list(&mut self, node: Node<'_>) {
        let tokens = self.tokens(node);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let source = tokens.iter().find_map(|token| token.strip_prefix('"'));
        let source = source.map(|source| self.facts.intern(source));
        let names = tokens.iter().position(|token| *token == "{").map(|open| named(&tokens[open + 1..]));
        match (names, source) {
            (Some(names), source) => {
                for (name, alias) in names {
                    let what = if name == "default" { Imported0::Default } else { Imported0::Name(name.to_owned()) };
                    let local = self.facts.intern(name);
                    let alias = self.facts.intern(alias);
                    let target = match source {
                        Some(source) => ExportTarget::From(source, self.imported(what)),
                        None => ExportTarget::Name(local),
                    };
                    self.facts.exports.push(Export { name: Some(alias), target });
                }
            }
            (None, Some(source)) => {
                let alias = tokens.windows(2).find(|pair| pair[0] == "as").map(|pair| pair[1]);
                let name = alias.map(|alias| self.facts.intern(alias));
                let what = if name.is_some() { Imported::Module } else { Imported::All };
                self.facts.exports.push(Export { name, target: ExportTarget::From(source, what) });
            }
            (None, None) => {}
        }
    }

    /// Says that others can import `name`, if an `export` stands before what is being read.
    pub(super) fn export_name(&mut self, name: Sym) {
        if self.exporting {
            self.facts.exports.push(Export { name: Some(name), target: ExportTarget::Name(name) });
        }
    }

    pub(super) fn export_as(&mut self, name: Sym, value: ExprId) {
        self.facts.exports.push(Export { name: Some(name), target: ExportTarget::Value(value) });
    }

    /// `module.exports = value`: its entries can be imported by name.
    pub(super) fn export_value(&mut self, value: ExprId) {
        let default = self.facts.intern("default");
        self.facts.exports.push(Export { name: Some(default), target: ExportTarget::Value(value) });
        if let ExprKind::Object(entries) = &self.facts.expr(value).kind {
            let named: Vec<(Sym, ExprId)> = entries
                .iter()
                .filter_map(|entry| match (entry.key, entry.value) {
                    (EntryKey::Text(name), Some(value)) => Some((name, value)),
                    _ => None,
                })
                .collect();
            for (name, value) in named {
                self.export_as(name, value);
            }
        }
    }

    pub(super) fn package(&mut self, node: Node<'_>, found: &Match<'_>) {
        let tokens = self.tokens(found.part(Part::Name).unwrap_or(node));
        let name: String =
            tokens.iter().filter(|token| !matches!(token.as_str(), "package" | ";")).map(String::as_str).collect();
        self.facts.package = Some(self.facts.intern(&name));
        if let Some(body) = found.part(Part::Body) {
            self.children(body);
        }
    }
}

/// `a, b as c }` as pairs of name and alias.
fn named<'a>(tokens: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let inside = tokens.iter().position(|token| *token == "}").map_or(tokens, |close| &tokens[..close]);
    inside
        .split(|token| *token == ",")
        .filter_map(|item| {
            let item: Vec<&str> = item.iter().copied().filter(|token| *token != "type").collect();
            match item[..] {
                [name] => Some((name, name)),
                [name, "as", alias] => Some((name, alias)),
                _ => None,
            }
        })
        .collect()
}

fn es(tokens: &[&str]) -> Vec<Made> {
    let Some(module) = tokens.iter().rev().find_map(|token| token.strip_prefix('"')) else { return Vec::new() };
    let module = module.to_owned();
    let mut made = Vec::new();
    let words: Vec<&str> = tokens.iter().copied().skip(1).take_while(|token| *token != "from").collect();
    if words.len() == tokens.len() - 1 {
        // For its side effects, or `import x = require('y')`.
        if let [name, "=", ..] = words[..] {
            made.push((module, Imported0::Module, name.to_owned()));
        }
        return made;
    }
    if let Some(open) = words.iter().position(|token| *token == "{") {
        for (name, alias) in named(&words[open + 1..]) {
            let what = if name == "default" { Imported0::Default } else { Imported0::Name(name.to_owned()) };
            made.push((module.clone(), what, alias.to_owned()));
        }
    }
    if let Some(star) = words.iter().position(|token| *token == "*")
        && let Some(alias) = words.get(star + 2)
    {
        made.push((module.clone(), Imported0::Module, (*alias).to_owned()));
    }
    let first = words.iter().find(|token| **token != "type");
    if let Some(first) = first.filter(|token| !matches!(**token, "{" | "*")) {
        made.push((module, Imported0::Default, (*first).to_owned()));
    }
    made
}

fn python(tokens: &[&str]) -> Vec<Made> {
    let items = |tokens: &[&str]| -> Vec<(String, String)> {
        tokens
            .split(|token| *token == ",")
            .filter_map(|item| {
                let item: Vec<&str> = item.iter().copied().filter(|token| !matches!(*token, "(" | ")")).collect();
                let at = item.iter().position(|token| *token == "as");
                let path: String = item[..at.unwrap_or(item.len())].concat();
                let alias = at.and_then(|at| item.get(at + 1)).map(|alias| (*alias).to_owned());
                (!path.is_empty()).then(|| (path, alias.unwrap_or_default()))
            })
            .collect()
    };
    match tokens {
        ["from", rest @ ..] => {
            let Some(import) = rest.iter().position(|token| *token == "import") else { return Vec::new() };
            let module = rest[..import].concat();
            if rest.get(import + 1) == Some(&"*") {
                return vec![(module, Imported0::All, String::new())];
            }
            items(&rest[import + 1..])
                .into_iter()
                .map(|(name, alias)| {
                    let local = if alias.is_empty() { name.clone() } else { alias };
                    (module.clone(), Imported0::Name(name), local)
                })
                .collect()
        }
        ["import", rest @ ..] => items(rest)
            .into_iter()
            .map(|(path, alias)| {
                if alias.is_empty() {
                    let first = path.split('.').next().unwrap_or_default().to_owned();
                    // Both are reached through the first name; `a.b` is walked member by member.
                    (first.clone(), Imported0::Module, first)
                } else {
                    (path, Imported0::Module, alias)
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn java(tokens: &[&str]) -> Vec<Made> {
    let words: Vec<&str> =
        tokens.iter().copied().filter(|token| !matches!(*token, "import" | "static" | ";")).collect();
    let alias = words.iter().position(|token| *token == "as");
    let path = words[..alias.unwrap_or(words.len())].concat();
    let Some((module, name)) = path.rsplit_once('.') else { return Vec::new() };
    if name == "*" {
        return vec![(module.to_owned(), Imported0::All, String::new())];
    }
    let local = alias.and_then(|at| words.get(at + 1)).copied().unwrap_or(name);
    vec![(module.to_owned(), Imported0::Name(name.to_owned()), local.to_owned())]
}

fn go(tokens: &[&str]) -> Vec<Made> {
    let Some(path) = tokens.iter().find_map(|token| token.strip_prefix('"')) else { return Vec::new() };
    let alias = tokens.first().filter(|token| !token.starts_with('"'));
    match alias {
        Some(&".") => vec![(path.to_owned(), Imported0::All, String::new())],
        Some(&"_") => Vec::new(),
        Some(alias) => vec![(path.to_owned(), Imported0::Module, (*alias).to_owned())],
        None => {
            let is_version = |part: &&str| {
                part.len() > 1 && part.starts_with('v') && part[1..].bytes().all(|byte| byte.is_ascii_digit())
            };
            let name = path.rsplit('/').find(|part| !is_version(part)).unwrap_or(path);
            vec![(path.to_owned(), Imported0::Module, name.to_owned())]
        }
    }
}

fn rust(tokens: &[&str]) -> Vec<Made> {
    let start = tokens.iter().position(|token| *token == "use").map_or(0, |at| at + 1);
    let mut made = Vec::new();
    let mut at = start;
    rust_tree(tokens, &mut at, &[], &mut made);
    made
}

fn csharp(tokens: &[&str]) -> Vec<Made> {
    let words: Vec<&str> =
        tokens.iter().copied().filter(|token| !matches!(*token, "global" | "using" | "unsafe" | ";")).collect();
    if let Some(equals) = words.iter().position(|token| *token == "=") {
        let path = words[equals + 1..].concat();
        let (module, name) = path.rsplit_once('.').unwrap_or(("", &path));
        return vec![(module.to_owned(), Imported0::Name(name.to_owned()), words[..equals].concat())];
    }
    let path: String = words.iter().copied().filter(|token| *token != "static").collect();
    vec![(path, Imported0::All, String::new())]
}

fn php(tokens: &[&str]) -> Vec<Made> {
    let words: Vec<&str> =
        tokens.iter().copied().filter(|token| !matches!(*token, "use" | "function" | "const" | ";")).collect();
    let open = words.iter().position(|token| *token == "{");
    let prefix = words[..open.unwrap_or(0)].concat();
    let items = &words[open.map_or(0, |open| open + 1)..];
    items
        .split(|token| *token == ",")
        .filter_map(|item| {
            let item: Vec<&str> = item.iter().copied().filter(|token| *token != "}").collect();
            let at = item.iter().position(|token| *token == "as");
            let path = format!("{prefix}{}", item[..at.unwrap_or(item.len())].concat());
            let path = path.trim_start_matches('\\');
            let (module, name) = path.rsplit_once('\\').unwrap_or(("", path));
            let local = at.and_then(|at| item.get(at + 1)).copied().unwrap_or(name);
            (!name.is_empty()).then(|| (module.to_owned(), Imported0::Name(name.to_owned()), local.to_owned()))
        })
        .collect()
}

/// `@testable import struct Module.Name`.
fn module(tokens: &[&str]) -> Vec<Made> {
    let Some(import) = tokens.iter().position(|token| *token == "import") else { return Vec::new() };
    let path = tokens[import + 1..].iter().rfind(|token| token.starts_with(char::is_alphabetic)).copied();
    let words: String = tokens[import + 1..].concat();
    let module = words.split('.').next().unwrap_or_default();
    let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"];
    match (kinds.iter().find_map(|kind| module.strip_prefix(kind)), path) {
        (Some(module), Some(name)) if words.contains('.') => {
            vec![(module.to_owned(), Imported0::Name(name.to_owned()), name.to_owned())]
        }
        _ => vec![(module.to_owned(), Imported0::All, String::new())],
    }
}

fn dart(tokens: &[&str]) -> Vec<Made> {
    let Some(path) = tokens.iter().find_map(|token| token.strip_prefix('"')) else { return Vec::new() };
    let alias = tokens.iter().position(|token| *token == "as").and_then(|at| tokens.get(at + 1));
    match alias {
        Some(alias) => vec![(path.to_owned(), Imported0::Module, (*alias).to_owned())],
        None => vec![(path.to_owned(), Imported0::All, String::new())],
    }
}

fn scala(tokens: &[&str]) -> Vec<Made> {
    let words: Vec<&str> = tokens.iter().copied().filter(|token| !matches!(*token, "import" | ";" | "}")).collect();
    let open = words.iter().position(|token| *token == "{");
    let (prefix, items) = match open {
        Some(open) => (words[..open].concat(), &words[open + 1..]),
        None => (String::new(), &words[..]),
    };
    items
        .split(|token| *token == ",")
        .filter_map(|item| {
            let at = item.iter().position(|token| matches!(*token, "=>" | "as"));
            let path = format!("{prefix}{}", item[..at.unwrap_or(item.len())].concat());
            let (module, name) = path.rsplit_once('.')?;
            if matches!(name, "_" | "*") {
                return Some((module.to_owned(), Imported0::All, String::new()));
            }
            let local = at.and_then(|at| item.get(at + 1)).copied().unwrap_or(name);
            Some((module.to_owned(), Imported0::Name(name.to_owned()), local.to_owned()))
        })
        .collect()
}

/// `alias A.B`, `alias A.{B, C}`, `require A.B, as: C`, `import A.B`.
fn elixir(tokens: &[&str]) -> Vec<Made> {
    let [keyword, path, rest @ ..] = tokens else { return Vec::new() };
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let renamed = rest.iter().position(|token| token.trim() == "as:").and_then(|at| rest.get(at + 1));
    match (*keyword, renamed) {
        ("import" | "use", _) => vec![((*path).to_owned(), Imported0::All, String::new())],
        (_, Some(name)) => vec![((*path).to_owned(), Imported0::Module, (*name).to_owned())],
        ("alias", None) if rest.contains(&"{") => {
            let names = rest.iter().filter(|token| token.starts_with(char::is_uppercase));
            names.map(|name| (format!("{path}.{name}"), Imported0::Module, last(name))).collect()
        }
        ("alias", None) => vec![((*path).to_owned(), Imported0::Module, last(path))],
        _ => Vec::new(),
    }
}

fn include(tokens: &[&str]) -> Vec<Made> {
    let path = tokens.iter().find_map(|token| token.strip_prefix('"'));
    let path = path.map(|path| path.trim_matches(['<', '>']).to_owned());
    path.map(|path| (path, Imported0::All, String::new())).into_iter().collect()
}

/// One branch of a `use` tree, from `at` to the `,`, `}` or `;` that ends it.
fn rust_tree(tokens: &[&str], at: &mut usize, prefix: &[&str], made: &mut Vec<Made>) {
    let mut path: Vec<&str> = prefix.to_vec();
    let mut alias = None;
    while let Some(token) = tokens.get(*at) {
        match *token {
            "::" => *at += 1,
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| *token != "}") {
                    rust_tree(tokens, at, &path, made);
                    if tokens.get(*at) == Some(&",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" | ";" => break,
            "as" => {
                alias = tokens.get(*at + 1).copied();
                *at += 2;
            }
            word => {
                path.push(word);
                *at += 1;
            }
        }
    }
    if path.last() == Some(&"self") && path.len() > 1 {
        path.pop();
    }
    let Some((last, module)) = path.split_last() else { return };
    let module = module.join("::");
    if *last == "*" {
        made.push((module, Imported0::All, String::new()));
    } else {
        made.push((module, Imported0::Name((*last).to_owned()), alias.unwrap_or(last).to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(made: &[Made]) -> Vec<String> {
        made.iter().map(|(module, what, local)| format!("{module} {what:?} {local}")).collect()
    }

    #[test]
    fn es_imports() {
        let tokens = ["import", "React", ",", "{", "A", "as", "B", ",", "type", "C", "}", "from", "\"./x", ";"];
        assert_eq!(names(&es(&tokens)), ["./x Name(\"A\") B", "./x Name(\"C\") C", "./x Default React"]);
        assert_eq!(names(&es(&["import", "*", "as", "n", "from", "\"m"])), ["m Module n"]);
        assert_eq!(names(&es(&["import", "\"m"])), Vec::<String>::new());
    }

    #[test]
    fn python_imports() {
        assert_eq!(names(&python(&["from", ".", "x", "import", "(", "a", "as", "b", ",", ")"])), [".x Name(\"a\") b"]);
        assert_eq!(names(&python(&["import", "a", ".", "b", "as", "q", ",", "z"])), ["a.b Module q", "z Module z"]);
        assert_eq!(names(&python(&["from", "m", "import", "*"])), ["m All "]);
    }

    #[test]
    fn rust_imports() {
        let tokens = ["use", "a", "::", "b", "::", "{", "self", ",", "C", "as", "D", ",", "e", "::", "*", "}", ";"];
        assert_eq!(names(&rust(&tokens)), ["a Name(\"b\") b", "a::b Name(\"C\") D", "a::b::e All "]);
    }

    #[test]
    fn other_imports() {
        assert_eq!(names(&csharp(&["using", "A", ".", "B", ";"])), ["A.B All "]);
        assert_eq!(names(&csharp(&["using", "F", "=", "A", ".", "B", ";"])), ["A Name(\"B\") F"]);
        let tokens = ["use", "A", "\\", "B", "\\", "{", "C", ",", "D", "as", "E", "}", ";"];
        assert_eq!(names(&php(&tokens)), ["A\\B Name(\"C\") C", "A\\B Name(\"D\") E"]);
        assert_eq!(names(&module(&["import", "A"])), ["A All "]);
        assert_eq!(names(&module(&["import", "struct", "A", ".", "B"])), ["A Name(\"B\") B"]);
        let tokens = ["alias", "A", ".", "{", "B", ",", "C", "}"];
        assert_eq!(names(&elixir(&tokens)), ["A.B Module B", "A.C Module C"]);
        assert_eq!(names(&elixir(&["require", "A.B", ",", "as: ", "D"])), ["A.B Module D"]);
        assert_eq!(names(&include(&["#include", "\"<a/b.h>"])), ["a/b.h All "]);
        assert_eq!(names(&dart(&["import", "\"a.dart", "as", "b", ";"])), ["a.dart Module b"]);
        assert_eq!(names(&scala(&["import", "a", ".", "b", ".", "_"])), ["a.b All "]);
        let tokens = ["import", "a", ".", "{", "B", ",", "C", "=>", "D", "}"];
        assert_eq!(names(&scala(&tokens)), ["a Name(\"B\") B", "a Name(\"C\") D"]);
    }

    #[test]
    fn go_imports_leave_out_versions() {
        assert_eq!(names(&go(&["\"example.com/flags/v5"])), ["example.com/flags/v5 Module flags"]);
        assert_eq!(names(&go(&["f", "\"example.com/flags"])), ["example.com/flags Module f"]);
    }
}
