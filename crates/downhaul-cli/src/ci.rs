//! The CI service that the program runs in, and what it wants beside the report.
//!
//! Only where no format was asked for: whoever names one gets that and nothing else.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use downhaul_report::{Format, ReportError, Style};

use crate::errors::CliError;
use crate::output;

/// GitHub throws a summary away that is longer than this, as a whole.
const SUMMARY: u64 = 1024 * 1024;

/// A CI service with wishes of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CiService {
    /// GitHub Actions: annotations through the log, and a file for the summary of the step.
    GithubActions {
        /// The file, where the runner has one.
        summary: Option<PathBuf>,
    },
    /// GitLab CI/CD.
    GitlabCi,
}

impl CiService {
    /// The service of this process, told by the variables that each of them sets.
    pub(crate) fn of_environment() -> Option<Self> {
        let is_true = |name| std::env::var_os(name).is_some_and(|value| value == "true");
        if is_true("GITHUB_ACTIONS") {
            let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from);
            return Some(CiService::GithubActions { summary });
        }
        is_true("GITLAB_CI").then_some(CiService::GitlabCi)
    }

    /// Whether the log of the service shows colours although it is no terminal.
    pub(crate) fn shows_colors(&self) -> bool {
        match self {
            CiService::GithubActions { .. } | CiService::GitlabCi => true,
        }
    }

    /// Hands over what the service wants of a check: annotations on standard error, the summary in its file.
    pub(crate) fn deliver(
        &self,
        render: impl Fn(Format, Style, &mut dyn Write) -> Result<(), ReportError>,
    ) -> Result<(), CliError> {
        let CiService::GithubActions { summary } = self else { return Ok(()) };
        let rendered = |format| {
            let mut bytes = Vec::new();
            render(format, Style::default(), &mut bytes).map_err(|error| CliError::usage(error.to_string()))?;
            Ok::<_, CliError>(bytes)
        };
        let annotations = rendered(Format::Github)?;
        // The runner reads commands from both streams, and standard output belongs to the report.
        let _ = std::io::stderr().lock().write_all(&annotations);
        if let Some(path) = summary {
            append_summary(path, &rendered(Format::Markdown)?);
        }
        Ok(())
    }
}

/// A summary is a comfort: when it cannot be written the verdict stands all the same.
fn append_summary(path: &Path, bytes: &[u8]) {
    let there = std::fs::metadata(path).map_or(0, |file| file.len());
    if there + bytes.len() as u64 > SUMMARY {
        output::warn("the summary of this step is full, so the report is not in it");
        return;
    }
    let file = OpenOptions::new().create(true).append(true).open(path);
    if let Err(error) = file.and_then(|mut file| file.write_all(bytes)) {
        output::warn(&format!("the summary of this step cannot be written: {error}"));
    }
}
