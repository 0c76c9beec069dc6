//! CODEOWNERS, resolved for the files that hold references.

use std::collections::BTreeSet;
use std::path::Path;

use downhaul_core::{CodeOwners, Reference};
use downhaul_host::{OWNERS_PLACES, OwnersFile};

/// The owners of the files that the references stand in; `None` when the repository names no owners.
pub(crate) fn read(root: &Path, references: &[Reference]) -> Option<CodeOwners> {
    let (place, file) = file(root)?;
    let paths: BTreeSet<&str> = references.iter().map(|reference| &*reference.location.path).collect();
    Some(CodeOwners {
        file: place.to_owned(),
        by_path: paths.into_iter().map(|path| (path.to_owned(), file.of(path))).collect(),
        names: file.names().into_iter().map(str::to_owned).collect(),
    })
}

/// The file, and where it was found: hosts look in several places.
pub(crate) fn file(root: &Path) -> Option<(&'static str, OwnersFile)> {
    let place = OWNERS_PLACES.into_iter().find(|place| root.join(place).is_file())?;
    let bytes = std::fs::read(root.join(place)).ok()?;
    Some((place, OwnersFile::parse(&String::from_utf8_lossy(&bytes))))
}
