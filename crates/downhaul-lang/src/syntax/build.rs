//! From the tree of a grammar to nodes with roles: what only groups others is left out, and a call that names its object
//! and its method itself gets a member as its callee.

use rustc_hash::FxHashMap;

use super::{CleanupEngine, NodeId, Part, Role, SyntaxNode, SyntaxTree};
use crate::pattern::Match;
use crate::tree::{Node, Tree};

pub(super) struct Builder<'t> {
    nodes: Vec<SyntaxNode>,
    /// What each node was found to be, with its parts as the grammar has them.
    found: Vec<Option<Match<'t, Role, Part>>>,
    /// The node that stands for each of the grammar's; none for those that are left out.
    ids: Vec<Option<NodeId>>,
    /// Nodes that are left out, and the one inside that stands for them.
    spliced: FxHashMap<u32, Node<'t>>,
    /// The nodes around, each with where it ends in the list of the grammar's.
    open: Vec<(NodeId, u32)>,
    errors: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn build(engine: &CleanupEngine, tree: &'t Tree<'t>, text: &str) -> SyntaxTree {
        let mut builder = Builder {
            nodes: Vec::new(),
            found: Vec::new(),
            ids: Vec::new(),
            spliced: FxHashMap::default(),
            open: Vec::new(),
            errors: 0,
        };
        for node in tree.all() {
            builder.close(node.index());
            builder.errors += usize::from(node.is_broken());
            let found = engine.roles.find(node, text);
            builder.enter(node, found);
        }
        builder.close(u32::MAX);
        builder.finish()
    }

    /// Ends the nodes that end before a place in the grammar's list.
    fn close(&mut self, at: u32) {
        while let Some((id, _)) = self.open.pop_if(|(_, end)| *end <= at) {
            self.nodes[id.0 as usize].last = number(self.nodes.len());
        }
    }

    fn enter(&mut self, node: Node<'t>, mut found: Option<Match<'t, Role, Part>>) {
        let parent = self.open.last().map(|(id, _)| *id);
        if let Some(found) = found.as_mut().filter(|found| found.role == Role::Items) {
            let is_part = parent.is_some_and(|parent| self.nodes[parent.0 as usize].role == Some(Role::Block));
            found.role = if is_part { Role::Splice } else { Role::Block };
        }
        if parent.is_some() && found.as_ref().is_some_and(|found| found.role == Role::Splice) {
            self.ids.push(None);
            self.spliced.extend(node.named_child(0).map(|inside| (node.index(), inside)));
            return;
        }
        let id = self.push(node, node.byte_range(), node.last(), found);
        self.ids.push(Some(id));
        self.callee(node, id);
    }

    fn push(
        &mut self,
        node: Node<'t>,
        span: std::ops::Range<usize>,
        end: u32,
        found: Option<Match<'t, Role, Part>>,
    ) -> NodeId {
        let id = NodeId(number(self.nodes.len()));
        self.nodes.push(SyntaxNode {
            role: found.as_ref().map(|found| found.role),
            named: node.is_named(),
            extra: node.is_extra(),
            start: span.start,
            end: span.end,
            parent: self.open.last().map(|(id, _)| *id),
            last: id.0 + 1,
            parts: 0..0,
        });
        self.found.push(found);
        self.open.push((id, end));
        id
    }

    /// The member that is the callee of a call whose object and name are nodes of its own.
    fn callee(&mut self, node: Node<'t>, call: NodeId) {
        let Some(found) = self.found[call.0 as usize].as_mut().filter(|found| found.role == Role::Call) else { return };
        let Some(name) = found.part(Part::Name) else { return };
        let Some(object) = found.part(Part::Object) else {
            found.parts.iter_mut().filter(|(part, _)| *part == Part::Name).for_each(|(part, _)| *part = Part::Callee);
            return;
        };
        let (rest, parts) = found.parts.drain(..).partition(|(part, _)| !matches!(part, Part::Object | Part::Name));
        found.parts = rest;
        let member = Match { role: Role::Member, parts };
        self.push(node, object.start_byte()..name.end_byte(), name.last(), Some(member));
    }

    /// The node that stands for one of the grammar's.
    fn id_of(&self, node: Node<'t>) -> Option<NodeId> {
        let mut node = node;
        while let Some(inside) = self.spliced.get(&node.index()) {
            node = *inside;
        }
        self.ids[node.index() as usize]
    }

    fn finish(mut self) -> SyntaxTree {
        let mut parts = Vec::new();
        for index in 0..self.nodes.len() {
            let Some(found) = self.found[index].take() else { continue };
            let from = parts.len();
            parts.extend(found.parts.iter().filter_map(|(part, node)| Some((*part, self.id_of(*node)?))));
            let next = self.nodes.get(index + 1).filter(|next| next.role == Some(Role::Member));
            let is_inside = next.is_some_and(|next| next.parent == Some(NodeId(number(index))));
            if found.role == Role::Call && is_inside && found.part(Part::Callee).is_none() {
                parts.push((Part::Callee, NodeId(number(index + 1))));
            }
            self.nodes[index].parts = number(from)..number(parts.len());
        }
        SyntaxTree { nodes: self.nodes, parts, errors: self.errors }
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
