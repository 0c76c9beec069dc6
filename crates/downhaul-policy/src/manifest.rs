//! Reads `flags.toml`: text in, what each flag is meant to be out.

mod openfeature;

use std::collections::BTreeMap;

use downhaul_core::finding::Keep;
use downhaul_core::{
    Declaration, DeclaredState, DefaultByPath, DefaultValue, FlagKey, Intent, Manifest, ReleaseReview, RemovalPlan,
    Stated, SuccessCriterion,
};
use toml::de::DeValue;

use crate::globs::PathGlobs;
use crate::located::{Document, Field, Fields, FileError};
use crate::policy::flag_type;

pub use openfeature::read_openfeature;

type Result<T> = std::result::Result<T, FileError>;

/// Keys of the file.
const TOP: &[&str] = &["version", "flags"];

/// Keys of a flag.
pub const FLAG: &[&str] = &[
    "default",
    "default_by_path",
    "description",
    "env",
    "expires",
    "guardrails",
    "not_before",
    "owner",
    "removal",
    "review",
    "safe_value",
    "state",
    "success",
    "type",
];

/// Reads one manifest file. `path` is relative to the root, as findings will show it.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read_manifest(path: &str, text: &str) -> Result<Manifest> {
    let document = Document::new(path, text.trim_start_matches('\u{feff}'));
    let table = document.parse()?;
    let top = Fields::top(&document, table.get_ref(), TOP)?;
    if let Some(version) = top.get("version") {
        version.number(1, 1).map_err(|_| version.error("this downhaul knows version 1"))?;
    }
    let mut manifest = Manifest { files: vec![path.to_owned()], flags: BTreeMap::new() };
    let Some(flags) = top.get("flags") else { return Ok(manifest) };
    for (name, field) in flags.open_table()?.all() {
        let key = FlagKey::new(name).map_err(|error| field.error(error))?;
        manifest.flags.insert(key.clone(), declaration(key, &field)?);
    }
    Ok(manifest)
}

/// Puts several files together.
///
/// # Errors
/// A flag that two files declare, at its second place.
pub fn join_manifests(manifests: impl IntoIterator<Item = Manifest>) -> Result<Manifest> {
    let mut joined = Manifest::default();
    for manifest in manifests {
        joined.files.extend(manifest.files);
        for (key, declaration) in manifest.flags {
            if let Some(first) = joined.flags.get(&key) {
                let at = &first.location;
                let problem = format!("flags.{key}: declared already in {}:{}", at.path, at.start.line);
                let second = &declaration.location;
                return Err(FileError { path: second.path.to_string(), line: second.start.line, problem });
            }
            joined.flags.insert(key, declaration);
        }
    }
    Ok(joined)
}

fn declaration(key: FlagKey, field: &Field<'_, '_>) -> Result<Declaration> {
    let fields = field.table(FLAG)?;
    let states = DeclaredState::ALL.map(|state| (state.as_str(), state));
    Ok(Declaration {
        description: fields.read("description", Field::text)?,
        flag_type: fields.read("type", |field| flag_type(&field.text()?).map_err(|why| field.error(why)))?,
        owner: fields.read("owner", Field::text)?,
        state: fields.read("state", |field| field.word(&states))?,
        default: fields.read("default", default)?,
        default_by_path: fields.value("default_by_path", by_path)?.unwrap_or_default(),
        safe_value: fields.read("safe_value", Field::flag)?,
        expires: fields.read("expires", Field::date)?,
        not_before: fields.read("not_before", Field::date)?,
        success: fields.value("success", |field| each(field, criterion))?.unwrap_or_default(),
        guardrails: fields.value("guardrails", |field| each(field, Field::text))?.unwrap_or_default(),
        removal: fields.read("removal", removal)?,
        environments: fields.value("env", environments)?.unwrap_or_default(),
        review: fields.read("review", review)?,
        ..Declaration::new(key, field.location())
    })
}

/// Every element of a list with its place.
fn each<'d, 't, T>(field: &Field<'d, 't>, read: impl Fn(&Field<'d, 't>) -> Result<T>) -> Result<Vec<Stated<T>>> {
    let elements = field.list()?;
    elements.iter().map(|element| Ok(Stated { value: read(element)?, location: element.location() })).collect()
}

fn default(field: &Field<'_, '_>) -> Result<DefaultValue> {
    Ok(match field.raw() {
        DeValue::Boolean(value) => DefaultValue::Bool(*value),
        DeValue::String(text) => DefaultValue::Text(text.to_string()),
        DeValue::Integer(_) | DeValue::Float(_) => DefaultValue::Number(field.written()),
        _ => DefaultValue::Structure(field.written()),
    })
}

fn by_path(field: &Field<'_, '_>) -> Result<Vec<DefaultByPath>> {
    let entries = field.open_table()?.all().into_iter();
    entries
        .map(|(glob, field)| {
            PathGlobs::try_from(vec![glob.to_owned()]).map_err(|why| field.error(why))?;
            let value = Stated { value: default(&field)?, location: field.location() };
            Ok(DefaultByPath { glob: glob.to_owned(), value })
        })
        .collect()
}

fn criterion(field: &Field<'_, '_>) -> Result<SuccessCriterion> {
    let fields = field.table(&["metric", "goal", "window"])?;
    let required = |name: &str| {
        fields.value(name, Field::text)?.ok_or_else(|| field.error(format!("a criterion needs a `{name}`")))
    };
    Ok(SuccessCriterion {
        metric: required("metric")?,
        goal: required("goal")?,
        window: fields.value("window", Field::text)?,
    })
}

fn removal(field: &Field<'_, '_>) -> Result<RemovalPlan> {
    let fields = field.table(&["issue", "keep"])?;
    let keep = fields.value("keep", Field::text)?.map(|side| match side.as_str() {
        "on" => Keep::On,
        "off" => Keep::Off,
        _ => Keep::Variant(side),
    });
    let issue = fields.value("issue", Field::text)?;
    if keep.is_none() && issue.is_none() {
        return Err(field.error("a removal plan names an `issue`, the side to `keep`, or both"));
    }
    Ok(RemovalPlan { issue, keep })
}

fn environments(field: &Field<'_, '_>) -> Result<BTreeMap<String, Stated<Intent>>> {
    let entries = field.open_table()?.all().into_iter();
    entries
        .map(|(name, field)| Ok((name.to_owned(), Stated { value: intent(&field)?, location: field.location() })))
        .collect()
}

fn intent(field: &Field<'_, '_>) -> Result<Intent> {
    let fields = field.table(&["enabled", "rollout", "segments", "variants"])?;
    let rollout = fields.get("rollout");
    let (rollout_min, rollout_max) = rollout.as_ref().map_or(Ok((None, None)), share)?;
    Ok(Intent {
        enabled: fields.value("enabled", Field::flag)?,
        rollout_min,
        rollout_max,
        variants: fields.value("variants", Field::texts)?,
        segments: fields.value("segments", Field::texts)?,
    })
}

/// `rollout = 25`, or `rollout = { min = 5, max = 25 }`.
fn share(field: &Field<'_, '_>) -> Result<(Option<u8>, Option<u8>)> {
    let percent = |field: &Field<'_, '_>| field.number(0, 100).map(|number| u8::try_from(number).unwrap_or(100));
    if !field.is_table() {
        let exact = percent(field)?;
        return Ok((Some(exact), Some(exact)));
    }
    let fields = field.table(&["min", "max"])?;
    let (min, max) = (fields.value("min", percent)?, fields.value("max", percent)?);
    match (min, max) {
        (Some(min), Some(max)) if min > max => Err(field.error(format!("`min` ({min}) is above `max` ({max})"))),
        bounds => Ok(bounds),
    }
}

fn review(field: &Field<'_, '_>) -> Result<ReleaseReview> {
    let fields = field.table(&["date", "outcome", "link"])?;
    Ok(ReleaseReview {
        date: fields.value("date", Field::date)?,
        outcome: fields.value("outcome", Field::text)?,
        link: fields.value("link", Field::text)?,
    })
}
