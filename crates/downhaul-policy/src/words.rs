//! Dates, numbers and lists as messages say them.

use downhaul_core::{Actor, ActorKind, Event, EventKind, Person};
use jiff::{SignedDuration, Timestamp};

const SECONDS_PER_DAY: i64 = 86_400;
const SECONDS_PER_HOUR: i64 = 3_600;

/// Whole days of 24 hours from `from` to `to`; 0 when `to` is earlier.
pub(crate) fn days_between(from: Timestamp, to: Timestamp) -> u32 {
    let days = (to.as_second() - from.as_second()).max(0) / SECONDS_PER_DAY;
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// Whole hours from `from` to `to`; 0 when `to` is earlier.
pub(crate) fn hours_between(from: Timestamp, to: Timestamp) -> u32 {
    let hours = (to.as_second() - from.as_second()).max(0) / SECONDS_PER_HOUR;
    u32::try_from(hours).unwrap_or(u32::MAX)
}

/// A length of time in its largest unit that fits, rounded down: `4 minutes`, `30 hours`, `3 days`.
pub(crate) fn span(length: SignedDuration) -> String {
    let (minutes, hours) = (length.as_mins(), length.as_hours());
    let whole = |number: i64, one| count(usize::try_from(number).unwrap_or_default(), one);
    match (hours, minutes) {
        (48.., _) => whole(hours / 24, "day"),
        (2.., _) => whole(hours, "hour"),
        (_, 2..) => whole(minutes, "minute"),
        _ => whole(length.as_secs(), "second"),
    }
}

/// The day in UTC: `2026-03-03`.
pub(crate) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The minute in UTC: `2026-03-03 14:05 UTC`.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Who did it: the name, or what is known of somebody without one.
pub(crate) fn actor(actor: &Actor) -> String {
    match (actor.kind, actor.name.as_str()) {
        (ActorKind::SharedToken, name) => format!("admin token `{name}`"),
        (ActorKind::System, _) => "the server itself".to_owned(),
        (_, "") => "nobody that the log names".to_owned(),
        (_, name) => name.to_owned(),
    }
}

/// Names of people: `alice and bob`, or `nobody`.
pub(crate) fn people<'a>(people: impl IntoIterator<Item = &'a Person>) -> String {
    let names: Vec<&str> = people.into_iter().map(|person| person.name.as_str()).collect();
    if names.is_empty() { "nobody".to_owned() } else { list(&names) }
}

/// What was done, as a message says it of a flag: `switched on in ‘production’`.
pub(crate) fn what_happened(event: &Event) -> String {
    let place = event.environment.as_ref().map(|name| format!(" in `{name}`")).unwrap_or_default();
    let what = match &event.kind {
        EventKind::FlagCreated => "made",
        EventKind::FlagRevived => "revived",
        EventKind::FlagArchived => "archived",
        EventKind::FlagDeleted => "deleted",
        EventKind::FlagCompleted { .. } => "completed",
        EventKind::FlagUncompleted => "reopened",
        EventKind::MarkedStale => "marked stale",
        EventKind::UnmarkedStale => "marked as not stale",
        EventKind::FlagMoved => "moved to another project",
        EventKind::Enabled => "switched on",
        EventKind::Disabled => "switched off",
        EventKind::StrategyAdded(_) => "given a strategy",
        EventKind::StrategyUpdated { .. } => "given other strategies",
        EventKind::StrategyRemoved { .. } => "deprived of a strategy",
        EventKind::StrategiesReordered => "given another order of strategies",
        EventKind::VariantsUpdated => "given other variants",
        EventKind::DependencyAdded => "given a parent",
        EventKind::DependencyRemoved => "freed of a parent",
        EventKind::RolloutProgressed => "moved on by its release plan",
        _ => "changed",
    };
    format!("{what}{place}")
}

/// `1 day`, `41 days`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `1 day`, `41 days`.
pub(crate) fn days(number: u32) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "day")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [init @ .., last] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", init.join(", "), last.as_ref())
        }
    }
}

/// The same, each item in back quotes.
pub(crate) fn quoted<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    list(&items)
}
