//! Which code host, by which token: from the options, the environment of CI services, and the name of the remote.

use downhaul_host::{CodeHost, HostError, HostKind, HostToken, Pace, Repository, RepositoryAddress};

use crate::args::PrArgs;
use crate::errors::CliError;

/// A host that can be spoken to.
pub(super) struct Connection {
    pub(super) kind: HostKind,
    pub(super) token: HostToken,
    pub(super) host: Box<dyn CodeHost>,
}

impl Connection {
    pub(super) fn open(args: &PrArgs, repository: &Repository) -> Result<Self, CliError> {
        let address = repository.address().ok_or_else(|| {
            CliError::usage(format!("the remote `{}` is on no code host, so there are no pull requests", args.remote))
                .hint("--patch-dir DIR writes the changes as patches")
        })?;
        let kind = kind(args, address)?;
        let token = token(kind)?;
        let api = kind.api_variables().iter().find_map(|name| variable(name)).filter(|api| is_of(api, address));
        let host = kind.connect(api.as_deref(), address, &token, Pace::default()).map_err(error)?;
        Ok(Connection { kind, token, host })
    }
}

fn kind(args: &PrArgs, address: &RepositoryAddress) -> Result<HostKind, CliError> {
    if let Some(name) = &args.host {
        return name.parse().map_err(error);
    }
    HostKind::of(address).ok_or_else(|| {
        let names: Vec<&str> = HostKind::all().map(HostKind::as_str).collect();
        CliError::usage(format!("{} does not tell which kind of code host it is", address.host))
            .hint(format!("name it with --host: {}", names.join(", ")))
    })
}

fn token(kind: HostKind) -> Result<HostToken, CliError> {
    let names = kind.token_variables();
    let Some(text) = names.iter().find_map(|name| variable(name)) else {
        return Err(CliError::usage("there is no token for the code host")
            .hint(format!("set one of {}; --patch-dir DIR needs none", names.join(", "))));
    };
    HostToken::new(&text).map_err(error)
}

/// A CI service says where its own API is; the remote may be elsewhere.
fn is_of(api: &str, address: &RepositoryAddress) -> bool {
    let host = api.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    host == address.host || host == format!("api.{}", address.host)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// A host that refuses or is silent is missing evidence, the rest is the user's move.
pub(super) fn error(error: HostError) -> CliError {
    match error {
        HostError::Setting(_) | HostError::Git { .. } => CliError::usage(error.to_string()),
        HostError::Refused { status: 401 | 403 | 404, .. } => CliError::evidence(error.to_string())
            .hint("the token may have to be allowed to write contents, pull requests and issues of this repository"),
        _ => CliError::evidence(error.to_string()),
    }
}
