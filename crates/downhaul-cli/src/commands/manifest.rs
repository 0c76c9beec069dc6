//! `downhaul manifest pull`: what the manifest would have to say to agree with the server, as a diff.

use std::collections::BTreeMap;
use std::path::PathBuf;

use downhaul_core::{Declaration, Evidence, Exposure, Flag, FlagKey, exposure};
use downhaul_policy::did_you_mean;
use similar::TextDiff;
use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

use crate::args::{Global, ManifestCommand, OnServerError, PullArgs, ScanArgs};
use crate::commands::judge;
use crate::errors::{CliError, Exit};
use crate::manifest::MANIFEST_FILE;
use crate::output;
use crate::settings::Settings;

pub(crate) fn run(global: &Global, command: &ManifestCommand) -> Result<Exit, CliError> {
    let ManifestCommand::Pull(args) = command;
    pull(global, args)
}

fn pull(global: &Global, args: &PullArgs) -> Result<Exit, CliError> {
    let settings = Settings::new(global, None)?;
    let judged = judge::judge(&settings, &ScanArgs::default(), OnServerError::Fail, None, judge::Look::Repository)?;
    let evidence = &judged.evidence;
    if let Err(why) = evidence.snapshot() {
        return Err(CliError::evidence(format!("there is nothing to pull: {why}"))
            .hint(crate::commands::capture::HOW_TO_NAME_A_SERVER));
    }
    let keys = wanted(evidence, args)?;
    let mut files: BTreeMap<PathBuf, Manifest> = BTreeMap::new();
    for key in keys {
        let Some(flag) = evidence.flag(&key).filter(|flag| flag.archived_at.is_none()) else { continue };
        let declared = evidence.declared(&key);
        let path = settings.root.join(declared.map_or(MANIFEST_FILE, |declared| &declared.location.path));
        if path.extension().is_some_and(|extension| extension == "json") {
            output::note(&format!("`{key}` is declared in a file of another program; nothing is proposed for it"));
            continue;
        }
        if !files.contains_key(&path) {
            files.insert(path.clone(), Manifest::read(&path)?);
        }
        if let Some(manifest) = files.get_mut(&path) {
            manifest.adopt(evidence, flag, declared);
        }
    }
    let changed: Vec<(PathBuf, Manifest)> = files.into_iter().filter(|(_, manifest)| manifest.is_changed()).collect();
    for (path, manifest) in &changed {
        let shown = path.strip_prefix(&settings.root).unwrap_or(path).display().to_string();
        output::print(diff(&shown, manifest).as_bytes())?;
        if args.apply {
            output::write_file(path, manifest.after().as_bytes())?;
        }
    }
    if !settings.quiet {
        let what = match (changed.is_empty(), args.apply) {
            (true, _) => "the manifest agrees with the server",
            (false, true) => "written; have it reviewed like any other change",
            (false, false) => "nothing was written; --apply writes it",
        };
        output::note(what);
    }
    Ok(Exit::Clean)
}

fn diff(shown: &str, manifest: &Manifest) -> String {
    let after = manifest.after();
    let old = if manifest.before.is_empty() { "/dev/null".to_owned() } else { format!("a/{shown}") };
    TextDiff::from_lines(&manifest.before, &after).unified_diff().header(&old, &format!("b/{shown}")).to_string()
}

/// The flags that are asked about; else those that the manifest declares and those that this repository refers to.
fn wanted(evidence: &Evidence, args: &PullArgs) -> Result<Vec<FlagKey>, CliError> {
    let known = || evidence.snapshot().map(|snapshot| snapshot.flags.keys()).into_iter().flatten();
    if args.all {
        return Ok(known().cloned().collect());
    }
    if args.flags.is_empty() {
        let mut keys: Vec<FlagKey> =
            evidence.manifest().flags.keys().chain(evidence.referenced_flags()).cloned().collect();
        keys.sort();
        keys.dedup();
        return Ok(keys);
    }
    let key = |text: &String| {
        let key = known().find(|key| key.as_str() == text);
        key.cloned().ok_or_else(|| {
            let error = CliError::usage(format!("the server has no flag `{text}`"));
            match did_you_mean(text, known().map(FlagKey::as_str)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            }
        })
    };
    args.flags.iter().map(key).collect()
}

/// A manifest file being brought up to the server's state. What stands in it keeps its form.
struct Manifest {
    before: String,
    document: DocumentMut,
}

impl Manifest {
    fn read(path: &std::path::Path) -> Result<Self, CliError> {
        let before = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(CliError::usage(format!("{} cannot be read: {error}", path.display()))),
        };
        // It was read as a manifest before; this is the same text.
        let document = before
            .parse()
            .map_err(|error: toml_edit::TomlError| CliError::usage(format!("{}: {error}", path.display())))?;
        Ok(Manifest { before, document })
    }

    fn after(&self) -> String {
        self.document.to_string()
    }

    fn is_changed(&self) -> bool {
        self.after() != self.before
    }

    fn adopt(&mut self, evidence: &Evidence, flag: &Flag, declared: Option<&Declaration>) {
        let entry = self.entry(flag.key.as_str());
        if declared.and_then(|declared| declared.flag_type.as_ref()).is_none_or(|stated| stated.value != flag.flag_type)
        {
            // A type that manifests do not know cannot be written down.
            if !matches!(flag.flag_type, downhaul_core::FlagType::Other(_)) {
                entry["type"] = value(flag.flag_type.as_str());
            }
        }
        let owner = flag.tags.iter().find(|tag| ["owner", "team"].contains(&tag.kind.as_str()));
        if let (Some(owner), true) = (owner, declared.is_none_or(|declared| declared.owner.is_none())) {
            entry["owner"] = value(owner.value.as_str());
        }
        let description = flag.description.as_ref().filter(|text| !text.trim().is_empty());
        if let (Some(description), true) = (description, declared.is_none_or(|declared| declared.description.is_none()))
        {
            entry["description"] = value(description.as_str());
        }
        let environments = evidence.production().filter(|name| flag.environments.contains_key(*name));
        for name in environments.map(str::to_owned).collect::<Vec<_>>() {
            let served = evidence
                .snapshot()
                .map(|snapshot| exposure::exposure(snapshot, &flag.key, &name, evidence.now()))
                .unwrap_or(Exposure::CallSite);
            let intent = declared.and_then(|declared| declared.environments.get(&name)).map(|stated| &stated.value);
            adopt_environment(entry, &name, &served, intent);
        }
    }

    /// The table of a flag; a new one has a header of its own at the end.
    fn entry(&mut self, key: &str) -> &mut Item {
        let flags = self.document.entry("flags").or_insert_with(implicit);
        if flags.get(key).is_none() {
            flags[key] = Item::Table(Table::new());
        }
        &mut flags[key]
    }
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn adopt_environment(entry: &mut Item, name: &str, served: &Exposure, intent: Option<&downhaul_core::Intent>) {
    let is_on = match served {
        Exposure::Off => false,
        Exposure::CallSite | Exposure::Unknown { .. } => return,
        _ => true,
    };
    let share = match served {
        Exposure::Partial { high, .. } => Some(*high),
        Exposure::Full { .. } | Exposure::FullMulti | Exposure::FullWithHole { .. } => Some(100),
        _ => None,
    };
    let too_narrow = |max: u8| share.is_some_and(|share| share > max);
    let says_otherwise = intent.and_then(|intent| intent.enabled) != Some(is_on);
    let rollout = match intent.and_then(|intent| intent.rollout_max) {
        Some(max) if too_narrow(max) => share,
        Some(_) => None,
        None => share.filter(|share| *share < 100),
    };
    if !says_otherwise && rollout.is_none() {
        return;
    }
    if entry.get("env").is_none() {
        entry["env"] = implicit();
    }
    if entry["env"].get(name).is_none() {
        entry["env"][name] = Item::Table(Table::new());
    }
    let environment = &mut entry["env"][name];
    if says_otherwise {
        environment["enabled"] = value(is_on);
    }
    if let Some(share) = rollout {
        let mut bounds = InlineTable::new();
        bounds.insert("max", i64::from(share).into());
        environment["rollout"] = value(bounds);
    }
}
