//! Change requests and where they are asked for, of paid editions.

use std::collections::BTreeMap;

use downhaul_core::{
    Approvals, ChangeAction, ChangeRequest, ChangeTarget, Comment, FlagKey, Person, Protection, RequestState,
    RequestedChange, Review, Schedule, ScheduleStatus, SegmentId, Source, Timestamp,
};
use serde_json::Value;

use super::access::of_each_project;
use super::gaps::{self, Gaps};
use super::strategies::strategy_of_event;
use super::wire;
use crate::ServerError;
use crate::http::client::Session;
use crate::http::parallel;

/// Protections and requests of all projects.
pub(super) fn approvals(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Approvals {
    Approvals { protections: protections(session, projects, gaps), requests: requests(session, projects, gaps) }
}

fn protections(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Vec<Protection> {
    let read = |project: &String| {
        session.get::<Vec<wire::Protection>>(&["projects", project, "change-requests", "config"], &[])
    };
    let of_projects = of_each_project(session, projects, Source::Protections, gaps, read);
    let protection = |project: &str, read: wire::Protection| Protection {
        project: project.to_owned(),
        environment: read.environment,
        // One approval is what the server asks for where no number was set.
        required: read.change_request_enabled.then(|| read.required_approvals.unwrap_or(1)),
    };
    let mut all: Vec<Protection> = of_projects
        .into_iter()
        .flat_map(|(project, list)| list.into_iter().map(move |read| protection(&project, read)))
        .collect();
    all.sort_by(|a, b| (&a.project, &a.environment).cmp(&(&b.project, &b.environment)));
    all
}

/// The requests. The list lacks the times of the states and may lack changes, so each is asked for.
fn requests(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Vec<ChangeRequest> {
    let read =
        |project: &String| session.get::<Vec<wire::ChangeRequest>>(&["projects", project, "change-requests"], &[]);
    let of_projects = of_each_project(session, projects, Source::ChangeRequests, gaps, read);
    let listed: Vec<(String, wire::ChangeRequest)> = of_projects
        .into_iter()
        .flat_map(|(project, list)| list.into_iter().map(move |read| (project.clone(), read)))
        .collect();
    let one = |(project, read): &(String, wire::ChangeRequest)| {
        session.get::<wire::ChangeRequest>(&["projects", project, "change-requests", &read.id.to_string()], &[])
    };
    let tell = |done| session.progress().step("change requests", done, Some(listed.len()));
    let whole = parallel::map(&listed, session.in_flight(), one, tell);
    let mut all = Vec::new();
    for ((project, listed), whole) in listed.into_iter().zip(whole) {
        let read = whole.unwrap_or_else(|error| {
            note_unread(&project, listed.id, &error, gaps);
            listed
        });
        all.push(request(project, read, gaps));
    }
    all.sort_by_key(|request| request.id);
    all
}

fn note_unread(project: &str, id: i64, error: &ServerError, gaps: &mut Gaps) {
    let detail = format!("the change request {id} of the project `{project}` is known from the list only: {error}");
    gaps.add(Source::ChangeRequests, gaps::reason(error), detail);
}

fn request(project: String, read: wire::ChangeRequest, gaps: &mut Gaps) -> ChangeRequest {
    let mut changes = Vec::new();
    for feature in read.features {
        match FlagKey::new(&feature.name) {
            Ok(flag) => changes.extend(feature.changes.into_iter().map(|read| change_of_flag(&flag, read))),
            Err(error) => {
                let detail = format!("a change in the change request {} was left out: {error}", read.id);
                gaps.add(Source::ChangeRequests, downhaul_core::GapReason::Failed, detail);
            }
        }
    }
    changes.extend(read.segments.into_iter().map(change_of_segment));
    ChangeRequest {
        id: read.id,
        title: read.title.filter(|title| !title.is_empty()),
        project,
        environment: read.environment,
        state: state(&read.state),
        author: person(read.created_by),
        created_at: read.created_at,
        required: read.min_approvals,
        approvals: read.approvals.into_iter().map(review).collect(),
        rejections: read.rejections.into_iter().map(review).collect(),
        comments: read.comments.into_iter().map(comment).collect(),
        entered: entered(read.state_timestamps),
        schedule: read.schedule.map(schedule),
        changes,
    }
}

fn state(name: &str) -> RequestState {
    match name {
        "Draft" => RequestState::Draft,
        "In review" => RequestState::InReview,
        "Approved" => RequestState::Approved,
        "Scheduled" => RequestState::Scheduled,
        "Applied" => RequestState::Applied,
        "Rejected" => RequestState::Rejected,
        "Cancelled" => RequestState::Cancelled,
        other => RequestState::Other(other.to_owned()),
    }
}

fn entered(times: BTreeMap<String, Option<Timestamp>>) -> BTreeMap<RequestState, Timestamp> {
    times.into_iter().filter_map(|(name, at)| Some((state(&name), at?))).collect()
}

fn person(read: wire::Author) -> Person {
    Person { id: read.id, name: read.username.unwrap_or_default() }
}

fn review(read: wire::Review) -> Review {
    Review { by: person(read.created_by), at: read.created_at }
}

fn comment(read: wire::Comment) -> Comment {
    Comment { by: person(read.created_by), at: read.created_at, text: read.text }
}

fn schedule(read: wire::Schedule) -> Schedule {
    let status = match read.status.as_str() {
        "pending" => ScheduleStatus::Pending,
        "suspended" => ScheduleStatus::Suspended,
        "failed" => ScheduleStatus::Failed,
        other => ScheduleStatus::Other(other.to_owned()),
    };
    Schedule { at: read.scheduled_at, status, reason: read.reason.or(read.failure_reason) }
}

fn change_of_flag(flag: &FlagKey, read: wire::Change) -> RequestedChange {
    RequestedChange {
        target: ChangeTarget::Flag(flag.clone()),
        action: action(&read.action, &read.payload, flag.as_str()),
        by: read.created_by.map(person),
        at: read.created_at,
    }
}

fn action(name: &str, payload: &Value, flag: &str) -> ChangeAction {
    match name {
        "updateEnabled" => match payload.get("enabled").and_then(Value::as_bool) {
            Some(on) => ChangeAction::Switch(on),
            None => ChangeAction::Other(name.to_owned()),
        },
        "addStrategy" => ChangeAction::AddStrategy(Box::new(strategy_of_event(payload, flag))),
        "updateStrategy" => ChangeAction::UpdateStrategy(Box::new(strategy_of_event(payload, flag))),
        "deleteStrategy" => ChangeAction::RemoveStrategy(payload.get("id").and_then(Value::as_str).map(str::to_owned)),
        "archiveFeature" => ChangeAction::Archive,
        other => ChangeAction::Other(other.to_owned()),
    }
}

fn change_of_segment(read: wire::SegmentChange) -> RequestedChange {
    let id = match read.payload.get("id") {
        Some(Value::Number(id)) => id.to_string(),
        Some(Value::String(id)) => id.clone(),
        _ => String::new(),
    };
    RequestedChange {
        target: ChangeTarget::Segment(SegmentId(id)),
        action: ChangeAction::Other(read.action),
        by: read.created_by.map(person),
        at: read.created_at,
    }
}
