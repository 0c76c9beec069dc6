//! What stands around a reference: the function, when it runs, what becomes of the value.

use downhaul_core::{Enclosing, Timing};
use downhaul_lang::facts::{ClassId, ExprId, ExprKind, FunctionId, MemberKind, ScopeId, ScopeKind, Slot};

use super::Emitter;

/// Functions that run what they are given once, at first use.
const ONCE: &[&str] = &[
    "lazy",
    "Lazy.new",
    "Lazy::new",
    "LazyLock::new",
    "LazyCell::new",
    "get_or_init",
    "OnceFunc",
    "OnceValue",
    "Do",
    "once",
    "memoize",
    "Suppliers.memoize",
    "call_once",
];

impl Emitter<'_, '_> {
    pub(super) fn enclosing(&self, id: ExprId, is_gate: bool) -> Enclosing {
        let expr = self.file.facts.expr(id);
        let timing = if is_gate { Timing::PerCall } else { self.timing(id) };
        Enclosing {
            function: self.qualified_name(expr.scope),
            timing,
            // A lazy cell keeps what comes of its function, whatever way it takes there.
            stored: timing == Timing::OnceCell || self.is_stored(id),
            in_loop: expr.in_loop,
        }
    }

    /// The names of the functions and classes around, outermost first.
    fn qualified_name(&self, scope: ScopeId) -> Option<String> {
        let facts = &self.file.facts;
        let mut names: Vec<&str> = Vec::new();
        for (_, around) in facts.scopes_around(scope) {
            let name = match around.kind {
                ScopeKind::Function(function) => {
                    // A method that stands outside of its class (Go).
                    let name = self.file.function_name(function);
                    let class = facts.function(function).class.and_then(|class| facts.class(class).name);
                    let is_inside =
                        facts.scopes_around(scope).any(|(_, scope)| matches!(scope.kind, ScopeKind::Class(_)));
                    names.extend(name);
                    class.filter(|_| !is_inside).map(|class| facts.text(class))
                }
                ScopeKind::Class(class) => facts.class(class).name.map(|name| facts.text(name)),
                _ => None,
            };
            names.extend(name.filter(|name| names.last() != Some(name)));
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("."))
    }

    fn timing(&self, id: ExprId) -> Timing {
        let facts = &self.file.facts;
        let mut at = Some(id);
        while let Some(expr) = at.map(|id| facts.expr(id)) {
            match expr.slot {
                Slot::Decorator => return Timing::DecoratorArgument,
                Slot::Default if self.language().facts.function_scope => return Timing::DefaultArgument,
                _ => at = expr.parent,
            }
        }
        for (scope, around) in facts.scopes_around(facts.expr(id).scope) {
            match around.kind {
                ScopeKind::Function(function) => match self.function_timing(function) {
                    // Run where it stands: what is around decides.
                    None => {}
                    Some(timing) => return timing,
                },
                ScopeKind::StaticInit => return Timing::StaticInitialiser,
                ScopeKind::Class(class) => return self.class_timing(class, scope, id),
                ScopeKind::File | ScopeKind::Block | ScopeKind::Module(_) => {}
            }
        }
        Timing::ModuleLoad
    }

    fn language(&self) -> &downhaul_lang::Language {
        self.project.language(self.id)
    }

    /// When a function runs; `None` if it is called on the spot.
    fn function_timing(&self, function: FunctionId) -> Option<Timing> {
        let facts = &self.file.facts;
        if let Some(name) = facts.function(function).name {
            let is_init = self.language().facts.init_functions.iter().any(|init| init == facts.text(name));
            return Some(if is_init && facts.function(function).class.is_none() {
                Timing::InitFunction
            } else {
                Timing::PerCall
            });
        }
        let lambda = self.file.lambdas.get(&function)?;
        let parent = facts.expr(*lambda).parent;
        let Some(ExprKind::Call(call)) = parent.map(|parent| &facts.expr(parent).kind) else {
            return Some(Timing::PerCall);
        };
        if self.project.plain(self.id, call.callee) == *lambda {
            return None;
        }
        let callee: String = self.project.source(self.id, call.callee).split_whitespace().collect();
        let last = callee.rsplit(['.', ':']).next().unwrap_or(&callee);
        let once = ONCE.iter().any(|name| callee == *name || callee.ends_with(&format!("::{name}")) || last == *name);
        Some(if once { Timing::OnceCell } else { Timing::PerCall })
    }

    /// When what stands in the body of a class runs.
    fn class_timing(&self, class: ClassId, _: ScopeId, id: ExprId) -> Timing {
        if self.language().facts.function_scope {
            return Timing::ClassAttribute;
        }
        let facts = &self.file.facts;
        let span = &facts.expr(id).span;
        let member = facts.class(class).members.iter().find(|member| match member.kind {
            MemberKind::Field(Some(value)) => {
                let value = &facts.expr(value).span;
                value.start <= span.start && span.end <= value.end
            }
            _ => false,
        });
        match member {
            Some(member) if member.is_static => Timing::StaticInitialiser,
            _ => Timing::PerCall,
        }
    }

    /// Whether the value is kept: in a name, a field, an object or an argument.
    fn is_stored(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let mut at = id;
        loop {
            if self.kept.contains(&at) {
                return true;
            }
            let Some(parent) = facts.expr(at).parent else { return false };
            match &facts.expr(parent).kind {
                ExprKind::Object(_) | ExprKind::Array(_) => return true,
                ExprKind::Call(call) => return call.args.iter().any(|arg| arg.value == at),
                ExprKind::Function(_) | ExprKind::Index(..) => return false,
                _ => at = parent,
            }
        }
    }

    /// Whether an expression only says what a fake is to answer: `every { flags.isEnabled("a") } returns true`.
    pub(super) fn is_faked(&self, id: ExprId) -> bool {
        if !self.is_test() {
            return false;
        }
        let facts = &self.file.facts;
        let mocks = &self.language().facts.mocks;
        let is_mock = |id: ExprId| match &facts.expr(id).kind {
            ExprKind::Call(call) => match facts.expr(self.project.plain(self.id, call.callee)).kind {
                ExprKind::Name(name) | ExprKind::Member(_, name) => mocks.iter().any(|mock| mock == facts.text(name)),
                _ => false,
            },
            _ => false,
        };
        let mut at = Some(id);
        while let Some(id) = at {
            if is_mock(id) {
                return true;
            }
            let expr = facts.expr(id);
            at = expr.parent.or_else(|| {
                // A lambda's body does not know what is around the lambda.
                let function = facts.function_around(expr.scope)?;
                self.file.lambdas.get(&function).copied()
            });
        }
        false
    }
}
