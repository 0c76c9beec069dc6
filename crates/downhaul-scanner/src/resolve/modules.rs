//! From the name of a module to its file.

use std::sync::{Arc, PoisonError};

use downhaul_core::ViaRole;
use downhaul_lang::facts::{BindingId, BindingKind, ExportTarget, ExprId, ExprKind, Import, Imported, ScopeId, Sym};
use downhaul_lang::{ImportStyle, SdkId};
use rustc_hash::FxHashMap;

use super::aliases::Aliases;
use super::memo::cut;
use super::{FileId, Found, Hop, Project, Value};

/// The paths of all files that have a language, parsed or not.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    pub(crate) all: Vec<String>,
    by_path: FxHashMap<String, usize>,
    /// By the name without extension; for files that stand for their folder, also by the folder's.
    by_stem: FxHashMap<String, Vec<usize>>,
    by_folder: FxHashMap<String, Vec<usize>>,
    /// What project files say of the names of modules.
    aliases: Aliases,
}

impl Paths {
    pub(crate) fn new(all: Vec<String>, aliases: Aliases) -> Self {
        let mut paths = Paths { aliases, ..Paths::default() };
        for (index, path) in all.iter().enumerate() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let stem = name.split('.').next().unwrap_or(name);
            paths.by_path.insert(path.clone(), index);
            paths.by_stem.entry(stem.to_owned()).or_default().push(index);
            if matches!(stem, "index" | "__init__" | "mod" | "lib" | "main") {
                let parent = folder.rsplit('/').next().unwrap_or_default();
                paths.by_stem.entry(parent.to_owned()).or_default().push(index);
            }
            paths.by_folder.entry(folder.to_owned()).or_default().push(index);
        }
        paths.all = all;
        paths
    }

    /// Whether a file or the folder of an index file has this name.
    pub(super) fn has_name(&self, stem: &str) -> bool {
        self.by_stem.contains_key(stem)
    }

    /// The file at `path`, whose extension may be left out, or that stands for the folder `path`.
    fn exact(&self, path: &str, extensions: &[String], index_files: &[String]) -> Option<usize> {
        if let Some(index) = self.by_path.get(path) {
            return Some(*index);
        }
        let written = path.rsplit_once('.').filter(|(_, extension)| matches!(*extension, "js" | "jsx" | "mjs" | "cjs"));
        let bases = std::iter::once(path).chain(written.map(|(base, _)| base));
        for base in bases {
            for extension in extensions {
                if let Some(index) = self.by_path.get(&format!("{base}.{extension}")) {
                    return Some(*index);
                }
            }
        }
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        index_files
            .iter()
            .flat_map(|file| extensions.iter().map(move |extension| (file, extension)))
            .find_map(|(file, extension)| self.by_path.get(&format!("{folder}{file}.{extension}")))
            .copied()
    }

    /// The file whose path ends with `suffix` (without extension) and that is nearest to `from`.
    fn by_suffix(&self, suffix: &str, from: &str, extensions: &[String]) -> Option<usize> {
        let suffix = suffix.trim_matches('/');
        let last = suffix.rsplit('/').next()?;
        let stem = last.split('.').next()?;
        let fits = |path: &str| {
            let (base, extension) = path.rsplit_once('.').unwrap_or((path, ""));
            let base = base.strip_suffix(".d").unwrap_or(base);
            let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
            let written = suffix
                .rsplit_once('.')
                .map_or(suffix, |(base, extension)| if extension.len() <= 3 { base } else { suffix });
            let ends =
                |text: &str, end: &str| text == end || text.strip_suffix(end).is_some_and(|rest| rest.ends_with('/'));
            extensions.iter().any(|known| known == extension)
                && (ends(base, suffix) || ends(base, written) || ends(folder, suffix) && is_index(path))
        };
        let near = |path: &str| path.split('/').zip(from.split('/')).take_while(|(a, b)| a == b).count();
        self.by_stem
            .get(stem)?
            .iter()
            .filter(|index| fits(&self.all[**index]))
            .max_by_key(|index| (near(&self.all[**index]), std::cmp::Reverse(self.all[**index].len())))
            .copied()
    }
}

fn is_index(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name.split('.').next(), Some("index" | "__init__" | "mod" | "lib" | "main"))
}

/// `folder` and a relative path, put together.
pub(super) fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Project<'_> {
    /// What an import gives.
    pub(super) fn import_value(&self, from: FileId, index: u32, depth: usize) -> Vec<Found> {
        let import = &self.file(from).facts.imports[index as usize];
        self.imported(from, import, self.import_sdks[from.0][index as usize], depth)
    }

    /// The SDK that an import belongs to.
    pub(super) fn sdk_of_import(&self, from: FileId, import: &Import) -> Option<SdkId> {
        let facts = &self.file(from).facts;
        let name = match import.what {
            Imported::Name(name) => Some(facts.text(name)),
            Imported::Default => Some("default"),
            Imported::Module | Imported::All => None,
        };
        self.sdk_of(from, facts.text(import.module), name)
    }

    fn imported(&self, from: FileId, import: &Import, sdk: Option<SdkId>, depth: usize) -> Vec<Found> {
        let file = self.file(from);
        let module = file.facts.text(import.module);
        let name = match import.what {
            Imported::Name(name) => Some(file.facts.text(name)),
            Imported::Default => Some("default"),
            Imported::Module | Imported::All => None,
        };
        if let Some(sdk) = sdk {
            return vec![Found::new(match name {
                Some(name) => Value::SdkItem(sdk, Arc::from(name)),
                None => Value::SdkModule(sdk),
            })];
        }
        let hop = Hop { file: from, span: import.span.clone(), role: ViaRole::Import };
        let found = match name {
            Some(name) => self.module_member(from, module, name, depth),
            None => self.module_value(from, module).into_iter().map(Found::new).collect(),
        };
        found.into_iter().map(|found| found.through(hop.clone())).collect()
    }

    /// The SDK that a module, or a name in it, belongs to: the one whose import says most about it.
    pub(super) fn sdk_of(&self, from: FileId, module: &str, name: Option<&str>) -> Option<SdkId> {
        let language = self.language(from);
        let separator = match language.facts.imports {
            ImportStyle::Rust => "::",
            ImportStyle::Php => "\\",
            _ => ".",
        };
        let full = name.map(|name| format!("{module}{separator}{name}"));
        let covers = |import: &str, text: &str| {
            text.strip_prefix(import).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', ':', '\\']))
        };
        self.catalog
            .sdks()
            .filter(|(_, sdk)| self.catalog.is_used_from(sdk, language))
            .flat_map(|(id, sdk)| sdk.imports.iter().map(move |import| (id, import)))
            .filter(|(_, import)| covers(import, module) || full.as_deref().is_some_and(|full| covers(import, full)))
            .max_by_key(|(id, import)| (import.len(), std::cmp::Reverse(*id)))
            .map(|(id, _)| id)
    }

    fn module_value(&self, from: FileId, module: &str) -> Vec<Value> {
        match self.language(from).facts.imports {
            ImportStyle::Go => vec![Value::Package(Arc::from(module))],
            ImportStyle::Elixir => self.global(from, module, 8).into_iter().map(|found| found.value).collect(),
            _ => match self.module_file(from, module) {
                Some(file) => vec![Value::Module(file)],
                None => vec![Value::Package(Arc::from(module))],
            },
        }
    }

    /// The parsed file of a module.
    fn module_file(&self, from: FileId, module: &str) -> Option<FileId> {
        self.parsed.get(&self.module_path(from, module)?).copied()
    }

    /// Says that the file of a module is worth parsing.
    fn want(&self, from: FileId, module: &str) {
        self.want_files(self.module_path(from, module));
    }

    fn want_files(&self, indices: impl IntoIterator<Item = usize>) {
        let fresh = indices.into_iter().filter(|index| !self.parsed.contains_key(index));
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(fresh);
    }

    /// Says that the file is worth parsing that an import gets its name from.
    fn want_import(&self, file: FileId, import: &Import) {
        let facts = &self.file(file).facts;
        let module = facts.text(import.module);
        match (self.language(file).facts.imports, import.what) {
            (ImportStyle::Java, Imported::Name(name)) => {
                let extensions = &self.language(file).facts.resolve_extensions;
                let folder = module.replace('.', "/");
                let of = |path: &str| self.paths.by_suffix(path, &self.file(file).path, extensions);
                // The class itself, or the class whose member it is.
                self.want_files(of(&format!("{folder}/{}", facts.text(name))).or_else(|| of(&folder)));
            }
            (ImportStyle::Scala | ImportStyle::Php, Imported::Name(name)) => {
                self.want_stem(facts.text(name));
            }
            (ImportStyle::Go, _) => {
                let folder = self.folder_of(module).and_then(|folder| self.paths.by_folder.get(folder));
                let files = folder.into_iter().flatten().copied();
                self.want_files(files.filter(|index| self.paths.all[*index].ends_with(".go")));
            }
            (ImportStyle::Python, Imported::Name(name)) if self.module_path(file, module).is_none() => {
                self.want(file, &format!("{}.{}", module.trim_end_matches('.'), facts.text(name)));
            }
            _ => self.want(file, module),
        }
    }

    /// Says that the files are worth parsing that are named like a type: `FeatureFlags.cs`, `feature_flags.rb`.
    pub(super) fn want_stem(&self, name: &str) {
        let mut snake = String::new();
        for (at, char) in name.char_indices() {
            if at > 0 && char.is_uppercase() {
                snake.push('_');
            }
            snake.extend(char.to_lowercase());
        }
        for stem in [name, &snake] {
            let files = self.paths.by_stem.get(stem).filter(|files| files.len() <= 8);
            self.want_files(files.into_iter().flatten().copied());
        }
    }

    /// Says that the files are worth parsing that the names in an expression are imported from.
    pub(super) fn want_imports(&self, file: FileId, expr: ExprId, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let facts = &self.file(file).facts;
        match &facts.expr(expr).kind {
            ExprKind::Name(name) => self.want_name(file, facts.expr(expr).scope, *name, depth),
            ExprKind::Member(inner, _) | ExprKind::Same(inner) => self.want_imports(file, *inner, depth),
            ExprKind::Array(parts) | ExprKind::Choice(parts) | ExprKind::Concat(parts) => {
                for part in parts {
                    self.want_imports(file, *part, depth);
                }
            }
            ExprKind::Call(call) => {
                self.want_imports(file, call.callee, depth);
                for arg in &call.args {
                    self.want_imports(file, arg.value, depth);
                }
            }
            _ => {}
        }
    }

    fn want_name(&self, file: FileId, scope: ScopeId, name: Sym, depth: usize) {
        let facts = &self.file(file).facts;
        let bindings = facts.scopes_around(scope).find_map(|(scope, _)| facts.by_name.get(&(scope, name)));
        if bindings.is_none() && self.language(file).facts.project_scope {
            self.want_stem(facts.text(name));
        }
        for binding in bindings.into_iter().flatten() {
            match facts.binding(*binding).kind {
                BindingKind::Import(index) if self.import_sdks[file.0][index as usize].is_none() => {
                    self.want_import(file, &facts.imports[index as usize]);
                }
                BindingKind::Value(Some(value)) | BindingKind::Element(value) => match self.required(file, value) {
                    Some(module) => self.want(file, facts.text(module)),
                    None => self.want_imports(file, value, depth),
                },
                _ => {}
            }
        }
    }

    /// The module that `require('…')` asks for.
    pub(super) fn required(&self, file: FileId, value: ExprId) -> Option<Sym> {
        let facts = &self.file(file).facts;
        let ExprKind::Call(call) = &facts.expr(self.plain(file, value)).kind else { return None };
        let ExprKind::Name(callee) = facts.expr(call.callee).kind else { return None };
        match (&call.args[..], self.language(file).facts.imports) {
            ([arg], ImportStyle::Es) if facts.text(callee) == "require" => match facts.expr(arg.value).kind {
                ExprKind::String(module) => Some(module),
                _ => None,
            },
            _ => None,
        }
    }

    /// What `require('…')` gives.
    pub(super) fn required_value(&self, file: FileId, module: &str) -> Vec<Found> {
        let value = match self.sdk_of(file, module, None) {
            Some(sdk) => Some(Value::SdkModule(sdk)),
            None => self.module_file(file, module).map(Value::Module),
        };
        value.map(Found::new).into_iter().collect()
    }

    fn module_path(&self, from: FileId, module: &str) -> Option<usize> {
        let file = self.file(from);
        let facts = &self.language(from).facts;
        let (extensions, index_files) = (&facts.resolve_extensions, &facts.index_files);
        match facts.imports {
            ImportStyle::Es if module.starts_with('.') => {
                self.paths.exact(&join(file.folder(), module), extensions, index_files)
            }
            ImportStyle::Es => {
                let said = self.paths.aliases.candidates(file.folder(), module);
                if let Some(index) = said.iter().find_map(|path| self.paths.exact(path, extensions, index_files)) {
                    return Some(index);
                }
                // An alias that no project file tells of (`@/flags`, `~/flags`, `@app/flags`) or a path from some base folder.
                let bare = module.trim_start_matches(['@', '~', '#', '$']);
                let without_first = bare.split_once('/').map(|(_, rest)| rest);
                let is_alias = bare.len() < module.len();
                let rest = if is_alias {
                    bare.strip_prefix('/').or(without_first)
                } else {
                    Some(module).filter(|module| module.contains('/'))
                };
                self.paths.by_suffix(rest?, &file.path, extensions)
            }
            ImportStyle::Python => {
                let dots = module.len() - module.trim_start_matches('.').len();
                let path = module[dots..].replace('.', "/");
                if dots > 0 {
                    let up = "../".repeat(dots - 1);
                    return self.paths.exact(&join(file.folder(), &format!("{up}{path}")), extensions, index_files);
                }
                self.paths.by_suffix(&path, &file.path, extensions)
            }
            ImportStyle::Rust => {
                let mut parts: Vec<&str> = module.split("::").collect();
                let mut folder = file.folder().to_owned();
                let is_root = is_index(&file.path);
                match parts.first().copied()? {
                    "super" => {
                        folder = if is_root { join(&folder, "..") } else { folder };
                        parts.remove(0);
                        self.paths.exact(&join(&folder, &parts.join("/")), extensions, index_files)
                    }
                    "self" => {
                        parts.remove(0);
                        let stem = if is_root { "" } else { file.path.trim_end_matches(".rs") };
                        folder = if is_root { folder } else { stem.to_owned() };
                        self.paths.exact(&join(&folder, &parts.join("/")), extensions, index_files)
                    }
                    _ => {
                        let rest = parts.split_off(1);
                        if rest.is_empty() {
                            return self.paths.by_suffix(&parts[0].replace('_', "-"), &file.path, extensions);
                        }
                        self.paths.by_suffix(&rest.join("/"), &file.path, extensions)
                    }
                }
            }
            ImportStyle::Dart if !module.contains(':') => {
                self.paths.exact(&join(file.folder(), module), extensions, index_files)
            }
            ImportStyle::Dart => {
                let path = module.strip_prefix("package:")?.split_once('/')?.1;
                self.paths.by_suffix(path, &file.path, extensions)
            }
            ImportStyle::Include => self
                .paths
                .exact(&join(file.folder(), module), extensions, index_files)
                .or_else(|| self.paths.by_suffix(module, &file.path, extensions)),
            ImportStyle::Java
            | ImportStyle::Go
            | ImportStyle::Elixir
            | ImportStyle::Csharp
            | ImportStyle::Php
            | ImportStyle::Module
            | ImportStyle::Scala
            | ImportStyle::None => None,
        }
    }

    /// A module in the folder that a module stands for: `import a.b`, then `a.b.c`.
    pub(super) fn module_inside(&self, owner: FileId, name: &str) -> Vec<Found> {
        let file = self.file(owner);
        if self.language(owner).facts.imports != ImportStyle::Python || !is_index(&file.path) {
            return Vec::new();
        }
        let facts = &self.language(owner).facts;
        let path = join(file.folder(), name);
        let index = self.paths.exact(&path, &facts.resolve_extensions, &facts.index_files);
        let inside = index.and_then(|index| self.parsed.get(&index));
        inside.map(|file| Found::new(Value::Module(*file))).into_iter().collect()
    }

    /// A name of a module.
    pub(super) fn module_member(&self, from: FileId, module: &str, name: &str, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            return Vec::new();
        };
        match self.language(from).facts.imports {
            ImportStyle::Java | ImportStyle::Scala | ImportStyle::Csharp => self.java_member(from, module, name, depth),
            ImportStyle::Php => {
                let files = self.packages.get(module).into_iter().flatten();
                files.flat_map(|file| self.top_level(*file, name, depth)).collect()
            }
            ImportStyle::Elixir => {
                let module = self.global(from, module, depth);
                module.into_iter().flat_map(|module| self.members(from, &module.value, name, depth)).collect()
            }
            ImportStyle::Dart | ImportStyle::Include => {
                self.module_file(from, module).map(|file| self.exported(file, name, depth)).unwrap_or_default()
            }
            ImportStyle::Module | ImportStyle::None => Vec::new(),
            ImportStyle::Go => self.folder_member(module, name, depth),
            ImportStyle::Es | ImportStyle::Python | ImportStyle::Rust => {
                if let Some(file) = self.module_file(from, module) {
                    let found = self.exported(file, name, depth);
                    if !found.is_empty() {
                        return found;
                    }
                }
                // A module of a package: `from a.b import c`, `use a::b`; or a type of one: `use a::b::Type::*`.
                let separator = match self.language(from).facts.imports {
                    ImportStyle::Python if module.ends_with('.') => "",
                    ImportStyle::Python => ".",
                    ImportStyle::Rust => "::",
                    _ => return Vec::new(),
                };
                match self.module_file(from, &format!("{module}{separator}{name}")) {
                    Some(file) => vec![Found::new(Value::Module(file))],
                    None => match module.rsplit_once(separator).filter(|_| !separator.is_empty()) {
                        Some((outer, class)) => self
                            .module_file(from, outer)
                            .map(|file| self.exported(file, class, depth))
                            .unwrap_or_default()
                            .into_iter()
                            .flat_map(|found| self.members(from, &found.value, name, depth))
                            .collect(),
                        None => Vec::new(),
                    },
                }
            }
        }
    }

    fn java_member(&self, from: FileId, module: &str, name: &str, depth: usize) -> Vec<Found> {
        let mut found = Vec::new();
        for file in self.packages.get(module).into_iter().flatten() {
            found.extend(self.top_level(*file, name, depth));
        }
        if found.is_empty() {
            // A member of a class: `import static a.Class.MEMBER`.
            if let Some((package, class)) =
                module.rsplit_once('.').filter(|(_, class)| class.starts_with(char::is_uppercase))
            {
                for owner in self.java_member(from, package, class, depth.saturating_sub(1)) {
                    found.extend(self.members(from, &owner.value, name, depth));
                }
            }
        }
        found
    }

    /// A name of a folder of Go files, which an import names by the end of its path.
    pub(super) fn folder_member(&self, module: &str, name: &str, depth: usize) -> Vec<Found> {
        let Some(folder) = self.folder_of(module) else { return Vec::new() };
        let files = self.paths.by_folder.get(folder).into_iter().flatten();
        files
            .filter(|index| self.paths.all[**index].ends_with(".go"))
            .filter_map(|index| self.parsed.get(index).copied())
            .flat_map(|file| self.top_level(file, name, depth))
            .collect()
    }

    fn folder_of(&self, module: &str) -> Option<&str> {
        let mut rest = module;
        loop {
            if let Some((folder, _)) = self.paths.by_folder.get_key_value(rest) {
                return Some(folder);
            }
            rest = rest.split_once('/')?.1;
        }
    }

    /// What other files get for a name of `file`.
    pub(super) fn exported(&self, file: FileId, name: &str, depth: usize) -> Vec<Found> {
        let Some(depth) = depth.checked_sub(1) else {
            cut();
            return Vec::new();
        };
        let facts = &self.file(file).facts;
        let mut found = Vec::new();
        for export in facts.exports.iter().filter(|export| export.name.is_some_and(|known| facts.text(known) == name)) {
            match export.target {
                ExportTarget::Name(local) => found.extend(self.lookup(file, ScopeId(0), local, depth)),
                ExportTarget::Value(value) => found.extend(self.eval(file, value, depth)),
                ExportTarget::From(module, what) => found.extend(self.reexported(file, module, what, depth)),
            }
        }
        if found.is_empty() {
            for export in facts.exports.iter().filter(|export| export.name.is_none()) {
                if let ExportTarget::From(module, _) = export.target {
                    let module = facts.text(module);
                    if self.call_names.contains(name) || self.key_names.contains(name) {
                        self.want(file, module);
                    }
                    found.extend(self.module_member(file, module, name, depth));
                }
            }
        }
        if found.is_empty() {
            found = self.top_level(file, name, depth);
        }
        found
    }

    fn reexported(&self, file: FileId, module: Sym, what: Imported, depth: usize) -> Vec<Found> {
        let import = Import { module, what, span: 0..0 };
        self.want_import(file, &import);
        self.imported(file, &import, self.sdk_of_import(file, &import), depth)
    }

    /// A name at the top of a file.
    pub(super) fn top_level(&self, file: FileId, name: &str, depth: usize) -> Vec<Found> {
        let facts = &self.file(file).facts;
        let Some(sym) = facts.sym(name) else { return Vec::new() };
        let ids: Vec<BindingId> = facts.by_name.get(&(ScopeId(0), sym)).cloned().unwrap_or_default();
        self.bindings(file, &ids, depth)
    }
}
