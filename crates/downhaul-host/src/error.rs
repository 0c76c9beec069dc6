//! What can go wrong between here and a code host, and whose move it is.

/// Why something was not done on the code host or in the repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The user's move: a setting that cannot be right.
    #[error("{0}")]
    Setting(String),
    /// The user's move, or that of whoever gives out tokens: the host knows the token and does not allow this.
    #[error("{host} refused {what} with {status}: {detail}")]
    Refused {
        /// The host's name.
        host: String,
        /// What was asked for.
        what: String,
        /// The HTTP status.
        status: u16,
        /// What the host said of it.
        detail: String,
    },
    /// The host's move: it did not answer, or not in time.
    #[error("{host} did not answer {what}: {detail}")]
    Unreachable {
        /// The host's name.
        host: String,
        /// What was asked for.
        what: String,
        /// What happened.
        detail: String,
    },
    /// The host's move, or ours: an answer that is none.
    #[error("{host} answered {what} with something that cannot be understood: {detail}")]
    Unexpected {
        /// The host's name.
        host: String,
        /// What was asked for.
        what: String,
        /// What was wrong with it.
        detail: String,
    },
    /// git's word: what was run, and what it said.
    #[error("git {command} failed: {detail}")]
    Git {
        /// The subcommand.
        command: String,
        /// Its last words, without secrets.
        detail: String,
    },
    /// Somebody moved the branch between our look and our push.
    #[error("the branch {0} was moved by somebody else in the meantime")]
    Raced(String),
}
