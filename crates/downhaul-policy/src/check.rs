//! Runs the rules of a policy over the evidence and puts the result in a stable order.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    AddedLines, Anchor, Evidence, Finding, Fingerprint, Label, RuleScope, RunScope, Severity, Subject, Tally, Verdicts,
};

use crate::draft::{Draft, Identity, Level, Outcome, Outcomes};
use crate::marks::{self, Marks};
use crate::policy::{Active, Policy, Severities};
use crate::run;
use crate::selector::Traits;

/// What the rules of `policy` say about `evidence`.
pub fn check(evidence: &Evidence, policy: &Policy) -> Verdicts {
    check_change(evidence, policy, &AddedLines::default())
}

/// The same for a change under review: findings that touch one of its added lines are new.
pub fn check_change(evidence: &Evidence, policy: &Policy, added: &AddedLines) -> Verdicts {
    check_marked(evidence, policy, added, &Marks { whole: true, ..Marks::default() })
}

/// The same with what has been accepted.
pub fn check_marked(evidence: &Evidence, policy: &Policy, added: &AddedLines, marks: &Marks<'_>) -> Verdicts {
    let mut verdicts = Verdicts::default();
    for active in policy.active() {
        let mut outcomes = look(policy, active, evidence);
        debug_assert!(each_once(&outcomes), "{}: a subject has two outcomes", active.info.id);
        let findings = finish(evidence, policy, active, std::mem::take(&mut outcomes.findings), added);
        let (spoken, silent): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|(_, finding)| finding.severity > Severity::Off);
        let switched_off = || "switched off by an override".to_owned();
        outcomes.exempt.extend(silent.into_iter().map(|(subject, _)| (subject, switched_off())));
        verdicts.tally.push(tally(active, &outcomes, spoken.len()));
        verdicts.findings.extend(spoken.into_iter().map(|(_, finding)| finding));
    }
    marks::apply(policy, evidence, marks, added, &mut verdicts);
    verdicts.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    verdicts
}

/// Runs a rule on what the run looks at: `check` on what concerns this repository, `audit` on the whole server.
fn look(policy: &Policy, active: &Active, evidence: &Evidence) -> Outcomes {
    match (evidence.scope(), active.info.scope) {
        (RunScope::Server, RuleScope::Code) => {
            let mut outcomes = Outcomes::default();
            let why = "about the code of one repository: `downhaul check` looks at it";
            outcomes.put(Subject::All, Outcome::exempt(why));
            outcomes
        }
        (RunScope::Repository, RuleScope::Server) => {
            let mut outcomes = run::run(policy, active, evidence);
            outcomes.keep_concerned(evidence);
            outcomes
        }
        _ => run::run(policy, active, evidence),
    }
}

/// Leaves the new findings alone, in the tally too; gives the number of those that went.
pub fn keep_new(verdicts: &mut Verdicts) -> usize {
    let before = verdicts.findings.len();
    verdicts.findings.retain(|finding| finding.new);
    for tally in &mut verdicts.tally {
        tally.findings = verdicts.findings.iter().filter(|finding| finding.rule == tally.rule).count();
    }
    before - verdicts.findings.len()
}

fn each_once(outcomes: &Outcomes) -> bool {
    let mut seen = BTreeSet::new();
    outcomes.subjects().all(|subject| seen.insert(subject))
}

fn tally(active: &Active, outcomes: &Outcomes, findings: usize) -> Tally {
    let untold = outcomes.unsupported.iter().chain(&outcomes.not_evaluated);
    Tally {
        rule: active.info.id,
        findings,
        passed: outcomes.passed.len(),
        exempt: outcomes.exempt.len(),
        unsupported: outcomes.unsupported.len(),
        not_evaluated: outcomes.not_evaluated.len(),
        why: untold.map(|(_, why)| why.clone()).collect(),
    }
}

/// Path and offset first, then what tells findings of one place apart; findings without a place come last.
fn order(finding: &Finding) -> impl Ord + '_ {
    let place = finding.anchor.location().map(|location| (&location.path, location.start_byte));
    let subject = (&finding.flag, &finding.project, &finding.environment, &finding.fingerprint);
    (place.is_none(), place, finding.rule, finding.reason, subject)
}

/// Gives the drafts of one rule their severity and their fingerprint.
fn finish(
    evidence: &Evidence,
    policy: &Policy,
    active: &Active,
    mut drafts: Vec<Draft>,
    added: &AddedLines,
) -> Vec<(Subject, Finding)> {
    // Ordinals count in the order of the text.
    drafts.sort_by(|a, b| a.anchor.location().cmp(&b.anchor.location()));
    let mut ordinals: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let fingerprints: Vec<Fingerprint> =
        drafts.iter().map(|draft| fingerprint(evidence, active.info.id, draft, &mut ordinals)).collect();
    let with_severities = drafts.into_iter().map(|draft| (severities(evidence, policy, active, &draft), draft));
    with_severities
        .zip(fingerprints)
        .map(|((severities, draft), fingerprint)| {
            (draft.subject.clone(), finding(active, severities, draft, fingerprint, added))
        })
        .collect()
}

/// The severities of one finding, with what the overrides that match it say.
fn severities(evidence: &Evidence, policy: &Policy, active: &Active, draft: &Draft) -> Severities {
    if active.adjustments.is_empty() {
        return active.severity;
    }
    let traits = Traits::of_draft(evidence, draft);
    active.severity_with(|index| policy.overrides()[index].selector.matches(&traits) == Some(true))
}

fn finding(
    active: &Active,
    severities: Severities,
    draft: Draft,
    fingerprint: Fingerprint,
    added: &AddedLines,
) -> Finding {
    let (anchor, related) = show_added_first(draft.anchor, draft.related, added);
    let new = draft.of_change || anchor.location().is_some_and(|location| added.contains(location));
    Finding {
        rule: active.info.id,
        reason: draft.reason,
        severity: severity(severities, draft.level, new),
        new,
        flag: draft.flag,
        project: draft.project,
        environment: draft.environment,
        message: draft.message,
        remediation: draft.remediation,
        evidence: draft.evidence,
        anchor,
        related,
        logical: draft.logical,
        fingerprint,
        suppressed: None,
        removal: draft.removal,
    }
}

/// A reviewer sees the change only: where a related place was added, the finding is shown there.
fn show_added_first(anchor: Anchor, mut related: Vec<Label>, added: &AddedLines) -> (Anchor, Vec<Label>) {
    let Anchor::Code(location) = &anchor else { return (anchor, related) };
    if added.contains(location) {
        return (anchor, related);
    }
    let Some(label) = related.iter_mut().find(|label| added.contains(&label.location)) else {
        return (anchor, related);
    };
    let shown = std::mem::replace(&mut label.location, location.clone());
    (Anchor::Code(shown), related)
}

fn severity(severities: Severities, level: Level, new: bool) -> Severity {
    let (usual, is_set) = severities.of(new);
    if severities.is_off() {
        return Severity::Off;
    }
    match level {
        Level::Usual => usual,
        Level::AtMost(most) => usual.min(most),
        Level::AtLeast(_) if is_set => usual,
        Level::AtLeast(least) => usual.max(least),
    }
}

fn fingerprint(
    evidence: &Evidence,
    rule: &str,
    draft: &Draft,
    ordinals: &mut BTreeMap<Vec<String>, usize>,
) -> Fingerprint {
    let flag = draft.flag.as_ref().map(|flag| flag.as_str()).unwrap_or_default();
    let record = draft.record.as_deref();
    match draft.identity {
        Identity::OnServer => {
            let kind = evidence.snapshot().map(|snapshot| snapshot.server.kind.as_str()).unwrap_or_default();
            let project = draft.project.as_deref().unwrap_or_default();
            let environment = draft.environment.as_deref().unwrap_or_default();
            Fingerprint::of_subject(rule, draft.reason, kind, project, flag, environment, record)
        }
        Identity::InCode => Fingerprint::of_subject(rule, draft.reason, "", "", flag, "", record),
        Identity::Line => {
            let (path, function, expression) = line_parts(evidence, draft);
            let bare: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
            let equals = [draft.reason, flag, path, function, &bare].map(str::to_owned).to_vec();
            let ordinal = ordinals.entry(equals).or_default();
            let fingerprint = Fingerprint::of_line(rule, draft.reason, flag, path, function, expression, *ordinal);
            *ordinal += 1;
            fingerprint
        }
    }
}

/// Path, function and expression of the reference that the draft is anchored at.
fn line_parts<'a>(evidence: &'a Evidence, draft: &'a Draft) -> (&'a str, &'a str, &'a str) {
    let Some(location) = draft.anchor.location() else { return ("", "", "") };
    if let Some((expression, function)) = &draft.expression {
        return (&location.path, function.as_deref().unwrap_or_default(), expression);
    }
    let mut sites = draft.flag.iter().flat_map(|flag| evidence.references_to(flag));
    let site = sites.find(|reference| reference.location == *location);
    let function = site.and_then(|site| site.enclosing.function.as_deref()).unwrap_or_default();
    (&location.path, function, site.map(|site| site.expression.as_str()).unwrap_or_default())
}
