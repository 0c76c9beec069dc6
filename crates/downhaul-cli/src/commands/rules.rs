//! `downhaul rules`: every rule with its severity and summary.

use std::fmt::Write;

use downhaul_core::RuleInfo;
use downhaul_report::Format;
use serde_json::json;

use crate::args::Global;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let rules = downhaul_policy::rules();
    let text = match settings.format {
        Format::Json => as_json(&rules),
        Format::Text | Format::Concise => as_text(&rules),
        other => {
            return Err(CliError::usage(format!("`rules` has no format `{}`", other.as_str()))
                .hint("formats are text, concise, json"));
        }
    };
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn as_text(rules: &[&RuleInfo]) -> String {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:width$}  {:7}  {}", rule.id, rule.severity.as_str(), rule.summary);
    }
    text
}

fn as_json(rules: &[&RuleInfo]) -> String {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "group": rule.group,
                "summary": rule.summary,
                "severity": rule.severity.as_str(),
                "severity_on_new": rule.severity_on_new.as_str(),
                "reasons": rule.reasons,
                "docs": rule.docs,
            })
        })
        .collect();
    let tool = json!({"name": "downhaul", "version": env!("CARGO_PKG_VERSION")});
    format!("{:#}\n", json!({"version": 1, "tool": tool, "rules": rules}))
}
