//! Finds every flag reference in a source tree, in parallel.
//!
//! A scan goes in rounds. The first reads the files that name a key or import an SDK; each further one reads the files
//! that name what the rounds before have found out to lead to a flag: a constant, an enum, a function that hands its
//! parameter on. Each file is parsed once and boiled down to its [`downhaul_lang::Facts`]; what joins files looks at
//! these alone. A scan as a whole does not fail: the answer is references, and a list of what was skipped.

mod classify;
mod config;
mod decode;
mod emit;
mod git;
mod left_out;
mod lexical;
mod look;
mod marks;
mod needles;
mod resolve;
mod rounds;
mod secrets;
mod source;
mod walk;

use std::collections::BTreeSet;
use std::path::PathBuf;

use downhaul_core::{FlagKey, Mark, Reference, Secret, Skipped};
use downhaul_lang::Catalog;

pub use config::ScanConfig;
pub use left_out::left_out;
pub use resolve::{ArgumentConfig, CallKind, SdkConfig, WrapperConfig};

/// What to scan, and how.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// Files and folders to scan; empty for the whole root.
    pub paths: Vec<PathBuf>,
    /// The keys that the server knows.
    pub keys: BTreeSet<FlagKey>,
    /// Whether to tell about plain mentions too.
    pub mentions: bool,
    /// Threads to use; `None` for as many as there are processors.
    pub threads: Option<usize>,
    /// What the configuration says.
    pub config: ScanConfig,
}

impl ScanRequest {
    /// A scan of a whole folder with nothing configured.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        ScanRequest {
            root: root.into(),
            paths: Vec::new(),
            keys: BTreeSet::new(),
            mentions: false,
            threads: None,
            config: ScanConfig::default(),
        }
    }
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The references, sorted by path and offset.
    pub references: Vec<Reference>,
    /// Comments that accept a finding, sorted by path and offset.
    pub marks: Vec<Mark>,
    /// Keys to flag servers, sorted by path and offset.
    pub secrets: Vec<Secret>,
    /// What was not read as it should have been, sorted by path.
    pub skipped: Vec<Skipped>,
    /// Entries of the configuration that nothing in the tree is an instance of.
    pub unused_entries: Vec<String>,
    /// How much there was.
    pub stats: Stats,
}

/// How much there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Files looked at.
    pub files: usize,
    /// Files parsed.
    pub parsed: usize,
    /// Bytes of the files looked at.
    pub bytes: u64,
}

/// Is told how far a scan has come. `()` is one that does not care.
pub trait Progress: Sync {
    /// The files that have to do with flags are known; there are `n`.
    fn files_found(&self, _n: usize) {}
    /// `n` more of them are done.
    fn files_done(&self, _n: usize) {}
}

impl Progress for () {}

/// What stops a scan as a whole. All but the last are the user's to put right.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The root does not exist. The user's move.
    #[error("{} does not exist", .0.display())]
    NoRoot(PathBuf),
    /// The root is a file. The user's move.
    #[error("{} is not a folder", .0.display())]
    RootIsNoFolder(PathBuf),
    /// A path that was asked for does not exist. The user's move.
    #[error("{} does not exist", .0.display())]
    NoSuchPath(PathBuf),
    /// A path that was asked for lies outside the root. The user's move.
    #[error("{} lies outside {}", .path.display(), .root.display())]
    OutsideRoot {
        /// The path.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
    /// A glob in the configuration cannot be understood. The user's move.
    #[error("the glob `{glob}` in [scan] cannot be understood: {why}")]
    BadGlob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        why: String,
    },
    /// The system gave no threads. The system's move.
    #[error("no threads to work with: {0}")]
    Threads(String),
}

/// The text of a file as the scan reads it; the byte offsets of references are offsets into it.
///
/// `None` for what is no text, or a text in no encoding that is known.
pub fn decode_text(bytes: Vec<u8>) -> Option<String> {
    match decode::decode(bytes) {
        decode::Decoded::Text(text) => Some(text),
        decode::Decoded::Binary | decode::Decoded::Unknown => None,
    }
}

/// The text without what is secret about the keys in it, for whoever shows lines of it; no offset changes.
pub fn without_secrets(text: String) -> String {
    secrets::mask(&text).unwrap_or(text)
}

/// Scans a source tree.
///
/// # Errors
/// [`ScanError`], only for what stops everything. What concerns single files is in [`Scan::skipped`].
pub fn scan(request: &ScanRequest, catalog: &Catalog, progress: &dyn Progress) -> Result<Scan, ScanError> {
    let threads = request.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    // Trees can be deep, and each level of a tree is a level of the stack.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(64 << 20).build();
    let pool = pool.map_err(|error| ScanError::Threads(error.to_string()))?;
    let classifier = classify::Classifier::new(&request.config, catalog)?;
    let looker = look::Looker::new(catalog, &request.keys, &request.config);
    let walked = walk::walk(request, threads, &|full, path| looker.look(full, path))?;
    pool.install(|| Ok(rounds::run(request, catalog, &classifier, walked, progress)))
}

/// The files that a scan looks at, sorted.
///
/// # Errors
/// [`ScanError`], for what would stop a scan too.
pub fn files(request: &ScanRequest) -> Result<Vec<String>, ScanError> {
    let threads = request.threads.unwrap_or(1);
    let walked = walk::walk(request, threads, &|_, _| look::Look { size: 0, seen: look::Seen::OutOfScope })?;
    Ok(walked.files.into_iter().filter(|file| file.odd.is_none()).map(|file| file.path).collect())
}
