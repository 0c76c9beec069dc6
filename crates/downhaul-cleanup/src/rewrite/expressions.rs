//! Expressions: values written out, operators and choices that fall away.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use super::statements::Outcome;
use crate::value::Value;

impl Rewriter<'_> {
    /// Rewrites an expression, or whatever else has nothing special about it.
    pub(super) fn expression(&mut self, id: NodeId) {
        let is_shell = self.role(id) == Some(Role::Paren) && self.wants_parens(id);
        if let Some(value) = self.folder.known(id).filter(|_| !is_shell && self.folder.is_pure(id)) {
            return match self.written(&value) {
                Some(text) => self.write_value(id, &text),
                None => self.refuse(id, "the variant is used as a whole"),
            };
        }
        match self.role(id) {
            Some(Role::And | Role::Or | Role::Nullish) => self.operator(id),
            Some(Role::Conditional) => self.conditional(id),
            Some(Role::Paren) => self.paren(id),
            Some(Role::Call) => match self.lets_all_through(id) {
                Some(object) => self.keep(id, object),
                None => self.children(id),
            },
            _ => self.children(id),
        }
    }

    /// What a call gives back as it is, since the function that decides lets everything through.
    fn lets_all_through(&self, id: NodeId) -> Option<NodeId> {
        let callee = self.part(id, Part::Callee).filter(|callee| self.role(*callee) == Some(Role::Member))?;
        let name = self.folder.last_name(callee);
        let (facts, tree) = (self.file.facts, &self.file.tree);
        let is_one = |names: &[String]| names.iter().any(|known| known == name);
        let wanted = if is_one(&facts.passing) { true } else { is_one(&facts.stopping).then_some(false)? };
        let arguments: Vec<NodeId> =
            self.part(id, Part::Arguments).into_iter().flat_map(|list| tree.items(list)).collect();
        let functions: Vec<NodeId> = arguments.iter().copied().chain(self.part(id, Part::Lambda)).collect();
        let [function] = functions.as_slice() else { return None };
        let body = self.part(*function, Part::Body).filter(|_| self.role(*function) == Some(Role::Function))?;
        let answer = self.folder.single(body).filter(|answer| self.folder.is_pure(*answer))?;
        let object = self.part(callee, Part::Object)?;
        (self.folder.truth(answer) == Some(wanted)).then_some(object)
    }

    /// A computed part of a text that has become a text is part of the text.
    pub(super) fn substitution(&mut self, id: NodeId) {
        match self.plain_part(id) {
            Some(content) => self.replace(self.substituted(id), content),
            None => self.children(id),
        }
    }

    /// A computed part of a text, with the marks around it where they are nodes of their own.
    fn substituted(&self, id: NodeId) -> std::ops::Range<usize> {
        let tree = &self.file.tree;
        let span = self.span(id);
        let is_in_text =
            tree.parent(id).filter(|parent| matches!(self.role(*parent), Some(Role::String | Role::Template)));
        let siblings: Vec<NodeId> = is_in_text.map(|text| tree.children(text).collect()).unwrap_or_default();
        let Some(index) = siblings.iter().position(|sibling| *sibling == id) else { return span };
        let says = |at: Option<usize>, mark: &str| {
            at.and_then(|at| siblings.get(at)).filter(|id| self.file.text_of(**id) == mark).map(|id| self.span(*id))
        };
        let before = index.checked_sub(1);
        match (says(before, "${"), says(Some(index + 1), "}"), says(before, "$")) {
            (Some(start), Some(end), _) => start.start..end.end,
            (_, _, Some(start)) => start.start..span.end,
            _ => span,
        }
    }

    /// A condition that lets everything through goes.
    pub(super) fn filter(&mut self, id: NodeId) {
        let condition = self.part(id, Part::Condition).filter(|condition| self.folder.is_pure(*condition));
        if condition.and_then(|condition| self.folder.truth(condition)) != Some(true) {
            return self.children(id);
        }
        let start = self.span(id).start;
        let space = self.file.text[..start].len() - self.file.text[..start].trim_end().len();
        self.delete(start - space..self.span(id).end);
    }

    /// The text that a computed part of a text has become.
    fn plain_part(&self, id: NodeId) -> Option<String> {
        let inner = self.part(id, Part::Inner).filter(|_| self.file.tree.items(id).count() == 1)?;
        if let Some(value @ crate::value::Value::Bool(_)) =
            self.folder.known(inner).filter(|_| self.folder.is_pure(inner))
        {
            return self.written(&value);
        }
        let left = self.unparenthesised(self.left_of(self.unparenthesised(inner)));
        let text = self.file.text_of(left);
        let content = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        let is_plain = left != inner
            && self.role(left) == Some(Role::String)
            && text.starts_with(['"', '\'', '`'])
            && !content.contains(['`', '$', '\\', '{', '"', '\'']);
        is_plain.then(|| content.to_owned())
    }

    /// Whether a text with computed parts has none any more, and is marked as one that has.
    pub(super) fn becomes_plain(&self, id: NodeId) -> bool {
        let (prefix, text) = (&self.file.facts.template_prefix, self.file.text_of(id));
        let is_marked = !prefix.is_empty() && text.starts_with(prefix) && !text.contains("{{") && !text.contains("}}");
        let mut parts = self.file.tree.items(id).filter(|item| self.role(*item) == Some(Role::Substitution)).peekable();
        is_marked && parts.peek().is_some() && parts.all(|part| self.plain_part(part).is_some())
    }

    fn write_value(&mut self, id: NodeId, text: &str) {
        let span = self.substituted(id);
        match self.role(id) {
            Some(Role::Shorthand) => {
                let name = self.file.text_of(id).to_owned();
                self.replace(span, format!("{name}: {text}"));
            }
            _ => self.replace(span, text),
        }
    }

    /// An operand that stays in place of the whole.
    pub(super) fn keep(&mut self, id: NodeId, kept: NodeId) {
        let kept = self.without_needless_parens(id, kept);
        self.keep_within(self.span(id), self.span(kept));
        self.visit(kept);
    }

    /// `kept`, or what its parentheses hold where they are not needed in the place of `id`.
    pub(super) fn without_needless_parens(&self, id: NodeId, kept: NodeId) -> NodeId {
        let Some(inner) = self.part(kept, Part::Inner).filter(|_| self.role(kept) == Some(Role::Paren)) else {
            return kept;
        };
        let Some(parent) = self.file.tree.parent(id) else { return kept };
        let is_one_line = !self.file.text_of(kept).contains('\n');
        let needless = match self.role(parent) {
            Some(Role::Paren | Role::Slot) => true,
            Some(Role::Binding | Role::Assign | Role::List | Role::Entry | Role::Statement) => is_one_line,
            Some(Role::Return) => is_one_line,
            _ => false,
        };
        let is_body = self.role(inner) == Some(Role::Object) && self.role(parent) != Some(Role::Paren);
        if needless && !is_body { inner } else { kept }
    }

    fn operator(&mut self, id: NodeId) {
        let (Some(left), Some(right)) = (self.part(id, Part::Left), self.part(id, Part::Right)) else {
            return self.children(id);
        };
        let stop = match self.role(id) {
            Some(Role::And) => false,
            Some(Role::Or) => true,
            _ => return self.nullish(id, left, right),
        };
        if let Some(truth) = self.folder.truth(left).filter(|_| self.folder.is_pure(left)) {
            if truth != stop {
                return self.keep(id, right);
            }
            // The left decides; its value is not known, but its truth is.
            return self.keep(id, left);
        }
        if let Some(truth) = self.folder.truth(right).filter(|_| self.folder.is_pure(right)) {
            if truth != stop && (self.is_condition(id) || self.folder.can_stand_alone(left, stop) || self.is_guard(id))
            {
                return self.keep(id, left);
            }
            if truth == stop && self.is_statement(id) {
                return self.keep(id, left);
            }
            if truth == stop && self.is_condition(id) && self.folder.is_pure(left) {
                let text = if stop { self.file.facts.r#true.clone() } else { self.file.facts.r#false.clone() };
                return self.replace(self.span(id), text);
            }
        }
        self.children(id);
    }

    fn nullish(&mut self, id: NodeId, left: NodeId, right: NodeId) {
        match self.folder.known(left).filter(|_| self.folder.is_pure(left)) {
            Some(Value::Null | Value::Undefined) => self.keep(id, right),
            Some(_) => self.keep(id, left),
            None => self.children(id),
        }
    }

    fn conditional(&mut self, id: NodeId) {
        let condition = self.part(id, Part::Condition);
        let truth = condition.filter(|condition| self.folder.is_pure(*condition)).and_then(|id| self.folder.truth(id));
        let taken = match truth {
            Some(true) => self.part(id, Part::Then),
            Some(false) => self.part(id, Part::Else),
            None => None,
        };
        match taken {
            Some(taken) => self.keep(id, taken),
            None => self.children(id),
        }
    }

    /// Parentheses whose inside has become a single thing go, unless the syntax wants them.
    fn paren(&mut self, id: NodeId) {
        let Some(inner) = self.part(id, Part::Inner) else { return self.children(id) };
        let is_wanted = self.wants_parens(id);
        let left = self.left_of(inner);
        let is_atom = left != inner
            && matches!(self.role(left), Some(Role::Name | Role::Member | Role::Call | Role::Index | Role::String));
        // Where parentheses are left inside, those go, and not both.
        if is_atom && !is_wanted && !self.file.text_of(left).contains('\n') {
            self.keep_within(self.span(id), self.span(inner));
        }
        self.visit(inner);
    }

    /// Whether the syntax wants these parentheses, whatever is in them.
    fn wants_parens(&self, id: NodeId) -> bool {
        self.file.tree.parent(id).is_none_or(|parent| {
            let is = |part| self.part(parent, part) == Some(id);
            (is(Part::Condition) && self.role(parent) != Some(Role::Conditional) && !self.file.facts.bare_conditions)
                || is(Part::Subject)
                || is(Part::Body) && self.role(parent) != Some(Role::Function)
                || is(Part::Arguments)
        })
    }

    /// What will be left of an expression.
    pub(super) fn left_of(&self, id: NodeId) -> NodeId {
        let kept = match self.role(id) {
            Some(Role::And | Role::Or) => {
                let (Some(left), Some(right)) = (self.part(id, Part::Left), self.part(id, Part::Right)) else {
                    return id;
                };
                let stop = self.role(id) == Some(Role::Or);
                let truth = |id| self.folder.truth(id).filter(|_| self.folder.is_pure(id));
                match (truth(left), truth(right)) {
                    (Some(truth), _) if truth != stop => right,
                    (_, Some(truth))
                        if truth != stop
                            && (self.is_condition(id)
                                || self.folder.can_stand_alone(left, stop)
                                || self.is_guard(id)) =>
                    {
                        left
                    }
                    _ => return id,
                }
            }
            Some(Role::Conditional) => {
                let condition = self.part(id, Part::Condition).filter(|condition| self.folder.is_pure(*condition));
                let truth = condition.and_then(|condition| self.folder.truth(condition));
                match truth.and_then(|truth| self.part(id, if truth { Part::Then } else { Part::Else })) {
                    Some(taken) => taken,
                    None => return id,
                }
            }
            Some(Role::If) if self.wants_expression(id) => match self.outcome(id) {
                Outcome::Keep(body) => match self.folder.single(body) {
                    Some(only) => only,
                    None => return id,
                },
                _ => return id,
            },
            _ => return id,
        };
        self.left_of(kept)
    }

    /// Whether only the truth of an expression matters where it stands.
    pub(super) fn is_condition(&self, id: NodeId) -> bool {
        if self.file.facts.boolean_operators {
            return true;
        }
        let Some(parent) = self.file.tree.parent(id) else { return false };
        let is = |part| self.part(parent, part) == Some(id);
        match self.role(parent) {
            Some(Role::If | Role::Branch | Role::While | Role::For | Role::Conditional) if is(Part::Condition) => true,
            Some(Role::Not) => true,
            Some(Role::Paren | Role::And | Role::Or) => self.is_condition(parent),
            _ => false,
        }
    }

    /// Whether an expression is the left operand of an `and` of the same kind: there, what it is matters only where it
    /// does not hold.
    fn is_guard(&self, id: NodeId) -> bool {
        let Some(parent) = self.file.tree.parent(id) else { return false };
        match self.role(parent) {
            Some(Role::Paren) => self.is_guard(parent),
            role => role == self.role(id) && self.part(parent, Part::Left) == Some(id),
        }
    }

    fn is_statement(&self, id: NodeId) -> bool {
        self.file.tree.parent(id).is_some_and(|parent| self.role(parent) == Some(Role::Statement))
    }
}
