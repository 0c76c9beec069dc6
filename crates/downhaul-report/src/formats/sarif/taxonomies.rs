//! The standards and laws whose controls rules are evidence for, as SARIF's taxonomies: an auditor can group by them.

use std::collections::BTreeSet;

use downhaul_core::{Control, RuleInfo};
use serde_json::json;
use serde_sarif::sarif;

/// The taxonomies of all rules, by name; `None` if no rule has any.
pub(super) fn all(rules: &[&RuleInfo]) -> Option<Vec<sarif::ToolComponent>> {
    let controls = controls(rules);
    let all: Vec<sarif::ToolComponent> =
        frameworks(&controls).into_iter().map(|name| taxonomy(name, &controls)).collect();
    (!all.is_empty()).then_some(all)
}

/// Their names, for the tool to say that it supports them.
pub(super) fn references(rules: &[&RuleInfo]) -> Option<Vec<sarif::ToolComponentReference>> {
    let controls = controls(rules);
    let all: Vec<_> = frameworks(&controls).into_iter().map(component).collect();
    (!all.is_empty()).then_some(all)
}

/// The controls of one rule, as relations to the taxonomies.
pub(super) fn relationships(info: &RuleInfo) -> Option<Vec<sarif::ReportingDescriptorRelationship>> {
    let relation = |control: &Control| {
        let target = sarif::ReportingDescriptorReference::builder()
            .id(control.id)
            .tool_component(component(control.framework))
            .build();
        sarif::ReportingDescriptorRelationship::builder().target(target).kinds(vec!["relevant".to_owned()]).build()
    };
    (!info.controls.is_empty()).then(|| info.controls.iter().map(relation).collect())
}

/// `ISO/IEC 27001:2022 A.8.32`: how properties name a control.
pub(super) fn name(control: &Control) -> String {
    format!("{} {}", control.framework, control.id)
}

fn controls(rules: &[&RuleInfo]) -> BTreeSet<Control> {
    rules.iter().flat_map(|info| info.controls).copied().collect()
}

fn frameworks(controls: &BTreeSet<Control>) -> BTreeSet<&'static str> {
    controls.iter().map(|control| control.framework).collect()
}

fn component(name: &str) -> sarif::ToolComponentReference {
    sarif::ToolComponentReference::builder().name(name).build()
}

fn taxonomy(name: &str, controls: &BTreeSet<Control>) -> sarif::ToolComponent {
    let text = |text: &str| sarif::MultiformatMessageString::builder().text(text).build();
    let taxa = controls.iter().filter(|control| control.framework == name).map(|control| {
        let what = format!("{}.", control.what);
        sarif::ReportingDescriptor::builder().id(control.id).short_description(text(&what)).build()
    });
    sarif::ToolComponent::builder()
        .name(name)
        .short_description(text("Controls that outcomes of rules are evidence for."))
        .contents(vec![json!("localizedData"), json!("nonLocalizedData")])
        .is_comprehensive(false)
        .taxa(taxa.collect::<Vec<_>>())
        .build()
}
