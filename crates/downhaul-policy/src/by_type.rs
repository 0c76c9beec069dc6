//! Options that are numbers of days for some types of flag.

use std::collections::BTreeMap;

use downhaul_core::FlagType;
use serde::{Deserialize, Serialize};

use crate::policy::flag_type;

/// Days by type of flag: `{ experiment = 14 }`. A table in the policy takes the place of the default one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, u32>", into = "BTreeMap<String, u32>")]
pub(crate) struct DaysByType(BTreeMap<FlagType, u32>);

impl DaysByType {
    /// The table with these entries.
    pub(crate) fn new(entries: &[(FlagType, u32)]) -> Self {
        DaysByType(entries.iter().cloned().collect())
    }

    /// The days for this type, if it has a number of its own.
    pub(crate) fn get(&self, flag_type: &FlagType) -> Option<u32> {
        self.0.get(flag_type).copied()
    }
}

impl TryFrom<BTreeMap<String, u32>> for DaysByType {
    type Error = String;

    fn try_from(names: BTreeMap<String, u32>) -> Result<Self, Self::Error> {
        let entries = names.into_iter().map(|(name, days)| flag_type(&name).map(|flag_type| (flag_type, days)));
        entries.collect::<Result<_, _>>().map(DaysByType)
    }
}

impl From<DaysByType> for BTreeMap<String, u32> {
    fn from(table: DaysByType) -> Self {
        table.0.into_iter().map(|(flag_type, days)| (flag_type.as_str().to_owned(), days)).collect()
    }
}
