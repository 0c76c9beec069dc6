//! Options that are more than a number or a text: lengths of time, dates, sets of flag types.

use std::collections::BTreeSet;

use downhaul_core::{Flag, FlagType, Timestamp};
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::policy::flag_type;

/// A length of time: `"90m"`, `"1h"`, `"1d"` is not one, since a day can have 23 hours: `"24h"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Duration(pub(crate) SignedDuration);

impl Duration {
    pub(crate) const fn hours(hours: i64) -> Self {
        Duration(SignedDuration::from_hours(hours))
    }
}

impl std::fmt::Display for Duration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl TryFrom<String> for Duration {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parsed: Option<SignedDuration> = text.parse().ok();
        let duration = parsed.filter(|duration| !duration.is_negative());
        duration.map(Duration).ok_or_else(|| format!("{text:?} is no length of time; write it as \"1h\" or \"90m\""))
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> Self {
        duration.to_string()
    }
}

/// A date, or none: `""`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "DateText", into = "String")]
pub(crate) struct OptionalDate(pub(crate) Option<Date>);

impl OptionalDate {
    /// Whether `at` is before the day, in UTC.
    pub(crate) fn is_after(&self, at: Timestamp) -> bool {
        self.0.is_some_and(|date| at.to_zoned(TimeZone::UTC).date() < date)
    }
}

/// TOML has dates of its own, which people write without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum DateText {
    Text(String),
    Toml(toml::value::Datetime),
}

impl TryFrom<DateText> for OptionalDate {
    type Error = String;

    fn try_from(written: DateText) -> Result<Self, Self::Error> {
        let text = match written {
            DateText::Text(text) => text,
            DateText::Toml(date) => date.to_string(),
        };
        if text.is_empty() {
            return Ok(OptionalDate(None));
        }
        let date = text.parse::<Date>().map_err(|_| format!("{text:?} is no date; write it as 2026-05-31"))?;
        Ok(OptionalDate(Some(date)))
    }
}

impl From<OptionalDate> for String {
    fn from(date: OptionalDate) -> Self {
        date.0.map(|date| date.to_string()).unwrap_or_default()
    }
}

/// The types of flags that a rule is about: `["release", "experiment"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub(crate) struct FlagTypes(BTreeSet<FlagType>);

impl FlagTypes {
    /// These types.
    pub(crate) fn of(types: &[FlagType]) -> Self {
        FlagTypes(types.iter().cloned().collect())
    }

    /// Whether the flag is of one of them; the error says that it is not.
    pub(crate) fn admit(&self, flag: &Flag) -> Result<(), crate::draft::Outcome> {
        if self.0.contains(&flag.flag_type) {
            return Ok(());
        }
        Err(crate::draft::Outcome::Exempt(format!("not about flags of type {}", flag.flag_type.as_str())))
    }
}

impl TryFrom<Vec<String>> for FlagTypes {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        names.iter().map(|name| flag_type(name)).collect::<Result<_, _>>().map(FlagTypes)
    }
}

impl From<FlagTypes> for Vec<String> {
    fn from(types: FlagTypes) -> Self {
        types.0.iter().map(|one| one.as_str().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_written() {
        for (text, seconds) in [("1h", 3600), ("90m", 5400), ("1h 30m", 5400), ("0s", 0)] {
            let read = Duration::try_from(text.to_owned()).expect(text);
            assert_eq!(read.0.as_secs(), seconds, "{text}");
        }
        assert_eq!(String::from(Duration::hours(24)), "24h");
        assert!(Duration::try_from("soon".to_owned()).is_err());
        assert!(Duration::try_from("-1h".to_owned()).is_err());
    }

    #[test]
    fn dates_are_taken_with_and_without_quotes() {
        let read = |text: &str| toml::from_str::<toml::Table>(text).and_then(|table| table["d"].clone().try_into());
        let date: OptionalDate = read("d = 2026-01-31").expect("a date");
        assert_eq!(Ok(date), read("d = '2026-01-31'"));
        assert_eq!(read("d = ''"), Ok(OptionalDate(None)));
        assert!(read("d = 'May'").map(|_: OptionalDate| ()).is_err());
    }
}
