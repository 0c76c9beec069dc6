//! What is known of a rule before any run, as SARIF's reporting descriptors.

use std::collections::BTreeMap;

use downhaul_core::{RuleInfo, Severity};
use serde_json::json;
use serde_sarif::sarif;

use super::taxonomies;
use crate::wording::cut;

/// GitHub cuts descriptions here.
const DESCRIPTION: usize = 1024;

/// How often a result is right: rules complain only about what was traced to an SDK or what the server itself says.
const PRECISION: &str = "high";

/// The descriptor of a rule. It has no `helpUri`: the page is carried along in `help`.
pub(super) fn descriptor(info: &RuleInfo) -> sarif::ReportingDescriptor {
    let mut descriptor = sarif::ReportingDescriptor::builder()
        .id(info.id)
        .name(pascal_case(info.id))
        .short_description(text(&sentence(info.summary)))
        .full_description(text(&sentence(&one_line(info.description()))))
        .help(sarif::MultiformatMessageString::builder().text(info.docs).markdown(info.docs).build())
        .default_configuration(configuration(info.severity))
        .properties(properties(info))
        .build();
    descriptor.relationships = taxonomies::relationships(info);
    descriptor
}

/// The word of SARIF for a severity.
pub(super) fn level(severity: Severity) -> sarif::ResultLevel {
    match severity {
        Severity::Error => sarif::ResultLevel::Error,
        Severity::Warning => sarif::ResultLevel::Warning,
        Severity::Note => sarif::ResultLevel::Note,
        Severity::Off => sarif::ResultLevel::None,
    }
}

fn configuration(severity: Severity) -> sarif::ReportingConfiguration {
    let configuration = sarif::ReportingConfiguration::builder().level(json!(level(severity).to_string()));
    match severity {
        Severity::Off => configuration.enabled(false).build(),
        Severity::Note | Severity::Warning | Severity::Error => configuration.build(),
    }
}

/// Tags to filter by, and what GitHub sorts by.
fn properties(info: &RuleInfo) -> sarif::PropertyBag {
    let problem = match info.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Off => "recommendation",
    };
    let mut more =
        BTreeMap::from([("precision".to_owned(), json!(PRECISION)), ("problem.severity".to_owned(), json!(problem))]);
    if !info.controls.is_empty() {
        let controls: Vec<String> = info.controls.iter().map(taxonomies::name).collect();
        more.insert("controls".to_owned(), json!(controls));
    }
    sarif::PropertyBag::builder()
        .tags(["feature-flags", "maintainability", info.group].map(str::to_owned))
        .additional_properties(more)
        .build()
}

fn text(text: &str) -> sarif::MultiformatMessageString {
    sarif::MultiformatMessageString::builder().text(cut(text, DESCRIPTION)).build()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// With a capital at its start and a full stop at its end.
fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if phrase.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

/// `zombie-flag` as `ZombieFlag`, the form that SARIF wants of a readable name.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
        })
        .collect()
}
