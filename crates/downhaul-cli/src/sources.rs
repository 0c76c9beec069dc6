//! The text of files that a report shows lines of, read when they are first asked for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use downhaul_report::SourceText;

/// Reads below the root; each file once.
pub(crate) struct Sources {
    root: PathBuf,
    read: RefCell<BTreeMap<String, Option<Text>>>,
}

/// A file as the scan saw it, and as its bytes are.
#[derive(Clone)]
struct Text {
    decoded: Arc<str>,
    raw: Arc<str>,
}

impl Sources {
    /// Texts of the files below `root`.
    pub(crate) fn new(root: PathBuf) -> Self {
        Sources { root, read: RefCell::default() }
    }

    fn get(&self, path: &str) -> Option<Text> {
        let mut read = self.read.borrow_mut();
        read.entry(path.to_owned())
            .or_insert_with(|| {
                let bytes = std::fs::read(self.root.join(path)).ok()?;
                let raw: Arc<str> = String::from_utf8_lossy(&bytes).into();
                let decoded: Arc<str> = downhaul_scanner::without_secrets(downhaul_scanner::decode_text(bytes)?).into();
                Some(Text { decoded, raw })
            })
            .clone()
    }
}

impl SourceText for Sources {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.get(path).map(|text| text.decoded)
    }

    fn text_as_uploaded(&self, path: &str) -> Option<Arc<str>> {
        self.get(path).map(|text| text.raw)
    }
}
