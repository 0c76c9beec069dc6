//! A syntax tree as everything else here reads it: one list of nodes in source order, whichever parser made it.
//!
//! What is inside a node is a range of the list, and the next sibling of a node is where its range ends: to walk is to
//! count. Kinds and fields have the numbers that tree-sitter's grammar gives them.

#[cfg(feature = "javascript")]
mod oxc;
mod sitter;

use std::ops::Range;

use crate::grammar::grammar;

/// A grammar, and the names of its nodes by their number.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) language: tree_sitter::Language,
    kinds: Vec<Box<str>>,
    /// A quicker parser for the same language, if there is one.
    #[cfg(feature = "javascript")]
    quick: Option<oxc::Oxc>,
}

impl Grammar {
    /// The grammar with this name, if it is linked in.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let language = grammar(name)?;
        let count = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        let kinds = (0..count).map(|kind| language.node_kind_for_id(kind).unwrap_or_default().into()).collect();
        Some(Grammar {
            #[cfg(feature = "javascript")]
            quick: oxc::Oxc::named(name, &language),
            language,
            kinds,
        })
    }

    /// The tree of a text, by the quickest parser that reads it; `None` if it takes too long. Tokens are in it where
    /// queries ask for them.
    pub(crate) fn parse(&self, text: &str) -> Option<Tree<'_>> {
        self.parse_quickly(text).or_else(|| self.parse_all(text))
    }

    /// The tree of a text by the quicker parser, if there is one and it reads the text.
    #[cfg(feature = "javascript")]
    pub(crate) fn parse_quickly(&self, text: &str) -> Option<Tree<'_>> {
        self.quick.as_ref()?.parse(self, text)
    }

    /// The tree of a text by the quicker parser, if there is one and it reads the text.
    #[cfg(not(feature = "javascript"))]
    pub(crate) fn parse_quickly(&self, _: &str) -> Option<Tree<'_>> {
        None
    }

    /// The tree of a text with all that is in it, by tree-sitter; `None` if it takes too long.
    pub(crate) fn parse_all(&self, text: &str) -> Option<Tree<'_>> {
        sitter::parse(self, text)
    }
}

/// A syntax tree.
#[derive(Debug)]
pub(crate) struct Tree<'g> {
    grammar: &'g Grammar,
    nodes: Vec<Data>,
    /// How deep it is.
    pub(crate) depth: usize,
    /// The places whose syntax is broken.
    pub(crate) broken: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Data {
    start: u32,
    end: u32,
    /// What it is in; of the first node, itself.
    parent: u32,
    /// One past the last node inside it.
    last: u32,
    kind: u16,
    /// What it is to its parent; 0 for nothing that has a name.
    field: u16,
    named: bool,
    extra: bool,
    broken: bool,
}

impl<'g> Tree<'g> {
    fn new(grammar: &'g Grammar) -> Self {
        Tree { grammar, nodes: Vec::new(), depth: 0, broken: Vec::new() }
    }

    /// The whole text.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { tree: self, at: 0 }
    }

    /// All nodes, in source order.
    pub(crate) fn all(&self) -> impl Iterator<Item = Node<'_>> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(|at| Node { tree: self, at })
    }
}

/// A node of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    tree: &'t Tree<'t>,
    at: u32,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && std::ptr::eq(self.tree, other.tree)
    }
}

impl<'t> Node<'t> {
    fn data(self) -> &'t Data {
        &self.tree.nodes[self.at as usize]
    }

    fn sibling(self, at: u32) -> Node<'t> {
        Node { tree: self.tree, at }
    }

    /// Its place in the list.
    pub(crate) fn index(self) -> u32 {
        self.at
    }

    /// One past the place of the last node inside it.
    pub(crate) fn last(self) -> u32 {
        self.data().last
    }

    /// The number of its kind.
    pub(crate) fn kind_id(self) -> u16 {
        self.data().kind
    }

    /// The name of its kind; for a token, its text.
    pub(crate) fn kind(self) -> &'t str {
        // The number of an error is not among those of the grammar.
        self.tree.grammar.kinds.get(usize::from(self.data().kind)).map_or("ERROR", |kind| kind)
    }

    /// The number of what it is to its parent; 0 for nothing that has a name.
    pub(crate) fn field_id(self) -> u16 {
        self.data().field
    }

    /// Whether it is more than a token.
    pub(crate) fn is_named(&self) -> bool {
        self.data().named
    }

    /// Whether it is a comment, or something else that may stand anywhere.
    pub(crate) fn is_extra(&self) -> bool {
        self.data().extra
    }

    /// Whether it is no node but a place that could not be read, or a token that should be there.
    pub(crate) fn is_broken(&self) -> bool {
        self.data().broken
    }

    /// Where it starts.
    pub(crate) fn start_byte(self) -> usize {
        self.data().start as usize
    }

    /// Where it ends.
    pub(crate) fn end_byte(self) -> usize {
        self.data().end as usize
    }

    /// Where it stands.
    pub(crate) fn byte_range(self) -> Range<usize> {
        self.start_byte()..self.end_byte()
    }

    /// What it is in.
    pub(crate) fn parent(self) -> Option<Node<'t>> {
        (self.at > 0).then(|| self.sibling(self.data().parent))
    }

    /// What is directly in it, tokens and comments included.
    pub(crate) fn children(self) -> Children<'t> {
        Children { tree: self.tree, next: self.at + 1, end: self.data().last }
    }

    /// What is directly in it, without tokens and comments.
    pub(crate) fn named_children(self) -> impl Iterator<Item = Node<'t>> + Clone {
        self.children().filter(|child| child.is_named() && !child.is_extra())
    }

    /// The child with this number among all.
    pub(crate) fn child(self, index: usize) -> Option<Node<'t>> {
        self.children().nth(index)
    }

    /// The child with this number among those that are neither tokens nor comments.
    pub(crate) fn named_child(self, index: usize) -> Option<Node<'t>> {
        self.named_children().nth(index)
    }

    /// How many children it has that are neither tokens nor comments.
    pub(crate) fn named_child_count(self) -> usize {
        self.named_children().count()
    }

    /// Whether it has no children but tokens and comments.
    pub(crate) fn is_leaf(self) -> bool {
        self.named_child(0).is_none()
    }

    /// The child that is this to it.
    pub(crate) fn child_by_field_name(self, name: &str) -> Option<Node<'t>> {
        let field = self.tree.grammar.language.field_id_for_name(name)?.get();
        self.children().find(|child| child.field_id() == field)
    }

    /// What stands before it in its parent.
    pub(crate) fn prev_sibling(self) -> Option<Node<'t>> {
        self.parent()?.children().take_while(|child| child.at < self.at).last()
    }

    /// What stands behind it in its parent.
    pub(crate) fn next_sibling(self) -> Option<Node<'t>> {
        let end = self.parent()?.data().last;
        let next = self.data().last;
        (next < end).then(|| self.sibling(next))
    }

    /// The smallest node in it that covers a range and is no token.
    pub(crate) fn covering(self, range: &Range<usize>) -> Node<'t> {
        let covers = |child: &Node<'_>| child.start_byte() <= range.start && range.end <= child.end_byte();
        match self.named_children().find(covers) {
            Some(child) => child.covering(range),
            None => self,
        }
    }
}

/// The children of a node.
#[derive(Debug, Clone)]
pub(crate) struct Children<'t> {
    tree: &'t Tree<'t>,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, at: self.next };
        self.next = node.data().last;
        Some(node)
    }
}
