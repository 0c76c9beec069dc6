//! What the doctor says: one line for each thing looked at, with what to do.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mark {
    /// As it should be.
    Ok,
    /// Good to know.
    Note,
    /// Something is missing.
    Warn,
    /// Nothing works without it.
    Fail,
}

#[derive(Debug, Serialize)]
pub(crate) struct Line {
    topic: &'static str,
    state: Mark,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<String>,
}

impl Line {
    /// What to do about it.
    pub(crate) fn todo(&mut self, what: impl Into<String>) -> &mut Self {
        self.remediation = Some(what.into());
        self
    }
}

/// All lines so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Line>,
}

impl Report {
    pub(crate) fn add(&mut self, topic: &'static str, state: Mark, message: impl Into<String>) -> &mut Line {
        self.lines.push(Line { topic, state, message: message.into(), remediation: None });
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    pub(crate) fn text(&self, color: bool) -> String {
        let width = self.lines.iter().map(|line| line.topic.len()).max().unwrap_or_default();
        let mut text = String::new();
        for line in &self.lines {
            let (word, style) = match line.state {
                Mark::Ok => ("ok  ", anstyle::AnsiColor::Green),
                Mark::Note => ("note", anstyle::AnsiColor::Cyan),
                Mark::Warn => ("warn", anstyle::AnsiColor::Yellow),
                Mark::Fail => ("fail", anstyle::AnsiColor::Red),
            };
            let style = if color { style.on_default().bold() } else { anstyle::Style::new() };
            let indent = " ".repeat(width + 8);
            let message = line.message.replace('\n', &format!("\n{indent}"));
            text.push_str(&format!("{:width$}  {style}{word}{style:#}  {message}\n", line.topic));
            if let Some(what) = &line.remediation {
                text.push_str(&format!("{indent}→ {what}\n"));
            }
        }
        text
    }

    pub(crate) fn json(&self) -> String {
        let document = serde_json::json!({
            "version": 1,
            "tool": {"name": "downhaul", "version": env!("CARGO_PKG_VERSION")},
            "checks": self.lines,
        });
        format!("{document:#}\n")
    }
}
