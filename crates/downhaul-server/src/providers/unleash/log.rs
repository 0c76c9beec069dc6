//! The event log: pages put together, continued from an earlier snapshot where there is one.

use std::collections::BTreeSet;

use downhaul_core::{Event, GapReason, Snapshot, Source, Timestamp};
use jiff::SignedDuration;

use super::gaps::{self, Gaps};
use super::{events, wire};
use crate::ServerError;
use crate::http::client::Session;
use crate::partial::{Kept, KeptLog, Partial};

/// More a page is not had from the search: the server would silently give 50.
const EVENTS_A_PAGE: usize = 1000;
/// So long before the end of an earlier snapshot the log is surely read again: at least half a day, as the search
/// takes whole days in a zone that is not known.
const SURE_OVERLAP: SignedDuration = SignedDuration::from_hours(10);

/// What a capture that was cut short had read, and where this one keeps what it reads.
pub(super) struct Resumed<'a> {
    pub(super) partial: Option<&'a Partial>,
    pub(super) kept: Kept,
}

/// The event log, oldest first, and where it begins if not at its beginning. What `base` has is not read again, but
/// for a day or two that prove that the log still is the same. What `resumed` has is not either, and forgets the flags
/// that changed since; all of them, if the log does not vouch for them.
pub(super) fn event_log(
    session: &Session<'_>,
    since: Option<Timestamp>,
    base: Option<&Snapshot>,
    now: Timestamp,
    resumed: &mut Resumed<'_>,
    gaps: &mut Gaps,
) -> (Vec<Event>, Option<Timestamp>) {
    let base = base.filter(|base| can_be_continued(base, since, now));
    let (mut read, missing) = read_events(session, base.map(|base| base.captured_at).or(since), resumed);
    let begins = match (base, &missing) {
        (Some(base), None) => {
            note_lost(base, &read, gaps);
            base.events.iter().for_each(|event| read.add(event.clone()));
            since.or(base.events_since)
        }
        // A hole between the old part and the new one would go unseen: what was read now is all there is.
        _ => since,
    };
    let mut log = read.events;
    log.retain(|event| since.is_none_or(|since| event.at >= since));
    log.sort_unstable_by_key(|event| (event.at, event.id));
    let Some((reason, detail)) = missing else { return (log, begins) };
    gaps.add(Source::Events, reason, detail);
    // Pages come newest first: what is there reaches from now back to its oldest entry, without holes.
    let oldest = log.first().map(|event| event.at);
    (log, oldest.and(since.max(oldest)))
}

/// Whether the log in `base` has no holes and reaches back as far as is asked for.
fn can_be_continued(base: &Snapshot, since: Option<Timestamp>, now: Timestamp) -> bool {
    let reaches_back = match (base.events_since, since) {
        (None, _) => true,
        (Some(begins), Some(since)) => begins <= since,
        (Some(_), None) => false,
    };
    let is_whole = !base.gaps.iter().any(|gap| gap.source == Source::Events && gap.flag.is_none());
    reaches_back && is_whole && base.captured_at <= now
}

/// Entries that were in the log and are not there any more: somebody deleted them, or the server is not the same.
fn note_lost(base: &Snapshot, read: &Log, gaps: &mut Gaps) {
    let overlap = base.captured_at.checked_sub(SURE_OVERLAP).unwrap_or(Timestamp::MIN);
    let is_lost = |event: &&Event| event.at >= overlap && !read.ids.contains(&event.id);
    let lost: BTreeSet<i64> = base.events.iter().filter(is_lost).map(|event| event.id).collect();
    if let Some(first) = lost.first() {
        let detail = format!(
            "{} events of the previous snapshot, from event {first} on, are not in the server's log any more: they were \
             deleted, the server was set back, or this token sees less; capture the whole log, and find out why",
            lost.len()
        );
        gaps.add(Source::Events, GapReason::Truncated, detail);
    }
}

type Missing = Option<(GapReason, String)>;

/// Room for so many events is made at once, should the server count so many; more come as they come.
const ROOM: usize = 1_000_000;

/// Events, each once. They are most of the memory of a capture, and stand in one place only.
#[derive(Default)]
struct Log {
    events: Vec<Event>,
    ids: BTreeSet<i64>,
}

impl Log {
    fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut log = Log::default();
        events.into_iter().for_each(|event| log.add(event));
        log
    }

    fn add(&mut self, event: Event) {
        if self.ids.insert(event.id) {
            self.events.push(event);
        }
    }

    fn len(&self) -> usize {
        self.events.len()
    }
}

/// The events, and what keeps them from being all.
fn read_events(session: &Session<'_>, since: Option<Timestamp>, resumed: &mut Resumed<'_>) -> (Log, Missing) {
    // The server takes whole days in its own zone: one day more, and the rest is cut off by the instant.
    let pages = Pages { session, from: since.map(day_before) };
    let known = resumed.kept.log.take().filter(|log| log.from == pages.from && !log.events.is_empty());
    if let Some(known) = known
        && let Some((read, offset)) = pages.join(known, resumed)
    {
        return pages.read_on(read, offset, resumed.partial);
    }
    resumed.kept.forget_flags();
    if let Some(partial) = resumed.partial {
        partial.begin_log(pages.from.as_deref());
    }
    pages.read_on(Log::default(), 0, resumed.partial)
}

/// The log as the server gives it: newest first, page by page.
struct Pages<'a, 'b> {
    session: &'a Session<'b>,
    from: Option<String>,
}

impl Pages<'_, '_> {
    fn page(&self, offset: usize) -> Result<(Vec<Event>, usize), ServerError> {
        let (limit, start) = (EVENTS_A_PAGE.to_string(), offset.to_string());
        let mut query = vec![("limit", limit.as_str()), ("offset", &start)];
        query.extend(self.from.as_deref().map(|from| ("from", from)));
        let page: wire::EventPage = self.session.get(&["search", "events"], &query)?;
        Ok((page.events.into_iter().map(events::event).collect(), page.total))
    }

    /// Reads what is newer than a part that is known, and gives both together with the offset to go on from. `None` if
    /// the log does not hold the known part as it was, so that nothing about it can be trusted.
    fn join(&self, known: KeptLog, resumed: &mut Resumed<'_>) -> Option<(Log, usize)> {
        let mut newer = Log::default();
        let mut offset = 0;
        loop {
            let (page, _) = self.page(offset).ok()?;
            offset += page.len();
            let met = page.iter().position(|event| known.events.contains_key(&event.id));
            let (above, below) = page.split_at(met.unwrap_or(page.len()));
            above.iter().for_each(|event| newer.add(event.clone()));
            if met.is_none() {
                if page.is_empty() {
                    return None;
                }
                continue;
            }
            // Below the first that is known stands what is known, and nothing else, as far as it reaches.
            let reach = below.iter().position(|event| Some(event.id) == known.oldest).map_or(below.len(), |at| at + 1);
            if below[..reach].iter().any(|event| known.events.get(&event.id) != Some(event)) {
                return None;
            }
            break;
        }
        // Between the two ends nothing came and nothing went: the last that is known is where it must be.
        let offset = newer.len() + known.events.len();
        let (last, _) = self.page(offset - 1).ok()?;
        if last.first().map(|event| event.id) != known.oldest {
            return None;
        }
        resumed.kept.forget_changed(&newer.events);
        if let Some(partial) = resumed.partial
            && newer.len() > 0
        {
            partial.keep_newer(&newer.events);
        }
        Some((Log::of(known.events.into_values().chain(newer.events)), offset))
    }

    fn read_on(&self, mut read: Log, mut offset: usize, partial: Option<&Partial>) -> (Log, Missing) {
        let session = self.session;
        let mut total = 0;
        loop {
            let (page, counted) = match self.page(offset) {
                Ok(page) => page,
                Err(error) if read.len() == 0 => return (read, Some((gaps::reason(&error), error.to_string()))),
                Err(error) => {
                    let detail = format!("{} of {} events were read: {error}", read.len(), total.max(read.len()));
                    return (read, Some((GapReason::Truncated, detail)));
                }
            };
            if total == 0 {
                total = counted;
                read.events.reserve_exact(total.min(ROOM).saturating_sub(read.len()));
            }
            offset += page.len();
            let is_last = page.is_empty();
            if let Some(partial) = partial
                && !is_last
            {
                partial.keep_older(&page);
            }
            // An event written meanwhile moves the pages by one: the same id comes twice.
            page.into_iter().for_each(|event| read.add(event));
            session.progress().step("events", read.len(), Some(total));
            if is_last || read.len() >= total || session.is_sample() {
                break;
            }
        }
        // On an error in its database the search answers with an empty list and the right total.
        let detail = || format!("the server counts {total} events and gave {}; try again", read.len());
        let missing = (read.len() < total).then(|| (GapReason::Truncated, detail()));
        (read, missing)
    }
}

fn day_before(since: Timestamp) -> String {
    let day = since.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    format!("IS:{}", day.strftime("%Y-%m-%d"))
}
