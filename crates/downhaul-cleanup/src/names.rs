//! What each name in a file means: symbols, their scopes and their uses.

use std::ops::Range;

use downhaul_lang::syntax::{Part, Role};
use downhaul_lang::{CleanupFacts, NodeId, SyntaxTree};
use rustc_hash::FxHashMap;

/// Index of a symbol in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SymbolId(pub(crate) usize);

/// Something that has a name in a file.
#[derive(Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) kind: SymbolKind,
    /// The node that makes it: binding, function, class, parameter, imported name.
    pub(crate) owner: NodeId,
    /// Where its name stands.
    pub(crate) name_node: NodeId,
    pub(crate) scope: NodeId,
    /// It is given another value somewhere.
    pub(crate) reassigned: bool,
    /// Other files can name it.
    pub(crate) exported: bool,
    pub(crate) uses: Vec<NodeId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SymbolKind {
    Binding,
    /// A part of what a binding takes apart.
    Pattern,
    Parameter,
    Function,
    Class,
    EnumMember,
    Import,
    /// A loop's or handler's own name.
    Local,
}

/// All symbols of a file.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) symbols: Vec<Symbol>,
    by_use: FxHashMap<NodeId, SymbolId>,
    by_scope: FxHashMap<NodeId, FxHashMap<String, SymbolId>>,
    /// The nodes that make a name.
    defining: FxHashMap<NodeId, SymbolId>,
    /// Names that mean nothing that this file makes.
    pub(crate) foreign: Vec<NodeId>,
}

impl Names {
    pub(crate) fn new(text: &str, tree: &SyntaxTree, facts: &CleanupFacts) -> Names {
        let mut builder = Builder { text, tree, facts, names: Names::default(), outer: Vec::new() };
        for id in tree.all() {
            builder.define(id);
        }
        for id in tree.all() {
            builder.resolve(id);
        }
        for id in tree.all() {
            builder.reassign(id);
        }
        for id in std::mem::take(&mut builder.outer) {
            builder.reaches_out(id);
        }
        builder.names
    }

    /// What a name in an expression means.
    pub(crate) fn meaning(&self, id: NodeId) -> Option<SymbolId> {
        self.by_use.get(&id).copied()
    }

    /// What a name in an expression means, or what it makes.
    pub(crate) fn symbol_at(&self, id: NodeId) -> Option<SymbolId> {
        self.by_use.get(&id).or_else(|| self.defining.get(&id)).copied()
    }

    pub(crate) fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (SymbolId, &Symbol)> {
        self.symbols.iter().enumerate().map(|(index, symbol)| (SymbolId(index), symbol))
    }

    /// What is declared in a scope itself.
    pub(crate) fn declared_in(&self, scope: NodeId) -> impl Iterator<Item = &Symbol> {
        self.symbols.iter().filter(move |symbol| symbol.scope == scope)
    }
}

struct Builder<'a> {
    text: &'a str,
    tree: &'a SyntaxTree,
    facts: &'a CleanupFacts,
    names: Names,
    /// Statements that make names mean those of a scope further out.
    outer: Vec<NodeId>,
}

impl Builder<'_> {
    fn define(&mut self, id: NodeId) {
        let Some(role) = self.tree.role(id) else { return };
        match role {
            Role::Binding => {
                let Some(name) = self.tree.part(id, Part::Name) else { return };
                let scope = self.binding_scope(id);
                let kind = if self.is_plain_name(name) { SymbolKind::Binding } else { SymbolKind::Pattern };
                self.pattern(name, id, scope, kind);
            }
            Role::Function | Role::Constructor => self.function(id),
            Role::EnumMember if self.facts.implicit_members => {
                if let Some(name) = self.tree.part(id, Part::Name) {
                    self.add(name, id, self.scope_around(id), SymbolKind::EnumMember);
                }
            }
            Role::Outer => self.outer.push(id),
            Role::Import => {
                for name in self.tree.parts(id, Part::Name).collect::<Vec<_>>() {
                    if self.tree.role(name) != Some(Role::ImportName) {
                        let mut words = self.tree.items(name);
                        let word = if self.facts.imports_end_in_name { words.last() } else { words.next() };
                        self.add(word.unwrap_or(name), name, self.scope_around(id), SymbolKind::Import);
                    }
                }
            }
            Role::Class => {
                if let Some(name) = self.tree.part(id, Part::Name) {
                    let scope = self.scope_around(id);
                    self.add(name, id, scope, SymbolKind::Class);
                }
                self.parameters(id);
            }
            Role::ImportName => {
                let name = self.tree.part(id, Part::Alias).or_else(|| self.tree.part(id, Part::Name));
                if let Some(name) = name {
                    let scope = if self.facts.function_scope { self.scope_around(id) } else { self.tree.root() };
                    self.add(name, id, scope, SymbolKind::Import);
                }
            }
            Role::Name => {
                let is_import = self.tree.parent(id).is_some_and(|list| {
                    self.tree.role(list) == Some(Role::List)
                        && self.tree.parent(list).is_some_and(|above| self.tree.role(above) == Some(Role::Import))
                });
                if is_import {
                    self.add(id, id, self.tree.root(), SymbolKind::Import);
                }
            }
            Role::For => {
                if let Some(item) = self.tree.part(id, Part::Item) {
                    self.pattern(item, id, self.own_scope(id), SymbolKind::Local);
                }
            }
            Role::Catch => {
                if let Some(name) = self.tree.part(id, Part::Name) {
                    self.pattern(name, id, self.own_scope(id), SymbolKind::Local);
                }
            }
            _ => {}
        }
    }

    fn function(&mut self, id: NodeId) {
        let is_member = self.tree.parent(id).is_some_and(|parent| {
            matches!(self.tree.role(parent), Some(Role::Members | Role::Object)) || self.is_class_body(parent)
        });
        let is_method = is_member && self.facts.implicit_members && self.tree.role(id) == Some(Role::Function);
        if let Some(name) = self.tree.part(id, Part::Name).filter(|_| is_method) {
            self.add(name, id, self.scope_around(id), SymbolKind::Function);
        }
        if let Some(name) =
            self.tree.part(id, Part::Name).filter(|_| !is_member && self.tree.role(id) == Some(Role::Function))
        {
            let in_list = self.tree.parent(id).is_some_and(|parent| {
                matches!(self.tree.role(parent), Some(Role::Block | Role::Export | Role::Case | Role::Decorated))
            });
            // A function in an expression is known by its name to itself alone.
            let scope = if in_list { self.scope_around(id) } else { id };
            self.add(name, id, scope, SymbolKind::Function);
        }
        if let Some(parameter) = self.tree.part(id, Part::Parameter) {
            self.pattern(parameter, parameter, id, SymbolKind::Parameter);
        }
        self.parameters(id);
    }

    fn parameters(&mut self, id: NodeId) {
        if let Some(parameters) = self.tree.part(id, Part::Parameters) {
            let items: Vec<NodeId> = self.tree.items(parameters).collect();
            for item in items {
                let name = match self.tree.role(item) {
                    Some(Role::Parameter) => self.tree.part(item, Part::Name).unwrap_or(item),
                    _ => item,
                };
                self.pattern(name, item, id, SymbolKind::Parameter);
            }
        }
    }

    fn is_plain_name(&self, id: NodeId) -> bool {
        self.tree.role(id) == Some(Role::Name)
    }

    /// All names that a pattern makes.
    fn pattern(&mut self, id: NodeId, owner: NodeId, scope: NodeId, kind: SymbolKind) {
        match self.tree.role(id) {
            Some(Role::Name | Role::PatternName) => self.add(id, owner, scope, kind),
            Some(Role::PatternEntry) => {
                if let Some(value) = self.tree.part(id, Part::Value) {
                    self.pattern(value, owner, scope, kind);
                }
            }
            Some(Role::PatternDefault) => {
                if let Some(name) = self.tree.part(id, Part::Name) {
                    self.pattern(name, owner, scope, kind);
                }
            }
            Some(Role::Pattern | Role::List) | None => {
                let items: Vec<NodeId> = self.tree.items(id).collect();
                for item in items {
                    self.pattern(item, owner, scope, kind);
                }
            }
            Some(_) => {}
        }
    }

    fn add(&mut self, name_node: NodeId, owner: NodeId, scope: NodeId, kind: SymbolKind) {
        let name = self.text[self.tree.span(name_node)].to_owned();
        let known = self.names.by_scope.entry(scope).or_default().get(&name).copied();
        if let Some(known) = known {
            // The same name made twice: neither making can be taken for the only one.
            self.names.symbols[known.0].reassigned = true;
            self.names.defining.insert(name_node, known);
            return;
        }
        let id = SymbolId(self.names.symbols.len());
        let exported = self.tree.ancestors(owner).take(3).any(|above| self.tree.role(above) == Some(Role::Export));
        let is_public = self.facts.public_modules && kind != SymbolKind::Import && !name.starts_with('_');
        let is_open = self.facts.implicit_members
            && kind != SymbolKind::Import
            && self.is_of_class_or_file(scope)
            && !self.is_private(owner);
        let exported = is_open || (exported || is_public) && scope == self.tree.root()
            // What a class declares can be asked of it from anywhere.
            || self.facts.members_need_owner && self.tree.role(scope) == Some(Role::Class);
        self.names.by_scope.entry(scope).or_default().insert(name.clone(), id);
        self.names.defining.insert(name_node, id);
        let uses = Vec::new();
        self.names.symbols.push(Symbol { name, kind, owner, name_node, scope, reassigned: false, exported, uses });
    }

    fn is_of_class_or_file(&self, scope: NodeId) -> bool {
        scope == self.tree.root() || matches!(self.tree.role(scope), Some(Role::Members | Role::Class))
    }

    /// Whether something says that only its own class or file may name it.
    fn is_private(&self, owner: NodeId) -> bool {
        has_word(self.text, self.tree, owner, &self.facts.private)
            // What is handed to a constructor and is no property of the class.
            || self.tree.role(owner) == Some(Role::Parameter) && self.tree.part(owner, Part::Kind).is_none()
    }

    /// The scope of a name that a loop or handler makes.
    fn own_scope(&self, id: NodeId) -> NodeId {
        if self.facts.function_scope { self.scope_around(id) } else { id }
    }

    /// Whether a block is what a class or a decorated function of it stands in.
    fn is_class_body(&self, id: NodeId) -> bool {
        let block = if self.tree.role(id) == Some(Role::Decorated) { self.tree.parent(id) } else { Some(id) };
        let class = block.and_then(|block| self.tree.parent(block));
        class.is_some_and(|class| {
            self.tree.role(class) == Some(Role::Class) && self.tree.part(class, Part::Body) == block
        })
    }

    fn is_scope(&self, id: NodeId) -> bool {
        match self.tree.role(id) {
            Some(Role::Function | Role::Class | Role::Scope | Role::Constructor | Role::Accessor) => true,
            Some(Role::Members) => self.facts.implicit_members,
            Some(Role::Block | Role::For | Role::Catch | Role::Switch) => !self.facts.function_scope,
            _ => false,
        }
    }

    fn scope_around(&self, id: NodeId) -> NodeId {
        self.tree.ancestors(id).find(|above| self.is_scope(*above)).unwrap_or(self.tree.root())
    }

    fn binding_scope(&self, id: NodeId) -> NodeId {
        let is_hoisted = self.tree.parent(id).is_some_and(|above| self.tree.part(above, Part::Hoisted).is_some());
        if !is_hoisted {
            return self.scope_around(id);
        }
        let function = self.tree.ancestors(id).find(|above| self.tree.role(*above) == Some(Role::Function));
        let body = function.and_then(|function| self.tree.part(function, Part::Body));
        body.unwrap_or(self.tree.root())
    }

    fn resolve(&mut self, id: NodeId) {
        let is_name = matches!(self.tree.role(id), Some(Role::Name | Role::TypeName | Role::Shorthand));
        if !is_name || self.names.defining.contains_key(&id) {
            return;
        }
        if self.is_label(id) {
            return self.own_member(id);
        }
        if self.is_in_import(id) {
            return;
        }
        let name = &self.text[self.tree.span(id)];
        let hidden = self.hidden_scopes(id);
        let found = std::iter::once(id)
            .chain(self.tree.ancestors(id))
            .filter(|scope| !hidden.contains(scope))
            .find_map(|scope| self.names.by_scope.get(&scope)?.get(name).copied());
        match found {
            Some(symbol) => {
                self.names.by_use.insert(id, symbol);
                self.names.symbols[symbol.0].uses.push(id);
            }
            None => self.names.foreign.push(id),
        }
    }

    /// A member of the object whose code this is.
    fn own_member(&mut self, id: NodeId) {
        let object = self.tree.parent(id).and_then(|member| self.tree.part(member, Part::Object));
        if !self.facts.implicit_members || object.is_none_or(|object| self.tree.role(object) != Some(Role::This)) {
            return;
        }
        let name = &self.text[self.tree.span(id)];
        let mut scopes =
            self.tree.ancestors(id).filter(|id| matches!(self.tree.role(*id), Some(Role::Members | Role::Class)));
        let members = scopes.next();
        let class = scopes.next().filter(|id| self.tree.role(*id) == Some(Role::Class));
        let found = [members, class].into_iter().flatten().find_map(|scope| {
            let symbol = self.names.by_scope.get(&scope)?.get(name).copied()?;
            // A constructor's own parameter is no member.
            let owner = self.names.symbols[symbol.0].owner;
            let is_member =
                self.tree.role(owner) != Some(Role::Parameter) || self.tree.part(owner, Part::Kind).is_some();
            is_member.then_some(symbol)
        });
        if let Some(symbol) = found {
            self.names.by_use.insert(id, symbol);
            self.names.symbols[symbol.0].uses.push(id);
        }
    }

    fn is_in_import(&self, id: NodeId) -> bool {
        self.facts.implicit_members
            && self
                .tree
                .ancestors(id)
                .take(12)
                .any(|above| matches!(self.tree.role(above), Some(Role::Import | Role::Package)))
    }

    /// The scopes around a name whose names it cannot mean: that of a function whose default it stands in, those of
    /// classes seen from inside a function.
    fn hidden_scopes(&self, id: NodeId) -> Vec<NodeId> {
        let mut hidden = Vec::new();
        if !self.facts.members_need_owner && !self.facts.defaults_outside {
            return hidden;
        }
        let (mut in_function, mut default) = (false, false);
        let mut child = id;
        for above in self.tree.ancestors(id) {
            match self.tree.role(above) {
                Some(Role::Parameter) => default |= self.tree.part(above, Part::Default) == Some(child),
                Some(Role::Function) if default && self.facts.defaults_outside => {
                    hidden.push(above);
                    default = false;
                }
                Some(Role::Function | Role::Scope) => in_function = true,
                Some(Role::Class) if in_function && self.facts.members_need_owner => hidden.push(above),
                _ => {}
            }
            child = above;
        }
        hidden
    }

    /// Whether a name only labels something: a member, a key, an attribute.
    fn is_label(&self, id: NodeId) -> bool {
        let Some(parent) = self.tree.parent(id) else { return false };
        let is = |part| self.tree.part(parent, part) == Some(id);
        match self.tree.role(parent) {
            Some(
                Role::Member
                | Role::Field
                | Role::EnumMember
                | Role::Attribute
                | Role::Function
                | Role::Constructor
                | Role::Infix
                | Role::Labeled,
            ) => is(Part::Name),
            Some(Role::Entry | Role::PatternEntry) => is(Part::Key),
            Some(Role::ImportName | Role::Import | Role::Outer) => true,
            None => self
                .tree
                .parent(parent)
                .is_some_and(|above| matches!(self.tree.role(above), Some(Role::Import | Role::ImportName))),
            Some(Role::ExportName) => is(Part::Alias) || self.is_reexport(parent),
            _ => false,
        }
    }

    fn is_reexport(&self, id: NodeId) -> bool {
        self.tree
            .ancestors(id)
            .find(|above| self.tree.role(*above) == Some(Role::Export))
            .is_some_and(|export| self.tree.part(export, Part::Module).is_some())
    }

    /// What an inner function says it may assign is assigned, and so is what it takes for its own.
    fn reaches_out(&mut self, id: NodeId) {
        for name in self.tree.items(id).collect::<Vec<_>>() {
            let name = &self.text[self.tree.span(name)];
            let symbol_in = |scope| self.names.by_scope.get(&scope).and_then(|names| names.get(name)).copied();
            let own = self.scope_around(id);
            let outer = self.tree.ancestors(own).find_map(symbol_in);
            for symbol in [symbol_in(own), outer, symbol_in(self.tree.root())].into_iter().flatten() {
                self.names.symbols[symbol.0].reassigned = true;
            }
        }
    }

    fn reassign(&mut self, id: NodeId) {
        if matches!(self.tree.role(id), Some(Role::Assign | Role::For))
            && let Some(target) = self.tree.part(id, Part::Target)
            && (self.facts.implicit_members || !matches!(self.tree.role(target), Some(Role::Member | Role::Index)))
        {
            // Of a member, the name alone is assigned; of an element of something, nothing.
            let target = self.tree.part(target, Part::Name).unwrap_or(target);
            if self.tree.role(target) == Some(Role::Index) {
                return;
            }
            for name in self.tree.inside(target) {
                if let Some(symbol) = self.names.by_use.get(&name) {
                    self.names.symbols[symbol.0].reassigned = true;
                }
            }
        }
        let is_export = matches!(self.tree.role(id), Some(Role::ExportName))
            || (self.tree.role(id) == Some(Role::Export) && self.tree.part(id, Part::Value).is_some());
        if is_export {
            for name in self.tree.items(id).collect::<Vec<_>>() {
                if let Some(symbol) = self.names.by_use.get(&name) {
                    self.names.symbols[symbol.0].exported = true;
                }
            }
        }
    }
}

/// Whether one of the words before a declaration is one of these.
pub(crate) fn has_word(text: &str, tree: &SyntaxTree, owner: NodeId, words: &[String]) -> bool {
    let around = tree.parent(owner).filter(|parent| tree.role(*parent) == Some(Role::Declaration));
    let modifiers = [Some(owner), around].into_iter().flatten().flat_map(|id| tree.parts(id, Part::Modifier));
    modifiers
        .flat_map(|id| tree.inside(id))
        .any(|id| tree.children(id).next().is_none() && words.iter().any(|word| *word == text[tree.span(id)]))
}

/// Whether a range lies in one of the ranges, which are sorted and disjoint.
pub(crate) fn is_covered(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    let index = ranges.partition_point(|covered| covered.end < range.end);
    ranges.get(index).is_some_and(|covered| covered.start <= range.start && range.end <= covered.end)
}
