//! Unleash over its admin API, read with GET requests only.
//!
//! The list of flags must be had; every other source that cannot be read becomes a gap. Facts about the API were found
//! by calling the open-source server 8.2.0. Routes that older servers lack answer 404 and become gaps "unsupported".

mod access;
mod approvals;
mod connected;
mod events;
mod flags;
mod gaps;
mod log;
mod plans;
mod single;
mod sources;
mod strategies;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{
    Completion, Environment, Event, Flag, FlagKey, GapReason, Project, Provenance, Segment, SegmentId, ServerInfo,
    Snapshot, Source, Timestamp,
};
use jiff::SignedDuration;
use reqwest::blocking::Client;

pub(in crate::providers) use strategies::{constraint_of_json, strategy_of_json, variant_of_json};

use crate::http::address::{Address, Token};
use crate::http::answer::Conversation;
use crate::http::client::{self, Session};
pub use crate::http::limits::Limits;
use crate::http::{Dialect, Trust};
use crate::partial::{Identity, Partial};
use crate::{FlagServer, Progress, ServerConfig, ServerError};
use gaps::Gaps;
use log::Resumed;
use sources::Rows;

/// The server keeps evaluations by the hour for two days.
const USAGE_HOURS: u32 = 48;

/// How Unleash is spoken to.
pub(crate) const DIALECT: Dialect = Dialect {
    root: &["api", "admin"],
    suffixes: &["/api/admin", "/api/client", "/api/frontend", "/api"],
    token_header: "authorization",
    right_token: "a personal access token of a user with the root role Viewer",
    no_such_route: "The path you were looking for",
};

/// So many of a kind make a sample.
const SAMPLE: usize = 5;

/// So many seconds between two clocks are taken for none.
const CLOCK_NOISE: i64 = 10;

/// An Unleash server.
#[derive(Debug)]
pub struct Unleash {
    http: Client,
    address: Address,
    token: Token,
    projects: Vec<String>,
    lookback_days: Option<u32>,
    limits: Limits,
    now: Timestamp,
    previous: Option<Previous>,
}

/// The snapshot that the next one continues.
#[derive(Debug)]
struct Previous {
    snapshot: Snapshot,
    digest: String,
}

impl Unleash {
    /// A server at `url`, which may hold a base path. `now` is taken for the time of the capture if the server does
    /// not tell its own.
    ///
    /// # Errors
    /// [`ServerError::Setting`] for an address, a token or a `kind` that cannot be used. Nothing is sent yet.
    pub fn new(url: &str, token: &str, config: &ServerConfig, now: Timestamp) -> Result<Self, ServerError> {
        Unleash::with_limits(url, token, config, now, Limits::of(config))
    }

    /// Like [`Unleash::new`], with other bounds than those of `config`.
    ///
    /// # Errors
    /// See [`Unleash::new`].
    pub fn with_limits(
        url: &str,
        token: &str,
        config: &ServerConfig,
        now: Timestamp,
        limits: Limits,
    ) -> Result<Self, ServerError> {
        if config.kind != "unleash" {
            let why = format!("`kind = \"{}\"` is no flag server that downhaul knows; it knows `unleash`", config.kind);
            return Err(ServerError::Setting(why));
        }
        let (address, token) = (Address::parse(url, &DIALECT)?, Token::parse(token)?);
        let conversation = Conversation { address: &address, token: &token, dialect: &DIALECT };
        Ok(Unleash {
            http: client::http_client(&conversation, &[], &limits, &Trust::default())?,
            address,
            token,
            projects: config.projects.clone(),
            lookback_days: config.lookback_days,
            limits,
            now,
            previous: None,
        })
    }

    /// Trusts more certificates than those of this machine.
    ///
    /// # Errors
    /// [`ServerError::Setting`] for authorities that cannot be read.
    pub fn trusting(mut self, trust: &Trust) -> Result<Self, ServerError> {
        self.http = client::http_client(&self.conversation(), &[], &self.limits, trust)?;
        Ok(self)
    }

    fn conversation(&self) -> Conversation<'_> {
        Conversation { address: &self.address, token: &self.token, dialect: &DIALECT }
    }

    /// Reads only those entries of the event log that `previous` does not have; everything else is read anew.
    /// `digest` is that of its file ([`crate::file::digest`]); the snapshot to come holds it.
    ///
    /// A previous snapshot whose log has holes, or begins later than the look-back asks for, saves nothing: then the
    /// whole log is read.
    ///
    /// # Errors
    /// [`ServerError::Setting`] for a snapshot of another server, and for one whose people are replaced by hashes.
    pub fn since(mut self, previous: Snapshot, digest: String) -> Result<Self, ServerError> {
        let url = self.address.to_string();
        if previous.server.kind != "unleash" || previous.server.url.as_ref() != Some(&url) {
            let other = previous.server.url.as_deref().unwrap_or("a file");
            let why = format!("the previous snapshot is of {other}, not of {url}; name the right one, or none");
            return Err(ServerError::Setting(why));
        }
        if previous.provenance.redacted {
            let why = "the previous snapshot is redacted, and cannot be continued by one that is not; keep one that is \
                       not redacted where only the capture can read it, or capture the whole log";
            return Err(ServerError::Setting(why.to_owned()));
        }
        self.previous = Some(Previous { snapshot: previous, digest });
        Ok(self)
    }
}

impl FlagServer for Unleash {
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        self.read(&Session::new(&self.http, self.conversation(), &self.limits, progress), None)
    }

    fn identity(&self) -> Option<Identity> {
        let lookback = self.lookback_days.map_or_else(|| "everything".to_owned(), |days| format!("{days} days"));
        let previous = self.previous.as_ref().map_or("", |previous| previous.digest.as_str());
        Some(Identity::new(self.address.to_string(), self.token.reveal(), format!("{lookback} {previous}")))
    }

    fn resume(&self, partial: &Partial, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let session = Session::new(&self.http, self.conversation(), &self.limits, progress);
        let read = self.read(&session, Some(partial));
        partial.end(read.is_err() || session.was_cut_short());
        read
    }

    fn probe(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let session = Session::new(&self.http, self.conversation(), &self.limits, progress).sampling();
        let mut snapshot = self.read(&session, None)?;
        // That a sample is not all is no news.
        snapshot.gaps.retain(|gap| gap.reason != GapReason::Truncated);
        Ok(snapshot)
    }
}

impl Unleash {
    fn read(&self, session: &Session<'_>, partial: Option<&Partial>) -> Result<Snapshot, ServerError> {
        let mut resumed = Resumed { partial, kept: partial.map(Partial::take).unwrap_or_default() };
        let mut gaps = Gaps::default();
        let info = info_or_nothing(session)?;
        let live = sources::live_flags(session)?;
        let captured_at = session.server_time().unwrap_or(self.now);
        let server = ServerInfo {
            kind: "unleash".to_owned(),
            url: Some(self.address.to_string()),
            clock_ahead: session.server_time().map(|theirs| clock_ahead(theirs, self.now)),
            ..info
        };

        live.check(Source::Flags, &mut gaps);
        let archived = gaps.value(Source::ArchivedFlags, sources::archived_flags(session).map(Some));
        if let Some(archived) = &archived {
            archived.check(Source::ArchivedFlags, &mut gaps);
        }
        let environments = gaps.value(Source::Environments, sources::environments(session));
        let environments = with_those_of_flags(environments, &live, archived.as_ref());
        let listed = gaps.value(Source::Projects, sources::projects(session));
        let flag_types = gaps.value(Source::FlagTypes, sources::flag_types(session));
        let segments = gaps.value(Source::Segments, sources::segments(session));
        let unknown_names = sources::unknown_names(session, &mut gaps);
        let since = self.lookback_days.map(|days| days_before(captured_at, days));
        let base = self.previous.as_ref().map(|previous| &previous.snapshot);
        let (events, events_since) = log::event_log(session, since, base, captured_at, &mut resumed, &mut gaps);

        let quiet =
            quiet_flags(live.rows.values().chain(archived.iter().flat_map(|rows| rows.rows.values())), captured_at);
        let mut flags = flags_of_rows([Some(live), archived], &mut gaps);
        if session.is_sample() {
            keep_sample(&mut flags);
        }
        single::add_answers(session, &mut flags, &quiet, &resumed, &mut gaps);
        single::add_impact_metrics(session, server.edition, &mut flags, &mut gaps);
        add_kept_variants(&mut flags, &events);
        if !events.is_empty() {
            note_hidden_changes(session, &flags, &segments, &mut gaps);
        }
        let projects = self.projects_seen(listed, &flags, &mut gaps);
        let mut ids: Vec<String> = projects.iter().map(|project| project.id.clone()).collect();
        if session.is_sample() {
            ids.truncate(SAMPLE);
        }
        Ok(Snapshot {
            applications: connected::applications(session, &ids, &mut gaps),
            integrations: connected::integrations(session, &mut gaps),
            access: access::access(session, &ids, &mut gaps),
            approvals: approvals::approvals(session, &ids, &mut gaps),
            release_templates: plans::templates(session, &mut gaps),
            provenance: Provenance {
                previous: self.previous.as_ref().map(|previous| previous.digest.clone()),
                redacted: false,
            },
            captured_at,
            server,
            projects: with_naming(session, projects, &ids, &mut gaps),
            environments,
            flag_types,
            segments,
            flags,
            events,
            events_since,
            unknown_names,
            gaps: gaps.into_sorted(),
        })
    }
}

impl Unleash {
    /// The projects that the server lists and those that have flags: the open-source server lists one only.
    fn projects_seen(
        &self,
        mut projects: BTreeMap<String, Project>,
        flags: &BTreeMap<FlagKey, Flag>,
        gaps: &mut Gaps,
    ) -> Vec<Project> {
        for id in flags.values().map(|flag| &flag.project) {
            projects.entry(id.clone()).or_insert_with(|| Project {
                id: id.clone(),
                name: id.clone(),
                ..Project::default()
            });
        }
        for expected in self.projects.iter().filter(|id| !projects.contains_key(*id)) {
            let detail = format!(
                "the project `{expected}` is expected and was not seen: the token may not see it, it has no flags, or \
                 `projects` in `[server]` names it wrongly"
            );
            gaps.add(Source::Projects, GapReason::Absent, detail);
        }
        projects.into_values().collect()
    }
}

/// What the server says of itself. One that does not is still worth reading, one that is not there is not.
fn info_or_nothing(session: &Session<'_>) -> Result<ServerInfo, ServerError> {
    match sources::server_info(session) {
        Err(
            error @ (ServerError::Unreachable { .. }
            | ServerError::Unauthorised { .. }
            | ServerError::NotTheApi { .. }
            | ServerError::TimedOut { .. }),
        ) => Err(error),
        read => Ok(read.unwrap_or_default()),
    }
}

/// By how many seconds the server's clock is ahead of ours. Its header tells whole seconds and was under way, so a few
/// of them mean nothing.
fn clock_ahead(theirs: Timestamp, ours: Timestamp) -> i64 {
    let seconds = theirs.as_second() - ours.as_second();
    if seconds.abs() <= CLOCK_NOISE { 0 } else { seconds }
}

/// Adds what names of flags must look like, project by project.
fn with_naming(session: &Session<'_>, mut projects: Vec<Project>, ids: &[String], gaps: &mut Gaps) -> Vec<Project> {
    let read = |id: &String| sources::naming(session, id);
    let patterns = access::of_each_project(session, ids, Source::Naming, gaps, read);
    for (id, naming) in patterns {
        projects.iter_mut().filter(|project| project.id == id).for_each(|project| project.naming.clone_from(&naming));
    }
    projects
}

/// The environments in the server's order, with those that only flags name: the open-source server hides some.
fn with_those_of_flags(mut known: Vec<(i64, Environment)>, live: &Rows, archived: Option<&Rows>) -> Vec<Environment> {
    let rows = live.rows.values().chain(archived.into_iter().flat_map(|archived| archived.rows.values()));
    for row in rows.flat_map(|row| &row.environments) {
        if !known.iter().any(|(_, environment)| environment.name == row.name) {
            let kind = sources::environment_kind(row.kind.as_deref().unwrap_or("unknown"));
            known.push((row.sort_order, Environment { name: row.name.clone(), kind, enabled: true }));
        }
    }
    known.sort_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
    known.into_iter().map(|(_, environment)| environment).collect()
}

fn days_before(moment: Timestamp, days: u32) -> Timestamp {
    moment.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

fn flags_of_rows(rows: [Option<Rows>; 2], gaps: &mut Gaps) -> BTreeMap<FlagKey, Flag> {
    let mut all = BTreeMap::new();
    for row in rows.into_iter().flatten().flat_map(|rows| rows.rows.into_values()) {
        match flags::flag(row) {
            Ok(flag) => drop(all.insert(flag.key.clone(), flag)),
            Err(error) => gaps.add(Source::Flags, GapReason::Failed, format!("one flag was left out: {error}")),
        }
    }
    all
}

/// A few that live and a few that do not.
fn keep_sample(flags: &mut BTreeMap<FlagKey, Flag>) {
    let (mut live, mut archived) = (0, 0);
    flags.retain(|_, flag| {
        let count = if flag.archived_at.is_some() { &mut archived } else { &mut live };
        *count += 1;
        *count <= SAMPLE
    });
}

/// Flags that nobody evaluated in the hours that the server keeps: their evaluations need not be asked for.
///
/// The search tells the last hour, and when an environment was last seen, which lags behind by minutes. A server where
/// no flag was ever seen may not keep the times at all.
fn quiet_flags<'a>(rows: impl Iterator<Item = &'a wire::FeatureRow>, now: Timestamp) -> BTreeSet<String> {
    let before = now.checked_sub(SignedDuration::from_hours(i64::from(USAGE_HOURS) + 1)).unwrap_or(Timestamp::MIN);
    let (mut quiet, mut keeps_times) = (BTreeSet::new(), false);
    for row in rows {
        keeps_times |= row.environments.iter().any(|one| one.last_seen_at.is_some());
        let is_quiet = |one: &wire::EnvironmentRow| {
            (one.yes, one.no) == (Some(0), Some(0)) && one.last_seen_at.is_none_or(|at| at < before)
        };
        // That of an archived flag moves on as well.
        if !row.environments.is_empty() && row.environments.iter().all(is_quiet) {
            quiet.insert(row.name.clone());
        }
    }
    if keeps_times { quiet } else { BTreeSet::new() }
}

/// The log of a flag has a hole if the flag uses a segment whose changes the token does not see.
fn note_hidden_changes(
    session: &Session<'_>,
    flags: &BTreeMap<FlagKey, Flag>,
    segments: &BTreeMap<SegmentId, Segment>,
    gaps: &mut Gaps,
) {
    let is_global = |id: &SegmentId| segments.get(id).is_none_or(|segment| segment.project.is_none());
    let uses_global = |flag: &&Flag| {
        let mut strategies = flag.environments.values().flat_map(|state| state.strategies.iter().flatten());
        strategies.any(|strategy| strategy.segments.iter().any(is_global))
    };
    let concerned: Vec<&Flag> = flags.values().filter(uses_global).collect();
    if concerned.is_empty() {
        return;
    }
    let (reason, detail) = match sources::sees_global_segments(session) {
        Ok(true) => return,
        Ok(false) => {
            let detail = "the flag uses a segment of no project, and the token does not see changes of such segments; \
                          the event log shows them to the root role Admin only";
            (GapReason::Forbidden, detail.to_owned())
        }
        Err(error) => {
            let detail = format!("the flag uses a segment, and changes of segments could not be read: {error}");
            (gaps::reason(&error), detail)
        }
    };
    for flag in concerned {
        gaps.add_for(Source::Events, &flag.key, reason, detail.as_str());
    }
}

fn add_kept_variants(flags: &mut BTreeMap<FlagKey, Flag>, log: &[Event]) {
    for (key, kept) in events::kept_variants(log) {
        if let Some(Completion::Kept { variant }) =
            flags.get_mut(&key).and_then(|flag| flag.lifecycle.completion.as_mut())
        {
            *variant = Some(kept);
        }
    }
}
