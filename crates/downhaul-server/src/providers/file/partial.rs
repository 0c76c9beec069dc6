//! What a capture has read so far, kept until it is through: one piece a line, so that whatever cuts it short costs the
//! last line at most. It is no snapshot, and no command takes it for one.
//!
//! The next capture goes on from it, and trusts nothing that it cannot verify: a flag is as it was read if the event
//! log, read again from its end, names no change since. The provider holds the fresh list of flags against it, too.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use downhaul_core::{Event, EventKind, Flag, FlagKey, Lifecycle, Timestamp};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{mapping, wire};

/// How a partial file begins.
const BEGINS: &[u8] = br#"{"start":{"partial":"#;
/// The format of these lines.
const VERSION: u64 = 1;
/// What is older is not gone on from: not everything that changes on a server is told to every token.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);
/// Events of these kinds name no flag and change none.
const HARMLESS: [&str; 10] = [
    "addon-",
    "api-token-",
    "application-",
    "banner-",
    "context-field-",
    "features-exported",
    "pat-",
    "segment-",
    "setting-",
    "tag-",
];

/// Whose capture it is: another one must not go on from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub(crate) server: String,
    /// A part of a hash, from which no token can be had.
    pub(crate) token: String,
    /// What was asked for: how far back, since which snapshot.
    pub(crate) wish: String,
}

impl Identity {
    pub(crate) fn new(server: String, token: &str, wish: String) -> Self {
        let digest = Sha256::digest(format!("downhaul partial\0{server}\0{token}"));
        let token = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Identity { server, token, wish }
    }

    fn differs_by(&self, other: &Identity) -> Option<&'static str> {
        if self.server != other.server {
            return Some("is of another server");
        }
        if self.token != other.token {
            return Some("was read with another token");
        }
        (self.wish != other.wish).then_some("was read with other settings (`lookback_days`, --since-snapshot)")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Start(Start),
    /// The log is read from its end, as far back as this says. Nothing before this line can be verified by it.
    Log(Option<String>),
    /// A page of the log, older than all pages so far.
    Older(Vec<wire::Event>),
    /// Events that came after all that were read so far.
    Newer(Vec<wire::Event>),
    /// A flag with what only the answer about this flag has.
    Details(Box<wire::Flag>),
    /// All the stages of a flag.
    Stages(Stages),
}

#[derive(Serialize, Deserialize)]
struct Stages {
    flag: wire::Key,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    stages: Vec<wire::StageEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completion: Option<wire::Completion>,
}

#[derive(Serialize, Deserialize)]
struct Start {
    partial: u64,
    tool: String,
    at: Timestamp,
    #[serde(flatten)]
    of: Identity,
}

/// What an earlier capture had read.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) log: Option<KeptLog>,
    details: BTreeMap<FlagKey, Flag>,
    /// With the moment when the flag was made: another one could have its name.
    stages: BTreeMap<FlagKey, (Option<Timestamp>, Lifecycle)>,
}

/// The newer part of a log, without holes, or all of it.
#[derive(Debug, Default)]
pub(crate) struct KeptLog {
    /// Since when it was asked for.
    pub(crate) from: Option<String>,
    pub(crate) events: BTreeMap<i64, Event>,
    /// The last one in the server's order.
    pub(crate) oldest: Option<i64>,
}

impl Kept {
    /// Forgets the flags that `newer` events may have changed.
    pub(crate) fn forget_changed<'a>(&mut self, newer: impl IntoIterator<Item = &'a Event>) {
        let mut changed = BTreeSet::new();
        for event in newer {
            match (&event.flag, &event.kind) {
                // The log names the child; whose children change as well, only its payload knew.
                (_, EventKind::DependencyAdded | EventKind::DependencyRemoved) => return self.forget_flags(),
                (Some(flag), _) => drop(changed.insert(flag.clone())),
                (None, EventKind::SegmentUpdated(_)) => {}
                (None, EventKind::Other(name)) if HARMLESS.iter().any(|harmless| name.starts_with(harmless)) => {}
                (None, _) => return self.forget_flags(),
            }
        }
        let is_concerned = |flag: &Flag| {
            changed.contains(&flag.key)
                || flag.parents.iter().any(|parent| changed.contains(&parent.parent))
                || flag.children.iter().any(|child| changed.contains(child))
        };
        self.details.retain(|_, flag| !is_concerned(flag));
        self.stages.retain(|key, _| !changed.contains(key));
    }

    /// Forgets all flags: nothing vouches for them.
    pub(crate) fn forget_flags(&mut self) {
        self.details.clear();
        self.stages.clear();
    }

    /// The flag as it was when its own answer was read.
    pub(crate) fn details(&self, key: &FlagKey) -> Option<&Flag> {
        self.details.get(key)
    }

    /// The stages of a flag that was made then.
    pub(crate) fn stages(&self, key: &FlagKey, created_at: Option<Timestamp>) -> Option<&Lifecycle> {
        self.stages.get(key).filter(|(then, _)| *then == created_at).map(|(_, lifecycle)| lifecycle)
    }

    fn add(&mut self, line: Line) {
        match line {
            Line::Start(_) => {}
            Line::Log(from) => *self = Kept { log: Some(KeptLog { from, ..KeptLog::default() }), ..Kept::default() },
            Line::Older(events) => {
                if let Some(log) = &mut self.log {
                    log.oldest = events.last().map(|event| event.id).or(log.oldest);
                    log.events.extend(events.into_iter().map(|event| (event.id, event.into())));
                }
            }
            Line::Newer(events) => {
                let events: Vec<Event> = events.into_iter().map(Into::into).collect();
                self.forget_changed(&events);
                if let Some(log) = &mut self.log {
                    log.events.extend(events.into_iter().map(|event| (event.id, event)));
                }
            }
            Line::Details(flag) => {
                let flag = Flag::from(*flag);
                self.details.insert(flag.key.clone(), flag);
            }
            Line::Stages(Stages { flag, created_at, stages, completion }) => {
                let stages = stages.into_iter().map(Into::into).collect();
                let lifecycle = Lifecycle { stages, completion: completion.map(Into::into) };
                self.stages.insert(flag.into(), (created_at, lifecycle));
            }
        }
    }
}

/// What is left of an earlier capture.
#[derive(Debug)]
pub struct Left {
    kept: Kept,
    /// How many bytes of the file are good; what stands behind must be cut off.
    pub length: usize,
    /// Why something is not used.
    pub warnings: Vec<String>,
    /// What there is to go on from.
    pub remark: Option<String>,
}

impl Left {
    /// Nothing is left.
    pub fn nothing() -> Self {
        Left { kept: Kept::default(), length: 0, warnings: Vec::new(), remark: None }
    }

    /// Reads the file that an earlier capture left, if it is one of `identity`; `name` is what messages call it.
    pub fn read(bytes: &[u8], name: &str, identity: &Identity, tool_version: &str, now: Timestamp) -> Self {
        let mut left = Left::nothing();
        if bytes.is_empty() {
            return left;
        }
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let Ok(line) = serde_json::from_slice::<Line>(&rest[..end]) else { break };
            if left.length == 0
                && let Err(why) = check_start(&line, identity, tool_version, now)
            {
                left.warnings.push(format!("{name} {why}: it is not used, the capture begins anew"));
                return left;
            }
            left.kept.add(line);
            left.length += end + 1;
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            let what = if left.length == 0 { "is no file of a capture that was cut short" } else { "is damaged" };
            let lost = rest.len();
            left.warnings.push(format!("{name} {what}: its last {lost} bytes are not used"));
        }
        if left.length > 0 {
            let (events, flags) = (left.kept.log.as_ref().map_or(0, |log| log.events.len()), left.kept.details.len());
            let seen = format!("going on from {name}: {events} events and {flags} flags are there, and are verified");
            left.remark = Some(seen);
        }
        left
    }
}

fn check_start(line: &Line, identity: &Identity, tool_version: &str, now: Timestamp) -> Result<(), String> {
    let Line::Start(start) = line else { return Err("does not begin as it should".to_owned()) };
    if start.partial != VERSION || start.tool != tool_version {
        return Err(format!("was written by downhaul {}", start.tool));
    }
    if let Some(why) = start.of.differs_by(identity) {
        return Err(why.to_owned());
    }
    let age = now.duration_since(start.at);
    if age > MAX_AGE || age < SignedDuration::ZERO {
        return Err(format!("is of {}, more than a day away", start.at));
    }
    Ok(())
}

/// Whether these are the bytes of such a file.
pub(super) fn is_partial(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINS)
}

/// What one capture goes on from, and where it keeps what it reads.
pub struct Partial {
    kept: Mutex<Kept>,
    out: Mutex<Out>,
    was_cut_short: AtomicBool,
}

struct Out {
    file: Option<Box<dyn Write + Send>>,
    /// What comes first, with the first piece: a run that reads nothing leaves everything as it is.
    start: Option<Line>,
    trouble: Option<String>,
}

impl Partial {
    /// Goes on from what is left; what is written to `file` is to stand behind that.
    pub fn new(
        left: Left,
        file: Box<dyn Write + Send>,
        identity: Identity,
        tool_version: &str,
        now: Timestamp,
    ) -> Self {
        let start = Start { partial: VERSION, tool: tool_version.to_owned(), at: now, of: identity };
        let start = (left.length == 0).then_some(Line::Start(start));
        Partial {
            kept: Mutex::new(left.kept),
            out: Mutex::new(Out { file: Some(file), start, trouble: None }),
            was_cut_short: AtomicBool::new(true),
        }
    }

    /// Whether something is missing that the server would give another time. Until the capture is over, it is.
    pub fn was_cut_short(&self) -> bool {
        self.was_cut_short.load(Ordering::Relaxed)
    }

    /// Why pieces could not be kept.
    pub fn trouble(&self) -> Option<String> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).trouble.clone()
    }

    pub(crate) fn end(&self, was_cut_short: bool) {
        self.was_cut_short.store(was_cut_short, Ordering::Relaxed);
    }

    /// What is there, once.
    pub(crate) fn take(&self) -> Kept {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn begin_log(&self, from: Option<&str>) {
        self.write(&Line::Log(from.map(str::to_owned)));
    }

    pub(crate) fn keep_older<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        self.write(&Line::Older(events.into_iter().map(mapping::event).collect()));
    }

    pub(crate) fn keep_newer<'a>(&self, events: impl IntoIterator<Item = &'a Event>) {
        self.write(&Line::Newer(events.into_iter().map(mapping::event).collect()));
    }

    pub(crate) fn keep_details(&self, flag: &Flag) {
        self.write(&Line::Details(Box::new(flag.clone().into())));
    }

    pub(crate) fn keep_stages(&self, flag: &Flag, lifecycle: &Lifecycle) {
        let Lifecycle { stages, completion } = lifecycle.clone();
        self.write(&Line::Stages(Stages {
            flag: flag.key.clone().into(),
            created_at: flag.created_at,
            stages: stages.into_iter().map(Into::into).collect(),
            completion: completion.map(Into::into),
        }));
    }

    /// Writes a line whole. A disk that is full must not end a capture that would come through.
    fn write(&self, line: &Line) {
        let text = |line: &Line| {
            let mut bytes = serde_json::to_vec(line).expect("a piece has text keys, and memory takes everything");
            bytes.push(b'\n');
            bytes
        };
        let bytes = text(line);
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let start = out.start.take().map(|start| text(&start)).unwrap_or_default();
        let Some(file) = &mut out.file else { return };
        if let Err(error) = file.write_all(&[start, bytes].concat()) {
            out.trouble = Some(error.to_string());
            out.file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use downhaul_core::{Actor, ActorKind, Dependency, Event, EventKind, Flag, FlagKey, Lifecycle, Timestamp};

    use super::{BEGINS, Identity, Kept, Left, Line, Start, VERSION};

    const NOW: &str = "2026-11-22T18:00:00Z";

    fn identity() -> Identity {
        Identity::new("https://flags.example.com".to_owned(), "user:secret", "all".to_owned())
    }

    fn key(name: &str) -> FlagKey {
        FlagKey::new(name).expect("a key")
    }

    fn flag(name: &str) -> Flag {
        let text = format!(r#"{{"key":"{name}","project":"p","type":"release"}}"#);
        serde_json::from_str::<super::wire::Flag>(&text).expect("a flag").into()
    }

    fn event(id: i64, name: Option<&str>, kind: EventKind) -> Event {
        Event {
            id,
            at: NOW.parse().expect("a time"),
            actor: Actor { name: "a".to_owned(), id: None, kind: ActorKind::Unknown },
            kind,
            flag: name.map(key),
            project: None,
            environment: None,
            group: None,
        }
    }

    fn line(line: &Line) -> String {
        serde_json::to_string(line).expect("JSON") + "\n"
    }

    fn start(of: Identity, tool: &str, at: &str) -> String {
        line(&Line::Start(Start { partial: VERSION, tool: tool.to_owned(), at: at.parse().expect("a time"), of }))
    }

    fn read(text: &str) -> Left {
        Left::read(text.as_bytes(), "a.partial", &identity(), "1.0.0", NOW.parse::<Timestamp>().expect("a time"))
    }

    #[test]
    fn another_capture_is_not_gone_on_from() {
        let other = |server: &str, token: &str, wish: &str| Identity::new(server.to_owned(), token, wish.to_owned());
        let (url, at) = ("https://flags.example.com", "2026-11-22T17:00:00Z");
        let cases = [
            (start(identity(), "0.9.0", at), "was written by downhaul 0.9.0"),
            (start(other("https://b", "user:secret", "all"), "1.0.0", at), "is of another server"),
            (start(other(url, "user:other", "all"), "1.0.0", at), "was read with another token"),
            (start(other(url, "user:secret", "30 days"), "1.0.0", at), "was read with other settings"),
            (start(identity(), "1.0.0", "2026-11-21T17:00:00Z"), "is of 2026-11-21T17:00:00Z, more than a day away"),
            (start(identity(), "1.0.0", "2026-11-22T19:00:00Z"), "is of 2026-11-22T19:00:00Z, more than a day away"),
            (line(&Line::Log(None)), "does not begin as it should"),
            ("{\"version\":1}\n".to_owned(), "is no file of a capture that was cut short"),
            ("half".to_owned(), "is no file of a capture that was cut short"),
        ];
        for (text, why) in cases {
            let left = read(&(text + &line(&Line::Details(Box::new(flag("f").into())))));
            assert_eq!(left.length, 0, "{why}");
            assert!(left.warnings.len() == 1 && left.warnings[0].contains(why), "{:?} is not {why}", left.warnings);
            assert!(left.kept.details(&key("f")).is_none());
        }
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out_and_told() {
        let good = start(identity(), "1.0.0", "2026-11-22T17:00:00Z")
            + &line(&Line::Log(None))
            + &line(&Line::Details(Box::new(flag("f").into())));
        assert!(good.as_bytes().starts_with(BEGINS), "{good}");
        let next = line(&Line::Details(Box::new(flag("g").into())));
        for end in 1..next.len() {
            let left = read(&format!("{good}{}", &next[..end]));
            assert_eq!(left.length, good.len());
            assert!(left.warnings[0].contains(&format!("its last {end} bytes are not used")), "{:?}", left.warnings);
            assert!(left.kept.details(&key("f")).is_some() && left.kept.details(&key("g")).is_none());
        }
        assert!(read(&(good + &next)).kept.details(&key("g")).is_some());
        assert!(!format!("{:?}", identity()).contains("secret"));
    }

    #[test]
    fn only_what_no_event_names_is_still_as_it_was() {
        let after = |newer: &[Event]| -> Vec<&str> {
            let mut kept = Kept::default();
            for name in ["child", "other", "parent"] {
                let mut flag = flag(name);
                match name {
                    "child" => {
                        flag.parents =
                            vec![Dependency { parent: key("parent"), required_on: true, variants: Vec::new() }]
                    }
                    "parent" => flag.children = vec![key("child")],
                    _ => {}
                }
                kept.details.insert(key(name), flag.clone());
                kept.stages.insert(key(name), (None, Lifecycle::default()));
            }
            kept.forget_changed(newer);
            ["child", "other", "parent"].into_iter().filter(|name| kept.details(&key(name)).is_some()).collect()
        };
        let other = |name: &str| EventKind::Other(name.to_owned());
        assert_eq!(after(&[]), ["child", "other", "parent"]);
        assert_eq!(after(&[event(1, Some("other"), EventKind::Enabled)]), ["child", "parent"]);
        assert_eq!(after(&[event(1, Some("child"), EventKind::FlagArchived)]), ["other"]);
        assert_eq!(after(&[event(1, None, other("api-token-created"))]), ["child", "other", "parent"]);
        assert_eq!(after(&[event(1, None, other("project-environment-removed"))]), [] as [&str; 0]);
        assert_eq!(after(&[event(1, Some("x"), EventKind::DependencyAdded)]), [] as [&str; 0]);
    }

    #[test]
    fn what_changed_between_two_cuts_is_not_vouched_for_by_the_second() {
        let text = start(identity(), "1.0.0", "2026-11-22T17:00:00Z")
            + &line(&Line::Log(None))
            + &line(&Line::Older(vec![event(1, None, EventKind::Enabled).into()]))
            + &line(&Line::Details(Box::new(flag("f").into())))
            + &line(&Line::Details(Box::new(flag("g").into())))
            + &line(&Line::Newer(vec![event(2, Some("f"), EventKind::Enabled).into()]))
            + "{\"stages\":{\"flag\":\"f\",\"stages\":[]}}\n";
        let left = read(&text);
        assert!(left.kept.details(&key("f")).is_none(), "it was not read again before the second cut");
        assert!(left.kept.details(&key("g")).is_some() && left.kept.stages(&key("f"), None).is_some());
        assert_eq!(left.kept.log.as_ref().map(|log| (log.events.len(), log.oldest)), Some((2, Some(1))));
        let again = read(&(text + &line(&Line::Log(None))));
        assert!(again.kept.details(&key("g")).is_none(), "another log vouches for nothing before it");
    }
}
