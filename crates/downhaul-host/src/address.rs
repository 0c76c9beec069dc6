//! Where a repository lives on a code host: read from git's address of the remote.

/// A repository on a host, from any way that git writes its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryAddress {
    /// The host, with its port where the address is a web address.
    pub host: String,
    /// `https`, or `http` where the remote says so.
    pub scheme: &'static str,
    /// Owner and name, or groups and name: `acme/shop`.
    pub path: String,
}

impl RepositoryAddress {
    /// Reads `git@host:owner/name.git`, `ssh://git@host:22/owner/name` and `https://user:secret@host/owner/name`.
    /// `None` for a path on this machine.
    pub fn parse(remote: &str) -> Option<Self> {
        let (scheme, host, path) = match remote.split_once("://") {
            Some(("https", rest)) => ("https", web_host(rest)?, rest.split_once('/')?.1),
            Some(("http", rest)) => ("http", web_host(rest)?, rest.split_once('/')?.1),
            Some(("ssh" | "git", rest)) => ("https", bare_host(rest)?, rest.split_once('/')?.1),
            Some(_) => return None,
            None => {
                let (host, path) = remote.split_once(':').filter(|(host, _)| host.contains('@'))?;
                ("https", bare_host(host)?, path)
            }
        };
        let path = path.trim_matches('/').trim_end_matches(".git").trim_end_matches('/');
        let is_whole = !host.is_empty() && !path.is_empty();
        is_whole.then(|| RepositoryAddress { host: host.to_owned(), scheme, path: path.to_owned() })
    }

    /// The page of the repository.
    pub fn web(&self) -> String {
        format!("{}://{}/{}", self.scheme, self.host, self.path)
    }

    /// Owner (or groups) and name.
    pub fn owner_and_name(&self) -> Option<(&str, &str)> {
        self.path.rsplit_once('/')
    }
}

/// The host with its port, without user and password.
fn web_host(rest: &str) -> Option<&str> {
    rest.split('/').next()?.rsplit('@').next()
}

/// The host without the port, which is that of another protocol.
fn bare_host(rest: &str) -> Option<&str> {
    web_host(rest)?.split(':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_address() {
        let web = |remote: &str| RepositoryAddress::parse(remote).map(|address| address.web());
        let is = |remote: &str, address: &str| assert_eq!(web(remote).as_deref(), Some(address), "{remote}");
        is("git@code.example:acme/shop.git", "https://code.example/acme/shop");
        is("ssh://git@code.example:2222/acme/shop.git", "https://code.example/acme/shop");
        is("https://user:secret@code.example/acme/team/shop", "https://code.example/acme/team/shop");
        is("https://code.example:8443/acme/shop.git/", "https://code.example:8443/acme/shop");
        is("http://127.0.0.1:3000/acme/shop.git", "http://127.0.0.1:3000/acme/shop");
        for local in ["/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", "https://code.example/", "git@host:"]
        {
            assert_eq!(web(local), None, "{local}");
        }
    }

    #[test]
    fn groups_belong_to_the_owner() {
        let address = RepositoryAddress::parse("git@code.example:acme/team/shop.git").expect("an address");
        assert_eq!(address.owner_and_name(), Some(("acme/team", "shop")));
    }
}
