//! The one place where something that went wrong becomes a sentence, a hint and an exit code.

use std::fmt;

/// How a run ended. When several hold, the least trustworthy situation wins: see [`Exit::worst`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Clean.
    Clean,
    /// Findings at or above the fail level.
    Findings,
    /// Wrong usage, configuration or input file.
    Usage,
    /// The server was unreachable or refused, or a required rule could not be evaluated.
    EvidenceMissing,
    /// `--strict`, and something was skipped.
    Skipped,
    /// Our fault.
    Fault,
    /// `clean`: nothing was changed for at least one flag.
    Refused,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::EvidenceMissing => 3,
            Exit::Skipped => 4,
            Exit::Fault => 5,
            Exit::Refused => 6,
        }
    }

    /// The least trustworthy of two situations.
    pub fn worst(self, other: Exit) -> Exit {
        if self.distrust() >= other.distrust() { self } else { other }
    }

    fn distrust(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Refused => 2,
            Exit::Skipped => 3,
            Exit::EvidenceMissing => 4,
            Exit::Usage => 5,
            Exit::Fault => 6,
        }
    }
}

/// Something that stops a command.
#[derive(Debug)]
pub struct CliError {
    exit: Exit,
    message: String,
    hint: Option<String>,
}

impl CliError {
    /// The user's move: usage, configuration, an input file.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        CliError { exit: Exit::Usage, message: message.into(), hint: None }
    }

    /// The server's move, or that of whoever gives out tokens.
    pub(crate) fn evidence(message: impl Into<String>) -> Self {
        CliError { exit: Exit::EvidenceMissing, message: message.into(), hint: None }
    }

    /// What to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong, without the hint.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to try, if anything.
    pub(crate) fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// How the run ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  = help: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CliError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_trustworthy_situation_wins() {
        let order = [
            Exit::Clean,
            Exit::Findings,
            Exit::Refused,
            Exit::Skipped,
            Exit::EvidenceMissing,
            Exit::Usage,
            Exit::Fault,
        ];
        for (rank, milder) in order.iter().enumerate() {
            for worse in &order[rank..] {
                assert_eq!(milder.worst(*worse), *worse);
                assert_eq!(worse.worst(*milder), *worse);
            }
        }
    }
}
