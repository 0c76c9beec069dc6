//! `completion-contradicts-production`: a flag was declared done one way, and production serves the other.

use downhaul_core::{Completion, Evidence, Exposure, Flag, RuleInfo, RuleScope, Severity, Snapshot, Source};
use serde::{Deserialize, Serialize};

use super::{Define, Rule};
use crate::completion::{Completed, Contradiction, agreed_side, completed, describe};
use crate::draft::{Draft, Outcome, Outcomes, fact};
use crate::production::Production;
use crate::sites::{each_concerned_flag, gap};
use crate::words::date;

/// The rule has no options of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CompletionContradictsProduction {}

impl Define for CompletionContradictsProduction {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "completion-contradicts-production",
        summary: "flag was completed one way, and production serves the other",
        docs: include_str!("completion_contradicts_production.md"),
        severity: Severity::Error,
        severity_on_new: Severity::Error,
        group: "lifecycle",
        reasons: &["discarded-but-served", "kept-but-not-served"],
        scope: RuleScope::Flag,
        controls: &[],
    };
}

impl Rule for CompletionContradictsProduction {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_concerned_flag(evidence, outcomes, |snapshot, flag| judge(evidence, snapshot, flag));
    }
}

fn judge(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
    let Some(done) = completed(evidence, flag) else {
        return Err(match gap(snapshot, Source::Lifecycle, &flag.key) {
            Some(why) => Outcome::NotEvaluated(why),
            None => Outcome::exempt("not completed"),
        });
    };
    if done.how == Completion::Unspecified {
        return Err(Outcome::exempt("completed without saying how"));
    }
    let production = Production::of(evidence, snapshot, flag)?;
    match agreed_side(&done.how, &production) {
        Ok(_) => Err(Outcome::Pass),
        // What is known may be enough for it.
        Err(Contradiction) => Ok(production.unless_unknown(
            |exposure| may_agree(&done.how, exposure),
            draft(evidence, snapshot, flag, &done, &production).into(),
        )),
    }
}

/// Whether an environment with this exposure alone would not contradict.
fn may_agree(how: &Completion, exposure: &Exposure) -> bool {
    match how {
        Completion::Discarded => *exposure == Exposure::Off,
        Completion::Kept { variant: None } => exposure.is_constant_on(),
        Completion::Kept { variant: Some(name) } => {
            matches!(exposure, Exposure::Full { variant: Some(served), until: None } if served == name)
        }
        Completion::Unspecified => true,
    }
}

fn draft(evidence: &Evidence, snapshot: &Snapshot, flag: &Flag, done: &Completed, production: &Production) -> Draft {
    let is_kept = matches!(done.how, Completion::Kept { .. });
    let (reason, effect) = if is_kept {
        ("kept-but-not-served", "cleaning up would release it")
    } else {
        ("discarded-but-served", "cleaning up would take it away from those who have it")
    };
    let mut draft = Draft::of_flag(evidence, &flag.key, reason);
    draft.message = format!(
        "`{}` was {} on {}, but {}: {effect}.",
        flag.key,
        describe(&done.how),
        date(done.since),
        production.describe(),
    );
    draft.remediation = "Correct the completion or the environment first; until then no removal is offered.".to_owned();
    draft.evidence.push(fact(describe(&done.how), Some(done.since), &done.source));
    for (name, exposure) in &production.exposures {
        draft.evidence.push(fact(format!("`{name}` is {exposure}"), None, "flags of the server"));
    }
    draft.on_server(snapshot, flag, production.only())
}
