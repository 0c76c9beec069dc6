//! Words alone: files without a language, and places whose syntax is broken.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use downhaul_core::{
    Confidence, Context, Enclosing, FlagKey, LineIndex, PathClass, Reference, ReferenceKind, ReferencedKey, Resolution,
    Returns,
};
use downhaul_lang::{CallRole, Catalog};

use crate::needles::{Edge, Needles, stands_alone_as_key};
use crate::resolve::says_flag;

/// Files that say what a package is made of; what has a key's name there is a part or a dependency.
const MANIFESTS: &[&str] = &["Cargo.toml", "package.json", "pyproject.toml", "pom.xml", "tsconfig.json"];

/// Files in which a key is configuration.
const CONFIG: &[&str] = &[
    "json",
    "jsonc",
    "json5",
    "yaml",
    "yml",
    "toml",
    "env",
    "properties",
    "ini",
    "cfg",
    "conf",
    "xml",
    "html",
    "htm",
    "tf",
    "tfvars",
    "hcl",
    "csv",
    "hbs",
    "ejs",
    "erb",
    "vue",
    "svelte",
    "astro",
    "tpl",
    "j2",
];

/// Looks for keys by their words.
pub(crate) struct Lexical<'a> {
    needles: Needles,
    mentions: bool,
    /// What calls give, by their name.
    calls: BTreeMap<&'a str, Returns>,
}

/// How much a key looks like a key and not like a word of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// An ordinary word.
    Word,
    /// Several words put together as code puts them together.
    Name,
    /// With a hyphen, dot or the like in it: no name in code is like it.
    Key,
}

/// How much a key looks like a key.
pub(crate) fn likeness(key: &str) -> Likeness {
    if key.contains(['-', '.', ':', '/', ' ']) {
        Likeness::Key
    } else if key.contains('_') || key.chars().skip(1).any(char::is_uppercase) {
        Likeness::Name
    } else {
        Likeness::Word
    }
}

impl<'a> Lexical<'a> {
    pub(crate) fn new(catalog: &'a Catalog, keys: &'a BTreeSet<FlagKey>, mentions: bool) -> Self {
        let calls = catalog
            .sdks()
            .flat_map(|(_, sdk)| &sdk.calls)
            .filter(|call| call.role == CallRole::Evaluation && !call.only_traced)
            .flat_map(|call| call.names.iter().map(|name| (name.as_str(), call.returns)))
            .collect();
        let needles = Needles::new(keys.iter().map(|key| (key.as_str(), Edge::Name)));
        Lexical { needles, mentions, calls }
    }

    /// Whether plain mentions are asked for.
    pub(crate) fn wants_mentions(&self) -> bool {
        self.mentions
    }

    /// Where keys stand as words of their own.
    pub(crate) fn keys_in<'t>(&self, text: &'t str) -> Vec<(Range<usize>, &'t str)> {
        let bytes = text.as_bytes();
        let found = self.needles.find(bytes).into_iter();
        found
            .filter(|(start, end)| stands_alone_as_key(bytes, *start, *end))
            .filter_map(|(start, end)| Some((start..end, text.get(start..end)?)))
            .collect()
    }

    /// A file without a language.
    pub(crate) fn file(&self, path: &str, text: &str, class: PathClass) -> Vec<Reference> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is_config = (CONFIG.contains(&extension) || name.starts_with(".env") || name == "Dockerfile")
            && !MANIFESTS.contains(&name);
        self.words(path, text, class, std::slice::from_ref(&(0..text.len())), is_config)
    }

    /// A file whose language was of no use.
    pub(crate) fn broken_file(&self, path: &str, text: &str, class: PathClass) -> Vec<Reference> {
        self.words(path, text, class, std::slice::from_ref(&(0..text.len())), false)
    }

    /// The places of a file whose syntax is broken.
    pub(crate) fn broken_places(
        &self,
        path: &str,
        text: &str,
        class: PathClass,
        places: &[Range<usize>],
    ) -> Vec<Reference> {
        self.words(path, text, class, places, false)
    }

    fn words(
        &self,
        path: &str,
        text: &str,
        class: PathClass,
        places: &[Range<usize>],
        is_config: bool,
    ) -> Vec<Reference> {
        let found = self.keys_in(text);
        if found.is_empty() {
            return Vec::new();
        }
        let lines = LineIndex::new(text);
        let path: Arc<str> = Arc::from(path);
        let mut references = Vec::new();
        for (span, key) in found {
            if !places.iter().any(|place| place.start <= span.start && span.end <= place.end) {
                continue;
            }
            let Ok(flag) = FlagKey::new(key) else { continue };
            // A document asks for nothing.
            let is_prose = class == PathClass::Docs || path.ends_with(".txt");
            let call = if is_prose { None } else { self.call_before(text, span.start) };
            let kind = match call {
                Some(_) => ReferenceKind::Evaluation,
                None if is_config && is_configured(&path, text, &span, key) => ReferenceKind::Config,
                None if self.mentions => ReferenceKind::Mention,
                None => continue,
            };
            let (start, resolution) = match call {
                Some((at, _)) => (at, Resolution::Lexical),
                None => (span.start, Resolution::Text),
            };
            references.push(Reference {
                key: ReferencedKey::Known(flag),
                kind,
                resolution,
                confidence: if is_config || call.is_none() { Confidence::High } else { Confidence::Low },
                sdk: None,
                call: call.map(|(at, _)| name_at(text, at).to_owned()),
                returns: call.map(|(_, returns)| returns),
                negated: false,
                fallback: None,
                context: if call.is_some() { Context::Opaque } else { Context::Absent },
                variant: None,
                location: lines.location(Arc::clone(&path), text, start..span.end),
                via: Vec::new(),
                enclosing: Enclosing::default(),
                expression: text[start..span.end].split_whitespace().collect(),
                class,
            });
        }
        references
    }

    /// The SDK call whose first argument begins before `at`: where its name stands, and what it gives.
    fn call_before(&self, text: &str, at: usize) -> Option<(usize, Returns)> {
        let before = text[..at].strip_suffix(['"', '\'', '`'])?.trim_end();
        let before = before.strip_suffix('(')?.trim_end();
        let length = before.bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let start = before.len() - length;
        self.calls.get(&before[start..]).map(|returns| (start, *returns))
    }
}

fn name_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
    &rest[..end]
}

/// Whether a key in a configuration file is meant as one: it looks like none other, or the words around speak of flags.
fn is_configured(path: &str, text: &str, span: &Range<usize>, key: &str) -> bool {
    if likeness(key) == Likeness::Key {
        return true;
    }
    let quoted = text[..span.start].ends_with(['"', '\'']) && text[span.end..].starts_with(['"', '\'']);
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let mut around = line;
    for _ in 0..3 {
        around = text[..around.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
    }
    (quoted || text[span.end..].starts_with(':')) && (says_flag(path) || says_flag(&text[around..span.start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_like_keys() {
        assert_eq!(likeness("new-checkout"), Likeness::Key);
        assert_eq!(likeness("newCheckout"), Likeness::Name);
        assert_eq!(likeness("new_checkout"), Likeness::Name);
        assert_eq!(likeness("checkout"), Likeness::Word);
    }
}
