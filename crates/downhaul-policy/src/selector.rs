//! What an override or an exemption is about: selectors, and-ed.

use downhaul_core::{Anchor, EnvironmentKind, Evidence, Finding, FlagKey, FlagType, Label};
use globset::{GlobBuilder, GlobMatcher};

use crate::config::SelectorConfig;
use crate::draft::Draft;
use crate::policy::{PolicyError, flag_type};

/// Selectors, ready to match.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selector {
    project: Option<GlobMatcher>,
    environment: Option<GlobMatcher>,
    environment_type: Option<EnvironmentKind>,
    flag: Option<GlobMatcher>,
    flag_type: Option<FlagType>,
    tag: Option<String>,
    owner: Option<GlobMatcher>,
    path: Option<GlobMatcher>,
    language: Option<String>,
}

/// What is known of the thing that selectors are asked about; `None` is "not known".
#[derive(Debug, Default)]
pub(crate) struct Traits<'a> {
    project: Option<Option<&'a str>>,
    environment: Option<Option<&'a str>>,
    environment_type: Option<Option<&'a EnvironmentKind>>,
    flag: Option<Option<&'a FlagKey>>,
    flag_type: Option<Option<&'a FlagType>>,
    tags: Option<Vec<(&'a str, &'a str)>>,
    owners: Option<Vec<&'a str>>,
    paths: Option<Vec<&'a str>>,
    languages: Option<Vec<&'a [String]>>,
}

impl<'a> Traits<'a> {
    /// What is known of a flag before anything has been found about it: neither environment nor place.
    pub(crate) fn of_flag(evidence: &'a Evidence, key: &'a FlagKey) -> Self {
        let flag = evidence.flag(key);
        let declared = evidence.declared(key);
        let declared_type = declared.and_then(|declared| declared.flag_type.as_ref()).map(|stated| &stated.value);
        let tags = flag.map(|flag| flag.tags.iter().map(|tag| (tag.kind.as_str(), tag.value.as_str())).collect());
        Traits {
            project: Some(flag.map(|flag| flag.project.as_str())),
            flag: Some(Some(key)),
            flag_type: Some(flag.map(|flag| &flag.flag_type).or(declared_type)),
            owners: Some(owners_of(evidence, key)),
            tags: Some(tags.unwrap_or_default()),
            ..Traits::default()
        }
    }

    /// All that is known of a finding.
    fn of_parts(
        evidence: &'a Evidence,
        flag: Option<&'a FlagKey>,
        project: Option<&'a str>,
        environment: Option<&'a str>,
        anchor: &'a Anchor,
        related: &'a [Label],
    ) -> Self {
        let mut traits = match flag {
            Some(key) => Traits::of_flag(evidence, key),
            None => Traits { flag: Some(None), flag_type: Some(None), tags: Some(Vec::new()), ..Traits::default() },
        };
        if project.is_some() || traits.project.is_none() {
            traits.project = Some(project);
        }
        traits.environment = Some(environment);
        traits.environment_type = Some(environment.and_then(|name| kind_of(evidence, name)));
        let places = anchor.location().into_iter().chain(related.iter().map(|label| &label.location));
        let paths: Vec<&str> = places.map(|location| &*location.path).collect();
        let mut owners = traits.owners.take().unwrap_or_default();
        if owners.is_empty()
            && let (Some(code_owners), Some(path)) = (evidence.code_owners(), paths.first())
        {
            owners.extend(code_owners.of(path).iter().map(String::as_str));
        }
        traits.owners = Some(owners);
        traits.languages = Some(paths.iter().map(|path| evidence.languages_of(path)).collect());
        traits.paths = Some(paths);
        traits
    }

    pub(crate) fn of_draft(evidence: &'a Evidence, draft: &'a Draft) -> Self {
        let (project, environment) = (draft.project.as_deref(), draft.environment.as_deref());
        Traits::of_parts(evidence, draft.flag.as_ref(), project, environment, &draft.anchor, &draft.related)
    }

    pub(crate) fn of_finding(evidence: &'a Evidence, finding: &'a Finding) -> Self {
        let (project, environment) = (finding.project.as_deref(), finding.environment.as_deref());
        Traits::of_parts(evidence, finding.flag.as_ref(), project, environment, &finding.anchor, &finding.related)
    }
}

/// Who answers for a flag: the manifest, else tags `owner:` and `team:`.
fn owners_of<'a>(evidence: &'a Evidence, key: &FlagKey) -> Vec<&'a str> {
    let declared = evidence.declared(key).and_then(|declared| declared.owner.as_ref());
    if let Some(owner) = declared {
        return vec![&owner.value];
    }
    let tags = evidence.flag(key).map(|flag| flag.tags.as_slice()).unwrap_or_default().iter();
    tags.filter(|tag| ["owner", "team"].contains(&tag.kind.as_str())).map(|tag| tag.value.as_str()).collect()
}

fn kind_of<'a>(evidence: &'a Evidence, name: &str) -> Option<&'a EnvironmentKind> {
    if evidence.production().any(|production| production == name) {
        return Some(&EnvironmentKind::Production);
    }
    let snapshot = evidence.snapshot().ok()?;
    snapshot.environments.iter().find(|environment| environment.name == name).map(|environment| &environment.kind)
}

/// A glob, ready to match; `path` is its key.
pub(crate) fn glob_of(text: &Option<String>, path: &str, separates: bool) -> Result<Option<GlobMatcher>, PolicyError> {
    let build = |text: &String| {
        let glob = GlobBuilder::new(text).literal_separator(separates).build();
        let wrong = |error: globset::Error| PolicyError::BadValue { path: path.to_owned(), problem: error.to_string() };
        glob.map(|glob| glob.compile_matcher()).map_err(wrong)
    };
    text.as_ref().map(build).transpose()
}

impl Selector {
    /// Validates the selectors; `base` is the key they stand under.
    pub(crate) fn new(config: &SelectorConfig, base: &str) -> Result<Self, PolicyError> {
        let bad = |key: &str, problem: String| PolicyError::BadValue { path: format!("{base}.{key}"), problem };
        let glob =
            |key: &str, text: &Option<String>, separates: bool| glob_of(text, &format!("{base}.{key}"), separates);
        let kind = |name: &String| {
            let known = [
                ("production", EnvironmentKind::Production),
                ("pre-production", EnvironmentKind::PreProduction),
                ("development", EnvironmentKind::Development),
                ("test", EnvironmentKind::Test),
            ];
            let names = known.each_ref().map(|(known, _)| *known).join(", ");
            let found = known.into_iter().find(|(known, _)| known == name).map(|(_, kind)| kind);
            found.ok_or_else(|| bad("environment_type", format!("`{name}` is none of {names}")))
        };
        let named_type = |name: &String| flag_type(name).map_err(|problem| bad("flag_type", problem));
        Ok(Selector {
            project: glob("project", &config.project, false)?,
            environment: glob("environment", &config.environment, false)?,
            environment_type: config.environment_type.as_ref().map(kind).transpose()?,
            flag: glob("flag", &config.flag, false)?,
            flag_type: config.flag_type.as_ref().map(named_type).transpose()?,
            tag: config.tag.clone(),
            owner: glob("owner", &config.owner, false)?,
            path: glob("path", &config.path, true)?,
            language: config.language.clone(),
        })
    }

    /// Whether everything that is asked is so; `None` when something is not known and the rest is so.
    pub(crate) fn matches(&self, traits: &Traits<'_>) -> Option<bool> {
        let one = |glob: &Option<GlobMatcher>, value: Option<Option<&str>>| match (glob, value) {
            (None, _) => Some(true),
            (Some(_), None) => None,
            (Some(glob), Some(value)) => Some(value.is_some_and(|value| glob.is_match(value))),
        };
        let equals = |asked: bool, known: Option<bool>| if asked { known } else { Some(true) };
        let flag = traits.flag.map(|flag| flag.map(FlagKey::as_str));
        let all =
            |values: &[&str], is: &dyn Fn(&str) -> bool| !values.is_empty() && values.iter().all(|value| is(value));
        let answers = [
            one(&self.project, traits.project),
            one(&self.environment, traits.environment),
            one(&self.flag, flag),
            equals(
                self.environment_type.is_some(),
                traits.environment_type.map(|kind| kind == self.environment_type.as_ref()),
            ),
            equals(self.flag_type.is_some(), traits.flag_type.map(|kind| kind == self.flag_type.as_ref())),
            equals(self.tag.is_some(), traits.tags.as_ref().map(|tags| tags.iter().any(|tag| self.is_tag(tag)))),
            match (&self.owner, &traits.owners) {
                (None, _) => Some(true),
                (Some(_), None) => None,
                (Some(glob), Some(owners)) => Some(owners.iter().any(|owner| glob.is_match(owner))),
            },
            match (&self.path, &traits.paths) {
                (None, _) => Some(true),
                (Some(_), None) => None,
                (Some(glob), Some(paths)) => Some(all(paths, &|path| glob.is_match(path))),
            },
            match (&self.language, &traits.languages) {
                (None, _) => Some(true),
                (Some(_), None) => None,
                (Some(language), Some(languages)) => {
                    Some(!languages.is_empty() && languages.iter().all(|names| names.contains(language)))
                }
            },
        ];
        if answers.contains(&Some(false)) {
            return Some(false);
        }
        if answers.contains(&None) { None } else { Some(true) }
    }

    fn is_tag(&self, (kind, value): &(&str, &str)) -> bool {
        let Some(asked) = &self.tag else { return false };
        match asked.split_once(':') {
            Some((asked_kind, asked_value)) => asked_kind == *kind && asked_value == *value,
            None => asked == value,
        }
    }
}
