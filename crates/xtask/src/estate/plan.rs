//! The history of an estate as steps in the order in which they happened.

use super::{Completed, Environment, Estate, Flag, Link, Parent};

/// One thing that happened to a flag.
#[derive(Debug)]
pub struct Step<'a> {
    /// When, in days before the seeding.
    pub days: f64,
    /// The flag.
    pub flag: &'a Flag,
    /// What happened.
    pub action: Action<'a>,
}

/// What can happen to a flag. Each is one event in the server's log.
#[derive(Debug)]
pub enum Action<'a> {
    /// It is made.
    Create,
    /// It gets a label: kind and value.
    Tag(&'a str, &'a str),
    /// It gets the label `expires:` with the date that many days ago.
    TagExpires(f64),
    /// It gets a link.
    Link(&'a Link),
    /// It gets a parent.
    Depend(&'a Parent),
    /// A strategy comes, with its first percentage.
    AddStrategy {
        /// The environment.
        environment: &'static str,
        /// Which of the environment's strategies.
        index: usize,
    },
    /// A strategy gets another percentage.
    UpdateStrategy {
        /// The environment.
        environment: &'static str,
        /// Which of the environment's strategies.
        index: usize,
        /// The new percentage.
        percent: u8,
    },
    /// An environment is switched on.
    On(&'static str),
    /// An environment is switched off.
    Off(&'static str),
    /// A person marks it stale.
    MarkStale,
    /// The server finds that it outlived its type.
    PassLifetime,
    /// It is declared done.
    Complete(&'a Completed),
    /// It is archived.
    Archive,
}

impl Action<'_> {
    /// The server's name for the event that the action leaves behind, and the event's environment.
    pub fn event(&self) -> (&'static str, Option<&'static str>) {
        match self {
            Action::Create => ("feature-created", None),
            Action::Tag(..) | Action::TagExpires(_) => ("feature-tagged", None),
            Action::Link(_) => ("feature-link-added", None),
            Action::Depend(_) => ("feature-dependency-added", None),
            Action::AddStrategy { environment, .. } => ("feature-strategy-add", Some(environment)),
            Action::UpdateStrategy { environment, .. } => ("feature-strategy-update", Some(environment)),
            Action::On(environment) => ("feature-environment-enabled", Some(environment)),
            Action::Off(environment) => ("feature-environment-disabled", Some(environment)),
            Action::MarkStale => ("feature-stale-on", None),
            Action::PassLifetime => ("feature-potentially-stale-on", None),
            Action::Complete(_) => ("feature-completed", None),
            Action::Archive => ("feature-archived", None),
        }
    }
}

/// All steps of all flags, oldest first. `lifetime` gives the days that a type of flags is expected to live.
pub fn plan(estate: &Estate, lifetime: impl Fn(&str) -> Option<f64>) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> =
        estate.flags.iter().flat_map(|flag| of_flag(flag, lifetime(&flag.flag_type))).collect();
    // Stable: what happened at the same moment keeps the order in which it was written down.
    steps.sort_by(|a, b| b.days.total_cmp(&a.days));
    steps
}

fn of_flag(flag: &Flag, lifetime: Option<f64>) -> Vec<Step<'_>> {
    let at = |days: f64, action| Step { days, flag, action };
    let made = flag.age_days;
    let mut steps = vec![at(made, Action::Create)];
    steps.extend(flag.tags.iter().filter_map(|tag| tag.split_once(':')).map(|(k, v)| at(made, Action::Tag(k, v))));
    steps.extend(flag.expires_days.map(|days| at(made, Action::TagExpires(days))));
    steps.extend(flag.links.iter().map(|link| at(made, Action::Link(link))));
    steps.extend(flag.parent.iter().map(|parent| at(made, Action::Depend(parent))));
    for (name, environment) in flag.environments() {
        steps.extend(of_environment(name, environment).into_iter().map(|(days, action)| at(days, action)));
    }
    steps.extend(flag.stale_days.map(|days| at(days, Action::MarkStale)));
    steps.extend(flag.completed.iter().map(|completed| at(completed.days, Action::Complete(completed))));
    steps.extend(passed_lifetime(flag, lifetime).map(|days| at(days, Action::PassLifetime)));
    steps.extend(flag.archived_days.map(|days| at(days, Action::Archive)));
    steps
}

fn of_environment<'a>(name: &'static str, environment: &'a Environment) -> Vec<(f64, Action<'a>)> {
    let mut steps = Vec::new();
    for (index, strategy) in environment.strategies.iter().enumerate() {
        let mut rollout = strategy.rollout.iter();
        steps.extend(rollout.next().map(|(days, _)| (*days, Action::AddStrategy { environment: name, index })));
        steps
            .extend(rollout.map(|(days, percent)| {
                (*days, Action::UpdateStrategy { environment: name, index, percent: *percent })
            }));
    }
    steps.extend(environment.on_days.iter().map(|days| (*days, Action::On(name))));
    steps.extend(environment.off_days.iter().map(|days| (*days, Action::Off(name))));
    steps
}

/// When the server would have found the flag potentially stale: a lifetime after its making, unless it was marked
/// stale or archived before.
fn passed_lifetime(flag: &Flag, lifetime: Option<f64>) -> Option<f64> {
    let days = flag.age_days - lifetime?;
    let before = |other: Option<f64>| other.is_some_and(|other| other >= days);
    (days > 0.0 && !before(flag.stale_days) && !before(flag.archived_days)).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        about = "Two flags."
        began_days = 100
        user = [{ name = "ada", full_name = "Ada", role = "editor" }]
        [[flag]]
        name = "young"
        type = "release"
        by = "ada"
        age_days = 20
        parent = { flag = "old" }
        expect = []
        [[flag]]
        name = "old"
        type = "release"
        by = "ada"
        age_days = 60
        stale_days = 1
        expect = []
        [flag.production]
        on_days = [50]
        strategy = [{ rollout = [[50, 10], [10, 100]] }]
    "#;

    fn steps(text: &str) -> Vec<(String, &'static str, f64)> {
        let estate = Estate::parse(text).expect("an estate");
        let steps = plan(&estate, |_| Some(40.0));
        steps.iter().map(|step| (step.flag.name.clone(), step.action.event().0, step.days)).collect()
    }

    #[test]
    fn steps_are_in_the_order_of_time_over_all_flags() {
        let expected = [
            ("old", "feature-created", 60.0),
            ("old", "feature-strategy-add", 50.0),
            ("old", "feature-environment-enabled", 50.0),
            ("young", "feature-created", 20.0),
            ("young", "feature-dependency-added", 20.0),
            ("old", "feature-potentially-stale-on", 20.0),
            ("old", "feature-strategy-update", 10.0),
            ("old", "feature-stale-on", 1.0),
        ];
        assert_eq!(steps(TEXT), expected.map(|(flag, event, days)| (flag.to_owned(), event, days)));
    }

    #[test]
    fn contradictions_are_refused() {
        for (from, to, says) in [
            ("stale_days = 1", "stale_days = 61", "before the flag is made"),
            ("on_days = [50]", "on_days = [51]", "before it has a strategy"),
            (r#"flag = "old""#, r#"flag = "none""#, "must be an older flag"),
            (r#"name = "young""#, r#"name = "old""#, "twice"),
            ("[[50, 10], [10, 100]]", "[[50, 10], [50, 100]]", "oldest to the youngest"),
            ("[[50, 10], [10, 100]]", "[[50, 10], [10, 101]]", "more than 100"),
        ] {
            let error = Estate::parse(&TEXT.replacen(from, to, 1)).expect_err(to);
            assert!(format!("{error:#}").contains(says), "{to}: {error:#}");
        }
    }
}
