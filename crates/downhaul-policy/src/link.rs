//! The name of a flag in the server's world, and the page of the server that shows it.

use downhaul_core::{Flag, LogicalLocation, ServerInfo};

/// `unleash:payments/new-checkout@production`, with a link where the server's kind is known.
pub(crate) fn logical(server: &ServerInfo, flag: &Flag, environment: Option<&str>) -> LogicalLocation {
    let at = environment.map(|name| format!("@{name}")).unwrap_or_default();
    LogicalLocation { name: format!("{}:{}/{}{at}", server.kind, flag.project, flag.key), url: page(server, flag) }
}

/// `unleash:payments@production`, with a link where the server's kind is known.
pub(crate) fn of_project(server: &ServerInfo, project: &str, environment: Option<&str>) -> LogicalLocation {
    let at = environment.map(|name| format!("@{name}")).unwrap_or_default();
    let url = page_of(server, project, "");
    LogicalLocation { name: format!("{}:{project}{at}", server.kind), url }
}

/// The flag's page in the admin interface.
fn page(server: &ServerInfo, flag: &Flag) -> Option<String> {
    let key = flag.key.as_str();
    is_plain(key).then(|| page_of(server, &flag.project, &format!("/features/{key}")))?
}

/// A page of a project. Names that would need escaping get none: servers do not allow them.
fn page_of(server: &ServerInfo, project: &str, below: &str) -> Option<String> {
    let base = server.url.as_deref()?.trim_end_matches('/');
    match server.kind.as_str() {
        "unleash" if is_plain(project) => Some(format!("{base}/projects/{project}{below}")),
        _ => None,
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'))
}
