//! A JSON file that Unleash makes: what SDKs get (`/api/client/features`, also used for bootstrapping), or an export.
//!
//! Either tells of one environment, without history, stages or usage: those are gaps. Neither says what kind of
//! environment it is, so only one named `production` is taken for production.

mod wire;

use std::collections::BTreeMap;

use downhaul_core::{
    Dependency, Environment, EnvironmentKind, Flag, FlagEnvironment, FlagKey, FlagType, Gap, GapReason, Lifecycle,
    Project, Segment, SegmentId, ServerInfo, Snapshot, Source, Strategy, Tag, Timestamp,
};

use super::unleash::{constraint_of_json, strategy_of_json, variant_of_json};
use crate::{FlagServer, Progress, ServerError};

const WHAT: &str = "bootstrap or export file";

/// What both files have.
const HAS: [Source; 4] = [Source::Flags, Source::Details, Source::Segments, Source::Projects];

/// A bootstrap or export file that was read into memory.
#[derive(Debug, Clone)]
pub struct BootstrapFile {
    name: String,
    bytes: Vec<u8>,
    environment: Option<String>,
    captured_at: Timestamp,
}

impl BootstrapFile {
    /// `name` is what messages call the file. `environment` is the one it tells of; `None` when the file says so
    /// itself. `captured_at` is when the file was made: it holds no time.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>, environment: Option<String>, captured_at: Timestamp) -> Self {
        BootstrapFile { name: name.into(), bytes, environment, captured_at }
    }

    fn environment(&self, document: &wire::Document) -> Result<String, ServerError> {
        let of_export = document.feature_environments.iter().flatten().next().map(|state| &state.environment);
        let of_query = document.query.as_ref().and_then(|query| query.environment.as_ref());
        let said = self.environment.as_ref().or(of_query).or(of_export).cloned();
        said.ok_or_else(|| {
            let why = format!("{} does not say which environment it tells of; name the environment", self.name);
            ServerError::Setting(why)
        })
    }

    fn invalid(&self, detail: impl std::fmt::Display) -> ServerError {
        ServerError::Setting(format!("{} is no {WHAT}: {detail}", self.name))
    }
}

impl FlagServer for BootstrapFile {
    fn capture(&self, progress: &dyn Progress) -> Result<Snapshot, ServerError> {
        let document: wire::Document = super::parse_file(&self.bytes, &self.name, WHAT)?;
        let environment = self.environment(&document)?;
        let mut gaps = super::absent_but(&HAS, WHAT);
        let segments = self.segments(&document, &mut gaps)?;
        let flags = self.flags(document, &environment)?;
        note_unknown_segments(&flags, &segments, &mut gaps);
        gaps.sort_by(|a, b| (a.source, &a.flag).cmp(&(b.source, &b.flag)));
        progress.step("flags", flags.len(), Some(flags.len()));
        let mut projects: Vec<String> = flags.values().map(|flag| flag.project.clone()).collect();
        projects.sort();
        projects.dedup();
        let kind = match environment.as_str() {
            "production" => EnvironmentKind::Production,
            _ => EnvironmentKind::Other("unknown".to_owned()),
        };
        Ok(Snapshot {
            captured_at: self.captured_at,
            server: ServerInfo { kind: "bootstrap".to_owned(), ..ServerInfo::default() },
            projects: projects.into_iter().map(|id| Project { name: id.clone(), id, ..Project::default() }).collect(),
            environments: vec![Environment { name: environment, kind, enabled: true }],
            flag_types: Vec::new(),
            segments,
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
            gaps,
        })
    }
}

impl BootstrapFile {
    /// Segments with their constraints. One that is only named says nothing about who is in.
    fn segments(
        &self,
        document: &wire::Document,
        gaps: &mut Vec<Gap>,
    ) -> Result<BTreeMap<SegmentId, Segment>, ServerError> {
        let mut all = BTreeMap::new();
        for read in &document.segments {
            let Some(constraints) = &read.constraints else { continue };
            let constraints = constraints.iter().cloned().map(constraint_of_json).collect::<Result<Vec<_>, _>>();
            let constraints = constraints.map_err(|error| self.invalid(format!("segment {}: {error}", read.id)))?;
            let id = SegmentId(read.id.to_string());
            let name = read.name.clone().unwrap_or_else(|| id.0.clone());
            all.insert(id.clone(), Segment { id, name, constraints, ..Segment::default() });
        }
        if all.len() < document.segments.len() {
            let detail = "the file names segments without their constraints; ask the server itself".to_owned();
            gaps.push(Gap { source: Source::Segments, flag: None, reason: GapReason::Absent, detail });
        }
        Ok(all)
    }

    fn flags(&self, document: wire::Document, environment: &str) -> Result<BTreeMap<FlagKey, Flag>, ServerError> {
        let is_export = document.feature_environments.is_some();
        let mut all = BTreeMap::new();
        for feature in document.features {
            let key = FlagKey::new(&feature.name).map_err(|error| self.invalid(error))?;
            let enabled = feature.enabled;
            let strategies: Vec<Strategy> =
                feature.strategies.iter().map(|data| strategy_of_json(data, &feature.name)).collect();
            let variants = self.variants(feature.variants.clone())?;
            let mut flag = self.flag(key.clone(), feature)?;
            if !is_export {
                let state = FlagEnvironment { enabled, strategies: Some(strategies), variants, ..Default::default() };
                flag.environments.insert(environment.to_owned(), state);
            }
            if all.insert(key, flag).is_some() {
                return Err(self.invalid("a flag stands there twice"));
            }
        }
        for state in document.feature_environments.into_iter().flatten() {
            let variants = self.variants(state.variants)?;
            let Some(flag) = all.get_mut(state.feature_name.as_str()) else { continue };
            let read = FlagEnvironment {
                enabled: state.enabled,
                strategies: Some(Vec::new()),
                variants,
                ..Default::default()
            };
            flag.environments.insert(state.environment, read);
        }
        for data in &document.feature_strategies {
            let name = data.get("featureName").and_then(serde_json::Value::as_str).unwrap_or_default();
            let Some(flag) = all.get_mut(name) else { continue };
            // An export is of one environment.
            for state in flag.environments.values_mut() {
                state.strategies.get_or_insert_default().push(strategy_of_json(data, name));
            }
        }
        for tag in document.feature_tags {
            if let Some(flag) = all.get_mut(tag.feature_name.as_str()) {
                flag.tags.push(Tag { kind: tag.tag_type, value: tag.tag_value });
            }
        }
        for of_flag in document.dependencies {
            let parents = self.parents(of_flag.dependencies)?;
            if let Some(flag) = all.get_mut(of_flag.feature.as_str()) {
                flag.parents = parents;
            }
        }
        add_children(&mut all);
        Ok(all)
    }

    fn flag(&self, key: FlagKey, feature: wire::Feature) -> Result<Flag, ServerError> {
        Ok(Flag {
            key,
            project: feature.project.unwrap_or_else(|| "default".to_owned()),
            flag_type: FlagType::from_name(feature.kind.as_deref().unwrap_or("release")),
            description: feature.description.filter(|text| !text.is_empty()),
            created_at: None,
            created_by: None,
            archived_at: None,
            stale: feature.stale,
            impression_data: feature.impression_data,
            tags: Vec::new(),
            links: Vec::new(),
            collaborators: Vec::new(),
            impact_metrics: Vec::new(),
            parents: self.parents(feature.dependencies)?,
            children: Vec::new(),
            lifecycle: Lifecycle::default(),
            environments: BTreeMap::new(),
        })
    }

    fn variants(&self, list: Vec<serde_json::Value>) -> Result<Vec<downhaul_core::Variant>, ServerError> {
        list.into_iter().map(|data| variant_of_json(data).map_err(|error| self.invalid(error))).collect()
    }

    fn parents(&self, list: Vec<wire::Dependency>) -> Result<Vec<Dependency>, ServerError> {
        let parent = |read: wire::Dependency| {
            let parent = FlagKey::new(&read.feature).map_err(|error| self.invalid(error))?;
            Ok(Dependency { parent, required_on: read.enabled.unwrap_or(true), variants: read.variants })
        };
        list.into_iter().map(parent).collect()
    }
}

fn add_children(flags: &mut BTreeMap<FlagKey, Flag>) {
    let of_flag = |flag: &Flag| -> Vec<(FlagKey, FlagKey)> {
        flag.parents.iter().map(|dependency| (dependency.parent.clone(), flag.key.clone())).collect()
    };
    let pairs: Vec<(FlagKey, FlagKey)> = flags.values().flat_map(of_flag).collect();
    for (parent, child) in pairs {
        if let Some(parent) = flags.get_mut(&parent) {
            parent.children.push(child);
        }
    }
}

/// A strategy that needs a segment which the file does not have cannot be judged.
fn note_unknown_segments(
    flags: &BTreeMap<FlagKey, Flag>,
    segments: &BTreeMap<SegmentId, Segment>,
    gaps: &mut Vec<Gap>,
) {
    if gaps.iter().any(|gap| gap.source == Source::Segments) {
        return;
    }
    let strategies = flags.values().flat_map(|flag| flag.environments.values()).flat_map(|state| &state.strategies);
    let mut used = strategies.flatten().flat_map(|strategy| &strategy.segments);
    if let Some(id) = used.find(|id| !segments.contains_key(*id)) {
        let detail = format!("the segment {} is used and not in the file; ask the server itself", id.0);
        gaps.push(Gap { source: Source::Segments, flag: None, reason: GapReason::Absent, detail });
    }
}
