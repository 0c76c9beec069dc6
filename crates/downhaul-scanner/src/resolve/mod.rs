//! What a name means, across files.

mod calls;
mod members;
mod modules;
mod registry;
mod value;
mod values;
mod wrappers;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Mutex;

use downhaul_core::FlagKey;
use downhaul_lang::facts::{ClassId, ExprId, FunctionId};
use downhaul_lang::{Catalog, Language, SdkId};

use crate::source::SourceFile;

pub(crate) use calls::{Hit, Spec};
pub(crate) use modules::Paths;
pub(crate) use registry::{says_flag, surely_says_flag};
pub(crate) use value::{FileId, Found, Hop, Value};
pub(crate) use wrappers::{Forward, Wrapper};

/// All files that were parsed so far, and what has been found out about them.
pub(crate) struct Project<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) keys: &'c BTreeSet<FlagKey>,
    pub(crate) paths: Paths,
    /// Parsed files by their index in [`Paths`].
    pub(crate) parsed: HashMap<usize, FileId>,
    /// Functions that hand a parameter on to an evaluation, or ask for one flag.
    pub(crate) wrappers: HashMap<(FileId, FunctionId), Wrapper>,
    /// Names of the methods among them.
    pub(crate) wrapper_methods: HashMap<String, Vec<(FileId, FunctionId)>>,
    /// Names of functions and SDK calls: a call of anything else need not be looked at.
    pub(crate) call_names: HashSet<String>,
    /// Names of constants, enums and objects that hold a key.
    pub(crate) key_names: HashSet<String>,
    /// Types whose members are flags.
    pub(crate) registries: HashSet<(FileId, ClassId)>,
    /// Names of members that are of such a type.
    pub(crate) registry_members: HashSet<String>,
    /// Classes by name.
    pub(crate) classes: HashMap<String, Vec<(FileId, ClassId)>>,
    /// Files by the package they say they belong to.
    pub(crate) packages: HashMap<String, Vec<FileId>>,
    /// Files that a name led to and that are not parsed yet.
    pub(crate) wanted: Mutex<BTreeSet<usize>>,
    /// SDKs that any file imports.
    pub(crate) sdks: BTreeSet<SdkId>,
}

impl<'c> Project<'c> {
    pub(crate) fn new(catalog: &'c Catalog, keys: &'c BTreeSet<FlagKey>, paths: Paths) -> Self {
        let call_names =
            catalog.sdks().flat_map(|(_, sdk)| &sdk.calls).flat_map(|call| call.names.iter().cloned()).collect();
        Project {
            catalog,
            files: Vec::new(),
            keys,
            paths,
            parsed: HashMap::new(),
            wrappers: HashMap::new(),
            wrapper_methods: HashMap::new(),
            call_names,
            key_names: HashSet::new(),
            registries: HashSet::new(),
            registry_members: HashSet::new(),
            classes: HashMap::new(),
            packages: HashMap::new(),
            wanted: Mutex::new(BTreeSet::new()),
            sdks: BTreeSet::new(),
        }
    }

    /// Takes in more files; `index` is theirs in [`Paths`].
    pub(crate) fn add(&mut self, files: Vec<(usize, SourceFile)>) {
        for (index, file) in files {
            let id = FileId(self.files.len());
            self.parsed.insert(index, id);
            for (number, class) in file.facts.classes.iter().enumerate() {
                if let Some(name) = class.name {
                    let class = ClassId(u32::try_from(number).unwrap_or(u32::MAX));
                    self.classes.entry(file.facts.text(name).to_owned()).or_default().push((id, class));
                }
            }
            if let Some(package) = file.facts.package {
                self.packages.entry(file.facts.text(package).to_owned()).or_default().push(id);
            }
            for import in &file.facts.imports {
                let module = file.facts.text(import.module);
                let language = self.catalog.language(file.language).id;
                let known = self.catalog.sdks().filter(|(_, sdk)| sdk.languages.iter().any(|known| known == language));
                self.sdks.extend(known.filter(|(_, sdk)| sdk.is_imported_from(module)).map(|(id, _)| id));
            }
            self.files.push(file);
        }
        self.find_registries();
        self.find_key_names();
    }

    pub(crate) fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0]
    }

    pub(crate) fn language(&self, id: FileId) -> &Language {
        self.catalog.language(self.file(id).language)
    }

    pub(crate) fn is_key(&self, text: &str) -> bool {
        self.keys.contains(text)
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
