//! What must hold for any evidence: determinism, indifference to order, and no pass that stands on missing data.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use downhaul_core::{
    AddedLines, Event, Evidence, EvidenceBuilder, Finding, Gap, GapReason, RunScope, Snapshot, Source, Tally,
    Timestamp, Verdicts,
};
use downhaul_policy::{
    Baseline, Day, ExemptConfig, Marks, Policy, SelectorConfig, check, check_change, check_marked, is_stricter, rules,
};
use proptest::prelude::*;

use crate::case::Case;
use crate::fixtures::cases;

/// All cases, read once.
fn all() -> &'static [Case] {
    static ALL: OnceLock<Vec<Case>> = OnceLock::new();
    ALL.get_or_init(read_all)
}

fn read_all() -> Vec<Case> {
    cases().into_iter().map(|(_, folder)| Case::read(&folder.join("case.toml"))).collect()
}

/// One case with the flags and references of `other` added to it, so that rules see more than they were made for.
fn joined(case: &Case, other: &Case) -> EvidenceBuilder {
    let mut parts = case.parts();
    let more = other.parts();
    if let (Some(snapshot), Some(more)) = (&mut parts.snapshot, more.snapshot) {
        for (key, flag) in more.flags {
            snapshot.flags.entry(key).or_insert(flag);
        }
        // Ids are unique in a log.
        snapshot.events.extend(more.events.into_iter().map(|event| Event { id: event.id + 10_000, ..event }));
    }
    parts.references.extend(more.references);
    parts
}

/// Puts a list into another order: each number says which of those that are left comes next.
fn shuffle<T>(items: &mut Vec<T>, picks: &[usize]) {
    let mut left = std::mem::take(items);
    for pick in picks.iter().cycle() {
        if left.is_empty() {
            break;
        }
        let at = pick % left.len();
        items.push(left.remove(at));
    }
}

/// Takes a source away, with everything that was read from it.
fn without(mut parts: EvidenceBuilder, source: Source) -> EvidenceBuilder {
    let Some(snapshot) = &mut parts.snapshot else { return parts };
    empty(snapshot, source);
    snapshot.gaps.push(Gap {
        source,
        flag: None,
        reason: GapReason::Forbidden,
        detail: "the token may not read it".to_owned(),
    });
    parts
}

fn empty(snapshot: &mut Snapshot, source: Source) {
    match source {
        Source::Flags => snapshot.flags.retain(|_, flag| flag.archived_at.is_some()),
        Source::ArchivedFlags => snapshot.flags.retain(|_, flag| flag.archived_at.is_none()),
        Source::FlagTypes => snapshot.flag_types.clear(),
        Source::Events => snapshot.events.clear(),
        Source::UnknownNames => snapshot.unknown_names.clear(),
        Source::Segments => snapshot.segments.clear(),
        Source::Environments => snapshot.environments.clear(),
        Source::Projects => snapshot.projects.clear(),
        Source::Naming => snapshot.projects.iter_mut().for_each(|project| project.naming = None),
        Source::Applications => snapshot.applications.clear(),
        Source::Integrations => snapshot.integrations.clear(),
        Source::Tokens => snapshot.access.tokens.clear(),
        Source::Users => snapshot.access.users.clear(),
        Source::Admins => snapshot.access.admins = None,
        Source::Headcount => snapshot.access.counts = None,
        Source::Protections => snapshot.approvals.protections.clear(),
        Source::ChangeRequests => snapshot.approvals.requests.clear(),
        Source::Roles => snapshot.access.roles.clear(),
        Source::Grants => snapshot.access.grants.clear(),
        Source::ServiceAccounts => snapshot.access.service_accounts.clear(),
        Source::ReleasePlans => snapshot.release_templates.clear(),
        Source::Details | Source::Lifecycle | Source::Usage | Source::Labels | Source::ImpactMetrics => {}
    }
    for flag in snapshot.flags.values_mut() {
        match source {
            Source::Lifecycle => flag.lifecycle = Default::default(),
            Source::ImpactMetrics => flag.impact_metrics.clear(),
            Source::Labels => {
                (flag.created_at, flag.created_by) = (None, None);
                flag.tags.clear();
                flag.links.clear();
                flag.collaborators.clear();
            }
            Source::Details => {
                flag.parents.clear();
                flag.children.clear();
            }
            _ => {}
        }
        for state in flag.environments.values_mut() {
            match source {
                Source::Details => state.strategies = None,
                Source::Usage => (state.usage, state.last_seen_at) = (None, None),
                Source::ReleasePlans => {
                    state.release_plans.clear();
                    state.safeguards.clear();
                }
                _ => {}
            }
        }
    }
}

fn found(verdicts: &Verdicts, rule: &str) -> BTreeSet<String> {
    let of_rule = verdicts.findings.iter().filter(|finding| finding.rule == rule);
    of_rule.map(|finding| finding.flag.as_ref().map_or("", |flag| flag.as_str()).to_owned()).collect()
}

/// Takes one source away and looks where the findings went.
fn loses_nothing_silently(case: &Case, parts: &EvidenceBuilder, before: &Verdicts, source: Source) {
    if parts.snapshot.is_none() {
        return;
    }
    let policy = case.policy();
    let after = check(&Evidence::new(without(parts.clone(), source)), &policy);
    for (was, is) in before.tally.iter().zip(&after.tally) {
        let what = format!("{} without {} ({})", was.rule, source.as_str(), case.shows);
        let lost = found(before, was.rule).difference(&found(&after, was.rule)).count();
        let untold = |tally: &Tally| tally.not_evaluated + tally.unsupported;
        // What was untold before can be so for another reason now.
        let is_said = untold(is) > untold(was) || !is.why.is_subset(&was.why);
        assert!(lost == 0 || is_said, "{what}: a finding is gone");
        // A subject that was exempt for what the source said may pass now; one with a finding may not. What could not
        // be told may be exempt now: an entry that contradicts another is no contradiction without it.
        assert!(is.passed <= was.passed + was.exempt, "{what}: more passes");
    }
}

#[test]
fn a_missing_source_never_turns_a_finding_into_a_pass() {
    for case in all() {
        let parts = case.parts();
        let before = check(&Evidence::new(parts.clone()), &case.policy());
        for source in Source::ALL {
            loses_nothing_silently(case, &parts, &before, source);
        }
    }
}

#[test]
fn without_a_server_only_rules_about_code_say_anything() {
    for case in all() {
        let mut parts = case.parts();
        (parts.snapshot, parts.scope) = (None, RunScope::Repository);
        let verdicts = check(&Evidence::new(parts), &case.policy());
        for tally in verdicts.tally {
            // Some have something to say of owners and keys in files, and of changes and manifests that are not there.
            let is_about_code = [
                "conflicting-defaults",
                "evaluated-at-load",
                "missing-owner",
                "premature-flag-removal",
                "secret-in-code",
                "unapproved-state-drift",
            ]
            .contains(&tally.rule);
            let silent = (tally.findings, tally.passed, tally.not_evaluated) == (0, 0, 1);
            assert!(is_about_code || silent, "{}: {}", case.shows, tally.rule);
        }
    }
}

#[test]
fn a_fingerprint_does_not_change_from_day_to_day() {
    let fingerprints = |verdicts: &Verdicts| -> BTreeSet<String> {
        let steady = |finding: &&Finding| finding.reason != "due-soon";
        verdicts.findings.iter().filter(steady).map(|finding| finding.fingerprint.to_string()).collect()
    };
    for case in all() {
        let today = check_change(&case.evidence(), &case.policy(), &case.added());
        let mut parts = case.parts();
        parts.now = Timestamp::from_second(parts.now.as_second() + 86_400).expect("tomorrow is a timestamp");
        let tomorrow = check(&Evidence::new(parts), &case.policy());
        assert!(fingerprints(&today).is_subset(&fingerprints(&tomorrow)), "{}", case.shows);
    }
}

/// `rule flag` of the findings of a case under a policy with one option changed.
fn found_with(case: &Case, rule: &str, option: &str, value: &toml::Value) -> Option<BTreeSet<String>> {
    let mut config = case.policy_config();
    config.rules.entry(rule.to_owned()).or_default().insert(option.to_owned(), value.clone());
    let policy = Policy::new(config).ok()?;
    Some(found(&check_change(&case.evidence(), &policy, &case.added()), rule))
}

/// Other values of an option that a user might write.
fn others(value: &toml::Value) -> Vec<toml::Value> {
    match value {
        toml::Value::Integer(n) => {
            [0, n / 2, n - 1, n + 1, n * 2].into_iter().filter(|n| *n >= 0).map(Into::into).collect()
        }
        toml::Value::Boolean(on) => vec![(!on).into()],
        toml::Value::Array(list) if !list.is_empty() => vec![toml::Value::Array(Vec::new())],
        _ => Vec::new(),
    }
}

#[test]
fn tightening_an_option_never_removes_a_finding() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for (rule, folder) in cases() {
        let case = Case::read(&folder.join("case.toml"));
        let Some(listing) = downhaul_policy::rule(&rule) else { continue };
        let own = case.policy_config().rules.get(&rule).cloned().unwrap_or_default();
        for (option, default) in listing.options {
            let present = own.get(&option).unwrap_or(&default).clone();
            let Some(before) = found_with(&case, &rule, &option, &present) else { continue };
            for stricter in others(&present).iter().filter(|other| is_stricter(&option, &present, other)) {
                let Some(after) = found_with(&case, &rule, &option, stricter) else { continue };
                tried += 1;
                if !before.is_subset(&after) {
                    wrong.push(format!(
                        "{rule}.{option}: {present} → {stricter} ({}): {before:?} became {after:?}",
                        case.shows
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 50, "only {tried} options were tightened");
}

#[test]
fn tightening_a_severity_or_the_gate_never_lets_more_pass() {
    let severities = ["note", "warning", "error"];
    for case in all() {
        let failing = |severity: &str, fail_on: &str| {
            let mut config = case.policy_config();
            config.gate.fail_on = Some(fail_on.to_owned());
            config.gate.require.clear();
            for listing in rules() {
                let table = config.rules.entry(listing.info.id.to_owned()).or_default();
                if table.get("severity").and_then(toml::Value::as_str) != Some("off") {
                    table.insert("severity".to_owned(), severity.into());
                }
            }
            let policy = Policy::new(config).unwrap_or_else(|error| panic!("{error}"));
            policy.gate(&check_change(&case.evidence(), &policy, &case.added()), None).failing
        };
        for (milder, stricter) in severities.iter().zip(&severities[1..]) {
            assert!(failing(milder, "warning") <= failing(stricter, "warning"), "{}", case.shows);
            assert!(failing("warning", stricter) <= failing("warning", milder), "{}", case.shows);
        }
    }
}

/// Every finding as its fingerprint, with whether it is accepted; findings about marks left out.
fn standing(verdicts: &Verdicts) -> BTreeSet<(String, bool)> {
    let of_marks = |rule: &str| downhaul_policy::diagnostics().any(|listing| listing.info.id == rule);
    let findings = verdicts.findings.iter().filter(|finding| !of_marks(finding.rule));
    findings.map(|finding| (finding.fingerprint.to_string(), finding.suppressed.is_some())).collect()
}

#[test]
fn an_exemption_touches_exactly_what_it_names() {
    for case in all() {
        let before = check(&case.evidence(), &case.policy());
        for named in before.findings.iter().filter(|finding| finding.suppressed.is_none()) {
            let Some(flag) = &named.flag else { continue };
            let mut config = case.policy_config();
            config.exemptions.push(ExemptConfig {
                rule: Some(named.rule.to_owned()),
                about: SelectorConfig { flag: Some(flag.to_string()), ..SelectorConfig::default() },
                reason: Some("a test".to_owned()),
                expires: Some(Day(jiff::civil::date(2099, 1, 1))),
                approved_by: Some("somebody".to_owned()),
            });
            let Ok(policy) = Policy::new(config) else { continue };
            let after = standing(&check(&case.evidence(), &policy));
            let touched = |finding: &Finding| finding.rule == named.rule && finding.flag == named.flag;
            let expected: BTreeSet<(String, bool)> = standing(&before)
                .into_iter()
                .map(|(fingerprint, accepted)| {
                    let finding = before.findings.iter().find(|finding| finding.fingerprint.as_str() == fingerprint);
                    (fingerprint, accepted || finding.is_some_and(touched))
                })
                .collect();
            assert_eq!(after, expected, "{}: {} of {flag}", case.shows, named.rule);
        }
    }
}

/// The verdicts with a baseline.
fn with_baseline(parts: &EvidenceBuilder, policy: &Policy, baseline: &Baseline) -> (Evidence, Verdicts) {
    let evidence = Evidence::new(parts.clone());
    let marks = Marks { baseline: Some((baseline, "b.json")), whole: true, ..Marks::default() };
    let verdicts = check_marked(&evidence, policy, &AddedLines::default(), &marks);
    (evidence, verdicts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_missing_source_never_helps_in_mixed_evidence(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        source in prop::sample::select(&Source::ALL[..]),
    ) {
        let cases = all();
        let case = one.get(cases);
        let parts = joined(case, other.get(cases));
        let before = check(&Evidence::new(parts.clone()), &case.policy());
        loses_nothing_silently(case, &parts, &before, source);
    }

    #[test]
    fn order_does_not_matter(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        picks in prop::collection::vec(0usize..1000, 1..40),
    ) {
        let cases = all();
        let (case, other) = (one.get(cases), other.get(cases));
        let policy: Policy = case.policy();
        let parts = joined(case, other);
        let expected = check(&Evidence::new(parts.clone()), &policy);
        prop_assert_eq!(&expected, &check(&Evidence::new(parts.clone()), &policy));
        let mut shuffled = parts;
        shuffle(&mut shuffled.references, &picks);
        if let Some(snapshot) = &mut shuffled.snapshot {
            shuffle(&mut snapshot.events, &picks);
            shuffle(&mut snapshot.environments, &picks);
            shuffle(&mut snapshot.gaps, &picks);
        }
        prop_assert_eq!(expected, check(&Evidence::new(shuffled), &policy));
    }

    #[test]
    fn a_baseline_made_now_silences_everything_now_and_nothing_that_comes_later(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let cases = all();
        let (case, other) = (one.get(cases), other.get(cases));
        let policy = case.policy();
        let evidence = case.evidence();
        let today = check(&evidence, &policy);
        let day = policy.day(evidence.now());
        let (baseline, _) = Baseline::default().renewed(&evidence, &today, |_| true, day, None);
        let (_, now) = with_baseline(&case.parts(), &policy, &baseline);
        prop_assert!(standing(&now).iter().all(|(_, accepted)| *accepted));
        // Tomorrow's change brings other flags and other uses of the same flags.
        let (later, tomorrow) = with_baseline(&joined(case, other), &policy, &baseline);
        let (again, changes) = baseline.renewed(&later, &tomorrow, |_| true, day, None);
        let open = tomorrow.findings.iter().filter(|finding| finding.suppressed.is_none()).count();
        let marks = tomorrow.findings.iter().filter(|finding| downhaul_policy::diagnostics().any(|rule| rule.info.id == finding.rule)).count();
        prop_assert_eq!(open - marks, changes.added, "what is not accepted is exactly what is new");
        for (fingerprint, accepted) in standing(&tomorrow) {
            prop_assert!(!accepted || baseline.entries.contains_key(&fingerprint));
        }
        prop_assert!(again.entries.len() >= changes.added);
    }
}
