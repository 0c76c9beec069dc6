//! The text of files that a report shows lines of, read when they are first asked for.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use downhaul_report::SourceText;

/// Reads below the root; each file once.
pub(crate) struct Sources {
    root: PathBuf,
    read: RefCell<BTreeMap<String, Option<Arc<str>>>>,
}

impl Sources {
    /// Texts of the files below `root`.
    pub(crate) fn new(root: PathBuf) -> Self {
        Sources { root, read: RefCell::default() }
    }
}

impl SourceText for Sources {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        let mut read = self.read.borrow_mut();
        read.entry(path.to_owned())
            .or_insert_with(|| {
                let bytes = std::fs::read(self.root.join(path)).ok()?;
                downhaul_scanner::decode(&bytes).map(Arc::from)
            })
            .clone()
    }
}
