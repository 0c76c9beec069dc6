//! From what has been found out to references.

mod definitions;
mod surroundings;
mod texts;
mod variants;

use std::collections::BTreeSet;
use std::sync::Arc;

use downhaul_core::{
    Confidence, Context, FlagKey, KeyPattern, Location, PathClass, Reference, ReferenceKind, ReferencedKey, Resolution,
    Returns, Via, ViaRole,
};
use downhaul_lang::CallRole;
use downhaul_lang::facts::{BindingKind, Bytes, Call, CallForm, EntryKey, ExprId, ExprKind, MemberKind, Sym};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::lexical::Lexical;
use crate::resolve::{FileId, Found, Hit, Hop, Project, Spec, Value};
use crate::source::SourceFile;

/// The literal that an evaluation got its key from: its file, where it starts, and what it says.
type UsedText = (FileId, u32, Arc<str>);

/// How many keys one place can ask for by name.
const LONG: usize = 6;

/// All references of all parsed files.
pub(crate) fn references(project: &Project<'_>, lexical: &Lexical<'_>) -> Vec<Reference> {
    let evaluated: Vec<(Vec<Reference>, Vec<UsedText>)> = (0..project.files.len())
        .into_par_iter()
        .map(|index| {
            let mut emitter = Emitter::new(project, lexical, FileId(index));
            emitter.evaluations();
            (emitter.references, emitter.used)
        })
        .collect();
    let used: BTreeSet<UsedText> = evaluated.iter().flat_map(|(_, used)| used.iter().cloned()).collect();
    evaluated
        .into_par_iter()
        .enumerate()
        .map(|(index, (references, _))| {
            let mut emitter = Emitter::new(project, lexical, FileId(index));
            emitter.references = references;
            emitter.definitions(&used);
            let file = project.file(FileId(index));
            let broken = lexical.broken_places(&file.path, &file.text, file.class, &file.broken);
            emitter.add_missing(broken);
            if lexical.wants_mentions() {
                let mentions = lexical.broken_file(&file.path, &file.text, file.class);
                let mentions = mentions.into_iter().filter(|found| found.kind == ReferenceKind::Mention).collect();
                emitter.add_missing(mentions);
            }
            emitter.references
        })
        .flatten()
        .collect()
}

/// The order of references.
pub(crate) fn order(reference: &Reference) -> (&str, usize, usize, ReferenceKind, &ReferencedKey) {
    let location = &reference.location;
    (&location.path, location.start_byte, location.end_byte, reference.kind, &reference.key)
}

struct Emitter<'p, 'c> {
    project: &'p Project<'c>,
    lexical: &'p Lexical<'p>,
    id: FileId,
    file: &'p SourceFile,
    /// Values that a name or member holds on to.
    kept: FxHashSet<ExprId>,
    references: Vec<Reference>,
    used: Vec<UsedText>,
}

impl<'p, 'c> Emitter<'p, 'c> {
    fn new(project: &'p Project<'c>, lexical: &'p Lexical<'p>, id: FileId) -> Self {
        Emitter {
            project,
            lexical,
            id,
            file: project.file(id),
            kept: kept(project.file(id)),
            references: Vec::new(),
            used: Vec::new(),
        }
    }

    fn evaluations(&mut self) {
        let facts = &self.file.facts;
        for id in &self.file.calls {
            let ExprKind::Call(call) = &facts.expr(*id).kind else { continue };
            if self.project.is_interesting(self.id, call) || self.project.hands_over_key(self.id, call) {
                for hit in self.project.hits(self.id, call) {
                    self.hit(*id, call, &hit);
                }
            }
        }
        for (id, expr) in facts.all_exprs() {
            match expr.kind {
                ExprKind::Index(object, key) => self.looked_up(id, object, key),
                ExprKind::Member(object, name) => {
                    self.member(id, object, facts.text(name));
                    self.named_call(id, name);
                }
                ExprKind::Name(name) => self.named_call(id, name),
                _ => {}
            }
        }
    }

    fn hit(&mut self, id: ExprId, call: &Call, hit: &Hit) {
        let known = self.project.sdk_call(hit.spec);
        let is_test = known.is_some_and(|known| known.role == CallRole::Test);
        let several = hit.keys.iter().filter(|key| matches!(key.value, Value::Text(_) | Value::Pattern(_))).count() > 1
            && known.is_none_or(|known| !known.key.0.iter().any(downhaul_lang::Argument::is_many));
        // A long list is a list of the flags there are: each of them is found where it stands in there.
        let anything = [Found::new(Value::Unknown)];
        let keys = if several && hit.keys.len() > LONG { &anything[..] } else { &hit.keys[..] };
        for key in keys {
            let (kind, referenced, resolution) = match &key.value {
                Value::Text(text) => {
                    let Ok(flag) = FlagKey::new(text) else { continue };
                    let resolution = self.resolution(id, hit, key, several);
                    (ReferenceKind::Evaluation, ReferencedKey::Known(flag), resolution)
                }
                Value::Pattern(parts) => {
                    let resolution =
                        if parts.iter().all(String::is_empty) { Resolution::Dynamic } else { Resolution::Pattern };
                    (ReferenceKind::Evaluation, ReferencedKey::Pattern(KeyPattern { parts: parts.clone() }), resolution)
                }
                Value::Param { .. } if hit.traced => {
                    (ReferenceKind::Wrapper, ReferencedKey::Pattern(KeyPattern::any()), Resolution::Dynamic)
                }
                Value::Unknown if hit.traced => {
                    (ReferenceKind::Evaluation, ReferencedKey::Pattern(KeyPattern::any()), Resolution::Dynamic)
                }
                _ => continue,
            };
            let kind = if is_test || (kind == ReferenceKind::Evaluation && self.is_faked(id)) {
                ReferenceKind::Test
            } else {
                kind
            };
            let is_known = matches!(&referenced, ReferencedKey::Known(flag) if self.project.is_key(flag.as_str()));
            let confidence = if hit.traced || is_known { Confidence::High } else { Confidence::Low };
            if confidence == Confidence::High {
                self.note_used(id, key);
            }
            let returns = match hit.spec {
                Spec::Configured(index) => self.project.configured[index].returns,
                _ => known.map_or(Returns::Bool, |known| known.returns),
            };
            let (fallback, _) = self.project.fallback(self.id, id, hit);
            let reference = Reference {
                key: referenced,
                kind,
                resolution,
                confidence,
                sdk: match hit.spec {
                    Spec::Sdk(sdk, _) => Some(self.project.catalog.sdk(sdk).id.clone()),
                    Spec::Registry | Spec::Configured(_) => None,
                },
                call: Some(self.call_name(call)),
                returns: Some(returns),
                negated: match &hit.forward {
                    Some(forward) => forward.negated,
                    None => known.is_some_and(|known| known.negated),
                },
                fallback,
                context: self.context(call, hit),
                variant: (returns == Returns::Variant).then(|| self.variant_use(id)).flatten(),
                location: self.call_location(id),
                via: self.via(id, hit, key),
                enclosing: self.enclosing(id, call.form == CallForm::Annotation && returns == Returns::Gate),
                expression: self.expression(id),
                class: self.file.class,
            };
            self.references.push(reference);
        }
    }

    /// Something that holds flags by name is looked into: `flags[KEY]`, `toggles["key"]`.
    fn looked_up(&mut self, id: ExprId, object: ExprId, key: ExprId) {
        let facts = &self.file.facts;
        let holds = self.project.holds_flags(self.id, object);
        let says = || match facts.expr(self.project.plain(self.id, object)).kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => crate::resolve::says_flag(facts.text(name)),
            _ => false,
        };
        if !holds && !says() || self.is_target(id) {
            return;
        }
        for found in self.project.keys(self.id, key) {
            if let Value::Text(text) = &found.value
                && self.project.is_key(text)
            {
                self.registry_access(id, &found, text);
            }
        }
    }

    /// A function that is called by its name alone, where the language has such calls.
    fn named_call(&mut self, id: ExprId, name: Sym) {
        let facts = &self.file.facts;
        if !self.project.language(self.id).facts.uniform_access || !self.project.call_names.contains(facts.text(name)) {
            return;
        }
        let is_callee = facts.expr(id).parent.is_some_and(|parent| match &facts.expr(parent).kind {
            ExprKind::Call(call) => self.project.plain(self.id, call.callee) == id,
            _ => false,
        });
        if is_callee || !self.project.asks_for_one(self.id, id) {
            return;
        }
        let call = Call { callee: id, args: Vec::new(), form: CallForm::Call };
        for hit in self.project.hits_of_name(self.id, &call) {
            self.hit(id, &call, &hit);
        }
    }

    /// A member of something that holds flags: `flags.newCheckout`; one that is read and asks for a flag.
    fn member(&mut self, id: ExprId, object: ExprId, name: &str) {
        if self.project.call_names.contains(name) && !self.is_called(id) && !self.is_target(id) {
            for found in self.project.asked_by_getter(self.id, object, name) {
                if let Value::Text(text) = &found.value {
                    self.registry_access(id, &found, text);
                }
            }
        }
        if self.project.is_key(name) && self.project.holds_flags(self.id, object) && !self.is_target(id) {
            self.registry_access(id, &Found::new(Value::Text(Arc::from(name))), name);
        }
        if self.project.is_key(name)
            && crate::lexical::likeness(name) != crate::lexical::Likeness::Word
            && !self.project.holds_flags(self.id, object)
            && !self.is_target(id)
            && self.project.is_named_for_flags(self.id, id, object)
        {
            self.registry_access(id, &Found::new(Value::Text(Arc::from(name))), name);
        }
        if self.project.may_be_key(self.id, object) && !self.is_called(id) && !self.is_target(id) {
            for found in self.project.asked_member(self.id, object, name).unwrap_or_default() {
                if let Value::Text(text) = &found.value {
                    self.registry_access(id, &found, text);
                }
            }
        }
    }

    fn registry_access(&mut self, id: ExprId, found: &Found, text: &str) {
        let Ok(flag) = FlagKey::new(text) else { return };
        let hit = Hit { spec: Spec::Registry, traced: true, keys: Vec::new(), through: None, forward: None };
        self.note_used(id, found);
        let reference = Reference {
            key: ReferencedKey::Known(flag),
            kind: if self.is_faked(id) { ReferenceKind::Test } else { ReferenceKind::Evaluation },
            resolution: self.resolution(id, &hit, found, false),
            confidence: Confidence::High,
            sdk: None,
            call: None,
            returns: Some(Returns::Bool),
            negated: false,
            fallback: None,
            context: Context::Absent,
            variant: None,
            location: self.call_location(id),
            via: self.via(id, &hit, found),
            enclosing: self.enclosing(id, false),
            expression: self.expression(id),
            class: self.file.class,
        };
        self.references.push(reference);
    }

    /// Whether an expression is what a call calls.
    fn is_called(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let parent = facts.expr(id).parent.map(|parent| &facts.expr(parent).kind);
        matches!(parent, Some(ExprKind::Call(call)) if call.callee == id)
    }

    /// Whether an expression is what an assignment gives a value to.
    fn is_target(&self, id: ExprId) -> bool {
        let facts = &self.file.facts;
        let Some(parent) = facts.expr(id).parent else { return false };
        match facts.expr(parent).kind {
            ExprKind::Same(value) => {
                let (target, value) = (facts.expr(id), facts.expr(value));
                target.span.start < value.span.start && facts.expr(parent).span.start == target.span.start
            }
            _ => false,
        }
    }

    fn resolution(&self, id: ExprId, hit: &Hit, key: &Found, several: bool) -> Resolution {
        if several {
            Resolution::Set
        } else if hit.through.is_some() {
            Resolution::Wrapper
        } else if key.hops.iter().any(|hop| hop.role != ViaRole::Key)
            || key.hops.iter().any(|hop| !self.is_within(id, hop))
        {
            Resolution::Constant
        } else {
            Resolution::Literal
        }
    }

    fn covers(&self, id: ExprId, span: &Bytes) -> bool {
        let around = &self.file.facts.expr(id).span;
        around.start <= span.start && span.end <= around.end
    }

    fn is_within(&self, id: ExprId, hop: &Hop) -> bool {
        hop.file == self.id && self.covers(id, &hop.span)
    }

    /// Notes the literal that the key comes from, so that its place becomes a definition.
    fn note_used(&mut self, id: ExprId, key: &Found) {
        let Value::Text(text) = &key.value else { return };
        let Some(hop) = key.hops.last().filter(|hop| hop.role == ViaRole::Key) else { return };
        if !self.is_within(id, hop) {
            self.used.push((hop.file, hop.span.start, Arc::clone(text)));
        }
    }

    fn via(&self, id: ExprId, hit: &Hit, key: &Found) -> Vec<Via> {
        let line = self.call_location(id).start.line;
        let mut via: Vec<Via> = Vec::new();
        for hop in &key.hops {
            let location = self.hop_location(hop);
            let is_on_line = hop.file == self.id && location.start.line == line;
            if hop.role != ViaRole::Key || !is_on_line {
                via.push(Via { location, role: hop.role });
            }
        }
        if let (Some(_), Some(forward)) = (hit.through, &hit.forward) {
            via.push(Via { location: self.hop_location(&forward.at), role: ViaRole::Wrapper });
        }
        via.dedup();
        via
    }

    fn hop_location(&self, hop: &Hop) -> Location {
        self.location_in(hop.file, &hop.span)
    }

    fn location_in(&self, file: FileId, span: &Bytes) -> Location {
        self.project.file(file).location(span.start as usize..span.end as usize)
    }

    /// The call, from the line that its method's name is on.
    fn call_location(&self, id: ExprId) -> Location {
        let expr = self.file.facts.expr(id);
        let (start, name) = (expr.span.start as usize, expr.name_at as usize);
        let from = if self.file.line(start) == self.file.line(name) { start } else { name };
        self.file.location(from..expr.span.end as usize)
    }

    fn call_name(&self, call: &Call) -> String {
        let facts = &self.file.facts;
        match facts.expr(self.project.plain(self.id, call.callee)).kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => facts.text(name).to_owned(),
            _ => self.project.source(self.id, call.callee).split_whitespace().collect(),
        }
    }

    fn context(&self, call: &Call, hit: &Hit) -> Context {
        if hit.through.is_some() {
            return Context::Opaque;
        }
        let Some(known) = self.project.sdk_call(hit.spec) else { return Context::Absent };
        if known.context.0.is_empty() {
            // It comes from elsewhere: a provider, the page.
            return Context::Opaque;
        }
        let mut places = known.context.0.iter().flat_map(|place| self.project.arguments(self.id, call, place));
        let facts = &self.file.facts;
        let Some(value) = places.next() else { return Context::Absent };
        match &facts.expr(self.project.plain(self.id, value)).kind {
            ExprKind::Object(_) => self.fields(value).map_or(Context::Opaque, Context::Fields),
            ExprKind::Bool(_) => Context::Absent,
            ExprKind::Literal(text) if matches!(facts.text(*text), "null" | "None" | "nil" | "undefined") => {
                Context::Absent
            }
            ExprKind::Name(name) if facts.text(*name) == "None" => Context::Absent,
            _ => Context::Opaque,
        }
    }

    /// The fields of an object literal, those under `properties` among them; `None` when it holds more than is written.
    fn fields(&self, value: ExprId) -> Option<Vec<String>> {
        let facts = &self.file.facts;
        let ExprKind::Object(entries) = &facts.expr(self.project.plain(self.id, value)).kind else { return None };
        let mut fields = Vec::new();
        for entry in entries {
            let name = match entry.key {
                EntryKey::Text(key) => facts.text(key),
                EntryKey::Value(key) => match facts.expr(self.project.plain(self.id, key)).kind {
                    ExprKind::String(key) | ExprKind::Name(key) => facts.text(key),
                    _ => return None,
                },
                EntryKey::Spread => return None,
            };
            fields.push(name.to_owned());
            if name.eq_ignore_ascii_case("properties") {
                fields.extend(self.fields(entry.value?)?);
            }
        }
        Some(fields)
    }

    fn expression(&self, id: ExprId) -> String {
        self.project.source(self.id, id).split_whitespace().collect()
    }

    /// Adds what the words say where nothing has been said about that key on that line.
    fn add_missing(&mut self, found: Vec<Reference>) {
        let said: BTreeSet<(u32, ReferencedKey)> = self
            .references
            .iter()
            .flat_map(|reference| {
                let lines = reference.location.start.line..=reference.location.end.line;
                lines.map(|line| (line, reference.key.clone()))
            })
            .collect();
        let missing = found
            .into_iter()
            .filter(|reference| !said.contains(&(reference.location.start.line, reference.key.clone())));
        self.references.extend(missing);
    }

    fn span_location(&self, span: &Bytes) -> Location {
        self.file.location(span.start as usize..span.end as usize)
    }

    fn is_test(&self) -> bool {
        self.file.class == PathClass::Test
    }
}

/// The values that a name or member of the file holds on to.
fn kept(file: &SourceFile) -> FxHashSet<ExprId> {
    let facts = &file.facts;
    let bound = facts.bindings.iter().filter_map(|binding| match binding.kind {
        BindingKind::Value(value) => value,
        _ => None,
    });
    let members = facts.classes.iter().flat_map(|class| &class.members).filter_map(|member| match member.kind {
        MemberKind::Field(value) => value,
        _ => None,
    });
    let assigned = facts.classes.iter().flat_map(|class| &class.assigned).map(|(_, value)| *value);
    bound.chain(members).chain(assigned).collect()
}
