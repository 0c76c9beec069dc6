//! The texts of the project as the clean-up sees them: read once, searched for words.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use downhaul_cleanup::Sources;
use downhaul_scanner::ScanRequest;
use memchr::memmem::Finder;

/// What some editors put before a text.
pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Files that may name what code makes, though they are no code themselves.
const TEMPLATES: &[&str] = &["vue", "svelte", "html", "astro", "mdx", "hbs", "erb", "jsp"];

/// The files below a root.
pub(crate) struct Texts {
    root: PathBuf,
    /// Those that are code or markup; `None` where the folder could not be listed: then no text is given out either,
    /// since nobody could tell what names it.
    paths: Option<Vec<String>>,
    read: OnceLock<Vec<Vec<u8>>>,
}

impl Texts {
    /// What a scan of the folder looks at.
    pub(crate) fn new(root: &Path) -> Self {
        let catalog = downhaul_lang::Catalog::load();
        let can_name = |path: &String| {
            let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
            catalog.language_of(path).is_some() || TEMPLATES.contains(&extension)
        };
        let files = downhaul_scanner::files(&ScanRequest::new(root)).ok();
        let paths = files.map(|files| files.into_iter().filter(can_name).collect());
        Texts { root: root.to_owned(), paths, read: OnceLock::new() }
    }

    fn paths(&self) -> &[String] {
        self.paths.as_deref().unwrap_or_default()
    }

    fn contents(&self) -> &[Vec<u8>] {
        self.read.get_or_init(|| {
            // What cannot be read names nothing; the scan has said so already.
            self.paths().iter().map(|path| std::fs::read(self.root.join(path)).unwrap_or_default()).collect()
        })
    }
}

impl Sources for Texts {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.paths.as_ref()?;
        let text = String::from_utf8(std::fs::read(self.root.join(path)).ok()?).ok()?;
        Some(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text).into())
    }

    fn naming(&self, word: &str) -> Vec<String> {
        let finder = Finder::new(word);
        let found = self.paths().iter().zip(self.contents()).filter(|(_, text)| finder.find(text).is_some());
        found.map(|(path, _)| path.clone()).collect()
    }

    fn files_called(&self, stem: &str) -> Vec<String> {
        let is_called = |path: &&String| {
            let mut parts = path.rsplit('/');
            let name = parts.next().unwrap_or_default();
            name.split('.').next() == Some(stem) || parts.next() == Some(stem)
        };
        self.paths().iter().filter(is_called).cloned().collect()
    }
}
