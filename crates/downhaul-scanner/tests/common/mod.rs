//! What the tests of the scanner share.

use std::path::Path;

use downhaul_core::{Confidence, FlagKey, Reference, ReferencedKey};
use downhaul_lang::Catalog;
use downhaul_scanner::{Scan, ScanRequest, scan};

/// Scans a folder with these keys.
pub(crate) fn scan_folder(root: &Path, keys: &[&str]) -> Scan {
    let mut request = ScanRequest::new(root);
    request.keys = keys.iter().map(|key| FlagKey::new(key).unwrap()).collect();
    request.threads = Some(2);
    scan(&request, Catalog::load(), &()).unwrap()
}

#[allow(dead_code, reason = "not every test binary needs it")]
/// `kind:key`, with a `?` where the confidence is low.
pub(crate) fn describe(reference: &Reference) -> String {
    let key = match &reference.key {
        ReferencedKey::Known(key) => key.to_string(),
        ReferencedKey::Pattern(pattern) => pattern.to_string(),
    };
    let doubt = if reference.confidence == Confidence::Low { "?" } else { "" };
    format!("{}:{key}{doubt}", reference.kind.as_str())
}
