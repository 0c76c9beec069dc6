//! `downhaul rules`: every rule with its severity, who runs it, and its summary.

use std::fmt::Write;

use downhaul_core::RuleScope;
use downhaul_policy::RuleListing;
use downhaul_report::Format;
use serde_json::json;

use crate::args::Global;
use crate::errors::{CliError, Exit};
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let rules: Vec<RuleListing> = downhaul_policy::rules().chain(downhaul_policy::diagnostics()).collect();
    let as_json_too = |format| matches!(format, Format::Json | Format::Text | Format::Concise);
    settings.refuse_formats(as_json_too, "a list of rules has no findings")?;
    let text = if settings.format == Format::Json { as_json(&rules) } else { as_text(&rules) };
    output::print(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn as_text(rules: &[RuleListing]) -> String {
    let width = rules.iter().map(|rule| rule.info.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        // Writing to a String cannot fail.
        let (id, severity) = (rule.info.id, rule.info.severity.as_str());
        let _ = writeln!(text, "{id:width$}  {severity:7}  {:12}  {}", runs(rule.info.scope), rule.info.summary);
    }
    text
}

/// The commands that evaluate rules about this.
fn runs(scope: RuleScope) -> &'static str {
    match scope {
        RuleScope::Code => "check",
        RuleScope::Flag | RuleScope::Server => "check, audit",
    }
}

fn as_json(rules: &[RuleListing]) -> String {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.info.id,
                "group": rule.info.group,
                "summary": rule.info.summary,
                "severity": rule.info.severity.as_str(),
                "severity_on_new": rule.info.severity_on_new.as_str(),
                "scope": rule.info.scope.as_str(),
                "run_by": runs(rule.info.scope).split(", ").collect::<Vec<_>>(),
                "controls": rule.info.controls.iter().map(|control| {
                    json!({"framework": control.framework, "id": control.id, "what": control.what})
                }).collect::<Vec<_>>(),
                "reasons": rule.info.reasons,
                "options": rule.options,
                "docs": rule.info.docs,
            })
        })
        .collect();
    let tool = json!({"name": "downhaul", "version": env!("CARGO_PKG_VERSION")});
    format!("{:#}\n", json!({"version": 1, "tool": tool, "rules": rules}))
}
