//! The name of a flag in the server's world, and the page of the server that shows it.

use downhaul_core::{Flag, LogicalLocation, ServerInfo};

/// `unleash:payments/new-checkout@production`, with a link where the server's kind is known.
pub(crate) fn logical(server: &ServerInfo, flag: &Flag, environment: Option<&str>) -> LogicalLocation {
    let at = environment.map(|name| format!("@{name}")).unwrap_or_default();
    LogicalLocation { name: format!("{}:{}/{}{at}", server.kind, flag.project, flag.key), url: page(server, flag) }
}

/// The flag's page in the admin interface. Names that would need escaping get none: servers do not allow them.
fn page(server: &ServerInfo, flag: &Flag) -> Option<String> {
    let base = server.url.as_deref()?.trim_end_matches('/');
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'));
    let (project, key) = (flag.project.as_str(), flag.key.as_str());
    match server.kind.as_str() {
        "unleash" if plain(project) && plain(key) => Some(format!("{base}/projects/{project}/features/{key}")),
        _ => None,
    }
}
