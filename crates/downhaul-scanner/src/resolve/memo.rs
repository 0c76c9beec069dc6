//! What has been worked out already. A value does not depend on the way that led to the question, unless the way went in
//! a circle or on for too long: what came of those is not kept, so that the answers do not depend on their order.

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use downhaul_lang::facts::{ExprId, ScopeId, Sym};
use rustc_hash::FxHashMap;

use super::{FileId, Found};

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// What an expression is.
    Expr(ExprId),
    /// What a name means in a scope.
    Name(ScopeId, Sym),
}

/// What is known, by question.
type Answers<Q> = FxHashMap<Q, Arc<[Found]>>;

/// The answers about one file.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: Mutex<Answers<Question>>,
}

thread_local! {
    /// What is being worked out.
    static OPEN: RefCell<Vec<(FileId, Question)>> = const { RefCell::new(Vec::new()) };
    /// What was worked out with something left out. Kept until the outermost question is answered and no longer: where
    /// everything names everything, as in bundles, working it out each time would take for ever.
    static PROVISIONAL: RefCell<Answers<(FileId, Question)>> = RefCell::default();
    /// How much of the current answer was left out: the depth of the outermost question it would belong to.
    static CUT: Cell<bool> = const { Cell::new(false) };
}

impl Memo {
    /// The answer, worked out if it is not known.
    pub(super) fn answer(&self, file: FileId, question: Question, work: impl FnOnce() -> Vec<Found>) -> Vec<Found> {
        if let Some(known) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&question) {
            return known.to_vec();
        }
        let is_circle = OPEN.with_borrow(|open| open.contains(&(file, question)));
        if is_circle {
            CUT.set(true);
            return Vec::new();
        }
        if let Some(incomplete) = PROVISIONAL.with_borrow(|known| known.get(&(file, question)).cloned()) {
            CUT.set(true);
            return incomplete.to_vec();
        }
        OPEN.with_borrow_mut(|open| open.push((file, question)));
        let cut_before = CUT.replace(false);
        let found = work();
        let is_outermost = OPEN.with_borrow_mut(|open| {
            open.pop();
            open.is_empty()
        });
        // At the outermost question a circle has closed: nothing that was left out could come from further out.
        if !CUT.get() || is_outermost {
            let kept: Arc<[Found]> = found.clone().into();
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(question, kept);
        } else {
            PROVISIONAL.with_borrow_mut(|known| known.insert((file, question), found.clone().into()));
        }
        if is_outermost {
            PROVISIONAL.with_borrow_mut(FxHashMap::clear);
        }
        CUT.set(!is_outermost && (CUT.get() || cut_before));
        found
    }
}

/// Says that an answer is not complete.
pub(super) fn cut() {
    CUT.set(true);
}

/// How many questions the present one has come from.
pub(super) fn depth() -> usize {
    OPEN.with_borrow(Vec::len)
}
