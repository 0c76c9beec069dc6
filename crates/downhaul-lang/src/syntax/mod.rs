//! A file's syntax tree in the terms of the clean-up: nodes with roles, the same for all languages.
//!
//! The nodes lie in one list in source order, each with the end of its subtree: whether one is inside another, and
//! what is inside, are comparisons of numbers. Everything is kept, tokens and comments too, since what is rewritten
//! must say exactly where.

mod build;
mod role;

use std::ops::Range;

use serde::Deserialize;

use crate::lower::Unreadable;
use crate::pattern::Patterns;
use crate::tree::Grammar;

use build::Builder;
pub use role::{Part, Role};

/// How deep a tree may be; what walks it may recurse.
const MAX_DEPTH: usize = 1_000;

/// How the clean-up writes a language: `cleanup.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CleanupFacts {
    /// How true is written.
    pub r#true: String,
    /// How false is written.
    pub r#false: String,
    /// How no value is written.
    pub null: String,
    /// How a value that was never given is written, where that is not `null`.
    #[serde(default)]
    pub undefined: String,
    /// What must stand in a block that would else be empty: `{}`, or `pass`.
    pub empty_block: String,
    /// What stands for a value's opposite: `!`, `not `.
    pub not: String,
    /// What makes a statement of an expression: `;` or nothing.
    #[serde(default)]
    pub terminator: String,
    /// Blocks have no names of their own.
    #[serde(default)]
    pub function_scope: bool,
    /// Blocks are lines that are further in, and none may be empty.
    #[serde(default)]
    pub suites: bool,
    /// What a text with computed parts starts with, and one without does not.
    #[serde(default)]
    pub template_prefix: String,
    /// Conditions stand without parentheses.
    #[serde(default)]
    pub bare_conditions: bool,
    /// Names of a file can be imported without being exported, unless they start with `_`.
    #[serde(default)]
    pub public_modules: bool,
    /// What a class declares is reached through the class or an instance alone.
    #[serde(default)]
    pub members_need_owner: bool,
    /// A parameter's default is worked out where the function is declared.
    #[serde(default)]
    pub defaults_outside: bool,
    /// An operator's operands are true or false, and so is what it gives.
    #[serde(default)]
    pub boolean_operators: bool,
    /// Beginnings of names that stand for true or false.
    #[serde(default)]
    pub boolean_names: Vec<String>,
    /// A value of the wrong type is seen before the program runs.
    #[serde(default)]
    pub checked_types: bool,
    /// Files of a folder see each other's names.
    #[serde(default)]
    pub package_scope: bool,
    /// An import's name is the last of its parts.
    #[serde(default)]
    pub imports_end_in_name: bool,
    /// What a class declares is meant by its bare name inside, and is for all unless it says that it is private.
    #[serde(default)]
    pub implicit_members: bool,
    /// Words that make something known to its own file or class alone.
    #[serde(default)]
    pub private: Vec<String>,
    /// Words that make a member one that cannot be another in a class derived from its own.
    #[serde(default)]
    pub sealed: Vec<String>,
    /// Words that make a member one that can be another in a derived class.
    #[serde(default)]
    pub open: Vec<String>,
    /// A name inside a block must not be one of those around it.
    #[serde(default)]
    pub no_shadowing: bool,
    /// The last statement of a block can be its value; this word makes an expression of a block.
    #[serde(default)]
    pub block_value: String,
    /// Of expressions only calls and assignments can be statements.
    #[serde(default)]
    pub only_calls_are_statements: bool,
    /// The value of a block that has none.
    #[serde(default)]
    pub empty_value: String,
    /// Statements that are never reached are errors.
    #[serde(default)]
    pub unreachable_is_error: bool,
    /// Failures that need not be declared where they arise; where there are any, others must arise to be caught.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// Words and marks of a member that is another's in a derived class.
    #[serde(default)]
    pub derived: Vec<String>,
    /// Words of classes whose parameters are more than what is handed to the constructor.
    #[serde(default)]
    pub value_classes: Vec<String>,
    /// Marks of classes whose constructor is made from their fields.
    #[serde(default)]
    pub constructor_marks: Vec<String>,
    /// Marks that do not mean that something not in sight uses what they stand before.
    #[serde(default)]
    pub idle_marks: Vec<String>,
    /// Functions that say what a mock answers.
    #[serde(default)]
    pub mocks: Vec<String>,
    /// Functions that check what a mock was asked.
    #[serde(default)]
    pub mock_checks: Vec<String>,
    /// Marks of tests.
    #[serde(default)]
    pub test_marks: Vec<String>,
    /// Marks of classes that hold tests inside another.
    #[serde(default)]
    pub test_group_marks: Vec<String>,
    /// Marks of functions that run before tests.
    #[serde(default)]
    pub set_up_marks: Vec<String>,
    /// Marks of fields that mocks are put into.
    #[serde(default)]
    pub tested_marks: Vec<String>,
    /// Functions that let through what a function says yes to.
    #[serde(default)]
    pub passing: Vec<String>,
    /// Functions that let through what a function says no to.
    #[serde(default)]
    pub stopping: Vec<String>,
    /// Types that hold true or false alone.
    #[serde(default)]
    pub boolean_types: Vec<String>,
    /// Functions, or beginnings of their names with a `*`, that may be left uncalled when nobody wants the result.
    #[serde(default)]
    pub pure_calls: Vec<String>,
    /// Functions, or beginnings of their names with a `*`, that are handed work to do, and last a list of what it
    /// depends on.
    #[serde(default)]
    pub dependency_lists: Vec<String>,
    /// Functions that hold several tests: a call with a title and a body.
    #[serde(default)]
    pub test_groups: Vec<String>,
    /// Functions that hold one test: a call with a title and a body.
    #[serde(default)]
    pub tests: Vec<String>,
    /// What is done in ways of the language alone, by name.
    #[serde(default)]
    pub hooks: Vec<String>,
}

/// The roles of a language's nodes and its facts.
#[derive(Debug)]
pub(crate) struct CleanupEngine {
    pub(crate) grammar: Grammar,
    pub(crate) roles: Patterns<Role, Part>,
    pub(crate) facts: CleanupFacts,
}

/// Index of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A node.
#[derive(Debug, Clone)]
pub struct SyntaxNode {
    /// What it is; `None` where that does not matter.
    pub role: Option<Role>,
    /// It is more than a token.
    pub named: bool,
    /// It is a comment, or something else that may stand anywhere.
    pub extra: bool,
    /// Where it starts.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// What it is in.
    pub parent: Option<NodeId>,
    /// One past the last node inside it.
    last: u32,
    parts: Range<u32>,
}

/// A syntax tree.
#[derive(Debug)]
pub struct SyntaxTree {
    nodes: Vec<SyntaxNode>,
    parts: Vec<(Part, NodeId)>,
    /// How many places of it are broken.
    pub errors: usize,
}

impl SyntaxTree {
    /// Parses `text`.
    pub(crate) fn read(engine: &CleanupEngine, text: &str) -> Result<SyntaxTree, Unreadable> {
        let tree = engine.grammar.parse_all(text).ok_or(Unreadable::TimedOut)?;
        if tree.depth > MAX_DEPTH {
            return Err(Unreadable::TooDeep);
        }
        Ok(Builder::build(engine, &tree, text))
    }

    /// The whole file.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> &SyntaxNode {
        &self.nodes[id.0 as usize]
    }

    /// What a node is.
    pub fn role(&self, id: NodeId) -> Option<Role> {
        self.node(id).role
    }

    /// Where a node stands.
    pub fn span(&self, id: NodeId) -> Range<usize> {
        self.node(id).start..self.node(id).end
    }

    /// What a node is in.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The nodes around a node, nearest first.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// The child that plays this part.
    pub fn part(&self, id: NodeId, part: Part) -> Option<NodeId> {
        self.parts(id, part).next()
    }

    /// The children that play this part, in source order.
    pub fn parts(&self, id: NodeId, part: Part) -> impl Iterator<Item = NodeId> + '_ {
        self.all_parts(id).iter().filter(move |(name, _)| *name == part).map(|(_, id)| *id)
    }

    /// All captured children with their parts.
    pub fn all_parts(&self, id: NodeId) -> &[(Part, NodeId)] {
        let range = &self.node(id).parts;
        &self.parts[range.start as usize..range.end as usize]
    }

    /// The children, tokens and comments included.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).last;
        let mut next = id.0 + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let id = NodeId(next);
                next = self.node(id).last;
                id
            })
        })
    }

    /// The children that are more than tokens, without comments.
    pub fn items(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(|id| self.node(*id).named && !self.node(*id).extra)
    }

    /// Everything inside a node, itself included, in source order.
    pub fn inside(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (id.0..self.node(id).last).map(NodeId)
    }

    /// Whether `inner` is inside `outer` or is it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer.0 <= inner.0 && inner.0 < self.node(outer).last
    }

    /// All nodes.
    pub fn all(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The smallest node that covers a range.
    pub fn covering(&self, range: &Range<usize>) -> NodeId {
        let mut found = self.root();
        loop {
            let inside = self.children(found).find(|id| {
                let node = self.node(*id);
                node.start <= range.start && range.end <= node.end
            });
            match inside {
                Some(id) => found = id,
                None => return found,
            }
        }
    }
}
