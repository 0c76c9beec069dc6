//! What a scan did not see, or did not see well, and why. Never silent: every entry is counted and can be shown.

/// A file, folder or part of one that was not read as it should have been.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// Why, for programs.
    pub reason: SkipReason,
    /// Why, for people: sizes, the system's message, where the syntax broke.
    pub detail: String,
}

/// Why something was skipped. Files that ignore rules leave out, and binary files, are no skips: they are out of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Larger than the limit.
    TooLarge,
    /// The system did not let us read it.
    Unreadable,
    /// A symbolic link that leads in a circle or nowhere.
    BrokenLink,
    /// No encoding that is known.
    UnknownEncoding,
    /// The syntax is broken in places; what could be parsed was, the rest was matched by its words.
    SyntaxErrors,
    /// Parsing took too long and was given up; matched by its words.
    TimedOut,
    /// A name was followed through so many places that it was given up.
    ChainTooLong,
    /// An ignore file could not be read or understood.
    BadIgnoreFile,
}

impl SkipReason {
    /// Whether nothing at all is known of what stands in there.
    pub fn is_unread(self) -> bool {
        matches!(
            self,
            SkipReason::TooLarge | SkipReason::Unreadable | SkipReason::BrokenLink | SkipReason::UnknownEncoding
        )
    }

    /// The name in kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::TooLarge => "too-large",
            SkipReason::Unreadable => "unreadable",
            SkipReason::BrokenLink => "broken-link",
            SkipReason::UnknownEncoding => "unknown-encoding",
            SkipReason::SyntaxErrors => "syntax-errors",
            SkipReason::TimedOut => "timed-out",
            SkipReason::ChainTooLong => "chain-too-long",
            SkipReason::BadIgnoreFile => "bad-ignore-file",
        }
    }
}
