//! Access, approvals, plans, applications and integrations: every variant once, every field once set and once not.

use downhaul_core::{
    Access, AccountToken, Admins, ApiToken, Application, Approvals, ChangeAction, ChangeRequest, ChangeTarget, Comment,
    Delivery, Grant, Headcount, Integration, Milestone, Permission, Person, Protection, ReleasePlan, ReleaseTemplate,
    RequestState, RequestedChange, Review, Right, Role, RoleReach, Safeguard, SafeguardAction, Schedule,
    ScheduleStatus, Scope, SdkVersion, SegmentId, ServiceAccount, Side, Strategy, TokenKind, TokenStorage, User,
};

use super::{at, key};

fn person(id: i64) -> Person {
    Person { id: (id > 0).then_some(id), name: format!("person {id}") }
}

pub(super) fn applications() -> Vec<Application> {
    let sdk = SdkVersion { name: "unleash-client-node".to_owned(), version: "6.6.0".to_owned() };
    let bare = |name: &str| Application {
        name: name.to_owned(),
        created_at: None,
        seen_at: None,
        environments: Default::default(),
        sdks: None,
    };
    let full = Application {
        created_at: Some(at(1)),
        seen_at: Some(at(2)),
        environments: ["production".to_owned()].into(),
        sdks: Some([sdk].into()),
        ..bare("shop")
    };
    vec![full, bare("bare"), Application { sdks: Some(Default::default()), ..bare("no SDK") }]
}

pub(super) fn integrations() -> Vec<Integration> {
    let integration = |id: i64| Integration {
        id,
        provider: "webhook".to_owned(),
        description: (id == 1).then(|| "Audit".to_owned()),
        enabled: id == 1,
        events: vec!["feature-created".to_owned()],
        projects: if id == 1 { Scope::All } else { Scope::Only(vec!["p".to_owned()]) },
        environments: Scope::Only(Vec::new()),
        last_delivery: (id == 1).then(|| Delivery { at: at(3), succeeded: false }),
    };
    vec![integration(1), integration(2)]
}

pub(super) fn access() -> Access {
    let kinds = [TokenKind::Admin, TokenKind::Backend, TokenKind::Frontend, TokenKind::Other("new".to_owned())];
    let storage = [None, Some(TokenStorage::Clear), Some(TokenStorage::Hashed), None];
    let token = |(kind, storage): (TokenKind, Option<TokenStorage>)| ApiToken {
        name: "ci".to_owned(),
        projects: Scope::All,
        environments: Scope::Only(vec!["production".to_owned()]),
        created_at: storage.map(|_| at(1)),
        expires_at: storage.map(|_| at(2)),
        seen_at: storage.map(|_| at(3)),
        kind,
        storage,
    };
    let rights = [
        Right::Everything,
        Right::ApproveChange,
        Right::ApplyChange,
        Right::BypassApproval,
        Right::Other("UPDATE_FEATURE".to_owned()),
    ];
    let permission = |(index, right)| Permission { right, environment: (index > 1).then(|| "production".to_owned()) };
    let role = |id, reach, permissions| Role { id, name: format!("role {id}"), reach, permissions };
    Access {
        tokens: kinds.into_iter().zip(storage).map(token).collect(),
        users: vec![
            User { person: person(1), role: Some("Admin".to_owned()), created_at: Some(at(1)), seen_at: Some(at(2)) },
            User { person: person(0), role: None, created_at: None, seen_at: None },
        ],
        admins: Some(Admins { people: 3, service_accounts: 1 }),
        counts: Some(Headcount { people: 6, service_accounts: 1, admin_tokens: Some(2) }),
        roles: vec![
            role(1, RoleReach::Everywhere, None),
            role(2, RoleReach::Project, Some(rights.into_iter().enumerate().map(permission).collect())),
            role(3, RoleReach::Project, Some(Vec::new())),
        ],
        grants: vec![
            Grant { project: "p".to_owned(), people: vec![person(1)], group: None, roles: vec![2], since: Some(at(4)) },
            Grant {
                project: "p".to_owned(),
                people: Vec::new(),
                group: Some("g".to_owned()),
                roles: Vec::new(),
                since: None,
            },
        ],
        service_accounts: vec![ServiceAccount {
            person: person(20),
            role: Some("Editor".to_owned()),
            created_at: Some(at(5)),
            tokens: vec![
                AccountToken {
                    description: "ci".to_owned(),
                    created_at: Some(at(6)),
                    expires_at: Some(at(7)),
                    seen_at: Some(at(8)),
                },
                AccountToken { description: String::new(), created_at: None, expires_at: None, seen_at: None },
            ],
        }],
    }
}

fn states() -> [RequestState; 8] {
    [
        RequestState::Draft,
        RequestState::InReview,
        RequestState::Approved,
        RequestState::Scheduled,
        RequestState::Applied,
        RequestState::Rejected,
        RequestState::Cancelled,
        RequestState::Other("Frozen".to_owned()),
    ]
}

pub(super) fn approvals(strategy: Strategy) -> Approvals {
    let actions = [
        ChangeAction::Switch(true),
        ChangeAction::AddStrategy(Box::new(strategy.clone())),
        ChangeAction::UpdateStrategy(Box::new(strategy)),
        ChangeAction::RemoveStrategy(Some("s1".to_owned())),
        ChangeAction::RemoveStrategy(None),
        ChangeAction::Archive,
        ChangeAction::Other("updateSegment".to_owned()),
    ];
    let change = |(index, action): (usize, ChangeAction)| RequestedChange {
        target: if index < 6 { ChangeTarget::Flag(key("f")) } else { ChangeTarget::Segment(SegmentId("7".to_owned())) },
        action,
        by: (index > 0).then(|| person(2)),
        at: (index > 0).then(|| at(10)),
    };
    let changes: Vec<RequestedChange> = actions.into_iter().enumerate().map(change).collect();
    let statuses = [
        ScheduleStatus::Pending,
        ScheduleStatus::Suspended,
        ScheduleStatus::Failed,
        ScheduleStatus::Other("late".to_owned()),
    ];
    let review = |at| Review { by: person(3), at };
    let request = |(index, state): (usize, RequestState)| ChangeRequest {
        id: index as i64,
        title: (index > 0).then(|| "Express pay".to_owned()),
        project: "p".to_owned(),
        environment: "production".to_owned(),
        state,
        author: person(index as i64),
        created_at: at(0),
        required: (index > 0).then_some(2),
        approvals: if index > 0 { vec![review(Some(at(1))), review(None)] } else { Vec::new() },
        rejections: if index > 0 { vec![review(None)] } else { Vec::new() },
        comments: vec![
            Comment { by: person(0), at: None, text: "OPS-1".to_owned() },
            Comment { by: person(4), at: Some(at(2)), text: String::new() },
        ],
        entered: states().into_iter().take(index).map(|state| (state, at(3))).collect(),
        schedule: statuses.get(index).map(|status| Schedule {
            at: (index > 0).then(|| at(4)),
            status: status.clone(),
            reason: (index > 0).then(|| "changed".to_owned()),
        }),
        changes: changes.clone(),
    };
    let protection = |environment: &str, required| Protection {
        project: "p".to_owned(),
        environment: environment.to_owned(),
        required,
    };
    Approvals {
        protections: vec![protection("production", Some(2)), protection("development", None)],
        requests: states().into_iter().enumerate().map(request).collect(),
    }
}

pub(super) fn safeguard(action: SafeguardAction, acts: Side) -> Safeguard {
    Safeguard { id: "g".to_owned(), action, metric: "errors".to_owned(), acts, threshold: "0.05".to_owned() }
}

fn milestones(strategies: Vec<Strategy>) -> Vec<Milestone> {
    let bare = |id: &str| Milestone {
        id: id.to_owned(),
        name: id.to_owned(),
        started_at: None,
        paused_at: None,
        minutes_to_next: None,
        strategies: Vec::new(),
    };
    let first = Milestone {
        started_at: Some(at(1)),
        paused_at: Some(at(2)),
        minutes_to_next: Some(1440),
        strategies,
        ..bare("first")
    };
    vec![first, bare("second")]
}

pub(super) fn plan(strategies: Vec<Strategy>) -> ReleasePlan {
    ReleasePlan {
        id: "plan".to_owned(),
        name: "Four steps".to_owned(),
        template: Some("template".to_owned()),
        created_at: Some(at(1)),
        active_milestone: Some("first".to_owned()),
        milestones: milestones(strategies),
        safeguards: vec![
            safeguard(SafeguardAction::PausePlan, Side::Above),
            safeguard(SafeguardAction::Other("shout".to_owned()), Side::Other("=".to_owned())),
        ],
    }
}

pub(super) fn template(strategies: Vec<Strategy>) -> ReleaseTemplate {
    ReleaseTemplate {
        id: "template".to_owned(),
        name: "Four steps".to_owned(),
        archived_at: Some(at(9)),
        milestones: milestones(strategies),
    }
}
