//! What is done with captured snapshots: compared, and freed of names.

mod diff;
mod redact;

use downhaul_core::Snapshot;
use downhaul_server::file;

/// The snapshot that a case of the Unleash provider is expected to give.
fn captured(case: &str) -> Snapshot {
    let path = format!("{}/../../fixtures/servers/unleash/{case}/snapshot.json", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the case has a snapshot");
    file::read(&bytes, &path).expect("our own file can be read")
}

fn text(snapshot: &Snapshot) -> String {
    String::from_utf8(file::write(snapshot, "0", false)).expect("JSON is text")
}
