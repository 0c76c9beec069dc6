//! What has to be asked for flag by flag, a few at a time, and is gone on with where a capture was cut short.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Edition, Flag, FlagKey, GapReason, Lifecycle, Source, Stage};

use super::gaps::Gaps;
use super::log::Resumed;
use super::{USAGE_HOURS, flags, sources};
use crate::ServerError;
use crate::http::client::Session;
use crate::http::parallel;
use crate::http::patience::Patience;

/// Adds what has to be asked for flag by flag.
pub(super) fn add_answers(
    session: &Session<'_>,
    flags: &mut BTreeMap<FlagKey, Flag>,
    quiet: &BTreeSet<String>,
    resumed: &Resumed<'_>,
    gaps: &mut Gaps,
) {
    let known = flags.values_mut().filter_map(|flag| Some((resumed.kept.details(&flag.key)?, flag)));
    let known: BTreeSet<FlagKey> =
        known.filter_map(|(kept, flag)| flags::add_kept_details(flag, kept).then(|| flag.key.clone())).collect();
    let is_live = |flag: &Flag| flag.archived_at.is_none() && !known.contains(&flag.key);
    let details = ask_each(session, flags, "details", is_live, |flag| {
        let mut whole = flag.clone();
        flags::add_details(&mut whole, sources::details(session, &flag.project, flag.key.as_str())?);
        resumed.partial.inspect(|partial| partial.keep_details(&whole));
        Ok(whole)
    });
    apply(flags, gaps, Source::Details, details, |flag, whole, _| *flag = whole);

    // Nothing comes before the first stage, and the search has named it.
    let known = flags.values_mut().filter_map(|flag| Some((resumed.kept.stages(&flag.key, flag.created_at)?, flag)));
    let known: BTreeSet<FlagKey> =
        known.filter_map(|(kept, flag)| flags::add_kept_stages(flag, kept).then(|| flag.key.clone())).collect();
    let is_first = |flag: &Flag| flag.lifecycle.current().is_some_and(|entry| entry.stage == Stage::Initial);
    let has_history = |flag: &Flag| !is_first(flag) && !known.contains(&flag.key);
    let stages = ask_each(session, flags, "stages", has_history, |flag| {
        let rows = sources::stages(session, &flag.project, flag.key.as_str())?;
        let unknown: Vec<String> = flags::unknown_stages(&rows).into_iter().map(str::to_owned).collect();
        // The search knows the last stage only; an empty list means that the server keeps none of this flag.
        let lifecycle = if rows.is_empty() { flag.lifecycle.clone() } else { flags::lifecycle(rows, flag.archived_at) };
        // A stage that is not known is to be told again.
        resumed.partial.filter(|_| unknown.is_empty()).inspect(|partial| partial.keep_stages(flag, &lifecycle));
        Ok((lifecycle, unknown))
    });
    apply(flags, gaps, Source::Lifecycle, stages, add_stages);

    // Evaluations come without an entry in the log: they are always read anew.
    // Summed up at once: the rows of thousands of flags are a lot.
    let was_evaluated = |flag: &Flag| !quiet.contains(flag.key.as_str());
    let metrics = ask_each(session, flags, "evaluations", was_evaluated, |flag| {
        sources::metrics(session, flag.key.as_str(), USAGE_HOURS).map(|rows| flags::usage(rows, USAGE_HOURS))
    });
    apply(flags, gaps, Source::Usage, metrics, |flag, usage, _| flags::add_usage(flag, usage, USAGE_HOURS));
    for flag in flags.values_mut().filter(|flag| quiet.contains(flag.key.as_str())) {
        flags::add_usage(flag, BTreeMap::new(), USAGE_HOURS);
    }
}

type Answers<T> = Vec<(FlagKey, Result<T, ServerError>)>;

/// Asks for each flag that is wanted, a few at a time. A route that the server does not have is not asked again, nor
/// is one that fails over and over.
fn ask_each<T: Send>(
    session: &Session<'_>,
    flags: &BTreeMap<FlagKey, Flag>,
    what: &str,
    is_wanted: impl Fn(&Flag) -> bool,
    ask: impl Fn(&Flag) -> Result<T, ServerError> + Sync,
) -> Answers<T> {
    let wanted: Vec<&Flag> = flags.values().filter(|flag| is_wanted(flag)).collect();
    let patience = Patience::new(what, session.failures_in_a_row());
    let ask = |flag: &&Flag| match patience.given_up() {
        Some(error) => Err(error),
        None => ask(flag).inspect(|_| patience.restore()).inspect_err(|error| patience.lose(error)),
    };
    let tell = |done| session.progress().step(what, done, Some(wanted.len()));
    let answers = parallel::map(&wanted, session.in_flight(), ask, tell);
    wanted.iter().map(|flag| flag.key.clone()).zip(answers).collect()
}

/// Gives each answer to its flag, and each failure to the gaps.
fn apply<T>(
    flags: &mut BTreeMap<FlagKey, Flag>,
    gaps: &mut Gaps,
    source: Source,
    answers: Answers<T>,
    add: impl Fn(&mut Flag, T, &mut Gaps),
) {
    let asked = answers.len();
    let mut failures = Vec::new();
    for (key, answer) in answers {
        match (answer, flags.get_mut(&key)) {
            (Ok(read), Some(flag)) => add(flag, read, gaps),
            (Err(error), _) => failures.push((key, error)),
            (Ok(_), None) => {}
        }
    }
    gaps.add_failures(source, asked, failures);
}

fn add_stages(flag: &mut Flag, (lifecycle, unknown): (Lifecycle, Vec<String>), gaps: &mut Gaps) {
    for name in unknown {
        let detail = format!("the stage `{name}` is not known to this downhaul; update downhaul");
        gaps.add_for(Source::Lifecycle, &flag.key, GapReason::Failed, detail);
    }
    flag.lifecycle = lifecycle;
}

/// Adds the measures of success. The open-source server has none, and need not be asked once for each flag.
pub(super) fn add_impact_metrics(
    session: &Session<'_>,
    edition: Edition,
    flags: &mut BTreeMap<FlagKey, Flag>,
    gaps: &mut Gaps,
) {
    if edition == Edition::OpenSource {
        let path = "/api/admin/projects/{project}/features/{flag}/impact-metrics".to_owned();
        return gaps.value(Source::ImpactMetrics, Err(ServerError::Unsupported { path }));
    }
    let is_live = |flag: &Flag| flag.archived_at.is_none();
    let read = ask_each(session, flags, "impact metrics", is_live, |flag| {
        sources::impact_metrics(session, &flag.project, flag.key.as_str())
    });
    apply(flags, gaps, Source::ImpactMetrics, read, |flag, read, _| flag.impact_metrics = read);
}
