//! `flag-past-lifetime`: a flag has outlived the date set for it, or the lifetime of its type.

use std::collections::BTreeMap;

use downhaul_core::{
    Evidence, EvidenceItem, Flag, FlagType, RuleInfo, RuleScope, Severity, Snapshot, Source, Stage, Timestamp,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Define, Rule, Shared};
use crate::calendar::Zone;
use crate::draft::{Draft, Level, Outcome, Outcomes, fact};
use crate::sites::{each_flag_with_sites, gap};
use crate::words::{days, days_between};

/// The options of the rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FlagPastLifetime {
    /// Days ahead in which the end is announced as a note; 0 announces nothing.
    warn_before_days: u32,
    /// `[lifetimes]` of the policy: days by type, 0 for ever.
    #[serde(skip)]
    lifetimes: BTreeMap<FlagType, u32>,
    /// The zone that days are read in.
    #[serde(skip)]
    zone: Zone,
}

impl Default for FlagPastLifetime {
    fn default() -> Self {
        Self { warn_before_days: 7, lifetimes: BTreeMap::new(), zone: Zone::default() }
    }
}

impl Define for FlagPastLifetime {
    const INFO: &'static RuleInfo = &RuleInfo {
        id: "flag-past-lifetime",
        summary: "flag has outlived its date or the lifetime of its type",
        docs: include_str!("flag_past_lifetime.md"),
        severity: Severity::Warning,
        severity_on_new: Severity::Warning,
        group: "lifecycle",
        reasons: &["due-soon", "explicit-date", "type-lifetime"],
        scope: RuleScope::Flag,
        controls: &[],
    };

    fn adopt(&mut self, shared: &Shared) {
        self.lifetimes.clone_from(&shared.lifetimes);
        self.zone = shared.zone.clone();
    }
}

impl Rule for FlagPastLifetime {
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes) {
        each_flag_with_sites(evidence, outcomes, |snapshot, flag, _| self.judge(evidence, snapshot, flag));
    }
}

impl FlagPastLifetime {
    fn judge(&self, evidence: &Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Outcome, Outcome> {
        let now = evidence.now();
        let declared = evidence.declared(&flag.key).and_then(|declared| declared.expires.as_ref());
        let (reason, level, what, source) = match (declared, explicit_date(flag)?) {
            // What was reviewed goes before what anybody can write on the server.
            (Some(stated), _) => {
                let at = &stated.location;
                self.by_date(stated.value, now, &format!("{}:{}", at.path, at.start.line))?
            }
            (None, Some(expires)) => self.by_date(expires, now, "tag of the flag")?,
            (None, None) => self.by_type(snapshot, flag, now)?,
        };
        let mut draft = Draft::of_flag(evidence, &flag.key, reason);
        draft.level = level;
        draft.message = format!("`{}` {what}.", flag.key);
        draft.remediation = remediation(reason).to_owned();
        draft.evidence.push(source);
        draft.evidence.extend(flag.created_at.map(|at| fact("created", Some(at), "flags of the server")));
        Ok(draft.on_server(snapshot, flag, None).into())
    }

    /// The date itself is still allowed.
    fn by_date(&self, expires: Date, now: Timestamp, stated: &str) -> Result<Verdict, Outcome> {
        let today = self.zone.day(now);
        let source = |what: &str| fact(format!("{what} {expires}"), None, stated);
        let over = days_from(expires, today);
        if over > 0 {
            let what = format!("was to be gone after {expires}, {} ago", days_of(over));
            return Ok(("explicit-date", Level::AtLeast(Severity::Error), what, source("expired")));
        }
        if -over < i64::from(self.warn_before_days) {
            let what = format!("is to be gone after {expires}, {}", in_days(-over));
            return Ok(("due-soon", Level::AtMost(Severity::Note), what, source("expires")));
        }
        Err(Outcome::Pass)
    }

    fn by_type(&self, snapshot: &Snapshot, flag: &Flag, now: Timestamp) -> Result<Verdict, Outcome> {
        let name = flag.flag_type.as_str();
        let (lifetime, source) = self.lifetime(snapshot, flag)?;
        let Some(created) = flag.created_at else {
            return Err(Outcome::not_evaluated("the server does not say when the flag was created"));
        };
        let age = days_between(created, now);
        let left = i64::from(lifetime) - i64::from(age);
        if left > i64::from(self.warn_before_days) || (left > 0 && self.warn_before_days == 0) {
            return Err(Outcome::Pass);
        }
        if is_done(snapshot, flag)? {
            return Err(Outcome::exempt("declared done: another question"));
        }
        let source = fact(format!("lifetime of type {name}: {}", days(lifetime)), None, source);
        let (age, lifetime) = (days(age), days(lifetime));
        Ok(if left <= 0 {
            let what = format!("is {age} old; flags of type {name} are to live {lifetime}");
            ("type-lifetime", Level::Usual, what, source)
        } else {
            let what = format!("is {age} old and reaches the {lifetime} of type {name} in {}", days_of(left));
            ("due-soon", Level::AtMost(Severity::Note), what, source)
        })
    }

    /// The days that the flag may live, and who says so. The policy goes before the server.
    fn lifetime(&self, snapshot: &Snapshot, flag: &Flag) -> Result<(u32, &'static str), Outcome> {
        let permanent = || Outcome::Exempt(format!("flags of type {} stay", flag.flag_type.as_str()));
        match self.lifetimes.get(&flag.flag_type) {
            Some(0) => return Err(permanent()),
            Some(days) => return Ok((*days, "policy")),
            None => {}
        }
        if let Some(why) = gap(snapshot, Source::FlagTypes, &flag.key) {
            return Err(Outcome::NotEvaluated(why));
        }
        match snapshot.flag_types.iter().find(|info| info.flag_type == flag.flag_type) {
            None => Err(Outcome::NotEvaluated(format!("the server has no type {}", flag.flag_type.as_str()))),
            Some(info) => match info.lifetime_days {
                None | Some(0) => Err(permanent()),
                Some(days) => Ok((days, "types of the server")),
            },
        }
    }
}

/// Reason, level, what is wrong, and what it rests on.
type Verdict = (&'static str, Level, String, EvidenceItem);

/// The date in a tag `expires:2026-05-31`; of several the last, which is how an extension is written.
fn explicit_date(flag: &Flag) -> Result<Option<Date>, Outcome> {
    let dates = flag.tags.iter().filter(|tag| tag.kind == "expires").map(|tag| {
        tag.value.trim().parse::<Date>().map_err(|_| {
            Outcome::NotEvaluated(format!("the tag `expires:{}` is no date; write it as 2026-05-31", tag.value))
        })
    });
    let dates: Vec<Date> = dates.collect::<Result<_, _>>()?;
    Ok(dates.into_iter().max())
}

/// Whether somebody has declared the flag done.
fn is_done(snapshot: &Snapshot, flag: &Flag) -> Result<bool, Outcome> {
    if flag.stale || flag.lifecycle.current().is_some_and(|entry| entry.stage == Stage::Completed) {
        return Ok(true);
    }
    gap(snapshot, Source::Lifecycle, &flag.key).map_or(Ok(false), |why| Err(Outcome::NotEvaluated(why)))
}

/// Days from one date to another; negative when the other is earlier.
fn days_from(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

fn days_of(number: i64) -> String {
    days(u32::try_from(number).unwrap_or(u32::MAX))
}

fn in_days(left: i64) -> String {
    if left == 0 { "which is today".to_owned() } else { format!("which is in {}", days_of(left)) }
}

fn remediation(reason: &str) -> &'static str {
    match reason {
        "explicit-date" => "Remove the flag, or give it a later date where that is stated, if the work goes on.",
        "type-lifetime" => {
            "Finish it and mark it completed, give it a date (`expires` in the manifest, or the tag \
             `expires:2026-12-31`), or change its type."
        }
        _ => "Finish it in time, or give it another date now.",
    }
}
