//! Speaking to a server over HTTP: paced, repeated, bounded, and in plain words when it does not work out.
//!
//! What differs from vendor to vendor is a [`Dialect`]; the routes and their shapes are the provider's.

pub(crate) mod address;
pub(crate) mod answer;
pub(crate) mod client;
pub(crate) mod limits;
pub(crate) mod parallel;
pub(crate) mod patience;
pub(crate) mod wait;

/// How a kind of server is spoken to.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Where its API is, below the base path.
    pub(crate) root: &'static [&'static str],
    /// What people append to its address, longest first.
    pub(crate) suffixes: &'static [&'static str],
    /// The header that carries the token.
    pub(crate) token_header: &'static str,
    /// Which token would do.
    pub(crate) right_token: &'static str,
    /// How it begins to say that it does not have a route at all.
    pub(crate) no_such_route: &'static str,
}

/// Whom to trust besides the certificate authorities of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    /// More certificate authorities, as PEM: those of a company, or the certificate of the server itself.
    pub authorities: Option<Vec<u8>>,
    /// Takes any certificate. Whoever sits between can then read the token.
    pub anything: bool,
}
