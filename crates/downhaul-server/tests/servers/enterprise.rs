//! The parts of paid editions, against answers made by hand after the published types: no paid server was at hand.

use downhaul_core::{
    ChangeAction, ChangeRequest, ChangeTarget, Edition, FlagKey, GapReason, Owner, RequestState, Right, RoleReach,
    SafeguardAction, ScheduleStatus, Side, Snapshot, Source, StrategyKind,
};
use serde_json::json;

use crate::recorded::{answers_of, cases};
use crate::server::{Reply, Server};

fn except(instead: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Snapshot {
    let answers = answers_of(&cases().join("enterprise-double"));
    let server = Server::start(move |target, _| instead(target).unwrap_or_else(|| answers(target)));
    server.capture().expect("the list of flags is there")
}

fn request(snapshot: &Snapshot, id: i64) -> &ChangeRequest {
    snapshot.approvals.requests.iter().find(|request| request.id == id).expect("it was listed")
}

#[test]
fn change_requests_have_their_reviews_times_and_changes() {
    let snapshot = except(|_| None);
    assert_eq!((snapshot.server.edition, snapshot.gaps.as_slice()), (Edition::Enterprise, &[][..]));
    assert_eq!(snapshot.approvals.requests.len(), 6);

    let applied = request(&snapshot, 1);
    assert_eq!((&applied.state, applied.required), (&RequestState::Applied, Some(2)));
    let by: Vec<_> = applied.approvals.iter().map(|review| review.by.name.as_str()).collect();
    assert_eq!(by, ["bob", "carol"]);
    assert_eq!(applied.entered[&RequestState::InReview].to_string(), "2026-08-19T10:00:00Z", "of the single answer");
    assert_eq!(applied.comments[0].text, "Numbers look fine.");
    let change = &applied.changes[0];
    assert_eq!(change.target, ChangeTarget::Flag(FlagKey::new("checkout-express-pay").expect("a key")));
    assert_eq!(change.by.as_ref().map(|by| by.name.as_str()), Some("alice"));
    let ChangeAction::UpdateStrategy(strategy) = &change.action else { panic!("{change:?}") };
    assert!(matches!(strategy.kind, StrategyKind::Rollout { percent: 100, .. }), "{strategy:?}");

    let own = request(&snapshot, 4);
    assert_eq!(own.approvals[0].by, own.author, "approved by its author");
    assert_eq!(own.changes[0].action, ChangeAction::Switch(true));

    let scheduled = request(&snapshot, 6);
    let schedule = scheduled.schedule.as_ref().expect("it waits");
    assert_eq!((&scheduled.state, &schedule.status), (&RequestState::Scheduled, &ScheduleStatus::Suspended));
    assert_eq!(schedule.at.map(|at| at.to_string()).as_deref(), Some("2026-12-24T06:00:00Z"));
    assert!(schedule.reason.as_deref().is_some_and(|why| why.starts_with("The strategy was changed")));
}

#[test]
fn protections_tell_off_from_a_number() {
    let protections = except(|_| None).approvals.protections;
    let read: Vec<_> = protections.iter().map(|one| (one.environment.as_str(), one.required)).collect();
    assert_eq!(read, [("development", None), ("production", Some(2))]);
}

#[test]
fn plans_have_milestones_and_safeguards() {
    let snapshot = except(|_| None);
    let state = &snapshot.flags["checkout-express-pay"].environments["production"];
    let plan = &state.release_plans[0];
    assert_eq!((plan.template.as_deref(), plan.active_milestone.as_deref()), (Some("01TEMPLATE"), Some("01PM1")));
    let steps: Vec<_> = plan.milestones.iter().map(|step| (step.name.as_str(), step.minutes_to_next)).collect();
    assert_eq!(steps, [("Staff", Some(1440)), ("Everyone", None)]);
    assert!(plan.milestones[0].started_at.is_some() && plan.milestones[1].started_at.is_none());
    let safeguard = &plan.safeguards[0];
    assert_eq!((&safeguard.action, &safeguard.acts), (&SafeguardAction::PausePlan, &Side::Above));
    assert_eq!((safeguard.metric.as_str(), safeguard.threshold.as_str()), ("unleash_counter_checkout_errors", "0.05"));
    assert_eq!(state.strategies.as_ref().map(Vec::len), Some(1), "the milestone that was reached serves");
    assert_eq!(snapshot.release_templates[0].name, "Four steps");
}

#[test]
fn projects_have_owners_and_a_pattern_and_flags_their_measures() {
    let snapshot = except(|_| None);
    let project = &snapshot.projects[0];
    let owners = [Owner::Person("alice@example.com".to_owned()), Owner::Group("Checkout".to_owned())];
    assert_eq!(project.owners.as_deref(), Some(&owners[..]));
    assert_eq!(project.naming.as_ref().map(|naming| naming.pattern.as_str()), Some("^[a-z]+-[a-z-]+$"));
    let measured = &snapshot.flags["checkout-express-pay"].impact_metrics;
    assert_eq!(measured[0].metric, "unleash_counter_checkout_errors");
    assert_eq!(measured[0].title.as_deref(), Some("Errors at the till"));
    assert_eq!(snapshot.flags.values().filter(|flag| !flag.impact_metrics.is_empty()).count(), 1);
}

#[test]
fn roles_grants_and_service_accounts_are_read() {
    let access = except(|_| None).access;
    let approver = access.roles.iter().find(|role| role.id == 7).expect("it was listed");
    assert_eq!(approver.reach, RoleReach::Project);
    let rights: Vec<_> = approver.permissions.iter().flatten().map(|one| (&one.right, &one.environment)).collect();
    let production = Some("production".to_owned());
    assert_eq!(rights, [(&Right::ApproveChange, &production), (&Right::ApplyChange, &production)]);
    assert_eq!(access.roles[0].permissions.as_ref().map(|list| &list[0].right), Some(&Right::Everything));
    assert_eq!(access.roles[0].reach, RoleReach::Everywhere);
    let bob = access.grants.iter().find(|grant| grant.people[0].name == "bob@example.com").expect("he has access");
    assert_eq!((bob.project.as_str(), bob.roles.as_slice()), ("default", &[5, 7][..]));
    let account = &access.service_accounts[0];
    assert_eq!((account.person.name.as_str(), account.role.as_deref()), ("service-pipeline", Some("Editor")));
    assert!(account.tokens[0].expires_at.is_some());
}

#[test]
fn what_the_token_may_not_read_of_them_is_a_gap() {
    let cases = [
        ("/api/admin/projects/default/change-requests/config", Source::Protections),
        ("/api/admin/projects/default/change-requests", Source::ChangeRequests),
        ("/api/admin/roles", Source::Roles),
        ("/api/admin/projects/default/access", Source::Grants),
        ("/api/admin/service-account", Source::ServiceAccounts),
        ("/api/admin/release-plan-templates", Source::ReleasePlans),
        ("/api/admin/projects/default/overview", Source::Naming),
    ];
    for (path, source) in cases {
        let refusal = || Reply::Json(403, json!({"name": "PermissionError", "permissions": ["ADMIN"]}));
        let snapshot = except(move |target| (target == path).then(refusal));
        let gaps: Vec<_> = snapshot.gaps.iter().map(|gap| (gap.source, gap.reason)).collect();
        assert_eq!(gaps, [(source, GapReason::Forbidden)], "{path}");
    }
}

#[test]
fn request_or_role_that_goes_away_is_known_from_the_list_and_a_gap() {
    let gone = || Reply::Json(404, json!({"name": "NotFoundError", "message": "it is gone"}));
    let snapshot = except(move |target| target.ends_with("/change-requests/1").then(gone));
    assert_eq!(request(&snapshot, 1).approvals.len(), 2, "the list has them");
    assert!(request(&snapshot, 1).entered.is_empty());
    let gap = snapshot.gap(Source::ChangeRequests, None).expect("something is missing");
    assert!(gap.detail.starts_with("the change request 1 of the project `default` is known from the list only"));

    let snapshot = except(move |target| (target == "/api/admin/roles/7").then(gone));
    let role = snapshot.access.roles.iter().find(|role| role.id == 7).expect("the list has it");
    assert_eq!(role.permissions, None, "not known is not the same as none");
    assert!(snapshot.gap(Source::Roles, None).is_some());
}
