//! What somebody declared when they called a flag done, and whether production agrees.

use downhaul_core::{Completion, Event, EventKind, Evidence, Flag, Keep, Stage, Timestamp};

use crate::production::Production;

/// How a flag was completed.
pub(crate) struct Completed {
    pub(crate) how: Completion,
    pub(crate) since: Timestamp,
    /// Where that stands.
    pub(crate) source: String,
}

/// How the flag was completed, if that is the stage it is in.
pub(crate) fn completed(evidence: &Evidence, flag: &Flag) -> Option<Completed> {
    let entry = flag.lifecycle.current().filter(|entry| entry.stage == Stage::Completed)?;
    let completion = flag.lifecycle.completion.clone().unwrap_or(Completion::Unspecified);
    let (how, source) = with_variant_of_event(evidence, flag, completion);
    Some(Completed { how, since: entry.entered_at, source })
}

/// The side that production serves to everyone, in all its environments.
pub(crate) fn served(production: &Production) -> Option<Keep> {
    match production.constant_on() {
        Some(variant) => Some(variant.map_or(Keep::On, |name| Keep::Variant(name.to_owned()))),
        None => production.all_off().then_some(Keep::Off),
    }
}

/// The side that stays by what was declared, as long as production serves just that; `None` when nothing was said of
/// a side. The error is that they contradict each other.
pub(crate) fn agreed_side(how: &Completion, production: &Production) -> Result<Option<Keep>, Contradiction> {
    match (how, served(production)) {
        (Completion::Unspecified, _) => Ok(None),
        (Completion::Discarded, Some(Keep::Off)) => Ok(Some(Keep::Off)),
        (Completion::Kept { variant: None }, Some(keep)) if keep != Keep::Off => Ok(Some(keep)),
        (Completion::Kept { variant: Some(name) }, Some(Keep::Variant(served))) if served == *name => {
            Ok(Some(Keep::Variant(served)))
        }
        (Completion::Kept { .. } | Completion::Discarded, _) => Err(Contradiction),
    }
}

/// Production serves something else than what was declared.
pub(crate) struct Contradiction;

/// `completed (kept, variant ‘blue’)`.
pub(crate) fn describe(how: &Completion) -> String {
    match how {
        Completion::Kept { variant: Some(name) } => format!("completed (kept, variant `{name}`)"),
        Completion::Kept { variant: None } => "completed (kept)".to_owned(),
        Completion::Discarded => "completed (discarded)".to_owned(),
        Completion::Unspecified => "completed".to_owned(),
    }
}

/// Servers keep the name of the variant that won in the event only.
fn with_variant_of_event(evidence: &Evidence, flag: &Flag, completion: Completion) -> (Completion, String) {
    let is_completion = |event: &&Event| matches!(event.kind, EventKind::FlagCompleted { .. });
    let last = evidence.events_of(&flag.key).rev().find(is_completion);
    let Some(event) = last else { return (completion, "lifecycle of the flag".to_owned()) };
    let source = format!("event {}", event.id);
    match (&event.kind, completion) {
        (EventKind::FlagCompleted { variant: Some(name), .. }, Completion::Kept { variant: None }) => {
            (Completion::Kept { variant: Some(name.clone()) }, source)
        }
        (EventKind::FlagCompleted { kept: Some(true), variant }, Completion::Unspecified) => {
            (Completion::Kept { variant: variant.clone() }, source)
        }
        (EventKind::FlagCompleted { kept: Some(false), .. }, Completion::Unspecified) => {
            (Completion::Discarded, source)
        }
        (_, completion) => (completion, source),
    }
}
