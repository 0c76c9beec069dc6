//! A flag-definition file of flagd, the reference server of OpenFeature.
//!
//! It knows flags, their variants and who gets which; everything else is a gap. A flag of it has no type: unless its
//! metadata names one (`type`), it counts as a release flag, as a flag of Unleash without type does.

mod wire;

use std::collections::BTreeMap;

use downhaul_core::{
    Environment, EnvironmentKind, Flag, FlagEnvironment, FlagKey, FlagType, Lifecycle, Project, ServerInfo, Snapshot,
    Source, Strategy, StrategyKind, Timestamp, Variant,
};
use serde_json::Value;

use crate::{FlagServer, Progress, ServerError};
use wire::State;

const WHAT: &str = "flag-definition file of flagd";
/// What it has. There are no segments, and so none is missing.
const HAS: [Source; 4] = [Source::Flags, Source::Details, Source::Segments, Source::Projects];

/// A flag-definition file that was read into memory.
#[derive(Debug, Clone)]
pub struct FlagdFile {
    name: String,
    bytes: Vec<u8>,
    environment: String,
    captured_at: Timestamp,
}

impl FlagdFile {
    /// `name` is what messages call the file, `environment` the one it is used in; one named `production` is taken
    /// for production. `captured_at` is when the file was made: it holds no time.
    pub fn new(
        name: impl Into<String>,
        bytes: Vec<u8>,
        environment: impl Into<String>,
        captured_at: Timestamp,
    ) -> Self {
        FlagdFile { name: name.into(), bytes, environment: environment.into(), captured_at }
    }
}

impl FlagServer for FlagdFile {
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let document: wire::Document = super::parse_file(&self.bytes, &self.name, WHAT)?;
        let mut flags = BTreeMap::new();
        for (name, read) in document.flags {
            let flag = flag(&name, read, &self.environment)
                .map_err(|why| ServerError::Setting(format!("{} is no {WHAT}: `{name}`: {why}", self.name)))?;
            flags.insert(flag.key.clone(), flag);
        }
        progress.step("flags", flags.len(), Some(flags.len()));
        let kind = match self.environment.as_str() {
            "production" => EnvironmentKind::Production,
            _ => EnvironmentKind::Other("unknown".to_owned()),
        };
        Ok(Snapshot {
            captured_at: self.captured_at,
            server: ServerInfo { kind: "flagd".to_owned(), ..ServerInfo::default() },
            projects: vec![Project { id: PROJECT.to_owned(), name: PROJECT.to_owned(), ..Project::default() }],
            environments: vec![Environment { name: self.environment.clone(), kind, enabled: true }],
            flag_types: Vec::new(),
            segments: BTreeMap::new(),
            flags,
            events: Vec::new(),
            events_since: None,
            unknown_names: Vec::new(),
            applications: Vec::new(),
            integrations: Vec::new(),
            access: Default::default(),
            approvals: Default::default(),
            release_templates: Vec::new(),
            provenance: Default::default(),
            gaps: super::absent_but(&HAS, WHAT),
        })
    }
}

/// flagd has no projects.
const PROJECT: &str = "default";

fn flag(name: &str, read: wire::Flag, environment: &str) -> Result<Flag, String> {
    let key = FlagKey::new(name).map_err(|error| error.to_string())?;
    if let Some(default) = read.default_variant.as_ref().filter(|default| !read.variants.contains_key(*default)) {
        return Err(format!("its default variant `{default}` is none of its variants"));
    }
    let text = |name: &str| read.metadata.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Flag {
        key,
        project: PROJECT.to_owned(),
        flag_type: FlagType::from_name(text("type").as_deref().unwrap_or("release")),
        description: text("description"),
        created_at: None,
        created_by: None,
        archived_at: None,
        stale: false,
        impression_data: false,
        tags: Vec::new(),
        links: Vec::new(),
        collaborators: Vec::new(),
        impact_metrics: Vec::new(),
        parents: Vec::new(),
        children: Vec::new(),
        lifecycle: Lifecycle::default(),
        environments: BTreeMap::from([(environment.to_owned(), state(name, &read))]),
    })
}

fn state(name: &str, read: &wire::Flag) -> FlagEnvironment {
    let with = |kind, variants| {
        let strategy = Strategy {
            id: String::new(),
            title: None,
            kind,
            constraints: Vec::new(),
            segments: Vec::new(),
            variants,
            disabled: false,
        };
        FlagEnvironment { enabled: true, strategies: Some(vec![strategy]), ..FlagEnvironment::default() }
    };
    let unreadable = |why: &str| with(StrategyKind::Unreadable(why.to_owned()), Vec::new());
    let everyone = || StrategyKind::Rollout { percent: 100, stickiness: "default".to_owned(), group: name.to_owned() };
    // What is off here is not off for the program: it uses the value in its code.
    if read.state == State::Disabled {
        return unreadable("flagd does not evaluate it, so SDKs give the value in the code");
    }
    let Some(default) = &read.default_variant else {
        return unreadable("it has no default variant, so SDKs give the value in the code");
    };
    let is_plain = read.targeting.is_null() || read.targeting.as_object().is_some_and(serde_json::Map::is_empty);
    let is_switch = read.variants.values().all(Value::is_boolean);
    match (is_plain, is_switch) {
        (true, true) if read.variants[default] == Value::Bool(true) => with(everyone(), Vec::new()),
        (true, true) => FlagEnvironment { strategies: Some(Vec::new()), ..FlagEnvironment::default() },
        (true, false) => with(everyone(), variants(read, default)),
        (false, true) => match share(&read.targeting, read) {
            Some((percent, stickiness)) => {
                with(StrategyKind::Rollout { percent, stickiness, group: name.to_owned() }, Vec::new())
            }
            None => unreadable("it has targeting rules, of which downhaul understands a plain `fractional` only"),
        },
        (false, false) => unreadable("it has targeting rules that choose between variants"),
    }
}

/// Only the default is served.
fn variants(read: &wire::Flag, default: &str) -> Vec<Variant> {
    let kind = |value: &Value| match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        _ => "json",
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let variant = |(name, value): (&String, &Value)| Variant {
        name: name.clone(),
        weight: if name == default { 1000 } else { 0 },
        payload: Some((text(value), kind(value).to_owned())),
    };
    read.variants.iter().map(variant).collect()
}

/// The share of a plain `{"fractional": [["on", 25], ["off", 75]]}` that gets `true`, if it is whole percents, and
/// what decides. A first element that is no list names the field.
fn share(targeting: &Value, read: &wire::Flag) -> Option<(u8, String)> {
    let rules = targeting.as_object().filter(|rules| rules.len() == 1)?.get("fractional")?.as_array()?;
    let (stickiness, buckets) = match rules.split_first()? {
        (field, rest) if !field.is_array() => {
            let name = field.as_object().filter(|field| field.len() == 1)?.get("var")?.as_str()?;
            (name.to_owned(), rest)
        }
        _ => ("default".to_owned(), rules.as_slice()),
    };
    let (mut on, mut all) = (0_u64, 0_u64);
    for bucket in buckets {
        let bucket = bucket.as_array()?;
        let is_on = read.variants.get(bucket.first()?.as_str()?)?.as_bool()?;
        let weight = bucket.get(1).map_or(Some(1), Value::as_u64).filter(|weight| *weight <= 1 << 31)?;
        all += weight;
        on += if is_on { weight } else { 0 };
    }
    let whole = all > 0 && on * 100 % all == 0;
    whole.then(|| u8::try_from(on * 100 / all).ok().map(|percent| (percent, stickiness)))?
}
