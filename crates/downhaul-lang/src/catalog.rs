//! All languages and SDKs together.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::language::{Language, LanguageId};
use crate::lower::{self, Parsed, Unreadable};
use crate::sdk::{Sdk, SdkId};
use crate::syntax::{CleanupFacts, SyntaxTree};

/// The files of one language, as gathered by `build.rs`.
#[derive(Debug)]
pub(crate) struct LanguageFiles {
    pub(crate) id: &'static str,
    pub(crate) facts: &'static str,
    pub(crate) queries: &'static [(&'static str, &'static str)],
    /// `cleanup.toml`.
    pub(crate) cleanup: Option<&'static str>,
    /// `cleanup.scm`.
    pub(crate) cleanup_roles: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// What is wrong with the data that downhaul was built with. Always our fault.
#[derive(Debug, thiserror::Error)]
pub enum LangError {
    /// A file in `languages/` cannot be understood.
    #[error("language {id}: {why}")]
    Language {
        /// The folder.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// A file in `sdks/` cannot be understood.
    #[error("SDK {id}: {why}")]
    Sdk {
        /// The file, without its extension.
        id: String,
        /// What is wrong.
        why: String,
    },
}

/// All that is known of languages and SDKs.
#[derive(Debug)]
pub struct Catalog {
    languages: Vec<Language>,
    sdks: Vec<Sdk>,
    by_extension: HashMap<String, LanguageId>,
}

impl Catalog {
    /// The data that downhaul was built with. Reads the small tables; queries are read when a language is first used.
    pub fn load() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog::build().unwrap_or_else(|error| panic!("built with broken data: {error}")))
    }

    /// Reads everything; [`Catalog::load`] does it once.
    ///
    /// # Errors
    /// What is wrong with the data.
    pub fn build() -> Result<Catalog, LangError> {
        let mut languages = Vec::new();
        let mut by_extension = HashMap::new();
        for files in LANGUAGES {
            let broken = |why| LangError::Language { id: files.id.to_owned(), why };
            let language = Language::new(files).map_err(broken)?;
            for extension in &language.facts.extensions {
                if by_extension.insert(extension.clone(), LanguageId(languages.len())).is_some() {
                    return Err(broken(format!("the extension {extension} has a language already")));
                }
            }
            languages.push(language);
        }
        let mut sdks = Vec::new();
        for (id, text) in SDKS {
            let broken = |why| LangError::Sdk { id: (*id).to_owned(), why };
            let sdk = Sdk::read(id, text).map_err(broken)?;
            for language in &sdk.languages {
                let is_left_out = LEFT_OUT.contains(&language.as_str());
                if !is_left_out && !languages.iter().any(|known| known.id == language.as_str()) {
                    return Err(broken(format!("no language {language}")));
                }
            }
            sdks.push(sdk);
        }
        Ok(Catalog { languages, sdks, by_extension })
    }

    /// The language of a file, by its extension.
    pub fn language_of(&self, path: &str) -> Option<LanguageId> {
        let name = path.rsplit('/').next()?;
        // The longest extension that is known: `show.blade.php` is Blade and not PHP.
        let extensions = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        extensions.into_iter().find_map(|extension| {
            let known = self.by_extension.get(extension);
            known.or_else(|| self.by_extension.get(&extension.to_ascii_lowercase())).copied()
        })
    }

    /// The language with this id.
    pub fn language_named(&self, id: &str) -> Option<LanguageId> {
        self.languages.iter().position(|language| language.id == id).map(LanguageId)
    }

    /// A language.
    pub fn language(&self, id: LanguageId) -> &Language {
        &self.languages[id.0]
    }

    /// Whether code of a language can call an SDK: it is used from the language, or from that of its family.
    pub fn is_used_from(&self, sdk: &Sdk, language: &Language) -> bool {
        let family = language.facts.family.as_deref().unwrap_or(language.id);
        sdk.languages.iter().any(|known| known == language.id || known == family)
    }

    /// Whether files of the two see each other's names: the same language, or one that inherits from the other.
    pub fn are_related(&self, a: LanguageId, b: LanguageId) -> bool {
        let family = |id: LanguageId| {
            let language = self.language(id);
            language.facts.family.as_deref().unwrap_or(language.id)
        };
        a == b || family(a) == family(b)
    }

    /// All languages, by id.
    pub fn languages(&self) -> impl Iterator<Item = (LanguageId, &Language)> {
        self.languages.iter().enumerate().map(|(index, language)| (LanguageId(index), language))
    }

    /// An SDK.
    pub fn sdk(&self, id: SdkId) -> &Sdk {
        &self.sdks[id.0]
    }

    /// All SDKs, by id.
    pub fn sdks(&self) -> impl Iterator<Item = (SdkId, &Sdk)> {
        self.sdks.iter().enumerate().map(|(index, sdk)| (SdkId(index), sdk))
    }

    /// Parses a text and says what it says.
    ///
    /// # Errors
    /// [`Unreadable`] where the nesting is too deep or the text takes too long.
    pub fn read(&self, id: LanguageId, text: &str) -> Result<Parsed, Unreadable> {
        let language = self.language(id);
        lower::read(language, language.engine(&self.relatives(language)), text, false)
    }

    /// As [`Catalog::read`], by tree-sitter alone: what a quicker parser is held against.
    ///
    /// # Errors
    /// [`Unreadable`] where the nesting is too deep or the text takes too long.
    pub fn read_thoroughly(&self, id: LanguageId, text: &str) -> Result<Parsed, Unreadable> {
        let language = self.language(id);
        lower::read(language, language.engine(&self.relatives(language)), text, true)
    }

    /// Whether the quicker parser of a language reads a text; what it does not is left to tree-sitter.
    pub fn is_read_quickly(&self, id: LanguageId, text: &str) -> bool {
        let language = self.language(id);
        language.engine(&self.relatives(language)).grammar.parse_quickly(text).is_some()
    }

    /// Parses a text for the clean-up; `None` where the language cannot be cleaned.
    ///
    /// # Errors
    /// [`Unreadable`] where the nesting is too deep or the text takes too long.
    pub fn syntax(&self, id: LanguageId, text: &str) -> Option<Result<SyntaxTree, Unreadable>> {
        let language = self.language(id);
        Some(SyntaxTree::read(language.cleanup_engine(&self.relatives(language))?, text))
    }

    /// How a language is written by the clean-up; `None` where it cannot be cleaned.
    pub fn cleanup(&self, id: LanguageId) -> Option<&CleanupFacts> {
        let language = self.language(id);
        language.cleanup_engine(&self.relatives(language)).map(|engine| &engine.facts)
    }

    /// The languages that a language inherits from, nearest first.
    pub(crate) fn relatives(&self, language: &Language) -> Vec<&Language> {
        let mut relatives = Vec::new();
        let mut next = language.facts.inherits.as_deref();
        while let Some(id) = next {
            let Some(relative) = self.language_named(id).map(|id| self.language(id)) else { break };
            relatives.push(relative);
            next = relative.facts.inherits.as_deref();
        }
        relatives
    }
}
