//! GitLab: REST API v4. A job's own token cannot make merge requests, so one of a person or project is needed.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Kind;
use crate::http::Http;
use crate::pull_request::{Edit, Issue, NewPullRequest, PullRequest, State};
use crate::{CodeHost, HostError};

pub(super) const KIND: Kind = Kind {
    name: "gitlab",
    public: "gitlab.com",
    hint: "gitlab",
    api_variables: &["CI_API_V4_URL"],
    token_variables: &["DOWNHAUL_HOST_TOKEN", "GITLAB_TOKEN"],
    git_user: "oauth2",
    files: "-/blob",
    api: |address| format!("{}://{}/api/v4", address.scheme, address.host),
    connect: |api, address, token, pace| {
        Ok(Box::new(Gitlab { http: Http::new(api, token, &[], pace)?, project: address.path.clone() }))
    },
};

const PAGE: (&str, u32) = ("per_page", 100);

/// One project on GitLab.
struct Gitlab {
    http: Http,
    /// The whole path; it is one segment of a route.
    project: String,
}

impl Gitlab {
    fn route<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["projects", self.project.as_str()], rest].concat()
    }

    fn user_id(&self, name: &str) -> Result<Option<u64>, HostError> {
        let users: Vec<User> = self.http.get(&["users"], &[("username", name)])?;
        Ok(users.first().map(|user| user.id))
    }
}

impl CodeHost for Gitlab {
    fn name(&self) -> &str {
        self.http.host()
    }

    fn pull_requests_of(&self, branch: &str) -> Result<Vec<PullRequest>, HostError> {
        let query = [("source_branch", branch), ("state", "all"), ("order_by", "created_at"), ("sort", "desc")];
        let requests: Vec<MergeRequest> = self.http.pages(&self.route(&["merge_requests"]), &query, PAGE)?;
        Ok(requests.into_iter().map(PullRequest::from).collect())
    }

    fn open(&self, prefix: &str) -> Result<Vec<PullRequest>, HostError> {
        let query = [("state", "opened")];
        let requests: Vec<MergeRequest> = self.http.pages(&self.route(&["merge_requests"]), &query, PAGE)?;
        Ok(requests.into_iter().filter(|one| one.source_branch.starts_with(prefix)).map(PullRequest::from).collect())
    }

    fn create(&self, new: &NewPullRequest) -> Result<PullRequest, HostError> {
        let title = if new.draft { format!("Draft: {}", new.title) } else { new.title.clone() };
        let body = json!({
            "source_branch": new.branch,
            "target_branch": new.base,
            "title": title,
            "description": new.body,
            "remove_source_branch": true,
        });
        Ok(self.http.make::<MergeRequest>(&self.route(&["merge_requests"]), &body)?.into())
    }

    fn edit(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let route = ["merge_requests", &number.to_string()];
        let _: serde_json::Value = self.http.change(&Method::PUT, &self.route(&route), &Change::from(edit))?;
        Ok(())
    }

    fn label(&self, number: u64, labels: &[String]) -> Result<(), HostError> {
        let route = ["merge_requests", &number.to_string()];
        let body = json!({ "add_labels": labels.join(",") });
        let _: serde_json::Value = self.http.change(&Method::PUT, &self.route(&route), &body)?;
        Ok(())
    }

    /// Groups cannot be asked, only people.
    fn ask_for_review(&self, number: u64, reviewers: &[String]) -> Result<(), HostError> {
        let people = reviewers.iter().map(|name| name.trim_start_matches('@')).filter(|name| !name.contains('/'));
        let ids = people.filter_map(|name| self.user_id(name).transpose()).collect::<Result<Vec<u64>, _>>()?;
        if ids.is_empty() {
            return Ok(());
        }
        let route = ["merge_requests", &number.to_string()];
        let _: serde_json::Value =
            self.http.change(&Method::PUT, &self.route(&route), &json!({ "reviewer_ids": ids }))?;
        Ok(())
    }

    fn comment(&self, number: u64, text: &str) -> Result<(), HostError> {
        let route = ["merge_requests", &number.to_string(), "notes"];
        let _: serde_json::Value = self.http.make(&self.route(&route), &json!({ "body": text }))?;
        Ok(())
    }

    fn comments(&self, number: u64) -> Result<Vec<String>, HostError> {
        let route = ["merge_requests", &number.to_string(), "notes"];
        let notes: Vec<Note> = self.http.pages(&self.route(&route), &[], PAGE)?;
        Ok(notes.into_iter().map(|note| note.body).collect())
    }

    fn issues(&self, label: &str) -> Result<Vec<Issue>, HostError> {
        let query = [("state", "opened"), ("labels", label)];
        let issues: Vec<GitlabIssue> = self.http.pages(&self.route(&["issues"]), &query, PAGE)?;
        Ok(issues.into_iter().map(Issue::from).collect())
    }

    fn create_issue(&self, title: &str, body: &str, label: &str) -> Result<Issue, HostError> {
        let body = json!({ "title": title, "description": body, "labels": label });
        Ok(self.http.make::<GitlabIssue>(&self.route(&["issues"]), &body)?.into())
    }

    fn edit_issue(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let route = ["issues", &number.to_string()];
        let _: serde_json::Value = self.http.change(&Method::PUT, &self.route(&route), &Change::from(edit))?;
        Ok(())
    }
}

#[derive(Deserialize)]
struct MergeRequest {
    iid: u64,
    web_url: String,
    state: String,
    title: String,
    description: Option<String>,
    source_branch: String,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct GitlabIssue {
    iid: u64,
    web_url: String,
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Note {
    body: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_event: Option<&'static str>,
}

impl<'a> From<&'a Edit> for Change<'a> {
    fn from(edit: &'a Edit) -> Self {
        let (title, description) = (edit.title.as_deref(), edit.body.as_deref());
        Change { title, description, state_event: edit.close.then_some("close") }
    }
}

impl From<MergeRequest> for PullRequest {
    fn from(request: MergeRequest) -> Self {
        let state = match request.state.as_str() {
            "merged" => State::Merged,
            // A locked one is about to be merged.
            "opened" | "locked" => State::Open,
            _ => State::Closed,
        };
        let title = request.title.strip_prefix("Draft: ").unwrap_or(&request.title).to_owned();
        PullRequest {
            number: request.iid,
            url: request.web_url,
            branch: request.source_branch,
            state,
            title,
            body: request.description.unwrap_or_default(),
            labels: request.labels,
        }
    }
}

impl From<GitlabIssue> for Issue {
    fn from(issue: GitlabIssue) -> Self {
        Issue { number: issue.iid, url: issue.web_url, title: issue.title, body: issue.description.unwrap_or_default() }
    }
}
