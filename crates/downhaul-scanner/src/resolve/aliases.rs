//! What project files say of the names of modules: `paths` and `baseUrl` of `tsconfig.json`, the packages of a workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use super::modules::join;

/// How many files may extend one another.
const EXTENDS: usize = 8;

/// Fields of `package.json` that say where the package begins, best first.
const ENTRIES: &[&str] = &["source", "types", "typings", "module", "main"];

/// The project files of a tree, read when the first module is asked for that they can say something of.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    root: PathBuf,
    files: BTreeSet<String>,
    said: OnceLock<Said>,
}

/// What they say.
#[derive(Debug, Default)]
struct Said {
    /// The configurations of each folder.
    configs: BTreeMap<String, Vec<Config>>,
    /// Packages by their name.
    packages: BTreeMap<String, Package>,
}

/// What a configuration says, with what it extends.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Config {
    /// The folder that module names start from.
    base: Option<String>,
    /// Patterns of module names, and what they stand for, as paths.
    paths: Vec<(String, Vec<String>)>,
}

/// A package of the tree.
#[derive(Debug, Default, PartialEq, Eq)]
struct Package {
    folder: String,
    /// What it exports, by the name below its own; the empty name is the package itself.
    exports: BTreeMap<String, Vec<String>>,
}

impl Aliases {
    /// The project files among `files`, which are relative to `root`.
    pub(crate) fn new<'f>(root: PathBuf, files: impl Iterator<Item = &'f str>) -> Self {
        let files = files.filter(|path| is_config(path) || name_of(path) == "package.json");
        Aliases { root, files: files.map(str::to_owned).collect(), said: OnceLock::new() }
    }

    /// The paths that a module can be at, seen from a file in `folder`, best first and without what may be left out.
    pub(super) fn candidates(&self, folder: &str, module: &str) -> Vec<String> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let said = self.said.get_or_init(|| self.read());
        let mut found = Vec::new();
        let mut at = Some(folder);
        while let Some(folder) = at {
            for config in said.configs.get(folder).into_iter().flatten() {
                config.candidates(module, &mut found);
            }
            at = match folder.rsplit_once('/') {
                Some((outer, _)) => Some(outer),
                None => Some("").filter(|_| !folder.is_empty()),
            };
        }
        for (name, package) in &said.packages {
            if let Some(rest) = module.strip_prefix(name.as_str())
                && (rest.is_empty() || rest.starts_with('/'))
            {
                package.candidates(rest.trim_start_matches('/'), &mut found);
            }
        }
        found
    }

    fn read(&self) -> Said {
        let mut said = Said::default();
        for path in &self.files {
            let folder = folder_of(path);
            if is_config(path) {
                let config = self.config(path, EXTENDS);
                let configs = said.configs.entry(folder.to_owned()).or_default();
                if config != Config::default() && !configs.contains(&config) {
                    // The file that editors read goes before those for tests and builds.
                    let at = if matches!(name_of(path), "tsconfig.json" | "jsconfig.json") { 0 } else { configs.len() };
                    configs.insert(at, config);
                }
            } else if let Some((name, package)) = self.json(path).and_then(|json| package(&json, folder)) {
                said.packages.entry(name).or_insert(package);
            }
        }
        said
    }

    fn json(&self, path: &str) -> Option<Value> {
        let bytes = std::fs::read(self.root.join(path)).ok()?;
        serde_json::from_str(&without_comments(&String::from_utf8_lossy(&bytes))).ok()
    }

    fn config(&self, path: &str, depth: usize) -> Config {
        let (Some(json), Some(depth)) = (self.json(path), depth.checked_sub(1)) else { return Config::default() };
        let folder = folder_of(path);
        let mut config = Config::default();
        let extended = match &json["extends"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for other in extended.into_iter().filter(|other| other.starts_with('.')) {
            let other = join(folder, other);
            let named = [other.clone(), format!("{other}.json"), format!("{other}/tsconfig.json")];
            // A file that no scan would list can be extended all the same.
            if let Some(other) = named.iter().find(|path| self.root.join(path).is_file()) {
                let inherited = self.config(other, depth);
                config.base = inherited.base.or(config.base);
                config.paths = if inherited.paths.is_empty() { config.paths } else { inherited.paths };
            }
        }
        let options = &json["compilerOptions"];
        if let Some(base) = options["baseUrl"].as_str() {
            config.base = Some(join(folder, base));
        }
        if let Some(paths) = options["paths"].as_object() {
            let base = config.base.as_deref().unwrap_or(folder);
            let targets = |value: &Value| -> Vec<String> {
                value.as_array().into_iter().flatten().filter_map(Value::as_str).map(|path| join(base, path)).collect()
            };
            config.paths = paths.iter().map(|(pattern, value)| (pattern.clone(), targets(value))).collect();
            // The pattern that says most goes first.
            config.paths.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.find('*').unwrap_or(usize::MAX)));
        }
        config
    }
}

impl Config {
    fn candidates(&self, module: &str, found: &mut Vec<String>) {
        for (pattern, targets) in &self.paths {
            let rest = match pattern.split_once('*') {
                Some((before, after)) => {
                    module.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).map(str::to_owned)
                }
                None => (module == pattern).then(String::new),
            };
            if let Some(rest) = rest {
                found.extend(targets.iter().map(|target| target.replace('*', &rest)));
            }
        }
        found.extend(self.base.as_ref().map(|base| join(base, module)));
    }
}

impl Package {
    fn candidates(&self, rest: &str, found: &mut Vec<String>) {
        for target in self.exports.get(rest).into_iter().flatten() {
            let path = join(&self.folder, target);
            found.push(path.clone());
            // What is built from sources stands beside them.
            for built in ["dist/", "lib/", "build/"] {
                if let Some(inner) = target.trim_start_matches("./").strip_prefix(built) {
                    let plain = inner.split('.').next().unwrap_or(inner);
                    found.push(join(&self.folder, &format!("src/{plain}")));
                }
            }
        }
        found.push(join(&self.folder, rest));
        found.push(join(&self.folder, &format!("src/{rest}")));
    }
}

/// A package by its `package.json`.
fn package(json: &Value, folder: &str) -> Option<(String, Package)> {
    let name = json["name"].as_str().filter(|name| !name.is_empty())?;
    let mut package = Package { folder: folder.to_owned(), exports: BTreeMap::new() };
    let own = ENTRIES.iter().filter_map(|entry| json[*entry].as_str().map(str::to_owned));
    package.exports.insert(String::new(), own.collect());
    match &json["exports"] {
        Value::Object(exports) => {
            for (key, value) in exports {
                let name = key.strip_prefix("./").unwrap_or("");
                let mut targets = Vec::new();
                texts(value, &mut targets);
                package.exports.entry(name.to_owned()).or_default().extend(targets);
            }
        }
        value => texts(value, package.exports.entry(String::new()).or_default()),
    }
    Some((name.to_owned(), package))
}

/// All texts in a value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(entries) => entries.values().for_each(|item| texts(item, found)),
        _ => {}
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_config(path: &str) -> bool {
    let name = name_of(path);
    name == "jsconfig.json" || name.starts_with("tsconfig") && name.ends_with(".json")
}

/// JSON without the comments and last commas that these files may have.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(char) = rest.next() {
        match (char, rest.peek()) {
            ('"', _) => {
                plain.push('"');
                while let Some(char) = rest.next() {
                    plain.push(char);
                    match char {
                        '\\' => plain.extend(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ('/', Some('/')) => while rest.next_if(|char| *char != '\n').is_some() {},
            ('/', Some('*')) => {
                rest.next();
                while let Some(char) = rest.next() {
                    if char == '*' && rest.next_if_eq(&'/').is_some() {
                        break;
                    }
                }
            }
            ('}' | ']', _) => {
                let end = plain.trim_end().len();
                if plain[..end].ends_with(',') {
                    plain.truncate(end - 1);
                }
                plain.push(char);
            }
            _ => plain.push(char),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_last_commas_go() {
        let text = "{ // a\n \"a/*b*/\": [1, 2,], /* c */ \"d\": \"x,}\\\"\", }";
        assert_eq!(without_comments(text).replace(['\n', ' '], ""), "{\"a/*b*/\":[1,2],\"d\":\"x,}\\\"\"}");
    }

    #[test]
    fn patterns_stand_for_paths() {
        let paths = vec![
            ("@flags".to_owned(), vec!["src/flags/index.ts".to_owned()]),
            ("@app/*".to_owned(), vec!["src/*".to_owned(), "gen/*".to_owned()]),
        ];
        let config = Config { base: Some("src".to_owned()), paths };
        let mut found = Vec::new();
        config.candidates("@app/flags", &mut found);
        assert_eq!(found, ["src/flags", "gen/flags", "src/@app/flags"]);
    }

    #[test]
    fn packages_say_what_they_export() {
        let json = serde_json::json!({
            "name": "@acme/flags", "main": "dist/index.js",
            "exports": { "./keys": { "types": "./dist/keys.d.ts" } }
        });
        let (name, package) = package(&json, "packages/flags").unwrap();
        assert_eq!(name, "@acme/flags");
        let mut found = Vec::new();
        package.candidates("keys", &mut found);
        assert_eq!(
            found,
            [
                "packages/flags/dist/keys.d.ts",
                "packages/flags/src/keys",
                "packages/flags/keys",
                "packages/flags/src/keys"
            ]
        );
    }
}
