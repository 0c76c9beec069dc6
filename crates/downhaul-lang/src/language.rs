//! What downhaul knows of a language.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalog::LanguageFiles;
use crate::grammar::grammar;
use crate::pattern::Patterns;
use crate::syntax::{CleanupEngine, CleanupFacts};
use crate::template::Template;
use crate::tree::Grammar;

/// Index of a language in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageId(pub usize);

/// A language: its facts, and its queries, read when they are first needed.
#[derive(Debug)]
pub struct Language {
    /// The name of its folder.
    pub id: &'static str,
    /// The facts of `language.toml`.
    pub facts: LanguageFacts,
    files: &'static LanguageFiles,
    engine: OnceLock<Engine>,
    cleanup: OnceLock<Option<CleanupEngine>>,
}

/// The grammar and the roles of its nodes.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) grammar: Grammar,
    pub(crate) patterns: Patterns,
}

/// `language.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageFacts {
    /// What people call it.
    pub name: String,
    /// The grammar that reads it.
    pub grammar: String,
    /// How its code stands in other text.
    #[serde(default)]
    pub template: Option<Template>,
    /// A language whose queries hold here too.
    #[serde(default)]
    pub inherits: Option<String>,
    /// File extensions, without the dot.
    pub extensions: Vec<String>,
    /// What begins a comment.
    pub comments: Vec<String>,
    /// How imports are written.
    pub imports: ImportStyle,
    /// Files that stand for their folder, without extension.
    #[serde(default)]
    pub index_files: Vec<String>,
    /// Extensions that an import may leave out.
    pub resolve_extensions: Vec<String>,
    /// How a method names its object.
    pub this: Vec<String>,
    /// Globs of test files.
    #[serde(default)]
    pub test_paths: Vec<String>,
    /// Functions that make or describe fakes.
    #[serde(default)]
    pub mocks: Vec<String>,
    /// Members of the own class can be named without `this`.
    #[serde(default)]
    pub implicit_members: bool,
    /// Blocks have no names of their own.
    #[serde(default)]
    pub function_scope: bool,
    /// All files of a folder see each other's names.
    #[serde(default)]
    pub package_scope: bool,
    /// The language whose names it shares, if not its own alone: C's for C++, Ruby's for its templates.
    #[serde(default)]
    pub family: Option<String>,
    /// The language that people take it for: TypeScript for TSX.
    #[serde(default)]
    pub dialect_of: Option<String>,
    /// All files of the project see each other's types, constants and functions, by name alone or below their package.
    #[serde(default)]
    pub project_scope: bool,
    /// A name alone in a pattern stands for whatever there is.
    #[serde(default)]
    pub patterns_bind: bool,
    /// A method without arguments is called by its name alone.
    #[serde(default)]
    pub uniform_access: bool,
    /// What the name of a field begins with where its accessor does not (Ruby).
    #[serde(default)]
    pub field_prefix: String,
    /// A call of a class makes an object of it.
    #[serde(default)]
    pub constructor_is_call: bool,
    /// What the last expression of a block is.
    #[serde(default)]
    pub tail: Tail,
    /// Functions that run once at start.
    #[serde(default)]
    pub init_functions: Vec<String>,
    /// A member of an enum is known to others by its own name, unless an attribute says otherwise.
    #[serde(default)]
    pub member_names_are_keys: bool,
    /// Attributes that give a member of an enum another name.
    #[serde(default)]
    pub rename_attributes: Vec<String>,
}

/// How a language writes imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportStyle {
    /// `import { a as b } from './c'`.
    Es,
    /// `from a.b import c as d`.
    Python,
    /// `import a.b.C`.
    Java,
    /// `import c "a/b"`.
    Go,
    /// `use a::{b as c, d::*}`.
    Rust,
    /// `using A.B`, `using static A.B.C`, `using C = A.B.C`.
    Csharp,
    /// `use A\B\{C, D as E}`.
    Php,
    /// `import Module`, `import struct Module.Name`: a module as a whole.
    Module,
    /// `import 'a/b.dart' as c show d`.
    Dart,
    /// `import a.b.{C, D => E, _}`.
    Scala,
    /// `alias A.B, as: C`, `import A.B`.
    Elixir,
    /// `#include "a/b.h"`: all that a file says.
    Include,
    /// Nothing is imported by name; what a file takes in is known to all of it.
    None,
}

/// What the last expression of a block is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// A statement like the others.
    #[default]
    Nothing,
    /// The value of the block; what a lambda returns.
    Lambdas,
    /// The value of the block; what a function returns.
    Functions,
}

impl Language {
    pub(crate) fn new(files: &'static LanguageFiles) -> Result<Self, String> {
        let facts: LanguageFacts = toml::from_str(files.facts).map_err(|error| error.to_string())?;
        Ok(Language { id: files.id, facts, files, engine: OnceLock::new(), cleanup: OnceLock::new() })
    }

    /// The grammar and the roles; made at the first call. `relatives` are the languages it inherits from.
    pub(crate) fn engine(&self, relatives: &[&Language]) -> &Engine {
        self.engine.get_or_init(|| self.build(relatives).unwrap_or_else(|why| panic!("language {}: {why}", self.id)))
    }

    /// Reads the queries. Separate from [`Language::engine`] so that a test can show what is wrong.
    pub(crate) fn build(&self, relatives: &[&Language]) -> Result<Engine, String> {
        let grammar = Grammar::named(&self.facts.grammar).ok_or("the grammar is not linked in")?;
        let mut patterns = Patterns::default();
        let sets = std::iter::once((self, false)).chain(relatives.iter().map(|relative| (*relative, true)));
        for (language, lenient) in sets {
            for (file, text) in language.files.queries {
                patterns
                    .add(text, &grammar, lenient)
                    .map_err(|why| format!("languages/{}/{file}: {why}", language.id))?;
            }
        }
        Ok(Engine { grammar, patterns })
    }

    /// What the clean-up knows; made at the first call. `None` where the language cannot be cleaned.
    pub(crate) fn cleanup_engine(&self, relatives: &[&Language]) -> Option<&CleanupEngine> {
        let build = || self.build_cleanup(relatives).unwrap_or_else(|why| panic!("language {}: {why}", self.id));
        self.cleanup.get_or_init(build).as_ref()
    }

    /// Reads `cleanup.scm` and `cleanup.toml`, those of its relatives included.
    fn build_cleanup(&self, relatives: &[&Language]) -> Result<Option<CleanupEngine>, String> {
        let grammar = Grammar::named(&self.facts.grammar).ok_or("the grammar is not linked in")?;
        let family = || std::iter::once(self).chain(relatives.iter().copied());
        // What a template is rewritten to is there to be read, and not what stands in the file.
        if self.facts.template.is_some() {
            return Ok(None);
        }
        let Some(facts) = family().find_map(|language| language.files.cleanup) else { return Ok(None) };
        let facts: CleanupFacts = toml::from_str(facts).map_err(|error| format!("cleanup.toml: {error}"))?;
        let mut roles = Patterns::default();
        for (index, language) in family().enumerate() {
            if let Some(text) = language.files.cleanup_roles {
                let located = |why| format!("languages/{}/cleanup.scm: {why}", language.id);
                roles.add(text, &grammar, index > 0).map_err(located)?;
            }
        }
        Ok(Some(CleanupEngine { grammar, roles, facts }))
    }

    /// Whether there is a quicker parser for it than tree-sitter.
    pub fn has_quick_parser(&self) -> bool {
        matches!(self.facts.grammar.as_str(), "javascript" | "typescript" | "tsx")
    }

    /// The query files with their names.
    pub fn queries(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let cleanup = self.files.cleanup_roles.map(|text| ("cleanup.scm", text));
        self.files.queries.iter().copied().chain(cleanup)
    }

    /// The grammar itself, for those who run queries of their own.
    pub fn grammar(&self) -> Option<tree_sitter::Language> {
        grammar(&self.facts.grammar)
    }
}
