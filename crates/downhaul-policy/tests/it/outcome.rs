//! What came of one rule on one case, as the JSON that its fixture expects.

use downhaul_core::{Anchor, Finding, Location, Verdicts};
use serde_json::{Value, json};

/// Findings and tally of `rule`.
pub(crate) fn render(verdicts: &Verdicts, rule: &str) -> Value {
    let findings: Vec<Value> =
        verdicts.findings.iter().filter(|finding| finding.rule == rule).map(render_finding).collect();
    let tally = verdicts.tally.iter().find(|tally| tally.rule == rule);
    let tally = tally.map(|tally| {
        json!({
            "findings": tally.findings,
            "passed": tally.passed,
            "exempt": tally.exempt,
            "unsupported": tally.unsupported,
            "not_evaluated": tally.not_evaluated,
            "why": tally.why,
        })
    });
    json!({ "findings": findings, "tally": tally })
}

fn render_finding(finding: &Finding) -> Value {
    json!({
        "reason": finding.reason,
        "severity": finding.severity.as_str(),
        "new": finding.new,
        "flag": finding.flag.as_ref().map(|flag| flag.as_str()),
        "project": finding.project,
        "environment": finding.environment,
        "at": match &finding.anchor {
            Anchor::Code(location) => place(location),
            Anchor::Policy(location) => format!("policy {}", place(location)),
            Anchor::Nowhere => "nowhere".to_owned(),
        },
        "message": finding.message,
        "remediation": finding.remediation,
        "evidence": finding.evidence.iter().map(|item| {
            let when = item.when.map(|at| format!(" {at}")).unwrap_or_default();
            format!("{}{when} [{}]", item.what, item.source)
        }).collect::<Vec<_>>(),
        "related": finding.related.iter().map(|label| {
            format!("{} {}", place(&label.location), label.message)
        }).collect::<Vec<_>>(),
        "logical": finding.logical.as_ref().map(|logical| &logical.name),
        "url": finding.logical.as_ref().and_then(|logical| logical.url.as_ref()),
        "removal": finding.removal.as_ref().map(|removal| format!("{} keep {}", removal.flag, removal.keep)),
        "fingerprint": finding.fingerprint.as_str(),
    })
}

fn place(location: &Location) -> String {
    format!("{}:{}:{}", location.path, location.start.line, location.start.column)
}
