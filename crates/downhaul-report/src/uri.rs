//! Paths and addresses as URIs.

/// A path relative to the root as a URI reference: forward slashes, everything that has a meaning of its own escaped.
pub(crate) fn of_path(path: &str) -> String {
    escaped(path, b"/-._~!$&'()*+,;=@")
}

/// The same for the target of a link in Markdown, where brackets and signs of emphasis mean something too.
pub(crate) fn of_path_in_markdown(path: &str) -> String {
    escaped(path, b"/-._")
}

/// Whether an address may stand as the target of a link in Markdown as it is.
pub(crate) fn is_plain(uri: &str) -> bool {
    uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._:~%".contains(&byte))
}

fn escaped(path: &str, plain: &[u8]) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// An absolute URI without the user name and password that clone addresses may hold; `None` for anything else.
pub(crate) fn without_credentials(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) || !plain(rest) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(format!("{scheme}://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_uri_is_escaped() {
        assert_eq!(of_path("src/a b/[id]#1.ts"), "src/a%20b/%5Bid%5D%231.ts");
        assert_eq!(of_path("c:100%?é"), "c%3A100%25%3F%C3%A9");
        assert_eq!(of_path_in_markdown("a(1)/*b*.ts"), "a%281%29/%2Ab%2A.ts");
        assert!(is_plain("https://git.example:8443/a/b/") && !is_plain("https://x/a)b"));
    }

    #[test]
    fn credentials_never_get_out() {
        let clean = |uri| without_credentials(uri);
        assert_eq!(clean("https://me:s3cret@x.org/a/b").as_deref(), Some("https://x.org/a/b"));
        assert_eq!(clean("https://p@ss@x.org").as_deref(), Some("https://x.org"));
        assert_eq!(clean("https://x.org/a@b").as_deref(), Some("https://x.org/a@b"));
        assert_eq!(clean("git@github.com:a/b.git"), None);
        assert_eq!(clean("https://x.org/a b"), None);
    }
}
