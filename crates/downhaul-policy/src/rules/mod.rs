//! One file for each rule, and the list of them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use downhaul_core::{Evidence, FlagType, RuleInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::calendar::{Calendar, Zone};
use crate::draft::Outcomes;
use crate::marks::DIAGNOSTICS;

mod archived_flag_in_code;
mod audit_evidence_gap;
mod big_bang_release;
mod change_outside_window;
mod completed_flag_in_code;
mod completion_contradicts_production;
mod conflicting_defaults;
mod context_not_provided;
mod evaluated_at_load;
mod fail_open_default;
mod flag_debt_budget;
mod flag_past_lifetime;
mod fully_rolled_out_flag;
mod live_flag_without_traffic;
mod missing_owner;
mod missing_success_criteria;
mod never_live_flag;
mod premature_flag_removal;
mod production_change_without_approval;
mod release_review_missing;
mod risky_api_token;
mod secret_in_code;
mod self_approved_change;
mod stalled_rollout;
mod unapproved_state_drift;
mod unattributable_change;
mod unhandled_variant;
mod unknown_flag_in_code;
mod unprotected_production_environment;
mod zombie_flag;

/// One check: a pure function of the evidence and of its own options.
pub(crate) trait Rule: Debug + Send + Sync {
    /// Looks at every subject of the rule and puts it where it belongs.
    fn check(&self, evidence: &Evidence, outcomes: &mut Outcomes);
}

/// What a rule writes. The struct is the rule's options: field names are option names, `Default` their defaults.
pub(crate) trait Define: Rule + Default + Serialize + DeserializeOwned + 'static {
    /// What is known of the rule before any run.
    const INFO: &'static RuleInfo;

    /// Takes over what the policy says to all rules alike.
    fn adopt(&mut self, _shared: &Shared) {}
}

/// What the policy says to all rules alike.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared {
    /// `[lifetimes]`: days by type; 0 means for ever.
    pub(crate) lifetimes: BTreeMap<FlagType, u32>,
    /// The zone that days are read in.
    pub(crate) zone: Zone,
    /// `[[windows]]` and `[[freeze]]`.
    pub(crate) calendar: Calendar,
}

/// A rule ready to run, or the option that cannot be read.
pub(crate) type Built = Result<Box<dyn Rule>, toml::de::Error>;

/// A rule in the list.
pub(crate) struct Entry {
    pub(crate) info: &'static RuleInfo,
    /// The options with their defaults.
    pub(crate) options: fn() -> toml::Table,
    /// The rule with these options.
    pub(crate) build: fn(toml::Table, &Shared) -> Built,
}

impl Entry {
    /// Every rule, by id.
    pub(crate) const ALL: &[Entry] = &[
        Entry::of::<archived_flag_in_code::ArchivedFlagInCode>(),
        Entry::of::<audit_evidence_gap::AuditEvidenceGap>(),
        Entry::of::<big_bang_release::BigBangRelease>(),
        Entry::of::<change_outside_window::ChangeOutsideWindow>(),
        Entry::of::<completed_flag_in_code::CompletedFlagInCode>(),
        Entry::of::<completion_contradicts_production::CompletionContradictsProduction>(),
        Entry::of::<conflicting_defaults::ConflictingDefaults>(),
        Entry::of::<context_not_provided::ContextNotProvided>(),
        Entry::of::<evaluated_at_load::EvaluatedAtLoad>(),
        Entry::of::<fail_open_default::FailOpenDefault>(),
        Entry::of::<flag_debt_budget::FlagDebtBudget>(),
        Entry::of::<flag_past_lifetime::FlagPastLifetime>(),
        Entry::of::<fully_rolled_out_flag::FullyRolledOutFlag>(),
        Entry::of::<live_flag_without_traffic::LiveFlagWithoutTraffic>(),
        Entry::of::<missing_owner::MissingOwner>(),
        Entry::of::<missing_success_criteria::MissingSuccessCriteria>(),
        Entry::of::<never_live_flag::NeverLiveFlag>(),
        Entry::of::<premature_flag_removal::PrematureFlagRemoval>(),
        Entry::of::<production_change_without_approval::ProductionChangeWithoutApproval>(),
        Entry::of::<release_review_missing::ReleaseReviewMissing>(),
        Entry::of::<risky_api_token::RiskyApiToken>(),
        Entry::of::<secret_in_code::SecretInCode>(),
        Entry::of::<self_approved_change::SelfApprovedChange>(),
        Entry::of::<stalled_rollout::StalledRollout>(),
        Entry::of::<unapproved_state_drift::UnapprovedStateDrift>(),
        Entry::of::<unattributable_change::UnattributableChange>(),
        Entry::of::<unhandled_variant::UnhandledVariant>(),
        Entry::of::<unknown_flag_in_code::UnknownFlagInCode>(),
        Entry::of::<unprotected_production_environment::UnprotectedProductionEnvironment>(),
        Entry::of::<zombie_flag::ZombieFlag>(),
    ];

    const fn of<T: Define>() -> Self {
        Entry { info: T::INFO, options: options::<T>, build: build::<T> }
    }

    pub(crate) fn find(id: &str) -> Option<&'static Entry> {
        Entry::ALL.iter().find(|entry| entry.info.id == id)
    }
}

fn options<T: Define>() -> toml::Table {
    // Options are plain numbers, texts, lists and tables, and every one has a default, so this cannot fail.
    toml::Table::try_from(T::default()).unwrap_or_default()
}

fn build<T: Define>(table: toml::Table, shared: &Shared) -> Built {
    let mut rule: T = table.try_into()?;
    rule.adopt(shared);
    Ok(Box::new(rule))
}

/// A rule as listings and explanations show it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleListing {
    /// What is known of the rule.
    pub info: &'static RuleInfo,
    /// Its own options with their defaults; `severity` and `severity_on_new` come on top.
    pub options: toml::Table,
}

/// What is known of a rule, one about marks included.
pub(crate) fn info(id: &str) -> Option<&'static RuleInfo> {
    let of_rule = Entry::find(id).map(|entry| entry.info);
    of_rule.or_else(|| DIAGNOSTICS.into_iter().find(|info| info.id == id))
}

/// The rules about marks: the engine's own, which need the findings of the others.
pub fn diagnostics() -> impl Iterator<Item = RuleListing> {
    DIAGNOSTICS.into_iter().map(|info| RuleListing { info, options: toml::Table::new() })
}

/// Every rule, in the catalogue's order: by id.
pub fn rules() -> impl Iterator<Item = RuleListing> {
    Entry::ALL.iter().map(|entry| RuleListing { info: entry.info, options: (entry.options)() })
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<RuleListing> {
    let of_rule = Entry::find(id).map(|entry| RuleListing { info: entry.info, options: (entry.options)() });
    of_rule.or_else(|| diagnostics().find(|listing| listing.info.id == id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// File stems with this extension in the folder of the rules.
    fn stems(extension: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let files = std::fs::read_dir(folder).expect("the folder of the rules");
        let paths = files.map(|file| file.expect("readable").path());
        let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
        wanted.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_list_equals_the_folder() {
        let listed: BTreeSet<String> = Entry::ALL.iter().map(|entry| entry.info.id.replace('-', "_")).collect();
        let mut files = stems("rs");
        assert!(files.remove("mod"));
        assert_eq!(listed, files);
        assert_eq!(listed, stems("md"));
        assert_eq!(listed.len(), Entry::ALL.len(), "an id stands twice");
    }

    #[test]
    fn the_list_and_its_reasons_are_alphabetical() {
        assert!(Entry::ALL.is_sorted_by_key(|entry| entry.info.id));
        assert!(Entry::ALL.iter().all(|entry| entry.info.reasons.is_sorted()));
    }

    #[test]
    fn every_page_has_the_common_headings() {
        for entry in Entry::ALL {
            let headings: Vec<&str> = entry.info.docs.lines().filter(|line| line.starts_with('#')).collect();
            let title = format!("# {}", entry.info.id);
            let common = ["## What it does", "## Why it matters", "## Example", "## Options", "## What to do"];
            assert_eq!(headings, [&[title.as_str()], &common[..]].concat(), "{}", entry.info.id);
        }
    }

    #[test]
    fn every_page_states_every_option_with_its_default() {
        for entry in Entry::ALL {
            for (option, default) in (entry.options)() {
                let line = format!("- `{option} = {}`", inline(&default));
                assert!(entry.info.docs.contains(&line), "{}: no line {line}", entry.info.id);
            }
        }
    }

    #[test]
    fn every_page_names_every_reason() {
        for entry in Entry::ALL {
            for reason in entry.info.reasons {
                assert!(entry.info.docs.contains(&format!("`{reason}`")), "{}: {reason}", entry.info.id);
            }
        }
    }

    /// A value as it stands on one line.
    fn inline(value: &toml::Value) -> String {
        let toml::Value::Table(table) = value else { return value.to_string() };
        let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{{ {} }}", entries.join(", "))
    }
}
