//! A file that was read and parsed.

use std::ops::Range;
use std::sync::Arc;

use downhaul_core::{LineIndex, Location, PathClass};
use downhaul_lang::facts::{BindingKind, EntryKey, ExprId, ExprKind, FunctionId, MemberKind, Sym};
use downhaul_lang::{Facts, LanguageId};
use rustc_hash::FxHashMap;

/// A file that was read and parsed.
pub(crate) struct SourceFile {
    /// Relative to the root, with forward slashes.
    pub(crate) path: Arc<str>,
    pub(crate) language: LanguageId,
    pub(crate) text: String,
    pub(crate) facts: Facts,
    pub(crate) class: PathClass,
    pub(crate) lines: LineIndex,
    /// Where the syntax is broken.
    pub(crate) broken: Vec<Range<usize>>,
    /// The expression that each function without a name of its own stands in.
    pub(crate) lambdas: FxHashMap<FunctionId, ExprId>,
    /// Names of functions that have none of their own: what they are bound to.
    lambda_names: FxHashMap<FunctionId, (Sym, bool)>,
    /// The calls.
    pub(crate) calls: Vec<ExprId>,
}

impl SourceFile {
    pub(crate) fn new(
        path: &str,
        language: LanguageId,
        text: String,
        parsed: downhaul_lang::Parsed,
        class: PathClass,
    ) -> Self {
        let mut lambdas = FxHashMap::default();
        let mut calls = Vec::new();
        for (id, expr) in parsed.facts.all_exprs() {
            match expr.kind {
                ExprKind::Function(function) => {
                    lambdas.insert(function, id);
                }
                ExprKind::Call(_) => calls.push(id),
                _ => {}
            }
        }
        let lambda_names = lambda_names(&parsed.facts);
        SourceFile {
            path: Arc::from(path),
            language,
            lines: LineIndex::new(&text),
            text,
            facts: parsed.facts,
            class,
            broken: parsed.broken,
            lambdas,
            lambda_names,
            calls,
        }
    }

    /// The name of a function: its own, or that of what it is bound to.
    pub(crate) fn function_name(&self, function: FunctionId) -> Option<&str> {
        let own = self.facts.function(function).name;
        own.or_else(|| self.lambda_names.get(&function).map(|(name, _)| *name)).map(|name| self.facts.text(name))
    }

    /// Whether a function is called as a member of an object or class.
    pub(crate) fn is_entry(&self, function: FunctionId) -> bool {
        self.lambda_names.get(&function).is_some_and(|(_, entry)| *entry)
    }

    /// Whether it is a test.
    pub(crate) fn is_test(&self) -> bool {
        self.class == PathClass::Test
    }

    /// The folder, without a slash at its end.
    pub(crate) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// A location in this file.
    pub(crate) fn location(&self, span: Range<usize>) -> Location {
        self.lines.location(Arc::clone(&self.path), &self.text, span)
    }

    /// The line, from 1, of an offset.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        self.lines.position(&self.text, offset).line
    }
}

/// The names of functions by what they are bound to, and whether that is a member.
fn lambda_names(facts: &Facts) -> FxHashMap<FunctionId, (Sym, bool)> {
    let mut names = FxHashMap::default();
    let function = |mut expr: ExprId| loop {
        match &facts.expr(expr).kind {
            ExprKind::Function(function) => break Some(*function),
            ExprKind::Same(inner) => expr = *inner,
            // `useCallback(() => …)`, `memo(() => …)`.
            ExprKind::Call(call) if !call.args.is_empty() => expr = call.args[0].value,
            _ => break None,
        }
    };
    for binding in &facts.bindings {
        if let BindingKind::Value(Some(value)) = binding.kind
            && let Some(function) = function(value)
        {
            names.insert(function, (binding.name, false));
        }
    }
    for class in &facts.classes {
        for member in &class.members {
            if let MemberKind::Field(Some(value)) = member.kind
                && let Some(function) = function(value)
            {
                names.insert(function, (member.name, true));
            }
        }
    }
    for expr in &facts.exprs {
        if let ExprKind::Object(entries) = &expr.kind {
            for entry in entries {
                let name = match entry.key {
                    EntryKey::Text(name) => Some(name),
                    // The name of a field (Go).
                    EntryKey::Value(key) => match facts.expr(key).kind {
                        ExprKind::Name(name) => Some(name),
                        ExprKind::Same(inner) => match facts.expr(inner).kind {
                            ExprKind::Name(name) => Some(name),
                            _ => None,
                        },
                        _ => None,
                    },
                    EntryKey::Spread => None,
                };
                if let (Some(name), Some(function)) = (name, entry.value.and_then(function)) {
                    names.insert(function, (name, true));
                }
            }
        }
    }
    names
}
