//! Version 1 of the JSON documents: the structs are the shapes, field by field, in the order they are written.

use serde::Serialize;

use downhaul_core::{
    Edition, EvidenceItem, Fallback, Finding, Label, Location, Reference, ReferencedKey, Removal, ServerInfo, Skipped,
    Tally, Via, finding::Suppression,
};

use crate::report::{CheckReport, Run, ScanReport, Stats};

pub(crate) use clean::Clean;

mod clean;

/// The version that every document states first.
const VERSION: u32 = 1;

#[derive(Serialize)]
pub(crate) struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

/// What `check` has to say.
#[derive(Serialize)]
pub(crate) struct Check<'a> {
    #[serde(flatten)]
    pub(crate) head: CheckHead<'a>,
    pub(crate) skipped: Vec<SkippedEntry<'a>>,
    pub(crate) findings: Vec<FindingEntry<'a>>,
    pub(crate) rules: Vec<RuleEntry<'a>>,
}

/// The part of a check's document that is not a list.
#[derive(Serialize)]
pub(crate) struct CheckHead<'a> {
    version: u32,
    tool: Tool<'a>,
    root: &'a str,
    as_of: String,
    server: Option<Server<'a>>,
    verdict: &'static str,
    complete: bool,
    stats: StatsEntry,
}

/// What `scan` has to say.
#[derive(Serialize)]
pub(crate) struct Scan<'a> {
    #[serde(flatten)]
    pub(crate) head: ScanHead<'a>,
    pub(crate) skipped: Vec<SkippedEntry<'a>>,
    pub(crate) references: Vec<ReferenceEntry<'a>>,
    /// References that were there, with `since` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) removed: Option<Vec<ReferenceEntry<'a>>>,
}

/// The part of a scan's document that is not a list.
#[derive(Serialize)]
pub(crate) struct ScanHead<'a> {
    version: u32,
    tool: Tool<'a>,
    root: &'a str,
    /// The address of the repository, where git knows one.
    repository: Option<&'a str>,
    commit: Option<&'a str>,
    as_of: Option<String>,
    complete: bool,
    /// What the tree was compared with, if it was: then `references` are those that came since.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<SinceEntry<'a>>,
}

#[derive(Serialize)]
pub(crate) struct SinceEntry<'a> {
    base: &'a str,
    commit: &'a str,
}

#[derive(Serialize)]
pub(crate) struct Server<'a> {
    kind: &'a str,
    url: Option<&'a str>,
    version: Option<&'a str>,
    edition: &'static str,
}

#[derive(Serialize)]
pub(crate) struct StatsEntry {
    files: usize,
    references: usize,
    flags: usize,
}

#[derive(Serialize)]
pub(crate) struct SkippedEntry<'a> {
    path: &'a str,
    reason: &'static str,
    detail: &'a str,
}

#[derive(Serialize)]
pub(crate) struct ReferenceEntry<'a> {
    flag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    kind: &'static str,
    resolution: &'static str,
    confidence: &'static str,
    sdk: Option<&'a str>,
    call: Option<&'a str>,
    returns: Option<&'static str>,
    /// Null where the call has none.
    fallback: Option<FallbackEntry<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    negated: bool,
    location: LocationEntry<'a>,
    via: Vec<ViaEntry<'a>>,
}

/// `true`, `"text as written"`, or `{"computed": true}` for what is known at run time only.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum FallbackEntry<'a> {
    Bool(bool),
    Literal(&'a str),
    Computed { computed: bool },
}

#[derive(Serialize)]
pub(crate) struct LocationEntry<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
pub(crate) struct ViaEntry<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    role: &'static str,
}

#[derive(Serialize)]
pub(crate) struct FindingEntry<'a> {
    rule: &'static str,
    reason: &'static str,
    severity: &'static str,
    new: bool,
    flag: Option<&'a str>,
    project: Option<&'a str>,
    environment: Option<&'a str>,
    message: &'a str,
    remediation: &'a str,
    evidence: Vec<EvidenceEntry<'a>>,
    /// Null where the repository has no place for it.
    location: Option<LocationEntry<'a>>,
    related: Vec<RelatedEntry<'a>>,
    fingerprint: &'a str,
    suppressed: Option<SuppressedEntry<'a>>,
    removal: Option<RemovalEntry<'a>>,
}

#[derive(Serialize)]
pub(crate) struct EvidenceEntry<'a> {
    what: &'a str,
    when: Option<String>,
    source: &'a str,
}

#[derive(Serialize)]
pub(crate) struct RelatedEntry<'a> {
    #[serde(flatten)]
    location: LocationEntry<'a>,
    message: &'a str,
}

#[derive(Serialize)]
pub(crate) struct SuppressedEntry<'a> {
    kind: &'static str,
    justification: &'a str,
}

#[derive(Serialize)]
pub(crate) struct RemovalEntry<'a> {
    flag: &'a str,
    keep: String,
}

#[derive(Serialize)]
pub(crate) struct RuleEntry<'a> {
    id: &'static str,
    findings: usize,
    passed: usize,
    exempt: usize,
    unsupported: usize,
    not_evaluated: usize,
    why: Vec<&'a str>,
}

impl<'a> From<&CheckReport<'a>> for Check<'a> {
    fn from(report: &CheckReport<'a>) -> Self {
        Check {
            head: report.into(),
            skipped: skipped(&report.run),
            findings: report.verdicts.findings.iter().map(FindingEntry::from).collect(),
            rules: report.verdicts.tally.iter().map(RuleEntry::from).collect(),
        }
    }
}

impl<'a> From<&CheckReport<'a>> for CheckHead<'a> {
    fn from(report: &CheckReport<'a>) -> Self {
        CheckHead {
            version: VERSION,
            tool: tool(&report.run),
            root: report.run.root,
            as_of: report.as_of.to_string(),
            server: report.server.map(Server::from),
            verdict: report.verdict.as_str(),
            complete: report.run.complete,
            stats: report.run.stats.into(),
        }
    }
}

impl<'a> From<&ScanReport<'a>> for Scan<'a> {
    fn from(report: &ScanReport<'a>) -> Self {
        Scan {
            head: report.into(),
            skipped: skipped(&report.run),
            references: report.references.iter().map(ReferenceEntry::from).collect(),
            removed: report.since.map(|since| since.removed.iter().map(ReferenceEntry::from).collect()),
        }
    }
}

impl<'a> From<&ScanReport<'a>> for ScanHead<'a> {
    fn from(report: &ScanReport<'a>) -> Self {
        let run = &report.run;
        let since = report.since.map(|since| SinceEntry { base: since.base, commit: since.commit });
        ScanHead {
            version: VERSION,
            tool: tool(run),
            root: run.root,
            repository: run.revision.and_then(|revision| revision.repository),
            commit: run.revision.and_then(|revision| revision.commit),
            as_of: report.as_of.map(|as_of| as_of.to_string()),
            complete: run.complete,
            since,
        }
    }
}

fn tool<'a>(run: &Run<'a>) -> Tool<'a> {
    Tool { name: "downhaul", version: run.tool_version }
}

fn skipped<'a>(run: &Run<'a>) -> Vec<SkippedEntry<'a>> {
    run.skipped.iter().map(SkippedEntry::from).collect()
}

impl<'a> From<&'a ServerInfo> for Server<'a> {
    fn from(server: &'a ServerInfo) -> Self {
        Server {
            kind: &server.kind,
            url: server.url.as_deref(),
            version: server.version.as_deref(),
            edition: match server.edition {
                Edition::OpenSource => "open-source",
                Edition::Enterprise => "enterprise",
                Edition::Unknown => "unknown",
            },
        }
    }
}

impl From<Stats> for StatsEntry {
    fn from(Stats { files, references, flags }: Stats) -> Self {
        StatsEntry { files, references, flags }
    }
}

impl<'a> From<&'a Skipped> for SkippedEntry<'a> {
    fn from(skipped: &'a Skipped) -> Self {
        SkippedEntry { path: &skipped.path, reason: skipped.reason.as_str(), detail: &skipped.detail }
    }
}

impl<'a> From<&'a Reference> for ReferenceEntry<'a> {
    fn from(reference: &'a Reference) -> Self {
        ReferenceEntry {
            flag: reference.flag().map(|flag| flag.as_str()),
            pattern: pattern(reference),
            kind: reference.kind.as_str(),
            resolution: reference.resolution.as_str(),
            confidence: reference.confidence.as_str(),
            sdk: reference.sdk.as_deref(),
            call: reference.call.as_deref(),
            returns: reference.returns.map(|returns| returns.as_str()),
            fallback: reference.fallback.as_ref().map(FallbackEntry::from),
            negated: reference.negated,
            location: (&reference.location).into(),
            via: reference.via.iter().map(ViaEntry::from).collect(),
        }
    }
}

/// What is known of a key that is made at run time; `*` for nothing.
fn pattern(reference: &Reference) -> Option<String> {
    match &reference.key {
        ReferencedKey::Pattern(pattern) => Some(pattern.to_string()),
        ReferencedKey::Known(_) => None,
    }
}

impl<'a> From<&'a Fallback> for FallbackEntry<'a> {
    fn from(fallback: &'a Fallback) -> Self {
        match fallback {
            Fallback::Bool(value) => FallbackEntry::Bool(*value),
            Fallback::Literal(text) => FallbackEntry::Literal(text),
            Fallback::Computed => FallbackEntry::Computed { computed: true },
        }
    }
}

impl<'a> From<&'a Location> for LocationEntry<'a> {
    fn from(location: &'a Location) -> Self {
        LocationEntry {
            path: &location.path,
            line: location.start.line,
            column: location.start.column,
            end_line: location.end.line,
            end_column: location.end.column,
        }
    }
}

impl<'a> From<&'a Via> for ViaEntry<'a> {
    fn from(via: &'a Via) -> Self {
        let Location { path, start, .. } = &via.location;
        ViaEntry { path, line: start.line, column: start.column, role: via.role.as_str() }
    }
}

impl<'a> From<&'a Finding> for FindingEntry<'a> {
    fn from(finding: &'a Finding) -> Self {
        FindingEntry {
            rule: finding.rule,
            reason: finding.reason,
            severity: finding.severity.as_str(),
            new: finding.new,
            flag: finding.flag.as_ref().map(|flag| flag.as_str()),
            project: finding.project.as_deref(),
            environment: finding.environment.as_deref(),
            message: &finding.message,
            remediation: &finding.remediation,
            evidence: finding.evidence.iter().map(EvidenceEntry::from).collect(),
            location: finding.anchor.location().map(LocationEntry::from),
            related: finding.related.iter().map(RelatedEntry::from).collect(),
            fingerprint: finding.fingerprint.as_str(),
            suppressed: finding.suppressed.as_ref().map(SuppressedEntry::from),
            removal: finding.removal.as_ref().map(RemovalEntry::from),
        }
    }
}

impl<'a> From<&'a EvidenceItem> for EvidenceEntry<'a> {
    fn from(item: &'a EvidenceItem) -> Self {
        EvidenceEntry { what: &item.what, when: item.when.map(|when| when.to_string()), source: &item.source }
    }
}

impl<'a> From<&'a Label> for RelatedEntry<'a> {
    fn from(label: &'a Label) -> Self {
        RelatedEntry { location: (&label.location).into(), message: &label.message }
    }
}

impl<'a> From<&'a Suppression> for SuppressedEntry<'a> {
    fn from(suppression: &'a Suppression) -> Self {
        SuppressedEntry { kind: suppression.kind, justification: &suppression.justification }
    }
}

impl<'a> From<&'a Removal> for RemovalEntry<'a> {
    fn from(removal: &'a Removal) -> Self {
        RemovalEntry { flag: removal.flag.as_str(), keep: removal.keep.to_string() }
    }
}

impl<'a> From<&'a Tally> for RuleEntry<'a> {
    fn from(tally: &'a Tally) -> Self {
        RuleEntry {
            id: tally.rule,
            findings: tally.findings,
            passed: tally.passed,
            exempt: tally.exempt,
            unsupported: tally.unsupported,
            not_evaluated: tally.not_evaluated,
            why: tally.why.iter().map(String::as_str).collect(),
        }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
