//! What viewers show beside a result: the way from the check to its key, and the change that ends it.

use std::collections::BTreeMap;
use std::sync::Arc;

use downhaul_core::{CleanOutcome, Cleaned, CleanedFile, Finding, FlagKey, LineIndex, Location, Reference};
use serde_sarif::sarif;

use super::ROOT;
use super::results::{physical, plain};
use crate::report::SourceText;
use crate::uri;

/// From where the key is written to where it is asked for; `None` where both are one place.
pub(super) fn code_flow(
    finding: &Finding,
    references: &[Reference],
    sources: &dyn SourceText,
) -> Option<sarif::CodeFlow> {
    let location = finding.anchor.location()?;
    let at = references.partition_point(|reference| reference.location < *location);
    let reference = references[at..].iter().take_while(|reference| reference.location == *location);
    let reference = reference.into_iter().find(|reference| reference.flag() == finding.flag.as_ref())?;
    let steps = reference.via.iter().rev().map(|via| (&via.location, via.role.as_str()));
    let steps: Vec<_> = steps.chain([(location, "check")]).map(|(at, role)| step(at, role, sources)).collect();
    let flow = sarif::ThreadFlow::builder().locations(steps).build();
    (!reference.via.is_empty()).then(|| sarif::CodeFlow::builder().thread_flows(vec![flow]).build())
}

fn step(at: &Location, role: &str, sources: &dyn SourceText) -> sarif::ThreadFlowLocation {
    let location = sarif::Location::builder()
        .message(sarif::Message::builder().text(role).build())
        .physical_location(physical(at, sources))
        .build();
    sarif::ThreadFlowLocation::builder().location(location).build()
}

/// The removal that the finding proposes, where something of it can be done.
pub(super) fn fix(finding: &Finding, fixes: &BTreeMap<FlagKey, Cleaned>) -> Option<sarif::Fix> {
    let removal = finding.removal.as_ref()?;
    let cleaned = fixes.get(&removal.flag)?;
    let flag = cleaned.flags.iter().find(|flag| flag.removal == *removal)?;
    let left = match flag.outcome() {
        CleanOutcome::Refused => return None,
        CleanOutcome::Done => String::new(),
        CleanOutcome::Leftovers => format!("; {} left for a person", flag.left.len()),
    };
    let text =
        format!("Take `{}` out and keep {}{left}.", plain(removal.flag.as_str()), plain(&removal.keep.describe()));
    let changes: Vec<sarif::ArtifactChange> = cleaned.files.iter().map(change).collect();
    let description = sarif::Message::builder().text(text).build();
    (!changes.is_empty()).then(|| sarif::Fix::builder().description(description).artifact_changes(changes).build())
}

fn change(file: &CleanedFile) -> sarif::ArtifactChange {
    let lines = LineIndex::new(&file.before);
    let path: Arc<str> = file.path.as_str().into();
    let replacement = |span: std::ops::Range<usize>, text: &str| {
        let place = lines.location(Arc::clone(&path), &file.before, span);
        let region = sarif::Region::builder()
            .start_line(place.start.line)
            .start_column(place.start.column)
            .end_line(place.end.line)
            .end_column(place.end.column)
            .build();
        let mut replacement = sarif::Replacement::builder().deleted_region(region).build();
        replacement.inserted_content = (!text.is_empty()).then(|| sarif::ArtifactContent::builder().text(text).build());
        replacement
    };
    // SARIF cannot delete a file, only all that is in it.
    let replacements: Vec<sarif::Replacement> = if file.deleted {
        vec![replacement(0..file.before.len(), "")]
    } else {
        file.edits.iter().map(|edit| replacement(edit.start..edit.end, &edit.text)).collect()
    };
    let artifact = sarif::ArtifactLocation::builder().uri(uri::of_path(&file.path)).uri_base_id(ROOT).build();
    sarif::ArtifactChange::builder().artifact_location(artifact).replacements(replacements).build()
}
