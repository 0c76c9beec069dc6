//! The text of the dashboard: every flag that is to go, and where each stands.

use crate::markup::{code, prose};
use crate::wording::count;

/// Lines at most; GitHub takes 65,536 characters.
const LINES: usize = 200;

/// One line of the dashboard.
#[derive(Debug, Clone)]
pub struct DashboardLine<'a> {
    /// The flags.
    pub flags: Vec<&'a str>,
    /// What became of them, in kebab-case.
    pub outcome: &'a str,
    /// The pull request.
    pub url: Option<&'a str>,
    /// What there is to say about it.
    pub notes: &'a [String],
}

/// A Markdown list that is safe to show, the same for the same lines.
pub fn dashboard_body(lines: &[DashboardLine<'_>]) -> String {
    let mut body =
        "Flags whose time has come, as downhaul sees it. This text is written anew by each run.\n\n".to_owned();
    for line in lines.iter().take(LINES) {
        let flags: Vec<String> = line.flags.iter().map(|flag| code(flag)).collect();
        // Created, updated and unchanged come to the same for whoever reads it tomorrow.
        let state = match line.outcome {
            "created" | "updated" | "unchanged" => "open",
            other => other,
        };
        let url = line.url.filter(|url| is_plain(url)).map(|url| format!(" {url}")).unwrap_or_default();
        body.push_str(&format!("- {}: {state}{url}\n", flags.join(", ")));
        for note in line.notes.iter().take(3) {
            body.push_str(&format!("  - {}\n", prose(&crate::wording::cut(note, 200))));
        }
    }
    if lines.len() > LINES {
        body.push_str(&format!("- and {}\n", count(lines.len() - LINES, "more line")));
    }
    if lines.is_empty() {
        body.push_str("There are none.\n");
    }
    body
}

/// A web address and nothing else: it comes from the host's own answer.
fn is_plain(url: &str) -> bool {
    url.starts_with("http")
        && url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '`'))
}
