//! The one error of this crate: why there is no snapshot, and whose move it is.

use thiserror::Error;

/// Why there is no snapshot. No text in here ever holds a token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ServerError {
    /// The address, the token or the provider's name cannot be used. The user's move: correct the setting.
    #[error("{0}")]
    Setting(String),
    /// No answer. The move is the network's or the server's, if the address is right.
    #[error("{url} cannot be reached: {detail}")]
    Unreachable {
        /// Where the request went.
        url: String,
        /// What the network said.
        detail: String,
    },
    /// The token is unknown or has expired. The user's move: make a new one.
    #[error("{url} does not know the token: {detail}")]
    Unauthorised {
        /// Where the request went.
        url: String,
        /// What the server said, and what to do.
        detail: String,
    },
    /// The token is known and may not read this. The move is of whoever gives out tokens.
    #[error("the token may not read {path}: {detail}")]
    Forbidden {
        /// What was asked for.
        path: String,
        /// What would do.
        detail: String,
    },
    /// Something answers there that is not the flag server. The user's move: correct the address.
    #[error("{url} is not the API of the flag server: {detail}")]
    NotTheApi {
        /// Where the request went.
        url: String,
        /// What came instead.
        detail: String,
    },
    /// The server has no such route: too old, or another edition. The move is of whoever runs the server.
    #[error("this server has no {path}; it is too old, or its edition lacks it")]
    Unsupported {
        /// What was asked for.
        path: String,
    },
    /// The route exists and the thing does not. Nobody's move: it went away, or never was there.
    #[error("{path} is not there: {detail}")]
    NotFound {
        /// What was asked for.
        path: String,
        /// What the server said.
        detail: String,
    },
    /// The server refused for another reason. The server's move.
    #[error("the server refused {path} with status {status}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What was asked for.
        path: String,
        /// What the server said.
        detail: String,
    },
    /// The answer does not have the shape this version of downhaul understands. Our move, or a broken proxy's.
    #[error("the answer to {path} cannot be understood: {detail}")]
    BadAnswer {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The whole capture took too long. The server's move, or the user's: allow more time.
    #[error("reading {path} was given up: {detail}")]
    TimedOut {
        /// What was to be asked for.
        path: String,
        /// Which limit was reached.
        detail: String,
    },
    /// The snapshot file is not JSON. The user's move: name the right file.
    #[error("{name} is not JSON: {detail}")]
    SnapshotNotJson {
        /// The file.
        name: String,
        /// What is wrong, with line and column.
        detail: String,
    },
    /// The snapshot file ends too early. The user's move: download or write it again.
    #[error("{name} is cut off: it ends at line {line}, column {column}; write or download it again")]
    SnapshotTruncated {
        /// The file.
        name: String,
        /// Where it ends, counted from 1.
        line: usize,
        /// Where it ends, counted from 1.
        column: usize,
    },
    /// A newer downhaul wrote the snapshot file. The user's move: update.
    #[error("{name} was written by a newer downhaul (format {version}, this one reads up to {known}): update downhaul")]
    SnapshotTooNew {
        /// The file.
        name: String,
        /// Its format.
        version: u64,
        /// The newest format known here.
        known: u64,
    },
    /// JSON, but no snapshot. The user's move: name the right file.
    #[error("{name} is no snapshot: {detail}; `downhaul snapshot` writes one")]
    NotASnapshot {
        /// The file.
        name: String,
        /// What it is instead.
        detail: String,
    },
    /// The snapshot file is said to be compressed and cannot be decompressed. The user's move.
    #[error("{name} cannot be decompressed: {detail}; write or download it again")]
    SnapshotGzip {
        /// The file.
        name: String,
        /// What is wrong.
        detail: String,
    },
    /// A snapshot with something in it that cannot be. The move is of whoever edited it, or ours.
    #[error("{name} is a snapshot with a fault: {detail}")]
    SnapshotInvalid {
        /// The file.
        name: String,
        /// What is wrong and where.
        detail: String,
    },
}

impl ServerError {
    /// Whether the same would be had another time: the network or the server was in trouble.
    pub fn is_passing(&self) -> bool {
        match self {
            ServerError::Unreachable { .. } | ServerError::TimedOut { .. } => true,
            ServerError::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Whether the fault lies in what the user handed in (a file, a setting) and not with a server.
    pub fn is_users_input(&self) -> bool {
        match self {
            ServerError::Setting(_)
            | ServerError::SnapshotNotJson { .. }
            | ServerError::SnapshotTruncated { .. }
            | ServerError::SnapshotTooNew { .. }
            | ServerError::NotASnapshot { .. }
            | ServerError::SnapshotGzip { .. }
            | ServerError::SnapshotInvalid { .. } => true,
            ServerError::Unreachable { .. }
            | ServerError::Unauthorised { .. }
            | ServerError::Forbidden { .. }
            | ServerError::NotTheApi { .. }
            | ServerError::Unsupported { .. }
            | ServerError::NotFound { .. }
            | ServerError::Refused { .. }
            | ServerError::BadAnswer { .. }
            | ServerError::TimedOut { .. } => false,
        }
    }
}
