//! The snapshot file that downhaul itself writes, plain or compressed with gzip.
//!
//! Fields that this version does not know are ignored, so that a later one may add some; a change that an older
//! downhaul would misread gets a new format number, and is refused here with the advice to update.

mod mapping;
pub mod partial;
mod wire;

use std::io::{BufWriter, Read, Write};

use downhaul_core::Snapshot;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::error::Category;
use sha2::{Digest, Sha256};

use crate::{FlagServer, Progress, ServerError};

/// The format that [`write_to`] writes, and the newest that [`read()`] reads.
pub const VERSION: u64 = 1;

/// The JSON Schema of a snapshot file.
pub const SCHEMA: &str = include_str!("../../../schemas/snapshot.schema.json");

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A snapshot file that was read into memory.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    name: String,
    bytes: Vec<u8>,
}

impl SnapshotFile {
    /// `name` is what messages call the file.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        SnapshotFile { name: name.into(), bytes }
    }
}

impl FlagServer for SnapshotFile {
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let snapshot = read(&self.bytes, &self.name)?;
        progress.step("flags", snapshot.flags.len(), Some(snapshot.flags.len()));
        Ok(snapshot)
    }
}

/// Reads a snapshot file. `name` is what messages call it; a name that ends in `.gz` must be gzip, and gzip is
/// recognised under any name.
///
/// # Errors
/// One of the variants about snapshots of [`ServerError`].
pub fn read(bytes: &[u8], name: &str) -> Result<Snapshot, ServerError> {
    if bytes.starts_with(&GZIP_MAGIC) {
        return read_plain(&decompress(bytes, name)?, name);
    }
    if is_gzip_name(name) {
        let detail = "it does not begin as gzip does".to_owned();
        return Err(ServerError::SnapshotGzip { name: name.to_owned(), detail });
    }
    read_plain(bytes, name)
}

/// Writes a snapshot file piece by piece, since it can be large. The same snapshot always gives the same bytes.
///
/// # Errors
/// Those of `out`.
pub fn write_to(snapshot: &Snapshot, tool_version: &str, gz: bool, out: impl Write) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    if gz {
        let mut encoder = GzEncoder::new(&mut out, Compression::default());
        write_plain(snapshot, tool_version, &mut encoder)?;
        encoder.finish()?;
    } else {
        write_plain(snapshot, tool_version, &mut out)?;
    }
    out.flush()
}

/// The bytes of a snapshot file.
pub fn write(snapshot: &Snapshot, tool_version: &str, gz: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_to(snapshot, tool_version, gz, &mut bytes).expect("a snapshot has text keys, and memory takes everything");
    bytes
}

/// SHA-256 of a snapshot file in lower-case hex, taken before compression: what `sha256sum` says of it, or of what
/// `gzip -dc` makes of it. The next snapshot holds it as [`downhaul_core::Provenance::previous`].
///
/// # Errors
/// [`ServerError::SnapshotGzip`] for a file that cannot be decompressed.
pub fn digest(bytes: &[u8], name: &str) -> Result<String, ServerError> {
    let hex = |plain: &[u8]| Sha256::digest(plain).iter().map(|byte| format!("{byte:02x}")).collect();
    if bytes.starts_with(&GZIP_MAGIC) { Ok(hex(&decompress(bytes, name)?)) } else { Ok(hex(bytes)) }
}

/// Whether a file of this name is written compressed.
pub fn is_gzip_name(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".gz")
}

fn read_plain(bytes: &[u8], name: &str) -> Result<Snapshot, ServerError> {
    if partial::is_partial(bytes) {
        let detail = "it is what a capture that was cut short had read so far".to_owned();
        return Err(ServerError::NotASnapshot { name: name.to_owned(), detail });
    }
    let head: wire::Head = serde_json::from_slice(bytes).map_err(|error| not_json(&error, name))?;
    let writer = check_head(&head, name)?;
    let document: wire::Document = serde_json::from_slice(bytes).map_err(|error| ServerError::SnapshotInvalid {
        name: name.to_owned(),
        detail: format!("{error} (written by {writer})"),
    })?;
    mapping::snapshot(document).map_err(|detail| ServerError::SnapshotInvalid { name: name.to_owned(), detail })
}

fn not_json(error: &serde_json::Error, name: &str) -> ServerError {
    let name = name.to_owned();
    match error.classify() {
        Category::Eof => ServerError::SnapshotTruncated { name, line: error.line(), column: error.column() },
        Category::Data => {
            ServerError::NotASnapshot { name, detail: "it is JSON, but not the object that a snapshot is".to_owned() }
        }
        Category::Syntax | Category::Io => ServerError::SnapshotNotJson { name, detail: error.to_string() },
    }
}

/// Refuses what is no snapshot, or a newer one; answers who wrote it.
fn check_head(head: &wire::Head, name: &str) -> Result<String, ServerError> {
    let not = |detail: &str| Err(ServerError::NotASnapshot { name: name.to_owned(), detail: detail.to_owned() });
    if head.references.is_some() {
        return not("it holds references, as written by `downhaul scan`");
    }
    if head.findings.is_some() {
        return not("it holds findings, as written by `downhaul check` or as a baseline");
    }
    let Some(version) = head.version.as_ref().and_then(serde_json::Value::as_u64) else {
        return not("it is JSON without a format number (`version`)");
    };
    if head.tool.is_none() {
        return not("it does not say which tool wrote it (`tool`)");
    }
    if version > VERSION {
        return Err(ServerError::SnapshotTooNew { name: name.to_owned(), version, known: VERSION });
    }
    if version == 0 || head.captured_at.is_none() || head.flags.is_none() {
        return not("it has no `captured_at` and `flags`");
    }
    let field = |key| head.tool.as_ref().and_then(|tool| tool.get(key)).and_then(serde_json::Value::as_str);
    Ok(format!("{} {}", field("name").unwrap_or("?"), field("version").unwrap_or("?")))
}

fn write_plain(snapshot: &Snapshot, tool_version: &str, out: &mut impl Write) -> std::io::Result<()> {
    let mut open = AllButTheEnd { out: &mut *out, end: Vec::new() };
    serde_json::to_writer_pretty(&mut open, &mapping::document(snapshot, tool_version))?;
    // The log stands last, one event a line: a longer log is then a diff of added lines.
    write!(out, ",\n  \"events\": [")?;
    for (index, event) in snapshot.events.iter().enumerate() {
        out.write_all(if index == 0 { b"\n    " } else { b",\n    " })?;
        serde_json::to_writer(&mut *out, &mapping::event(event))?;
    }
    out.write_all(if snapshot.events.is_empty() { b"]\n}\n" } else { b"\n  ]\n}\n" })
}

/// Keeps back how a pretty object ends, so that more can be put into it.
struct AllButTheEnd<'a, W> {
    out: &'a mut W,
    end: Vec<u8>,
}

impl<W: Write> Write for AllButTheEnd<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.end.extend_from_slice(bytes);
        let rest = self.end.split_off(self.end.len().saturating_sub(b"\n}".len()));
        self.out.write_all(&self.end)?;
        self.end = rest;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

fn decompress(bytes: &[u8], name: &str) -> Result<Vec<u8>, ServerError> {
    let mut plain = Vec::new();
    MultiGzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .map_err(|error| ServerError::SnapshotGzip { name: name.to_owned(), detail: error.to_string() })?;
    Ok(plain)
}

#[cfg(test)]
mod tests;
