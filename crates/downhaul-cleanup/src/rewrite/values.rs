//! Choices that stand where a value is wanted.

use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};

use super::Rewriter;
use super::leaves::When;

impl Rewriter<'_> {
    /// Whether what comes in place of a choice must be an expression.
    pub(super) fn wants_expression(&self, id: NodeId) -> bool {
        if self.is_in_list(id) || self.file.facts.block_value.is_empty() && self.role(id) != Some(Role::Switch) {
            return false;
        }
        let tree = &self.file.tree;
        let Some(parent) = tree.parent(id) else { return false };
        let is_body = [Part::Body, Part::Then, Part::Else].iter().any(|part| tree.part(parent, *part) == Some(id));
        // There a block does as well.
        let takes_block = matches!(
            tree.role(parent),
            Some(Role::If | Role::Branch | Role::Case | Role::While | Role::Do | Role::For | Role::Labeled)
        );
        !(is_body && takes_block)
    }

    /// Puts what is taken in place of a choice that is an expression.
    pub(super) fn take_value(&mut self, id: NodeId, body: NodeId) {
        if self.role(body) != Some(Role::Block) {
            return self.take_expression(id, body);
        }
        let has_comment = self.file.tree.children(body).any(|child| self.file.tree.node(child).extra);
        match self.folder.single(body).filter(|_| !has_comment) {
            Some(only) if self.role(only) != Some(Role::Binding) => self.take_expression(id, only),
            _ => {
                let word = self.file.facts.block_value.clone();
                if self.breaks(body, None, When::Before) {
                    self.pass.unsafe_because("a block that jumps out of a loop would have to be a value");
                }
                self.keep_within(self.span(id), self.span(body));
                let start = self.span(body).start;
                self.replace(start..start, word);
                self.visit(body);
            }
        }
    }

    fn take_expression(&mut self, id: NodeId, kept: NodeId) {
        let kept = self.without_needless_parens(id, kept);
        if self.binds_looser(id, kept) {
            let span = self.span(kept);
            self.delete(self.span(id).start..span.start);
            self.replace(span.start..span.start, "(");
            self.replace(span.end..span.end, ")");
            self.delete(span.end..self.span(id).end);
        } else {
            self.keep_within(self.span(id), self.span(kept));
        }
        if self.file.text_of(kept).contains('\n') {
            self.move_lines(id, self.span(kept));
        }
        self.visit(kept);
    }

    /// Whether an expression needs parentheses in the place of another.
    fn binds_looser(&self, id: NodeId, kept: NodeId) -> bool {
        let Some(parent) = self.file.tree.parent(id) else { return false };
        let is_operand = matches!(
            self.role(parent),
            Some(
                Role::And
                    | Role::Or
                    | Role::Nullish
                    | Role::Equal
                    | Role::Unequal
                    | Role::Test
                    | Role::Pure
                    | Role::Not
                    | Role::Infix
                    | Role::Member
                    | Role::Transparent
            )
        );
        let is_operator = matches!(
            self.role(self.left_of(kept)),
            Some(
                Role::And
                    | Role::Or
                    | Role::Nullish
                    | Role::Equal
                    | Role::Unequal
                    | Role::Test
                    | Role::Pure
                    | Role::Infix
                    | Role::If
                    | Role::Switch
                    | Role::Return
                    | Role::Jump
                    | Role::Conditional
            )
        );
        let is_literal = self.file.tree.items(kept).next().is_none();
        is_operand && is_operator && !is_literal
    }
}
