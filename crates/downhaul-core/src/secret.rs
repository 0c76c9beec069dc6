//! A key to a flag server that stands in a file for everybody to read.

use crate::reference::PathClass;
use crate::source::Location;

/// A key to a flag server in a file. Its own text ends in the scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What it opens.
    pub kind: SecretKind,
    /// Its first part and four characters of the rest: `default:production.3f2a…`.
    pub masked: String,
    /// Tenths of a bit that each character of the rest tells: chance gives more than what somebody made up.
    pub entropy: u32,
    /// What the file does with it.
    pub used_by: SecretUser,
    /// What kind of file it stands in.
    pub class: PathClass,
    /// Where.
    pub location: Location,
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretKind {
    /// Everything, in nobody's name.
    Admin,
    /// What the person may do whose key it is.
    Personal,
    /// The flags of an environment.
    Environment,
}

/// Which side of an application a key is for, as far as its file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretUser {
    /// A server's SDK: the key is nobody else's business.
    BackEnd,
    /// A browser or an app: everybody who has it has the key.
    FrontEnd,
    /// The file does not tell.
    Unknown,
}
