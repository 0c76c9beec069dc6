//! The first look at each file, while the tree is walked: read once, searched, and kept where it will be needed again.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use downhaul_core::mark::MARK;
use downhaul_core::{FlagKey, SkipReason};
use downhaul_lang::Catalog;

use crate::config::ScanConfig;
use crate::decode::{Decoded, decode, is_binary, utf16};
use crate::needles::{Edge, Needles};

/// How many bytes of source may wait for further rounds. What is beyond is read again; memory does not grow with the
/// tree.
const KEPT: usize = 32 << 20;

/// What the first look at a file gave.
pub(crate) struct Look {
    /// Bytes of the file.
    pub(crate) size: u64,
    pub(crate) seen: Seen,
}

/// What there is to do with a file.
pub(crate) enum Seen {
    /// It names a key or imports an SDK.
    Hit(Vec<u8>),
    /// It names nothing that is looked for, so far; its text, if there was room to keep it.
    Nothing(Option<Vec<u8>>),
    /// Not a text, or one without a language in which there is nothing.
    OutOfScope,
    /// It could not be read as a text.
    Skipped(SkipReason, String),
}

/// Looks at files.
pub(crate) struct Looker<'a> {
    catalog: &'a Catalog,
    /// What is looked for in files with a language.
    code: Needles,
    /// And in those without.
    text: Needles,
    /// The largest file that is read.
    limit: u64,
    room: AtomicUsize,
}

impl<'a> Looker<'a> {
    /// Looks for keys, and in code for imports of SDKs too.
    pub(crate) fn new(catalog: &'a Catalog, keys: &BTreeSet<FlagKey>, config: &ScanConfig) -> Self {
        let keys = || keys.iter().map(|key| (key.as_str(), Edge::Key));
        // A mark is looked for wherever it stands: what it was about may be gone.
        let mark = || [(MARK, Edge::Any)];
        let imports = catalog.sdks().flat_map(|(_, sdk)| sdk.needles()).map(|import| (import.as_str(), Edge::Any));
        let calls = config.call_names().map(|name| (name, Edge::Name));
        Looker {
            catalog,
            code: Needles::new(keys().chain(imports).chain(calls).chain(mark())),
            text: Needles::new(keys().chain(mark())),
            limit: config.max_file_size,
            room: AtomicUsize::new(KEPT),
        }
    }

    /// Reads a file and says what there is to do with it. `path` is its path relative to the root.
    pub(crate) fn look(&self, full: &Path, path: &str) -> Look {
        thread_local!(static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });
        BUFFER.with_borrow_mut(|buffer| match read_into(full, buffer, self.limit) {
            Ok(ReadTo::End(length)) => Look {
                size: length as u64,
                seen: self.search(&buffer[..length], self.catalog.language_of(path).is_some()),
            },
            Ok(ReadTo::Limit(size)) => {
                let detail = format!("{size} bytes; the limit is {}", self.limit);
                Look { size, seen: Seen::Skipped(SkipReason::TooLarge, detail) }
            }
            Err(error) => Look { size: 0, seen: Seen::Skipped(SkipReason::Unreadable, error.to_string()) },
        })
    }

    fn search(&self, bytes: &[u8], is_code: bool) -> Seen {
        let needles = if is_code { &self.code } else { &self.text };
        let is_hit = if utf16(bytes).is_some() {
            match decode(bytes.to_vec()) {
                Decoded::Text(text) => needles.any(text.as_bytes()),
                Decoded::Binary => return Seen::OutOfScope,
                Decoded::Unknown => {
                    return Seen::Skipped(SkipReason::UnknownEncoding, "neither UTF-8 nor UTF-16".to_owned());
                }
            }
        } else if is_binary(bytes) {
            return Seen::OutOfScope;
        } else {
            needles.any(bytes) || crate::secrets::any(bytes)
        };
        match (is_hit, is_code) {
            (true, _) => Seen::Hit(bytes.to_vec()),
            (false, true) => Seen::Nothing(self.has_room(bytes.len()).then(|| bytes.to_vec())),
            (false, false) => Seen::OutOfScope,
        }
    }

    fn has_room(&self, length: usize) -> bool {
        self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(length)).is_ok()
    }
}

enum ReadTo {
    /// The file ended after so many bytes.
    End(usize),
    /// It is larger than the limit; this is its size.
    Limit(u64),
}

/// Reads a file into a buffer that has served for others before: no memory to get, no size to ask for.
fn read_into(path: &Path, buffer: &mut Vec<u8>, limit: u64) -> io::Result<ReadTo> {
    let mut file = File::open(path)?;
    let mut length = 0;
    loop {
        if length == buffer.len() {
            buffer.resize((buffer.len() * 2).max(64 << 10), 0);
        }
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(ReadTo::End(length)),
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length as u64 > limit {
            return Ok(ReadTo::Limit(file.metadata()?.len()));
        }
    }
}
