//! What a name means, across files.

mod aliases;
mod calls;
mod configured;
mod enums;
mod foreign;
mod global;
mod members;
mod memo;
mod modules;
mod objects;
mod registry;
mod results;
mod texts;
mod unlisted;
mod value;
mod values;
mod wrappers;

use std::collections::BTreeSet;
use std::sync::Mutex;

use downhaul_core::FlagKey;
use downhaul_lang::facts::{ClassId, ExprId, FunctionId, MemberKind};
use downhaul_lang::{Catalog, Language, SdkId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::SourceFile;

pub(crate) use aliases::Aliases;
pub(crate) use calls::{Hit, Spec};
pub(crate) use configured::Configured;
pub use configured::{ArgumentConfig, CallKind, SdkConfig, WrapperConfig};
pub(crate) use modules::Paths;
pub(crate) use objects::OWN;
pub(crate) use registry::{says_flag, surely_says_flag};
pub(crate) use value::{FileId, Found, Hop, Value};
pub(crate) use wrappers::{Forward, Wrapper};

/// All files that were parsed so far, and what has been found out about them.
pub(crate) struct Project<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) files: Vec<SourceFile>,
    /// The known keys.
    known: FxHashSet<&'c str>,
    pub(crate) paths: Paths,
    /// Parsed files by their index in [`Paths`].
    pub(crate) parsed: FxHashMap<usize, FileId>,
    /// Functions that hand a parameter on to an evaluation, or ask for one flag.
    pub(crate) wrappers: FxHashMap<(FileId, FunctionId), Wrapper>,
    /// Names of the methods among them.
    pub(crate) wrapper_methods: FxHashMap<String, Vec<(FileId, FunctionId)>>,
    /// Names of those that ask for a key that their object carries.
    own_methods: BTreeSet<String>,
    /// Names of functions and SDK calls: a call of anything else need not be looked at.
    pub(crate) call_names: FxHashSet<String>,
    /// The calls of SDKs by their names.
    sdk_calls: FxHashMap<&'c str, Vec<(SdkId, usize)>>,
    /// Names of constants, enums and objects that hold a key.
    pub(crate) key_names: FxHashSet<String>,
    /// Types whose members are flags.
    pub(crate) registries: FxHashSet<(FileId, ClassId)>,
    /// Names of members that are of such a type.
    pub(crate) registry_members: FxHashSet<String>,
    /// What has been worked out about each file.
    memos: Vec<memo::Memo>,
    /// The SDK that each import of each file belongs to.
    import_sdks: Vec<Vec<Option<SdkId>>>,
    /// Methods of classes that extend or implement something, by name.
    methods: FxHashMap<String, Vec<(FileId, FunctionId)>>,
    /// Files by the package they say they belong to.
    pub(crate) packages: FxHashMap<String, Vec<FileId>>,
    /// Files that a name led to and that are not parsed yet.
    pub(crate) wanted: Mutex<BTreeSet<usize>>,
    /// Names that all files see, where the language has such.
    globals: global::Globals,
    /// Where following a name was given up, since it went on for too long.
    pub(crate) given_up: Mutex<BTreeSet<(FileId, Option<ExprId>)>>,
    /// Calls that the configuration tells of.
    pub(crate) configured: Vec<Configured>,
    /// SDKs that any file imports.
    pub(crate) sdks: BTreeSet<SdkId>,
}

impl<'c> Project<'c> {
    pub(crate) fn new(
        catalog: &'c Catalog,
        keys: &'c BTreeSet<FlagKey>,
        paths: Paths,
        configured: Vec<Configured>,
    ) -> Self {
        let listed = catalog.sdks().flat_map(|(_, sdk)| &sdk.calls).flat_map(|call| call.names.iter().cloned());
        let call_names = listed.chain(configured.iter().map(|entry| entry.name.clone())).collect();
        let mut sdk_calls: FxHashMap<&'c str, Vec<(SdkId, usize)>> = FxHashMap::default();
        for (id, sdk) in catalog.sdks() {
            for (index, call) in sdk.calls.iter().enumerate() {
                for name in &call.names {
                    sdk_calls.entry(name).or_default().push((id, index));
                }
            }
        }
        Project {
            catalog,
            files: Vec::new(),
            known: keys.iter().map(FlagKey::as_str).collect(),
            paths,
            parsed: FxHashMap::default(),
            wrappers: FxHashMap::default(),
            wrapper_methods: FxHashMap::default(),
            own_methods: BTreeSet::new(),
            call_names,
            sdk_calls,
            key_names: FxHashSet::default(),
            registries: FxHashSet::default(),
            registry_members: FxHashSet::default(),
            memos: Vec::new(),
            import_sdks: Vec::new(),
            methods: FxHashMap::default(),
            packages: FxHashMap::default(),
            wanted: Mutex::new(BTreeSet::new()),
            given_up: Mutex::new(BTreeSet::new()),
            globals: global::Globals::default(),
            configured,
            sdks: BTreeSet::new(),
        }
    }

    /// Takes in more files; `index` is theirs in [`Paths`].
    pub(crate) fn add(&mut self, files: Vec<(usize, SourceFile)>) {
        for (index, file) in files {
            let id = FileId(self.files.len());
            self.parsed.insert(index, id);
            for class in file.facts.classes.iter().filter(|class| !class.bases.is_empty()) {
                for member in &class.members {
                    if let MemberKind::Method(function) = member.kind {
                        self.methods.entry(file.facts.text(member.name).to_owned()).or_default().push((id, function));
                    }
                }
            }
            if let Some(package) = file.facts.package {
                self.packages.entry(file.facts.text(package).to_owned()).or_default().push(id);
            }
            if self.catalog.language(file.language).facts.project_scope {
                self.globals.add(id, &file);
            }
            self.files.push(file);
            let sdks: Vec<Option<SdkId>> =
                self.file(id).facts.imports.iter().map(|import| self.sdk_of_import(id, import)).collect();
            self.sdks.extend(sdks.iter().flatten());
            self.import_sdks.push(sdks);
        }
        self.memos = (0..self.files.len()).map(|_| memo::Memo::default()).collect();
        self.find_registries();
        self.find_key_names();
    }

    /// Frees all files on all threads: they are millions of small things.
    pub(crate) fn close(self) {
        use rayon::prelude::*;
        rayon::join(|| self.files.into_par_iter().for_each(drop), || drop(self.memos));
    }

    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0]
    }

    pub(crate) fn language(&self, id: FileId) -> &Language {
        self.catalog.language(self.file(id).language)
    }

    pub(crate) fn is_key(&self, text: &str) -> bool {
        self.known.contains(text)
    }

    /// Notes that a name is followed no further.
    fn give_up(&self, file: FileId, expr: Option<ExprId>) {
        // Some questions are asked with little patience from the start; those do not count.
        if memo::depth() > values::DEPTH / 4 {
            self.given_up.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert((file, expr));
        }
    }

    /// The files in which following a name was given up, and the line where it is known.
    pub(crate) fn given_up(&self) -> BTreeSet<(&str, Option<u32>)> {
        let places = self.given_up.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = |(file, expr): &(FileId, Option<ExprId>)| {
            let file = self.file(*file);
            let line = expr.map(|expr| file.line(file.facts.expr(expr).span.start as usize));
            (&*file.path, line)
        };
        places.iter().map(place).collect()
    }

    /// All files by id.
    pub(crate) fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len()).map(FileId)
    }

    /// The text of an expression.
    pub(crate) fn source(&self, file: FileId, expr: ExprId) -> &str {
        let file = self.file(file);
        let span = &file.facts.expr(expr).span;
        file.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
