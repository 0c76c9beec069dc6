//! Filling the server with an estate.

use std::path::Path;

use anyhow::Result;

use super::work::Work;

/// Fills.
pub(super) fn run(_work: &Work, _estate: Option<&Path>) -> Result<()> {
    anyhow::bail!("not yet")
}
