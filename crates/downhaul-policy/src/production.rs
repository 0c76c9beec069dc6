//! What the production environments make of a flag.

use downhaul_core::{Evidence, Exposure, Flag, Snapshot, Source, exposure};

use crate::draft::Outcome;
use crate::sites::gap;

/// The exposure of one flag in every production environment that it has. Never empty.
pub(crate) struct Production<'a> {
    pub(crate) exposures: Vec<(&'a str, Exposure)>,
}

impl<'a> Production<'a> {
    /// Looks at `flag` at the moment of the evidence.
    ///
    /// # Errors
    /// What to say of the flag when there is nothing to look at.
    pub(crate) fn of(evidence: &'a Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Self, Outcome> {
        let names = environments(evidence, snapshot, flag)?;
        // Strategies and parents come with the details; a switched-off environment needs neither.
        let family = std::iter::once(&flag.key).chain(flag.parents.iter().map(|dependency| &dependency.parent));
        let untold = family.into_iter().find_map(|key| gap(snapshot, Source::Details, key));
        let exposure = |name: &'a str| {
            let exposure = exposure::exposure(snapshot, &flag.key, name, evidence.now());
            let told = match (&untold, exposure) {
                (_, Exposure::Off) => Exposure::Off,
                (Some(why), _) => Exposure::Unknown { why: why.clone() },
                (None, exposure) => exposure,
            };
            (name, told)
        };
        Ok(Production { exposures: names.into_iter().map(exposure).collect() })
    }

    /// The environment, if there is exactly one.
    pub(crate) fn only(&self) -> Option<&'a str> {
        match self.exposures.as_slice() {
            [(name, _)] => Some(name),
            _ => None,
        }
    }

    /// Names of the environments.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        self.exposures.iter().map(|(name, _)| *name).collect()
    }

    /// Why it could not be told, if so somewhere.
    pub(crate) fn unknown(&self) -> Option<String> {
        self.exposures.iter().find_map(|(name, exposure)| match exposure {
            Exposure::Unknown { why } => Some(format!("what `{name}` serves is unknown: {why}")),
            _ => None,
        })
    }

    /// On for everyone, everywhere the same and for good: the one variant, if variants are served.
    pub(crate) fn constant_on(&self) -> Option<Option<&str>> {
        let (_, first) = self.exposures.first()?;
        let same = first.is_constant_on() && self.exposures.iter().all(|(_, other)| other == first);
        match first {
            Exposure::Full { variant, .. } if same => Some(variant.as_deref()),
            _ => None,
        }
    }

    /// `outcome`, as long as some environment that could be told is enough for it: one that is not `wanted`.
    ///
    /// Where all that is known is as wanted and something is unknown, it could not be told.
    pub(crate) fn unless_unknown(&self, wanted: impl Fn(&Exposure) -> bool, outcome: Outcome) -> Outcome {
        let is_unknown = |exposure: &Exposure| matches!(exposure, Exposure::Unknown { .. });
        let settles_it = self.exposures.iter().any(|(_, exposure)| !is_unknown(exposure) && !wanted(exposure));
        match self.unknown() {
            Some(why) if !settles_it => Outcome::NotEvaluated(why),
            _ => outcome,
        }
    }

    /// Nobody gets it, anywhere.
    pub(crate) fn all_off(&self) -> bool {
        self.exposures.iter().all(|(_, exposure)| *exposure == Exposure::Off)
    }

    /// `production: on for everyone`, all environments.
    pub(crate) fn describe(&self) -> String {
        let each: Vec<String> =
            self.exposures.iter().map(|(name, exposure)| format!("`{name}` is {exposure}")).collect();
        crate::words::list(&each)
    }
}

/// Names of the production environments that `flag` has.
fn environments<'a>(evidence: &'a Evidence, snapshot: &Snapshot, flag: &Flag) -> Result<Vec<&'a str>, Outcome> {
    let names: Vec<&str> = names(evidence, snapshot).map_err(Outcome::NotEvaluated)?;
    let own: Vec<&str> = names.into_iter().filter(|name| flag.environments.contains_key(*name)).collect();
    if !own.is_empty() {
        return Ok(own);
    }
    Err(match gap(snapshot, Source::Details, &flag.key).or_else(|| gap(snapshot, Source::Environments, &flag.key)) {
        Some(why) => Outcome::NotEvaluated(why),
        None => Outcome::exempt("its project has no production environment"),
    })
}

/// Names of all production environments, or why there are none to look at.
pub(crate) fn names<'a>(evidence: &'a Evidence, snapshot: &Snapshot) -> Result<Vec<&'a str>, String> {
    let unread = snapshot.gap(Source::Environments, None);
    let names: Vec<&str> = evidence.production().collect();
    if names.is_empty() {
        return Err(match unread {
            Some(gap) => format!("environments: {}", gap.detail),
            None => "the server has no environment of type production; name yours in the policy".to_owned(),
        });
    }
    // Where the list was not read, what flags hold bears witness to an environment.
    let is_listed = |name: &str| snapshot.environments.iter().any(|environment| environment.name == name);
    let is_held = |name: &str| snapshot.flags.values().any(|flag| flag.environments.contains_key(name));
    let is_missing = |name: &&&str| !is_listed(name) && (unread.is_none() || !is_held(name));
    match (names.iter().find(is_missing), unread) {
        (None, _) => Ok(names),
        (Some(_), Some(gap)) => Err(format!("environments: {}", gap.detail)),
        (Some(name), None) => {
            Err(format!("the policy names the production environment `{name}`, which the server does not have"))
        }
    }
}
