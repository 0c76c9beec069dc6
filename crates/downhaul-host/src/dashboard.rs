//! The dashboard: one issue that lists every flag that is to go, and where each stands.

use crate::pull_request::{CodeHost, Edit, Issue};
use crate::{HostError, Outcome};

/// What the issue bears, by which it is found again.
const MARKER: &str = "<!-- downhaul:dashboard -->";

/// The label under which it is looked for.
const LABEL: &str = "downhaul";

/// Brings the issue up to date; makes it where there is none. Gives back what was done, and its page.
///
/// # Errors
/// What the host says.
pub fn dashboard(
    host: &dyn CodeHost,
    title: &str,
    body: &str,
    dry_run: bool,
) -> Result<(Outcome, Option<String>), HostError> {
    let body = format!("{}\n\n{MARKER}\n", body.trim_end());
    let there = host.issues(LABEL)?.into_iter().find(|issue| issue.body.contains(MARKER));
    match there {
        None if dry_run => Ok((Outcome::Created, None)),
        None => Ok((Outcome::Created, Some(host.create_issue(title, &body, LABEL)?.url))),
        Some(Issue { url, body: old, .. }) if same(&old, &body) => Ok((Outcome::Unchanged, Some(url))),
        Some(Issue { number, url, .. }) => {
            if !dry_run {
                host.edit_issue(number, &Edit { body: Some(body), ..Edit::default() })?;
            }
            Ok((Outcome::Updated, Some(url)))
        }
    }
}

/// Hosts trim text and change line ends.
fn same(a: &str, b: &str) -> bool {
    a.lines().map(str::trim_end).eq(b.trim_end().lines().map(str::trim_end))
}
