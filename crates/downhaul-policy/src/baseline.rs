//! `downhaul.baseline.json`: old findings that are accepted. It may only shrink, and what is in it can come due.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Evidence, Finding, Location, Tally, Verdicts};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::located::FileError;
use crate::marks;

/// The accepted findings, by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Fingerprint to what is accepted.
    pub entries: BTreeMap<String, Entry>,
}

/// An accepted finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its fingerprint.
    fingerprint: String,
    /// Its rule.
    pub rule: String,
    /// Its flag, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The day on which it was accepted.
    pub since: Date,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The places that it had then: a use of the flag that comes later is not accepted with the others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub places: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u32,
    #[serde(default, rename = "tool")]
    _tool: serde_json::Value,
    findings: Vec<Entry>,
}

/// What changed when a baseline was made anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Findings that were not accepted before, or not at all their places.
    pub added: usize,
    /// Entries that no finding answers to any more.
    pub gone: usize,
    /// Entries that are kept because their rule could not be evaluated.
    pub untold: usize,
}

impl Baseline {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, with its line.
    pub fn read(path: &str, text: &str) -> Result<Self, FileError> {
        let error = |line: usize, problem: String| FileError {
            path: path.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX).max(1),
            problem,
        };
        let wire: Wire = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|why| error(why.line(), format!("this is no baseline: {why}")))?;
        if wire.version != 1 {
            return Err(error(1, format!("the baseline has version {}, this downhaul knows version 1", wire.version)));
        }
        let entries = wire.findings.into_iter().map(|entry| (entry.fingerprint.clone(), entry));
        Ok(Baseline { entries: entries.collect() })
    }

    /// The file: one finding a line, so that branches merge, and sorted, so that the same findings give the same bytes.
    pub fn write(&self, tool_version: &str) -> String {
        let line = |entry: &Entry| serde_json::to_string(entry).unwrap_or_default();
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by_key(|entry| (&entry.rule, &entry.flag, &entry.fingerprint));
        let lines: Vec<String> = entries.into_iter().map(|entry| format!("\n    {}", line(entry))).collect();
        let end = if lines.is_empty() { "" } else { "\n  " };
        format!(
            "{{\n  \"version\": 1,\n  \"tool\": {{\"name\": \"downhaul\", \"version\": \"{tool_version}\"}},\n  \
             \"findings\": [{}{end}]\n}}\n",
            lines.join(",")
        )
    }

    /// The entry that a finding answers to; all its places have to have been there.
    pub(crate) fn entry(&self, evidence: &Evidence, finding: &Finding) -> Option<&Entry> {
        let entry = self.entries.get(finding.fingerprint.as_str())?;
        places(evidence, finding).is_subset(&entry.places).then_some(entry)
    }

    /// The baseline of what `verdicts` say on `day`. Findings that are accepted otherwise stay out of it.
    ///
    /// Entries keep their day and reason; `reason` is for what is new.
    pub fn renewed(
        &self,
        evidence: &Evidence,
        verdicts: &Verdicts,
        may_hold: impl Fn(&Finding) -> bool,
        day: Date,
        reason: Option<&str>,
    ) -> (Baseline, Changes) {
        let mut renewed = Baseline::default();
        let mut changes = Changes::default();
        let counts = |finding: &&Finding| {
            let is_open = finding.suppressed.as_ref().is_none_or(|accepted| accepted.kind == marks::BASELINE);
            is_open && !marks::is_diagnostic(finding.rule) && may_hold(finding)
        };
        for finding in verdicts.findings.iter().filter(counts) {
            let places = places(evidence, finding);
            let fingerprint = finding.fingerprint.as_str().to_owned();
            let kept = self.entries.get(&fingerprint).filter(|entry| places.is_subset(&entry.places));
            changes.added += usize::from(kept.is_none());
            let entry = Entry {
                fingerprint: fingerprint.clone(),
                rule: finding.rule.to_owned(),
                flag: finding.flag.as_ref().map(ToString::to_string),
                since: kept.map_or(day, |entry| entry.since),
                reason: kept.map_or_else(|| reason.map(str::to_owned), |entry| entry.reason.clone()),
                places,
            };
            renewed.entries.insert(fingerprint, entry);
        }
        self.keep_untold(&mut renewed, &verdicts.tally, &mut changes);
        (renewed, changes)
    }

    /// The entries that a finding still answers to, with the places that are still there; nothing is added.
    pub fn pruned(&self, evidence: &Evidence, verdicts: &Verdicts) -> (Baseline, Changes) {
        let mut pruned = Baseline::default();
        let mut changes = Changes::default();
        for finding in &verdicts.findings {
            if let Some(entry) = self.entries.get(finding.fingerprint.as_str()) {
                let now = places(evidence, finding);
                let places = entry.places.intersection(&now).cloned().collect();
                pruned.entries.insert(entry.fingerprint.clone(), Entry { places, ..entry.clone() });
            }
        }
        self.keep_untold(&mut pruned, &verdicts.tally, &mut changes);
        (pruned, changes)
    }

    /// A rule that could not be evaluated says nothing about its old findings.
    fn keep_untold(&self, renewed: &mut Baseline, tally: &[Tally], changes: &mut Changes) {
        let is_untold = |rule: &str| tally.iter().any(|tally| tally.rule == rule && tally.not_evaluated > 0);
        for (fingerprint, entry) in &self.entries {
            if renewed.entries.contains_key(fingerprint) {
                continue;
            }
            if is_untold(&entry.rule) {
                renewed.entries.insert(fingerprint.clone(), entry.clone());
                changes.untold += 1;
            } else {
                changes.gone += 1;
            }
        }
    }

    /// Fingerprints that `before` does not have.
    pub(crate) fn beyond<'a>(&'a self, before: &'a Baseline) -> impl Iterator<Item = &'a Entry> {
        self.entries.values().filter(|entry| !before.entries.contains_key(&entry.fingerprint))
    }
}

/// What identifies the places of a finding: their text and surroundings, never their lines.
fn places(evidence: &Evidence, finding: &Finding) -> BTreeSet<String> {
    let locations = finding.anchor.location().into_iter().chain(finding.related.iter().map(|label| &label.location));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let ids = locations.filter_map(|location| place(evidence, finding, location));
    ids.map(|id| {
        let ordinal = seen.entry(id.clone()).or_default();
        *ordinal += 1;
        if *ordinal == 1 { id } else { format!("{id}.{ordinal}") }
    })
    .collect()
}

fn place(evidence: &Evidence, finding: &Finding, location: &Location) -> Option<String> {
    let flag = finding.flag.as_ref()?;
    let site = evidence.references_to(flag).find(|reference| reference.location == *location)?;
    let function = site.enclosing.function.as_deref().unwrap_or_default();
    let digest = Sha256::digest([&location.path, function, &site.expression].join("\0").as_bytes());
    Some(digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect())
}
