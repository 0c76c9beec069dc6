//! What accepts a finding: a comment, an exemption, the baseline. A mark never deletes a finding; it says who accepted
//! it and why. Marks that do not hold, and marks that nothing answers to, are findings themselves.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::finding::Suppression;
use downhaul_core::mark::Mark;
use downhaul_core::{
    AddedLines, Anchor, Evidence, Finding, Fingerprint, Location, RuleInfo, RuleScope, RunScope, Severity, Tally,
    Verdicts,
};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::baseline::{Baseline, Entry};
use crate::exemption::Exemption;
use crate::policy::{Policy, Terms};
use crate::rules;
use crate::selector::Traits;
use crate::suggest::did_you_mean;
use crate::words::days;

/// Kinds of suppression, in the order in which they are asked.
pub(crate) const INLINE: &str = "inline";
pub(crate) const EXEMPTION: &str = "exemption";
pub(crate) const BASELINE: &str = "baseline";

/// Groups of rules that a comment cannot silence: whoever may write code may not approve for production with it.
const NEVER_INLINE: [&str; 3] = ["access", "approval", "audit"];

/// What is accepted in this run, beside the exemptions of the policy.
#[derive(Debug, Clone, Default)]
pub struct Marks<'a> {
    /// Comments in code.
    pub inline: &'a [Mark],
    /// The baseline, with its path.
    pub baseline: Option<(&'a Baseline, &'a str)>,
    /// The baseline as it was where the change under review began.
    pub baseline_before: Option<&'a Baseline>,
    /// The whole repository was looked at, so that what nothing answers to is known.
    pub whole: bool,
}

/// The rules about marks. They need the findings of others, so they are the engine's and stand in no catalogue.
pub(crate) const DIAGNOSTICS: [&RuleInfo; 7] = [
    &info(
        "baseline-grown",
        "the baseline got a finding that it did not have",
        Severity::Warning,
        include_str!("marks/baseline_grown.md"),
        &["added"],
    ),
    &info(
        "exempt-expired",
        "an exemption has come to its end",
        Severity::Note,
        include_str!("marks/exempt_expired.md"),
        &["expired"],
    ),
    &info(
        "exempt-incomplete",
        "a mark does not say all that it has to",
        Severity::Warning,
        include_str!("marks/exempt_incomplete.md"),
        &["no-end", "no-reason", "unknown-rule", "unreadable"],
    ),
    &info(
        "exempt-not-allowed",
        "a comment tries to silence a rule that no comment can silence",
        Severity::Error,
        include_str!("marks/exempt_not_allowed.md"),
        &["inline"],
    ),
    &info(
        "exempt-too-long",
        "an exemption reaches further than the policy allows",
        Severity::Warning,
        include_str!("marks/exempt_too_long.md"),
        &["too-long"],
    ),
    &info(
        "exempt-unused",
        "an exemption that no finding answers to",
        Severity::Warning,
        include_str!("marks/exempt_unused.md"),
        &["nothing-found"],
    ),
    &info(
        "exempt-without-approver",
        "an exemption that nobody with the right to it approved",
        Severity::Error,
        include_str!("marks/exempt_without_approver.md"),
        &["not-an-approver"],
    ),
];

const fn info(
    id: &'static str,
    summary: &'static str,
    severity: Severity,
    docs: &'static str,
    reasons: &'static [&'static str],
) -> RuleInfo {
    RuleInfo {
        id,
        summary,
        docs,
        severity,
        severity_on_new: severity,
        group: "exemption",
        reasons,
        scope: RuleScope::Code,
        controls: &[],
    }
}

/// Whether a rule is about marks.
pub(crate) fn is_diagnostic(rule: &str) -> bool {
    DIAGNOSTICS.iter().any(|info| info.id == rule)
}

/// Whether a comment can accept findings of this rule.
pub fn inline_allowed(rule: &str) -> bool {
    rules::info(rule).is_some_and(|info| !NEVER_INLINE.contains(&info.group) && info.group != "exemption")
}

/// Marks the findings that somebody has accepted, and adds what is wrong with the marks.
pub(crate) fn apply(
    policy: &Policy,
    evidence: &Evidence,
    marks: &Marks<'_>,
    added: &AddedLines,
    verdicts: &mut Verdicts,
) {
    let today = policy.terms().day(evidence.now());
    let mut used = Used::default();
    for finding in &mut verdicts.findings {
        let accepted = accept(policy, evidence, marks, finding, today, &mut used);
        finding.suppressed = accepted;
    }
    let mut writer = Writer { policy, scope: evidence.scope(), added, verdicts, seen: BTreeMap::new() };
    for (index, mark) in marks.inline.iter().enumerate() {
        writer.inline(mark, used.inline.contains(&index), today);
    }
    for (index, exemption) in policy.exemptions().iter().enumerate() {
        writer.exemption(exemption, used.exemptions.contains(&index), marks.whole, today);
    }
    if let (Some((now, path)), Some(before)) = (marks.baseline, marks.baseline_before) {
        for entry in now.beyond(before) {
            writer.grown(entry, path);
        }
    }
    writer.tally();
}

/// Which marks had a finding to answer for, whether they hold or not.
#[derive(Default)]
struct Used {
    inline: BTreeSet<usize>,
    exemptions: BTreeSet<usize>,
}

fn accept(
    policy: &Policy,
    evidence: &Evidence,
    marks: &Marks<'_>,
    finding: &mut Finding,
    today: Date,
    used: &mut Used,
) -> Option<Suppression> {
    let terms = policy.terms();
    let mut accepted = None;
    let is_here = |mark: &&Mark| {
        let at = match &finding.anchor {
            Anchor::Code(location) => location,
            Anchor::Policy(location) => location,
            Anchor::Nowhere => return false,
        };
        mark.rule == finding.rule && mark.location.path == at.path && mark.line == at.start.line
    };
    for (index, mark) in marks.inline.iter().enumerate().filter(|(_, mark)| is_here(mark)) {
        used.inline.insert(index);
        if accepted.is_none() && inline_standing(terms, mark, today).is_none() {
            let until = mark.until.map(|day| format!(", until {day}")).unwrap_or_default();
            let reason = mark.reason.as_deref().unwrap_or_default();
            accepted = Some(Suppression { kind: INLINE, justification: format!("{reason}{until}") });
        }
    }
    let exemptions: Vec<(usize, &Exemption)> =
        policy.exemptions().iter().enumerate().filter(|(_, exemption)| exemption.rule == finding.rule).collect();
    // Most findings are of rules that nothing is exempt from, and need not be asked what they are like.
    let traits = if exemptions.is_empty() { Traits::default() } else { Traits::of_finding(evidence, finding) };
    let matching = exemptions.into_iter().filter(|(_, exemption)| exemption.selector.matches(&traits) == Some(true));
    for (index, exemption) in matching {
        used.exemptions.insert(index);
        if accepted.is_none() && exemption_standing(terms, exemption, today).is_none() {
            let Exemption { reason, expires, approved_by, .. } = exemption;
            let justification = format!("{reason}, until {expires}, approved by {approved_by}");
            accepted = Some(Suppression { kind: EXEMPTION, justification });
        }
    }
    if accepted.is_some() || !terms.baseline_may_hold(finding.rule) {
        return accepted;
    }
    let entry = marks.baseline.and_then(|(baseline, _)| baseline.entry(evidence, finding))?;
    match terms.max_age_days(finding.rule) {
        Some(most) if age(entry.since, today) > i64::from(most) => {
            let what = format!("accepted in the baseline on {}, which holds for {}", entry.since, days(most));
            finding.evidence.push(crate::draft::fact(what, None, BASELINE));
            None
        }
        _ => {
            let reason = entry.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let justification = format!("in the baseline since {}{reason}", entry.since);
            Some(Suppression { kind: BASELINE, justification })
        }
    }
}

/// Days from one day to another.
fn age(since: Date, today: Date) -> i64 {
    i64::from(since.until(today).map(|span| span.get_days()).unwrap_or(0))
}

/// What keeps a mark from holding: the rule about it, the sub-reason, and a sentence.
type Wrong = (&'static str, &'static str, String);

fn inline_standing(terms: &Terms, mark: &Mark, today: Date) -> Option<Wrong> {
    let incomplete = |reason, what: String| Some(("exempt-incomplete", reason, what));
    if let Some(problem) = &mark.problem {
        return incomplete("unreadable", format!("The comment cannot be understood: {problem}."));
    }
    let Some(info) = rules::info(&mark.rule) else {
        let known = rules::Entry::ALL.iter().map(|entry| entry.info.id);
        let hint = did_you_mean(&mark.rule, known).map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
        return incomplete("unknown-rule", format!("There is no rule `{}`{hint}", mark.rule));
    };
    if NEVER_INLINE.contains(&info.group) {
        let what = format!("`{}` is about {}: no comment can silence it.", info.id, info.group);
        return Some(("exempt-not-allowed", "inline", what));
    }
    if mark.reason.is_none() {
        return incomplete("no-reason", format!("The comment that accepts `{}` says no reason.", mark.rule));
    }
    let Some(until) = mark.until else {
        let what =
            format!("The comment that accepts `{}` does not say until when, which this policy asks for.", mark.rule);
        return terms.inline_needs_until.then_some(("exempt-incomplete", "no-end", what));
    };
    ended(terms, until, today, &format!("The comment that accepts `{}`", mark.rule))
}

fn exemption_standing(terms: &Terms, exemption: &Exemption, today: Date) -> Option<Wrong> {
    let name = format!("The exemption of {} from `{}`", exemption.about, exemption.rule);
    let approver = &exemption.approved_by;
    if !terms.approvers.is_empty() && !terms.approvers.contains(approver) {
        let known = terms.approvers.join(", ");
        let what = format!("{name} was approved by {approver}, and only {known} can approve one.");
        return Some(("exempt-without-approver", "not-an-approver", what));
    }
    ended(terms, exemption.expires, today, &name)
}

fn ended(terms: &Terms, until: Date, today: Date, name: &str) -> Option<Wrong> {
    if until < today {
        return Some(("exempt-expired", "expired", format!("{name} held until {until}; the finding is back.")));
    }
    let most = terms.max_exemption_days?;
    let latest = today.checked_add(i64::from(most).days()).ok()?;
    (until > latest).then(|| {
        let what = format!("{name} holds until {until}; the policy allows {} from today, until {latest}.", days(most));
        ("exempt-too-long", "too-long", what)
    })
}

/// Adds findings about marks.
struct Writer<'a, 'v> {
    policy: &'a Policy,
    scope: RunScope,
    added: &'a AddedLines,
    verdicts: &'v mut Verdicts,
    /// How many of a kind there were, for the fingerprints.
    seen: BTreeMap<Vec<String>, usize>,
}

impl Writer<'_, '_> {
    fn inline(&mut self, mark: &Mark, used: bool, today: Date) {
        let wrong = inline_standing(self.policy.terms(), mark, today).or_else(|| {
            let what = format!("No `{}` is found on line {} any more.", mark.rule, mark.line);
            (!used && self.is_evaluated(&mark.rule)).then_some(("exempt-unused", "nothing-found", what))
        });
        if let Some(wrong) = wrong {
            let identity = [&*mark.location.path, &mark.rule, mark.reason.as_deref().unwrap_or_default()];
            self.put(wrong, &identity, Anchor::Code(mark.location.clone()));
        }
    }

    fn exemption(&mut self, exemption: &Exemption, used: bool, whole: bool, today: Date) {
        let wrong = exemption_standing(self.policy.terms(), exemption, today).or_else(|| {
            let what = format!("No `{}` is found for {} any more.", exemption.rule, exemption.about);
            let is_unused = !used && whole && self.is_evaluated(exemption.rule);
            is_unused.then_some(("exempt-unused", "nothing-found", what))
        });
        if let Some(wrong) = wrong {
            let anchor = exemption.place.clone().map_or(Anchor::Nowhere, Anchor::Policy);
            self.put(wrong, &[exemption.rule, &exemption.about], anchor);
        }
    }

    fn grown(&mut self, entry: &Entry, path: &str) {
        let about = entry.flag.as_ref().map(|flag| format!(" for `{flag}`")).unwrap_or_default();
        let reason = entry.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let what = format!(
            "The change takes a new `{}`{about} into the baseline{reason}; a baseline only shrinks.",
            entry.rule
        );
        let anchor = Anchor::Policy(Location::file_start(path));
        let identity = [entry.rule.as_str(), entry.flag.as_deref().unwrap_or_default()];
        self.put(("baseline-grown", "added", what), &identity, anchor);
        if let Some(finding) = self.verdicts.findings.last_mut().filter(|finding| finding.rule == "baseline-grown") {
            finding.new = true;
        }
    }

    /// A rule that was not evaluated everywhere cannot tell that nothing answers to a mark.
    fn is_evaluated(&self, rule: &str) -> bool {
        let elsewhere = match self.scope {
            RunScope::Repository => RuleScope::Server,
            RunScope::Server => RuleScope::Code,
        };
        if rules::info(rule).is_some_and(|info| info.scope == elsewhere) {
            return false;
        }
        let tally = self.verdicts.tally.iter().find(|tally| tally.rule == rule);
        tally.is_none_or(|tally| tally.not_evaluated == 0)
    }

    fn put(&mut self, (rule, reason, message): Wrong, identity: &[&str], anchor: Anchor) {
        let Some((info, severities)) = self.policy.diagnostics().iter().find(|(info, _)| info.id == rule) else {
            return;
        };
        let key: Vec<String> = [rule, reason].iter().chain(identity).map(ToString::to_string).collect();
        let ordinal = self.seen.entry(key.clone()).or_default();
        let ordinal_text = ordinal.to_string();
        *ordinal += 1;
        let mut parts: Vec<&str> = key.iter().map(String::as_str).collect();
        parts.push(&ordinal_text);
        let new = anchor.location().is_some_and(|location| self.added.contains(location));
        self.verdicts.findings.push(Finding {
            rule: info.id,
            reason,
            severity: severities.of(new).0,
            new,
            flag: None,
            project: None,
            environment: None,
            message,
            remediation: remediation(rule).to_owned(),
            evidence: Vec::new(),
            fingerprint: Fingerprint::of(&parts),
            anchor,
            related: Vec::new(),
            logical: None,
            suppressed: None,
            removal: None,
        });
    }

    /// One tally for each rule about marks that has something to say.
    fn tally(self) {
        for (info, _) in self.policy.diagnostics() {
            let findings = self.verdicts.findings.iter().filter(|finding| finding.rule == info.id).count();
            if findings == 0 {
                continue;
            }
            self.verdicts.tally.push(Tally {
                rule: info.id,
                findings,
                passed: 0,
                exempt: 0,
                unsupported: 0,
                not_evaluated: 0,
                why: BTreeSet::new(),
            });
        }
    }
}

fn remediation(rule: &str) -> &'static str {
    match rule {
        "baseline-grown" => "Put the finding right, or exempt it with a reason and an end.",
        "exempt-expired" => {
            "Put the finding right, or agree on a new end; take the mark out when it is no longer needed."
        }
        "exempt-incomplete" => "Write it as: downhaul: ignore RULE reason=\"…\" until=2026-12-31",
        "exempt-not-allowed" => "Write an [[exempt]] block into the policy, where its owners see it.",
        "exempt-too-long" => "Choose a nearer end.",
        "exempt-unused" => "Take it out.",
        _ => "Have it approved by somebody who may.",
    }
}
