//! The SQL that gives everything its own time, and writes what the server's jobs would write later.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

use super::Logged;
use super::sql::{moment, text};
use crate::estate::{Action, Estate, Flag, Step};

const SECONDS_A_DAY: f64 = 86_400.0;

/// The moment `days` before `now`.
pub(super) fn before(now: Timestamp, days: f64) -> Timestamp {
    // Whole seconds: no estate is finer.
    #[allow(clippy::cast_possible_truncation, reason = "a few years in seconds")]
    let seconds = (days * SECONDS_A_DAY).round() as i64;
    now - SignedDuration::from_secs(seconds)
}

/// Everything that is left to do by SQL, in one transaction.
pub(super) fn statements(estate: &Estate, steps: &[Step<'_>], log: &[Logged], now: Timestamp) -> Result<String> {
    let mut all = vec!["BEGIN;".to_owned()];
    all.extend(event_times(estate, steps, log, now)?);
    all.extend(furniture_times(before(now, estate.began_days)));
    for flag in &estate.flags {
        all.extend(flag_times(flag, now));
        all.push(stages(flag, now));
        all.extend(last_seen(flag, now));
    }
    all.extend(unknown_names(estate, now));
    all.extend(potentially_stale(steps));
    all.push("COMMIT;".to_owned());
    Ok(all.join("\n"))
}

/// Each event of a flag gets the time of the step that it comes from.
fn event_times(estate: &Estate, steps: &[Step<'_>], log: &[Logged], now: Timestamp) -> Result<Vec<String>> {
    let mut times: BTreeMap<i64, Timestamp> = BTreeMap::new();
    let moments = moments(steps, now);
    for flag in &estate.flags {
        let (own, at): (Vec<&Step<'_>>, Vec<Timestamp>) =
            steps.iter().zip(&moments).filter(|(step, _)| step.flag.name == flag.name).unzip();
        let logged: Vec<&Logged> = log.iter().filter(|event| event.flag.as_deref() == Some(&flag.name)).collect();
        check_same(flag, &own, &logged)?;
        times.extend(logged.iter().map(|event| event.id).zip(at));
    }
    times.extend(times_without_flag(log, &times, before(now, estate.began_days)));
    Ok(times
        .iter()
        .map(|(id, at)| format!("UPDATE events SET created_at = {} WHERE id = {id};", moment(*at)))
        .collect())
}

/// What belongs to no flag is as old as the server; a new tag, say, that comes with a flag is as old as that event.
fn times_without_flag(log: &[Logged], of_flags: &BTreeMap<i64, Timestamp>, began: Timestamp) -> Vec<(i64, Timestamp)> {
    let first = of_flags.keys().next().copied().unwrap_or(i64::MAX);
    let general = log.iter().filter(|event| event.flag.is_none());
    let at = |(nth, event): (i64, &Logged)| match of_flags.range(event.id..).next() {
        Some((_, at)) if event.id > first => (event.id, *at),
        _ => (event.id, began + SignedDuration::from_secs(nth)),
    };
    (0_i64..).zip(general).map(at).collect()
}

/// When each step happened. A second between steps of one moment keeps their order, which is that of the events' ids.
fn moments(steps: &[Step<'_>], now: Timestamp) -> Vec<Timestamp> {
    let mut nth = 0;
    let mut last = f64::NAN;
    let mut at = |step: &Step<'_>| {
        nth = if step.days.to_bits() == last.to_bits() { nth + 1 } else { 0 };
        last = step.days;
        before(now, step.days) + SignedDuration::from_secs(nth)
    };
    steps.iter().map(&mut at).collect()
}

/// If the server logged something else than the steps say, times would go to the wrong events.
fn check_same(flag: &Flag, steps: &[&Step<'_>], log: &[&Logged]) -> Result<()> {
    let wanted: Vec<_> = steps.iter().map(|step| step.action.event()).collect();
    let found: Vec<_> = log.iter().map(|event| (event.kind.as_str(), event.environment.as_deref())).collect();
    if wanted != found {
        bail!("{}: the server logged other events than its history says:\n{found:?}\n{wanted:?}", flag.name);
    }
    Ok(())
}

fn furniture_times(began: Timestamp) -> Vec<String> {
    let tables = ["context_fields", "projects", "segments", "tag_types", "users"];
    tables.map(|table| format!("UPDATE {table} SET created_at = {};", moment(began))).to_vec()
}

fn flag_times(flag: &Flag, now: Timestamp) -> Vec<String> {
    let set = |column: &str, days: f64| {
        format!("UPDATE features SET {column} = {} WHERE name = {};", moment(before(now, days)), text(&flag.name))
    };
    let mut all = vec![set("created_at", flag.age_days)];
    all.extend(flag.archived_days.map(|days| set("archived_at", days)));
    all
}

fn stages(flag: &Flag, now: Timestamp) -> String {
    let name = text(&flag.name);
    let none = "NULL".to_owned();
    let mut rows: Vec<(&str, f64, String, String)> = vec![("initial", flag.age_days, none.clone(), none.clone())];
    rows.extend(flag.pre_live_days.map(|days| ("pre-live", days, none.clone(), none.clone())));
    rows.extend(flag.live_days.map(|days| ("live", days, none.clone(), none.clone())));
    rows.extend(flag.completed.as_ref().map(|completed| {
        let status = text(if completed.kept { "kept" } else { "discarded" });
        ("completed", completed.days, status, completed.variant.as_deref().map_or(none.clone(), text))
    }));
    rows.extend(flag.archived_days.map(|days| ("archived", days, none.clone(), none.clone())));
    let rows: Vec<String> = rows
        .iter()
        .map(|(stage, days, status, value)| {
            format!("({name}, '{stage}', {}, {status}, {value})", moment(before(now, *days)))
        })
        .collect();
    format!(
        "DELETE FROM feature_lifecycles WHERE feature = {name};
         INSERT INTO feature_lifecycles (feature, stage, created_at, status, status_value) VALUES {};",
        rows.join(", ")
    )
}

fn last_seen(flag: &Flag, now: Timestamp) -> Vec<String> {
    let seen = |state: &crate::estate::Environment| match state.metrics {
        Some(_) => Some(0.0),
        None => state.last_seen_days,
    };
    let rows = flag.environments().into_iter().filter_map(|(name, state)| Some((name, seen(state)?)));
    rows.map(|(environment, days)| {
        format!(
            "INSERT INTO last_seen_at_metrics (feature_name, environment, last_seen_at) VALUES ({}, '{environment}', {})
             ON CONFLICT (feature_name, environment) DO UPDATE SET last_seen_at = EXCLUDED.last_seen_at;",
            text(&flag.name),
            moment(before(now, days))
        )
    })
    .collect()
}

/// In one transaction with the flag's age: the server's sweep marks, and logs, whatever is old and not marked yet.
fn potentially_stale(steps: &[Step<'_>]) -> Vec<String> {
    let passed = steps.iter().filter(|step| matches!(step.action, Action::PassLifetime)).map(|step| step.flag);
    let open = passed.filter(|flag| flag.stale_days.is_none() && flag.archived_days.is_none());
    open.map(|flag| format!("UPDATE features SET potentially_stale = true WHERE name = {};", text(&flag.name)))
        .collect()
}

fn unknown_names(estate: &Estate, now: Timestamp) -> Vec<String> {
    let asked = estate.unknown.iter().filter_map(|unknown| Some((&unknown.name, unknown.seen_by.as_ref()?)));
    asked
        .map(|(name, application)| {
            format!(
                "INSERT INTO unknown_flags (name, app_name, environment, seen_at) VALUES ({}, {}, 'production', {})
                 ON CONFLICT DO NOTHING;",
                text(name),
                text(application),
                moment(now)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::plan;

    const ESTATE: &str = r#"
        about = "One flag."
        began_days = 100
        user = [{ name = "ada", full_name = "Ada", role = "editor" }]
        [[flag]]
        name = "one"
        type = "release"
        by = "ada"
        age_days = 10
        expect = []
        [flag.production]
        on_days = [5]
        strategy = [{ rollout = [[5, 50]] }]
    "#;

    fn logged(kinds: &[(&str, Option<&str>)]) -> Vec<Logged> {
        let one = |(id, (kind, environment)): (i64, &(&str, Option<&str>))| Logged {
            id,
            kind: (*kind).to_owned(),
            flag: Some("one".to_owned()),
            environment: environment.map(str::to_owned),
        };
        (1..).zip(kinds).map(one).collect()
    }

    #[test]
    fn every_event_gets_the_time_of_its_step() {
        let estate = Estate::parse(ESTATE).expect("an estate");
        let steps = plan(&estate, |_| None);
        let now: Timestamp = "2030-01-11T00:00:00Z".parse().expect("a time");
        let production = Some("production");
        let log = [
            ("feature-created", None),
            ("feature-strategy-add", production),
            ("feature-environment-enabled", production),
        ];
        let sql = statements(&estate, &steps, &logged(&log), now).expect("they fit");
        for (id, at) in [(1, "2030-01-01T00:00:00Z"), (2, "2030-01-06T00:00:00Z"), (3, "2030-01-06T00:00:01Z")] {
            let line = format!("UPDATE events SET created_at = '{at}'::timestamptz WHERE id = {id};");
            assert!(sql.contains(&line), "{line}\n{sql}");
        }
    }

    #[test]
    fn what_belongs_to_no_flag_keeps_the_order_of_the_log() {
        let general = |id| Logged { id, kind: "tag-created".to_owned(), flag: None, environment: None };
        let at = |second| Timestamp::from_second(second).expect("a time");
        let of_flags = BTreeMap::from([(3, at(300)), (5, at(500))]);
        let times = times_without_flag(&[general(1), general(2), general(4)], &of_flags, at(0));
        assert_eq!(times, [(1, at(0)), (2, at(1)), (4, at(500))]);
    }

    #[test]
    fn a_log_that_does_not_fit_the_history_is_refused() {
        let estate = Estate::parse(ESTATE).expect("an estate");
        let steps = plan(&estate, |_| None);
        let log = logged(&[("feature-created", None), ("feature-environment-enabled", Some("production"))]);
        assert!(statements(&estate, &steps, &log, Timestamp::UNIX_EPOCH).is_err());
    }
}
