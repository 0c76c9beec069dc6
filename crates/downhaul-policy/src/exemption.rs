//! `[[exempt]]`: findings that somebody has accepted until a day, with a reason.

use jiff::civil::Date;

use downhaul_core::Location;

use crate::config::ExemptConfig;
use crate::policy::{PolicyError, unknown_rule};
use crate::rules::Entry;
use crate::selector::Selector;

/// An exemption with all its fields.
#[derive(Debug, Clone)]
pub(crate) struct Exemption {
    pub(crate) rule: &'static str,
    pub(crate) selector: Selector,
    /// The selectors as they stand in the file: what it is called.
    pub(crate) about: String,
    pub(crate) reason: String,
    pub(crate) expires: Date,
    pub(crate) approved_by: String,
    /// Where it stands.
    pub(crate) place: Option<Location>,
}

impl Exemption {
    /// Validates one block; `base` is its key.
    pub(crate) fn new(config: &ExemptConfig, base: &str, place: Option<Location>) -> Result<Self, PolicyError> {
        let missing = |key: &str| PolicyError::BadValue {
            path: base.to_owned(),
            problem: format!(
                "an exemption needs `{key}`; `rule`, a selector such as `flag`, `reason`, `expires` and `approved_by` are compulsory"
            ),
        };
        let text = |key: &str, value: &Option<String>| {
            let filled = value.as_ref().filter(|text| !text.trim().is_empty());
            filled.cloned().ok_or_else(|| missing(key))
        };
        let id = text("rule", &config.rule)?;
        let entry = Entry::find(&id).ok_or_else(|| unknown_rule(format!("{base}.rule"), &id))?;
        if config.about.said().next().is_none() {
            return Err(missing("flag"));
        }
        Ok(Exemption {
            rule: entry.info.id,
            selector: Selector::new(&config.about, base)?,
            about: about(config),
            reason: text("reason", &config.reason)?,
            expires: config.expires.ok_or_else(|| missing("expires"))?.0,
            approved_by: text("approved_by", &config.approved_by)?,
            place,
        })
    }
}

/// `flag a, environment production`.
fn about(config: &ExemptConfig) -> String {
    let said: Vec<String> = config.about.said().map(|(name, value)| format!("{name} `{value}`")).collect();
    said.join(", ")
}
