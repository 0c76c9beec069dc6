//! All files that a clean-up touches, and what goes from one to another: exports that nobody imports any more, files
//! that nobody does, declarations of the flag.

mod choices;
mod declarations;
mod exports;
mod injected;
mod members;
mod setups;
mod wrappers;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use downhaul_core::{Cleaned, CleanedFile, CleanedFlag, Edit, FlagKey, Keep, Left, Reference, ReferenceKind, ViaRole};
use downhaul_lang::NodeId;
use downhaul_lang::syntax::{Part, Role};
use rustc_hash::FxHashMap;

use crate::file::SourceFile;
use crate::fold::Knowledge;
use crate::names::is_covered;
use crate::rewrite::Pass;
use crate::{CleanRequest, Sources, prune, rewrite, seeds};

/// How often passes are made before the engine gives up on finding an end.
const MAX_PASSES: usize = 60;

/// A file under clean-up.
pub(crate) struct FileState<'a> {
    pub(crate) file: SourceFile,
    knowledge: Knowledge,
    removed: BTreeSet<NodeId>,
    places: BTreeMap<NodeId, &'a Reference>,
    /// All references in the file.
    references: Vec<&'a Reference>,
    pass: Pass,
    gone: Vec<Range<usize>>,
    /// The file goes as a whole.
    deleted: bool,
    flags: BTreeSet<FlagKey>,
    settled: bool,
}

impl FileState<'_> {
    fn new(file: SourceFile) -> Self {
        FileState {
            file,
            knowledge: Knowledge::default(),
            removed: BTreeSet::new(),
            places: BTreeMap::new(),
            references: Vec::new(),
            pass: Pass::default(),
            gone: Vec::new(),
            deleted: false,
            flags: BTreeSet::new(),
            settled: true,
        }
    }

    /// Whether a node goes.
    fn is_gone(&self, id: NodeId) -> bool {
        self.deleted || is_covered(&self.gone, &self.file.tree.span(id))
    }

    /// Whether a node is among those taken out.
    fn is_removed(&self, id: NodeId) -> bool {
        self.removed.contains(&id)
    }

    /// Takes a node out. Whether it was still there.
    fn remove(&mut self, id: NodeId, flags: &BTreeSet<FlagKey>) -> bool {
        let is_new = self.removed.insert(id);
        if is_new {
            self.flags.extend(flags.iter().cloned());
            self.settled = false;
        }
        is_new
    }

    /// Rewrites until nothing new is found in the file alone.
    fn settle(&mut self) {
        if self.settled || self.deleted {
            return;
        }
        for _ in 0..MAX_PASSES {
            let learned = prune::learn(&self.file, &mut self.knowledge);
            self.pass = rewrite::rewrite(&self.file, &self.knowledge, &self.removed);
            self.gone = self.pass.draft.gone();
            let unused = prune::unused(&self.file, &self.knowledge, &self.gone, &self.removed);
            if !learned && unused.is_empty() {
                break;
            }
            self.removed.extend(unused);
        }
        self.settled = true;
    }
}

/// The files and what is known of them all.
pub(crate) struct Project<'a> {
    request: &'a CleanRequest<'a>,
    sources: &'a dyn Sources,
    files: BTreeMap<String, FileState<'a>>,
    /// Files that cannot be rewritten.
    closed: BTreeSet<String>,
    /// Which files name a word.
    naming: FxHashMap<String, Arc<Vec<String>>>,
    left: Vec<(&'a Reference, String)>,
    /// Declarations of the flag that have not gone yet.
    declarations: Vec<&'a Reference>,
}

impl<'a> Project<'a> {
    pub(crate) fn new(request: &'a CleanRequest<'a>, sources: &'a dyn Sources) -> Self {
        let mut project = Project {
            request,
            sources,
            files: BTreeMap::new(),
            closed: BTreeSet::new(),
            naming: FxHashMap::default(),
            left: Vec::new(),
            declarations: Vec::new(),
        };
        for reference in request.references {
            if request.removals.iter().any(|removal| Some(&removal.flag) == reference.flag()) {
                project.take_in(reference);
            }
        }
        project.refuse_busy_wrappers();
        project
    }

    /// Puts a reference where it belongs.
    fn take_in(&mut self, reference: &'a Reference) {
        let path = &reference.location.path;
        if reference.kind == ReferenceKind::Mention && !self.is_code(path) {
            return self.left.push((reference, "mentioned here".to_owned()));
        }
        let request = self.request;
        let only_asks = self.only_asks(reference);
        let Some(state) = self.open(path) else {
            return self.left.push((reference, "this kind of file is not rewritten".to_owned()));
        };
        state.references.push(reference);
        if matches!(
            reference.kind,
            ReferenceKind::Definition | ReferenceKind::Config | ReferenceKind::Mention | ReferenceKind::Test
        ) {
            return self.declarations.push(reference);
        }
        match seeds::seed(&state.file, reference, request) {
            // What the function does besides stays to be done; what it returns is worked out from its body.
            Ok(_) if !only_asks => state.references.retain(|other| !std::ptr::eq(*other, reference)),
            Ok((node, value)) => {
                state.places.insert(node, reference);
                state.knowledge.seeds.insert(node, value);
                state.flags.extend(reference.flag().cloned());
                state.settled = false;
            }
            Err(why) => {
                let why = if why == seeds::NOT_FOUND { self.open_gate(reference).err() } else { Some(why) };
                self.left.extend(why.map(|why| (reference, why.to_owned())));
            }
        }
    }

    /// An object that is there for the flag alone loses the entry that says so, or goes.
    fn open_gate(&mut self, reference: &'a Reference) -> Result<(), &'static str> {
        let flag = reference.flag().ok_or(seeds::NOT_FOUND)?;
        let removal = self.request.removals.iter().find(|removal| removal.flag == *flag).ok_or(seeds::NOT_FOUND)?;
        let is_open = (removal.keep != Keep::Off) != reference.negated;
        let state = self.open(&reference.location.path).ok_or(seeds::NOT_FOUND)?;
        let entry = seeds::gate(&state.file, reference).ok_or(seeds::NOT_FOUND)?;
        let tree = &state.file.tree;
        let object = tree.parent(entry).filter(|object| tree.role(*object) == Some(Role::Object));
        let is_item = |object: &NodeId| {
            tree.parent(*object).is_some_and(|list| {
                tree.role(list) == Some(Role::List)
                    && tree.parent(list).is_none_or(|call| tree.part(call, Part::Arguments) != Some(list))
            })
        };
        let goes = if is_open { object.map(|_| entry) } else { object.filter(is_item) };
        let goes = goes.ok_or("it is not known what this entry decides about")?;
        state.remove(goes, &[flag.clone()].into());
        Ok(())
    }

    /// Whether the functions that a reference goes through do nothing but ask. Those that are handed the key are there
    /// for nothing else, whatever they prepare or log.
    fn only_asks(&mut self, reference: &Reference) -> bool {
        let references = self.request.references;
        let has_own_key = |path: &str, span: Range<usize>| {
            references.iter().any(|other| {
                let at = other.location.span();
                other.kind == ReferenceKind::Evaluation
                    && other.flag() == reference.flag()
                    && other.location.path.as_ref() == path
                    && span.start <= at.start
                    && at.end <= span.end
            })
        };
        reference.via.iter().filter(|via| via.role == ViaRole::Wrapper).all(|via| {
            let Some(state) = self.open(&via.location.path) else { return true };
            let file = &state.file;
            let place = file.tree.covering(&via.location.span());
            let mut around = std::iter::once(place).chain(file.tree.ancestors(place));
            let function = around.find(|id| {
                let value = file.tree.part(*id, Part::Value);
                value.into_iter().chain([*id]).any(|id| file.role(id) == Some(Role::Function))
            });
            function.is_none_or(|function| {
                prune::only_returns(file, function) || !has_own_key(&via.location.path, file.tree.span(function))
            })
        })
    }

    fn is_code(&self, path: &str) -> bool {
        downhaul_lang::Catalog::load().language_of(path).is_some()
    }

    /// A file, read when it is first wanted.
    fn open(&mut self, path: &str) -> Option<&mut FileState<'a>> {
        if self.closed.contains(path) {
            return None;
        }
        if !self.files.contains_key(path) {
            match self.sources.text(path).and_then(|text| SourceFile::read(path, text)) {
                Some(file) => {
                    self.files.insert(path.to_owned(), FileState::new(file));
                }
                None => {
                    self.closed.insert(path.to_owned());
                    return None;
                }
            }
        }
        self.files.get_mut(path)
    }

    /// The files that name a word.
    fn naming(&mut self, word: &str) -> Arc<Vec<String>> {
        if let Some(paths) = self.naming.get(word) {
            return Arc::clone(paths);
        }
        let paths = Arc::new(self.sources.naming(word));
        self.naming.insert(word.to_owned(), Arc::clone(&paths));
        paths
    }

    /// Works until nothing new is found.
    pub(crate) fn run(mut self) -> Cleaned {
        for _ in 0..MAX_PASSES {
            self.files.values_mut().for_each(FileState::settle);
            let chosen = self.learn_choices();
            let declared = self.remove_declarations();
            let exported = self.remove_exports();
            let members = self.remove_members() | self.remove_injected();
            if !chosen && !declared && !exported && !members {
                break;
            }
        }
        self.finish()
    }

    fn finish(mut self) -> Cleaned {
        for reference in std::mem::take(&mut self.declarations) {
            let why = declarations::why_left(reference);
            self.left.push((reference, why.to_owned()));
        }
        let mut files = Vec::new();
        let mut broken: BTreeMap<FlagKey, String> = BTreeMap::new();
        for (path, state) in std::mem::take(&mut self.files) {
            match self.finished(path, state) {
                Finished::Changed(file) => files.push(file),
                Finished::AsItWas => {}
                Finished::Broken { path, flags } => broken.extend(flags.into_iter().map(|flag| (flag, path.clone()))),
            }
        }
        files = without_broken(files, &mut broken);
        let mut flags: Vec<CleanedFlag> = self
            .request
            .removals
            .iter()
            .map(|removal| {
                let broken = broken.get(&removal.flag);
                let refused =
                    broken.map(|path| format!("{path} would not parse any more, so nothing is changed for it"));
                CleanedFlag { removal: removal.clone(), refused, left: Vec::new() }
            })
            .collect();
        for (reference, why) in self.left {
            if let Some(flag) = flags.iter_mut().find(|flag| Some(&flag.removal.flag) == reference.flag()) {
                flag.left.push(Left { location: reference.location.clone(), why });
            }
        }
        for flag in &mut flags {
            flag.left.sort();
            flag.left.dedup();
        }
        Cleaned { files, flags }
    }

    fn finished(&mut self, path: String, state: FileState<'a>) -> Finished {
        let before = Arc::clone(&state.file.text);
        if state.deleted {
            return Finished::Changed(CleanedFile {
                path,
                before,
                edits: Vec::new(),
                deleted: true,
                flags: state.flags,
            });
        }
        for (node, why) in &state.pass.refused {
            let place = state.places.iter().find(|(place, _)| state.file.tree.contains(*node, **place));
            if let Some((_, reference)) = place {
                self.left.push((reference, (*why).to_owned()));
            }
        }
        if let Some(why) = state.pass.is_unsafe {
            self.left.extend(state.references.iter().map(|reference| (*reference, why.to_owned())));
            return Finished::Broken { path, flags: state.flags };
        }
        let edits = state.pass.draft.edits(&state.file);
        if edits.is_empty() {
            return Finished::AsItWas;
        }
        let after: Arc<str> = Edit::apply(&before, &edits).into();
        let errors = SourceFile::read(&path, after).map_or(usize::MAX, |after| after.tree.errors);
        if errors > state.file.tree.errors {
            let why = "the result would not parse; the file stays as it was";
            self.left.extend(state.references.iter().map(|reference| (*reference, why.to_owned())));
            return Finished::Broken { path, flags: state.flags };
        }
        Finished::Changed(CleanedFile { path, before, edits, deleted: false, flags: state.flags })
    }
}

/// What other files lose for a flag, a file that stays as it was may still need: so all of a flag's files stay, and all
/// of the flags that share one of these.
fn without_broken(mut files: Vec<CleanedFile>, broken: &mut BTreeMap<FlagKey, String>) -> Vec<CleanedFile> {
    loop {
        let (kept, dropped): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.flags.iter().all(|flag| !broken.contains_key(flag)));
        for file in &dropped {
            let why = file.flags.iter().find_map(|flag| broken.get(flag)).cloned().unwrap_or_default();
            for flag in &file.flags {
                broken.entry(flag.clone()).or_insert_with(|| why.clone());
            }
        }
        files = kept;
        if dropped.is_empty() {
            return files;
        }
    }
}

/// What came of a file.
enum Finished {
    Changed(CleanedFile),
    AsItWas,
    /// It would not parse any more.
    Broken {
        path: String,
        flags: BTreeSet<FlagKey>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, flags: &[&str]) -> CleanedFile {
        let flags = flags.iter().map(|flag| FlagKey::new(flag).expect("a key")).collect();
        CleanedFile { path: path.to_owned(), before: "".into(), edits: Vec::new(), deleted: false, flags }
    }

    #[test]
    fn flags_that_share_a_file_with_a_broken_one_are_refused_too() {
        let files = vec![file("a", &["x"]), file("b", &["x", "y"]), file("c", &["y"]), file("d", &["z"])];
        let mut broken = BTreeMap::from([(FlagKey::new("x").expect("a key"), "broken.ts".to_owned())]);
        let kept = without_broken(files, &mut broken);
        assert_eq!(kept.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["d"]);
        assert_eq!(broken.keys().map(FlagKey::as_str).collect::<Vec<_>>(), ["x", "y"]);
        assert!(broken.values().all(|path| path == "broken.ts"));
    }
}
