//! `release-review-missing`: a release is over, and nobody wrote down what came of it.

use downhaul_core::replay::history;
use downhaul_core::settled::settled_since;
use downhaul_core::{
    Completion, Declaration, Evidence, Exposure, Flag, FlagType, RuleInfo, RuleScope, Settled, Severity, Snapshot,
    Source, Stage, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::completion::{completed, describe};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::options::FlagTypes;
use crate::production::Production;
use crate::sites::{each_concerned_flag, gap};
use crate::words::{date, days, days_between};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReleaseReviewMissing {
    /// Types of flags that are released.
    types: FlagTypes,
    /// Days after the end of a release in which its review is written.
    within_days: u32,
}

impl Default for ReleaseReviewMissing {
    fn default() -> Self {
        Self { types: FlagTypes::of(&[FlagType::Release, FlagType::Experiment]), within_days: 14 }
    }
}

impl Define for ReleaseReviewMissing {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "release-review-missing",
        summary: "release is over, and no review was written",
        docs: include_str!("release_review_missing.md"),
        severity: Severity::Note,
        severity_on_new: Severity::Note,
        group: "review",
        reasons: &["contradicts-completion", "missing"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for ReleaseReviewMissing {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| self.judge(evidence, snapshot, flag));
    }
}

/// How a release ended.
struct End {
    how: String,
    at: Timestamp,
    source: String,
}

impl ReleaseReviewMissing {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        self.types.admit(flag)?;
        let declared = evidence.declared(&flag.key);
        if let Some(what) = contradiction(evidence, flag, declared) {
            return Ok(contradicts(evidence, snapshot, flag, &what).into());
        }
        if is_reviewed(flag, declared) {
            let says_how = declared
                .is_some_and(|declared| declared.review.as_ref().is_some_and(|review| review.value.outcome.is_some()));
            let unread = gap(snapshot, Source::Lifecycle, &flag.key).filter(|_| says_how);
            return Err(unread.map_or(Outcome::Pass, Outcome::NotEvaluated));
        }
        let end = end(evidence, snapshot, flag)?;
        let age = days_between(end.at, evidence.now());
        if age < self.within_days {
            return Err(Outcome::Pass);
        }
        if let Some(why) =
            gap(snapshot, Source::Labels, &flag.key).or_else(|| gap(snapshot, Source::Details, &flag.key))
        {
            return Err(Outcome::NotEvaluated(why));
        }
        let mut draft = Draft::of_flag(evidence, &flag.key, "missing");
        draft.message = format!(
            "The release of `{}` was over on {} ({} ago; {}), and no review of it was written.",
            flag.key,
            date(end.at),
            days(age),
            end.how,
        );
        draft.remediation =
            "Write down what came of it: `review = { date, outcome, link }` in the manifest, a link of the \
                             flag titled review, or its tag `review:done`."
                .to_owned();
        draft.evidence.push(fact(end.how, Some(end.at), end.source));
        Ok(draft.on_server(snapshot, flag, None).into())
    }
}

/// Somebody wrote a review, or says where it is.
fn is_reviewed(flag: &Flag, declared: Option<&Declaration>) -> bool {
    let titled = |title: &str| {
        let title = title.to_lowercase();
        title.contains("review") || title.contains("retro")
    };
    declared.is_some_and(|declared| declared.review.is_some())
        || flag.tags.iter().any(|tag| tag.kind == "review")
        || flag.links.iter().any(|link| link.title.as_deref().is_some_and(titled))
}

/// When the release came to its end: completed, or settled for everyone or nobody after having been served.
fn end(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<End, Outcome> {
    if let Some(done) = completed(evidence, flag) {
        if flag.lifecycle.entered(Stage::Live).is_none() {
            return Err(Outcome::exempt("never released"));
        }
        return Ok(End { how: describe(&done.how), at: done.since, source: done.source });
    }
    if let Some(why) = gap(snapshot, Source::Lifecycle, &flag.key) {
        return Err(Outcome::NotEvaluated(why));
    }
    let production = Production::of(evidence, snapshot, flag)?;
    let is_settled = |exposure: &Exposure| exposure.is_constant_on() || *exposure == Exposure::Off;
    if !production.exposures.iter().all(|(_, exposure)| is_settled(exposure)) {
        return Err(production.unless_unknown(is_settled, Outcome::Pass));
    }
    if !flag.parents.is_empty() && production.all_off() {
        return Err(Outcome::exempt("its parents decide whether anybody gets it"));
    }
    let mut last: Option<(Timestamp, String)> = None;
    for name in production.names() {
        // Off from the beginning is no end of a release.
        let was_served = history(evidence, &flag.key, name).map_err(Outcome::NotEvaluated)?;
        if !was_served.iter().any(|change| change.exposure.is_exposed()) {
            continue;
        }
        match settled_since(evidence, &flag.key, name) {
            Settled::Unknown { why } => return Err(Outcome::NotEvaluated(why)),
            settled => last = last.max(settled.at().map(|at| (at, settled.source().to_owned()))),
        }
    }
    match last {
        Some((at, source)) => Ok(End { how: production.describe(), at, source }),
        None => Err(Outcome::exempt("never released")),
    }
}

/// What the review in the manifest says against the completion on the server.
fn contradiction(evidence: &Evidence, flag: &Flag, declared: Option<&Declaration>) -> Option<String> {
    let outcome = declared?.review.as_ref()?.value.outcome.as_deref()?;
    let done = completed(evidence, flag)?;
    match (outcome, &done.how) {
        ("kept", Completion::Discarded) | ("discarded", Completion::Kept { .. }) => {
            Some(format!("the review says {outcome}, and the flag was {}", describe(&done.how)))
        }
        _ => None,
    }
}

fn contradicts(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, what: &str) -> Draft {
    let mut draft = Draft::of_flag(evidence, &flag.key, "contradicts-completion");
    draft.message = format!("What is written about the release of `{}` does not agree: {what}.", flag.key);
    draft.remediation = "Find out which of the two is true, and correct the other.".to_owned();
    let review = evidence.declared(&flag.key).and_then(|declared| declared.review.as_ref());
    draft.evidence.extend(review.map(|review| {
        fact("review in the manifest", None, format!("{}:{}", review.location.path, review.location.start.line))
    }));
    draft.on_server(snapshot, flag, None)
}
