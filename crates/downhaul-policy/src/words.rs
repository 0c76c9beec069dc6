//! Dates, numbers and lists as messages say them.

use jiff::Timestamp;

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

/// The day in UTC: `2026-03-03`.
pub(crate) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
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
