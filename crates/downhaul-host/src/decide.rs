//! What is to happen to the pull request of one flag: a table from what is there to the next step. No input or output.

use crate::marker::Marker;
use crate::pull_request::{PullRequest, State};

/// What is there of the branch and its pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<'a> {
    /// The newest pull request from the branch.
    pub(crate) newest: Option<&'a PullRequest>,
    /// The branch, if it is there.
    pub(crate) tip: Option<Tip>,
}

/// The branch as the remote has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    /// It holds one commit of ours and nothing else.
    pub(crate) ours: bool,
    /// It changes what the new commit changes, in the same way.
    pub(crate) same: bool,
}

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Make a pull request; the branch first, where it is not there as it is to be.
    Create {
        /// Whether the branch has to be pushed.
        push: bool,
    },
    /// Bring an open one up to date.
    Update {
        /// Whether the branch has to be pushed.
        push: bool,
        /// Whether its title and text have to be written anew.
        text: bool,
    },
    /// All is as it is to be.
    Nothing,
    /// Somebody has worked on the branch: it is theirs now.
    LeaveToPerson,
    /// Somebody closed it: the removal is not wanted.
    Refused,
}

/// The next step towards `wanted`. `again` proposes once more what was refused.
pub(crate) fn decide(found: &Found<'_>, wanted: &Marker, again: bool) -> Step {
    let is_somebodys = found.tip.is_some_and(|tip| !tip.ours);
    let push = !found.tip.is_some_and(|tip| tip.same);
    let Some(newest) = found.newest else {
        return if is_somebodys { Step::LeaveToPerson } else { Step::Create { push } };
    };
    let marker = Marker::read(&newest.body);
    match newest.state {
        State::Open if is_somebodys => Step::LeaveToPerson,
        State::Open => match (push, marker.as_ref() != Some(wanted)) {
            (false, false) => Step::Nothing,
            (push, text) => Step::Update { push, text },
        },
        // A refusal is of what was proposed; another side is another question.
        State::Closed if !again && marker.is_none_or(|marker| marker.proposes_the_same_as(wanted)) => Step::Refused,
        State::Closed | State::Merged if is_somebodys => Step::LeaveToPerson,
        State::Closed | State::Merged => Step::Create { push },
    }
}

#[cfg(test)]
mod tests {
    use downhaul_core::{FlagKey, Keep, Removal};

    use super::*;
    use crate::Subject;

    fn marker(keep: Keep, body: &str) -> Marker {
        let flag = FlagKey::new("flag").expect("a key");
        Marker::new(&Subject::flag(None, &flag), &[Removal { flag, keep }], "title", body)
    }

    fn pull(state: State, marker: &Marker) -> PullRequest {
        PullRequest {
            number: 1,
            url: String::new(),
            branch: "downhaul/remove/flag".to_owned(),
            state,
            title: "title".to_owned(),
            body: marker.append_to("body"),
            labels: Vec::new(),
        }
    }

    const OURS: Tip = Tip { ours: true, same: false };
    const SAME: Tip = Tip { ours: true, same: true };
    const THEIRS: Tip = Tip { ours: false, same: false };

    /// The whole table: what is there, what is to happen.
    #[test]
    fn the_table() {
        let wanted = marker(Keep::On, "body");
        let [same, other_text, other_side] = [wanted.clone(), marker(Keep::On, "older"), marker(Keep::Off, "body")];
        let step = |pull: Option<(State, &Marker)>, tip: Option<Tip>, again: bool| {
            let pull = pull.map(|(state, marker)| self::pull(state, marker));
            decide(&Found { newest: pull.as_ref(), tip }, &wanted, again)
        };
        use State::{Closed, Merged, Open};
        let table = [
            (None, None, Step::Create { push: true }),
            (None, Some(OURS), Step::Create { push: true }),
            (None, Some(SAME), Step::Create { push: false }),
            (None, Some(THEIRS), Step::LeaveToPerson),
            (Some((Open, &same)), Some(SAME), Step::Nothing),
            (Some((Open, &same)), Some(OURS), Step::Update { push: true, text: false }),
            (Some((Open, &other_text)), Some(SAME), Step::Update { push: false, text: true }),
            (Some((Open, &other_side)), Some(OURS), Step::Update { push: true, text: true }),
            (Some((Open, &same)), Some(THEIRS), Step::LeaveToPerson),
            (Some((Open, &same)), None, Step::Update { push: true, text: false }),
            (Some((Closed, &same)), None, Step::Refused),
            (Some((Closed, &other_text)), Some(SAME), Step::Refused),
            (Some((Closed, &other_side)), None, Step::Create { push: true }),
            (Some((Closed, &other_side)), Some(THEIRS), Step::LeaveToPerson),
            (Some((Merged, &same)), None, Step::Create { push: true }),
        ];
        for (number, (pull, tip, expected)) in table.into_iter().enumerate() {
            assert_eq!(step(pull, tip, false), expected, "row {number}");
        }
        assert_eq!(step(Some((Closed, &same)), Some(SAME), true), Step::Create { push: false });
        assert_eq!(step(Some((Closed, &same)), Some(THEIRS), true), Step::LeaveToPerson);
    }
}
