//! `[[windows]]` and `[[freeze]]`: when production may be changed, in the time of the people who change it.

use downhaul_core::{Location, Timestamp};
use globset::GlobMatcher;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use crate::config::{FreezeConfig, PolicyConfig, WindowConfig};
use crate::policy::{PolicyError, zone_named};
use crate::selector::glob_of;

/// A time zone; UTC unless something else is said.
#[derive(Debug, Clone)]
pub(crate) struct Zone(pub(crate) TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Zone(TimeZone::UTC)
    }
}

impl Zone {
    /// The day that it is there.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.0.clone()).date()
    }

    /// `Saturday 23:40 Europe/Oslo`.
    pub(crate) fn describe(&self, at: Timestamp) -> String {
        let there = at.to_zoned(self.0.clone());
        format!("{} {}", there.strftime("%A %Y-%m-%d %H:%M"), self.0.iana_name().unwrap_or("UTC"))
    }

    /// What clocks there show at a moment; two readings around a change of the clocks, where the hour that is skipped
    /// or comes twice can be read in two ways.
    fn readings(&self, at: Timestamp) -> Vec<DateTime> {
        let here = self.0.to_offset(at);
        let mut offsets = vec![here];
        // The moment of a change comes after it.
        let last = self.0.preceding(at.saturating_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(at)).next();
        for transition in last.into_iter().chain(self.0.following(at).next()) {
            let before = self.0.to_offset(transition.timestamp() - jiff::SignedDuration::from_secs(1));
            let after = transition.offset();
            let shift = i64::from((after.seconds() - before.seconds()).abs());
            let away = at.duration_since(transition.timestamp()).as_secs().abs();
            let other = if here == after { before } else { after };
            if away < shift && !offsets.contains(&other) {
                offsets.push(other);
            }
        }
        offsets.into_iter().map(|offset| offset.to_datetime(at)).collect()
    }
}

/// All windows and freezes of a policy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calendar {
    pub(crate) windows: Vec<Window>,
    pub(crate) freezes: Vec<Freeze>,
}

/// Where a window or a freeze holds.
#[derive(Debug, Clone, Default)]
struct Reach {
    project: Option<GlobMatcher>,
    environment: Option<GlobMatcher>,
}

impl Reach {
    fn new(project: &Option<String>, environment: &Option<String>, base: &str) -> Result<Self, PolicyError> {
        let project = glob_of(project, &format!("{base}.project"), false)?;
        let environment = glob_of(environment, &format!("{base}.environment"), false)?;
        Ok(Reach { project, environment })
    }

    fn holds(&self, project: &str, environment: &str) -> bool {
        let fits = |glob: &Option<GlobMatcher>, name: &str| glob.as_ref().is_none_or(|glob| glob.is_match(name));
        fits(&self.project, project) && fits(&self.environment, environment)
    }
}

/// Hours of the week in which production may be changed.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) name: String,
    pub(crate) zone: Zone,
    pub(crate) place: Option<Location>,
    days: Vec<Weekday>,
    from: Time,
    to: Time,
    reach: Reach,
}

/// Days on which production is left alone.
#[derive(Debug, Clone)]
pub(crate) struct Freeze {
    pub(crate) name: String,
    pub(crate) zone: Zone,
    pub(crate) place: Option<Location>,
    pub(crate) from: Date,
    /// The last day.
    pub(crate) to: Date,
    reach: Reach,
}

impl Calendar {
    /// Validates both lists; `zone` is that of the policy.
    pub(crate) fn new(config: &PolicyConfig, zone: &Zone) -> Result<Self, PolicyError> {
        let place = |base: &str| config.places.get(base).cloned();
        let windows = config.windows.iter().enumerate().map(|(index, window)| {
            let base = format!("windows[{index}]");
            Window::new(window, &base, zone, place(&base))
        });
        let freezes = config.freezes.iter().enumerate().map(|(index, freeze)| {
            let base = format!("freeze[{index}]");
            Freeze::new(freeze, &base, zone, place(&base))
        });
        Ok(Calendar { windows: windows.collect::<Result<_, _>>()?, freezes: freezes.collect::<Result<_, _>>()? })
    }

    /// The freeze that a moment falls into.
    pub(crate) fn freeze_at(&self, at: Timestamp, project: &str, environment: &str) -> Option<&Freeze> {
        self.freezes.iter().find(|freeze| freeze.reach.holds(project, environment) && freeze.holds(at))
    }

    /// The windows that count for an environment of a project.
    pub(crate) fn windows_of(&self, project: &str, environment: &str) -> Vec<&Window> {
        self.windows.iter().filter(|window| window.reach.holds(project, environment)).collect()
    }

    /// Whether anything is said about an environment of a project.
    pub(crate) fn speaks_of(&self, project: &str, environment: &str) -> bool {
        let freezes = self.freezes.iter().any(|freeze| freeze.reach.holds(project, environment));
        freezes || !self.windows_of(project, environment).is_empty()
    }
}

impl Window {
    fn new(config: &WindowConfig, base: &str, zone: &Zone, place: Option<Location>) -> Result<Self, PolicyError> {
        let bad = |key: &str, problem: String| PolicyError::BadValue { path: format!("{base}.{key}"), problem };
        let time = |key: &str, text: &Option<String>| -> Result<Option<Time>, PolicyError> {
            let read = |text: &String| {
                let time = text.parse::<Time>();
                time.map_err(|_| bad(key, format!("`{text}` is no time of day; write it as \"08:00\"")))
            };
            text.as_ref().map(read).transpose()
        };
        let day = |name: &String| weekday(name).ok_or_else(|| bad("days", format!("`{name}` is none of {DAYS}")));
        let (from, to) = (time("from", &config.from)?, time("to", &config.to)?);
        if from.is_none() && to.is_none() && config.days.is_empty() {
            let problem = "a window says `days`, `from` and `to`, or some of them".to_owned();
            return Err(PolicyError::BadValue { path: base.to_owned(), problem });
        }
        Ok(Window {
            name: config.name.clone().unwrap_or_else(|| "window".to_owned()),
            zone: zone_of(&config.zone, base, zone)?,
            place,
            days: config.days.iter().map(day).collect::<Result<_, _>>()?,
            from: from.unwrap_or(Time::midnight()),
            to: to.unwrap_or(Time::midnight()),
            reach: Reach::new(&config.project, &config.environment, base)?,
        })
    }

    /// Whether a moment is inside; where clocks change, one reading inside is enough.
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        self.zone.readings(at).into_iter().any(|reading| self.holds_reading(reading))
    }

    fn holds_reading(&self, reading: DateTime) -> bool {
        let time = reading.time();
        let is_day = |date: Date| self.days.is_empty() || self.days.contains(&date.weekday());
        if self.from < self.to {
            return is_day(reading.date()) && self.from <= time && time < self.to;
        }
        // Over midnight: the early hours belong to the day before.
        let begun = is_day(reading.date()) && self.from <= time;
        let begun_yesterday = reading.date().yesterday().is_ok_and(is_day) && time < self.to;
        begun || begun_yesterday
    }
}

impl Freeze {
    fn new(config: &FreezeConfig, base: &str, zone: &Zone, place: Option<Location>) -> Result<Self, PolicyError> {
        let missing = |key: &str| PolicyError::BadValue {
            path: base.to_owned(),
            problem: format!("a freeze needs `{key}`, a day such as 2026-12-18"),
        };
        let from = config.from.ok_or_else(|| missing("from"))?.0;
        let to = config.to.ok_or_else(|| missing("to"))?.0;
        if to < from {
            let problem = format!("the freeze ends on {to}, before it begins on {from}");
            return Err(PolicyError::BadValue { path: format!("{base}.to"), problem });
        }
        Ok(Freeze {
            name: config.name.clone().unwrap_or_else(|| "freeze".to_owned()),
            zone: zone_of(&config.zone, base, zone)?,
            place,
            from,
            to,
            reach: Reach::new(&config.project, &config.environment, base)?,
        })
    }

    /// From the beginning of its first day to the end of its last.
    fn holds(&self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&self.zone.day(at))
    }
}

fn zone_of(name: &Option<String>, base: &str, zone: &Zone) -> Result<Zone, PolicyError> {
    name.as_ref().map_or(Ok(zone.clone()), |name| zone_named(name, &format!("{base}.zone")))
}

const DAYS: &str = "mon, tue, wed, thu, fri, sat, sun";

fn weekday(name: &str) -> Option<Weekday> {
    let days = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    DAYS.split(", ").position(|day| day == name).map(|index| days[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(text: &str) -> Calendar {
        let config: PolicyConfig = toml::from_str(text).expect("a policy");
        let zone = config.timezone.as_ref().map_or(Ok(Zone::default()), |name| zone_named(name, "timezone"));
        Calendar::new(&config, &zone.expect("a zone")).expect("a calendar")
    }

    fn inside(calendar: &Calendar, at: &str) -> bool {
        calendar.windows[0].holds(at.parse().expect("a moment"))
    }

    const OFFICE: &str = "timezone = 'Europe/Oslo'\n[[windows]]\ndays = ['mon', 'fri']\nfrom = '08:00'\nto = '16:00'\n";

    #[test]
    fn windows_are_read_in_their_zone() {
        let office = calendar(OFFICE);
        // Winter is an hour ahead of UTC, summer two.
        assert!(inside(&office, "2026-01-05T07:00:00Z") && !inside(&office, "2026-01-05T06:59:59Z"));
        assert!(inside(&office, "2026-07-06T06:00:00Z") && !inside(&office, "2026-07-06T14:00:00Z"));
        assert!(!inside(&office, "2026-01-06T09:00:00Z"), "a Tuesday");
        let tokyo = calendar("[[windows]]\nzone = 'Asia/Tokyo'\ndays = ['mon']\n");
        assert!(inside(&tokyo, "2026-01-04T15:00:00Z") && !inside(&tokyo, "2026-01-05T15:00:00Z"));
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let night = calendar("[[windows]]\ndays = ['fri']\nfrom = '22:00'\nto = '02:00'\n");
        assert!(inside(&night, "2026-01-09T23:00:00Z") && inside(&night, "2026-01-10T01:59:00Z"));
        assert!(!inside(&night, "2026-01-09T01:00:00Z") && !inside(&night, "2026-01-10T22:30:00Z"));
    }

    #[test]
    fn where_clocks_change_one_reading_inside_is_enough() {
        let hour = |from: &str, to: &str| {
            calendar(&format!("timezone = 'Europe/Oslo'\n[[windows]]\nfrom = '{from}'\nto = '{to}'\n"))
        };
        // On 2026-03-29 two o'clock is followed by three: at 01:00 UTC.
        let skipped = hour("02:00", "03:00");
        assert!(inside(&skipped, "2026-03-29T01:15:00Z"), "03:15, or 02:15 by the clock that was not put forward");
        assert!(inside(&skipped, "2026-03-29T00:30:00Z"), "01:30, or 02:30 by the clock that was put forward");
        assert!(inside(&skipped, "2026-03-29T01:00:00Z"), "the moment of the change itself");
        assert!(!inside(&skipped, "2026-03-29T02:15:00Z") && !inside(&skipped, "2026-03-28T23:59:59Z"));
        // On 2026-10-25 the hour from two to three comes twice, from 00:00 to 02:00 UTC.
        let doubled = hour("02:00", "03:00");
        for at in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z"] {
            assert!(inside(&doubled, at), "{at}");
        }
        assert!(!inside(&doubled, "2026-10-24T23:59:59Z") && !inside(&doubled, "2026-10-25T02:00:00Z"));
        let before = hour("01:00", "02:00");
        assert!(inside(&before, "2026-10-25T00:30:00Z"), "02:30, or 01:30 by the clock that was put back");
    }

    #[test]
    fn a_freeze_holds_to_the_end_of_its_last_day() {
        let year_end = calendar(
            "timezone = 'America/New_York'\n[[freeze]]\nname = 'year end'\nfrom = 2026-12-18\nto = 2027-01-04\nproject = 'pay*'\n",
        );
        let frozen = |at: &str, project: &str| {
            year_end.freeze_at(at.parse().expect("a moment"), project, "production").is_some()
        };
        assert!(!frozen("2026-12-18T04:59:59Z", "payments") && frozen("2026-12-18T05:00:00Z", "payments"));
        assert!(frozen("2027-01-05T04:59:59Z", "payments") && !frozen("2027-01-05T05:00:00Z", "payments"));
        assert!(!frozen("2026-12-24T12:00:00Z", "search"));
        assert!(year_end.speaks_of("payments", "production") && !year_end.speaks_of("search", "production"));
    }
}
