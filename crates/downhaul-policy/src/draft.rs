//! What a rule hands to the engine: findings without severity and fingerprint, and the other three outcomes.

use std::collections::BTreeSet;

use downhaul_core::{
    Anchor, Evidence, EvidenceItem, Flag, FlagKey, Label, LogicalLocation, Reference, Removal, Severity, Snapshot,
    Subject,
};

use crate::link;
use crate::sites::{concerned, is_resolved};

/// Collects what one rule has to say; each subject ends in exactly one of the five lists.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcomes {
    /// The rule is broken.
    pub(crate) findings: Vec<Draft>,
    /// Looked at, fine.
    pub(crate) passed: Vec<Subject>,
    /// The rule does not concern the subject, with the reason.
    pub(crate) exempt: Vec<(Subject, String)>,
    /// This server lacks the concept, with the reason.
    pub(crate) unsupported: Vec<(Subject, String)>,
    /// Data is missing, cut short, too old or forbidden, with the reason.
    pub(crate) not_evaluated: Vec<(Subject, String)>,
}

impl Outcomes {
    /// Puts a subject where it belongs.
    pub(crate) fn put(&mut self, subject: Subject, outcome: Outcome) {
        match outcome {
            Outcome::Finding(draft) => self.findings.push(Draft { subject, ..*draft }),
            Outcome::Pass => self.passed.push(subject),
            Outcome::Exempt(why) => self.exempt.push((subject, why)),
            Outcome::Unsupported(why) => self.unsupported.push((subject, why)),
            Outcome::NotEvaluated(why) => self.not_evaluated.push((subject, why)),
        }
    }

    /// Leaves out what is about flags and projects that this repository has nothing to do with.
    pub(crate) fn keep_concerned(&mut self, evidence: &Evidence) {
        let flags = concerned(evidence);
        let projects: BTreeSet<&str> =
            flags.iter().filter_map(|key| evidence.flag(key)).map(|flag| flag.project.as_str()).collect();
        self.findings.retain(|draft| match (&draft.flag, &draft.project) {
            (Some(flag), _) => flags.contains(flag),
            (None, Some(project)) => projects.contains(project.as_str()),
            (None, None) => true,
        });
        let is_concerned = |subject: &Subject| match subject {
            Subject::Flag(flag) => flags.contains(flag),
            _ => true,
        };
        self.passed.retain(is_concerned);
        for list in [&mut self.exempt, &mut self.unsupported, &mut self.not_evaluated] {
            list.retain(|(subject, _)| is_concerned(subject));
        }
    }

    /// Every subject, once for each outcome it got.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = &Subject> {
        let findings = self.findings.iter().map(|draft| &draft.subject);
        let others = [&self.exempt, &self.unsupported, &self.not_evaluated];
        findings.chain(&self.passed).chain(others.into_iter().flatten().map(|(subject, _)| subject))
    }
}

/// What a rule says of one subject.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The rule is broken.
    Finding(Box<Draft>),
    /// Looked at, fine.
    Pass,
    /// The rule does not concern the subject.
    Exempt(String),
    /// This server lacks what the rule is about.
    Unsupported(String),
    /// It could not be told.
    NotEvaluated(String),
}

impl Outcome {
    /// The rule does not concern the subject.
    pub(crate) fn exempt(why: impl Into<String>) -> Self {
        Outcome::Exempt(why.into())
    }

    /// The server's edition lacks what the rule is about.
    pub(crate) fn unsupported(why: impl Into<String>) -> Self {
        Outcome::Unsupported(why.into())
    }

    /// It could not be told.
    pub(crate) fn not_evaluated(why: impl Into<String>) -> Self {
        Outcome::NotEvaluated(why.into())
    }
}

impl From<Draft> for Outcome {
    fn from(draft: Draft) -> Self {
        Outcome::Finding(Box::new(draft))
    }
}

/// A finding as a rule sees it.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// What was looked at.
    pub(crate) subject: Subject,
    /// The sub-reason, one of the rule's own list.
    pub(crate) reason: &'static str,
    /// How bad this one is beside others of the rule.
    pub(crate) level: Level,
    /// What tells it from other findings of the rule.
    pub(crate) identity: Identity,
    /// The flag, where it is about one.
    pub(crate) flag: Option<FlagKey>,
    /// The request, event or token that it is about, where a flag can have several: goes into the fingerprint.
    pub(crate) record: Option<String>,
    /// Its project, where the server is known.
    pub(crate) project: Option<String>,
    /// The environment, where it is about one.
    pub(crate) environment: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) remediation: String,
    /// What the verdict rests on.
    pub(crate) evidence: Vec<EvidenceItem>,
    /// Where it is shown.
    pub(crate) anchor: Anchor,
    /// Other places that belong to it.
    pub(crate) related: Vec<Label>,
    /// Its name in the server's world.
    pub(crate) logical: Option<LogicalLocation>,
    /// What would put an end to it.
    pub(crate) removal: Option<Removal>,
    /// The expression and the function around it, where the finding is about a line that is no reference.
    pub(crate) expression: Option<(String, Option<String>)>,
    /// It is about the change under review itself, so it is new wherever it is shown.
    pub(crate) of_change: bool,
}

/// How bad one finding is beside others of its rule.
///
/// A milder level always holds: a policy that makes a rule an error does not make its notes errors. A stricter one is
/// the rule's own opinion, and gives way to a severity that the policy sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// As the rule is.
    Usual,
    /// At most this, whatever the policy says of the rule.
    AtMost(Severity),
    /// At least this, unless the policy sets the rule's severity itself.
    AtLeast(Severity),
}

/// What goes into the fingerprint beside rule, reason and flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The flag on its server: kind, project and environment.
    OnServer,
    /// The flag in this repository, with or without a server.
    InCode,
    /// The expression where the finding is anchored.
    Line,
}

impl Draft {
    /// A finding about a flag, shown at the first of `sites`; the others are related.
    pub(crate) fn about(key: &FlagKey, reason: &'static str, sites: &[&Reference]) -> Self {
        let anchor = sites.first().map_or(Anchor::Nowhere, |site| Anchor::Code(site.location.clone()));
        let related = sites.iter().skip(1).map(|site| site_label(site)).collect();
        Draft {
            subject: Subject::Flag(key.clone()),
            reason,
            level: Level::Usual,
            identity: Identity::OnServer,
            flag: Some(key.clone()),
            record: None,
            project: None,
            environment: None,
            message: String::new(),
            remediation: String::new(),
            evidence: Vec::new(),
            anchor,
            related,
            logical: None,
            removal: None,
            expression: None,
            of_change: false,
        }
    }

    /// A finding about something on the server that no line of code stands for, shown at the policy.
    pub(crate) fn named(evidence: &Evidence, name: impl Into<String>, reason: &'static str) -> Self {
        Draft { subject: Subject::Named(name.into()), ..Draft::in_file(policy_anchor(evidence), reason) }
    }

    /// A finding about a place that has to do with no flag in particular.
    pub(crate) fn in_file(anchor: Anchor, reason: &'static str) -> Self {
        Draft {
            subject: Subject::All,
            reason,
            level: Level::Usual,
            identity: Identity::OnServer,
            flag: None,
            record: None,
            project: None,
            environment: None,
            message: String::new(),
            remediation: String::new(),
            evidence: Vec::new(),
            anchor,
            related: Vec::new(),
            logical: None,
            removal: None,
            expression: None,
            of_change: false,
        }
    }

    /// A finding about a flag, shown where this repository evaluates it, else where the manifest declares it, else at
    /// the policy.
    pub(crate) fn of_flag(evidence: &Evidence, key: &FlagKey, reason: &'static str) -> Self {
        let sites: Vec<&Reference> = evidence.evaluations_of(key).filter(|site| is_resolved(site)).collect();
        let mut draft = Draft::about(key, reason, &sites);
        if sites.is_empty() {
            let declared = evidence.declared(key).map(|declared| Anchor::Code(declared.location.clone()));
            draft.anchor = declared.unwrap_or_else(|| policy_anchor(evidence));
        }
        draft
    }

    /// Names the project, and the environment of it, that something other than a flag belongs to.
    pub(crate) fn in_project(self, snapshot: &Snapshot, project: &str, environment: Option<&str>) -> Self {
        Draft {
            project: Some(project.to_owned()),
            environment: environment.map(str::to_owned),
            logical: Some(link::of_project(&snapshot.server, project, environment)),
            ..self
        }
    }

    /// Names project, environment and logical location of a flag that the server has.
    pub(crate) fn on_server(self, snapshot: &Snapshot, flag: &Flag, environment: Option<&str>) -> Self {
        Draft {
            project: Some(flag.project.clone()),
            environment: environment.map(str::to_owned),
            logical: Some(link::logical(&snapshot.server, flag, environment)),
            ..self
        }
    }
}

fn policy_anchor(evidence: &Evidence) -> Anchor {
    evidence.policy_anchor().cloned().map_or(Anchor::Nowhere, Anchor::Policy)
}

/// A place that evaluates the flag too.
fn site_label(site: &Reference) -> Label {
    Label { location: site.location.clone(), message: "evaluated here too".to_owned() }
}

/// One fact that a verdict rests on.
pub(crate) fn fact(
    what: impl Into<String>,
    when: Option<downhaul_core::Timestamp>,
    source: impl Into<String>,
) -> EvidenceItem {
    EvidenceItem { what: what.into(), when, source: source.into() }
}
